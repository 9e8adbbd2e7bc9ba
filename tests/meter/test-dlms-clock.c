/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* A simulated 2G meter and a device on other days: when summer time begins and ends (meters.md
 * 11.24; the same as given bytes is in test-dlms-items.c), across New Year, and when the device's
 * own time is wrong. */

#include "dlms-rig.h"

#include "base/posa-error.h"
#include "posa-test-parallel.h"
#include "posa-test-wall.h"

#include <string.h>

static gint64
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 us = posa_time_parse (text, &error);

  g_assert_no_error (error);
  return us;
}

/* What a device at @text, an ISO 8601 time, differs from this machine by. */
static gint64
offset_of (const char *text)
{
  posa_test_wall_shift (0);
  return parse (text) - g_get_real_time ();
}

/* From here on this thread is such a device. */
static PosaMeter *
open_at (DlmsRig *self, gint64 offset_us)
{
  g_autoptr (GError) error = NULL;
  posa_test_wall_shift (offset_us);
  PosaMeter *meter = dlms_rig_open (self, &error);

  g_assert_no_error (error);
  return meter;
}

/* A meter whose clock is @drift_s from that of a device which is off by @offset_us. */
static PosaTestSim *
start_meter (gint64 offset_us, int drift_s)
{
  g_autofree char *setting =
      g_strdup_printf ("clock_offset=%" G_GINT64_FORMAT, offset_us / G_USEC_PER_SEC + drift_s);

  return DLMS_RIG_START ("--no-pace", "--set", setting);
}

/* ---- 11.24 ---- */

typedef struct
{
  const char *name, *device;
  int drift_s; /* of the meter */
} Change;

/* An hour is what a meter or a device is wrong by that has missed the change. */
static const Change changes[] = {
  { "11.24-summer-begins/just-before", "2027-03-28T01:59:40+01:00", -40 },
  { "11.24-summer-begins/from-before-to-behind", "2027-03-28T03:00:20+02:00", -60 },
  { "11.24-summer-begins/from-behind-to-before", "2027-03-28T01:59:20+01:00", 60 },
  { "11.24-summer-begins/an-hour-late", "2027-03-28T03:30:00+02:00", -3600 },
  { "11.24-summer-ends/first-half-past-two", "2027-10-31T02:30:00+02:00", -40 },
  { "11.24-summer-ends/second-half-past-two", "2027-10-31T02:30:00+01:00", 40 },
  { "11.24-summer-ends/from-before-to-behind", "2027-10-31T02:00:20+01:00", -60 },
  { "11.24-summer-ends/from-behind-to-before", "2027-10-31T02:59:20+02:00", 60 },
  { "11.24-summer-ends/an-hour-ahead", "2027-10-31T02:30:00+02:00", 3600 },
};

/* Set to the second, with the rule of summer time; what the meter tells is then the device's time,
 * and a look at it an hour later, behind the change, finds it right. */
static void
test_change (gconstpointer data)
{
  const Change *row = data;
  gint64 offset = offset_of (row->device);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaClockChange change;

  dlms_rig_init (&self, start_meter (offset, row->drift_s));
  g_autoptr (PosaMeter) meter = open_at (&self, offset);
  posa_meter_set_clock (meter, &change, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (change.was_set);
  gint64 drift = change.before.meter_us - change.before.device_us;
  g_assert_cmpint (ABS (drift / G_USEC_PER_SEC - row->drift_s), <=, 2);
  gint64 left = posa_test_sim_get_int (self.sim, "clock_offset_ms") - offset / 1000;
  g_assert_cmpint (ABS (left), <=, 1500);

  self.plan.fitting_us = g_get_real_time ();
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  left = posa_test_sim_get_int (self.sim, "clock_offset_ms") - offset / 1000;
  g_assert_cmpint (ABS (left), <=, 1500);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "dst_enabled"), ==, 1);
  g_autoptr (GPtrArray) checks = posa_meter_verify (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (((PosaMeterCheck *) g_ptr_array_index (checks, 0))->right);
}

/* ---- New Year ---- */

static const PosaMeterCheck *
find_check (GPtrArray *checks, const char *name)
{
  for (guint i = 0; i < checks->len; i++)
    {
      const PosaMeterCheck *check = g_ptr_array_index (checks, i);

      if (g_str_equal (check->name, name))
        return check;
    }
  g_assert_not_reached ();
}

typedef struct
{
  const char *name, *announced, *fitted;
} NewYear;

static const NewYear new_years[] = {
  { "new-year/on-the-eve", "2026-12-31T23:50:00+01:00", "2026-12-31T23:50:00+01:00" },
  { "new-year/late", "2026-12-31T09:00:00+01:00", "2027-01-02T09:00:00+01:00" },
  { "new-year/early", "2027-01-02T09:00:00+01:00", "2026-12-31T09:00:00+01:00" },
};

/* Whenever the meter is looked at, the holidays are right, and a repeat does not write them. */
static void
test_new_year (gconstpointer data)
{
  static const char *const days[] = { "2027-01-03T08:00:00+01:00", "2041-12-31T08:00:00+01:00",
                                      "2043-01-01T08:00:00+01:00" };
  const NewYear *row = data;
  gint64 offset = offset_of (row->fitted);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, start_meter (offset, -40));
  self.plan.fitting_us = parse (row->announced);
  g_autoptr (PosaMeter) meter = open_at (&self, offset);
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&meter);
  meter = open_at (&self, offset + 20 * G_TIME_SPAN_MINUTE);
  g_autoptr (GPtrArray) again = posa_meter_commission (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  const PosaVerifiedValue *value = g_ptr_array_index (again, 2);
  g_assert_cmpstr (value->name, ==, "special_days");
  g_assert_cmpstr (value->before, ==, value->written);
  g_clear_object (&meter);
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      meter = open_at (&self, offset_of (days[i]));
      g_autoptr (GPtrArray) checks = posa_meter_verify (meter, &self.plan, NULL, &error);
      g_assert_no_error (error);
      const PosaMeterCheck *check = find_check (checks, "special_days");
      /* Behind the meter's service nobody has said when Easter is. */
      g_assert_cmpint (check->right, ==, i < 2);
      g_assert_cmpint (strstr (check->found, ", without 2043-03-30") == NULL, ==, i < 2);
      g_assert_false (find_check (checks, "clock")->right);
      g_clear_object (&meter);
    }
}

/* The order has another patron saint, which the meter does not know. */
static void
test_other_patron (void)
{
  const PosaHoliday patron = { .month = 9, .day = 8 };
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaMeter) meter = open_at (&self, offset_of ("2027-03-01T08:00:00+01:00"));
  self.plan.fitting_us = g_get_real_time ();
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  g_array_index (self.patron_days, PosaHoliday, 0) = patron;
  g_autoptr (GPtrArray) checks = posa_meter_verify (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  const PosaMeterCheck *check = find_check (checks, "special_days");
  g_assert_false (check->right);
  g_assert_cmpstr (check->found, ==,
                   "12 days of every year, 16 single days, to 2042, without 2027-09-08, "
                   "2028-09-08 and 14 more; with 2027-06-24, 2028-06-24 and 14 more");
  g_assert_cmpstr (check->wanted, ==, "12 days of every year, 16 single days, to 2042");
}

/* ---- a device whose own time is wrong ---- */

static void
assert_refused (DlmsRig *self, gint64 offset_us, const char *said)
{
  g_autoptr (PosaMeter) meter = open_at (self, offset_us);
  g_autoptr (GError) error = NULL;

  g_assert_null (posa_meter_commission (meter, &self->plan, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED);
  g_assert_nonnull (strstr (error->message, said));
  g_assert_nonnull (strstr (error->message, "own clock first"));
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "writes"), ==, 0);
}

static void
test_1970 (void)
{
  gint64 offset = offset_of ("1970-01-01T01:00:10+01:00");
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaClockChange change;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "clock_offset=-40"));
  assert_refused (&self, offset, "1970-01-01");
  g_autoptr (PosaMeter) meter = open_at (&self, offset);
  g_assert_false (posa_meter_set_clock (meter, &change, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
}

/* A day ahead or behind: the meter and the order know better. When the order is of another week,
 * nobody can say; then the meter is set, and the record says from what. */
static void
test_another_day (void)
{
  static const int days[] = { 1, -1 };

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      gint64 offset = days[i] * G_TIME_SPAN_DAY;
      g_auto (DlmsRig) self = { 0 };
      g_autoptr (GError) error = NULL;

      posa_test_wall_shift (0);
      dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
      assert_refused (&self, offset, "the day of the order");
      self.plan.fitting_us -= 7 * G_TIME_SPAN_DAY;
      g_autoptr (PosaMeter) meter = open_at (&self, offset);
      g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
      g_assert_no_error (error);
      const PosaVerifiedValue *value = g_ptr_array_index (values, 0);
      g_assert_nonnull (strstr (value->before, days[i] > 0 ? "(-86" : "(+86"));
    }
}

/* The meter alone is wrong: it is set. */
static void
test_meter_of_another_day (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, start_meter (0, 86400));
  g_autoptr (GPtrArray) values = dlms_rig_commission (&self, &error);
  g_assert_no_error (error);
  dlms_rig_assert_commissioned (&self);
}

/* ---- all of them at the same time: they wait for the meters ---- */

static const struct
{
  const char *name;
  void (*run) (void);
} others[] = {
  { "other-patron", test_other_patron },
  { "1970", test_1970 },
  { "another-day", test_another_day },
  { "meter-of-another-day", test_meter_of_another_day },
};

static void
run_other_cb (gconstpointer data)
{
  others[GPOINTER_TO_SIZE (data)].run ();
}

static void
add (const char *name, gconstpointer row, GTestDataFunc func)
{
  g_autofree char *path = g_strconcat ("/dlms-clock/", name, NULL);

  posa_test_add_parallel (path, row, func);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    add (changes[i].name, &changes[i], test_change);
  for (gsize i = 0; i < G_N_ELEMENTS (new_years); i++)
    add (new_years[i].name, &new_years[i], test_new_year);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    add (others[i].name, GSIZE_TO_POINTER (i), run_other_cb);
  return g_test_run ();
}
