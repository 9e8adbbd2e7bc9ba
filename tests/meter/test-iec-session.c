/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-error.h"
#include "meter/driver/posa-iec-session.h"
#include "meter/posa-meter.h"
#include "posa-test-sim.h"

static const struct
{
  const char *kind;
  PosaMeterKind meter_kind;
  guint n_registers;
} kinds[] = {
  { "m1", POSA_METER_KIND_M1, 9 },
  { "m1b", POSA_METER_KIND_M1B, 14 },
  { "m3", POSA_METER_KIND_M3, 14 },
  { "m3b", POSA_METER_KIND_M3B, 19 },
};

static PosaMeter *
open_meter (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), error);

  return port != NULL ? posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, error)
                      : NULL;
}

static PosaReadingSet *
read_meter (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaMeter) meter = open_meter (sim, error);

  return meter != NULL ? posa_meter_read (meter, POSA_READING_CHECK, NULL, error) : NULL;
}

/* Every register of @reading holds what the meter has in its memory. */
static void
assert_registers_true (PosaTestSim *sim, const PosaReadingSet *reading)
{
  for (guint i = 0; i < reading->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (reading->registers, i);
      g_autofree char *path =
          g_strdup_printf ("registers/%u.%u.%u", reg->obis.c, reg->obis.d, reg->obis.e);
      g_assert_cmpint (reg->value, ==, posa_test_sim_get_int (sim, path));
    }
}

static void
test_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaTestSim)
          sim = posa_test_sim_start ("1g", "--kind", kinds[i].kind, "--no-pace", "--seed", "7",
                                     "--set", "status=00000081", "--set", "clock_offset=90", NULL);
      g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);
      g_assert_no_error (error);
      g_autofree char *serial = posa_test_sim_get_text (sim, "serial");
      g_autofree char *customer = posa_test_sim_get_text (sim, "customer_number");

      g_assert_cmpstr (reading->meter.serial, ==, serial);
      g_assert_cmpstr (reading->meter.customer_number, ==, customer);
      g_assert_cmpstr (reading->meter.manufacturer, ==, "PSA");
      g_assert_cmpstr (reading->meter.firmware, ==, "2.17");
      g_assert_cmpint (reading->meter.kind, ==, kinds[i].meter_kind);
      g_assert_cmpuint (reading->registers->len, ==, kinds[i].n_registers);
      g_assert_cmpint (ABS (posa_reading_set_get_drift_s (reading) - 90), <=, 2);
      g_assert_cmpstr (reading->status_raw, ==, "00000081");
      g_assert_cmpuint (g_strv_length (reading->status_flags), ==, 2);
      g_assert_cmpstr (reading->status_flags[0], ==, "clock-lost");
      g_assert_cmpstr (reading->status_flags[1], ==, "limiter-tripped");
      g_assert_cmpuint (reading->line.retries, ==, 0);
      g_assert_cmpuint (reading->line.round_trips, ==, 2);
      assert_registers_true (sim, reading);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iec-session/kinds", test_kinds);
  return g_test_run ();
}
