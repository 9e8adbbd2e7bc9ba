/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-plan-tool.h"

#include "plan/posa-site-graph.h"

/* What the folder holds, read and checked. */
typedef struct
{
  PosaLot *lot;
  PosaLotPoints *points;
  PosaSiteGraph *graph;
} Input;

static void
input_clear (Input *self)
{
  g_clear_pointer (&self->lot, posa_lot_free);
  g_clear_pointer (&self->points, posa_lot_points_free);
  g_clear_pointer (&self->graph, posa_site_graph_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Input, input_clear)

static gboolean
load (Input *self, const char *folder, PosaOperation *operation, GError **error)
{
  g_autofree char *lot = g_build_filename (folder, "lot.ini", NULL);
  g_autofree char *points = g_build_filename (folder, "points.csv", NULL);

  self->lot = posa_lot_load (lot, error);
  if (self->lot != NULL)
    self->points = posa_lot_points_load (points, operation, error);
  if (self->points != NULL)
    self->graph = posa_site_graph_new (self->points, self->lot, operation, error);
  return self->graph != NULL;
}

PosaPlanGraph *
posa_plan_tool_make_graph (const char *folder, PosaOperation *operation, GError **error)
{
  g_auto (Input) input = { 0 };

  if (!load (&input, folder, operation, error))
    return NULL;
  PosaPlanGraph *self = g_new0 (PosaPlanGraph, 1);
  self->n_pods = input.points->n_pods;
  self->n_sites = input.points->n_sites;
  self->n_streets = input.points->n_streets;
  self->n_edges = input.graph->n_edges;
  self->n_links = input.graph->n_links;
  self->text = posa_site_graph_to_text (input.graph);
  return self;
}

void
posa_plan_graph_free (PosaPlanGraph *self)
{
  g_bytes_unref (self->text);
  g_free (self);
}
