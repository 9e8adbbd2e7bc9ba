/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-error.h"
#include "model/posa-meter-tool.h"
#include "posa-test-sim.h"

#include <glib/gstdio.h>
#include <string.h>

static PosaReadingSet *
read_port (const char *port, const char *tape, GError **error)
{
  const PosaMeterPlace place = { "/nonexistent", port, NULL };

  return posa_meter_tool_read (&place, tape, NULL, error);
}

/* Apart from the times, which follow the clock, two readings are the same text. */
static char *
timeless_text (PosaReadingSet *reading)
{
  reading->taken_us = reading->meter_clock_us = reading->device_clock_us = 0;
  reading->line.wall_us = 0;
  return posa_reading_set_to_text (reading, FALSE);
}

static void
test_record_and_replay (void)
{
  g_autoptr (PosaTestSim) sim =
      posa_test_sim_start ("1g", "--kind", "m1b", "--pace", "--echo", "--set", "fault=bcc:1", NULL);
  g_autofree char *folder = g_dir_make_tmp ("posa-tape-XXXXXX", NULL);
  g_autofree char *tape = g_build_filename (folder, "tape", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_port (posa_test_sim_get_port (sim), tape, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) again = posa_meter_tool_replay (tape, NULL, NULL, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (reading->line.retries, >=, 2);
  g_assert_cmpuint (again->line.retries, ==, reading->line.retries);
  g_assert_cmpint (again->meter_clock_us, ==, reading->meter_clock_us);
  g_autofree char *text = timeless_text (reading);
  g_autofree char *again_text = timeless_text (again);
  g_assert_cmpstr (text, ==, again_text);
  g_unlink (tape);
  g_rmdir (folder);
}

/* One recorded tape of every 1G profile: the driver asks today as it did then. */
static void
test_tapes_of_profiles (void)
{
  static const struct
  {
    const char *name;
    guint n_registers;
    gint64 a_plus, last;
  } rows[] = {
    { "posa-1g-m1.tape", 9, 10137726, 0 },
    { "posa-1g-m1b.tape", 14, 10137726, 16681340 },
    { "posa-1g-m3.tape", 14, 147382916, 16681340 },
    { "posa-1g-m3b.tape", 19, 147382916, 16681340 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tapes", rows[i].name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaReadingSet) reading = posa_meter_tool_replay (path, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      GPtrArray *registers = reading->registers;

      g_assert_cmpuint (registers->len, ==, rows[i].n_registers);
      g_assert_cmpint (((PosaRegister *) g_ptr_array_index (registers, 0))->value, ==,
                       rows[i].a_plus);
      g_assert_cmpint (((PosaRegister *) g_ptr_array_index (registers, registers->len - 1))->value,
                       ==, rows[i].last);
      g_assert_cmpstr (reading->meter.serial, ==, "0991095846");
      g_assert_cmpstr (reading->status_flags[0], ==, "limiter-tripped");
    }
}

static void
test_failures (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--no-pace", NULL);
  g_autofree char *tape = g_test_build_filename (G_TEST_DIST, "data", "iec", "luna.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (read_port ("/nonexistent/port", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_MISSING);
  g_clear_error (&error);
  /* A tape that cannot be written is told before the meter is asked. */
  g_assert_null (read_port (posa_test_sim_get_port (sim), "/nonexistent/tape", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "/nonexistent/tape"));
  g_assert_cmpint (posa_test_sim_get_int (sim, "sessions"), ==, 0);
  g_clear_error (&error);
  g_assert_null (posa_meter_tool_replay (tape, NULL, NULL, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

/* Whatever fails, the tape of it is there. */
static void
test_tape_of_failure (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "omit=1.8.0", NULL);
  g_autofree char *folder = g_dir_make_tmp ("posa-tape-XXXXXX", NULL);
  g_autofree char *tape = g_build_filename (folder, "tape", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (read_port (posa_test_sim_get_port (sim), tape, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_true (g_file_get_contents (tape, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, " tx 2F3F210D0A\n"));
  g_assert_nonnull (strstr (text, " rx "));
  g_unlink (tape);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meter-tool/record-and-replay", test_record_and_replay);
  g_test_add_func ("/meter-tool/tapes-of-profiles", test_tapes_of_profiles);
  g_test_add_func ("/meter-tool/failures", test_failures);
  g_test_add_func ("/meter-tool/tape-of-failure", test_tape_of_failure);
  return g_test_run ();
}
