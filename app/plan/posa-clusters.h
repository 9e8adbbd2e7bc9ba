/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-lot-points.h"
#include "plan/posa-lot.h"

G_BEGIN_DECLS

/* Joins the clusters of a site graph that is in pieces. @groups (posa-groups.h) are the pieces
 * so far and become one; new edges (posa_edge_make) are appended to @edges, of guint64. First each
 * cluster but the largest (most sites, then lowest site) gets its shortest link to each of its
 * lot->links nearest others within lot->link_max_m; then, in rounds, what is not yet joined its
 * shortest link to anything. Ties go to the lower pair of sites. FALSE when cancelled. */
gboolean posa_clusters_join (const PosaLotPoints *points,
                             const PosaLot *lot,
                             gint32 *groups,
                             GArray *edges,
                             GCancellable *cancellable,
                             GError **error);

/* An edge as a number that sorts by (i, j), i < j. */
static inline guint64
posa_edge_make (gint32 a, gint32 b)
{
  return (guint64) MIN (a, b) << 32 | (guint64) MAX (a, b);
}

static inline gint32
posa_edge_get_i (guint64 edge)
{
  return (gint32) (edge >> 32);
}

static inline gint32
posa_edge_get_j (guint64 edge)
{
  return (gint32) (edge & G_MAXUINT32);
}

G_END_DECLS
