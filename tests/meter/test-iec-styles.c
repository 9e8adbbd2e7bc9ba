/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Everything that makers do to their data (meters.md 1.3), served by simulated meters and read by
 * the driver: the values are always those of the meter. test-iec-raw has the same as raw bytes. */

#include "base/posa-error.h"
#include "meter/posa-meter.h"
#include "posa-test-sim.h"

static void
assert_read (const char *style)
{
  g_autofree char *setting = g_strconcat ("style=", style, NULL);
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--kind", "m1", "--no-pace", "--seed", "7", "--set", setting,
                                 "--set", "block=100", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_autofree char *serial = posa_test_sim_get_text (sim, "serial");

  g_assert_no_error (error);
  g_test_message ("%s: %u repeats", style, reading->line.retries);
  g_assert_cmpstr (reading->meter.serial, ==, serial);
  g_assert_cmpuint (reading->registers->len, ==, 9);
  g_assert_cmpint (ABS (posa_reading_set_get_drift_s (reading)), <=, 2);
  for (guint i = 0; i < reading->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (reading->registers, i);
      g_autofree char *path =
          g_strdup_printf ("registers/%u.%u.%u", reg->obis.c, reg->obis.d, reg->obis.e);
      g_assert_cmpint (reg->value, ==, posa_test_sim_get_int (sim, path));
      g_assert_cmpint (reg->captured_us > 0, ==, reg->quantity == POSA_QUANTITY_MAX_DEMAND_IMPORT);
    }
}

static void
test_style_cb (gconstpointer style)
{
  assert_read (style);
}

int
main (int argc, char **argv)
{
  static const char *const styles[] = { "plain",   "full-codes", "no-star",   "no-unit",
                                        "lf",      "empty-unit", "padded",    "indented",
                                        "history", "own-lines",  "stuck-end", "empty-values",
                                        "garbage", "echo",       "partial" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      g_autofree char *path = g_strconcat ("/iec-styles/", styles[i], NULL);
      g_test_add_data_func (path, styles[i], test_style_cb);
    }
  return g_test_run ();
}
