/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-season-bound.h"
#include "plan/posa-site-graph.h"

G_BEGIN_DECLS

/* The months of a lot: even loads, each connected in the site graph and within the seasons of its
 * points, months in a row next to each other (docs/planning.md). */
typedef struct
{
  gint32 n_pods;
  guint8 *month;       /* [n_pods] from 0, in the order of the file */
  gint32 n_exceptions; /* points outside the load of their surroundings, for their season's sake */
  PosaSeasonBound bound;
} PosaMonthPlan;

/* The same for the same input and @seed. INVALID_DATA when there can be no plan: a month without
 * workdays, a season without a month of the plan; CANCELLED. @operation may be NULL. */
PosaMonthPlan *posa_month_plan_new (const PosaLotPoints *points,
                                    const PosaLot *lot,
                                    const PosaSiteGraph *graph,
                                    guint64 seed,
                                    PosaOperation *operation,
                                    GError **error);
void posa_month_plan_free (PosaMonthPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaMonthPlan, posa_month_plan_free)

/* plan.csv: pod,month,date,crew,seq,start,band,notice; only the first two are filled in. */
GBytes *posa_month_plan_to_text (const PosaMonthPlan *self, const PosaLotPoints *points);

G_END_DECLS
