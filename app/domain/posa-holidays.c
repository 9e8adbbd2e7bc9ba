/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-holidays.h"

#include <string.h>

/* National holidays of Italy and the first year of each (law 260/1949, 54/1977, DPR 792/1985, law
 * 336/2000, law 151/2025). The table of 1G meters begins after 2006, so what ended earlier does not
 * matter. */
static const struct
{
  guint8 month, day;
  guint16 since;
} national[] = {
  { 1, 1, 1949 },  { 1, 6, 1986 },   { 4, 25, 1949 },  { 5, 1, 1949 },
  { 6, 2, 2001 },  { 8, 15, 1949 },  { 10, 4, 2026 },  { 11, 1, 1949 },
  { 12, 8, 1949 }, { 12, 25, 1949 }, { 12, 26, 1949 },
};

/* Easter Sunday of the Gregorian calendar, in days of March: the method of Gauss, as corrected. */
static guint
easter_day_of_march (guint year)
{
  guint century = year / 100, golden = year % 19;
  guint solar = century - century / 4, lunar = (8 * century + 13) / 25;
  guint epact = (19 * golden + solar - lunar + 15) % 30;

  if (epact == 29 || (epact == 28 && golden > 10))
    epact--;
  guint weekday = (year + year / 4 + epact + 2 - solar) % 7; /* of the full moon */
  return 28 + epact - weekday;
}

static PosaHoliday
easter_monday (guint year)
{
  guint day = easter_day_of_march (year) + 1;

  if (day > 31)
    return (PosaHoliday) { (guint16) year, 4, (guint8) (day - 31) };
  return (PosaHoliday) { (guint16) year, 3, (guint8) day };
}

static gboolean
is_day (PosaHoliday self)
{
  /* 29 February is a day of some years. */
  return g_date_valid_dmy (self.day, self.month, self.year != 0 ? self.year : 2000);
}

static gboolean
read_digits (const char *text, guint n, guint *out)
{
  *out = 0;
  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      *out = *out * 10 + (guint) (text[i] - '0');
    }
  return TRUE;
}

gboolean
posa_holiday_parse (const char *text, PosaHoliday *out)
{
  gsize size = text != NULL ? strlen (text) : 0;
  const char *tail = text;
  guint year = 0, month, day;

  if (size == strlen ("YYYY-MM-DD"))
    {
      if (!read_digits (text, 4, &year) || year == 0 || text[4] != '-')
        return FALSE;
      tail += strlen ("YYYY-");
    }
  else if (size != strlen ("MM-DD"))
    return FALSE;
  if (!read_digits (tail, 2, &month) || tail[2] != '-' || !read_digits (tail + 3, 2, &day))
    return FALSE;
  *out = (PosaHoliday) { (guint16) year, (guint8) month, (guint8) day };
  return is_day (*out);
}

char *
posa_holiday_format (PosaHoliday self)
{
  return self.year != 0 ? g_strdup_printf ("%04u-%02u-%02u", self.year, self.month, self.day)
                        : g_strdup_printf ("%02u-%02u", self.month, self.day);
}

static gboolean
contains (const GArray *self, PosaHoliday day)
{
  for (guint i = 0; i < self->len; i++)
    {
      const PosaHoliday *there = &g_array_index (self, PosaHoliday, i);
      if (there->month == day.month && there->day == day.day &&
          (there->year == 0 || there->year == day.year))
        return TRUE;
    }
  return FALSE;
}

static void
add_once (GArray *self, PosaHoliday day)
{
  if (!contains (self, day))
    g_array_append_val (self, day);
}

GArray *
posa_holidays_list (guint first_year, guint n_years, const GArray *patron)
{
  GArray *self = g_array_new (FALSE, FALSE, sizeof (PosaHoliday));

  for (guint i = 0; i < G_N_ELEMENTS (national); i++)
    {
      PosaHoliday day = { 0, national[i].month, national[i].day };
      if (national[i].since <= first_year)
        add_once (self, day);
    }
  for (guint i = 0; patron != NULL && i < patron->len; i++)
    add_once (self, g_array_index (patron, PosaHoliday, i));
  for (guint year = first_year; year < first_year + n_years; year++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (national); i++)
        if (national[i].since <= year)
          add_once (self, (PosaHoliday) { (guint16) year, national[i].month, national[i].day });
      add_once (self, easter_monday (year));
    }
  return self;
}

gboolean
posa_holidays_contain (const GArray *holidays, guint year, guint month, guint day)
{
  return contains (holidays, (PosaHoliday) { (guint16) year, (guint8) month, (guint8) day });
}

void
posa_holidays_to_json (const GArray *holidays, JsonBuilder *builder)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < holidays->len; i++)
    {
      g_autofree char *text = posa_holiday_format (g_array_index (holidays, PosaHoliday, i));
      json_builder_add_string_value (builder, text);
    }
  json_builder_end_array (builder);
}

GArray *
posa_holidays_from_json (PosaJsonCursor array)
{
  GArray *self = g_array_new (FALSE, FALSE, sizeof (PosaHoliday));
  guint n = posa_json_length (array);

  if (n > POSA_HOLIDAYS_MAX)
    posa_json_fault (array, "more than %d days", POSA_HOLIDAYS_MAX);
  for (guint i = 0; i < MIN (n, POSA_HOLIDAYS_MAX); i++)
    {
      PosaJsonCursor at = posa_json_at (array, i);
      const char *text = posa_json_string_value (at);
      PosaHoliday day;

      if (posa_holiday_parse (text, &day))
        g_array_append_val (self, day);
      else
        posa_json_fault (at, "expected a day, MM-DD or YYYY-MM-DD");
    }
  return self;
}
