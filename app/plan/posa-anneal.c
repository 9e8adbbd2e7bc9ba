/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-anneal.h"

#include "base/posa-error.h"

#include <math.h>
#include <string.h>

#define COOL_EACH 1024
#define LOOK_EACH 65536
/* A move whose first unit alone would be too dear is looked at all the same once in so many: what
 * it cuts off may pay for it. */
#define LUCK 32

typedef struct
{
  PosaLoads *loads;
  guint8 from, to;
  double limit;                      /* what the move may cost */
  gint32 reach[POSA_LOT_MAX_MONTHS]; /* edges from what moves to what stays, by load */
} Move;

/* ---- what a move costs ---- */

static double
weigh_balance (const Move *move, gint64 n_pods, gint64 seconds)
{
  const PosaLoads *loads = move->loads;

  return posa_loads_weigh (loads, move->from, -n_pods, -seconds) -
         posa_loads_weigh (loads, move->from, 0, 0) +
         posa_loads_weigh (loads, move->to, n_pods, seconds) -
         posa_loads_weigh (loads, move->to, 0, 0);
}

static double
weigh_season (const Move *move, gint32 unit)
{
  const PosaUnits *units = move->loads->units;

  return move->loads->weights.season * (posa_units_count_misplaced (units, unit, move->to) -
                                        posa_units_count_misplaced (units, unit, move->from));
}

/* As if @unit moved alone. */
static double
weigh_unit (const Move *move, gint32 unit)
{
  const PosaLoads *loads = move->loads;
  const PosaUnits *units = loads->units;
  gint32 cut = 0;

  for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
    {
      guint8 load = loads->load[units->neighbours[e]];

      if (load == move->from)
        cut += units->weights[e];
      else if (load == move->to)
        cut -= units->weights[e];
    }
  return cut + weigh_season (move, unit) +
         weigh_balance (move, units->n_pods[unit], units->seconds[unit]);
}

/* What moves together; G_MAXDOUBLE when it is half of its load. */
static double
weigh_moved (const Move *move, guint32 out)
{
  const PosaLoads *loads = move->loads;
  const PosaUnits *units = loads->units;
  gint64 n_pods = 0, seconds = 0;
  double cost = 0;

  for (gint32 i = 0; i < loads->n_moved; i++)
    {
      gint32 unit = loads->moved[i];

      n_pods += units->n_pods[unit];
      seconds += units->seconds[unit];
      cost += weigh_season (move, unit);
      for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
        {
          gint32 other = units->neighbours[e];

          if (loads->load[other] == move->to)
            cost -= units->weights[e];
          else if (loads->load[other] == move->from && loads->stamps[other] != out)
            cost += units->weights[e];
        }
    }
  if (2 * n_pods >= loads->n_pods[move->from])
    return G_MAXDOUBLE;
  return cost + weigh_balance (move, n_pods, seconds);
}

/* ---- months in a row ---- */

static void
find_reach (Move *move, guint32 out)
{
  const PosaLoads *loads = move->loads;
  const PosaUnits *units = loads->units;

  memset (move->reach, 0, sizeof move->reach);
  for (gint32 i = 0; i < loads->n_moved; i++)
    for (gint32 e = units->first[loads->moved[i]]; e < units->first[loads->moved[i] + 1]; e++)
      {
        gint32 other = units->neighbours[e];

        if (loads->load[other] != POSA_LOAD_NONE && loads->stamps[other] != out)
          move->reach[loads->load[other]]++;
      }
}

/* Edges between loads @a and @b after the move. */
static gint32
count_contacts (const Move *move, guint a, guint b)
{
  gint32 n = move->loads->contacts[a][b];

  if (a == move->from || b == move->from)
    n -= move->reach[a == move->from ? b : a];
  if (a == move->to || b == move->to)
    n += move->reach[a == move->to ? b : a];
  return n;
}

/* Months in a row that come apart, less those that come together. */
static double
weigh_contacts (const Move *move)
{
  const PosaLoads *loads = move->loads;
  guint n_months = loads->months->n_months;
  guint pairs[] = { move->from, move->from + 1U, move->to, move->to + 1U };
  gint32 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      guint later = pairs[i];
      gboolean again = i >= 2 && (later == pairs[0] || later == pairs[1]);

      if (later == 0 || later >= n_months || again)
        continue;
      sum +=
          (loads->contacts[later - 1][later] > 0) - (count_contacts (move, later - 1, later) > 0);
    }
  return sum * loads->weights.contact;
}

/* ---- steps ---- */

static void
try_move (Move *move, gint32 unit, gboolean lucky)
{
  PosaLoads *loads = move->loads;
  double cost = weigh_unit (move, unit);

  if (cost > move->limit && !lucky)
    return;
  if (!posa_loads_find_move (loads, unit))
    return;
  guint32 out = loads->stamps[unit];
  if (loads->n_moved > 1)
    cost = weigh_moved (move, out);
  if (cost - 2 * loads->weights.contact > move->limit)
    return;
  /* a unit that moves alone has its own stamp, but so may units that stayed after all */
  for (gint32 i = 0; i < loads->n_moved; i++)
    loads->stamps[loads->moved[i]] = out;
  find_reach (move, out);
  if (cost + weigh_contacts (move) <= move->limit)
    posa_loads_apply_move (loads, move->to);
}

static void
step (PosaLoads *loads, PosaRandom *random, double temperature)
{
  const PosaUnits *units = loads->units;
  gint32 unit = loads->border[posa_random_below (random, (guint32) loads->n_border)];
  guint32 degree = (guint32) (units->first[unit + 1] - units->first[unit]);
  gint32 other =
      units->neighbours[units->first[unit] + (gint32) posa_random_below (random, degree)];
  Move move = { .loads = loads, .from = loads->load[unit], .to = loads->load[other] };

  if (move.to == move.from || move.to == POSA_LOAD_NONE)
    return;
  move.limit = -temperature * log (posa_random_unit (random));
  try_move (&move, unit, posa_random_below (random, LUCK) == 0);
}

/* The longer a load is off its target, the dearer. */
static void
raise_multipliers (PosaLoads *loads)
{
  for (guint m = 0; m < loads->months->n_months; m++)
    {
      double target = loads->months->target[m];

      loads->multipliers[m] += loads->weights.pace * 2 * loads->weights.balance *
                               ((double) loads->n_pods[m] - target) / MAX (target, 1);
    }
}

gboolean
posa_anneal_run (const PosaAnneal *self,
                 PosaLoads *loads,
                 PosaRandom *random,
                 GCancellable *cancellable,
                 GError **error)
{
  gint64 raise_each = loads->units->n / 4 + 1;
  double temperature = self->from;

  for (gint64 i = 0; i < self->n_steps && loads->n_border > 0; i++)
    {
      if (i % COOL_EACH == 0)
        temperature = self->from * pow (self->to / self->from, (double) i / (double) self->n_steps);
      if (i % LOOK_EACH == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          posa_error_convert (error, POSA_ERROR_CANCELLED);
          return FALSE;
        }
      if (i > 0 && i % raise_each == 0)
        raise_multipliers (loads);
      step (loads, random, temperature);
    }
  return TRUE;
}
