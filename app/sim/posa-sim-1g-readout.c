/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What the simulated 1G meter writes of its state, code by code. */

#include "base/posa-clock.h"
#include "meter/codec/posa-iec-time.h"
#include "sim/posa-sim-1g-history.h"

#include <string.h>

#define HOUR_MINUTES 60
#define STAMP        "YYMMDDhhmm"
#define PROFILE_CODE "P.01"
#define PROFILE_TIME "ZYYMMDDhhmmss"

static const char *const plate_codes[] = { "C.1.0", "0.0.1", "0.2.0", "0.9.1", "0.9.2", "C.5.0" };
static const char *const fact_codes[] = {
  "1.7.0",  "C.14.0", "0.2.2",  "C.13.1", "C.13.2", "C.13.3", "C.13.4", "C.13.5",
  "C.13.6", "C.13.7", "C.15.1", "C.15.2", "C.15.3", "C.17.0", "C.17.1", "C.17.2",
  "C.17.3", "C.17.4", "C.32.0", "12.3.0", "12.6.0", "C.32.1",
};

static char *
format_plate (PosaSim1g *self, const char *code)
{
  if (strcmp (code, "C.1.0") == 0)
    return g_strdup_printf ("(%s)", self->serial);
  if (strcmp (code, "0.0.1") == 0)
    return g_strdup_printf ("(%s)", self->customer_number);
  if (strcmp (code, "0.2.0") == 0)
    return g_strdup_printf ("(%s)", self->firmware);
  if (strcmp (code, "C.5.0") == 0)
    return g_strdup_printf ("(%08X)", self->status);
  gboolean is_time = strcmp (code, "0.9.1") == 0;
  if (!is_time && strcmp (code, "0.9.2") != 0)
    return NULL;
  g_autofree char *text =
      posa_iec_time_format (is_time ? "Zhhmmss" : "YYMMDD", posa_sim_1g_get_clock (self));
  return g_strdup_printf ("(%s)", text);
}

/* @value in thousandths with @width digits before the point. */
static char *
format_thousandths (int width, gint64 value, const char *unit)
{
  return g_strdup_printf ("(%0*" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT "*%s)", width, value / 1000,
                          value % 1000, unit);
}

static char *
format_register (const PosaRegister *reg)
{
  if (reg->quantity != POSA_QUANTITY_MAX_DEMAND_IMPORT)
    return format_thousandths (6, reg->value,
                               reg->quantity == POSA_QUANTITY_REACTIVE_IMPORT ? "kvarh" : "kWh");
  g_autofree char *power = format_thousandths (2, reg->value, "kW");
  g_autofree char *captured = posa_iec_time_format (STAMP, reg->captured_us);
  return g_strdup_printf ("%s(%s)", power, captured);
}

/* "1.8.0", or with the number of the freeze "1.8.0*34". */
static char *
format_code (PosaSim1g *self, const PosaRegister *reg, gboolean frozen)
{
  if (frozen)
    return g_strdup_printf ("%u.%u.%u*%02u", reg->obis.c, reg->obis.d, reg->obis.e, self->freezes);
  return g_strdup_printf ("%u.%u.%u", reg->obis.c, reg->obis.d, reg->obis.e);
}

static char *
format_any_register (PosaSim1g *self, const char *code)
{
  for (guint frozen = 0; frozen <= 1; frozen++)
    {
      GPtrArray *registers = frozen != 0 ? self->frozen->registers : self->registers;
      for (guint i = 0; i < registers->len; i++)
        {
          g_autofree char *own = format_code (self, g_ptr_array_index (registers, i), frozen != 0);
          if (strcmp (own, code) == 0)
            return format_register (g_ptr_array_index (registers, i));
        }
    }
  return NULL;
}

/* How often, when and why the registers were frozen. */
static char *
format_freeze (PosaSim1g *self, const char *code)
{
  g_autofree char *time_code = g_strdup_printf ("0.1.2*%02u", self->freezes);

  if (strcmp (code, "0.1.0") == 0)
    return g_strdup_printf ("(%02u)", self->freezes);
  if (strcmp (code, "C.86.0") == 0)
    return g_strdup_printf ("(%u)", (guint) self->frozen->reason + 1);
  if (strcmp (code, time_code) != 0)
    return NULL;
  g_autofree char *time = posa_iec_time_format (STAMP, self->frozen->frozen_us);
  return g_strdup_printf ("(%s)", time);
}

/* "(0000-3)(0700-2)…" */
static char *
format_day (const PosaTariffTable *table, guint day)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < table->n_intervals[day]; i++)
    {
      const PosaTariffInterval *interval = &table->intervals[day][i];
      g_string_append_printf (text, "(%02u%02u-%u)", interval->start_minute / HOUR_MINUTES,
                              interval->start_minute % HOUR_MINUTES, interval->tier);
    }
  return g_string_free (text, FALSE);
}

static char *
format_tariff (PosaSim1g *self, const char *code)
{
  static const PosaQuantity quantities[] = { POSA_QUANTITY_ACTIVE_IMPORT,
                                             POSA_QUANTITY_ACTIVE_EXPORT,
                                             POSA_QUANTITY_REACTIVE_IMPORT };
  const PosaMeterFacts *facts = self->facts;
  guint number = (guint) (code[strlen (code) - 1] - '1');

  if (strcmp (code, "0.2.2") == 0)
    return g_strdup_printf ("(%s)", facts->tariff_table->id);
  if (strcmp (code, "C.14.0") == 0)
    return g_strdup_printf ("(%u)", posa_sim_1g_get_tier (self, posa_sim_1g_get_clock (self)));
  if (g_str_has_prefix (code, "C.13.") && number < POSA_TARIFF_DAY_TYPES)
    return format_day (facts->tariff_table, number);
  if (g_str_has_prefix (code, "C.15.") && number < G_N_ELEMENTS (quantities) &&
      facts->default_tiers[quantities[number]] != 0)
    return g_strdup_printf ("(%u)", facts->default_tiers[quantities[number]]);
  return NULL;
}

/* "(1100-10800)(1330-120)" */
static char *
format_steps (const PosaLimiter *limiter)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < limiter->n_steps; i++)
    g_string_append_printf (text, "(%u-%u)", limiter->steps[i].above_per_mille,
                            limiter->steps[i].trip_s);
  return g_string_free (text, FALSE);
}

static char *
format_power (PosaSim1g *self, const char *code)
{
  const PosaMeterFacts *facts = self->facts;

  if (strcmp (code, "1.7.0") == 0)
    return format_thousandths (2, facts->power_w, "kW");
  if (strcmp (code, "C.17.0") == 0)
    return g_strdup_printf ("(%d)", facts->limiter->enabled);
  if (strcmp (code, "C.17.1") == 0)
    return format_steps (facts->limiter);
  if (strcmp (code, "C.17.2") == 0)
    return g_strdup_printf ("(%d)", facts->max_demand_enabled);
  if (strcmp (code, "C.17.3") == 0)
    return format_thousandths (2, facts->contract_power_w, "kW");
  if (strcmp (code, "C.17.4") == 0)
    return format_thousandths (2, facts->available_power_w, "kW");
  return NULL;
}

static char *
format_voltage (PosaSim1g *self, const char *code)
{
  const PosaVoltageStats *voltage = self->facts->voltage;
  guint tenths = voltage->within_per_mille;
  const char *unit = "%";

  if (strcmp (code, "C.32.0") == 0)
    {
      g_autofree char *since = posa_iec_time_format (STAMP, voltage->since_us);
      return g_strdup_printf ("(%s)", since);
    }
  if (strcmp (code, "12.3.0") == 0 || strcmp (code, "12.6.0") == 0)
    {
      tenths = code[3] == '3' ? voltage->min_dv : voltage->max_dv;
      unit = "V";
    }
  else if (strcmp (code, "C.32.1") != 0)
    return NULL;
  return g_strdup_printf ("(%03u.%u*%s)", tenths / 10, tenths % 10, unit);
}

char *
posa_sim_1g_format_value (PosaSim1g *self, const char *code)
{
  static char *(*const formats[]) (PosaSim1g *, const char *) = {
    format_plate, format_any_register, format_freeze, format_tariff, format_power, format_voltage,
  };
  const char *instead = g_hash_table_lookup (self->replaced, code);
  char *value = NULL;

  if (*code == '\0' || (self->omitted != NULL && strcmp (self->omitted, code) == 0))
    return NULL;
  if (instead != NULL)
    return g_strdup (instead);
  for (guint i = 0; value == NULL && i < G_N_ELEMENTS (formats); i++)
    value = formats[i](self, code);
  return value;
}

static void
add_line (PosaSim1g *self, GString *text, const char *code)
{
  g_autofree char *value = posa_sim_1g_format_value (self, code);

  if (value != NULL)
    g_string_append_printf (text, "%s%s\r\n", code, value);
}

/* @totals: the totals of energy, else all others. */
static void
add_registers (PosaSim1g *self, GString *text, gboolean frozen, gboolean totals)
{
  GPtrArray *registers = frozen ? self->frozen->registers : self->registers;

  for (guint i = 0; i < registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (registers, i);
      g_autofree char *code = format_code (self, reg, frozen);
      if ((reg->tier == 0) == totals)
        add_line (self, text, code);
    }
}

char *
posa_sim_1g_format_readout (PosaSim1g *self)
{
  GString *text = g_string_new (NULL);
  g_autofree char *time_code = g_strdup_printf ("0.1.2*%02u", self->freezes);

  for (guint i = 0; i < G_N_ELEMENTS (plate_codes); i++)
    add_line (self, text, plate_codes[i]);
  add_registers (self, text, FALSE, TRUE);
  add_registers (self, text, FALSE, FALSE);
  add_line (self, text, "0.1.0");
  add_line (self, text, time_code);
  add_line (self, text, "C.86.0");
  add_registers (self, text, TRUE, TRUE);
  add_registers (self, text, TRUE, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (fact_codes); i++)
    add_line (self, text, fact_codes[i]);
  g_string_append (text, "!\r\n");
  return g_string_free (text, FALSE);
}

static void
add_header (PosaSim1g *self, GString *text, const PosaLoadInterval *interval)
{
  const PosaLoadProfile *profile = self->profile;
  g_autofree char *time = posa_iec_time_format (PROFILE_TIME, interval->end_us);

  g_string_append_printf (text, "%s(%s)(%02X)(%u)(%u)", PROFILE_CODE, time,
                          interval->flags != 0 ? 0x80u : 0u, profile->period_s / HOUR_MINUTES,
                          profile->n_channels);
  for (guint i = 0; i < profile->n_channels; i++)
    {
      const PosaLoadChannel *channel = &profile->channels[i];
      g_string_append_printf (text, "(%u.%u.%u)(%s)", channel->obis.c, channel->obis.d,
                              channel->obis.e,
                              channel->quantity == POSA_QUANTITY_REACTIVE_IMPORT ? "kvarh" : "kWh");
    }
  g_string_append (text, "\r\n");
}

/* A header line wherever the rows do not simply go on, then a line for each interval. */
static void
add_rows (PosaSim1g *self, GString *text, gint64 from_us, gint64 to_us)
{
  const PosaLoadInterval *before = NULL;
  const gint64 period = (gint64) self->profile->period_s * G_USEC_PER_SEC;

  for (guint i = 0; i < self->profile->intervals->len; i++)
    {
      const PosaLoadInterval *row = &g_array_index (self->profile->intervals, PosaLoadInterval, i);
      if (row->end_us < from_us || row->end_us > to_us)
        continue;
      if (before == NULL || row->end_us != before->end_us + period || row->flags != before->flags)
        add_header (self, text, row);
      for (guint c = 0; c < self->profile->n_channels; c++)
        g_string_append_printf (text, "(%02" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT ")",
                                row->values[c] / 1000, row->values[c] % 1000);
      g_string_append (text, "\r\n");
      before = row;
      self->profile_rows++;
    }
}

char *
posa_sim_1g_format_profile (PosaSim1g *self, const char *code, const char *argument)
{
  const char *instead = g_hash_table_lookup (self->replaced, code);
  g_auto (GStrv) bounds = g_strsplit (argument, ";", 2);
  gint64 from = 0, to = G_MAXINT64;

  if (strcmp (code, PROFILE_CODE) != 0 || g_strcmp0 (self->omitted, code) == 0)
    return NULL;
  if (instead != NULL)
    return g_strconcat (code, instead, "\r\n", NULL);
  if (bounds[0] != NULL && *bounds[0] != '\0')
    from = posa_iec_time_parse (PROFILE_TIME, bounds[0], NULL);
  if (bounds[0] != NULL && bounds[1] != NULL && *bounds[1] != '\0')
    to = posa_iec_time_parse (PROFILE_TIME, bounds[1], NULL);
  if (from < 0 || to < 0)
    return NULL;
  GString *text = g_string_new (NULL);
  add_rows (self, text, from, to);
  if (text->len == 0)
    g_string_append_printf (text, "%s()\r\n", code);
  return g_string_free (text, FALSE);
}
