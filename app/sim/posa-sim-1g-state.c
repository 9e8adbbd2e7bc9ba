/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-1g-state.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "domain/posa-holidays.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/codec/posa-iec-time.h"
#include "sim/posa-sim-1g-history.h"

#include <string.h>

#define STATUS_RELAY_OPEN (1u << 6)
#define VALUE_PREFIX      "value."
#define HOLIDAY_YEARS     3 /* around the hours of the profile */

static const PosaSim1gKind kinds[] = {
  { "m1", "PSa5M1", FALSE, FALSE },
  { "m1b", "PSa5M1B", TRUE, FALSE },
  { "m3", "PSa5M3", FALSE, TRUE },
  { "m3b", "PSa5M3B", TRUE, TRUE },
};

gint64
posa_sim_1g_get_clock (PosaSim1g *self)
{
  return posa_clock_get_wall (posa_clock_get_system ()) + self->clock_offset_us;
}

static gboolean
set_usage (GError **error, const char *key, const char *text)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set %s=%s: not understood", key, text);
  return FALSE;
}

/* Replaces *@value by what --set @key says, if it does. */
static void
take_text (const PosaSimSetup *setup, const char *key, char **value)
{
  char *text = posa_sim_setup_take (setup, key);

  if (text == NULL)
    return;
  g_free (*value);
  *value = text;
}

static gboolean
take_integer (const PosaSimSetup *setup, const char *key, gint64 *value, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, key);

  return text == NULL ||
         g_ascii_string_to_signed (text, 10, -G_MAXINT32, G_MAXINT64 / 1000, value, NULL) ||
         set_usage (error, key, text);
}

static gboolean
take_status (PosaSim1g *self, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "status");
  g_autofree char *relay = posa_sim_setup_take (setup, "relay");
  guint64 status = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, &status, NULL))
    return set_usage (error, "status", text);
  if (relay != NULL && strcmp (relay, "open") != 0 && strcmp (relay, "closed") != 0)
    return set_usage (error, "relay", relay);
  self->relay_open = relay != NULL && strcmp (relay, "open") == 0;
  self->status = (guint32) status | (self->relay_open ? STATUS_RELAY_OPEN : 0);
  return TRUE;
}

static gboolean
take_fault (PosaSim1g *self, const PosaSimSetup *setup, GError **error)
{
  static const char *const names[POSA_SIM_1G_N_FAULTS] = { "none", "bcc",     "silent", "garbage",
                                                           "late", "stay300", "cut" };
  g_autofree char *text = posa_sim_setup_take (setup, "fault");
  guint64 number = 1;

  if (text == NULL)
    return TRUE;
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  while (self->fault < POSA_SIM_1G_N_FAULTS && g_strcmp0 (parts[0], names[self->fault]) != 0)
    self->fault++;
  if (self->fault == POSA_SIM_1G_N_FAULTS ||
      (parts[1] != NULL &&
       !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT32, &number, NULL)))
    return set_usage (error, "fault", text);
  self->fault_number = (guint) number;
  return TRUE;
}

static gboolean
take_registers (PosaSim1g *self, const PosaSimSetup *setup, GError **error)
{
  for (guint i = 0; i < self->registers->len; i++)
    {
      PosaRegister *reg = g_ptr_array_index (self->registers, i);
      g_autofree char *key =
          g_strdup_printf ("register.%u.%u.%u", reg->obis.c, reg->obis.d, reg->obis.e);
      if (!take_integer (setup, key, &reg->value, error))
        return FALSE;
    }
  return TRUE;
}

/* "0000-3,0700-2" */
static gboolean
read_day (PosaTariffTable *table, guint day, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", POSA_TARIFF_MAX_INTERVALS + 1);
  guint n = g_strv_length (parts);

  if (n > POSA_TARIFF_MAX_INTERVALS)
    return FALSE;
  table->n_intervals[day] = n;
  for (guint i = 0; i < n; i++)
    {
      guint64 time, tier;
      char *dash = strchr (parts[i], '-');
      if (dash == NULL || !g_ascii_string_to_unsigned (dash + 1, 10, 1, 4, &tier, NULL))
        return FALSE;
      *dash = '\0';
      if (!g_ascii_string_to_unsigned (parts[i], 10, 0, 2359, &time, NULL))
        return FALSE;
      table->intervals[day][i] =
          (PosaTariffInterval) { (guint16) (60 * (time / 100) + time % 100), (guint8) tier };
    }
  return TRUE;
}

static gboolean
take_tariff (PosaSim1g *self, const PosaSimSetup *setup, GError **error)
{
  PosaTariffTable *table = self->facts->tariff_table;
  gint64 default_tier = table->default_tier;

  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    {
      g_autofree char *key = g_strdup_printf ("tariff.%u", day + 1);
      g_autofree char *text = posa_sim_setup_take (setup, key);
      if (text != NULL && !read_day (table, day, text))
        return set_usage (error, key, text);
    }
  if (!take_integer (setup, "default_tier", &default_tier, error))
    return FALSE;
  table->default_tier = (guint8) CLAMP (default_tier, 0, 255);
  self->facts->default_tiers[POSA_QUANTITY_ACTIVE_IMPORT] = table->default_tier;
  if (self->kind->exports)
    self->facts->default_tiers[POSA_QUANTITY_ACTIVE_EXPORT] = table->default_tier;
  if (self->kind->reactive)
    self->facts->default_tiers[POSA_QUANTITY_REACTIVE_IMPORT] = table->default_tier;
  return posa_tariff_table_check (table, error);
}

/* --set value.CODE=(TEXT) */
static void
take_replaced (PosaSim1g *self, const PosaSimSetup *setup)
{
  g_autoptr (GPtrArray) keys = g_hash_table_get_keys_as_ptr_array (setup->settings);

  for (guint i = 0; i < keys->len; i++)
    {
      g_autofree char *key = g_strdup (g_ptr_array_index (keys, i));
      if (g_str_has_prefix (key, VALUE_PREFIX))
        g_hash_table_insert (self->replaced, g_strdup (key + strlen (VALUE_PREFIX)),
                             posa_sim_setup_take (setup, key));
    }
}

static gboolean
take_settings (PosaSim1g *self, const PosaSimSetup *setup, GError **error)
{
  gint64 offset_s = 0, reaction_ms = self->reaction_us / 1000, inactivity_ms = 60000;

  take_text (setup, "serial", &self->serial);
  take_text (setup, "customer_number", &self->customer_number);
  take_text (setup, "firmware", &self->firmware);
  take_text (setup, "password", &self->password);
  take_text (setup, "identification", &self->identification);
  take_text (setup, "omit", &self->omitted);
  take_replaced (self, setup);
  if (!take_integer (setup, "clock_offset", &offset_s, error) ||
      !take_integer (setup, "reaction_ms", &reaction_ms, error) ||
      !take_integer (setup, "inactivity_ms", &inactivity_ms, error))
    return FALSE;
  self->clock_offset_us = offset_s * G_USEC_PER_SEC;
  self->reaction_us = reaction_ms * 1000;
  self->inactivity_us = inactivity_ms * 1000;
  return take_status (self, setup, error) && take_fault (self, setup, error) &&
         take_tariff (self, setup, error);
}

/* "FIRST:COUNT" */
static gboolean
take_gap (const PosaSimSetup *setup, guint *first, guint *count, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "profile_gap");
  guint64 numbers[2];

  if (text == NULL)
    return TRUE;
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  for (guint i = 0; i < 2; i++)
    if (parts[i] == NULL ||
        !g_ascii_string_to_unsigned (parts[i], 10, 0, 24 * (guint64) POSA_SIM_1G_PROFILE_DAYS,
                                     &numbers[i], NULL))
      return set_usage (error, "profile_gap", text);
  *first = (guint) numbers[0];
  *count = (guint) numbers[1];
  return TRUE;
}

static void
make_plate (PosaSim1g *self, GRand *rand)
{
  self->serial = g_strdup_printf ("0%09d", g_rand_int_range (rand, 100000000, 999999999));
  self->customer_number = g_strdup_printf ("%09d", g_rand_int_range (rand, 100000000, 999999999));
  self->firmware = g_strdup ("2.17");
  self->password = g_strdup ("00000000");
}

/* The bands F1, F2, F3 in the tiers 1, 2, 3. */
static PosaTariffTable *
make_table (void)
{
  static const PosaTariffInterval working[] = { { 0, 3 },
                                                { 7 * 60, 2 },
                                                { 8 * 60, 1 },
                                                { 19 * 60, 2 },
                                                { 23 * 60, 3 } };
  static const PosaTariffInterval saturday[] = { { 0, 3 }, { 7 * 60, 2 }, { 23 * 60, 3 } };
  PosaTariffTable *table = posa_tariff_table_new ("F1F2F3");

  for (guint day = 0; day < 5; day++)
    {
      table->n_intervals[day] = G_N_ELEMENTS (working);
      memcpy (table->intervals[day], working, sizeof working);
    }
  table->n_intervals[5] = G_N_ELEMENTS (saturday);
  memcpy (table->intervals[5], saturday, sizeof saturday);
  table->intervals[6][0].tier = 3;
  table->default_tier = 3;
  return table;
}

/* Up to 10 % more is for ever, up to 33 % for three hours, more for two minutes. */
static PosaMeterFacts *
make_facts (PosaSim1g *self, GRand *rand)
{
  static const PosaLimiter limiter = { TRUE, 2, { { 1100, 10800 }, { 1330, 120 } } };
  PosaMeterFacts *facts = posa_meter_facts_new ();

  facts->tariff_table = make_table ();
  facts->limiter = g_memdup2 (&limiter, sizeof limiter);
  facts->contract_power_w = self->kind->reactive ? 15000 : 3000;
  facts->available_power_w = facts->contract_power_w * 11 / 10;
  facts->has_max_demand = TRUE;
  facts->max_demand_enabled = TRUE;
  facts->power_w = g_rand_int_range (rand, 0, (gint32) facts->contract_power_w);
  facts->voltage = g_new0 (PosaVoltageStats, 1);
  facts->voltage->min_dv = (guint) g_rand_int_range (rand, 2070, 2250);
  facts->voltage->max_dv = (guint) g_rand_int_range (rand, 2350, 2530);
  facts->voltage->within_per_mille = (guint) g_rand_int_range (rand, 950, 1001);
  return facts;
}

static void
set_times (PosaSim1g *self)
{
  const gint64 week = (gint64) 7 * 24 * 3600 * G_USEC_PER_SEC;
  gint64 now = posa_sim_1g_get_clock (self);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (now);

  self->facts->voltage->since_us = now / week * week;
  self->holidays =
      posa_holidays_list ((guint) g_date_time_get_year (time) - 1, HOLIDAY_YEARS, NULL);
}

static const PosaSim1gKind *
find_kind (const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--kind %s: a 1G meter is m1, m1b, m3 or m3b",
               name);
  return NULL;
}

PosaSim1g *
posa_sim_1g_new (const PosaSimSetup *setup, GError **error)
{
  const PosaSim1gKind *kind = find_kind (setup->kind != NULL ? setup->kind : "m1", error);
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) setup->seed);
  guint gap_first = 0, gap_count = 0;

  if (kind == NULL)
    return NULL;
  g_autoptr (PosaSim1g) self = g_new0 (PosaSim1g, 1);
  self->kind = kind;
  self->seed = setup->seed;
  self->identification = g_strdup (kind->identification);
  self->replaced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->reaction_us = 200 * 1000;
  self->registers = posa_registers_new ();
  self->frozen = posa_frozen_registers_new ();
  self->profile = posa_load_profile_new ();
  make_plate (self, rand);
  self->facts = make_facts (self, rand);
  if (!take_settings (self, setup, error) || !take_gap (setup, &gap_first, &gap_count, error))
    return NULL;
  set_times (self);
  posa_sim_1g_make_profile (self, gap_first, gap_count);
  posa_sim_1g_make_registers (self, rand);
  if (!take_registers (self, setup, error))
    return NULL;
  posa_sim_1g_make_frozen (self);
  return g_steal_pointer (&self);
}

void
posa_sim_1g_free (PosaSim1g *self)
{
  g_free (self->identification);
  g_free (self->serial);
  g_free (self->customer_number);
  g_free (self->firmware);
  g_free (self->password);
  g_free (self->omitted);
  g_hash_table_unref (self->replaced);
  g_ptr_array_unref (self->registers);
  posa_frozen_registers_free (self->frozen);
  posa_meter_facts_free (self->facts);
  g_clear_pointer (&self->holidays, g_array_unref);
  posa_load_profile_free (self->profile);
  g_free (self);
}

/* The clock is written in two halves: the other half stays as it is. */
static gboolean
write_clock (PosaSim1g *self, const char *date, const char *time)
{
  g_autofree char *old_date = posa_iec_time_format ("YYMMDD", posa_sim_1g_get_clock (self));
  g_autofree char *old_time = posa_iec_time_format ("Zhhmmss", posa_sim_1g_get_clock (self));
  g_autofree char *text =
      g_strconcat (date != NULL ? date : old_date, time != NULL ? time : old_time, NULL);
  gint64 wall = posa_iec_time_parse ("YYMMDDZhhmmss", text, NULL);

  if (wall >= 0)
    self->clock_offset_us = wall - posa_clock_get_wall (posa_clock_get_system ());
  return wall >= 0;
}

gboolean
posa_sim_1g_write (PosaSim1g *self, const char *code, const char *value)
{
  self->writes++;
  if (strcmp (code, "0.9.1") == 0)
    return write_clock (self, NULL, value);
  if (strcmp (code, "0.9.2") == 0)
    return write_clock (self, value, NULL);
  if (strcmp (code, "0.0.1") != 0 || strlen (value) != 9)
    return FALSE;
  g_free (self->customer_number);
  self->customer_number = g_strdup (value);
  return TRUE;
}

static void
dump_registers (PosaSim1g *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "registers");
  json_builder_begin_object (builder);
  for (guint i = 0; i < self->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (self->registers, i);
      g_autofree char *code = g_strdup_printf ("%u.%u.%u", reg->obis.c, reg->obis.d, reg->obis.e);
      posa_json_add_int (builder, code, reg->value);
    }
  json_builder_end_object (builder);
}

/* The same objects as a reading has. */
static void
dump_history (PosaSim1g *self, JsonBuilder *builder)
{
  self->facts->active_tier = posa_sim_1g_get_tier (self, posa_sim_1g_get_clock (self));
  json_builder_set_member_name (builder, "current");
  posa_registers_to_json (self->registers, builder);
  json_builder_set_member_name (builder, "frozen");
  posa_frozen_registers_to_json (self->frozen, builder);
  json_builder_set_member_name (builder, "facts");
  posa_meter_facts_to_json (self->facts, builder);
  json_builder_set_member_name (builder, "load_profile");
  posa_load_profile_to_json (self->profile, builder);
}

void
posa_sim_1g_dump (PosaSim1g *self, JsonBuilder *builder)
{
  g_autofree char *clock = posa_time_format (posa_sim_1g_get_clock (self));
  g_autofree char *status = g_strdup_printf ("%08X", self->status);

  posa_json_add_string (builder, "kind", self->kind->name);
  posa_json_add_string (builder, "serial", self->serial);
  posa_json_add_string (builder, "customer_number", self->customer_number);
  posa_json_add_string (builder, "firmware", self->firmware);
  posa_json_add_string (builder, "clock", clock);
  posa_json_add_int (builder, "clock_offset_s", self->clock_offset_us / G_USEC_PER_SEC);
  posa_json_add_string (builder, "status", status);
  posa_json_add_string (builder, "relay", self->relay_open ? "open" : "closed");
  dump_registers (self, builder);
  posa_json_add_int (builder, "sessions", self->sessions);
  posa_json_add_int (builder, "readouts", self->readouts);
  posa_json_add_int (builder, "passwords", self->passwords);
  posa_json_add_int (builder, "wrong_passwords", self->wrong_passwords);
  posa_json_add_int (builder, "writes", self->writes);
  posa_json_add_int (builder, "profile_rows", self->profile_rows);
  posa_json_add_int (builder, "freezes", self->freezes);
  dump_history (self, builder);
}
