/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "plan/posa-month-plan.h"

#include "base/posa-error.h"
#include "plan/posa-load-search.h"
#include "plan/posa-lot-calendar.h"
#include "plan/posa-month-exceptions.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A deviation that is good enough: 0.4 %, or a point or so of a small lot. */
#define TOLERANCE      0.004
#define TOLERATED_PODS 1.2
/* Exceptions upset the balance, which is mended, which may make others. */
#define EXCEPTION_ROUNDS 3

/* Searches from different beginnings, of which the best is taken: more where they are quick. */
static guint
count_searches (gint32 n_pods)
{
  return n_pods <= 300000 ? 3 : 2;
}

static gboolean
set_invalid (const PosaLot *lot, guint month, GError **error, const char *what)
{
  guint year, calendar_month;

  posa_lot_get_month (lot, month, &year, &calendar_month);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%04u-%02u: %s", year, calendar_month,
               what);
  return FALSE;
}

static gboolean
take_months (PosaMonths *months, const PosaLot *lot, const PosaSeasonBound *bound, GError **error)
{
  double least = G_MAXDOUBLE;

  months->n_months = lot->n_months;
  for (guint m = 0; m < lot->n_months; m++)
    {
      months->capacity[m] = posa_lot_get_capacity (lot, m);
      months->target[m] = bound->target[m];
      if (months->capacity[m] == 0)
        return set_invalid (lot, m, error,
                            "no workday in this month; correct [work] weekdays or holidays in "
                            "lot.ini, or divide the lot");
      if (bound->target[m] > 0)
        least = MIN (least, bound->target[m]);
    }
  months->tolerance = MAX (TOLERANCE, TOLERATED_PODS / least);
  return TRUE;
}

static gboolean
check_seasons (const PosaLotPoints *points, const PosaLot *lot, GError **error)
{
  for (gint32 i = 0; i < points->n_pods; i++)
    if (posa_lot_get_allowed (lot, points->pod_season[i]) == 0)
      {
        g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                     "point %s: its season has no month of the lot; allow it another one, or take "
                     "it out of the lot",
                     posa_names_get (points->pods, i));
        return FALSE;
      }
  return TRUE;
}

static PosaLoads *
search (const PosaUnits *units,
        const PosaMonths *months,
        guint64 seed,
        guint n_searches,
        PosaOperation *operation,
        GError **error)
{
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  g_autoptr (PosaLoads) best = NULL;

  for (guint i = 0; i < n_searches; i++)
    {
      PosaRandom random = posa_random_new (seed * 64 + i);

      posa_operation_report (operation, (double) i / n_searches, _ ("Planning the months"));
      g_autoptr (PosaLoads)
          loads = posa_load_search_run (units, months, &random, cancellable, error);
      if (loads == NULL)
        return NULL;
      if (best == NULL || posa_load_search_rate (loads) < posa_load_search_rate (best))
        {
          g_clear_pointer (&best, posa_loads_free);
          best = g_steal_pointer (&loads);
        }
    }
  return g_steal_pointer (&best);
}

/* Moves single points until every season is respected. */
static gboolean
make_exceptions (PosaLoads *loads,
                 PosaUnits *units,
                 PosaMonths *months,
                 GArray *exceptions,
                 guint64 seed,
                 PosaOperation *operation,
                 GError **error)
{
  PosaRandom random = posa_random_new (~seed);

  for (guint i = 0; i < EXCEPTION_ROUNDS && posa_loads_count_misplaced (loads) > 0; i++)
    {
      posa_month_exceptions_make (loads, units, months, exceptions);
      if (i + 1 < EXCEPTION_ROUNDS &&
          !posa_load_search_finish (loads, &random, posa_operation_peek_cancellable (operation),
                                    error))
        return FALSE;
    }
  posa_month_exceptions_sort (exceptions);
  return TRUE;
}

static void
take_loads (PosaMonthPlan *self,
            const PosaLoads *loads,
            const GArray *exceptions,
            const PosaLotPoints *points,
            const PosaLot *lot)
{
  for (gint32 i = 0; i < points->n_pods; i++)
    {
      gint32 site = points->pod_site[i];
      gint month =
          exceptions->len == 0
              ? -1
              : posa_month_exceptions_find (exceptions, site,
                                            posa_lot_get_allowed (lot, points->pod_season[i]));

      self->n_exceptions += month >= 0;
      self->month[i] = month >= 0 ? (guint8) month : loads->load[site];
    }
}

PosaMonthPlan *
posa_month_plan_new (const PosaLotPoints *points,
                     const PosaLot *lot,
                     const PosaSiteGraph *graph,
                     guint64 seed,
                     PosaOperation *operation,
                     GError **error)
{
  g_autoptr (PosaMonthPlan) self = g_new0 (PosaMonthPlan, 1);
  g_autoptr (GArray) exceptions = g_array_new (FALSE, FALSE, sizeof (PosaMonthException));
  PosaMonths months = { 0 };

  if (!check_seasons (points, lot, error))
    return NULL;
  posa_season_bound_find (&self->bound, points, lot);
  if (!take_months (&months, lot, &self->bound, error))
    return NULL;
  g_autoptr (PosaUnits) units = posa_units_new (graph, points, lot);
  g_autoptr (PosaLoads)
      loads = search (units, &months, seed, count_searches (points->n_pods), operation, error);
  if (loads == NULL || !make_exceptions (loads, units, &months, exceptions, seed, operation, error))
    return NULL;
  self->n_pods = points->n_pods;
  self->month = g_new (guint8, points->n_pods);
  take_loads (self, loads, exceptions, points, lot);
  return g_steal_pointer (&self);
}

void
posa_month_plan_free (PosaMonthPlan *self)
{
  g_free (self->month);
  g_free (self);
}

/* ---- plan.csv ---- */

static void
put_code (GString *text, const char *pod)
{
  if (strpbrk (pod, "\",\r\n") == NULL)
    {
      g_string_append (text, pod);
      return;
    }
  g_string_append_c (text, '"');
  for (; *pod != '\0'; pod++)
    g_string_append_printf (text, *pod == '"' ? "\"%c" : "%c", *pod);
  g_string_append_c (text, '"');
}

GBytes *
posa_month_plan_to_text (const PosaMonthPlan *self, const PosaLotPoints *points)
{
  g_autoptr (GString) text = g_string_new ("pod,month,date,crew,seq,start,band,notice\n");

  for (gint32 i = 0; i < self->n_pods; i++)
    {
      put_code (text, posa_names_get (points->pods, i));
      g_string_append_printf (text, ",%u,,,,,,\n", self->month[i] + 1U);
    }
  return g_string_free_to_bytes (g_steal_pointer (&text));
}
