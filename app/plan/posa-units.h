/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-random.h"
#include "plan/posa-site-graph.h"

G_BEGIN_DECLS

/* Points of a unit that are bound to some of the plan's months. */
typedef struct
{
  guint64 allowed; /* plan months, bit 0 is the first */
  gint32 n_pods;
} PosaUnitSeason;

/* What goes into a load as a whole: sites, or on the coarse level clusters of them, and the edges
 * between them. The weight of an edge is what cutting it costs: more for a short one, and for one
 * along a street. */
typedef struct
{
  gint32 n;
  gint32 *first, *neighbours, *weights; /* as in PosaSiteGraph */
  double *x, *y;
  gint32 *n_pods;
  gint32 *seconds;       /* of work, a visit included */
  guint64 *allowed;      /* months that suit all its points */
  gint32 *seasons_first; /* [n + 1] */
  PosaUnitSeason *seasons;
} PosaUnits;

/* The sites of the lot, each a unit. */
PosaUnits *
posa_units_new (const PosaSiteGraph *graph, const PosaLotPoints *points, const PosaLot *lot);
/* Clusters of neighbours that suit the same months, up to @max_pods points; @cluster gets the one
 * of each unit, free. */
PosaUnits *
posa_units_coarsen (const PosaUnits *self, gint32 max_pods, PosaRandom *random, gint32 **cluster);
void posa_units_free (PosaUnits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaUnits, posa_units_free)

/* Points of @unit that may not be worked on in @month. */
static inline gint32
posa_units_count_misplaced (const PosaUnits *self, gint32 unit, guint month)
{
  gint32 n = 0;

  if (self->allowed[unit] >> month & 1)
    return 0;
  for (gint32 i = self->seasons_first[unit]; i < self->seasons_first[unit + 1]; i++)
    if ((self->seasons[i].allowed >> month & 1) == 0)
      n += self->seasons[i].n_pods;
  return n;
}

/* Takes the points of @unit that may not be worked on in @month out of it; returns how many. Their
 * work is not. */
gint32 posa_units_take_misplaced (PosaUnits *self, gint32 unit, guint month);

G_END_DECLS
