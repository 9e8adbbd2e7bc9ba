/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-load-search.h"

#include "plan/posa-anneal.h"
#include "plan/posa-month-order.h"

#include <math.h>
#include <string.h>

/* Weights that were found by trial on made and real towns; docs/planning.md has what they give. */
#define BALANCE     20
#define HARD        2
#define SMALL_MONTH 1000
#define PACE        0.03
#define SEASON      6
#define CONTACT     100

/* A cluster of the coarse level has this share of a month's points at most. */
#define CLUSTERS_A_MONTH 80
#define COARSE_ROUNDS    10
#define COARSE_HOT       30.0
#define COARSE_COLD      2.0
#define ORDER_FIRST      60000
#define ORDER_AGAIN      40000
#define MAX_FINISHES     24
/* Steps of a whole stage, by unit. */
#define COARSE_STEPS 1200
/* The fine level of a lot of so many units takes long anyway: then the coarse one may as well. */
#define LARGE_LOT          20000
#define LARGE_COARSE_STEPS 3000
#define FINE_STEPS         100
#define FINISH_STEPS       20
/* A small lot is finished as carefully as one of so many units, a tiny one as one of so many times
 * its own. */
#define FINISH_UNITS 6000
#define FINISH_TIMES 20

/* Points of a month in an even plan: what a point too many costs must not depend on their number.
 */
static double
get_mean (const PosaMonths *months)
{
  double sum = 0;

  for (guint m = 0; m < months->n_months; m++)
    sum += months->target[m];
  return sum / months->n_months;
}

static PosaLoads *
search_coarse (const PosaUnits *units,
               const PosaMonths *months,
               gint64 steps,
               PosaRandom *random,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (PosaLoads) self = posa_loads_new (units, months);
  const double fall = COARSE_COLD / COARSE_HOT;

  self->weights = (PosaLoadWeights) { .balance = BALANCE * MAX (get_mean (months), SMALL_MONTH),
                                      .pace = PACE,
                                      .contact = CONTACT };
  posa_loads_sweep (self);
  posa_month_order_find (self, random, ORDER_FIRST);
  posa_loads_connect (self);
  for (guint i = 0; i < COARSE_ROUNDS; i++)
    {
      PosaAnneal anneal = { COARSE_HOT * pow (fall, (double) i / COARSE_ROUNDS),
                            COARSE_HOT * pow (fall, (i + 1.0) / COARSE_ROUNDS),
                            steps * units->n / COARSE_ROUNDS };

      self->weights.season = SEASON * (0.3 + 0.7 * (i + 1) / COARSE_ROUNDS);
      if (!posa_anneal_run (&anneal, self, random, cancellable, error))
        return NULL;
      posa_month_order_find (self, random, ORDER_AGAIN);
    }
  return g_steal_pointer (&self);
}

/* The same loads, of the units of the clusters. */
static PosaLoads *
refine (const PosaLoads *coarse, const PosaUnits *units, const gint32 *cluster)
{
  PosaLoads *self = posa_loads_new (units, coarse->months);

  for (gint32 i = 0; i < units->n; i++)
    self->load[i] = coarse->load[cluster[i]];
  memcpy (self->multipliers, coarse->multipliers, sizeof self->multipliers);
  self->weights = coarse->weights;
  posa_loads_count (self);
  return self;
}

static gboolean
search_fine (PosaLoads *self, PosaRandom *random, GCancellable *cancellable, GError **error)
{
  static const struct
  {
    double from, to, share, hard;
  } stages[] = {
    { 2, 1, 0.4, 0 },
    { 2, 1, 0.2, HARD / 4.0 },
    { 1, 0.5, 0.2, HARD },
    { 0.5, 0.2, 0.2, HARD * 4.0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      PosaAnneal anneal = { stages[i].from, stages[i].to,
                            (gint64) (stages[i].share * FINE_STEPS * self->units->n) };

      self->weights.hard = stages[i].hard * MAX (get_mean (self->months), SMALL_MONTH);
      if (!posa_anneal_run (&anneal, self, random, cancellable, error))
        return FALSE;
      if (i == 0)
        posa_month_order_find (self, random, ORDER_AGAIN);
    }
  return posa_load_search_finish (self, random, cancellable, error);
}

/* A search wanders: the best that it passes is what it is worth. */
static void
keep_best (const PosaLoads *self, guint8 *best, double *rating)
{
  double now = posa_load_search_rate (self);

  if (now >= *rating)
    return;
  *rating = now;
  memcpy (best, self->load, (gsize) self->units->n);
}

gboolean
posa_load_search_finish (PosaLoads *self,
                         PosaRandom *random,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree guint8 *best = g_memdup2 (self->load, (gsize) self->units->n);
  double rating = posa_load_search_rate (self);
  gint64 n_units = MAX (self->units->n, MIN (FINISH_UNITS, FINISH_TIMES * self->units->n));
  gboolean done = TRUE;

  self->weights.hard = HARD * 4.0 * MAX (get_mean (self->months), SMALL_MONTH);
  self->weights.pace = 3 * PACE;
  for (guint i = 0; i < MAX_FINISHES && done; i++)
    {
      PosaAnneal anneal = { i % 3 == 2 ? 1.2 : 0.6, 0.2, FINISH_STEPS * n_units };

      if (posa_loads_get_deviation (self) <= self->months->tolerance &&
          posa_loads_count_misplaced (self) == 0)
        break;
      done = posa_anneal_run (&anneal, self, random, cancellable, error);
      keep_best (self, best, &rating);
    }
  self->weights.pace = PACE;
  memcpy (self->load, best, (gsize) self->units->n);
  posa_loads_count (self);
  return done;
}

double
posa_load_search_rate (const PosaLoads *self)
{
  double beyond = posa_loads_get_deviation (self) - self->months->tolerance;

  return 1e6 * (double) posa_loads_count_misplaced (self) + 1e9 * MAX (0, beyond) +
         1e3 * (double) posa_loads_get_overtime (self) / 60 + 1e4 * posa_loads_count_gaps (self) +
         (double) posa_loads_get_cut (self);
}

PosaLoads *
posa_load_search_run (const PosaUnits *units,
                      const PosaMonths *months,
                      PosaRandom *random,
                      GCancellable *cancellable,
                      GError **error)
{
  gint32 max_pods = (gint32) MAX (1, get_mean (months) / CLUSTERS_A_MONTH);
  gint64 steps = units->n >= LARGE_LOT ? LARGE_COARSE_STEPS : COARSE_STEPS;
  g_autofree gint32 *cluster = NULL;
  g_autoptr (PosaUnits) clusters = posa_units_coarsen (units, max_pods, random, &cluster);
  g_autoptr (PosaLoads)
      coarse = search_coarse (clusters, months, steps, random, cancellable, error);

  if (coarse == NULL)
    return NULL;
  g_autoptr (PosaLoads) self = refine (coarse, units, cluster);
  return search_fine (self, random, cancellable, error) ? g_steal_pointer (&self) : NULL;
}
