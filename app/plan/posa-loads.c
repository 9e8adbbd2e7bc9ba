/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-loads.h"

#include "plan/posa-hilbert.h"

#include <math.h>
#include <string.h>

/* Of a month with more work than its crews have time: the share that is too much. */
#define OVERTIME_WEIGHT 2000.0

PosaLoads *
posa_loads_new (const PosaUnits *units, const PosaMonths *months)
{
  PosaLoads *self = g_new0 (PosaLoads, 1);

  self->units = units;
  self->months = months;
  self->load = g_new0 (guint8, units->n);
  self->border = g_new (gint32, units->n);
  self->border_at = g_new (gint32, units->n);
  self->stamps = g_new0 (guint32, units->n);
  self->queue = g_new (gint32, units->n);
  self->moved = g_new (gint32, units->n);
  return self;
}

void
posa_loads_free (PosaLoads *self)
{
  g_free (self->load);
  g_free (self->border);
  g_free (self->border_at);
  g_free (self->stamps);
  g_free (self->queue);
  g_free (self->moved);
  g_free (self);
}

/* ---- counts ---- */

static gboolean
is_border (const PosaLoads *self, gint32 unit)
{
  const PosaUnits *units = self->units;

  for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
    if (self->load[units->neighbours[e]] != self->load[unit])
      return self->load[unit] != POSA_LOAD_NONE;
  return FALSE;
}

static void
update_border (PosaLoads *self, gint32 unit)
{
  gint32 at = self->border_at[unit];
  gboolean border = is_border (self, unit);

  if (border && at < 0)
    {
      self->border_at[unit] = self->n_border;
      self->border[self->n_border++] = unit;
    }
  else if (!border && at >= 0)
    {
      gint32 last = self->border[--self->n_border];

      self->border[at] = last;
      self->border_at[last] = at;
      self->border_at[unit] = -1;
    }
}

void
posa_loads_count (PosaLoads *self)
{
  const PosaUnits *units = self->units;

  memset (self->seconds, 0, sizeof self->seconds);
  memset (self->contacts, 0, sizeof self->contacts);
  self->n_border = 0;
  for (guint m = 0; m < POSA_LOT_MAX_MONTHS; m++)
    self->n_pods[m] = self->months->extra_pods[m];
  for (gint32 i = 0; i < units->n; i++)
    {
      guint8 load = self->load[i];

      self->border_at[i] = -1;
      update_border (self, i);
      if (load == POSA_LOAD_NONE)
        continue;
      self->n_pods[load] += units->n_pods[i];
      self->seconds[load] += units->seconds[i];
      for (gint32 e = units->first[i]; e < units->first[i + 1]; e++)
        if (self->load[units->neighbours[e]] != POSA_LOAD_NONE)
          self->contacts[load][self->load[units->neighbours[e]]]++;
    }
}

void
posa_loads_renumber (PosaLoads *self, const guint8 *to)
{
  double multipliers[POSA_LOT_MAX_MONTHS] = { 0 };

  for (guint m = 0; m < self->months->n_months; m++)
    multipliers[to[m]] = self->multipliers[m];
  memcpy (self->multipliers, multipliers, sizeof multipliers);
  for (gint32 i = 0; i < self->units->n; i++)
    if (self->load[i] != POSA_LOAD_NONE)
      self->load[i] = to[self->load[i]];
  posa_loads_count (self);
}

/* ---- what an assignment is worth ---- */

double
posa_loads_weigh (const PosaLoads *self, guint load, gint64 more_pods, gint64 more_seconds)
{
  const PosaMonths *months = self->months;
  double target = MAX (months->target[load], 1);
  double deviation = ((double) (self->n_pods[load] + more_pods) - months->target[load]) / target;
  double beyond = fabs (deviation) - months->tolerance;
  gint64 overtime = self->seconds[load] + more_seconds - months->capacity[load];
  double cost = self->weights.balance * deviation * deviation + self->multipliers[load] * deviation;

  if (beyond > 0)
    cost += self->weights.hard * beyond;
  if (overtime > 0)
    cost += OVERTIME_WEIGHT * (double) overtime / (double) MAX (months->capacity[load], 1);
  return cost;
}

double
posa_loads_get_deviation (const PosaLoads *self)
{
  double most = 0;

  for (guint m = 0; m < self->months->n_months; m++)
    {
      double target = self->months->target[m];
      double deviation = fabs ((double) self->n_pods[m] - target) / MAX (target, 1);

      most = MAX (most, deviation);
    }
  return most;
}

gint64
posa_loads_count_misplaced (const PosaLoads *self)
{
  gint64 n = 0;

  for (gint32 i = 0; i < self->units->n; i++)
    if (self->load[i] != POSA_LOAD_NONE)
      n += posa_units_count_misplaced (self->units, i, self->load[i]);
  return n;
}

guint
posa_loads_count_gaps (const PosaLoads *self)
{
  guint n = 0;

  for (guint m = 0; m + 1 < self->months->n_months; m++)
    n += self->contacts[m][m + 1] == 0;
  return n;
}

gint64
posa_loads_get_cut (const PosaLoads *self)
{
  gint64 cut = 0;

  for (guint a = 0; a < self->months->n_months; a++)
    for (guint b = a + 1; b < self->months->n_months; b++)
      cut += self->contacts[a][b];
  return cut;
}

gint64
posa_loads_get_overtime (const PosaLoads *self)
{
  gint64 sum = 0;

  for (guint m = 0; m < self->months->n_months; m++)
    sum += MAX (0, self->seconds[m] - self->months->capacity[m]);
  return sum;
}

/* ---- moves ---- */

/* The largest number of units that leave with one, and of those that are looked at to tell whether
 * two pieces are one. */
#define MAX_PIECE  60
#define MAX_LOOKED 400

typedef struct
{
  guint8 load;
  guint32 out;   /* stamp of what leaves */
  guint32 seed;  /* stamp of the unit's neighbours in its load */
  guint32 main;  /* stamp of the piece that stays; 0: not known yet */
  gint32 n_open; /* of those neighbours, not yet seen */
} Pieces;

typedef enum
{
  PIECE_WHOLE, /* all of it was seen: it is in the queue */
  PIECE_LARGE, /* more than may leave */
  PIECE_MAIN,  /* it is part of the piece that stays */
  PIECE_ALL,   /* all of the unit's neighbours are in it */
} Piece;

guint32
posa_loads_take_stamps (PosaLoads *self, guint32 n)
{
  if (self->last_stamp > G_MAXUINT32 - n)
    {
      memset (self->stamps, 0, (gsize) self->units->n * sizeof *self->stamps);
      self->last_stamp = 0;
    }
  self->last_stamp += n;
  return self->last_stamp - n + 1;
}

/* Spreads from @seed over its load; *@n of the queue are what was seen. */
static Piece
spread (PosaLoads *self, Pieces *pieces, gint32 seed, guint32 stamp, gint32 *n)
{
  const PosaUnits *units = self->units;
  gint32 limit = pieces->main != 0 ? MAX_LOOKED : MAX_PIECE, head = 0;

  *n = 0;
  self->queue[(*n)++] = seed;
  self->stamps[seed] = stamp;
  pieces->n_open--;
  while (head < *n)
    {
      gint32 unit = self->queue[head++];

      for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
        {
          gint32 other = units->neighbours[e];

          if (self->load[other] != pieces->load || self->stamps[other] == pieces->out ||
              self->stamps[other] == stamp)
            continue;
          if (pieces->main != 0 && self->stamps[other] == pieces->main)
            return PIECE_MAIN;
          pieces->n_open -= self->stamps[other] == pieces->seed;
          self->stamps[other] = stamp;
          self->queue[(*n)++] = other;
        }
      if (pieces->n_open == 0 && pieces->main == 0 && stamp == pieces->seed + 1)
        return PIECE_ALL;
      if (*n > limit)
        return PIECE_LARGE;
    }
  return *n <= MAX_PIECE ? PIECE_WHOLE : PIECE_LARGE;
}

static gint64
count_pods (const PosaLoads *self, const gint32 *list, gint32 n)
{
  gint64 sum = 0;

  for (gint32 i = 0; i < n; i++)
    sum += self->units->n_pods[list[i]];
  return sum;
}

/* The pieces were all small: of what leaves, but for the unit itself, the one with the most points
 * stays after all. @ends: where each ends in `moved`. */
static gboolean
keep_heaviest (PosaLoads *self, const gint32 *ends, gint32 n_pieces)
{
  gint32 best = -1;
  gint64 most = -1;

  for (gint32 i = 0; i < n_pieces; i++)
    {
      gint32 from = i == 0 ? 1 : ends[i - 1];
      gint64 n_pods = count_pods (self, &self->moved[from], ends[i] - from);

      if (n_pods > most)
        {
          most = n_pods;
          best = i;
        }
    }
  if (best < 0)
    return FALSE;
  gint32 from = best == 0 ? 1 : ends[best - 1];
  memmove (&self->moved[from], &self->moved[ends[best]],
           (gsize) (self->n_moved - ends[best]) * sizeof *self->moved);
  self->n_moved -= ends[best] - from;
  return TRUE;
}

#define MAX_PIECES 32

static void
mark_neighbours (PosaLoads *self, gint32 unit, Pieces *pieces)
{
  const PosaUnits *units = self->units;

  self->stamps[unit] = pieces->out;
  for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
    {
      gint32 other = units->neighbours[e];

      if (self->load[other] != pieces->load)
        continue;
      self->stamps[other] = pieces->seed;
      pieces->n_open++;
    }
}

/* What is in the queue leaves too. */
static void
take_piece (PosaLoads *self, const Pieces *pieces, gint32 n)
{
  for (gint32 i = 0; i < n; i++)
    {
      self->stamps[self->queue[i]] = pieces->out;
      self->moved[self->n_moved++] = self->queue[i];
    }
}

gboolean
posa_loads_find_move (PosaLoads *self, gint32 unit)
{
  const PosaUnits *units = self->units;
  guint32 stamp = posa_loads_take_stamps (self, MAX_PIECES + 2);
  Pieces pieces = { .load = self->load[unit], .out = stamp, .seed = stamp + 1 };
  gint32 ends[MAX_PIECES], n_pieces = 0, n;
  guint32 mine = pieces.seed;

  self->moved[0] = unit;
  self->n_moved = 1;
  mark_neighbours (self, unit, &pieces);
  if (pieces.n_open <= 1)
    return pieces.n_open == 1;
  for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
    {
      if (self->stamps[units->neighbours[e]] != pieces.seed ||
          self->load[units->neighbours[e]] != pieces.load)
        continue;
      if (mine == pieces.seed + MAX_PIECES)
        return FALSE;
      Piece piece = spread (self, &pieces, units->neighbours[e], ++mine, &n);
      if (piece == PIECE_ALL)
        return TRUE;
      if (piece == PIECE_LARGE && pieces.main != 0)
        return FALSE;
      if (piece == PIECE_LARGE)
        pieces.main = mine;
      if (piece != PIECE_WHOLE)
        continue;
      take_piece (self, &pieces, n);
      ends[n_pieces++] = self->n_moved;
    }
  return pieces.main != 0 || keep_heaviest (self, ends, n_pieces);
}

void
posa_loads_apply_move (PosaLoads *self, guint8 load)
{
  const PosaUnits *units = self->units;
  guint8 old = self->load[self->moved[0]];

  for (gint32 i = 0; i < self->n_moved; i++)
    {
      gint32 unit = self->moved[i];

      for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
        {
          guint8 other = self->load[units->neighbours[e]];

          if (other == POSA_LOAD_NONE)
            continue;
          self->contacts[old][other]--;
          self->contacts[other][old]--;
          if (load != POSA_LOAD_NONE)
            {
              self->contacts[load][other]++;
              self->contacts[other][load]++;
            }
        }
      self->load[unit] = load;
      self->n_pods[old] -= units->n_pods[unit];
      self->seconds[old] -= units->seconds[unit];
      if (load != POSA_LOAD_NONE)
        {
          self->n_pods[load] += units->n_pods[unit];
          self->seconds[load] += units->seconds[unit];
        }
    }
  for (gint32 i = 0; i < self->n_moved; i++)
    {
      gint32 unit = self->moved[i];

      update_border (self, unit);
      for (gint32 e = units->first[unit]; e < units->first[unit + 1]; e++)
        update_border (self, units->neighbours[e]);
    }
}

/* ---- where to begin ---- */

void
posa_loads_sweep (PosaLoads *self)
{
  const PosaUnits *units = self->units;
  g_autofree gint32 *order = posa_hilbert_order (units->x, units->y, units->n);
  gint64 total = count_pods (self, order, units->n), before = 0;

  for (gint32 i = 0; i < units->n; i++)
    {
      gint64 middle = 2 * before + units->n_pods[order[i]];
      gint64 load = middle * self->months->n_months / (2 * MAX (total, 1));

      self->load[order[i]] = (guint8) MIN (load, self->months->n_months - 1);
      before += units->n_pods[order[i]];
    }
  posa_loads_count (self);
}

/* The piece of each unit; returns the points of each piece, free. */
static GArray *
find_pieces (PosaLoads *self, gint32 *piece)
{
  const PosaUnits *units = self->units;
  GArray *sizes = g_array_new (FALSE, FALSE, sizeof (gint64));

  memset (piece, 0xFF, (gsize) units->n * sizeof *piece);
  for (gint32 i = 0; i < units->n; i++)
    {
      gint32 n = 0;

      if (piece[i] >= 0)
        continue;
      piece[i] = (gint32) sizes->len;
      self->queue[n++] = i;
      for (gint32 head = 0; head < n; head++)
        for (gint32 e = units->first[self->queue[head]]; e < units->first[self->queue[head] + 1];
             e++)
          {
            gint32 other = units->neighbours[e];

            if (piece[other] >= 0 || self->load[other] != self->load[i])
              continue;
            piece[other] = piece[i];
            self->queue[n++] = other;
          }
      gint64 size = count_pods (self, self->queue, n);
      g_array_append_val (sizes, size);
    }
  return sizes;
}

/* Takes every unit out of its load that is not in its largest piece. */
static void
drop_pieces (PosaLoads *self)
{
  g_autofree gint32 *piece = g_new (gint32, self->units->n);
  g_autoptr (GArray) sizes = find_pieces (self, piece);
  gint32 largest[POSA_LOAD_NONE + 1];

  memset (largest, 0xFF, sizeof largest);
  for (gint32 i = 0; i < self->units->n; i++)
    {
      gint32 *best = &largest[self->load[i]];

      if (*best < 0 ||
          g_array_index (sizes, gint64, piece[i]) > g_array_index (sizes, gint64, *best))
        *best = piece[i];
    }
  for (gint32 i = 0; i < self->units->n; i++)
    if (piece[i] != largest[self->load[i]])
      self->load[i] = POSA_LOAD_NONE;
}

/* Gives what is in no load to the loads around, from their borders inwards. */
static void
regrow (PosaLoads *self)
{
  const PosaUnits *units = self->units;
  gint32 n = 0;

  for (gint32 i = 0; i < units->n; i++)
    if (self->load[i] != POSA_LOAD_NONE)
      self->queue[n++] = i;
  for (gint32 head = 0; head < n; head++)
    for (gint32 e = units->first[self->queue[head]]; e < units->first[self->queue[head] + 1]; e++)
      {
        gint32 other = units->neighbours[e];

        if (self->load[other] != POSA_LOAD_NONE)
          continue;
        self->load[other] = self->load[self->queue[head]];
        self->queue[n++] = other;
      }
}

/* A unit that can be taken from the load with the most points; -1 when there is none. */
static gint32
find_spare (PosaLoads *self)
{
  gint32 best = -1;

  for (gint32 i = 0; i < self->units->n; i++)
    if (posa_loads_find_move (self, i) && self->n_moved == 1 &&
        (best < 0 || self->n_pods[self->load[i]] > self->n_pods[self->load[best]]))
      best = i;
  return best;
}

void
posa_loads_connect (PosaLoads *self)
{
  g_autofree gint32 *n_units = g_new0 (gint32, POSA_LOAD_NONE + 1);

  drop_pieces (self);
  regrow (self);
  posa_loads_count (self);
  for (gint32 i = 0; i < self->units->n; i++)
    n_units[self->load[i]]++;
  for (guint m = 0; m < self->months->n_months; m++)
    {
      gint32 spare = n_units[m] == 0 ? find_spare (self) : -1;

      if (spare < 0 || !posa_loads_find_move (self, spare))
        continue;
      posa_loads_apply_move (self, (guint8) m);
    }
}
