/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-iec-time.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"

#include <string.h>

typedef enum
{
  YEAR,
  SHORT_YEAR,
  MONTH,
  DAY,
  HOUR,
  MINUTE,
  SECOND,
  SEASON,
  N_FIELDS
} Field;

static const char *const directives[N_FIELDS] = { "YYYY", "YY", "MM", "DD", "hh", "mm", "ss", "Z" };

/* The field that @format begins with, N_FIELDS for a character that stands for itself. */
static Field
next_field (const char *format)
{
  Field field = 0;

  while (field < N_FIELDS && !g_str_has_prefix (format, directives[field]))
    field++;
  return field;
}

static gboolean
read_digits (const char *text, gsize n, int *value)
{
  *value = 0;
  for (gsize i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      *value = *value * 10 + (text[i] - '0');
    }
  return TRUE;
}

static gboolean
read_fields (const char *format, const char *text, int fields[N_FIELDS])
{
  while (*format != '\0')
    {
      Field field = next_field (format);
      gsize size = field < N_FIELDS ? strlen (directives[field]) : 1;
      if (field == N_FIELDS ? *text != *format : !read_digits (text, size, &fields[field]))
        return FALSE;
      format += size;
      text += size;
    }
  return *text == '\0';
}

static GTimeZone *
zone_of_season (int season)
{
  if (season < 0)
    return g_time_zone_ref (posa_time_get_italy ());
  return g_time_zone_new_offset (season == 0 ? 3600 : season == 1 ? 7200 : 0);
}

gint64
posa_iec_time_parse (const char *format, const char *text, GError **error)
{
  int fields[N_FIELDS] = { [MONTH] = 1, [DAY] = 1, [SHORT_YEAR] = -1, [SEASON] = -1 };
  g_autoptr (GDateTime) time = NULL;

  if (read_fields (format, text, fields) && fields[SEASON] <= 2)
    {
      g_autoptr (GTimeZone) zone = zone_of_season (fields[SEASON]);
      int year = fields[SHORT_YEAR] >= 0 ? 2000 + fields[SHORT_YEAR] : fields[YEAR];
      if (zone != NULL)
        time = g_date_time_new (zone, year, fields[MONTH], fields[DAY], fields[HOUR],
                                fields[MINUTE], fields[SECOND]);
    }
  if (time == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "\"%s\" is no time of the form %s",
                   text, format);
      return -1;
    }
  return g_date_time_to_unix_usec (time);
}

char *
posa_iec_time_format (const char *format, gint64 wall_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (wall_us);
  g_autoptr (GDateTime) time = g_date_time_to_timezone (utc, posa_time_get_italy ());
  GString *text = g_string_new (NULL);
  const int fields[N_FIELDS] = {
    [YEAR] = g_date_time_get_year (time),
    [SHORT_YEAR] = g_date_time_get_year (time) % 100,
    [MONTH] = g_date_time_get_month (time),
    [DAY] = g_date_time_get_day_of_month (time),
    [HOUR] = g_date_time_get_hour (time),
    [MINUTE] = g_date_time_get_minute (time),
    [SECOND] = g_date_time_get_second (time),
    [SEASON] = g_date_time_is_daylight_savings (time) ? 1 : 0,
  };

  while (*format != '\0')
    {
      Field field = next_field (format);
      gsize size = field < N_FIELDS ? strlen (directives[field]) : 1;
      if (field == N_FIELDS)
        g_string_append_c (text, *format);
      else
        g_string_append_printf (text, "%0*d", (int) size, fields[field]);
      format += size;
    }
  return g_string_free (text, FALSE);
}
