/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-samples.h"

#define START_US  G_GINT64_CONSTANT (1794992400000000) /* November 2026 */
#define MINUTE_US G_GINT64_CONSTANT (60000000)

static const char *const words[] = { "Roma",          "Carr\303\240", "L'Aquila",  "S. Gi\303\262",
                                     "a/b \"c\" \\d", "12/A",         "km 12+300", "\tx\n",
                                     "\342\202\254",  "%%EOF" };

static char *
pick_word (GRand *random)
{
  return g_strdup (words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
}

static char *
pick_digits (GRand *random, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_c (text, (char) ('0' + g_rand_int_range (random, 0, 10)));
  return g_string_free_and_steal (text);
}

/* The wire keeps milliseconds. */
static gint64
pick_time (GRand *random)
{
  return START_US + g_rand_int_range (random, 0, 100000000) * G_GINT64_CONSTANT (1000);
}

PosaTariffTable *
posa_sample_tariff_table (GRand *random)
{
  g_autofree char *id = g_strdup_printf ("T%d", g_rand_int_range (random, 1, 1000000));
  PosaTariffTable *self = posa_tariff_table_new (id);

  self->default_tier = (guint8) g_rand_int_range (random, 1, 5);
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    {
      guint n = (guint) g_rand_int_range (random, 1, POSA_TARIFF_MAX_INTERVALS + 1);
      guint start = 0;

      self->n_intervals[day] = n;
      for (guint i = 0; i < n; i++)
        {
          self->intervals[day][i].start_minute = (guint16) start;
          self->intervals[day][i].tier = (guint8) g_rand_int_range (random, 1, 5);
          start += (guint) g_rand_int_range (random, 1, 1440 / POSA_TARIFF_MAX_INTERVALS);
        }
    }
  return self;
}

/* A day of every year and one of one year. */
static GArray *
sample_patron_days (void)
{
  static const PosaHoliday days[] = { { 0, 8, 19 }, { 2027, 9, 5 } };
  GArray *self = g_array_new (FALSE, FALSE, sizeof (PosaHoliday));

  return g_array_append_vals (self, days, G_N_ELEMENTS (days));
}

static PosaRegister *
add_register (GPtrArray *registers, PosaQuantity quantity, guint tier, gint64 value)
{
  static const guint8 groups_c[POSA_N_QUANTITIES] = { 1, 2, 3, 4, 1 };
  guint8 d = quantity == POSA_QUANTITY_MAX_DEMAND_IMPORT ? 6 : 8;
  PosaRegister *reg =
      posa_register_new (POSA_OBIS (1, 0, groups_c[quantity], d, (guint8) tier, 255), quantity,
                         tier, value);

  g_ptr_array_add (registers, reg);
  return reg;
}

/* A total and four bands that add up. */
static void
add_energy (GRand *random, GPtrArray *registers, PosaQuantity quantity)
{
  gint64 total = 0;

  for (guint tier = 1; tier <= 4; tier++)
    {
      gint64 value = g_rand_int_range (random, 0, 100000000);

      add_register (registers, quantity, tier, value);
      total += value;
    }
  add_register (registers, quantity, 0, total);
}

PosaWorkOrder *
posa_sample_order (GRand *random, const char *id)
{
  PosaWorkOrder *self = posa_work_order_new ();
  g_autofree char *digits = pick_digits (random, 8);

  self->id = g_strdup (id);
  self->revision = g_rand_int_range (random, 1, 1000);
  self->crew_id = g_strdup ("C-07");
  self->pod = g_strconcat ("IT001E", digits, NULL);
  self->customer_number = g_strconcat (digits, "7", NULL);
  self->municipality = pick_word (random);
  self->street = pick_word (random);
  self->house_number = pick_word (random);
  self->access_note = g_rand_boolean (random) ? pick_word (random) : NULL;
  self->lon = g_rand_double_range (random, 6, 19);
  self->lat = g_rand_double_range (random, 36, 48);
  self->old_serial = pick_digits (random, 9);
  self->old_kind = (PosaMeterKind) g_rand_int_range (random, 0, POSA_METER_KIND_M3B + 1);
  self->presence_needed = g_rand_boolean (random);
  self->window_start_us = pick_time (random);
  self->window_end_us = self->window_start_us + 120 * MINUTE_US;
  self->notice_posted_us = g_rand_boolean (random) ? START_US - 9000 * MINUTE_US : 0;
  self->contract_power_w = 3000;
  self->available_power_w = 3300;
  self->limiter_enabled = g_rand_boolean (random);
  self->tariff_table = posa_sample_tariff_table (random);
  add_energy (random, self->last_billing, POSA_QUANTITY_ACTIVE_IMPORT);
  if (g_rand_boolean (random))
    self->patron_days = sample_patron_days ();
  self->last_billing_us = START_US - 40000 * MINUTE_US;
  return self;
}

static void
fill_reading (GRand *random, PosaReadingSet *self)
{
  self->taken_us = pick_time (random);
  self->meter.manufacturer = g_strdup ("ENL");
  self->meter.model = g_strdup ("GEM");
  self->meter.firmware = g_rand_boolean (random) ? g_strdup ("1.07") : NULL;
  self->profile_id = g_strdup ("enl-gem");
  self->profile_version = g_strdup ("1");
  self->profile_sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "x", -1);
  self->device_clock_us = self->taken_us + 1000;
  self->meter_clock_us = self->taken_us / G_USEC_PER_SEC * G_USEC_PER_SEC - 3 * G_USEC_PER_SEC;
  self->status_raw = g_strdup ("0000");
  self->line = (PosaLineStats) { 51, 812, 4, 1, 3200000 };
}

static gboolean
has_quantity (PosaMeterKind kind, PosaQuantity quantity)
{
  if (quantity == POSA_QUANTITY_ACTIVE_EXPORT)
    return kind == POSA_METER_KIND_M1B || kind == POSA_METER_KIND_M3B;
  if (quantity == POSA_QUANTITY_REACTIVE_IMPORT)
    return kind == POSA_METER_KIND_M3 || kind == POSA_METER_KIND_M3B;
  return FALSE;
}

static PosaMeterFacts *
sample_facts (GRand *random)
{
  PosaMeterFacts *self = posa_meter_facts_new ();

  self->tariff_table = posa_sample_tariff_table (random);
  self->default_tiers[POSA_QUANTITY_ACTIVE_IMPORT] = self->tariff_table->default_tier;
  self->active_tier = (guint) g_rand_int_range (random, 1, 5);
  self->limiter = g_memdup2 (
      &(const PosaLimiter) { g_rand_boolean (random), 2, { { 1100, 10800 }, { 1330, 120 } } },
      sizeof (PosaLimiter));
  self->contract_power_w = 3000;
  self->available_power_w = 3300;
  self->has_max_demand = g_rand_boolean (random);
  self->max_demand_enabled = self->has_max_demand && g_rand_boolean (random);
  self->voltage = g_memdup2 (&(const PosaVoltageStats) { START_US, 2214, 2377, 996 },
                             sizeof (PosaVoltageStats));
  self->power_w = g_rand_int_range (random, -1, 3300);
  return self;
}

/* What only some readings have. */
static void
add_further (GRand *random, PosaReadingSet *self)
{
  if (g_rand_boolean (random))
    self->facts = sample_facts (random);
  if (g_rand_boolean (random))
    {
      self->frozen = posa_frozen_registers_new ();
      self->frozen->frozen_us = START_US - 40000 * MINUTE_US;
      self->frozen->reason = (PosaFreezeReason) g_rand_int_range (random, 0, POSA_N_FREEZE_REASONS);
      add_energy (random, self->frozen->registers, POSA_QUANTITY_ACTIVE_IMPORT);
    }
  if (g_rand_boolean (random))
    posa_reading_set_add_missing (self, "3.8.0", "the meter answers (ER01)");
}

PosaReadingSet *
posa_sample_removal (GRand *random, const PosaWorkOrder *order)
{
  PosaReadingSet *self = posa_reading_set_new ();
  gint64 growth_sum = 0;

  fill_reading (random, self);
  self->kind = POSA_READING_REMOVAL;
  self->meter.serial = g_strdup (order->old_serial);
  self->meter.customer_number = g_strdup (order->customer_number);
  self->meter.kind = order->old_kind;
  for (guint tier = 1; tier <= 4; tier++)
    {
      gint64 growth = g_rand_int_range (random, 0, 300000);

      growth_sum += growth;
      add_register (
          self->registers, POSA_QUANTITY_ACTIVE_IMPORT, tier,
          posa_registers_find (order->last_billing, POSA_QUANTITY_ACTIVE_IMPORT, tier)->value +
              growth);
      add_register (self->registers, POSA_QUANTITY_MAX_DEMAND_IMPORT, tier,
                    g_rand_int_range (random, 0, 3300))
          ->captured_us = START_US;
    }
  add_register (self->registers, POSA_QUANTITY_ACTIVE_IMPORT, 0,
                posa_registers_find (order->last_billing, POSA_QUANTITY_ACTIVE_IMPORT, 0)->value +
                    growth_sum)
      ->raw = g_strdup ("1-0:1.8.0(000123.456*kWh)");
  for (PosaQuantity quantity = 0; quantity < POSA_N_QUANTITIES; quantity++)
    if (has_quantity (order->old_kind, quantity))
      add_energy (random, self->registers, quantity);
  add_further (random, self);
  return self;
}

static PosaReadingSet *
sample_activation (GRand *random, const PosaWorkOrder *order)
{
  PosaReadingSet *self = posa_reading_set_new ();

  fill_reading (random, self);
  self->kind = POSA_READING_ACTIVATION;
  self->meter.serial = pick_digits (random, 10);
  self->meter.customer_number = g_strdup (order->customer_number);
  self->meter.kind = posa_meter_kind_get_successor (order->old_kind);
  add_register (self->registers, POSA_QUANTITY_ACTIVE_IMPORT, 0, g_rand_int_range (random, 0, 50));
  return self;
}

static void
add_lists (GRand *random, PosaReplacementReport *self)
{
  static const char *const names[] = { "clock", "contract_power", "limiter", "tariff_table" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (self->verified, posa_verified_value_new (names[i], i == 0 ? NULL : "before",
                                                              "3000 W", "3000 W"));
  for (gint32 i = g_rand_int_range (random, 0, 4); i > 0; i--)
    g_ptr_array_add (self->notes, pick_word (random));
}

PosaReplacementReport *
posa_sample_report (GRand *random)
{
  PosaReplacementReport *self = posa_replacement_report_new ();

  self->id = g_strdup_printf ("01936b4c-7f10-7%03x-8000-%012x", g_rand_int (random) & 0xfff,
                              g_rand_int (random));
  self->device_sequence = g_rand_int_range (random, 1, 1000000);
  self->device_id = g_strdup ("TAB-0042");
  self->number = g_strdup_printf ("TAB-0042-%06d", (int) self->device_sequence);
  if (self->device_sequence > 1)
    self->previous_sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "previous", -1);
  self->crew_id = g_strdup ("C-07");
  self->operator_badge = g_strdup ("B-1234");
  self->operator_name = pick_word (random);
  self->contractor = pick_word (random);
  self->outcome = POSA_OUTCOME_REPLACED;
  self->order = posa_sample_order (random, "W-000123");
  self->removal = posa_sample_removal (random, self->order);
  if (g_rand_boolean (random))
    {
      self->second = posa_sample_removal (random, self->order);
      self->second->kind = POSA_READING_SECOND;
    }
  else
    self->second_reason = pick_word (random);
  self->activation = sample_activation (random, self->order);
  self->started_us = pick_time (random);
  self->cut_us = self->started_us + 5 * MINUTE_US;
  self->restored_us = self->cut_us + g_rand_int_range (random, 1, 200000) * 1000;
  self->finished_us = self->restored_us + 5 * MINUTE_US;
  add_lists (random, self);
  self->locale = g_strdup (g_rand_boolean (random) ? "it" : "en");
  self->program_version = g_strdup ("0.1.0");
  return self;
}
