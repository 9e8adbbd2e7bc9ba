/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-lot-points.h"
#include "plan/posa-lot.h"
#include "plan/posa-site-graph.h"

G_BEGIN_DECLS

/* What a plan of months is worth, counted from nothing but the month of each point: the planner's
 * own books are not looked at. docs/planning.md defines each. */
typedef struct
{
  guint n_months;
  gint32 n_pods[POSA_LOT_MAX_MONTHS];
  gint32 n_three_phase[POSA_LOT_MAX_MONTHS];
  gint32 n_pieces[POSA_LOT_MAX_MONTHS]; /* of the load in the graph */
  gint64 seconds[POSA_LOT_MAX_MONTHS];  /* of work at the civics */
  gint64 capacity[POSA_LOT_MAX_MONTHS]; /* of all crews */

  double deviation;    /* largest of a month's points from the mean, relative */
  guint n_connected;   /* months in one piece */
  gint32 n_stragglers; /* points outside the largest piece of their month */
  guint n_consecutive; /* months next to the one after them */
  gint32 n_misplaced;  /* points in a month that their season forbids */
  gint32 n_split_sites;
  gint32 n_street_parts; /* more than a street of its size needs, all streets together */
  gint32 n_cut_edges;    /* whose sites share no month */
} PosaMonthFacts;

/* @month [n_pods], from 0. */
void posa_month_facts_count (PosaMonthFacts *self,
                             const PosaLotPoints *points,
                             const PosaLot *lot,
                             const PosaSiteGraph *graph,
                             const guint8 *month);

G_END_DECLS
