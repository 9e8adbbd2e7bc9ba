/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-profile-parser.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-time.h"
#include "meter/driver/posa-iec-registers.h"

#include <string.h>

#define MAX_LINE     1024
#define HEADER_FIXED 4 /* time, status, period, columns */
#define MINUTE_S     60

struct _PosaIecProfileParser
{
  const PosaProfile *profile;
  PosaLoadProfile *target;
  PosaLoadGap asked;
  GString *rest;                        /* a line that is not whole yet */
  guint places[POSA_LOAD_MAX_CHANNELS]; /* channel of each column */
  PosaLoadInterval next;                /* time and flags of the next row */
};

static gboolean G_GNUC_PRINTF (3, 4)
    set_invalid (const PosaIecProfileParser *self, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: %s", self->profile->iec.load_code,
               what);
  return FALSE;
}

static const char *
value_at (GPtrArray *sets, guint i)
{
  return ((const PosaIecDataSet *) g_ptr_array_index (sets, i))->value;
}

static const PosaProfileRegister *
column_at (const PosaIecProfileParser *self, guint i)
{
  return g_ptr_array_index (self->profile->iec.load_columns, i);
}

/* Which channel the column @code in @unit is: each exactly once. */
static gboolean
place_column (PosaIecProfileParser *self,
              guint i,
              const char *code,
              const char *unit,
              GError **error)
{
  for (guint channel = 0; channel < self->target->n_channels; channel++)
    {
      const PosaProfileRegister *column = column_at (self, channel);
      if (!posa_iec_code_equal (code, column->code) || g_ascii_strcasecmp (unit, column->unit) != 0)
        continue;
      for (guint j = 0; j < i; j++)
        if (self->places[j] == channel)
          return set_invalid (self, error, "column %s comes twice", code);
      self->places[i] = channel;
      return TRUE;
    }
  return set_invalid (self, error, "a column %s in %s, which profile %s does not know", code, unit,
                      self->profile->id);
}

static gboolean
take_status (PosaIecProfileParser *self, const char *text, GError **error)
{
  guint64 status;

  if (!g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT64, &status, NULL))
    return set_invalid (self, error, "the status \"%s\" is not hex", text);
  self->next.flags = 0;
  for (guint bit = 0; bit < 64; bit++)
    if ((status >> bit & 1) != 0)
      {
        guint flag = bit < POSA_PROFILE_LOAD_BITS ? self->profile->iec.load_flags[bit] : 0;
        self->next.flags |= flag != 0 ? flag : POSA_LOAD_OTHER_DOUBT;
      }
  return TRUE;
}

/* A line that says what follows. */
static gboolean
take_header (PosaIecProfileParser *self, GPtrArray *sets, GError **error)
{
  const PosaProfileIec *iec = &self->profile->iec;
  guint n = self->target->n_channels;
  guint64 period, columns;

  if (sets->len == 1 && *value_at (sets, 0) == '\0')
    return TRUE; /* the meter has nothing of that time */
  if (sets->len != HEADER_FIXED + 2 * n ||
      !g_ascii_string_to_unsigned (value_at (sets, 2), 10, 1, 1440, &period, NULL) ||
      !g_ascii_string_to_unsigned (value_at (sets, 3), 10, n, n, &columns, NULL))
    return set_invalid (self, error, "not the %u columns of profile %s", n, self->profile->id);
  if (period * MINUTE_S != self->target->period_s)
    return set_invalid (self, error, "a period of %u minutes, profile %s says %u", (guint) period,
                        self->profile->id, iec->load_period_min);
  for (guint i = 0; i < n; i++)
    if (!place_column (self, i, value_at (sets, HEADER_FIXED + 2 * i),
                       value_at (sets, HEADER_FIXED + 2 * i + 1), error))
      return FALSE;
  self->next.end_us = posa_iec_time_parse (iec->load_time_format, value_at (sets, 0), error);
  return self->next.end_us >= 0 && take_status (self, value_at (sets, 1), error);
}

/* "()" and "(-)" stand for no value. */
static gboolean
take_value (PosaIecProfileParser *self, const PosaIecDataSet *set, guint channel, GError **error)
{
  gint64 resolution;

  if (*set->value == '\0' || strcmp (set->value, "-") == 0)
    {
      self->next.values[channel] = POSA_LOAD_NO_VALUE;
      return TRUE;
    }
  return posa_iec_get_register (set, column_at (self, channel), &self->next.values[channel],
                                &resolution, error);
}

static gboolean
take_row (PosaIecProfileParser *self, GPtrArray *sets, GError **error)
{
  const gint64 period = (gint64) self->target->period_s * G_USEC_PER_SEC;

  if (self->next.end_us == 0)
    return set_invalid (self, error, "values before it is said what they are");
  if (sets->len != self->target->n_channels)
    return set_invalid (self, error, "%u values in a line, not %u", sets->len,
                        self->target->n_channels);
  if (self->next.end_us <= self->asked.from_us || self->next.end_us > self->asked.to_us)
    return set_invalid (self, error, "the meter answers for another time than was asked for");
  for (guint i = 0; i < sets->len; i++)
    if (!take_value (self, g_ptr_array_index (sets, i), self->places[i], error))
      return FALSE;
  if (!posa_load_profile_add (self->target, &self->next, error))
    return FALSE;
  self->next.end_us += period;
  return TRUE;
}

static gboolean
take_line (PosaIecProfileParser *self, const char *line, gsize size, GError **error)
{
  g_autoptr (GPtrArray) sets = posa_iec_data_parse ((const guint8 *) line, size, error);

  if (sets == NULL)
    return FALSE;
  if (sets->len == 0)
    return TRUE;
  const char *address = ((const PosaIecDataSet *) g_ptr_array_index (sets, 0))->address;
  if (*address == '\0')
    return take_row (self, sets, error);
  if (!posa_iec_code_equal (address, self->profile->iec.load_code))
    return set_invalid (self, error, "the meter answers %s", address);
  return take_header (self, sets, error);
}

PosaIecProfileParser *
posa_iec_profile_parser_new (const PosaProfile *profile, PosaLoadProfile *target, GError **error)
{
  PosaLoadChannel channels[POSA_LOAD_MAX_CHANNELS];
  GPtrArray *columns = profile->iec.load_columns;

  for (guint i = 0; i < columns->len; i++)
    {
      const PosaProfileRegister *column = g_ptr_array_index (columns, i);
      channels[i] = (PosaLoadChannel) { column->obis, column->quantity };
    }
  if (!posa_load_profile_set_shape (target, profile->iec.load_period_min * MINUTE_S, channels,
                                    columns->len, error))
    return NULL;
  PosaIecProfileParser *self = g_new0 (PosaIecProfileParser, 1);
  self->profile = profile;
  self->target = target;
  self->rest = g_string_new (NULL);
  return self;
}

void
posa_iec_profile_parser_free (PosaIecProfileParser *self)
{
  g_string_free (self->rest, TRUE);
  g_free (self);
}

void
posa_iec_profile_parser_begin (PosaIecProfileParser *self, PosaLoadGap asked)
{
  self->asked = asked;
  self->next.end_us = 0;
  g_string_truncate (self->rest, 0);
}

gboolean
posa_iec_profile_parser_feed (PosaIecProfileParser *self,
                              const char *text,
                              gboolean last,
                              GError **error)
{
  GString *rest = self->rest;
  const char *newline;

  g_string_append (rest, text);
  if (last && !g_str_has_suffix (rest->str, "\n"))
    g_string_append_c (rest, '\n');
  while ((newline = strchr (rest->str, '\n')) != NULL)
    {
      gsize size = (gsize) (newline + 1 - rest->str);
      if (!take_line (self, rest->str, size, error))
        return FALSE;
      g_string_erase (rest, 0, (gssize) size);
    }
  return rest->len <= MAX_LINE || set_invalid (self, error, "a line without an end");
}

gint64
posa_iec_profile_parser_get_next_us (const PosaIecProfileParser *self)
{
  return self->next.end_us;
}
