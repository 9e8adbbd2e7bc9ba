/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-month-exceptions.h"

/* The load nearest to @unit, in steps of the graph, whose month is @allowed and has room; when none
 * has, the nearest. -1 when there is no such load. */
static gint
find_month (PosaLoads *loads, gint32 unit, guint64 allowed)
{
  const PosaUnits *units = loads->units;
  guint32 stamp = posa_loads_take_stamps (loads, 1);
  gint32 n = 0;
  gint nearest = -1;

  loads->queue[n++] = unit;
  loads->stamps[unit] = stamp;
  for (gint32 head = 0; head < n; head++)
    {
      guint8 load = loads->load[loads->queue[head]];

      if (load != POSA_LOAD_NONE && (allowed >> load & 1) != 0)
        {
          double target = loads->months->target[load];

          if ((double) loads->n_pods[load] < target * (1 + loads->months->tolerance))
            return load;
          nearest = nearest < 0 ? load : nearest;
        }
      for (gint32 e = units->first[loads->queue[head]]; e < units->first[loads->queue[head] + 1];
           e++)
        {
          gint32 other = units->neighbours[e];

          if (loads->stamps[other] == stamp)
            continue;
          loads->stamps[other] = stamp;
          loads->queue[n++] = other;
        }
    }
  return nearest;
}

static void
add (GArray *exceptions, gint32 unit, gint month, guint64 allowed)
{
  PosaMonthException exception = { unit, (guint8) month, allowed };

  g_array_append_val (exceptions, exception);
}

/* What was cut off with the unit, the first of @moved, goes to the loads around it. FALSE when it
 * has no other neighbours. */
static gboolean
give_away (PosaLoads *loads, const gint32 *moved, gint32 n)
{
  const PosaUnits *units = loads->units;
  gint32 n_left = n - 1;

  for (gint32 before = n; n_left > 0 && n_left < before;)
    {
      before = n_left;
      for (gint32 i = 1; i < n; i++)
        for (gint32 e = units->first[moved[i]];
             e < units->first[moved[i] + 1] && loads->load[moved[i]] == POSA_LOAD_NONE; e++)
          if (loads->load[units->neighbours[e]] != POSA_LOAD_NONE)
            {
              loads->load[moved[i]] = loads->load[units->neighbours[e]];
              n_left--;
            }
    }
  return n_left == 0;
}

/* All points of @unit at once, of which @n are misplaced; FALSE when that does not go. A unit that
 * its load would lose anyway takes along what hangs on it. */
static gboolean
move_whole (PosaLoads *loads, PosaMonths *months, gint32 unit, gint32 n, GArray *exceptions)
{
  guint64 every = (G_GUINT64_CONSTANT (1) << months->n_months) - 1;
  guint64 allowed = loads->units->allowed[unit] & every;
  guint8 load = loads->load[unit];
  gint month = allowed != 0 ? find_month (loads, unit, allowed) : -1;

  if (month < 0 || !posa_loads_find_move (loads, unit) ||
      (loads->n_moved > 1 && n < loads->units->n_pods[unit]))
    return FALSE;
  g_autofree gint32 *moved = g_memdup2 (loads->moved, (gsize) loads->n_moved * sizeof *moved);
  gint32 n_moved = loads->n_moved;
  posa_loads_apply_move (loads, POSA_LOAD_NONE);
  gboolean done = give_away (loads, moved, n_moved);
  for (gint32 i = 0; i < n_moved && !done; i++)
    loads->load[moved[i]] = load;
  if (done)
    {
      months->extra_pods[month] += loads->units->n_pods[unit];
      add (exceptions, unit, month, 0);
    }
  posa_loads_count (loads);
  return done;
}

/* Those of @unit, which is in @load, that the month does not suit. */
static void
move_some (PosaLoads *loads,
           PosaUnits *units,
           PosaMonths *months,
           gint32 unit,
           guint8 load,
           GArray *exceptions)
{
  for (gint32 s = units->seasons_first[unit]; s < units->seasons_first[unit + 1]; s++)
    {
      const PosaUnitSeason *season = &units->seasons[s];
      gint month = (season->allowed >> load & 1) == 0 ? find_month (loads, unit, season->allowed)
                                                      : -1;

      if (month < 0)
        continue;
      loads->n_pods[month] += season->n_pods;
      months->extra_pods[month] += season->n_pods;
      add (exceptions, unit, month, season->allowed);
    }
  loads->n_pods[load] -= posa_units_take_misplaced (units, unit, load);
}

void
posa_month_exceptions_make (PosaLoads *loads,
                            PosaUnits *units,
                            PosaMonths *months,
                            GArray *exceptions)
{
  for (gint32 i = 0; i < units->n; i++)
    {
      guint8 load = loads->load[i];
      gint32 n = load == POSA_LOAD_NONE ? 0 : posa_units_count_misplaced (units, i, load);

      if (n == 0)
        continue;
      if (5 * n < 4 * units->n_pods[i] || !move_whole (loads, months, i, n, exceptions))
        move_some (loads, units, months, i, load, exceptions);
    }
  posa_loads_count (loads);
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  const PosaMonthException *p = a, *q = b;

  if (p->unit != q->unit)
    return p->unit < q->unit ? -1 : 1;
  return p->allowed < q->allowed ? -1 : p->allowed > q->allowed;
}

void
posa_month_exceptions_sort (GArray *exceptions)
{
  g_array_sort (exceptions, compare_cb);
}

gint
posa_month_exceptions_find (const GArray *exceptions, gint32 unit, guint64 allowed)
{
  const PosaMonthException keys[] = { { unit, 0, 0 }, { unit, 0, allowed } };
  guint at;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_array_binary_search ((GArray *) exceptions, &keys[i], compare_cb, &at))
      return g_array_index (exceptions, PosaMonthException, at).month;
  return -1;
}
