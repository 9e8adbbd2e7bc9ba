/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-lot-points.h"
#include "plan/posa-lot.h"

G_BEGIN_DECLS

/* How even the months can be at all when each point has to be in a month of its season, whatever
 * the territory; and what is in the way. */
typedef struct
{
  double deviation;                   /* points; 0 when the seasons allow an even plan */
  double target[POSA_LOT_MAX_MONTHS]; /* points of each month of a plan as even as that */

  /* Only when it is more than 0: */
  gboolean is_crowded; /* the points have too few months; else the months too few points */
  guint64 months;      /* plan months that are concerned, as bits */
  guint16 season;      /* of the most of the points in them (crowded) */
  gint64 n_pods, room; /* points that are bound to them, or may go there; and what fits, or lacks
                          nothing when even */
} PosaSeasonBound;

/* By the largest flow from seasons to months; cannot fail. */
void
posa_season_bound_find (PosaSeasonBound *self, const PosaLotPoints *points, const PosaLot *lot);

G_END_DECLS
