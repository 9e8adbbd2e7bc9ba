/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-registers.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-time.h"
#include "meter/driver/posa-iec-judge.h"
#include "meter/posa-meter-private.h"

#include <string.h>

#define MAX_TEXT       32 /* of a serial number and the like */
#define MAX_COUNT      2  /* digits behind the star of a frozen value */
#define CAPTURED_INDEX 1  /* the time of a maximum stands in its second parentheses */

static char *
dup_one (GPtrArray *sets, const char *code)
{
  const PosaIecDataSet *set = posa_iec_data_find (sets, code, 0);
  g_autofree char *text = set != NULL ? g_strstrip (g_strdup (set->value)) : NULL;

  return text != NULL && *text != '\0' && strlen (text) <= MAX_TEXT ? g_steal_pointer (&text)
                                                                    : NULL;
}

char *
posa_iec_dup_text (GPtrArray *sets, const char *codes)
{
  g_auto (GStrv) parts = g_strsplit (codes != NULL ? codes : "", ";", -1);
  char *text = NULL;

  for (guint i = 0; text == NULL && parts[i] != NULL; i++)
    text = dup_one (sets, parts[i]);
  return text;
}

gboolean
posa_iec_note_missing (const PosaProfile *profile,
                       PosaReadingSet *reading,
                       const char *code,
                       const char *what,
                       GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s %s", what, code);

  if (profile->missing == POSA_MISSING_NOTE)
    {
      posa_reading_set_add_missing (reading, text, "the meter does not give it");
      return TRUE;
    }
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
               "the meter does not give %s, which profile %s requires", text, profile->id);
  return FALSE;
}

gboolean
posa_iec_get_register (const PosaIecDataSet *set,
                       const PosaProfileRegister *want,
                       gint64 *value,
                       gint64 *resolution,
                       GError **error)
{
  return posa_iec_judge_register (want, set, error) &&
         posa_iec_data_get_number (set, want->unit, value, resolution, error);
}

/* "00-00-00,00:00" and the like stand for no time. */
static gint64
get_captured (const PosaProfile *profile, GPtrArray *sets, const char *code)
{
  const PosaIecDataSet *set = posa_iec_data_find (sets, code, CAPTURED_INDEX);

  if (set == NULL || profile->capture_format == NULL)
    return 0;
  g_autofree char *text = g_strstrip (g_strdup (set->value));
  return MAX (0, posa_iec_time_parse (profile->capture_format, text, NULL));
}

/* NULL without @error when the meter has not got it. */
static PosaRegister *
make_register (const PosaProfile *profile,
               GPtrArray *sets,
               const char *code,
               const PosaProfileRegister *want,
               GError **error)
{
  const PosaIecDataSet *set = posa_iec_data_find (sets, code, 0);
  gint64 value, resolution;

  if (set == NULL || !posa_iec_get_register (set, want, &value, &resolution, error))
    return NULL;
  PosaRegister *reg = posa_register_new (want->obis, want->quantity, want->tier, value);
  reg->resolution = resolution;
  reg->captured_us = get_captured (profile, sets, code);
  reg->raw = g_strconcat (set->value, *set->unit != '\0' ? "*" : "", set->unit, NULL);
  return reg;
}

/* One register of @code into @registers; when it is not there, what the profile wants done. */
static gboolean
take_register (const PosaProfile *profile,
               GPtrArray *sets,
               const char *code,
               const PosaProfileRegister *want,
               GPtrArray *registers,
               PosaReadingSet *reading,
               GError **error)
{
  g_autoptr (GError) local_error = NULL;
  PosaRegister *reg = make_register (profile, sets, code, want, &local_error);

  if (reg != NULL)
    g_ptr_array_add (registers, reg);
  else if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  else if (want->required)
    return posa_iec_note_missing (profile, reading, code, "register", error);
  return TRUE;
}

gboolean
posa_iec_take_registers (const PosaProfile *profile,
                         GPtrArray *sets,
                         gboolean totals_only,
                         PosaReadingSet *reading,
                         GError **error)
{
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *want = g_ptr_array_index (profile->registers, i);
      if ((!totals_only || posa_meter_is_total (want)) &&
          !take_register (profile, sets, want->code, want, reading->registers, reading, error))
        return FALSE;
    }
  return TRUE;
}

/* The number of the last frozen copy, "34". NULL when the meter does not say. */
static char *
dup_count (const PosaProfile *profile, GPtrArray *sets)
{
  g_autofree char *count = posa_iec_dup_text (sets, profile->iec.freeze_count);
  gsize size = count != NULL ? strlen (count) : 0;

  if (size == 0 || size > MAX_COUNT || strspn (count, "0123456789") != size)
    return NULL;
  return g_steal_pointer (&count);
}

/* Whatever follows '*' was frozen by itself, behind '&' by hand (6.5.26). */
static char *
frozen_code (GPtrArray *sets, const char *code, const char *count)
{
  g_autofree char *by_hand = g_strdup_printf ("%s&%s", code, count);

  if (posa_iec_data_find (sets, by_hand, 0) != NULL)
    return g_steal_pointer (&by_hand);
  return g_strdup_printf ("%s*%s", code, count);
}

void
posa_iec_list_frozen (const PosaProfile *profile, GPtrArray *sets, GPtrArray *codes)
{
  g_autofree char *count = dup_count (profile, sets);

  if (count == NULL)
    return;
  if (profile->iec.freeze_time != NULL)
    g_ptr_array_add (codes, g_strdup_printf ("%s*%s", profile->iec.freeze_time, count));
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *reg = g_ptr_array_index (profile->registers, i);
      g_ptr_array_add (codes, g_strdup_printf ("%s*%s", reg->code, count));
    }
}

static gboolean
take_instant (const PosaProfile *profile,
              GPtrArray *sets,
              const char *count,
              PosaReadingSet *reading,
              GError **error)
{
  const PosaProfileIec *iec = &profile->iec;

  if (iec->freeze_time == NULL)
    return TRUE;
  g_autofree char *code = frozen_code (sets, iec->freeze_time, count);
  g_autofree char *text = posa_iec_dup_text (sets, code);
  if (text == NULL)
    return posa_iec_note_missing (profile, reading, code, "instant of the freeze", error);
  gint64 instant = posa_iec_time_parse (iec->freeze_time_format, text, error);
  if (instant < 0)
    g_prefix_error (error, "%s: ", code);
  reading->frozen->frozen_us = MAX (0, instant);
  return instant >= 0;
}

static gboolean
take_reason (const PosaProfile *profile, GPtrArray *sets, PosaReadingSet *reading, GError **error)
{
  const PosaProfileIec *iec = &profile->iec;
  guint64 number;

  if (iec->freeze_reason == NULL)
    return TRUE;
  g_autofree char *text = posa_iec_dup_text (sets, iec->freeze_reason);
  if (text == NULL)
    return posa_iec_note_missing (profile, reading, iec->freeze_reason, "reason of the freeze",
                                  error);
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: \"%s\" is no number",
                   iec->freeze_reason, text);
      return FALSE;
    }
  if (number < POSA_PROFILE_MAX_REASONS && iec->freeze_reasons[number] != 0)
    reading->frozen->reason = (PosaFreezeReason) (iec->freeze_reasons[number] - 1);
  return TRUE;
}

gboolean
posa_iec_take_frozen (const PosaProfile *profile,
                      GPtrArray *sets,
                      PosaReadingSet *reading,
                      GError **error)
{
  g_autofree char *count = dup_count (profile, sets);

  if (profile->iec.freeze_count == NULL)
    return TRUE;
  if (count == NULL)
    return posa_iec_note_missing (profile, reading, profile->iec.freeze_count,
                                  "number of frozen copies", error);
  reading->frozen = posa_frozen_registers_new ();
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *want = g_ptr_array_index (profile->registers, i);
      g_autofree char *code = frozen_code (sets, want->code, count);
      if (!take_register (profile, sets, code, want, reading->frozen->registers, reading, error))
        return FALSE;
    }
  return take_instant (profile, sets, count, reading, error) &&
         take_reason (profile, sets, reading, error);
}
