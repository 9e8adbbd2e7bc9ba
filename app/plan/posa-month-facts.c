/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-month-facts.h"

#include "plan/posa-groups.h"
#include "plan/posa-lot-calendar.h"

#include <math.h>
#include <string.h>

/* A site in a month: what the pieces of the loads are made of. Nearly every site has one. */
typedef struct
{
  gint32 n;
  gint32 *first;  /* [n_sites + 1] */
  guint8 *month;  /* [n] ascending for each site */
  gint32 *n_pods; /* [n] */
} Parts;

static void
parts_clear (Parts *self)
{
  g_free (self->first);
  g_free (self->month);
  g_free (self->n_pods);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static int
compare_keys_cb (gconstpointer a, gconstpointer b)
{
  guint64 p = *(const guint64 *) a, q = *(const guint64 *) b;

  return p < q ? -1 : p > q;
}

static void
find_parts (Parts *self, const PosaLotPoints *points, const guint8 *month)
{
  g_autoptr (GArray)
      keys = g_array_sized_new (FALSE, FALSE, sizeof (guint64), (guint) points->n_pods);

  for (gint32 i = 0; i < points->n_pods; i++)
    {
      guint64 key = (guint64) points->pod_site[i] << 8 | month[i];
      g_array_append_val (keys, key);
    }
  g_array_sort (keys, compare_keys_cb);
  self->first = g_new0 (gint32, points->n_sites + 1);
  self->month = g_new (guint8, keys->len);
  self->n_pods = g_new0 (gint32, keys->len);
  for (guint i = 0; i < keys->len; i++)
    {
      guint64 key = g_array_index (keys, guint64, i);

      if (i == 0 || key != g_array_index (keys, guint64, i - 1))
        {
          self->month[self->n++] = (guint8) (key & 0xFF);
          self->first[(key >> 8) + 1]++;
        }
      self->n_pods[self->n - 1]++;
    }
  for (gint32 i = 0; i < points->n_sites; i++)
    self->first[i + 1] += self->first[i];
}

/* ---- points ---- */

static void
count_points (PosaMonthFacts *self,
              const PosaLotPoints *points,
              const PosaLot *lot,
              const guint8 *month)
{
  for (gint32 i = 0; i < points->n_pods; i++)
    {
      guint8 flags = points->pod_flags[i];
      gboolean three = (flags & POSA_POINT_THREE_PHASE) != 0;

      self->n_pods[month[i]]++;
      self->n_three_phase[month[i]] += three;
      self->seconds[month[i]] +=
          posa_lot_get_service (lot, three, (flags & POSA_POINT_PRESENCE) != 0);
      if (points->pod_season[i] != POSA_SEASON_ALL &&
          (posa_lot_get_allowed (lot, points->pod_season[i]) >> month[i] & 1) == 0)
        self->n_misplaced++;
    }
  for (guint m = 0; m < self->n_months; m++)
    {
      double mean = (double) points->n_pods / self->n_months;
      double deviation = fabs (self->n_pods[m] - mean) / mean;

      self->deviation = MAX (self->deviation, deviation);
    }
}

static void
count_visits (PosaMonthFacts *self, const Parts *parts, const PosaLot *lot)
{
  for (gint32 i = 0; i < parts->n; i++)
    self->seconds[parts->month[i]] += posa_lot_get_visit (lot);
}

/* ---- pieces ---- */

/* Joins what is of one month at both ends of an edge; returns whether there was anything. */
static gboolean
join_ends (const Parts *parts, gint32 *groups, gint32 a, gint32 b)
{
  gboolean any = FALSE;

  for (gint32 i = parts->first[a]; i < parts->first[a + 1]; i++)
    for (gint32 j = parts->first[b]; j < parts->first[b + 1]; j++)
      if (parts->month[i] == parts->month[j])
        {
          posa_groups_join (groups, i, j);
          any = TRUE;
        }
  return any;
}

/* Marks the months that are next to the one after them through the parts of two sites, or of one.
 */
static void
mark_consecutive (const Parts *parts, gint32 a, gint32 b, gboolean *next)
{
  for (gint32 i = parts->first[a]; i < parts->first[a + 1]; i++)
    for (gint32 j = parts->first[b]; j < parts->first[b + 1]; j++)
      if (ABS (parts->month[i] - parts->month[j]) == 1)
        next[MIN (parts->month[i], parts->month[j])] = TRUE;
}

static void
count_pieces (PosaMonthFacts *self, const Parts *parts, gint32 *groups)
{
  g_autofree gint32 *sizes = g_new0 (gint32, parts->n);
  gint32 largest[POSA_LOT_MAX_MONTHS] = { 0 };

  for (gint32 i = 0; i < parts->n; i++)
    sizes[posa_groups_find (groups, i)] += parts->n_pods[i];
  for (gint32 i = 0; i < parts->n; i++)
    {
      guint8 month = parts->month[i];

      self->n_pieces[month] += sizes[i] > 0;
      largest[month] = MAX (largest[month], sizes[i]);
    }
  for (guint m = 0; m < self->n_months; m++)
    {
      self->n_connected += self->n_pieces[m] == 1;
      self->n_stragglers += self->n_pods[m] - largest[m];
    }
}

static void
count_edges (PosaMonthFacts *self, const Parts *parts, const PosaSiteGraph *graph)
{
  g_autofree gint32 *groups = posa_groups_new (parts->n);
  gboolean next[POSA_LOT_MAX_MONTHS] = { FALSE };

  for (gint32 i = 0; i < graph->n_sites; i++)
    {
      mark_consecutive (parts, i, i, next);
      for (gint32 e = graph->first[i]; e < graph->first[i + 1]; e++)
        {
          gint32 other = graph->neighbours[e];

          if (other < i)
            continue;
          self->n_cut_edges += !join_ends (parts, groups, i, other);
          mark_consecutive (parts, i, other, next);
        }
    }
  for (guint m = 0; m + 1 < self->n_months; m++)
    self->n_consecutive += next[m];
  count_pieces (self, parts, groups);
}

/* ---- streets ---- */

/* Months beyond those that the points of a street fill by themselves. */
static gint32
count_extra (const PosaMonthFacts *self, guint64 months, gint32 n_pods, double mean)
{
  gint32 used = 0, needed = (gint32) ceil (n_pods / mean);

  for (guint m = 0; m < self->n_months; m++)
    used += (months >> m & 1) != 0;
  return MAX (0, used - needed);
}

static void
count_streets (PosaMonthFacts *self, const Parts *parts, const PosaLotPoints *points)
{
  double mean = (double) points->n_pods / self->n_months;
  guint64 months = 0;
  gint32 n_pods = 0;

  for (gint32 i = 0; i < points->n_sites; i++)
    {
      self->n_split_sites += parts->first[i + 1] - parts->first[i] > 1;
      for (gint32 p = parts->first[i]; p < parts->first[i + 1]; p++)
        {
          months |= G_GUINT64_CONSTANT (1) << parts->month[p];
          n_pods += parts->n_pods[p];
        }
      if (i + 1 < points->n_sites && points->street[i + 1] == points->street[i])
        continue;
      self->n_street_parts += count_extra (self, months, n_pods, mean);
      months = 0;
      n_pods = 0;
    }
}

void
posa_month_facts_count (PosaMonthFacts *self,
                        const PosaLotPoints *points,
                        const PosaLot *lot,
                        const PosaSiteGraph *graph,
                        const guint8 *month)
{
  g_auto (Parts) parts = { 0 };

  memset (self, 0, sizeof *self);
  self->n_months = lot->n_months;
  for (guint m = 0; m < lot->n_months; m++)
    self->capacity[m] = posa_lot_get_capacity (lot, m);
  find_parts (&parts, points, month);
  count_points (self, points, lot, month);
  count_visits (self, &parts, lot);
  count_edges (self, &parts, graph);
  count_streets (self, &parts, points);
}
