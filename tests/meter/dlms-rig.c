/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "dlms-rig.h"

#include <string.h>

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

void
dlms_rig_init (DlmsRig *self, PosaTestSim *sim)
{
  const PosaHoliday patron = { .month = 6, .day = 24 };

  self->sim = sim;
  self->keyring = posa_test_keyring_new (NULL);
  self->table = make_table ();
  self->patron_days = g_array_new (FALSE, FALSE, sizeof patron);
  g_array_append_val (self->patron_days, patron);
  self->plan = (PosaCommissionPlan) { .serial = DLMS_RIG_SERIAL,
                                      .customer_number = "123456789",
                                      .contract_power_w = 3000,
                                      .available_power_w = 3300,
                                      .limiter_enabled = TRUE,
                                      .tariff_table = self->table,
                                      .patron_days = self->patron_days,
                                      .fitting_us = g_get_real_time () };
}

void
dlms_rig_clear (DlmsRig *self)
{
  g_clear_pointer (&self->sim, posa_test_sim_stop);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->table, posa_tariff_table_free);
  g_clear_pointer (&self->patron_days, g_array_unref);
}

PosaMeter *
dlms_rig_open (DlmsRig *self, GError **error)
{
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (self->sim), error);

  return port != NULL ? posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL,
                                         POSA_KEYRING (self->keyring), NULL, error)
                      : NULL;
}

PosaReadingSet *
dlms_rig_read (DlmsRig *self, GError **error)
{
  g_autoptr (PosaMeter) meter = dlms_rig_open (self, error);

  return meter != NULL ? posa_meter_read (meter, POSA_READING_ACTIVATION, NULL, error) : NULL;
}

GPtrArray *
dlms_rig_commission (DlmsRig *self, GError **error)
{
  g_autoptr (PosaMeter) meter = dlms_rig_open (self, error);

  return meter != NULL ? posa_meter_commission (meter, &self->plan, NULL, error) : NULL;
}

void
dlms_rig_assert_registers (DlmsRig *self, PosaReadingSet *reading)
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

/* Entries of the table of special days: on each, day 7 holds. */
static void
assert_special_days (DlmsRig *self)
{
  static const char *const entries[] = {
    "0905FFFF0C19FF1107", /* Christmas */
    "090507F80402FF1107", /* Easter Monday of 2040 */
    "0905FFFF0618FF1107", /* Saint John */
  };
  g_autofree char *days = posa_test_sim_get_text (self->sim, "special_days");

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    g_assert_nonnull (strstr (days, entries[i]));
}

void
dlms_rig_assert_commissioned (DlmsRig *self)
{
  g_autofree char *customer = posa_test_sim_get_text (self->sim, "customer_number");
  g_autofree char *calendar = posa_test_sim_get_text (self->sim, "calendar_name");

  g_assert_cmpstr (customer, ==, "123456789");
  g_assert_cmpstr (calendar, ==, "F1F2F3");
  assert_special_days (self);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "contract_power_w"), ==, 3000);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "limiter_w"), ==, 3300);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "limiter_enabled"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "time_zone"), ==, -60);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "dst_enabled"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (self->sim, "relay_closed"), ==, 1);
  g_assert_cmpint (ABS (posa_test_sim_get_int (self->sim, "clock_offset_ms")), <=, 1000);
}
