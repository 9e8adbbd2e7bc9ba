/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-clusters.h"

#include "base/posa-error.h"
#include "plan/posa-groups.h"
#include "plan/posa-kd-tree.h"

#include <math.h>
#include <string.h>

#define MAX_LINKS 16

typedef struct
{
  const PosaLotPoints *points;
  PosaKdTree *tree;
  gint32 *groups;
  gint32 n_clusters, largest;
  gint32 *cluster; /* [n_sites] lowest site of the site's cluster */
  gint32 *next;    /* [n_sites] next site of the same cluster, -1 behind the last */
  gint32 *size;    /* [n_sites] of the cluster whose lowest site it is, else 0 */
  GArray *edges;
} Clusters;

static void
clusters_clear (Clusters *self)
{
  g_clear_pointer (&self->tree, posa_kd_tree_free);
  g_free (self->cluster);
  g_free (self->next);
  g_free (self->size);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Clusters, clusters_clear)

/* Takes the clusters as the groups are now. */
static void
take_clusters (Clusters *self)
{
  gint32 n = self->points->n_sites;
  g_autofree gint32 *last = g_new (gint32, n);

  memset (self->size, 0, (gsize) n * sizeof *self->size);
  self->n_clusters = 0;
  self->largest = 0;
  for (gint32 i = 0; i < n; i++)
    {
      gint32 cluster = posa_groups_find (self->groups, i);

      self->cluster[i] = cluster;
      self->next[i] = -1;
      if (self->size[cluster]++ == 0)
        self->n_clusters++;
      else
        self->next[last[cluster]] = i;
      last[cluster] = i;
    }
  for (gint32 i = 0; i < n; i++)
    if (self->size[i] > self->size[self->largest])
      self->largest = i;
  if (self->n_clusters > 1)
    posa_kd_tree_set_groups (self->tree, self->cluster);
}

static void
add_edge (Clusters *self, const PosaKdPair *pair)
{
  guint64 edge = posa_edge_make (pair->i, pair->j);

  g_array_append_val (self->edges, edge);
}

/* The shortest link from @cluster, itself the first of @excluded; FALSE when none is shorter than
 * @limit. */
static gboolean
find_link (const Clusters *self,
           gint32 cluster,
           const gint32 *excluded,
           guint n_excluded,
           double limit,
           PosaKdPair *best)
{
  *best = (PosaKdPair) { limit, G_MAXINT32, G_MAXINT32 };
  for (gint32 i = cluster; i >= 0; i = self->next[i])
    posa_kd_tree_find_foreign (self->tree, i, excluded, n_excluded, best);
  return best->i != G_MAXINT32;
}

static void
link_cluster (Clusters *self, gint32 cluster, const PosaLot *lot)
{
  gint32 excluded[MAX_LINKS + 1] = { cluster };
  guint n_links = MIN (lot->links, MAX_LINKS);
  PosaKdPair best;

  for (guint n = 0; n < n_links; n++)
    {
      if (!find_link (self, cluster, excluded, n + 1, lot->link_max_m * lot->link_max_m, &best))
        return;
      add_edge (self, &best);
      excluded[n + 1] = self->cluster[self->cluster[best.i] == cluster ? best.j : best.i];
    }
}

static int
compare_pairs_cb (gconstpointer a, gconstpointer b)
{
  const PosaKdPair *p = a, *q = b;

  if (p->square != q->square)
    return p->square < q->square ? -1 : 1;
  if (p->i != q->i)
    return p->i < q->i ? -1 : 1;
  return p->j < q->j ? -1 : p->j > q->j;
}

static gboolean
is_cancelled (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  posa_error_convert (error, POSA_ERROR_CANCELLED);
  return TRUE;
}

/* Joins the groups along what was added to the edges since @from. */
static void
join_along (Clusters *self, guint from)
{
  for (guint i = from; i < self->edges->len; i++)
    {
      guint64 edge = g_array_index (self->edges, guint64, i);

      posa_groups_join (self->groups, posa_edge_get_i (edge), posa_edge_get_j (edge));
    }
}

/* One round of Borůvka's method. */
static gboolean
bridge (Clusters *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (PosaKdPair));

  for (gint32 i = 0; i < self->points->n_sites; i++)
    {
      PosaKdPair best;

      if (self->size[i] == 0 || i == self->largest)
        continue;
      if (is_cancelled (cancellable, error))
        return FALSE;
      if (find_link (self, i, &i, 1, INFINITY, &best))
        g_array_append_val (pairs, best);
    }
  g_array_sort (pairs, compare_pairs_cb);
  for (guint i = 0; i < pairs->len; i++)
    {
      const PosaKdPair *pair = &g_array_index (pairs, PosaKdPair, i);

      if (posa_groups_join (self->groups, pair->i, pair->j))
        add_edge (self, pair);
    }
  return TRUE;
}

gboolean
posa_clusters_join (const PosaLotPoints *points,
                    const PosaLot *lot,
                    gint32 *groups,
                    GArray *edges,
                    GCancellable *cancellable,
                    GError **error)
{
  gint32 n = points->n_sites;
  g_autofree gint32 *ids = posa_groups_new (n);
  g_auto (Clusters) self = {
    .points = points,
    .tree = posa_kd_tree_new (points->x, points->y, ids, n),
    .groups = groups,
    .cluster = g_new (gint32, n),
    .next = g_new (gint32, n),
    .size = g_new (gint32, n),
    .edges = edges,
  };
  guint n_edges = edges->len;

  take_clusters (&self);
  for (gint32 i = 0; i < n && self.n_clusters > 1; i++)
    {
      if (self.size[i] == 0 || i == self.largest)
        continue;
      if (is_cancelled (cancellable, error))
        return FALSE;
      link_cluster (&self, i, lot);
    }
  join_along (&self, n_edges);
  for (take_clusters (&self); self.n_clusters > 1; take_clusters (&self))
    if (!bridge (&self, cancellable, error))
      return FALSE;
  return TRUE;
}
