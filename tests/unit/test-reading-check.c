/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The checks on the old meter's readings, at their boundaries. */

#include "posa-samples.h"

#include "domain/posa-reading-check.h"

#include <locale.h>

#define HOUR_US G_GINT64_CONSTANT (3600000000)

typedef struct
{
  PosaWorkOrder *order;
  PosaReadingSet *reading;
} Fixture;

static PosaRegister *
get (GPtrArray *registers, PosaQuantity quantity, guint tier)
{
  return (PosaRegister *) posa_registers_find (registers, quantity, tier);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  fixture->order = posa_sample_order (random, "W-1");
  fixture->order->old_kind = POSA_METER_KIND_M1;
  fixture->reading = posa_sample_removal (random, fixture->order);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  posa_work_order_free (fixture->order);
  posa_reading_set_free (fixture->reading);
}

/* The severity given to @code, -1 when it is not among the findings. */
static int
find (GPtrArray *findings, PosaFindingCode code)
{
  int severity = -1;

  for (guint i = 0; i < findings->len; i++)
    {
      const PosaFinding *finding = g_ptr_array_index (findings, i);

      g_assert_cmpint ((int) strlen (finding->text), >, 0);
      if (i > 0)
        g_assert_cmpint (((PosaFinding *) g_ptr_array_index (findings, i - 1))->severity, >=,
                         finding->severity);
      if (finding->code == code)
        severity = MAX (severity, (int) finding->severity);
    }
  return severity;
}

static int
check (Fixture *fixture, PosaFindingCode code)
{
  g_autoptr (GPtrArray) findings = posa_reading_check_registers (fixture->reading, fixture->order);

  return find (findings, code);
}

static int
check_identity (Fixture *fixture, PosaFindingCode code)
{
  g_autoptr (GPtrArray) findings = posa_reading_check_identity (fixture->reading, fixture->order);

  return find (findings, code);
}

static void
test_all_well (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) identity = posa_reading_check_identity (fixture->reading, fixture->order);
  g_autoptr (GPtrArray) registers = posa_reading_check_registers (fixture->reading, fixture->order);
  g_autofree char *text = posa_findings_to_text (registers);

  g_assert_cmpuint (identity->len, ==, 0);
  g_assert_cmpstr (text, ==, "");
}

static void
test_identity (Fixture *fixture, gconstpointer data)
{
  g_set_str (&fixture->reading->meter.serial, "0");
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_SERIAL), ==, POSA_SEVERITY_STOP);
  g_set_str (&fixture->reading->meter.serial, NULL);
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_SERIAL), ==, POSA_SEVERITY_STOP);
  /* A leading zero is a part of the number. */
  g_autofree char *longer = g_strconcat ("0", fixture->order->old_serial, NULL);
  g_set_str (&fixture->reading->meter.serial, longer);
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_SERIAL), ==, POSA_SEVERITY_STOP);

  fixture->reading->meter.kind = POSA_METER_KIND_M3;
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_KIND), ==, POSA_SEVERITY_STOP);
}

static void
test_customer_number (Fixture *fixture, gconstpointer data)
{
  char **read = &fixture->reading->meter.customer_number;

  g_set_str (read, NULL);
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_CUSTOMER_NUMBER), ==,
                   POSA_SEVERITY_WARNING);
  g_set_str (read, "000000000");
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_CUSTOMER_NUMBER), ==,
                   POSA_SEVERITY_STOP);
  /* Meter and order agree, but the number is of another supply point. */
  g_set_str (&fixture->order->customer_number, "000000000");
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_CUSTOMER_NUMBER), ==,
                   POSA_SEVERITY_STOP);
  /* No such rule is known of other distributors. */
  fixture->order->pod[4] = '2';
  g_assert_cmpint (check_identity (fixture, POSA_FINDING_WRONG_CUSTOMER_NUMBER), ==, -1);
}

static void
test_registers_missing (Fixture *fixture, gconstpointer data)
{
  static const guint needed[] = { 9, 14, 14, 19 };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (PosaMeterKind kind = 0; kind <= POSA_METER_KIND_M3B; kind++)
    {
      fixture->order->old_kind = kind;
      g_autoptr (PosaReadingSet) reading = posa_sample_removal (random, fixture->order);
      guint n = reading->registers->len;

      g_assert_cmpuint (n, ==, needed[kind]);
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (GPtrArray) findings = NULL;
          PosaRegister *taken = g_ptr_array_steal_index (reading->registers, 0);

          findings = posa_reading_check_registers (reading, fixture->order);
          g_assert_cmpint (find (findings, POSA_FINDING_REGISTER_MISSING), ==, POSA_SEVERITY_STOP);
          g_ptr_array_add (reading->registers, taken);
        }
    }
}

static void
test_demand_may_lack_on_display (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_remove (fixture->reading->registers,
                      get (fixture->reading->registers, POSA_QUANTITY_MAX_DEMAND_IMPORT, 2));
  g_assert_cmpint (check (fixture, POSA_FINDING_REGISTER_MISSING), ==, POSA_SEVERITY_STOP);
  fixture->reading->method = POSA_READING_DISPLAY;
  g_assert_cmpint (check (fixture, POSA_FINDING_REGISTER_MISSING), ==, POSA_SEVERITY_WARNING);
}

/* One band and a total, billed @hours ago at @last, now @now. */
static void
set_single (Fixture *fixture, gint64 last, gint64 now, gint64 resolution, gint64 hours)
{
  GPtrArray *registers[] = { fixture->order->last_billing, fixture->reading->registers };
  gint64 values[] = { last, now };

  for (guint i = 0; i < 2; i++)
    for (guint tier = 0; tier <= 4; tier++)
      {
        PosaRegister *reg = get (registers[i], POSA_QUANTITY_ACTIVE_IMPORT, tier);

        reg->value = tier < 2 ? values[i] : 0;
        reg->resolution = resolution;
        g_set_str (&reg->raw, NULL);
      }
  fixture->reading->taken_us = fixture->order->last_billing_us + hours * HOUR_US;
}

/* 3300 W available: 4950 Wh an hour at the very most. */
static void
test_progress (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gint64 last, now, resolution, hours;
    int below, jump;
  } rows[] = {
    { 1000, 1000, 1, 0, -1, -1 },
    { 1000, 1000, 1, 10, -1, -1 },
    { 1000, 999, 1, 10, POSA_SEVERITY_STOP, -1 },
    { 1000000, 1049501, 1, 10, -1, -1 },
    { 1000000, 1049502, 1, 10, -1, POSA_SEVERITY_WARNING },
    { 1000000, 1050000, 1000, 10, -1, -1 },
    { 1000000, 1051000, 1000, 10, -1, POSA_SEVERITY_WARNING },
    /* Past 999,999 kWh to zero: 10 kWh in ten hours are plausible, 60 are not. */
    { 999995000, 5000, 1, 10, POSA_SEVERITY_INFO, -1 },
    { 999995000, 55000, 1, 10, POSA_SEVERITY_STOP, -1 },
    { 999995000, 5000, 1000, 10, POSA_SEVERITY_INFO, -1 },
    /* Read before it was billed: nothing can be said of a jump, a fall stays a fall. */
    { 1000, 2000, 1, -1, -1, -1 },
    { 999999000, 0, 1, -1, POSA_SEVERITY_STOP, -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      set_single (fixture, rows[i].last, rows[i].now, rows[i].resolution, rows[i].hours);
      g_assert_cmpint (check (fixture, POSA_FINDING_BELOW_BILLING), ==, rows[i].below);
      g_assert_cmpint (check (fixture, POSA_FINDING_IMPLAUSIBLE_JUMP), ==, rows[i].jump);
      g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, -1);
    }
}

/* The meter's own text tells how many digits its counter has. */
static void
test_modulus (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *raw;
    int below;
  } rows[] = {
    { "00005", POSA_SEVERITY_INFO }, /* five digits of kWh: wraps at 100,000 */
    { "1-0:1.8.0(00005*kWh)", POSA_SEVERITY_INFO },
    { "000005", POSA_SEVERITY_STOP }, /* six digits: it would have run for years */
    { "00006", POSA_SEVERITY_STOP },  /* not this value, so it tells nothing */
    { "5", POSA_SEVERITY_STOP },
    { "", POSA_SEVERITY_STOP },
    { NULL, POSA_SEVERITY_STOP },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      set_single (fixture, 99995000, 5000, 1000, 10);
      for (guint tier = 0; tier < 2; tier++)
        g_set_str (&get (fixture->reading->registers, POSA_QUANTITY_ACTIVE_IMPORT, tier)->raw,
                   rows[i].raw);
      g_assert_cmpint (check (fixture, POSA_FINDING_BELOW_BILLING), ==, rows[i].below);
    }
}

static void
set_bands (GPtrArray *registers, gint64 total, const gint64 bands[4], gint64 resolution)
{
  for (guint tier = 0; tier <= 4; tier++)
    {
      PosaRegister *reg = get (registers, POSA_QUANTITY_ACTIVE_IMPORT, tier);

      reg->value = tier == 0 ? total : bands[tier - 1];
      reg->resolution = resolution;
      g_set_str (&reg->raw, NULL);
    }
}

static void
test_bands (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gint64 difference; /* counts of the resolution, total minus bands */
    gint64 resolution;
    guint n_in_use;
    gboolean ok;
  } rows[] = {
    { 0, 1, 4, TRUE },     { 1, 1, 4, FALSE },    { -1, 1, 4, FALSE },    { 0, 1000, 4, TRUE },
    { 3, 1000, 4, TRUE },  { 4, 1000, 4, FALSE }, { -1, 1000, 4, FALSE }, { 2, 1000, 3, TRUE },
    { 3, 1000, 3, FALSE }, { 0, 1000, 1, TRUE },  { 1, 1000, 1, FALSE },  { 3, 100, 4, TRUE },
    { 4, 100, 4, FALSE },
  };
  g_autoptr (PosaTariffTable) single = posa_tariff_table_new ("MONO");

  posa_tariff_table_free (fixture->order->tariff_table);
  fixture->order->tariff_table = g_steal_pointer (&single);
  g_ptr_array_set_size (fixture->order->last_billing, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 bands[4] = { 0 };
      gint64 total = rows[i].difference * rows[i].resolution;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      for (guint k = 0; k < rows[i].n_in_use; k++)
        total += bands[k] = (k + 1) * 7000;
      set_bands (fixture->reading->registers, total, bands, rows[i].resolution);
      g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==,
                       rows[i].ok ? -1 : POSA_SEVERITY_STOP);
    }
}

/* Whatever exact counters a meter has, its truncated registers pass; with one count too many they
 * never do. */
static void
test_bands_of_exact_counters (Fixture *fixture, gconstpointer data)
{
  static const gint64 resolutions[] = { 1, 10, 100, 1000 };

  g_ptr_array_set_size (fixture->order->last_billing, 0);
  for (guint i = 0; i < 2000; i++)
    {
      gint64 resolution = resolutions[i % 4];
      gint64 bands[4];
      gint64 total = 0;

      for (guint k = 0; k < 4; k++)
        {
          bands[k] = g_test_rand_int_range (10000, 100000000);
          total += bands[k];
          bands[k] -= bands[k] % resolution;
        }
      total -= total % resolution;
      set_bands (fixture->reading->registers, total, bands, resolution);
      g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, -1);
      set_bands (fixture->reading->registers, total + 4 * resolution, bands, resolution);
      g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, POSA_SEVERITY_STOP);
      set_bands (fixture->reading->registers, total - 4 * resolution, bands, resolution);
      g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, POSA_SEVERITY_STOP);
    }
}

/* The total ran alone before the bands were started, or wrapped before they did. */
static void
test_bands_constant_difference (Fixture *fixture, gconstpointer data)
{
  const gint64 before[4] = { 1000000, 2000000, 3000000, 0 };
  const gint64 after[4] = { 1010000, 2010000, 3010000, 0 };
  const gint64 late[4] = { 400000000, 300000000, 200000000, 99000000 };
  const gint64 later[4] = { 400001000, 300001000, 200001000, 99001000 };

  set_bands (fixture->order->last_billing, 506000000, before, 1000);
  set_bands (fixture->reading->registers, 506030000, after, 1000);
  g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, -1);
  set_bands (fixture->reading->registers, 506040000, after, 1000);
  g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, POSA_SEVERITY_STOP);

  set_bands (fixture->order->last_billing, 999000000, late, 1);
  set_bands (fixture->reading->registers, 999004000, later, 1);
  g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, -1);
  const gint64 wrapped[4] = { 400500000, 300500000, 200000000, 99000000 };
  set_bands (fixture->reading->registers, 0, wrapped, 1);
  g_assert_cmpint (check (fixture, POSA_FINDING_BANDS_DISAGREE), ==, -1);
}

static void
test_demand (Fixture *fixture, gconstpointer data)
{
  PosaRegister *reg = get (fixture->reading->registers, POSA_QUANTITY_MAX_DEMAND_IMPORT, 3);

  reg->value = 4950;
  g_assert_cmpint (check (fixture, POSA_FINDING_DEMAND_TOO_HIGH), ==, -1);
  reg->value = 4951;
  g_assert_cmpint (check (fixture, POSA_FINDING_DEMAND_TOO_HIGH), ==, POSA_SEVERITY_WARNING);
}

static void
test_condition (Fixture *fixture, gconstpointer data)
{
  PosaReadingSet *reading = fixture->reading;
  static const char *const flags[] = { "cover-opened", "clock-invalid", NULL };

  for (int sign = -1; sign <= 1; sign += 2)
    {
      reading->meter_clock_us = reading->device_clock_us + sign * 300 * G_USEC_PER_SEC;
      g_assert_cmpint (posa_reading_set_get_drift_s (reading), ==, sign * 300);
      g_assert_cmpint (check (fixture, POSA_FINDING_CLOCK_DRIFT), ==, -1);
      reading->meter_clock_us += sign * G_USEC_PER_SEC;
      g_assert_cmpint (check (fixture, POSA_FINDING_CLOCK_DRIFT), ==, POSA_SEVERITY_INFO);
    }
  g_strfreev (reading->status_flags);
  reading->status_flags = g_strdupv ((char **) flags);
  g_assert_cmpint (check (fixture, POSA_FINDING_STATUS_FLAGS), ==, POSA_SEVERITY_WARNING);
}

static void
test_format (void)
{
  static const struct
  {
    PosaQuantity quantity;
    guint tier;
    gint64 value, resolution;
    const char *label, *text;
  } rows[] = {
    { POSA_QUANTITY_ACTIVE_IMPORT, 0, 12345678, 1, "A+ total", "12345.678 kWh" },
    { POSA_QUANTITY_ACTIVE_IMPORT, 1, 12345000, 1000, "A+ T1", "12345 kWh" },
    { POSA_QUANTITY_ACTIVE_EXPORT, 4, 5, 1, "A- T4", "0.005 kWh" },
    { POSA_QUANTITY_REACTIVE_IMPORT, 2, 12340, 10, "R+ T2", "12.34 kvarh" },
    { POSA_QUANTITY_MAX_DEMAND_IMPORT, 3, 2900, 100, "P max T3", "2.9 kW" },
    { POSA_QUANTITY_ACTIVE_IMPORT, 0, 0, 1, "A+ total", "0.000 kWh" },
    { POSA_QUANTITY_ACTIVE_IMPORT, 0, -5, 1, "A+ total", "-0.005 kWh" },
    { POSA_QUANTITY_ACTIVE_IMPORT, 0, -1500, 100, "A+ total", "-1.5 kWh" },
    { POSA_QUANTITY_ACTIVE_IMPORT, 0, 999999999999999, 1, "A+ total", "999999999999.999 kWh" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PosaRegister)
          reg = posa_register_new (POSA_OBIS (1, 0, 1, 8, 0, 255), rows[i].quantity, rows[i].tier,
                                   rows[i].value);
      reg->resolution = rows[i].resolution;
      g_autofree char *label = posa_register_format_label (reg);
      g_autofree char *text = posa_register_format_value (reg);

      g_assert_cmpstr (label, ==, rows[i].label);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_format_italian (void)
{
  g_autoptr (PosaRegister) reg =
      posa_register_new (POSA_OBIS (1, 0, 1, 8, 0, 255), POSA_QUANTITY_ACTIVE_IMPORT, 0, 12345678);

  if (setlocale (LC_NUMERIC, "it_IT.UTF-8") == NULL)
    {
      g_test_skip ("no it_IT.UTF-8 here");
      return;
    }
  g_autofree char *text = posa_register_format_value (reg);
  setlocale (LC_NUMERIC, "C");
  g_assert_cmpstr (text, ==, "12.345,678 kWh");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/check/all-well", test_all_well);
  ADD ("/check/identity", test_identity);
  ADD ("/check/customer-number", test_customer_number);
  ADD ("/check/registers-missing", test_registers_missing);
  ADD ("/check/demand-may-lack-on-display", test_demand_may_lack_on_display);
  ADD ("/check/progress", test_progress);
  ADD ("/check/modulus", test_modulus);
  ADD ("/check/bands", test_bands);
  ADD ("/check/bands/exact-counters", test_bands_of_exact_counters);
  ADD ("/check/bands/constant-difference", test_bands_constant_difference);
  ADD ("/check/demand", test_demand);
  ADD ("/check/condition", test_condition);
  g_test_add_func ("/format", test_format);
  g_test_add_func ("/format/italian", test_format_italian);
  return g_test_run ();
}
