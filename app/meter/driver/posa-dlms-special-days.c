/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-special-days.h"

#include "domain/posa-tariff-table.h"

#define ANY_YEAR        0xFFFF
#define ANY             0xFF
#define LAST_DAY        0xFE
#define SECOND_LAST_DAY 0xFD
#define DATE_BYTES      5
/* So many days of each kind are named. */
#define MAX_NAMED 2
/* No meter has room for more. */
#define MAX_ENTRIES 1024

static PosaCosemValue *
integer (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

/* Octet-string date of clause 4.1.6.1: any weekday, any year when the year is 0. */
static PosaCosemValue *
build_date (PosaHoliday day)
{
  const guint16 year = day.year != 0 ? day.year : ANY_YEAR;
  const guint8 date[DATE_BYTES] = { (guint8) (year >> 8), (guint8) (year & 0xFF), day.month,
                                    day.day, ANY };

  return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, date, sizeof date);
}

PosaCosemValue *
posa_dlms_special_days_build (const GArray *holidays)
{
  PosaCosemValue *entries = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint i = 0; i < holidays->len; i++)
    {
      PosaCosemValue *entry = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

      posa_cosem_value_append (entry, integer (POSA_COSEM_UINT16, i + 1));
      posa_cosem_value_append (entry, build_date (g_array_index (holidays, PosaHoliday, i)));
      posa_cosem_value_append (entry, integer (POSA_COSEM_UINT8, POSA_TARIFF_DAY_TYPES));
      posa_cosem_value_append (entries, entry);
    }
  return entries;
}

/* The date of entry @i and its day profile; NULL when the entry has another form, or the month of
 * a change of season. */
static const guint8 *
get_entry (const PosaCosemValue *entries, guint i, gint64 *day_id)
{
  const PosaCosemValue *entry = posa_cosem_value_get_item (entries, i);
  gsize size = 0;
  const guint8 *date = posa_cosem_value_get_bytes (posa_cosem_value_get_item (entry, 1), &size);

  if (date == NULL || size != DATE_BYTES || (date[2] > 12 && date[2] != ANY) ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (entry, 2), day_id))
    return NULL;
  return date;
}

static guint
year_of (const guint8 *date)
{
  return (guint) date[0] << 8 | date[1];
}

static gboolean
is_date (const guint8 *date, const GDate *day)
{
  guint in_month = g_date_get_days_in_month (g_date_get_month (day), g_date_get_year (day));
  guint number = date[3] == LAST_DAY          ? in_month
                 : date[3] == SECOND_LAST_DAY ? in_month - 1
                                              : date[3];

  return (year_of (date) == ANY_YEAR || year_of (date) == g_date_get_year (day)) &&
         (date[2] == ANY || date[2] == (guint) g_date_get_month (day)) &&
         (number == ANY || number == g_date_get_day (day)) &&
         (date[4] == ANY || date[4] == (guint) g_date_get_weekday (day));
}

/* Whether the table has the day as a Sunday. Of entries that contradict each other nobody knows
 * which one the meter takes: then it is what is not @wanted. */
static gboolean
has_day (const PosaCosemValue *entries, const GDate *day, gboolean wanted)
{
  gboolean sunday = FALSE, other = FALSE;

  for (guint i = 0; i < posa_cosem_value_get_n_items (entries); i++)
    {
      gint64 day_id = 0;
      const guint8 *date = get_entry (entries, i, &day_id);

      if (!is_date (date, day))
        continue;
      sunday |= day_id == POSA_TARIFF_DAY_TYPES;
      other |= day_id != POSA_TARIFF_DAY_TYPES;
    }
  return other ? !wanted : sunday;
}

/* Days that differ in one way. */
typedef struct
{
  GString *text;
  guint n;
} Difference;

static void
note (Difference *self, const char *word, const GDate *day)
{
  if (self->n++ >= MAX_NAMED)
    return;
  g_string_append_printf (self->text, "%s%04u-%02u-%02u", self->n == 1 ? word : ", ",
                          g_date_get_year (day), (guint) g_date_get_month (day),
                          g_date_get_day (day));
}

static void
end (Difference *self)
{
  if (self->n > MAX_NAMED)
    g_string_append_printf (self->text, " and %u more", self->n - MAX_NAMED);
}

char *
posa_dlms_special_days_compare (const PosaCosemValue *entries,
                                const GArray *holidays,
                                const GDate *first,
                                const GDate *last)
{
  g_autoptr (GString) without = g_string_new (NULL);
  g_autoptr (GString) with = g_string_new (NULL);
  Difference lacking = { without, 0 }, foreign = { with, 0 };
  guint n = posa_cosem_value_get_n_items (entries);
  gint64 day_id = 0;

  for (guint i = 0; i < n; i++)
    if (i == MAX_ENTRIES || get_entry (entries, i, &day_id) == NULL)
      return g_strdup_printf ("entry %u is no special day", i + 1);
  for (GDate day = *first; g_date_compare (&day, last) <= 0; g_date_add_days (&day, 1))
    {
      gboolean wanted = posa_holidays_contain (holidays, g_date_get_year (&day),
                                               (guint) g_date_get_month (&day),
                                               g_date_get_day (&day));

      if (has_day (entries, &day, wanted) != wanted)
        note (wanted ? &lacking : &foreign, wanted ? "without " : "with ", &day);
    }
  end (&lacking);
  end (&foreign);
  if (without->len > 0 && with->len > 0)
    return g_strconcat (without->str, "; ", with->str, NULL);
  return without->len > 0 ? g_strdup (without->str) : with->len > 0 ? g_strdup (with->str) : NULL;
}

char *
posa_dlms_special_days_describe (const PosaCosemValue *entries)
{
  guint n = posa_cosem_value_get_n_items (entries), n_single = 0, last = 0;

  for (guint i = 0; i < n; i++)
    {
      gint64 day_id = 0;
      const guint8 *date = get_entry (entries, i, &day_id);

      if (date == NULL || year_of (date) == ANY_YEAR)
        continue;
      n_single++;
      last = MAX (last, year_of (date));
    }
  return n_single == 0 ? g_strdup_printf ("%u days of every year", n)
                       : g_strdup_printf ("%u days of every year, %u single days, to %u",
                                          n - n_single, n_single, last);
}
