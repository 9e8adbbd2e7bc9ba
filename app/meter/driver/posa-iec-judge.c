/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-judge.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-time.h"

#include <string.h>

static guint
count_digits (const char *text)
{
  guint n = 0;

  while (g_ascii_isdigit (text[n]))
    n++;
  return n;
}

gboolean
posa_iec_judge_register (const PosaProfileRegister *want, const PosaIecDataSet *set, GError **error)
{
  g_autofree char *value = g_strstrip (g_strdup (set->value));
  guint whole = count_digits (value);
  gboolean point = value[whole] == '.';
  guint decimals = point ? count_digits (value + whole + 1) : 0;

  if (want->digits == 0 ||
      (whole == want->digits && decimals == want->decimals && point == (decimals > 0)))
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
               "register %s: \"%s\" has not the %u.%u digits of the profile", want->code,
               set->value, want->digits, want->decimals);
  return FALSE;
}

static const PosaProfileRegister *
find_register (const PosaProfile *profile, const char *code)
{
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *want = g_ptr_array_index (profile->registers, i);
      if (posa_iec_code_equal (want->code, code))
        return want;
    }
  return NULL;
}

static gboolean
is_of_format (const char *code, const char *format, const PosaIecDataSet *set)
{
  return code != NULL && posa_iec_code_equal (code, set->address) &&
         posa_iec_time_parse (format, set->value, NULL) >= 0;
}

/* An answer of one register: its form is fixed by the digits, that of a clock by the format. */
static gboolean
is_fixed (const PosaProfile *profile, const PosaIecDataSet *set)
{
  const PosaProfileRegister *want = find_register (profile, set->address);

  if (want != NULL && set->index > 0)
    return profile->capture_format != NULL &&
           posa_iec_time_parse (profile->capture_format, set->value, NULL) >= 0;
  if (want != NULL)
    return want->digits > 0;
  return is_of_format (profile->date, profile->date_format, set) ||
         is_of_format (profile->time, profile->time_format, set);
}

/* Letters and digits: what a serial number, a firmware or a status word is made of. */
static gboolean
is_plain (GPtrArray *sets, const char *code)
{
  const PosaIecDataSet *set = code != NULL ? posa_iec_data_find (sets, code, 0) : NULL;

  for (const char *c = set != NULL ? set->value : ""; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr (" .-_", *c) == NULL)
      return FALSE;
  return TRUE;
}

/* The value of @want in the unit of its last digit, -1 when it is not there. */
static gint64
get_count (GPtrArray *sets, const PosaProfileRegister *want)
{
  const PosaIecDataSet *set = posa_iec_data_find (sets, want->code, 0);
  gint64 value, resolution;

  if (set == NULL || !posa_iec_data_get_number (set, want->unit, &value, &resolution, NULL))
    return -1;
  return value / resolution;
}

/* The bands of an energy make up its total, but for what each of them cuts off; TRUE also when the
 * meter has no total or no bands. */
static gboolean
is_sum (const PosaProfile *profile, GPtrArray *sets, const PosaProfileRegister *total)
{
  gint64 whole = get_count (sets, total), sum = 0;
  guint n = 0;

  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *band = g_ptr_array_index (profile->registers, i);
      gint64 count = band->quantity == total->quantity && band->tier > 0 ? get_count (sets, band)
                                                                         : -1;
      sum += MAX (0, count);
      n += count >= 0;
    }
  return n == 0 || whole < 0 || ABS (whole - sum) <= n;
}

/* What the readout says hangs together. */
static gboolean
is_sound (const PosaProfile *profile, GPtrArray *sets)
{
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *want = g_ptr_array_index (profile->registers, i);
      if (want->tier == 0 && !is_sum (profile, sets, want))
        return FALSE;
    }
  return is_plain (sets, profile->serial) && is_plain (sets, profile->customer_number) &&
         is_plain (sets, profile->firmware) && is_plain (sets, profile->status);
}

gboolean
posa_iec_judge_vouches (const PosaProfile *profile, GPtrArray *sets, gsize size, gboolean whole)
{
  if (whole && (profile->size != size || !is_sound (profile, sets)))
    return FALSE;
  for (guint i = 0; i < sets->len; i++)
    {
      const PosaIecDataSet *set = g_ptr_array_index (sets, i);
      const PosaProfileRegister *want = find_register (profile, set->address);
      if ((want != NULL && set->index == 0 && !posa_iec_judge_register (want, set, NULL)) ||
          (!whole && !is_fixed (profile, set)))
        return FALSE;
    }
  return sets->len > 0;
}
