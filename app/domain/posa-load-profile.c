/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-load-profile.h"

#include "base/posa-error.h"

#include <string.h>

#define MAX_PERIOD_S 86400

PosaLoadProfile *
posa_load_profile_new (void)
{
  PosaLoadProfile *self = g_new0 (PosaLoadProfile, 1);

  self->intervals = g_array_new (FALSE, FALSE, sizeof (PosaLoadInterval));
  return self;
}

void
posa_load_profile_free (PosaLoadProfile *self)
{
  g_array_unref (self->intervals);
  g_free (self);
}

static gboolean G_GNUC_PRINTF (2, 3) set_invalid (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "load profile: %s", what);
  return FALSE;
}

static const PosaLoadInterval *
interval_at (const PosaLoadProfile *self, guint i)
{
  return &g_array_index (self->intervals, PosaLoadInterval, i);
}

static gint64
period_us (const PosaLoadProfile *self)
{
  return (gint64) self->period_s * G_USEC_PER_SEC;
}

static gboolean
has_shape (const PosaLoadProfile *self,
           guint period_s,
           const PosaLoadChannel *channels,
           guint n_channels)
{
  gboolean same = self->period_s == period_s && self->n_channels == n_channels;

  for (guint i = 0; same && i < n_channels; i++)
    same = posa_obis_equal (self->channels[i].obis, channels[i].obis) &&
           self->channels[i].quantity == channels[i].quantity;
  return same;
}

gboolean
posa_load_profile_set_shape (PosaLoadProfile *self,
                             guint period_s,
                             const PosaLoadChannel *channels,
                             guint n_channels,
                             GError **error)
{
  if (self->period_s != 0)
    return has_shape (self, period_s, channels, n_channels) ||
           set_invalid (error, "its period or channels are not those of before");
  if (n_channels < 1 || n_channels > POSA_LOAD_MAX_CHANNELS)
    return set_invalid (error, "%u channels, one to %d can be", n_channels, POSA_LOAD_MAX_CHANNELS);
  /* Whole periods make a day: else no interval would have a place of its own. */
  if (period_s < 60 || period_s > MAX_PERIOD_S || MAX_PERIOD_S % period_s != 0)
    return set_invalid (error, "a period of %u s", period_s);
  self->period_s = period_s;
  self->n_channels = n_channels;
  memcpy (self->channels, channels, n_channels * sizeof *channels);
  return TRUE;
}

/* Index of the first interval that ends at @end_us or later. */
static guint
find_place (const PosaLoadProfile *self, gint64 end_us)
{
  guint low = 0, high = self->intervals->len;

  /* Meters send in order, so it is nearly always the end. */
  if (high > 0 && interval_at (self, high - 1)->end_us < end_us)
    return high;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (interval_at (self, middle)->end_us < end_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
has_values (const PosaLoadProfile *self, const PosaLoadInterval *x, const PosaLoadInterval *y)
{
  return x->flags == y->flags &&
         memcmp (x->values, y->values, self->n_channels * sizeof x->values[0]) == 0;
}

static gboolean
check_interval (const PosaLoadProfile *self, const PosaLoadInterval *interval, GError **error)
{
  if (self->n_channels == 0)
    return set_invalid (error, "values before the channels are known");
  if (self->intervals->len >= POSA_LOAD_MAX_INTERVALS)
    return set_invalid (error, "more than %d intervals", POSA_LOAD_MAX_INTERVALS);
  if (interval->end_us <= 0)
    return set_invalid (error, "an interval without a time");
  for (guint i = 0; i < self->n_channels; i++)
    if (interval->values[i] < POSA_LOAD_NO_VALUE || interval->values[i] > POSA_REGISTER_MAX_VALUE)
      return set_invalid (error, "a value that no meter can count");
  return TRUE;
}

gboolean
posa_load_profile_add (PosaLoadProfile *self, const PosaLoadInterval *interval, GError **error)
{
  if (!check_interval (self, interval, error))
    return FALSE;
  guint at = find_place (self, interval->end_us);
  for (; at < self->intervals->len && interval_at (self, at)->end_us == interval->end_us; at++)
    {
      const PosaLoadInterval *there = interval_at (self, at);
      if (has_values (self, there, interval))
        return TRUE;
      if (((there->flags | interval->flags) & POSA_LOAD_CLOCK_SET) == 0)
        return set_invalid (error, "the meter gives two values for the same interval");
    }
  g_array_insert_vals (self->intervals, at, interval, 1);
  return TRUE;
}

GArray *
posa_load_profile_find_gaps (const PosaLoadProfile *self, gint64 from_us, gint64 to_us)
{
  GArray *gaps = g_array_new (FALSE, FALSE, sizeof (PosaLoadGap));
  const gint64 period = period_us (self);

  g_return_val_if_fail (period > 0, gaps);
  gint64 end = from_us - from_us % period + period; /* the first whole one after @from_us */
  guint at = find_place (self, end);
  gboolean open = FALSE;
  for (; end <= to_us; end += period)
    {
      while (at < self->intervals->len && interval_at (self, at)->end_us < end)
        at++;
      gboolean missing = at == self->intervals->len || interval_at (self, at)->end_us != end;
      if (missing && open)
        g_array_index (gaps, PosaLoadGap, gaps->len - 1).to_us = end;
      else if (missing)
        {
          PosaLoadGap gap = { end - period, end };
          g_array_append_val (gaps, gap);
        }
      open = missing;
    }
  return gaps;
}
