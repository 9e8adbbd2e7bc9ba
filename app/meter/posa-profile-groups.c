/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-profile-groups.h"

#include "base/posa-error.h"

#include <string.h>

#define MAX_DIGITS 12

gboolean
posa_profile_set_invalid (const PosaProfileLoader *loader,
                          const char *group,
                          const char *key,
                          GError **error,
                          const char *format,
                          ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: [%s] %s: %s", loader->name, group,
               key, what);
  return FALSE;
}

void
posa_profile_register_free (gpointer data)
{
  PosaProfileRegister *reg = data;

  g_free (reg->code);
  g_free (reg->unit);
  g_free (reg);
}

/* A key that is a number below @end. */
static gboolean
read_number (const PosaProfileLoader *loader,
             const char *group,
             const char *key,
             guint end,
             guint *out,
             GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (key, 10, 0, end - 1, &number, NULL))
    return posa_profile_set_invalid (loader, group, key, error, "a number is 0 to %u", end - 1);
  *out = (guint) number;
  return TRUE;
}

static gboolean
take_status_bit (const PosaProfileLoader *loader,
                 const char *key,
                 const char *value,
                 GError **error)
{
  guint bit = 0;

  if (!read_number (loader, "status-bits", key, POSA_PROFILE_MAX_BITS, &bit, error))
    return FALSE;
  if (loader->profile->status_bits[bit] != NULL)
    return posa_profile_set_invalid (loader, "status-bits", key, error, "given twice");
  loader->profile->status_bits[bit] = g_strdup (value);
  return TRUE;
}

void
posa_profile_event_free (gpointer data)
{
  PosaProfileEvent *event = data;

  g_free (event->text);
  g_free (event);
}

static gboolean
take_event (const PosaProfileLoader *loader, const char *key, const char *value, GError **error)
{
  gint64 code;

  if (!g_ascii_string_to_signed (key, 10, 0, G_MAXINT32, &code, NULL) || *value == '\0')
    return posa_profile_set_invalid (loader, "events", key, error, "expected NUMBER=name");
  if (posa_profile_get_event (loader->profile, code) != NULL)
    return posa_profile_set_invalid (loader, "events", key, error, "given twice");
  PosaProfileEvent *event = g_new0 (PosaProfileEvent, 1);
  event->code = code;
  event->text = g_strdup (value);
  g_ptr_array_add (loader->profile->events, event);
  return TRUE;
}

static gboolean
take_load_bit (const PosaProfileLoader *loader, const char *key, const char *value, GError **error)
{
  guint bit = 0;

  if (!read_number (loader, "load-bits", key, POSA_PROFILE_LOAD_BITS, &bit, error))
    return FALSE;
  if (loader->profile->iec.load_flags[bit] != 0)
    return posa_profile_set_invalid (loader, "load-bits", key, error, "given twice");
  return posa_load_flag_from_string (value, &loader->profile->iec.load_flags[bit]) ||
         posa_profile_set_invalid (loader, "load-bits", key, error, "unknown flag \"%s\"", value);
}

static gboolean
take_freeze_reason (const PosaProfileLoader *loader,
                    const char *key,
                    const char *value,
                    GError **error)
{
  PosaFreezeReason reason;
  guint number = 0;

  if (!read_number (loader, "freeze-reasons", key, POSA_PROFILE_MAX_REASONS, &number, error))
    return FALSE;
  if (loader->profile->iec.freeze_reasons[number] != 0)
    return posa_profile_set_invalid (loader, "freeze-reasons", key, error, "given twice");
  if (!posa_freeze_reason_from_string (value, &reason))
    return posa_profile_set_invalid (loader, "freeze-reasons", key, error, "unknown reason \"%s\"",
                                     value);
  loader->profile->iec.freeze_reasons[number] = (guint) reason + 1;
  return TRUE;
}

/* "6.3": digits before and behind the point. */
static gboolean
read_digits (const char *text, PosaProfileRegister *reg)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 2);
  guint64 numbers[2] = { 0, 0 };

  if (g_strv_length (parts) != 2)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (!g_ascii_string_to_unsigned (parts[i], 10, i == 0 ? 1 : 0, MAX_DIGITS, &numbers[i], NULL))
      return FALSE;
  reg->digits = (guint) numbers[0];
  reg->decimals = (guint) numbers[1];
  return TRUE;
}

static gboolean
take_quantity (const PosaProfileLoader *loader,
               const char *group,
               PosaProfileRegister *reg,
               const char *quantity,
               const char *unit,
               GError **error)
{
  if (!posa_obis_parse (reg->code, &reg->obis))
    return posa_profile_set_invalid (loader, group, reg->code, error, "no OBIS code");
  if (!posa_quantity_from_string (quantity, &reg->quantity))
    return posa_profile_set_invalid (loader, group, reg->code, error, "unknown quantity \"%s\"",
                                     quantity);
  if (!g_str_has_suffix (unit, posa_quantity_get_unit (reg->quantity)))
    return posa_profile_set_invalid (loader, group, reg->code, error, "%s is not counted in %s",
                                     quantity, unit);
  reg->unit = g_strdup (unit);
  return TRUE;
}

/* "CODE=quantity;tier;unit;required|optional[;DIGITS.DECIMALS]" */
static gboolean
take_register (const PosaProfileLoader *loader, const char *key, const char *value, GError **error)
{
  static const char *const group = "registers";
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);
  PosaProfileRegister *reg = g_new0 (PosaProfileRegister, 1);
  guint64 tier;

  g_ptr_array_add (loader->profile->registers, reg);
  reg->code = g_strdup (key);
  if (g_strv_length (parts) != 4 && g_strv_length (parts) != 5)
    return posa_profile_set_invalid (loader, group, key, error,
                                     "expected quantity;tier;unit;required or optional;digits");
  if (!take_quantity (loader, group, reg, parts[0], parts[2], error))
    return FALSE;
  if (!g_ascii_string_to_unsigned (parts[1], 10, 0, POSA_REGISTER_MAX_TIER, &tier, NULL))
    return posa_profile_set_invalid (loader, group, key, error, "a tier is 0 to %d",
                                     POSA_REGISTER_MAX_TIER);
  reg->tier = (guint) tier;
  reg->required = strcmp (parts[3], "required") == 0;
  if (!reg->required && strcmp (parts[3], "optional") != 0)
    return posa_profile_set_invalid (loader, group, key, error,
                                     "\"%s\" is neither required nor optional", parts[3]);
  return parts[4] == NULL || read_digits (parts[4], reg) ||
         posa_profile_set_invalid (loader, group, key, error, "\"%s\" are no digits", parts[4]);
}

/* "CODE=quantity;unit;DIGITS.DECIMALS" */
static gboolean
take_load_column (const PosaProfileLoader *loader,
                  const char *key,
                  const char *value,
                  GError **error)
{
  static const char *const group = "load-columns";
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);
  PosaProfileRegister *column = g_new0 (PosaProfileRegister, 1);

  g_ptr_array_add (loader->profile->iec.load_columns, column);
  column->code = g_strdup (key);
  column->required = TRUE;
  if (g_strv_length (parts) != 3)
    return posa_profile_set_invalid (loader, group, key, error, "expected quantity;unit;digits");
  if (loader->profile->iec.load_columns->len > POSA_LOAD_MAX_CHANNELS)
    return posa_profile_set_invalid (loader, group, key, error, "more than %d columns",
                                     POSA_LOAD_MAX_CHANNELS);
  return take_quantity (loader, group, column, parts[0], parts[1], error) &&
         (read_digits (parts[2], column) ||
          posa_profile_set_invalid (loader, group, key, error, "\"%s\" are no digits", parts[2]));
}

static const struct
{
  const char *group;
  gboolean (*take) (const PosaProfileLoader *loader,
                    const char *key,
                    const char *value,
                    GError **error);
} groups[] = {
  { "registers", take_register },       { "status-bits", take_status_bit },
  { "load-bits", take_load_bit },       { "freeze-reasons", take_freeze_reason },
  { "load-columns", take_load_column }, { "events", take_event },
};

static guint
find_group (const char *group)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (groups) && strcmp (groups[i].group, group) != 0)
    i++;
  return i;
}

gboolean
posa_profile_has_own_keys (const char *group)
{
  return find_group (group) < G_N_ELEMENTS (groups);
}

gboolean
posa_profile_take_own_key (const PosaProfileLoader *loader,
                           const char *group,
                           const char *key,
                           const char *value,
                           GError **error)
{
  return groups[find_group (group)].take (loader, key, value, error);
}
