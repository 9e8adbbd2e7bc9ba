/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-units.h"

#include "plan/posa-lot-calendar.h"

#include <math.h>
#include <string.h>

/* An edge costs 1, up to 4 more when it is short, and some more along a street: whole streets, and
 * cuts where the way over is long. The border of a large month crosses few streets for its points,
 * and may be straighter for it. */
#define NEAR_WEIGHT         4
#define NEAR_M              30.0
#define STREET_WEIGHT       8
#define LARGE_STREET_WEIGHT 5
#define LARGE_MONTH         3000

static gint32
weigh_edge (const PosaLotPoints *points, gint32 i, gint32 j, gint32 street_weight)
{
  double metres = hypot (points->x[i] - points->x[j], points->y[i] - points->y[j]);

  return 1 + (gint32) (NEAR_WEIGHT * exp (-metres / NEAR_M)) +
         (points->street[i] == points->street[j] ? street_weight : 0);
}

static void
take_edges (PosaUnits *self,
            const PosaSiteGraph *graph,
            const PosaLotPoints *points,
            const PosaLot *lot)
{
  gboolean large = points->n_pods / (gint32) lot->n_months >= LARGE_MONTH;
  gint32 street_weight = large ? LARGE_STREET_WEIGHT : STREET_WEIGHT;
  gsize n = 2 * (gsize) graph->n_edges;

  self->first = g_memdup2 (graph->first, ((gsize) self->n + 1) * sizeof *self->first);
  self->neighbours = g_memdup2 (graph->neighbours, n * sizeof *self->neighbours);
  self->weights = g_new (gint32, n);
  for (gint32 i = 0; i < self->n; i++)
    for (gint32 e = self->first[i]; e < self->first[i + 1]; e++)
      self->weights[e] = weigh_edge (points, i, self->neighbours[e], street_weight);
}

static void
take_points (PosaUnits *self, const PosaLotPoints *points, const PosaLot *lot)
{
  for (gint32 i = 0; i < self->n; i++)
    self->seconds[i] = posa_lot_get_visit (lot);
  for (gint32 pod = 0; pod < points->n_pods; pod++)
    {
      gint32 site = points->pod_site[pod];
      guint8 flags = points->pod_flags[pod];

      self->n_pods[site]++;
      self->seconds[site] += posa_lot_get_service (lot, (flags & POSA_POINT_THREE_PHASE) != 0,
                                                   (flags & POSA_POINT_PRESENCE) != 0);
    }
}

/* ---- seasons ---- */

/* Adds to the seasons of the unit whose seasons end at @*end, each once. */
static void
add_season (PosaUnits *self, gint32 unit, gint32 *end, guint64 allowed, gint32 n_pods)
{
  self->allowed[unit] &= allowed;
  for (gint32 i = self->seasons_first[unit]; i < *end; i++)
    if (self->seasons[i].allowed == allowed)
      {
        self->seasons[i].n_pods += n_pods;
        return;
      }
  self->seasons[(*end)++] = (PosaUnitSeason) { allowed, n_pods };
}

/* Closes the gaps that seasons seen twice have left. */
static void
close_gaps (PosaUnits *self, const gint32 *end)
{
  gint32 n = 0;

  for (gint32 unit = 0; unit < self->n; unit++)
    {
      gint32 from = self->seasons_first[unit], count = end[unit] - from;

      memmove (&self->seasons[n], &self->seasons[from], (gsize) count * sizeof *self->seasons);
      self->seasons_first[unit] = n;
      n += count;
    }
  self->seasons_first[self->n] = n;
  self->seasons = g_renew (PosaUnitSeason, self->seasons, MAX (n, 1));
}

/* Makes room for @counts [n] seasons of each unit; returns where each begins, free. */
static gint32 *
open_seasons (PosaUnits *self, const gint32 *counts)
{
  self->seasons_first = g_new0 (gint32, self->n + 1);
  for (gint32 i = 0; i < self->n; i++)
    self->seasons_first[i + 1] = self->seasons_first[i] + counts[i];
  self->seasons = g_new0 (PosaUnitSeason, MAX (self->seasons_first[self->n], 1));
  return g_memdup2 (self->seasons_first, (gsize) self->n * sizeof (gint32));
}

static void
take_seasons (PosaUnits *self, const PosaLotPoints *points, const PosaLot *lot)
{
  g_autofree gint32 *counts = g_new0 (gint32, self->n);

  for (gint32 pod = 0; pod < points->n_pods; pod++)
    counts[points->pod_site[pod]] += points->pod_season[pod] != POSA_SEASON_ALL;
  g_autofree gint32 *end = open_seasons (self, counts);
  for (gint32 pod = 0; pod < points->n_pods; pod++)
    if (points->pod_season[pod] != POSA_SEASON_ALL)
      add_season (self, points->pod_site[pod], &end[points->pod_site[pod]],
                  posa_lot_get_allowed (lot, points->pod_season[pod]), 1);
  close_gaps (self, end);
}

gint32
posa_units_take_misplaced (PosaUnits *self, gint32 unit, guint month)
{
  gint32 n = 0;

  self->allowed[unit] = G_MAXUINT64;
  for (gint32 i = self->seasons_first[unit]; i < self->seasons_first[unit + 1]; i++)
    {
      PosaUnitSeason *season = &self->seasons[i];

      if ((season->allowed >> month & 1) == 0)
        {
          n += season->n_pods;
          *season = (PosaUnitSeason) { G_MAXUINT64, 0 };
        }
      self->allowed[unit] &= season->allowed;
    }
  self->n_pods[unit] -= n;
  return n;
}

/* ---- units ---- */

static PosaUnits *
make (gint32 n)
{
  PosaUnits *self = g_new0 (PosaUnits, 1);

  self->n = n;
  self->x = g_new0 (double, n);
  self->y = g_new0 (double, n);
  self->n_pods = g_new0 (gint32, n);
  self->seconds = g_new0 (gint32, n);
  self->allowed = g_new (guint64, n);
  memset (self->allowed, 0xFF, (gsize) n * sizeof *self->allowed);
  return self;
}

PosaUnits *
posa_units_new (const PosaSiteGraph *graph, const PosaLotPoints *points, const PosaLot *lot)
{
  PosaUnits *self = make (graph->n_sites);

  memcpy (self->x, points->x, (gsize) self->n * sizeof *self->x);
  memcpy (self->y, points->y, (gsize) self->n * sizeof *self->y);
  take_edges (self, graph, points, lot);
  take_points (self, points, lot);
  take_seasons (self, points, lot);
  return self;
}

void
posa_units_free (PosaUnits *self)
{
  g_free (self->first);
  g_free (self->neighbours);
  g_free (self->weights);
  g_free (self->x);
  g_free (self->y);
  g_free (self->n_pods);
  g_free (self->seconds);
  g_free (self->allowed);
  g_free (self->seasons_first);
  g_free (self->seasons);
  g_free (self);
}

/* ---- the coarse level ---- */

/* Neighbours of the cluster that grows, and how strongly each is tied to it. */
typedef struct
{
  const PosaUnits *units;
  gint32 *cluster;  /* -1: in none yet */
  gint32 *strength; /* 0: not among the candidates */
  GArray *candidates;
} Growth;

static void
add_candidates (Growth *self, gint32 unit)
{
  const PosaUnits *units = self->units;

  for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
    {
      gint32 other = units->neighbours[e];

      if (self->cluster[other] >= 0)
        continue;
      if (self->strength[other] == 0)
        g_array_append_val (self->candidates, other);
      self->strength[other] += units->weights[e];
    }
}

/* The candidate that is tied most strongly and fits; -1 when none does. */
static gint32
take_candidate (Growth *self, guint64 allowed, gint32 room)
{
  gint32 best = -1;
  guint at = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      gint32 unit = g_array_index (self->candidates, gint32, i);

      if (self->units->allowed[unit] == allowed && self->units->n_pods[unit] <= room &&
          (best < 0 || self->strength[unit] > self->strength[best]))
        {
          best = unit;
          at = i;
        }
    }
  if (best >= 0)
    {
      self->strength[best] = 0;
      g_array_remove_index_fast (self->candidates, at);
    }
  return best;
}

static void
grow_cluster (Growth *self, gint32 seed, gint32 cluster, gint32 max_pods)
{
  gint32 room = max_pods;

  for (gint32 unit = seed; unit >= 0;
       unit = take_candidate (self, self->units->allowed[seed], room))
    {
      self->cluster[unit] = cluster;
      room -= self->units->n_pods[unit];
      add_candidates (self, unit);
    }
  for (guint i = 0; i < self->candidates->len; i++)
    self->strength[g_array_index (self->candidates, gint32, i)] = 0;
  g_array_set_size (self->candidates, 0);
}

/* The units of each cluster one after the other; @first [n_clusters + 1]. */
static gint32 *
list_members (const gint32 *cluster, gint32 n, gint32 n_clusters, gint32 *first)
{
  gint32 *members = g_new (gint32, n);
  g_autofree gint32 *end = g_new (gint32, n_clusters);

  memset (first, 0, ((gsize) n_clusters + 1) * sizeof *first);
  for (gint32 i = 0; i < n; i++)
    first[cluster[i] + 1]++;
  for (gint32 i = 0; i < n_clusters; i++)
    first[i + 1] += first[i];
  memcpy (end, first, (gsize) n_clusters * sizeof *end);
  for (gint32 i = 0; i < n; i++)
    members[end[cluster[i]]++] = i;
  return members;
}

/* Edges between the same clusters become one. */
static void
join_edges (PosaUnits *self,
            const PosaUnits *fine,
            const gint32 *cluster,
            const gint32 *members,
            const gint32 *first)
{
  gsize most = (gsize) MAX (fine->first[fine->n], 1);
  g_autofree gint32 *seen = g_new (gint32, self->n); /* where the edge to a cluster is */
  gint32 n = 0;

  self->first = g_new0 (gint32, self->n + 1);
  self->neighbours = g_new (gint32, most);
  self->weights = g_new (gint32, most);
  memset (seen, 0xFF, (gsize) self->n * sizeof *seen);
  for (gint32 c = 0; c < self->n; c++)
    {
      for (gint32 m = first[c]; m < first[c + 1]; m++)
        for (gint32 e = fine->first[members[m]]; e < fine->first[members[m] + 1]; e++)
          {
            gint32 other = cluster[fine->neighbours[e]];

            if (other == c)
              continue;
            if (seen[other] < self->first[c])
              {
                seen[other] = n;
                self->neighbours[n] = other;
                self->weights[n++] = 0;
              }
            self->weights[seen[other]] += fine->weights[e];
          }
      self->first[c + 1] = n;
    }
}

static void
join_members (PosaUnits *self, const PosaUnits *fine, const gint32 *cluster)
{
  g_autofree gint32 *counts = g_new0 (gint32, self->n);
  g_autofree gint32 *n_members = g_new0 (gint32, self->n);

  for (gint32 i = 0; i < fine->n; i++)
    {
      gint32 c = cluster[i];

      n_members[c]++;
      self->x[c] += (fine->x[i] - self->x[c]) / n_members[c];
      self->y[c] += (fine->y[i] - self->y[c]) / n_members[c];
      self->n_pods[c] += fine->n_pods[i];
      self->seconds[c] += fine->seconds[i];
      counts[c] += fine->seasons_first[i + 1] - fine->seasons_first[i];
    }
  g_autofree gint32 *end = open_seasons (self, counts);
  for (gint32 i = 0; i < fine->n; i++)
    for (gint32 s = fine->seasons_first[i]; s < fine->seasons_first[i + 1]; s++)
      add_season (self, cluster[i], &end[cluster[i]], fine->seasons[s].allowed,
                  fine->seasons[s].n_pods);
  close_gaps (self, end);
}

/* Each unit in the cluster of a seed; returns how many clusters. */
static gint32
make_clusters (const PosaUnits *self, gint32 max_pods, PosaRandom *random, gint32 *cluster)
{
  g_autofree gint32 *seeds = g_new (gint32, self->n);
  g_autofree gint32 *strength = g_new0 (gint32, self->n);
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (gint32));
  Growth growth = { self, cluster, strength, candidates };
  gint32 n = 0;

  memset (cluster, 0xFF, (gsize) self->n * sizeof *cluster);
  for (gint32 i = 0; i < self->n; i++)
    {
      gint32 j = (gint32) posa_random_below (random, (guint32) i + 1);

      seeds[i] = seeds[j];
      seeds[j] = i;
    }
  for (gint32 i = 0; i < self->n; i++)
    if (cluster[seeds[i]] < 0)
      grow_cluster (&growth, seeds[i], n++, max_pods);
  return n;
}

PosaUnits *
posa_units_coarsen (const PosaUnits *self, gint32 max_pods, PosaRandom *random, gint32 **cluster)
{
  *cluster = g_new (gint32, self->n);
  gint32 n = make_clusters (self, max_pods, random, *cluster);
  g_autofree gint32 *first = g_new (gint32, n + 1);
  g_autofree gint32 *members = list_members (*cluster, self->n, n, first);
  PosaUnits *coarse = make (n);

  join_members (coarse, self, *cluster);
  join_edges (coarse, self, *cluster, members, first);
  return coarse;
}
