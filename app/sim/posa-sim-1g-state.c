/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-1g-state.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/codec/posa-iec-time.h"

#include <string.h>

#define N_TIERS           4
#define QUARTER_US        ((gint64) 15 * 60 * G_USEC_PER_SEC)
#define STATUS_RELAY_OPEN (1u << 6)

/* What each kind must hold beyond A+ and maximum demand (delibera 292/06, Art. 4 to 7). */
static const struct
{
  const char *kind, *identification;
  gboolean exports, reactive;
} kinds[] = {
  { "m1", "PSa5M1", FALSE, FALSE },
  { "m1b", "PSa5M1B", TRUE, FALSE },
  { "m3", "PSa5M3", FALSE, TRUE },
  { "m3b", "PSa5M3B", TRUE, TRUE },
};

static const char *const active_import[] = { "1.8.0", "1.8.1", "1.8.2", "1.8.3", "1.8.4" };
static const char *const active_export[] = { "2.8.0", "2.8.1", "2.8.2", "2.8.3", "2.8.4" };
static const char *const reactive_import[] = { "3.8.0", "3.8.1", "3.8.2", "3.8.3", "3.8.4" };
static const char *const max_demand[] = { "1.6.1", "1.6.2", "1.6.3", "1.6.4" };
static const char *const plate_codes[] = { "C.1.0", "0.0.1", "0.2.0", "0.9.1", "0.9.2", "C.5.0" };

static gint64
meter_clock (PosaSim1g *self)
{
  return posa_clock_get_wall (posa_clock_get_system ()) + self->clock_offset_us;
}

/* A total and its bands, in thousandths that add up. */
static void
add_energy (PosaSim1g *self, GRand *rand, const char *const codes[], gint32 most_kwh)
{
  PosaSim1gRegister total = { .code = codes[0] };
  guint at = self->registers->len;

  g_array_append_val (self->registers, total);
  for (guint tier = 1; tier <= N_TIERS; tier++)
    {
      PosaSim1gRegister band = { .code = codes[tier],
                                 .value = g_rand_int_range (rand, 1000, most_kwh * 1000) };
      total.value += band.value;
      g_array_append_val (self->registers, band);
    }
  g_array_index (self->registers, PosaSim1gRegister, at) = total;
}

static void
add_demand (PosaSim1g *self, GRand *rand)
{
  gint64 now = meter_clock (self) / QUARTER_US * QUARTER_US;

  for (guint i = 0; i < G_N_ELEMENTS (max_demand); i++)
    {
      PosaSim1gRegister demand = { .code = max_demand[i],
                                   .value = g_rand_int_range (rand, 500, 3300),
                                   .captured_us =
                                       now - g_rand_int_range (rand, 1, 20 * 96) * QUARTER_US };
      g_array_append_val (self->registers, demand);
    }
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
      PosaSim1gRegister *reg = &g_array_index (self->registers, PosaSim1gRegister, i);
      g_autofree char *key = g_strconcat ("register.", reg->code, NULL);
      if (!take_integer (setup, key, &reg->value, error))
        return FALSE;
    }
  return TRUE;
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
  if (!take_integer (setup, "clock_offset", &offset_s, error) ||
      !take_integer (setup, "reaction_ms", &reaction_ms, error) ||
      !take_integer (setup, "inactivity_ms", &inactivity_ms, error))
    return FALSE;
  self->clock_offset_us = offset_s * G_USEC_PER_SEC;
  self->reaction_us = reaction_ms * 1000;
  self->inactivity_us = inactivity_ms * 1000;
  return take_status (self, setup, error) && take_fault (self, setup, error) &&
         take_registers (self, setup, error);
}

static void
make_plate (PosaSim1g *self, GRand *rand)
{
  self->serial = g_strdup_printf ("0%09d", g_rand_int_range (rand, 100000000, 999999999));
  self->customer_number = g_strdup_printf ("%09d", g_rand_int_range (rand, 100000000, 999999999));
  self->firmware = g_strdup ("2.17");
  self->password = g_strdup ("00000000");
}

PosaSim1g *
posa_sim_1g_new (const PosaSimSetup *setup, GError **error)
{
  g_autoptr (PosaSim1g) self = g_new0 (PosaSim1g, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) setup->seed);
  const char *kind = setup->kind != NULL ? setup->kind : "m1";
  guint i = 0;

  self->registers = g_array_new (FALSE, FALSE, sizeof (PosaSim1gRegister));
  while (i < G_N_ELEMENTS (kinds) && strcmp (kinds[i].kind, kind) != 0)
    i++;
  if (i == G_N_ELEMENTS (kinds))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE,
                   "--kind %s: a 1G meter is m1, m1b, m3 or m3b", kind);
      return NULL;
    }
  self->kind = g_strdup (kind);
  self->identification = g_strdup (kinds[i].identification);
  self->reaction_us = 200 * 1000;
  make_plate (self, rand);
  add_energy (self, rand, active_import, kinds[i].reactive ? 60000 : 9000);
  add_demand (self, rand);
  if (kinds[i].exports)
    add_energy (self, rand, active_export, 5000);
  if (kinds[i].reactive)
    add_energy (self, rand, reactive_import, 20000);
  return take_settings (self, setup, error) ? g_steal_pointer (&self) : NULL;
}

void
posa_sim_1g_free (PosaSim1g *self)
{
  g_free (self->kind);
  g_free (self->identification);
  g_free (self->serial);
  g_free (self->customer_number);
  g_free (self->firmware);
  g_free (self->password);
  g_free (self->omitted);
  g_array_unref (self->registers);
  g_free (self);
}

static char *
format_register (const PosaSim1gRegister *reg)
{
  const char *unit = reg->code[0] == '3' ? "kvarh" : "kWh";

  if (reg->captured_us == 0)
    return g_strdup_printf ("(%06" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT "*%s)", reg->value / 1000,
                            reg->value % 1000, unit);
  g_autofree char *captured = posa_iec_time_format ("YYMMDDhhmm", reg->captured_us);
  return g_strdup_printf ("(%02" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT "*kW)(%s)",
                          reg->value / 1000, reg->value % 1000, captured);
}

static char *
format_plate_value (PosaSim1g *self, const char *code)
{
  if (strcmp (code, "C.1.0") == 0)
    return g_strdup (self->serial);
  if (strcmp (code, "0.0.1") == 0)
    return g_strdup (self->customer_number);
  if (strcmp (code, "0.2.0") == 0)
    return g_strdup (self->firmware);
  if (strcmp (code, "0.9.1") == 0)
    return posa_iec_time_format ("Zhhmmss", meter_clock (self));
  if (strcmp (code, "0.9.2") == 0)
    return posa_iec_time_format ("YYMMDD", meter_clock (self));
  if (strcmp (code, "C.5.0") == 0)
    return g_strdup_printf ("%08X", self->status);
  return NULL;
}

char *
posa_sim_1g_format_value (PosaSim1g *self, const char *code)
{
  g_autofree char *plate = format_plate_value (self, code);

  if (self->omitted != NULL && strcmp (self->omitted, code) == 0)
    return NULL;
  if (plate != NULL)
    return g_strdup_printf ("(%s)", plate);
  for (guint i = 0; i < self->registers->len; i++)
    {
      const PosaSim1gRegister *reg = &g_array_index (self->registers, PosaSim1gRegister, i);
      if (strcmp (reg->code, code) == 0)
        return format_register (reg);
    }
  return NULL;
}

char *
posa_sim_1g_format_profile (PosaSim1g *self, const char *code, const char *argument)
{
  return NULL;
}

static void
add_line (PosaSim1g *self, GString *text, const char *code)
{
  g_autofree char *value = posa_sim_1g_format_value (self, code);

  if (value != NULL)
    g_string_append_printf (text, "%s%s\r\n", code, value);
}

char *
posa_sim_1g_format_readout (PosaSim1g *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (plate_codes); i++)
    add_line (self, text, plate_codes[i]);
  for (guint i = 0; i < self->registers->len; i++)
    add_line (self, text, g_array_index (self->registers, PosaSim1gRegister, i).code);
  g_string_append (text, "!\r\n");
  return g_string_free (text, FALSE);
}

/* The clock is written in two halves: the other half stays as it is. */
static gboolean
write_clock (PosaSim1g *self, const char *date, const char *time)
{
  g_autofree char *old_date = posa_iec_time_format ("YYMMDD", meter_clock (self));
  g_autofree char *old_time = posa_iec_time_format ("Zhhmmss", meter_clock (self));
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
add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

void
posa_sim_1g_dump (PosaSim1g *self, JsonBuilder *builder)
{
  g_autofree char *clock = posa_time_format (meter_clock (self));
  g_autofree char *status = g_strdup_printf ("%08X", self->status);

  add_text (builder, "kind", self->kind);
  add_text (builder, "serial", self->serial);
  add_text (builder, "customer_number", self->customer_number);
  add_text (builder, "firmware", self->firmware);
  add_text (builder, "clock", clock);
  add_number (builder, "clock_offset_s", self->clock_offset_us / G_USEC_PER_SEC);
  add_text (builder, "status", status);
  add_text (builder, "relay", self->relay_open ? "open" : "closed");
  json_builder_set_member_name (builder, "registers");
  json_builder_begin_object (builder);
  for (guint i = 0; i < self->registers->len; i++)
    {
      const PosaSim1gRegister *reg = &g_array_index (self->registers, PosaSim1gRegister, i);
      add_number (builder, reg->code, reg->value);
    }
  json_builder_end_object (builder);
  add_number (builder, "sessions", self->sessions);
  add_number (builder, "readouts", self->readouts);
  add_number (builder, "passwords", self->passwords);
  add_number (builder, "wrong_passwords", self->wrong_passwords);
  add_number (builder, "writes", self->writes);
}
