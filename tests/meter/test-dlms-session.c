/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-meter.h"

#include "base/posa-error.h"
#include "posa-test-keyring.h"
#include "posa-test-sim.h"

#include <string.h>

#define SERIAL "2600000042"

typedef struct
{
  PosaTestSim *sim;
  PosaTestKeyring *keyring;
  PosaTariffTable *table;
  PosaCommissionPlan plan;
} Fixture;

/* F1 working days 8-19; F2 working days 7-8 and 19-23, Saturday 7-23; F3 the rest. */
static PosaTariffTable *
make_table (void)
{
  static const PosaTariffInterval working[] = { { 0, 3 },
                                                { 420, 2 },
                                                { 480, 1 },
                                                { 1140, 2 },
                                                { 1380, 3 } };
  static const PosaTariffInterval saturday[] = { { 0, 3 }, { 420, 2 }, { 1380, 3 } };
  PosaTariffTable *table = posa_tariff_table_new ("F1F2F3");

  for (guint day = 0; day < 5; day++)
    {
      table->n_intervals[day] = G_N_ELEMENTS (working);
      memcpy (table->intervals[day], working, sizeof working);
    }
  table->n_intervals[5] = G_N_ELEMENTS (saturday);
  memcpy (table->intervals[5], saturday, sizeof saturday);
  table->n_intervals[6] = 1;
  table->intervals[6][0] = (PosaTariffInterval) { 0, 3 };
  return table;
}

static void
fixture_init (Fixture *self, PosaTestSim *sim)
{
  self->sim = sim;
  self->keyring = posa_test_keyring_new (NULL);
  self->table = make_table ();
  self->plan = (PosaCommissionPlan) { .serial = SERIAL,
                                      .customer_number = "123456789",
                                      .contract_power_w = 3000,
                                      .available_power_w = 3300,
                                      .limiter_enabled = TRUE,
                                      .tariff_table = self->table };
}

static void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->sim, posa_test_sim_stop);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->table, posa_tariff_table_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

#define START(...)                                                                                 \
  posa_test_sim_start ("2g", "--set", "serial=" SERIAL __VA_OPT__ (, ) __VA_ARGS__, NULL)

static PosaMeter *
open_meter (Fixture *self, GError **error)
{
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (self->sim), error);

  return port != NULL ? posa_meter_open (port, POSA_METER_SECOND_GENERATION,
                                         POSA_KEYRING (self->keyring), NULL, error)
                      : NULL;
}

static PosaReadingSet *
read_meter (Fixture *self, GError **error)
{
  g_autoptr (PosaMeter) meter = open_meter (self, error);

  return meter != NULL ? posa_meter_read (meter, POSA_READING_ACTIVATION, NULL, error) : NULL;
}

static GPtrArray *
commission (Fixture *self, GError **error)
{
  g_autoptr (PosaMeter) meter = open_meter (self, error);

  return meter != NULL ? posa_meter_commission (meter, &self->plan, NULL, error) : NULL;
}

static void
assert_registers (Fixture *self, PosaReadingSet *reading)
{
  g_assert_cmpuint (reading->registers->len, ==, 7);
  for (guint tier = 0; tier <= 6; tier++)
    {
      g_autofree char *path = g_strdup_printf ("registers/1-0:1.8.%u", tier);
      const PosaRegister *reg =
          posa_registers_find (reading->registers, POSA_QUANTITY_ACTIVE_IMPORT, tier);

      g_assert_nonnull (reg);
      g_assert_cmpint (reg->value, ==, posa_test_sim_get_int (self->sim, path));
    }
}

static void
assert_commissioned (Fixture *self)
{
  g_autofree char *customer = posa_test_sim_get_text (self->sim, "customer_number");
  g_autofree char *calendar = posa_test_sim_get_text (self->sim, "calendar_name");

  g_assert_cmpstr (customer, ==, "123456789");
  g_assert_cmpstr (calendar, ==, "F1F2F3");
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "contract_power_w"), ==, 3000);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "limiter_w"), ==, 3300);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "limiter_enabled"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "time_zone"), ==, -60);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "dst_enabled"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "relay_closed"), ==, 1);
  g_assert_cmpint (ABS (posa_test_sim_get_int (self->sim, "clock_offset_ms")), <=, 1000);
}

static void
test_read (void)
{
  g_auto (Fixture) self = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&self, START ("--no-pace", "--set", "clock_offset=-40", "--set", "status=21"));
  g_autoptr (PosaReadingSet) reading = read_meter (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reading->meter.serial, ==, SERIAL);
  g_assert_cmpstr (reading->meter.manufacturer, ==, "PSA");
  g_assert_cmpstr (reading->meter.firmware, ==, "2G.1.04");
  g_assert_null (reading->meter.customer_number);
  g_assert_cmpint (reading->meter.kind, ==, POSA_METER_KIND_G2_SINGLE);
  g_assert_cmpstr (reading->profile_id, ==, "posa-2g-single");
  g_assert_cmpstr (reading->status_raw, ==, "00000021");
  g_assert_cmpstr (reading->status_flags[0], ==, "clock-lost");
  g_assert_cmpstr (reading->status_flags[1], ==, "reverse-flow");
  g_assert_cmpint (ABS (posa_reading_set_get_drift_s (reading) + 40), <=, 1);
  assert_registers (&self, reading);
  g_test_message ("read: %" G_GUINT64_FORMAT " bytes sent, %" G_GUINT64_FORMAT
                  " received, %u round trips",
                  reading->line.bytes_tx, reading->line.bytes_rx, reading->line.round_trips);
}

static void
test_totals (void)
{
  g_auto (Fixture) self = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&self, START ("--no-pace"));
  g_autoptr (PosaMeter) meter = open_meter (&self, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read_totals (meter, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reading->registers->len, ==, 1);
  g_assert_cmpint (reading->kind, ==, POSA_READING_SECOND);
}

static void
assert_value (GPtrArray *values, guint i, const char *name, const char *written)
{
  const PosaVerifiedValue *value = g_ptr_array_index (values, i);

  g_assert_cmpstr (value->name, ==, name);
  if (written != NULL)
    {
      g_assert_cmpstr (value->written, ==, written);
      g_assert_cmpstr (value->read_back, ==, written);
    }
  g_test_message ("%s: before %s | written %s | read back %s", value->name, value->before,
                  value->written, value->read_back);
}

static void
test_commission (void)
{
  g_auto (Fixture) self = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&self, START ("--no-pace"));
  g_autoptr (GPtrArray) values = commission (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (values->len, ==, 6);
  assert_value (values, 0, "clock", NULL);
  assert_value (values, 1, "tariff_table", "F1F2F3, 9 switch times");
  assert_value (values, 2, "contract_power", "3000 W");
  assert_value (values, 3, "limiter", "3300 W, on");
  assert_value (values, 4, "customer_number", "123456789");
  assert_value (values, 5, "supply", "connected");
  assert_commissioned (&self);

  /* Once more: nothing is left to write. */
  gint64 n_writes = posa_test_sim_get_int (self.sim, "writes");
  g_autoptr (GPtrArray) again = commission (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, n_writes);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_moves"), ==, 1);
  g_autoptr (PosaReadingSet) reading = read_meter (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reading->meter.customer_number, ==, "123456789");
  g_assert_cmpint (ABS (posa_reading_set_get_drift_s (reading)), <=, 1);
  assert_registers (&self, reading);
}

static void
test_relay (void)
{
  g_auto (Fixture) self = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_init (&self, START ("--no-pace", "--set", "relay=closed"));
  g_autoptr (PosaMeter) meter = open_meter (&self, &error);
  g_assert_no_error (error);
  g_assert_true (posa_meter_test_relay (meter, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_moves"), ==, 2);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_closed"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-session/read", test_read);
  g_test_add_func ("/dlms-session/totals", test_totals);
  g_test_add_func ("/dlms-session/commission", test_commission);
  g_test_add_func ("/dlms-session/relay", test_relay);
  return g_test_run ();
}
