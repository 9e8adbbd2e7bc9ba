/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-facts.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-time.h"
#include "meter/driver/posa-iec-registers.h"

#include <string.h>

/* One reading of facts. */
typedef struct
{
  const PosaProfile *profile;
  GPtrArray *sets;
  PosaReadingSet *reading;
  PosaMeterFacts *facts; /* of @reading */
} Taking;

static gboolean
set_invalid (const char *code, const char *value, const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: \"%s\" is no %s", code, value,
               what);
  return FALSE;
}

/* What stands in the parentheses of @code; *@out NULL when the profile does not name it, or when it
 * is missing and noted. */
static gboolean
take_text (const Taking *taking, const char *code, const char *what, char **out, GError **error)
{
  *out = posa_iec_dup_text (taking->sets, code);
  return code == NULL || *out != NULL ||
         posa_iec_note_missing (taking->profile, taking->reading, code, what, error);
}

/* 0 to @most. *@given: whether there is one. */
static gboolean
take_count (const Taking *taking,
            const char *code,
            const char *what,
            guint most,
            guint *out,
            gboolean *given,
            GError **error)
{
  g_autofree char *text = NULL;
  guint64 number = 0;

  if (!take_text (taking, code, what, &text, error))
    return FALSE;
  *given = text != NULL;
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, most, &number, NULL))
    return set_invalid (code, text, what, error);
  *out = (guint) number;
  return TRUE;
}

/* A power in watts; *@out stays as it is when there is none. */
static gboolean
take_power (const Taking *taking, const char *code, const char *what, gint64 *out, GError **error)
{
  g_autofree char *text = NULL;
  gint64 resolution;

  if (!take_text (taking, code, what, &text, error))
    return FALSE;
  return text == NULL || posa_iec_data_get_number (posa_iec_data_find (taking->sets, code, 0), "kW",
                                                   out, &resolution, error);
}

/* "221.4" of @unit in tenths, without a float. The unit may stick to the number. */
static gboolean
read_tenths (char *text, const char *unit, guint *out)
{
  gsize size = strspn (text, "0123456789.");
  guint64 whole, tenths;

  if (text[size] != '\0' && g_ascii_strcasecmp (g_strstrip (text + size), unit) != 0)
    return FALSE;
  text[size] = '\0';
  g_auto (GStrv) parts = g_strsplit (text, ".", 2);
  if (parts[0] == NULL || parts[1] == NULL || strlen (parts[1]) != 1 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, 9999, &whole, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, 9, &tenths, NULL))
    return FALSE;
  *out = (guint) (whole * 10 + tenths);
  return TRUE;
}

static gboolean
take_tenths (const Taking *taking,
             const char *code,
             const char *what,
             const char *unit,
             guint *out,
             GError **error)
{
  g_autofree char *text = NULL;

  *out = 0;
  if (!take_text (taking, code, what, &text, error))
    return FALSE;
  return text == NULL || read_tenths (text, unit, out) || set_invalid (code, text, what, error);
}

/* Two numbers with a dash between them. */
static gboolean
read_pair (const char *value, guint64 most, guint *first, guint *second)
{
  g_auto (GStrv) parts = g_strsplit (value, "-", 2);
  guint64 numbers[2];

  for (guint i = 0; i < 2; i++)
    if (parts[i] == NULL || !g_ascii_string_to_unsigned (parts[i], 10, 0, most, &numbers[i], NULL))
      return FALSE;
  *first = (guint) numbers[0];
  *second = (guint) numbers[1];
  return TRUE;
}

/* "(0000-3)(0700-2)": each interval in its parentheses. */
static gboolean
take_day (const Taking *taking, PosaTariffTable *table, guint day, GError **error)
{
  const char *code = taking->profile->iec.table_days[day];
  const PosaIecDataSet *set;
  guint n = 0;

  for (; (set = posa_iec_data_find (taking->sets, code, n)) != NULL; n++)
    {
      g_autofree char *text = g_strstrip (g_strdup (set->value));
      guint time, tier;
      if (n == POSA_TARIFF_MAX_INTERVALS || strlen (text) != strlen ("hhmm-t") ||
          !read_pair (text, 2359, &time, &tier) || time % 100 > 59)
        return set_invalid (code, set->value, "interval of a tariff table", error);
      table->intervals[day][n] =
          (PosaTariffInterval) { (guint16) (time / 100 * 60 + time % 100), (guint8) tier };
    }
  table->n_intervals[day] = n;
  return TRUE;
}

static gboolean
take_days (const Taking *taking, PosaTariffTable *table, gboolean *whole, GError **error)
{
  for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
    {
      g_autofree char *text = NULL;
      if (!take_text (taking, taking->profile->iec.table_days[day], "tariff table", &text, error) ||
          (text != NULL && !take_day (taking, table, day, error)))
        return FALSE;
      *whole = *whole && text != NULL;
    }
  return TRUE;
}

static gboolean
take_default_tiers (const Taking *taking, GError **error)
{
  gboolean given;

  for (guint i = 0; i < POSA_N_QUANTITIES; i++)
    if (!take_count (taking, taking->profile->iec.default_tiers[i], "default register",
                     POSA_REGISTER_MAX_TIER, &taking->facts->default_tiers[i], &given, error))
      return FALSE;
  return TRUE;
}

static gboolean
take_tariff (const Taking *taking, GError **error)
{
  const PosaProfileIec *iec = &taking->profile->iec;
  g_autofree char *name = NULL;
  gboolean whole = TRUE, given;

  if (!take_count (taking, iec->active_tier, "active tariff", POSA_REGISTER_MAX_TIER,
                   &taking->facts->active_tier, &given, error) ||
      !take_default_tiers (taking, error))
    return FALSE;
  if (iec->table_name == NULL)
    return TRUE;
  if (!take_text (taking, iec->table_name, "name of the tariff table", &name, error))
    return FALSE;
  g_autoptr (PosaTariffTable) table = posa_tariff_table_new (name);
  if (!take_days (taking, table, &whole, error))
    return FALSE;
  table->default_tier = (guint8) taking->facts->default_tiers[POSA_QUANTITY_ACTIVE_IMPORT];
  if (!whole || name == NULL || table->default_tier == 0)
    return TRUE; /* a part of it is among the missing items */
  if (!posa_tariff_table_check (table, error))
    return FALSE;
  taking->facts->tariff_table = g_steal_pointer (&table);
  return TRUE;
}

/* "(1100-10800)(1330-120)": from which excess on, after how many seconds. */
static gboolean
take_steps (const Taking *taking, PosaLimiter *limiter, GError **error)
{
  const char *code = taking->profile->iec.limiter_steps;
  const PosaIecDataSet *set;

  for (; (set = posa_iec_data_find (taking->sets, code, limiter->n_steps)) != NULL;
       limiter->n_steps++)
    {
      g_autofree char *text = g_strstrip (g_strdup (set->value));
      PosaLimiterStep *step = &limiter->steps[limiter->n_steps];
      if (limiter->n_steps == POSA_LIMITER_MAX_STEPS ||
          !read_pair (text, G_MAXINT32, &step->above_per_mille, &step->trip_s))
        return set_invalid (code, set->value, "step of a limiter", error);
    }
  return posa_limiter_check (limiter, error);
}

static gboolean
take_limiter (const Taking *taking, GError **error)
{
  const PosaProfileIec *iec = &taking->profile->iec;
  g_autofree PosaLimiter *limiter = g_new0 (PosaLimiter, 1);
  g_autofree char *steps = NULL;
  guint enabled;
  gboolean given;

  if (iec->limiter_enabled == NULL)
    return TRUE;
  if (!take_count (taking, iec->limiter_enabled, "limiter's flag", 1, &enabled, &given, error) ||
      !take_text (taking, iec->limiter_steps, "limiter's table", &steps, error))
    return FALSE;
  limiter->enabled = enabled != 0;
  if (!given || steps == NULL)
    return TRUE;
  if (!take_steps (taking, limiter, error))
    return FALSE;
  taking->facts->limiter = g_steal_pointer (&limiter);
  return TRUE;
}

static gboolean
take_powers (const Taking *taking, GError **error)
{
  const PosaProfileIec *iec = &taking->profile->iec;
  PosaMeterFacts *facts = taking->facts;
  guint enabled;

  if (!take_count (taking, iec->max_demand_enabled, "maximum demand's flag", 1, &enabled,
                   &facts->has_max_demand, error))
    return FALSE;
  facts->max_demand_enabled = enabled != 0;
  return take_power (taking, iec->contract_power, "contractual power", &facts->contract_power_w,
                     error) &&
         take_power (taking, iec->available_power, "available power", &facts->available_power_w,
                     error) &&
         take_power (taking, iec->power, "power", &facts->power_w, error);
}

static gboolean
take_voltage (const Taking *taking, GError **error)
{
  const PosaProfileIec *iec = &taking->profile->iec;
  g_autofree PosaVoltageStats *voltage = g_new0 (PosaVoltageStats, 1);
  g_autofree char *since = NULL;

  if (iec->voltage_min == NULL)
    return TRUE;
  if (!take_tenths (taking, iec->voltage_min, "least voltage", "V", &voltage->min_dv, error) ||
      !take_tenths (taking, iec->voltage_max, "greatest voltage", "V", &voltage->max_dv, error) ||
      !take_tenths (taking, iec->voltage_within, "share of good voltage", "%",
                    &voltage->within_per_mille, error) ||
      !take_text (taking, iec->voltage_since, "begin of the voltage statistics", &since, error))
    return FALSE;
  if (since == NULL || voltage->max_dv == 0)
    return TRUE; /* a part of it is among the missing items */
  voltage->since_us = posa_iec_time_parse (iec->voltage_since_format, since, error);
  if (voltage->since_us < 0)
    return FALSE;
  if (voltage->min_dv > voltage->max_dv || voltage->within_per_mille > 1000)
    return set_invalid (iec->voltage_min, since, "voltage statistics", error);
  taking->facts->voltage = g_steal_pointer (&voltage);
  return TRUE;
}

/* The codes of @profile, up to NULL ones among them. */
static guint
gather_codes (const PosaProfileIec *iec, const char *codes[])
{
  const char *const single[] = {
    iec->active_tier,    iec->table_name,         iec->limiter_enabled, iec->limiter_steps,
    iec->contract_power, iec->max_demand_enabled, iec->available_power, iec->voltage_since,
    iec->voltage_min,    iec->voltage_max,        iec->voltage_within,  iec->power,
  };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (single); i++)
    codes[n++] = single[i];
  for (guint i = 0; i < POSA_TARIFF_DAY_TYPES; i++)
    codes[n++] = iec->table_days[i];
  for (guint i = 0; i < POSA_N_QUANTITIES; i++)
    codes[n++] = iec->default_tiers[i];
  return n;
}

#define MAX_CODES 32

void
posa_iec_list_facts (const PosaProfile *profile, GPtrArray *codes)
{
  const char *named[MAX_CODES];
  guint n = gather_codes (&profile->iec, named);

  for (guint i = 0; i < n; i++)
    if (named[i] != NULL)
      g_ptr_array_add (codes, g_strdup (named[i]));
}

gboolean
posa_iec_take_facts (const PosaProfile *profile,
                     GPtrArray *sets,
                     PosaReadingSet *reading,
                     GError **error)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);

  posa_iec_list_facts (profile, codes);
  if (codes->len == 0)
    return TRUE;
  reading->facts = posa_meter_facts_new ();
  Taking taking = { profile, sets, reading, reading->facts };
  return take_tariff (&taking, error) && take_limiter (&taking, error) &&
         take_powers (&taking, error) && take_voltage (&taking, error);
}
