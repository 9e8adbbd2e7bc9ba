/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "base/posa-error.h"

#define UNIT_W 27

/* @number in the type that the meter gave @before in. */
static PosaCosemValue *
in_type_of (const PosaCosemValue *before, gint64 number)
{
  return posa_cosem_value_new_integer (before->tag, number);
}

PosaVerifiedValue *
posa_dlms_step_contract_power (const PosaDlmsCommission *self, GError **error)
{
  static const gint8 value_attribute[] = { 2 };
  const PosaObis obis = self->profile->dlms.contract_power;
  g_auto (PosaDlmsReadings) reading = { NULL };
  gint64 before = 0, after = 0;

  if (!posa_dlms_step_read (self, POSA_DLMS_CLASS_DATA, obis, value_attribute, 1, &reading,
                            error) ||
      !posa_dlms_readings_integer (&reading, 0, &before, error))
    return NULL;
  g_autoptr (PosaCosemValue)
      wanted = in_type_of (posa_dlms_readings_value (&reading, 0), self->plan->contract_power_w);
  if (before != self->plan->contract_power_w &&
      !posa_dlms_step_write (self, POSA_DLMS_CLASS_DATA, obis, 2, wanted, error))
    return NULL;
  if (!posa_dlms_step_read (self, POSA_DLMS_CLASS_DATA, obis, value_attribute, 1, &reading,
                            error) ||
      !posa_dlms_readings_integer (&reading, 0, &after, error))
    return NULL;
  g_autofree char *before_text = g_strdup_printf ("%" G_GINT64_FORMAT " W", before);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " W", self->plan->contract_power_w);
  g_autofree char *after_text = g_strdup_printf ("%" G_GINT64_FORMAT " W", after);
  const PosaDlmsOutcome outcome = { "contract_power", before_text, text, after_text,
                                    after == self->plan->contract_power_w };
  return posa_dlms_step_finish (self, &outcome, error);
}

static gint64
power_of_ten (gint64 exponent)
{
  gint64 power = 1;

  while (exponent-- > 0)
    power *= 10;
  return power;
}

/* The limiter's thresholds are in the scale of the value that it watches: W times 10^scaler. */
static gboolean
read_watched_scaler (const PosaDlmsCommission *self,
                     const PosaCosemValue *watched,
                     gint64 *scaler,
                     GError **error)
{
  gint64 class_id = 0, unit = 0;
  gsize size = 0;
  const guint8 *name = posa_cosem_value_get_bytes (posa_cosem_value_get_item (watched, 1), &size);

  posa_cosem_value_get_integer (posa_cosem_value_get_item (watched, 0), &class_id);
  if (class_id != POSA_DLMS_CLASS_REGISTER || name == NULL || size != 6)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the limiter does not watch a register");
      return FALSE;
    }
  PosaObis obis = POSA_OBIS (name[0], name[1], name[2], name[3], name[4], name[5]);
  g_autoptr (PosaCosemValue) scale =
      posa_dlms_client_get (self->client, POSA_COSEM_TARGET (POSA_DLMS_CLASS_REGISTER, obis, 3),
                            posa_dlms_step_get_cancellable (self), error);
  if (scale == NULL)
    return FALSE;
  if (!posa_cosem_value_get_integer (posa_cosem_value_get_item (scale, 0), scaler) ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (scale, 1), &unit) ||
      unit != UNIT_W || *scaler < -6 || *scaler > 6)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the limiter does not watch a power in W");
      return FALSE;
    }
  return TRUE;
}

/* Items of what is read of the limiter, in one list. */
enum
{
  WATCHED,
  ACTIVE,
  NORMAL,
  FLAG /* when the profile has one */
};

/* Thresholds are counted in W times 10^scaler. */
typedef struct
{
  PosaDlmsReadings readings;
  gint64 active, normal, enabled;
} Limiter;

static void
limiter_clear (Limiter *self)
{
  posa_dlms_readings_clear (&self->readings);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Limiter, limiter_clear)

static gboolean
has_flag (const PosaDlmsCommission *self)
{
  return posa_obis_is_set (self->profile->dlms.limiter_enabled);
}

static gboolean
read_limiter (const PosaDlmsCommission *self, Limiter *out, GError **error)
{
  const PosaProfileDlms *dlms = &self->profile->dlms;
  const PosaCosemTarget targets[] = {
    [WATCHED] = POSA_COSEM_TARGET (POSA_DLMS_CLASS_LIMITER, dlms->limiter, 2),
    [ACTIVE] = POSA_COSEM_TARGET (POSA_DLMS_CLASS_LIMITER, dlms->limiter, 3),
    [NORMAL] = POSA_COSEM_TARGET (POSA_DLMS_CLASS_LIMITER, dlms->limiter, 4),
    [FLAG] = POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, dlms->limiter_enabled, 2),
  };

  out->enabled = 1;
  return posa_dlms_step_read_targets (self, targets, has_flag (self) ? FLAG + 1 : FLAG,
                                      &out->readings, error) &&
         posa_dlms_readings_integer (&out->readings, ACTIVE, &out->active, error) &&
         posa_dlms_readings_integer (&out->readings, NORMAL, &out->normal, error) &&
         (!has_flag (self) ||
          posa_dlms_readings_integer (&out->readings, FLAG, &out->enabled, error));
}

/* "3300 W, on"; a fraction is shown as such. */
static char *
describe_limiter (gint64 raw, gint64 scaler, gboolean enabled)
{
  gint64 power = power_of_ten (ABS (scaler));
  const char *state = enabled ? "on" : "off";
  gint64 watt = 0;

  if (scaler >= 0 && !__builtin_mul_overflow (raw, power, &watt))
    return g_strdup_printf ("%" G_GINT64_FORMAT " W, %s", watt, state);
  if (scaler < 0 && raw % power == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " W, %s", raw / power, state);
  return g_strdup_printf ("%" G_GINT64_FORMAT " * 10^%" G_GINT64_FORMAT " W, %s", raw, scaler,
                          state);
}

/* The available power as the limiter counts it. */
static gboolean
scale_wanted (const PosaDlmsCommission *self, gint64 scaler, gint64 *raw, GError **error)
{
  gint64 power = power_of_ten (ABS (scaler));

  if ((scaler < 0 && !__builtin_mul_overflow (self->plan->available_power_w, power, raw)) ||
      (scaler >= 0 && self->plan->available_power_w % power == 0))
    {
      if (scaler >= 0)
        *raw = self->plan->available_power_w / power;
      return TRUE;
    }
  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
               "the limiter counts in steps of %" G_GINT64_FORMAT " W", power);
  return FALSE;
}

/* What differs. */
static gboolean
write_limiter (const PosaDlmsCommission *self,
               const Limiter *limiter,
               gint64 wanted,
               GError **error)
{
  const PosaProfileDlms *dlms = &self->profile->dlms;
  g_auto (PosaDlmsWrites) writes = { .n = 0 };

  if (limiter->normal != wanted)
    posa_dlms_writes_add (&writes, POSA_COSEM_TARGET (POSA_DLMS_CLASS_LIMITER, dlms->limiter, 4),
                          in_type_of (posa_dlms_readings_value (&limiter->readings, NORMAL),
                                      wanted));
  if (has_flag (self) && (limiter->enabled != 0) != self->plan->limiter_enabled)
    posa_dlms_writes_add (&writes,
                          POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, dlms->limiter_enabled, 2),
                          in_type_of (posa_dlms_readings_value (&limiter->readings, FLAG),
                                      self->plan->limiter_enabled));
  return posa_dlms_step_write_all (self, &writes, error);
}

PosaVerifiedValue *
posa_dlms_step_limiter (const PosaDlmsCommission *self, GError **error)
{
  g_auto (Limiter) before = { 0 };
  g_auto (Limiter) after = { 0 };
  gint64 scaler = 0, wanted = 0;

  if (!read_limiter (self, &before, error) ||
      !read_watched_scaler (self, posa_dlms_readings_value (&before.readings, WATCHED), &scaler,
                            error) ||
      !scale_wanted (self, scaler, &wanted, error) ||
      !write_limiter (self, &before, wanted, error) || !read_limiter (self, &after, error))
    return NULL;
  g_autofree char *before_text = describe_limiter (before.active, scaler, before.enabled != 0);
  g_autofree char *text = describe_limiter (wanted, scaler, self->plan->limiter_enabled);
  g_autofree char *after_text = describe_limiter (after.active, scaler, after.enabled != 0);
  const PosaDlmsOutcome outcome = { .name = "limiter",
                                    .before = before_text,
                                    .wanted = text,
                                    .after = after_text,
                                    .right = after.active == wanted && after.normal == wanted &&
                                             (after.enabled != 0) == self->plan->limiter_enabled };
  return posa_dlms_step_finish (self, &outcome, error);
}
