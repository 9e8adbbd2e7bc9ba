/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-month-order.h"

#include <math.h>
#include <string.h>

/* A point in a wrong month, against a gap between months in a row as a share of a month's points.
 */
#define SEASON_COST 20.0
#define GAP_COST    0.15
#define MAX_HOPS    99
/* A month that its load does not fit in: a relative deviation of 1 costs as many points. */
#define SIZE_COST     4.0
#define OVERTIME_COST 1.0

typedef struct
{
  guint n;
  double misfit[POSA_LOT_MAX_MONTHS][POSA_LOT_MAX_MONTHS];      /* load, month */
  double gap[POSA_LOT_MAX_MONTHS][POSA_LOT_MAX_MONTHS];         /* of two loads in a row */
  guint8 order[POSA_LOT_MAX_MONTHS], best[POSA_LOT_MAX_MONTHS]; /* the load of each month */
  double cost, best_cost;
} Order;

/* ---- costs ---- */

static void
weigh_seasons (Order *self, const PosaLoads *loads)
{
  const PosaUnits *units = loads->units;

  for (gint32 i = 0; i < units->n; i++)
    for (gint32 s = units->seasons_first[i];
         loads->load[i] != POSA_LOAD_NONE && s < units->seasons_first[i + 1]; s++)
      for (guint m = 0; m < self->n; m++)
        if ((units->seasons[s].allowed >> m & 1) == 0)
          self->misfit[loads->load[i]][m] += SEASON_COST * units->seasons[s].n_pods;
}

static void
weigh_sizes (Order *self, const PosaLoads *loads)
{
  const PosaMonths *months = loads->months;

  for (guint load = 0; load < self->n; load++)
    for (guint m = 0; m < self->n; m++)
      {
        /* what is bound to the month stays with it */
        double n_pods =
            (double) loads->n_pods[load] - months->extra_pods[load] + months->extra_pods[m];
        double off = fabs (n_pods - months->target[m]);
        double overtime = (double) (loads->seconds[load] - months->capacity[m]) /
                          (double) MAX (months->capacity[m], 1);

        self->misfit[load][m] +=
            SIZE_COST * off + OVERTIME_COST * MAX (0, overtime) * SEASON_COST * months->target[m];
      }
}

/* Steps from load to load, by Floyd and Warshall. */
static void
weigh_gaps (Order *self, const PosaLoads *loads, double unit)
{
  gint32 hops[POSA_LOT_MAX_MONTHS][POSA_LOT_MAX_MONTHS];

  for (guint a = 0; a < self->n; a++)
    for (guint b = 0; b < self->n; b++)
      hops[a][b] = a == b ? 0 : loads->contacts[a][b] > 0 ? 1 : MAX_HOPS;
  for (guint k = 0; k < self->n; k++)
    for (guint a = 0; a < self->n; a++)
      for (guint b = 0; b < self->n; b++)
        hops[a][b] = MIN (hops[a][b], hops[a][k] + hops[k][b]);
  for (guint a = 0; a < self->n; a++)
    for (guint b = 0; b < self->n; b++)
      self->gap[a][b] = hops[a][b] > 1 ? unit * hops[a][b] : 0;
}

/* What the months from @from to @to, and the steps into and out of them, cost. */
static double
weigh_part (const Order *self, const guint8 *order, guint from, guint to)
{
  double sum = 0;

  for (guint m = from; m <= to; m++)
    {
      sum += self->misfit[order[m]][m];
      if (m > 0)
        sum += self->gap[order[m - 1]][order[m]];
    }
  return to + 1 < self->n ? sum + self->gap[order[to]][order[to + 1]] : sum;
}

/* ---- changes ---- */

static void
reverse (guint8 *order, guint from, guint to)
{
  for (; from < to; from++, to--)
    {
      guint8 load = order[from];

      order[from] = order[to];
      order[to] = load;
    }
}

/* Exchanges two months, turns those between them around, or moves one to the other. */
static void
change (guint8 *order, guint i, guint j, guint how)
{
  guint8 load = order[i], other = order[j];

  if (how == 0)
    {
      order[i] = other;
      order[j] = load;
    }
  else if (how == 1)
    reverse (order, i, j);
  else if (how == 2)
    {
      memmove (&order[i], &order[i + 1], j - i);
      order[j] = load;
    }
  else
    {
      memmove (&order[i + 1], &order[i], j - i);
      order[i] = other;
    }
}

static void
try_change (Order *self, PosaRandom *random, double temperature)
{
  guint8 order[POSA_LOT_MAX_MONTHS];
  guint i = posa_random_below (random, self->n), j = posa_random_below (random, self->n);
  guint how = posa_random_below (random, 4);
  double limit = -temperature * log (posa_random_unit (random));

  if (i == j)
    return;
  memcpy (order, self->order, self->n);
  change (order, MIN (i, j), MAX (i, j), how);
  double more = weigh_part (self, order, MIN (i, j), MAX (i, j)) -
                weigh_part (self, self->order, MIN (i, j), MAX (i, j));
  if (more > limit)
    return;
  memcpy (self->order, order, self->n);
  self->cost += more;
  /* the sum of many steps is not the cost to the last bit */
  if (self->cost < self->best_cost - 1e-6)
    {
      self->best_cost = self->cost;
      memcpy (self->best, self->order, self->n);
    }
}

static void
anneal (Order *self, PosaRandom *random, double unit, guint effort)
{
  double temperature = 0;

  self->cost = weigh_part (self, self->order, 0, self->n - 1);
  for (guint i = 0; i < effort; i++)
    {
      if (i % 64 == 0)
        temperature = 3 * unit * pow (0.02 / 3, (double) i / effort);
      try_change (self, random, temperature);
    }
}

/* Beginnings: the months as they are, then any order. */
#define N_BEGINNINGS 3

void
posa_month_order_find (PosaLoads *loads, PosaRandom *random, guint effort)
{
  g_autofree Order *self = g_new0 (Order, 1);
  guint8 to[POSA_LOT_MAX_MONTHS] = { 0 };
  double unit = 0;

  self->n = loads->months->n_months;
  for (guint m = 0; m < self->n; m++)
    {
      unit = MAX (unit, GAP_COST * loads->months->target[m]);
      self->order[m] = self->best[m] = (guint8) m;
    }
  weigh_seasons (self, loads);
  weigh_sizes (self, loads);
  weigh_gaps (self, loads, unit);
  self->best_cost = weigh_part (self, self->order, 0, self->n - 1);
  for (guint n = 0; n < N_BEGINNINGS && self->n > 1; n++)
    {
      for (guint m = self->n - 1; m > 0 && n > 0; m--)
        change (self->order, posa_random_below (random, m), m, 0);
      anneal (self, random, unit, effort / N_BEGINNINGS);
    }
  for (guint m = 0; m < self->n; m++)
    to[self->best[m]] = (guint8) m;
  posa_loads_renumber (loads, to);
}
