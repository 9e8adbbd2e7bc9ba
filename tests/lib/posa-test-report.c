/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "posa-test-report.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static void
set_order (PosaReplacementReport *report, PosaMeterKind kind)
{
  PosaWorkOrder *order = posa_work_order_new ();

  order->id = g_strdup ("W-000123");
  order->revision = 1;
  order->crew_id = g_strdup ("C-07");
  order->pod = g_strdup ("IT001E47110815");
  order->customer_number = g_strdup ("471108152");
  order->municipality = g_strdup ("Anagni");
  order->street = g_strdup ("Via Vittorio Emanuele");
  order->house_number = g_strdup ("12/A");
  order->old_serial = g_strdup ("05E1A1234567");
  order->old_kind = kind;
  order->window_start_us = POSA_TEST_TIME_US - 7200 * SECOND;
  order->window_end_us = POSA_TEST_TIME_US + 7200 * SECOND;
  order->notice_posted_us = POSA_TEST_TIME_US - 6 * 86400 * SECOND;
  order->contract_power_w = 3000;
  order->available_power_w = 3300;
  order->limiter_enabled = TRUE;
  if (order->tariff_table == NULL)
    order->tariff_table = posa_tariff_table_new ("IT-2026");
  order->last_billing_us = POSA_TEST_TIME_US - 20 * 86400 * SECOND;
  report->order = order;
}

static void
add_group (GPtrArray *registers, guint8 group, PosaQuantity quantity, gint64 first, gboolean total)
{
  gint64 sum = 0;
  gint64 values[5];

  for (guint tier = 1; tier <= 4; tier++)
    sum += values[tier] = first / (gint64) tier / 1000 * 1000;
  values[0] = sum + 2000;
  for (guint tier = total ? 0 : 1; tier <= 4; tier++)
    {
      PosaRegister *value = posa_register_new (POSA_OBIS (1, 0, group, 8, (guint8) tier, 255),
                                               quantity, tier, values[tier]);
      value->resolution = 1000;
      g_ptr_array_add (registers, value);
    }
}

static void
add_demand (GPtrArray *registers)
{
  for (guint tier = 1; tier <= 4; tier++)
    {
      PosaRegister *value = posa_register_new (POSA_OBIS (1, 0, 1, 6, (guint8) tier, 255),
                                               POSA_QUANTITY_MAX_DEMAND_IMPORT, tier,
                                               3120 - 410 * (gint64) tier);
      value->captured_us = POSA_TEST_TIME_US - (tier * 86400 * 2 + 4500) * SECOND;
      g_ptr_array_add (registers, value);
    }
}

static PosaReadingSet *
new_reading (PosaReadingKind kind, gint64 taken_us)
{
  PosaReadingSet *reading = posa_reading_set_new ();

  reading->kind = kind;
  reading->taken_us = taken_us;
  reading->device_clock_us = taken_us;
  reading->meter_clock_us = taken_us - 42 * SECOND;
  reading->profile_id = g_strdup ("enel-gem");
  reading->profile_version = g_strdup ("1");
  reading->profile_sha256 =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, "profile of the test", -1);
  reading->status_raw = g_strdup ("0000");
  reading->line.bytes_rx = 1200;
  reading->line.round_trips = 12;
  return reading;
}

static PosaReadingSet *
new_removal (PosaMeterKind kind, gint64 taken_us)
{
  PosaReadingSet *reading = new_reading (POSA_READING_REMOVAL, taken_us);
  GPtrArray *registers = reading->registers;

  reading->meter.manufacturer = g_strdup ("ENL");
  reading->meter.serial = g_strdup ("05E1A1234567");
  reading->meter.model = g_strdup ("GEMIS");
  reading->meter.kind = kind;
  reading->meter.firmware = g_strdup ("2.41");
  reading->meter.customer_number = g_strdup ("471108152");
  add_group (registers, 1, POSA_QUANTITY_ACTIVE_IMPORT, 41234000, TRUE);
  if (kind == POSA_METER_KIND_M1B || kind == POSA_METER_KIND_M3B)
    add_group (registers, 2, POSA_QUANTITY_ACTIVE_EXPORT, 8120000, TRUE);
  if (kind == POSA_METER_KIND_M3 || kind == POSA_METER_KIND_M3B)
    add_group (registers, 3, POSA_QUANTITY_REACTIVE_IMPORT, 2345000, TRUE);
  add_demand (registers);
  return reading;
}

static PosaReadingSet *
new_second (const PosaReadingSet *removal, gint64 taken_us)
{
  PosaReadingSet *reading = new_reading (POSA_READING_SECOND, taken_us);

  reading->meter.serial = g_strdup (removal->meter.serial);
  reading->meter.kind = removal->meter.kind;
  for (guint i = 0; i < removal->registers->len; i++)
    {
      const PosaRegister *value = g_ptr_array_index (removal->registers, i);
      if (value->tier == 0)
        g_ptr_array_add (reading->registers, posa_register_copy (value));
    }
  return reading;
}

static PosaReadingSet *
new_activation (PosaMeterKind kind, gint64 taken_us)
{
  PosaReadingSet *reading = new_reading (POSA_READING_ACTIVATION, taken_us);

  reading->meter.manufacturer = g_strdup ("POS");
  reading->meter.serial = g_strdup ("26P2M0098761");
  reading->meter.model = g_strdup ("OM-2G-1");
  reading->meter.kind = posa_meter_kind_get_successor (kind);
  reading->meter.firmware = g_strdup ("1.0.3");
  reading->meter.customer_number = g_strdup ("471108152");
  reading->meter_clock_us = taken_us;
  for (guint tier = 0; tier <= 6; tier++)
    g_ptr_array_add (reading->registers,
                     posa_register_new (POSA_OBIS (1, 0, 1, 8, (guint8) tier, 255),
                                        POSA_QUANTITY_ACTIVE_IMPORT, tier, tier < 2 ? 17 : 0));
  return reading;
}

static void
add_verified (PosaReplacementReport *report)
{
  /* As the driver of second-generation meters writes them. */
  static const char *const rows[][4] = {
    { "clock", "2000-01-01T00:00:12.000+01:00 (-849009600.2 s), UTC+60 min, DST 0",
      "2026-11-21T12:07:02.000+01:00, UTC+60 min, DST 1",
      "2026-11-21T12:07:03.000+01:00 (+0.1 s), UTC+60 min, DST 1" },
    { "contract_power", "0 W", "3000 W", "3000 W" },
    { "limiter", "0 W, off", "3300 W, on", "3300 W, on" },
    { "tariff_table", "DEFAULT, 7 switch times", "IT-2026, 35 switch times",
      "IT-2026, 35 switch times" },
    { "special_days", "10 days of every year", "11 days of every year, 16 single days, to 2041",
      "11 days of every year, 16 single days, to 2041" },
    { "customer_number", NULL, "471108152", "471108152" },
    { "supply", "disconnected", "connected", "connected" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (report->verified,
                     posa_verified_value_new (rows[i][0], rows[i][1], rows[i][2], rows[i][3]));
}

PosaReplacementReport *
posa_test_report_new (PosaMeterKind old_kind, const char *locale)
{
  PosaReplacementReport *report = posa_replacement_report_new ();
  const gint64 end = POSA_TEST_TIME_US;

  report->id = g_strdup ("019aa5c0-7c1e-7d52-9a53-1f2e3d4c5b6a");
  report->number = g_strdup (POSA_TEST_DEVICE "-000012");
  report->device_id = g_strdup (POSA_TEST_DEVICE);
  report->device_sequence = 12;
  report->previous_sha256 =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, "the report before", -1);
  report->crew_id = g_strdup ("C-07");
  report->operator_badge = g_strdup ("4711");
  report->operator_name = g_strdup ("");
  report->contractor = g_strdup (POSA_TEST_CONTRACTOR);
  report->outcome = POSA_OUTCOME_REPLACED;
  set_order (report, old_kind);
  report->removal = new_removal (old_kind, end - 1320 * SECOND);
  report->second = new_second (report->removal, end - 1203 * SECOND);
  report->activation = new_activation (old_kind, end - 480 * SECOND);
  report->started_us = end - 1740 * SECOND;
  report->cut_us = end - 1215 * SECOND - 250000;
  report->restored_us = end - 1127 * SECOND;
  report->finished_us = end;
  add_verified (report);
  g_ptr_array_add (report->notes, g_strdup (g_str_equal (locale, "it")
                                                ? "Orologio del contatore rimosso indietro di 42 s."
                                                : "Clock of the removed meter 42 s behind."));
  report->locale = g_strdup (locale);
  report->program_version = g_strdup (POSA_VERSION);
  return report;
}
