/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-season-bound.h"

#include "plan/posa-lot-calendar.h"

#include <math.h>
#include <string.h>

/* A maximum flow from the seasons' points into the months. Seasons are few, so the flow is kept as
 * a table, and a path is looked for month by month. */
typedef struct
{
  guint n_seasons, n_months;
  guint16 *seasons;
  guint64 *allowed;
  gint64 *supply, *left; /* [n_seasons] */
  gint64 *flow;          /* [n_seasons][n_months] */
  gint64 filled[POSA_LOT_MAX_MONTHS];
} Flow;

static void
flow_clear (Flow *self)
{
  g_free (self->seasons);
  g_free (self->allowed);
  g_free (self->supply);
  g_free (self->left);
  g_free (self->flow);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flow, flow_clear)

static gboolean
is_allowed (const Flow *self, guint season, guint month)
{
  return (self->allowed[season] >> month & 1) != 0;
}

static gint64 *
get_flow (const Flow *self, guint season, guint month)
{
  return &self->flow[(gsize) season * self->n_months + month];
}

static void
collect (Flow *self, const PosaLotPoints *points, const PosaLot *lot)
{
  g_autofree gint64 *counts = g_new0 (gint64, POSA_SEASON_ALL + 1);

  for (gint32 i = 0; i < points->n_pods; i++)
    counts[points->pod_season[i]]++;
  self->n_months = lot->n_months;
  for (guint season = 0; season <= POSA_SEASON_ALL; season++)
    self->n_seasons += counts[season] > 0;
  self->seasons = g_new (guint16, self->n_seasons);
  self->allowed = g_new (guint64, self->n_seasons);
  self->supply = g_new (gint64, self->n_seasons);
  self->left = g_new (gint64, self->n_seasons);
  self->flow = g_new0 (gint64, (gsize) self->n_seasons * self->n_months);
  for (guint season = 0, n = 0; season <= POSA_SEASON_ALL; season++)
    if (counts[season] > 0)
      {
        self->seasons[n] = (guint16) season;
        self->allowed[n] = posa_lot_get_allowed (lot, (guint16) season);
        self->supply[n++] = counts[season];
      }
}

/* ---- paths ---- */

/* How a month was reached: from the season `by`, out of the month `from` (or the source, -1). */
typedef struct
{
  gint16 by, from;
  gboolean seen;
} Step;

/* Goes on from what @season has in @from (or from its supply, -1) to months not yet seen. */
static void
reach_from (const Flow *self, guint season, gint16 from, Step *steps, guint8 *queue, guint *n)
{
  for (guint m = 0; m < self->n_months; m++)
    if (!steps[m].seen && is_allowed (self, season, m))
      {
        steps[m] = (Step) { (gint16) season, from, TRUE };
        queue[(*n)++] = (guint8) m;
      }
}

/* All months that points of @season can get to, what is there making room; in @queue [@n]. */
static void
reach (const Flow *self, guint season, Step *steps, guint8 *queue, guint *n)
{
  *n = 0;
  memset (steps, 0, POSA_LOT_MAX_MONTHS * sizeof *steps);
  reach_from (self, season, -1, steps, queue, n);
  for (guint head = 0; head < *n; head++)
    for (guint other = 0; other < self->n_seasons; other++)
      if (*get_flow (self, other, queue[head]) > 0)
        reach_from (self, other, queue[head], steps, queue, n);
}

static void
push (Flow *self, guint season, const Step *steps, guint to, gint64 room)
{
  gint64 amount = MIN (room, self->left[season]);

  for (gint m = (gint) to; steps[m].from >= 0; m = steps[m].from)
    amount = MIN (amount, *get_flow (self, (guint) steps[m].by, (guint) steps[m].from));
  for (gint m = (gint) to; m >= 0; m = steps[m].from)
    {
      *get_flow (self, (guint) steps[m].by, (guint) m) += amount;
      if (steps[m].from >= 0)
        *get_flow (self, (guint) steps[m].by, (guint) steps[m].from) -= amount;
    }
  self->filled[to] += amount;
  self->left[season] -= amount;
}

/* Fills the months up to @limit each as far as that goes. */
static void
fill (Flow *self, gint64 limit)
{
  Step steps[POSA_LOT_MAX_MONTHS];
  guint8 queue[POSA_LOT_MAX_MONTHS];

  for (guint season = 0; season < self->n_seasons; season++)
    for (gboolean moved = TRUE; moved && self->left[season] > 0;)
      {
        guint n;

        moved = FALSE;
        reach (self, season, steps, queue, &n);
        for (guint i = 0; i < n && !moved; i++)
          if (self->filled[queue[i]] < limit)
            {
              push (self, season, steps, queue[i], limit - self->filled[queue[i]]);
              moved = TRUE;
            }
      }
}

/* ---- bounds ---- */

static void
restart (Flow *self)
{
  memcpy (self->left, self->supply, self->n_seasons * sizeof *self->left);
  memset (self->flow, 0, (gsize) self->n_seasons * self->n_months * sizeof *self->flow);
  memset (self->filled, 0, sizeof self->filled);
}

static gboolean
is_filled (const Flow *self, gint64 limit)
{
  for (guint m = 0; m < self->n_months; m++)
    if (self->filled[m] < limit)
      return FALSE;
  return TRUE;
}

static gboolean
is_placed (const Flow *self)
{
  for (guint season = 0; season < self->n_seasons; season++)
    if (self->left[season] > 0)
      return FALSE;
  return TRUE;
}

/* Whether all fit when each month has @low to @high; no month is farther from the mean than it has
 * to be. */
static gboolean
try_limits (Flow *self, gint64 mean, gint64 low, gint64 high)
{
  restart (self);
  fill (self, low);
  if (!is_filled (self, low))
    return FALSE;
  fill (self, MIN (mean, high));
  fill (self, MIN (mean + 1, high));
  fill (self, high);
  return is_placed (self);
}

static void
explain_crowded (PosaSeasonBound *bound, const Flow *flow, guint season, gint64 high)
{
  Step steps[POSA_LOT_MAX_MONTHS];
  guint8 queue[POSA_LOT_MAX_MONTHS];
  guint n;
  gint64 most = 0;

  reach (flow, season, steps, queue, &n);
  bound->is_crowded = TRUE;
  for (guint i = 0; i < n; i++)
    bound->months |= G_GUINT64_CONSTANT (1) << queue[i];
  bound->room = (gint64) n * high;
  for (guint other = 0; other < flow->n_seasons; other++)
    {
      if ((flow->allowed[other] & ~bound->months) != 0)
        continue;
      bound->n_pods += flow->supply[other];
      if (flow->supply[other] > most)
        {
          most = flow->supply[other];
          bound->season = flow->seasons[other];
        }
    }
}

/* Months from which no points can be drawn that others would replace. */
static void
explain_empty (PosaSeasonBound *bound, const Flow *flow, gint64 low)
{
  guint64 before = 0;

  for (guint m = 0; m < flow->n_months; m++)
    bound->months |= flow->filled[m] < low ? G_GUINT64_CONSTANT (1) << m : 0;
  while (before != bound->months)
    {
      before = bound->months;
      for (guint season = 0; season < flow->n_seasons; season++)
        for (guint m = 0; m < flow->n_months && (flow->allowed[season] & before) != 0; m++)
          if (*get_flow (flow, season, m) > 0)
            bound->months |= G_GUINT64_CONSTANT (1) << m;
    }
  for (guint m = 0; m < flow->n_months; m++)
    bound->room += (bound->months >> m & 1) != 0 ? low : 0;
  for (guint season = 0; season < flow->n_seasons; season++)
    if ((flow->allowed[season] & bound->months) != 0)
      bound->n_pods += flow->supply[season];
}

static guint
count_months (guint64 months)
{
  guint n = 0;

  for (; months != 0; months &= months - 1)
    n++;
  return n;
}

/* Where points have too few months, other months have too few points: of the two the one that
 * concerns fewer months is what a person can do something about. */
static void
explain (PosaSeasonBound *bound, Flow *flow, gint64 low, gint64 high)
{
  PosaSeasonBound crowded = { 0 }, empty = { 0 };

  restart (flow);
  fill (flow, high);
  for (guint season = 0; season < flow->n_seasons && crowded.months == 0; season++)
    if (flow->left[season] > 0)
      explain_crowded (&crowded, flow, season, high);
  restart (flow);
  fill (flow, low);
  explain_empty (&empty, flow, low);
  *bound = empty.months == 0 || (crowded.months != 0 &&
                                 count_months (crowded.months) <= count_months (empty.months))
               ? crowded
               : empty;
}

void
posa_season_bound_find (PosaSeasonBound *self, const PosaLotPoints *points, const PosaLot *lot)
{
  g_auto (Flow) flow = { 0 };
  gint64 mean = points->n_pods / lot->n_months;
  gint64 low = mean, high = mean + (points->n_pods % lot->n_months != 0);
  gint64 from = 0, to = points->n_pods;

  memset (self, 0, sizeof *self);
  collect (&flow, points, lot);
  if (try_limits (&flow, mean, low, high))
    {
      for (guint m = 0; m < lot->n_months; m++)
        self->target[m] = (double) points->n_pods / lot->n_months;
      return;
    }
  explain (self, &flow, low, high);
  while (from < to)
    {
      gint64 middle = (from + to) / 2;

      if (try_limits (&flow, mean, MAX (0, low - middle), high + middle))
        to = middle;
      else
        from = middle + 1;
    }
  try_limits (&flow, mean, MAX (0, low - to), high + to);
  for (guint m = 0; m < lot->n_months; m++)
    {
      double off = fabs ((double) flow.filled[m] - (double) points->n_pods / lot->n_months);

      self->target[m] = (double) flow.filled[m];
      self->deviation = MAX (self->deviation, off);
    }
}
