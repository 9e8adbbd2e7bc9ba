/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Load profiles: order, gaps, days of 23 and 25 hours, and their JSON. */

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "domain/posa-load-profile.h"
#include "domain/posa-meter-event.h"

#define HOUR_US    ((gint64) 3600 * G_USEC_PER_SEC)
#define QUARTER_US ((gint64) 900 * G_USEC_PER_SEC)
#define START_US   (G_GINT64_CONSTANT (1794992400000000)) /* a whole hour of November 2026 */

static const PosaLoadChannel both[] = {
  { { 1, 0, 1, 29, 0, 255 }, POSA_QUANTITY_ACTIVE_IMPORT },
  { { 1, 0, 2, 29, 0, 255 }, POSA_QUANTITY_ACTIVE_EXPORT },
};

static PosaLoadProfile *
hourly (void)
{
  g_autoptr (GError) error = NULL;
  PosaLoadProfile *self = posa_load_profile_new ();

  g_assert_true (posa_load_profile_set_shape (self, 3600, both, 2, &error));
  g_assert_no_error (error);
  return self;
}

static void
add (PosaLoadProfile *self, gint64 end_us, gint64 value)
{
  g_autoptr (GError) error = NULL;
  PosaLoadInterval interval = { .end_us = end_us, .values = { value, POSA_LOAD_NO_VALUE } };

  g_assert_true (posa_load_profile_add (self, &interval, &error));
  g_assert_no_error (error);
}

static gint64
end_of (const PosaLoadProfile *self, guint i)
{
  return g_array_index (self->intervals, PosaLoadInterval, i).end_us;
}

static void
test_order (void)
{
  g_autoptr (PosaLoadProfile) profile = hourly ();
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < 2000; i++)
    {
      gint64 hour = g_rand_int_range (random, 0, 500);
      add (profile, START_US + hour * HOUR_US, hour); /* again and again, always the same */
    }
  g_assert_cmpuint (profile->intervals->len, <=, 500);
  for (guint i = 1; i < profile->intervals->len; i++)
    g_assert_cmpint (end_of (profile, i), >, end_of (profile, i - 1));
}

static void
test_refuses (void)
{
  g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
  PosaLoadInterval interval = { .end_us = START_US, .values = { 1, 2 } };
  g_autoptr (GError) no_shape = NULL, other = NULL, shape = NULL, period = NULL, value = NULL;

  g_assert_false (posa_load_profile_add (profile, &interval, &no_shape));
  g_assert_error (no_shape, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_false (posa_load_profile_set_shape (profile, 7 * 60, both, 2, &period));
  g_assert_error (period, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_true (posa_load_profile_set_shape (profile, 900, both, 2, NULL));
  g_assert_true (posa_load_profile_set_shape (profile, 900, both, 2, NULL));
  g_assert_false (posa_load_profile_set_shape (profile, 900, both, 1, &shape));
  g_assert_error (shape, POSA_ERROR, POSA_ERROR_INVALID_DATA);

  g_assert_true (posa_load_profile_add (profile, &interval, NULL));
  interval.values[0] = 3;
  g_assert_false (posa_load_profile_add (profile, &interval, &other));
  g_assert_error (other, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  interval.flags = POSA_LOAD_CLOCK_SET; /* two parts of the same hour */
  g_assert_true (posa_load_profile_add (profile, &interval, NULL));
  g_assert_true (posa_load_profile_add (profile, &interval, NULL));
  g_assert_cmpuint (profile->intervals->len, ==, 2);
  interval.values[1] = -2;
  g_assert_false (posa_load_profile_add (profile, &interval, &value));
  g_assert_error (value, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
assert_gap (GArray *gaps, guint i, gint64 from_us, gint64 to_us)
{
  const PosaLoadGap *gap = &g_array_index (gaps, PosaLoadGap, i);

  g_assert_cmpuint (i, <, gaps->len);
  g_assert_cmpint (gap->from_us, ==, from_us);
  g_assert_cmpint (gap->to_us, ==, to_us);
}

static void
test_gaps (void)
{
  g_autoptr (PosaLoadProfile) profile = hourly ();
  const gint64 to = START_US + 24 * HOUR_US;

  g_autoptr (GArray) all = posa_load_profile_find_gaps (profile, START_US, to);
  g_assert_cmpuint (all->len, ==, 1);
  assert_gap (all, 0, START_US, to);
  for (guint hour = 1; hour <= 24; hour++)
    if (hour != 1 && hour != 7 && hour != 8 && hour != 24)
      add (profile, START_US + hour * HOUR_US, hour);
  g_autoptr (GArray) some = posa_load_profile_find_gaps (profile, START_US, to);
  g_assert_cmpuint (some->len, ==, 3);
  assert_gap (some, 0, START_US, START_US + HOUR_US);
  assert_gap (some, 1, START_US + 6 * HOUR_US, START_US + 8 * HOUR_US);
  assert_gap (some, 2, START_US + 23 * HOUR_US, to);
  for (guint i = 0; i < some->len; i++) /* filling them leaves none */
    for (gint64 end = g_array_index (some, PosaLoadGap, i).from_us + HOUR_US;
         end <= g_array_index (some, PosaLoadGap, i).to_us; end += HOUR_US)
      add (profile, end, 1);
  g_autoptr (GArray) none = posa_load_profile_find_gaps (profile, START_US, to);
  g_assert_cmpuint (none->len, ==, 0);
  /* Bounds that are not whole. */
  g_autoptr (GArray) odd = posa_load_profile_find_gaps (profile, to + 1, to + 2 * HOUR_US + 5);
  g_assert_cmpuint (odd->len, ==, 1);
  assert_gap (odd, 0, to, to + 2 * HOUR_US);
}

/* A local day of Rome, by its first and next midnight. */
static void
test_change_of_season (void)
{
  static const struct
  {
    const char *from, *to;
    guint quarters;
  } days[] = {
    { "2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", 96 },
    { "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 92 },
    { "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
      gint64 from = posa_time_parse (days[i].from, NULL), to = posa_time_parse (days[i].to, NULL);
      guint n = 0;

      g_assert_true (posa_load_profile_set_shape (profile, 900, both, 2, NULL));
      for (gint64 end = from + QUARTER_US; end <= to; end += QUARTER_US)
        {
          add (profile, end, 1);
          n++;
        }
      g_assert_cmpuint (n, ==, days[i].quarters);
      g_autoptr (GArray) gaps = posa_load_profile_find_gaps (profile, from, to);
      g_assert_cmpuint (gaps->len, ==, 0);
    }
}

static void
test_json (void)
{
  g_autoptr (PosaLoadProfile) profile = hourly ();
  g_autoptr (GError) error = NULL;
  PosaLoadInterval marked = { .end_us = START_US,
                              .flags = POSA_LOAD_CLOCK_SET | POSA_LOAD_POWER_FAIL,
                              .values = { 12, 34 } };

  g_assert_true (posa_load_profile_add (profile, &marked, NULL));
  add (profile, START_US + 2 * HOUR_US, 5);
  g_autofree char *text = posa_load_profile_to_text (profile, FALSE);
  g_autoptr (PosaLoadProfile) again = posa_load_profile_from_text (text, &error);
  g_assert_no_error (error);
  g_autofree char *text_again = posa_load_profile_to_text (again, FALSE);
  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpuint (again->intervals->len, ==, 2);
  const PosaLoadInterval *first = &g_array_index (again->intervals, PosaLoadInterval, 0);
  g_assert_cmpint (first->end_us, ==, START_US);
  g_assert_cmphex (first->flags, ==, marked.flags);
  g_assert_cmpint (first->values[1], ==, 34);
  g_assert_cmpint (g_array_index (again->intervals, PosaLoadInterval, 1).values[1], ==,
                   POSA_LOAD_NO_VALUE);
}

#define CHANNEL                                                                                    \
  "\"channels\":[{\"obis\":\"1.29.0\",\"quantity\":\"active_import\",\"unit\":\"Wh\"}]"
#define INTERVAL "{\"end\":\"2026-11-20T10:00:00+01:00\",\"values\":[1]}"

static void
test_json_refuses (void)
{
  static const struct
  {
    const char *text, *message;
  } rows[] = {
    { "{}", "intervals: missing" },
    { "{\"period_s\":3600,\"channels\":[],\"intervals\":[]}", "0 channels" },
    { "{\"period_s\":7," CHANNEL ",\"intervals\":[]}", "period of 7 s" },
    { "{\"period_s\":3600," CHANNEL ",\"intervals\":[{}]}", "intervals[0]" },
    { "{\"period_s\":3600," CHANNEL ",\"intervals\":[{\"end\":\"2026-11-20T10:00:00+01:00\","
      "\"values\":[1,2]}]}",
      "needs a value for each channel" },
    { "{\"period_s\":3600," CHANNEL ",\"intervals\":[{\"end\":\"2026-11-20T10:00:00+01:00\","
      "\"flags\":[\"x\"],\"values\":[1]}]}",
      "unknown flag \"x\"" },
    { "{\"period_s\":3600," CHANNEL ",\"intervals\":[" INTERVAL
      ",{\"end\":\"2026-11-20T10:00:00+01:00\",\"values\":[2]}]}",
      "two values for the same interval" },
    { "{\"period_s\":3600," CHANNEL ",\"intervals\":[{\"end\":\"2026-11-20T10:00:00+01:00\","
      "\"values\":[-5]}]}",
      "no meter can count" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaLoadProfile) profile = posa_load_profile_from_text (rows[i].text, &error);

      g_assert_null (profile);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (strstr (error->message, rows[i].message) == NULL)
        g_error ("row %u: %s", i, error->message);
    }
}

static void
test_events (void)
{
  g_autoptr (GPtrArray) events = posa_meter_events_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const PosaObis log = POSA_OBIS (0, 0, 99, 98, 0, 255);

  g_ptr_array_add (events, posa_meter_event_new (START_US, 17, "cover-opened", log));
  g_ptr_array_add (events, posa_meter_event_new (0, 250, NULL, log));
  posa_meter_events_to_json (events, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = posa_json_to_text (root, FALSE);
  g_autofree char *time = posa_time_format (START_US);
  g_autofree char *wanted =
      g_strdup_printf ("[{\"time\":\"%s\",\"code\":17,\"text\":\"cover-opened\",\"log\":\"%s\"},"
                       "{\"time\":null,\"code\":250,\"text\":null,\"log\":\"%s\"}]",
                       time, "0-0:99.98.0", "0-0:99.98.0");
  g_assert_cmpstr (text, ==, wanted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/load-profile/order", test_order);
  g_test_add_func ("/load-profile/refuses", test_refuses);
  g_test_add_func ("/load-profile/gaps", test_gaps);
  g_test_add_func ("/load-profile/change-of-season", test_change_of_season);
  g_test_add_func ("/load-profile/json", test_json);
  g_test_add_func ("/load-profile/json-refuses", test_json_refuses);
  g_test_add_func ("/load-profile/events", test_events);
  return g_test_run ();
}
