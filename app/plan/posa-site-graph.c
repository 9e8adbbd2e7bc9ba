/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "plan/posa-site-graph.h"

#include "base/posa-error.h"
#include "plan/posa-clusters.h"
#include "plan/posa-groups.h"
#include "plan/posa-kd-tree.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_NEIGHBOURS 64
/* A third point this much inside the circle, relative to its diameter's square, is inside. */
#define GABRIEL_TOLERANCE 1e-9
#define LOOK_EACH         4096

typedef struct
{
  const PosaLotPoints *points;
  const PosaLot *lot;
  GArray *edges; /* guint64, posa_edge_make() */
} Builder;

static void
add_edge (Builder *self, gint32 a, gint32 b)
{
  guint64 edge = posa_edge_make (a, b);

  g_array_append_val (self->edges, edge);
}

/* ---- places ---- */

/* The cell of 1e-5 degrees in which a site lies. */
static gint64
cell_of (double degrees)
{
  return (gint64) floor (degrees * 1e5 + 0.5);
}

static int
compare_places_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const PosaLotPoints *points = data;
  gint32 i = *(const gint32 *) a, j = *(const gint32 *) b;
  gint64 p = cell_of (points->lat[i]), q = cell_of (points->lat[j]);

  if (p == q)
    {
      p = cell_of (points->lon[i]);
      q = cell_of (points->lon[j]);
    }
  if (p != q)
    return p < q ? -1 : 1;
  return i - j;
}

static gboolean
is_same_place (const PosaLotPoints *points, gint32 i, gint32 j)
{
  return cell_of (points->lat[i]) == cell_of (points->lat[j]) &&
         cell_of (points->lon[i]) == cell_of (points->lon[j]);
}

/* Joins each site to the lowest one of its place; returns those, free; *@n of them. */
static gint32 *
add_places (Builder *self, gint32 *n)
{
  gint32 n_sites = self->points->n_sites;
  gint32 *order = posa_groups_new (n_sites);
  gint32 lowest = 0;

  g_sort_array (order, (gsize) n_sites, sizeof *order, compare_places_cb, (gpointer) self->points);
  *n = 0;
  for (gint32 i = 0; i < n_sites; i++)
    {
      if (i == 0 || !is_same_place (self->points, lowest, order[i]))
        lowest = order[(*n)++] = order[i];
      else
        add_edge (self, lowest, order[i]);
    }
  return order;
}

/* ---- neighbours ---- */

/* Whether no nearer neighbour of @i lies in the circle over @i and @near[at]. */
static gboolean
is_gabriel (const PosaLotPoints *points, const PosaKdNeighbour *near, guint at)
{
  const double x = points->x[near[at].id], y = points->y[near[at].id];

  for (guint i = 0; i < at; i++)
    {
      double dx = points->x[near[i].id] - x, dy = points->y[near[i].id] - y;

      if (near[i].square + dx * dx + dy * dy < near[at].square * (1 - GABRIEL_TOLERANCE))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_neighbours (Builder *self,
                const gint32 *places,
                gint32 n,
                PosaOperation *operation,
                GError **error)
{
  g_autoptr (PosaKdTree) tree = posa_kd_tree_new (self->points->x, self->points->y, places, n);
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  PosaKdNeighbour near[MAX_NEIGHBOURS];
  guint k = MIN (self->lot->neighbours, MAX_NEIGHBOURS);

  for (gint32 i = 0; i < n; i++)
    {
      if (i % LOOK_EACH == 0)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          posa_operation_report (operation, (double) i / n, _ ("Looking for neighbours"));
        }
      guint n_near =
          posa_kd_tree_find_nearest (tree, places[i], k, self->lot->max_m * self->lot->max_m, near);
      for (guint at = 0; at < n_near; at++)
        if (is_gabriel (self->points, near, at))
          add_edge (self, places[i], near[at].id);
    }
  return TRUE;
}

static void
add_streets (Builder *self)
{
  const PosaLotPoints *points = self->points;
  double limit = self->lot->street_max_m * self->lot->street_max_m;

  for (gint32 i = 0; i + 1 < points->n_sites; i++)
    {
      double dx = points->x[i] - points->x[i + 1], dy = points->y[i] - points->y[i + 1];

      if (points->street[i] == points->street[i + 1] && dx * dx + dy * dy <= limit)
        add_edge (self, i, i + 1);
    }
}

static gboolean
add_links (Builder *self, GCancellable *cancellable, GError **error)
{
  g_autofree gint32 *groups = posa_groups_new (self->points->n_sites);

  for (guint i = 0; i < self->edges->len; i++)
    {
      guint64 edge = g_array_index (self->edges, guint64, i);

      posa_groups_join (groups, posa_edge_get_i (edge), posa_edge_get_j (edge));
    }
  return posa_clusters_join (self->points, self->lot, groups, self->edges, cancellable, error);
}

/* ---- the graph ---- */

static int
compare_edges_cb (gconstpointer a, gconstpointer b)
{
  guint64 p = *(const guint64 *) a, q = *(const guint64 *) b;

  return p < q ? -1 : p > q;
}

/* Sorts, and leaves each edge once. */
static void
tidy (GArray *edges)
{
  guint n = 0;

  g_array_sort (edges, compare_edges_cb);
  for (guint i = 0; i < edges->len; i++)
    {
      guint64 edge = g_array_index (edges, guint64, i);

      if (n == 0 || edge != g_array_index (edges, guint64, n - 1))
        g_array_index (edges, guint64, n++) = edge;
    }
  g_array_set_size (edges, n);
}

/* The lower neighbours of a site come first, since the edges are sorted by their lower site. */
static PosaSiteGraph *
make_graph (const GArray *edges, gint32 n_sites)
{
  PosaSiteGraph *self = g_new0 (PosaSiteGraph, 1);
  g_autofree gint32 *end = g_new (gint32, n_sites);

  self->n_sites = n_sites;
  self->n_edges = (gint32) edges->len;
  self->first = g_new0 (gint32, n_sites + 1);
  self->neighbours = g_new (gint32, 2 * (gsize) edges->len);
  for (guint e = 0; e < edges->len; e++)
    {
      guint64 edge = g_array_index (edges, guint64, e);

      self->first[posa_edge_get_i (edge) + 1]++;
      self->first[posa_edge_get_j (edge) + 1]++;
    }
  for (gint32 i = 0; i < n_sites; i++)
    self->first[i + 1] += self->first[i];
  memcpy (end, self->first, (gsize) n_sites * sizeof *end);
  for (guint e = 0; e < edges->len; e++)
    {
      guint64 edge = g_array_index (edges, guint64, e);
      gint32 i = posa_edge_get_i (edge), j = posa_edge_get_j (edge);

      self->neighbours[end[i]++] = j;
      self->neighbours[end[j]++] = i;
    }
  return self;
}

PosaSiteGraph *
posa_site_graph_new (const PosaLotPoints *points,
                     const PosaLot *lot,
                     PosaOperation *operation,
                     GError **error)
{
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (guint64));
  Builder builder = { points, lot, edges };
  gint32 n_places;
  g_autofree gint32 *places = add_places (&builder, &n_places);

  if (!add_neighbours (&builder, places, n_places, operation, error))
    {
      posa_error_convert (error, POSA_ERROR_CANCELLED);
      return NULL;
    }
  add_streets (&builder);
  tidy (edges);
  posa_operation_report (operation, -1, _ ("Linking what lies apart"));
  guint n_without = edges->len;
  if (!add_links (&builder, posa_operation_peek_cancellable (operation), error))
    return NULL;
  tidy (edges);
  PosaSiteGraph *self = make_graph (edges, points->n_sites);
  self->n_links = (gint32) (edges->len - n_without);
  return self;
}

void
posa_site_graph_free (PosaSiteGraph *self)
{
  g_free (self->first);
  g_free (self->neighbours);
  g_free (self);
}

GBytes *
posa_site_graph_to_text (const PosaSiteGraph *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gint32 i = 0; i < self->n_sites; i++)
    for (gint32 e = self->first[i]; e < self->first[i + 1]; e++)
      if (self->neighbours[e] > i)
        g_string_append_printf (text, "%d %d\n", i, self->neighbours[e]);
  return g_string_free_to_bytes (g_steal_pointer (&text));
}
