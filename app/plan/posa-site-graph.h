/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-lot-points.h"
#include "plan/posa-lot.h"

G_BEGIN_DECLS

/* Which sites are next to each other, exactly as docs/planning.md defines it: places, Gabriel
 * neighbours, consecutive civics of a street, links between clusters, bridges. Connected. */
typedef struct
{
  gint32 n_sites;
  gint32 n_edges;     /* undirected */
  gint32 n_links;     /* of them: links and bridges between clusters */
  gint32 *first;      /* [n_sites + 1] into neighbours */
  gint32 *neighbours; /* [2 n_edges] ascending for each site */
} PosaSiteGraph;

/* NULL only when cancelled. @operation may be NULL. */
PosaSiteGraph *posa_site_graph_new (const PosaLotPoints *points,
                                    const PosaLot *lot,
                                    PosaOperation *operation,
                                    GError **error);
void posa_site_graph_free (PosaSiteGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSiteGraph, posa_site_graph_free)

/* Lines "i j", i < j, in ascending order. */
GBytes *posa_site_graph_to_text (const PosaSiteGraph *self);

G_END_DECLS
