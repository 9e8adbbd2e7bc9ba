/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-units.h"

G_BEGIN_DECLS

/* In the place of a load: the unit belongs to none, all its points go elsewhere one by one. */
#define POSA_LOAD_NONE 255

/* What a month is to get: the plan's months are numbered from 0, and so are the loads. */
typedef struct
{
  guint n_months;
  double target[POSA_LOT_MAX_MONTHS];     /* points */
  gint64 capacity[POSA_LOT_MAX_MONTHS];   /* seconds of all crews */
  gint32 extra_pods[POSA_LOT_MAX_MONTHS]; /* that are bound to the month, in no unit */
  double tolerance;                       /* of the points, relative */
} PosaMonths;

/* What the cost of an assignment is made of besides the edges cut. */
typedef struct
{
  double balance; /* times the square of the relative deviation */
  double hard;    /* times what is beyond the tolerance */
  double pace;    /* of the multipliers, that make a lasting deviation ever dearer */
  double season;  /* a point in a month that does not suit it */
  double contact; /* two months in a row that are not neighbours */
} PosaLoadWeights;

/* Units in loads, and what a search has to know of it at once. Borrows units and months. */
typedef struct
{
  const PosaUnits *units;
  const PosaMonths *months;
  PosaLoadWeights weights;

  guint8 *load; /* [n] */
  gint64 n_pods[POSA_LOT_MAX_MONTHS], seconds[POSA_LOT_MAX_MONTHS];
  double multipliers[POSA_LOT_MAX_MONTHS];
  gint32 contacts[POSA_LOT_MAX_MONTHS][POSA_LOT_MAX_MONTHS]; /* edges between two loads */

  gint32 n_border;            /* units with a neighbour in another load */
  gint32 *border, *border_at; /* [n] the units; where a unit is among them, or -1 */

  guint32 *stamps, last_stamp; /* [n] of the search for pieces */
  gint32 *queue;               /* [n] */
  gint32 *moved;               /* [n] the units of a move */
  gint32 n_moved;
} PosaLoads;

/* All units in load 0, nothing counted yet. */
PosaLoads *posa_loads_new (const PosaUnits *units, const PosaMonths *months);
void posa_loads_free (PosaLoads *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaLoads, posa_loads_free)

/* Counts everything anew after `load`, or the units, were changed from outside. */
void posa_loads_count (PosaLoads *self);
/* Load i is load @to [i] from now on; the multipliers go with it. */
void posa_loads_renumber (PosaLoads *self, const guint8 *to);
/* Parts of equal size of the units along a curve that fills the plane. */
void posa_loads_sweep (PosaLoads *self);
/* Leaves each load its largest piece and gives the others to their neighbours; then every empty
 * load one unit, while there are any to give. */
void posa_loads_connect (PosaLoads *self);

/* The cost of load @load if it had that much more. */
double posa_loads_weigh (const PosaLoads *self, guint load, gint64 more_pods, gint64 more_seconds);
/* Largest relative deviation of the points of a month from its target. */
double posa_loads_get_deviation (const PosaLoads *self);
/* Points in months that do not suit them. */
gint64 posa_loads_count_misplaced (const PosaLoads *self);
/* Months that are not next to the one after them. */
guint posa_loads_count_gaps (const PosaLoads *self);
gint64 posa_loads_get_cut (const PosaLoads *self);
/* Seconds over the capacity, in all months together. */
gint64 posa_loads_get_overtime (const PosaLoads *self);

/* The first of @n new stamps for a search: all in `stamps` are lower. */
guint32 posa_loads_take_stamps (PosaLoads *self, guint32 n);
/* Puts the units that have to leave their load together with @unit, so that the rest of it stays
 * connected, into `moved`. FALSE when that is too much, or hard to tell. */
gboolean posa_loads_find_move (PosaLoads *self, gint32 unit);
/* Moves them to @load. */
void posa_loads_apply_move (PosaLoads *self, guint8 load);

G_END_DECLS
