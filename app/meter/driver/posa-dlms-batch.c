/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-batch.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/driver/posa-dlms-steps.h"

#define MAX_TEXT   32
#define UNIT_W     27
#define UNIT_WH    30
#define UNIT_VARH  32
#define MAX_SCALER 9

void
posa_dlms_batch_clear (PosaDlmsBatch *self)
{
  g_clear_pointer (&self->targets, g_array_unref);
  g_clear_pointer (&self->answer, posa_apdu_free);
}

gboolean
posa_dlms_data_target (const char *text, PosaCosemTarget *out, GError **error)
{
  PosaObis obis;

  if (!posa_obis_parse (text, &obis))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "the profile's code \"%s\" is no OBIS code", text);
      return FALSE;
    }
  *out = POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, obis, 2);
  return TRUE;
}

char *
posa_dlms_dup_text (const PosaCosemValue *value)
{
  g_autofree char *text = posa_cosem_value_dup_text (value);

  if (text == NULL || *g_strstrip (text) == '\0' || strlen (text) > MAX_TEXT)
    return NULL;
  return g_steal_pointer (&text);
}

static void
replace_text (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

gboolean
posa_dlms_check_serial (const PosaNameplate *plate, const char *serial, GError **error)
{
  if (serial != NULL && strcmp (serial, plate->serial) == 0)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_WRONG_METER,
               "another meter answers now: serial number %s instead of %s",
               serial != NULL ? serial : "(none)", plate->serial);
  return FALSE;
}

static gboolean
add_data (PosaDlmsBatch *self, const char *code, GError **error)
{
  PosaCosemTarget target;

  if (code == NULL)
    return TRUE;
  if (!posa_dlms_data_target (code, &target, error))
    return FALSE;
  g_array_append_val (self->targets, target);
  return TRUE;
}

static gboolean
wants (const PosaDlmsBatch *self, const PosaProfileRegister *reg)
{
  return !self->totals_only || posa_meter_is_total (reg);
}

static void
add_registers (PosaDlmsBatch *self)
{
  for (guint i = 0; i < self->profile->registers->len; i++)
    {
      const PosaProfileRegister *reg = g_ptr_array_index (self->profile->registers, i);
      PosaCosemTarget target = POSA_COSEM_TARGET (POSA_DLMS_CLASS_REGISTER, reg->obis, 2);

      if (!wants (self, reg))
        continue;
      g_array_append_val (self->targets, target);
      target.index = 3;
      if (!g_hash_table_contains (self->scalers, reg->code))
        g_array_append_val (self->targets, target);
    }
}

/* The next item; @target for messages. */
static const PosaApduItem *
take (PosaDlmsBatch *self, PosaCosemTarget *target)
{
  *target = g_array_index (self->targets, PosaCosemTarget, self->next);
  return posa_apdu_get_item (self->answer, self->next++);
}

/* The value of a data object that the profile names; NULL also where a stranger lacks it. */
static gboolean
take_data (PosaDlmsBatch *self, const char *code, const PosaCosemValue **value, GError **error)
{
  PosaCosemTarget target;

  *value = NULL;
  if (code == NULL)
    return TRUE;
  const PosaApduItem *item = take (self, &target);
  *value = item->value;
  if (item->value != NULL || self->profile->missing == POSA_MISSING_NOTE)
    return TRUE;
  posa_dlms_set_result_error ("reading", target, item->result, error);
  return FALSE;
}

gboolean
posa_dlms_batch_take_identity (PosaDlmsBatch *self, PosaNameplate *plate, GError **error)
{
  const PosaCosemValue *value = NULL;
  PosaCosemTarget target;

  g_autofree char *serial = posa_dlms_dup_text (take (self, &target)->value);
  if (!posa_dlms_check_serial (plate, serial, error))
    return FALSE;
  if (self->totals_only)
    return TRUE;
  if (!take_data (self, self->profile->firmware, &value, error))
    return FALSE;
  replace_text (&plate->firmware, posa_dlms_dup_text (value));
  if (!take_data (self, self->profile->customer_number, &value, error))
    return FALSE;
  replace_text (&plate->customer_number, posa_dlms_dup_text (value));
  return TRUE;
}

static gboolean
take_status (PosaDlmsBatch *self, PosaReadingSet *reading, GError **error)
{
  const PosaCosemValue *value = NULL;
  gint64 word = 0;

  if (self->profile->status == NULL)
    return TRUE;
  if (!take_data (self, self->profile->status, &value, error))
    return FALSE;
  if (value == NULL)
    {
      posa_reading_set_add_missing (reading, "status word", "the meter does not give it");
      return TRUE;
    }
  if (!posa_cosem_value_get_integer (value, &word))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "the meter's status word (%s) is no number", self->profile->status);
      return FALSE;
    }
  reading->status_raw = g_strdup_printf ("%08" G_GINT64_MODIFIER "X", (guint64) word);
  GStrv flags = posa_profile_decode_status (self->profile, reading->status_raw, error);
  if (flags == NULL)
    return FALSE;
  g_strfreev (reading->status_flags);
  reading->status_flags = flags;
  return TRUE;
}

static int
expected_unit (PosaQuantity quantity)
{
  if (quantity == POSA_QUANTITY_MAX_DEMAND_IMPORT)
    return UNIT_W;
  return quantity == POSA_QUANTITY_ACTIVE_IMPORT || quantity == POSA_QUANTITY_ACTIVE_EXPORT
             ? UNIT_WH
             : UNIT_VARH;
}

gboolean
posa_dlms_check_scaler (const char *code,
                        PosaQuantity quantity,
                        const PosaCosemValue *scaler_unit,
                        gint64 *scaler,
                        GError **error)
{
  gint64 unit = 0;

  if (posa_cosem_value_get_integer (posa_cosem_value_get_item (scaler_unit, 0), scaler) &&
      posa_cosem_value_get_integer (posa_cosem_value_get_item (scaler_unit, 1), &unit) &&
      unit == expected_unit (quantity) && *scaler >= -MAX_SCALER && *scaler <= MAX_SCALER)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
               "register %s: the meter does not count it in %s", code,
               posa_quantity_get_unit (quantity));
  return FALSE;
}

gboolean
posa_dlms_scale (gint64 raw, gint64 scaler, gint64 *value, gint64 *resolution)
{
  gint64 power = 1;

  for (gint64 i = ABS (scaler); i > 0; i--)
    power *= 10;
  *resolution = scaler > 0 ? power : 1;
  *value = scaler < 0 ? raw / power : raw;
  return scaler <= 0 || !__builtin_mul_overflow (raw, power, value);
}

static char *
dup_raw (const PosaCosemValue *value)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  posa_axdr_write (value, bytes);
  return posa_hex_encode (bytes->data, bytes->len);
}

static gboolean
add_register (const PosaProfileRegister *want,
              const PosaCosemValue *value,
              gint64 scaler,
              PosaReadingSet *reading,
              GError **error)
{
  gint64 raw = 0, scaled = 0, resolution = 1;

  if (!posa_cosem_value_get_integer (value, &raw) || raw < 0 ||
      !posa_dlms_scale (raw, scaler, &scaled, &resolution))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "register %s: the meter gives no number that counts energy", want->code);
      return FALSE;
    }
  PosaRegister *reg = posa_register_new (want->obis, want->quantity, want->tier, scaled);
  reg->resolution = resolution;
  reg->raw = dup_raw (value);
  g_ptr_array_add (reading->registers, reg);
  return TRUE;
}

/* The register @want, as the meter gives it. */
static gboolean
take_register (PosaDlmsBatch *self,
               const PosaProfileRegister *want,
               PosaReadingSet *reading,
               GError **error)
{
  gpointer known = NULL;
  PosaCosemTarget target;
  const PosaApduItem *item = take (self, &target);
  gint64 scaler = 0;

  if (g_hash_table_lookup_extended (self->scalers, want->code, NULL, &known))
    scaler = GPOINTER_TO_INT (known);
  else
    {
      const PosaApduItem *scale_item = take (self, &target);

      if (item->value != NULL &&
          !posa_dlms_check_scaler (want->code, want->quantity, scale_item->value, &scaler, error))
        return FALSE;
      if (item->value != NULL)
        g_hash_table_insert (self->scalers, want->code, GINT_TO_POINTER ((int) scaler));
    }
  if (item->value != NULL)
    return add_register (want, item->value, scaler, reading, error);
  if (!want->required)
    return TRUE;
  posa_dlms_set_result_error ("reading", target, item->result, error);
  return FALSE;
}

gboolean
posa_dlms_batch_ask (PosaDlmsBatch *self,
                     PosaDlmsClient *client,
                     PosaOperation *operation,
                     GError **error)
{
  const PosaProfile *profile = self->profile;

  self->targets = g_array_new (FALSE, FALSE, sizeof (PosaCosemTarget));
  g_array_append_val (self->targets, self->identity);
  if (!self->totals_only && (!add_data (self, profile->firmware, error) ||
                             !add_data (self, profile->customer_number, error) ||
                             !add_data (self, profile->status, error)))
    return FALSE;
  add_registers (self);
  posa_operation_report (operation, 0.5, "%s", _ ("Reading the meter"));
  self->answer = posa_dlms_client_get_list (client, (const PosaCosemTarget *) self->targets->data,
                                            self->targets->len,
                                            posa_operation_peek_cancellable (operation), error);
  return self->answer != NULL;
}

/* The same of a stranger: what it does not give, or counts in another unit, is noted. */
static gboolean
take_or_note (PosaDlmsBatch *self,
              const PosaProfileRegister *want,
              PosaReadingSet *reading,
              GError **error)
{
  g_autofree char *what = g_strdup_printf ("register %s", want->code);
  g_autoptr (GError) local_error = NULL;

  if (self->profile->missing != POSA_MISSING_NOTE)
    return take_register (self, want, reading, error);
  if (!take_register (self, want, reading, &local_error))
    posa_reading_set_add_missing (reading, what, local_error->message);
  return TRUE;
}

gboolean
posa_dlms_batch_take_values (PosaDlmsBatch *self, PosaReadingSet *reading, GError **error)
{
  if (!self->totals_only && !take_status (self, reading, error))
    return FALSE;
  for (guint i = 0; i < self->profile->registers->len; i++)
    {
      const PosaProfileRegister *want = g_ptr_array_index (self->profile->registers, i);

      if (wants (self, want) && !take_or_note (self, want, reading, error))
        return FALSE;
    }
  return TRUE;
}
