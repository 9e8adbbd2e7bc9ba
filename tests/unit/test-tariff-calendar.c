/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The tariff table of the old meter and the calendar of the new one count every minute of a year in
 * the same band. The new calendar is what a meter makes of the bytes that it is sent: this test
 * decodes them and follows the rules of IEC 62056-6-2, 4.5.4 and 4.5.5, without the code that built
 * them. */

#include "base/posa-cursor.h"
#include "domain/posa-holidays.h"
#include "meter/codec/posa-axdr.h"
#include "meter/driver/posa-dlms-calendar.h"
#include "meter/driver/posa-dlms-special-days.h"
#include "posa-samples.h"

#define HOUR_S       3600
#define FIRST_YEAR   2026
#define N_YEARS      8
#define ANY_YEAR     0xFFFF
#define HOLIDAY_TYPE 6

/* A calendar as a meter holds it. */
typedef struct
{
  PosaCosemValue *weeks, *days, *special;
} Calendar;

/* Over the wire. */
static PosaCosemValue *
transmit (PosaCosemValue *value)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  posa_axdr_write (value, bytes);
  posa_cosem_value_free (value);
  PosaCosemValue *received = posa_axdr_decode (bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  return received;
}

static Calendar
calendar_of (const PosaTariffTable *table, const GArray *holidays)
{
  const PosaObis scripts = POSA_OBIS (0, 0, 10, 0, 100, 255);

  return (Calendar) {
    .weeks = transmit (posa_dlms_calendar_build (table, scripts, POSA_DLMS_CALENDAR_WEEKS)),
    .days = transmit (posa_dlms_calendar_build (table, scripts, POSA_DLMS_CALENDAR_DAYS)),
    .special = transmit (posa_dlms_special_days_build (holidays)),
  };
}

static void
calendar_clear (Calendar *calendar)
{
  posa_cosem_value_free (calendar->weeks);
  posa_cosem_value_free (calendar->days);
  posa_cosem_value_free (calendar->special);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Calendar, calendar_clear)

static const PosaCosemValue *
item (const PosaCosemValue *value, guint i)
{
  return g_ptr_array_index (value->items, i);
}

/* Day id of a special day, 0 when the date is none. */
static gint64
find_special (const Calendar *self, guint year, guint month, guint day)
{
  for (guint i = 0; i < self->special->items->len; i++)
    {
      const PosaCosemValue *entry = item (self->special, i);
      const guint8 *date = item (entry, 1)->bytes->data;
      guint its_year = (guint) date[0] << 8 | date[1];

      g_assert_cmpuint (item (entry, 1)->bytes->len, ==, 5);
      g_assert_cmpint (item (entry, 0)->integer, ==, i + 1);
      if ((its_year == ANY_YEAR || its_year == year) && date[2] == month && date[3] == day &&
          date[4] == 0xFF)
        return item (entry, 2)->integer;
    }
  return 0;
}

/* The day profile that holds on a date, @weekday 1 Monday to 7 Sunday. There is one season, so one
 * week. */
static const PosaCosemValue *
find_day (const Calendar *self, guint year, guint month, guint day, guint weekday)
{
  gint64 id = find_special (self, year, month, day);

  g_assert_cmpuint (self->weeks->items->len, ==, 1);
  if (id == 0)
    id = item (item (self->weeks, 0), weekday)->integer;
  for (guint i = 0; i < self->days->items->len; i++)
    if (item (item (self->days, i), 0)->integer == id)
      return item (item (self->days, i), 1);
  g_error ("day %d is not in the calendar", (int) id);
}

/* The script that the last switch time up to @minute executes. */
static gint64
find_tier (const PosaCosemValue *schedule, guint minute)
{
  gint64 tier = 0;

  for (guint i = 0; i < schedule->items->len; i++)
    {
      const PosaCosemValue *action = item (schedule, i);
      const guint8 *time = item (action, 0)->bytes->data;
      if (60u * time[0] + time[1] <= minute)
        tier = item (action, 2)->integer;
    }
  return tier;
}

/* Holidays by date, written down here; Easter Mondays from the almanac. */
static gboolean
is_holiday (guint year, guint month, guint day, const PosaHoliday *patron)
{
  static const struct
  {
    guint month, day;
  } fixed[] = { { 1, 1 },  { 1, 6 },  { 4, 25 }, { 5, 1 },   { 6, 2 },  { 8, 15 },
                { 10, 4 }, { 11, 1 }, { 12, 8 }, { 12, 25 }, { 12, 26 } };
  static const struct
  {
    guint month, day;
  } mondays[N_YEARS] = { { 4, 6 },  { 3, 29 }, { 4, 17 }, { 4, 2 },
                         { 4, 22 }, { 4, 14 }, { 3, 29 }, { 4, 18 } };

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (fixed[i].month == month && fixed[i].day == day)
      return TRUE;
  if (mondays[year - FIRST_YEAR].month == month && mondays[year - FIRST_YEAR].day == day)
    return TRUE;
  return (patron->year == 0 || patron->year == year) && patron->month == month &&
         patron->day == day;
}

/* Walks the hours of @year as they pass, 23 and 25 in a day where the season changes, and compares
 * each of their minutes. Returns how many there were. */
static guint
walk (const PosaTariffTable *table, const Calendar *calendar, guint year, PosaHoliday patron)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Rome");
  g_autoptr (GDateTime) begin = g_date_time_new (zone, (int) year, 1, 1, 0, 0, 0);
  g_autoptr (GDateTime) end = g_date_time_new (zone, (int) year + 1, 1, 1, 0, 0, 0);
  guint n = 0;

  for (gint64 second = g_date_time_to_unix (begin); second < g_date_time_to_unix (end);
       second += HOUR_S)
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (second);
      g_autoptr (GDateTime) time = g_date_time_to_timezone (utc, zone);
      guint month = (guint) g_date_time_get_month (time);
      guint day = (guint) g_date_time_get_day_of_month (time);
      guint weekday = (guint) g_date_time_get_day_of_week (time);
      guint first = 60 * (guint) g_date_time_get_hour (time);
      guint type = is_holiday (year, month, day, &patron) ? HOLIDAY_TYPE : weekday - 1;
      const PosaCosemValue *schedule = find_day (calendar, year, month, day, weekday);

      for (guint minute = first; minute < first + 60; minute++, n++)
        if (find_tier (schedule, minute) != posa_tariff_table_get_tier (table, type, minute))
          g_error ("%u-%02u-%02u, minute %u: script %d, the old table says %u", year, month, day,
                   minute, (int) find_tier (schedule, minute),
                   posa_tariff_table_get_tier (table, type, minute));
    }
  return n;
}

static void
assert_equal_over (const PosaTariffTable *table, guint first, guint last, PosaHoliday patron)
{
  g_autoptr (GArray) patrons = g_array_new (FALSE, FALSE, sizeof (PosaHoliday));

  g_array_append_val (patrons, patron);
  g_autoptr (GArray) holidays = posa_holidays_list (FIRST_YEAR, N_YEARS, patrons);
  g_auto (Calendar) calendar = calendar_of (table, holidays);
  for (guint year = first; year <= last; year++)
    g_assert_cmpuint (walk (table, &calendar, year, patron), ==,
                      g_date_is_leap_year ((GDateYear) year) ? 527040 : 525600);
}

static void
set_day (PosaTariffTable *table, guint day, const PosaTariffInterval *intervals, guint n)
{
  table->n_intervals[day] = n;
  memcpy (table->intervals[day], intervals, n * sizeof *intervals);
}

/* F1, F2, F3, with Saturdays and holidays of their own: eight years, so that each holiday falls on
 * each day of the week, with two leap years. */
static void
test_bands (void)
{
  static const PosaTariffInterval working[] = { { 0, 3 },
                                                { 7 * 60, 2 },
                                                { 8 * 60, 1 },
                                                { 19 * 60, 2 },
                                                { 23 * 60, 3 } };
  static const PosaTariffInterval saturday[] = { { 0, 3 }, { 7 * 60, 2 }, { 23 * 60, 3 } };
  g_autoptr (PosaTariffTable) table = posa_tariff_table_new ("F1F2F3");
  guint weekdays = 0;

  for (guint day = 0; day < 5; day++)
    set_day (table, day, working, G_N_ELEMENTS (working));
  set_day (table, 5, saturday, G_N_ELEMENTS (saturday));
  table->intervals[6][0].tier = 3;
  for (guint year = FIRST_YEAR; year < FIRST_YEAR + N_YEARS; year++)
    {
      g_autoptr (GDate) date = g_date_new_dmy (15, 8, (GDateYear) year);
      weekdays |= 1u << g_date_get_weekday (date);
    }
  g_assert_cmphex (weekdays, ==, 0xFE);
  assert_equal_over (table, FIRST_YEAR, FIRST_YEAR + N_YEARS - 1, (PosaHoliday) { 0, 6, 29 });
}

/* Seven days, each another, with switch times at odd minutes; the patron on a date of one year. */
static void
test_seven_days (void)
{
  g_autoptr (PosaTariffTable) table = posa_tariff_table_new ("SEVEN");

  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    {
      const PosaTariffInterval intervals[] = { { 0, (guint8) (day % 4 + 1) },
                                               { (guint16) (1 + day), 1 },
                                               { (guint16) (119 + day),
                                                 2 }, /* into the lost hour */
                                               { (guint16) (180 + day), 3 },
                                               { 1439, 4 } };
      set_day (table, day, intervals, G_N_ELEMENTS (intervals));
    }
  assert_equal_over (table, 2027, 2028, (PosaHoliday) { 2027, 9, 5 });
  assert_equal_over (table, 2028, 2028, (PosaHoliday) { 0, 2, 29 });
}

static void
test_random_tables (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (PosaTariffTable) table = posa_sample_tariff_table (random);
      guint year = FIRST_YEAR + i % N_YEARS;
      PosaHoliday patron = { 0, (guint8) g_rand_int_range (random, 1, 13),
                             (guint8) g_rand_int_range (random, 1, 29) };

      g_assert_true (posa_tariff_table_check (table, NULL));
      assert_equal_over (table, year, year, patron);
    }
}

/* The law of each year: 4 October is none before 2026. */
static void
test_holidays (void)
{
  g_autoptr (GArray) old = posa_holidays_list (2024, 4, NULL);

  g_assert_false (posa_holidays_contain (old, 2025, 10, 4));
  g_assert_true (posa_holidays_contain (old, 2027, 10, 4));
  g_assert_true (posa_holidays_contain (old, 2024, 4, 1)); /* Easter Monday */
  g_assert_false (posa_holidays_contain (old, 2025, 4, 1));
  g_assert_true (posa_holidays_contain (old, 2025, 4, 21));
  g_assert_false (posa_holidays_contain (old, 2026, 6, 29));
}

static void
test_holiday_texts (void)
{
  static const char *const bad[] = { "",           "6-24",       "13-01",      "02-30",
                                     "2027-02-29", "2027-9-05",  "0000-01-01", "06-24 ",
                                     "06/24",      "2027-09-31", "xx-yy" };
  PosaHoliday day;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (posa_holiday_parse (bad[i], &day));
  g_assert_true (posa_holiday_parse ("02-29", &day));
  g_assert_true (posa_holiday_parse ("2028-02-29", &day));
  g_autofree char *text = posa_holiday_format (day);
  g_assert_cmpstr (text, ==, "2028-02-29");
}

/* ---- tables of special days as meters have them ---- */

#define ENTRY(date, day) "02031200010905" date "11" day

/* Against 25 December of every year and 29 March 2027, from 2026-12-20 to 2028-12-31. */
static const struct
{
  const char *table, *difference;
} tables[] = {
  /* as we write it, and day by day */
  { "0102" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB031DFF", "07"), NULL },
  { "0104" ENTRY ("07EA0C19FF", "07") ENTRY ("07EB0C19FF", "07") ENTRY ("07EB031DFF", "07")
        ENTRY ("07EC0C19FF", "07"),
    NULL },
  /* days before and behind */
  { "0104" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB031DFF", "07") ENTRY ("07EA0C13FF", "07")
        ENTRY ("07ED0101FF", "03"),
    NULL },
  /* the weekday of the date; the last day but one of March 2027 is the day behind */
  { "0102" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB031D01", "07"), NULL },
  { "0102" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB031D02", "07"), "without 2027-03-29" },
  { "0102" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB03FDFF", "07"),
    "without 2027-03-29; with 2027-03-30" },
  { "0102" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB03FEFF", "07"),
    "without 2027-03-29; with 2027-03-31" },
  /* another day profile, alone and beside the right one */
  { "0102" ENTRY ("FFFF0C19FF", "06") ENTRY ("07EB031DFF", "07"),
    "without 2026-12-25, 2027-12-25 and 1 more" },
  { "0103" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB031DFF", "07") ENTRY ("07EB0C19FF", "01"),
    "without 2027-12-25" },
  { "0103" ENTRY ("FFFF0C19FF", "07") ENTRY ("07EB031DFF", "07") ENTRY ("07EBFF01FF", "07"),
    "with 2027-01-01, 2027-02-01 and 10 more" },
  { "0100", "without 2026-12-25, 2027-03-29 and 2 more" },
  /* no such table */
  { "0101" ENTRY ("FFFFFE19FF", "07"), "entry 1 is no special day" },
  { "0101020212000111"
    "07",
    "entry 1 is no special day" },
  { "010102031200010904FFFF0C191107", "entry 1 is no special day" },
  { "010102031200010905FFFF0C19FF090107", "entry 1 is no special day" },
  { "0101"
    "00",
    "entry 1 is no special day" },
};

static void
test_special_days (void)
{
  const PosaHoliday wanted[] = { { 0, 12, 25 }, { 2027, 3, 29 } };
  g_autoptr (GArray) holidays = g_array_new (FALSE, FALSE, sizeof *wanted);
  GDate first, last;

  g_array_append_vals (holidays, wanted, G_N_ELEMENTS (wanted));
  g_date_clear (&first, 1);
  g_date_clear (&last, 1);
  g_date_set_dmy (&first, 20, G_DATE_DECEMBER, 2026);
  g_date_set_dmy (&last, 31, G_DATE_DECEMBER, 2028);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GBytes) bytes = posa_hex_decode (tables[i].table, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaCosemValue) table =
          posa_axdr_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

      g_assert_no_error (error);
      g_autofree char *difference = posa_dlms_special_days_compare (table, holidays, &first, &last);
      g_assert_cmpstr (difference, ==, tables[i].difference);
    }
}

/* A table without end is not looked through. */
static void
test_endless_special_days (void)
{
  const PosaHoliday christmas = { 0, 12, 25 };
  g_autoptr (GArray) holidays = g_array_new (FALSE, FALSE, sizeof christmas);
  GDate day;

  for (guint i = 0; i < 1025; i++)
    g_array_append_val (holidays, christmas);
  g_autoptr (PosaCosemValue) table = posa_dlms_special_days_build (holidays);
  g_date_clear (&day, 1);
  g_date_set_dmy (&day, 25, G_DATE_DECEMBER, 2026);
  g_autofree char *difference = posa_dlms_special_days_compare (table, holidays, &day, &day);
  g_assert_cmpstr (difference, ==, "entry 1025 is no special day");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tariff-calendar/bands", test_bands);
  g_test_add_func ("/tariff-calendar/seven-days", test_seven_days);
  g_test_add_func ("/tariff-calendar/random-tables", test_random_tables);
  g_test_add_func ("/tariff-calendar/holidays", test_holidays);
  g_test_add_func ("/tariff-calendar/holiday-texts", test_holiday_texts);
  g_test_add_func ("/tariff-calendar/special-days", test_special_days);
  g_test_add_func ("/tariff-calendar/endless-special-days", test_endless_special_days);
  return g_test_run ();
}
