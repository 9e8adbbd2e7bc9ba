/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"

G_BEGIN_DECLS

/* The planner on the folder of a lot (lot.ini, points.csv; docs/planning.md). Blocking; for the
 * work thread. */

/* The graph of the sites, and what it was made from. */
typedef struct
{
  gint32 n_pods, n_sites, n_streets;
  gint32 n_edges, n_links; /* the links between clusters are among the edges */
  GBytes *text;            /* "i j" a line */
} PosaPlanGraph;

PosaPlanGraph *
posa_plan_tool_make_graph (const char *folder, PosaOperation *operation, GError **error);
void posa_plan_graph_free (PosaPlanGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPlanGraph, posa_plan_graph_free)

/* One thing that a plan is judged by. */
typedef struct
{
  const char *key;   /* for machines, static */
  const char *label; /* translated, static */
  char *text;        /* the number as people read it */
  double number;
} PosaPlanCriterion;

typedef struct
{
  GBytes *plan;        /* plan.csv */
  GPtrArray *criteria; /* of PosaPlanCriterion */
  GStrv notes;         /* translated: what cannot be had, and what is in the way */
  char *json;          /* the same for machines, and each month */
} PosaPlanMonths;

/* Gives every point of the lot its month. The same for the same input and @seed. */
PosaPlanMonths *posa_plan_tool_make_months (const char *folder,
                                            guint64 seed,
                                            PosaOperation *operation,
                                            GError **error);
void posa_plan_months_free (PosaPlanMonths *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPlanMonths, posa_plan_months_free)

G_END_DECLS
