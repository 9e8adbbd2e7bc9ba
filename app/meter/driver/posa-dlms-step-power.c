/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "base/posa-error.h"

#define UNIT_W 27

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
  if (before != self->plan->contract_power_w &&
      !posa_dlms_step_write_integer (self, POSA_DLMS_CLASS_DATA, obis, 2,
                                     posa_dlms_readings_value (&reading, 0),
                                     self->plan->contract_power_w, error))
    return NULL;
  if (!posa_dlms_step_read (self, POSA_DLMS_CLASS_DATA, obis, value_attribute, 1, &reading,
                            error) ||
      !posa_dlms_readings_integer (&reading, 0, &after, error))
    return NULL;
  g_autofree char *before_text = g_strdup_printf ("%" G_GINT64_FORMAT " W", before);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " W", self->plan->contract_power_w);
  g_autofree char *after_text = g_strdup_printf ("%" G_GINT64_FORMAT " W", after);
  if (after != self->plan->contract_power_w)
    {
      posa_dlms_step_set_not_verified (text, after_text, error);
      return NULL;
    }
  return posa_verified_value_new ("contract_power", before_text, text, after_text);
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

/* State of the limiter: threshold in force and normal threshold in W, and whether it is on. */
typedef struct
{
  PosaDlmsReadings thresholds, flag;
  gint64 active_w, normal_w;
  gint64 scaler, enabled;
} Limiter;

static void
limiter_clear (Limiter *self)
{
  posa_dlms_readings_clear (&self->thresholds);
  posa_dlms_readings_clear (&self->flag);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Limiter, limiter_clear)

static gint64
to_watt (gint64 raw, gint64 scaler)
{
  return scaler >= 0 ? raw * power_of_ten (scaler) : raw / power_of_ten (-scaler);
}

static gboolean
has_flag (const PosaDlmsCommission *self)
{
  return !posa_obis_equal (self->profile->dlms.limiter_enabled, (PosaObis) { 0 });
}

static gboolean
read_limiter (const PosaDlmsCommission *self, Limiter *out, GError **error)
{
  static const gint8 indices[] = { 2, 3, 4 };
  static const gint8 value_attribute[] = { 2 };

  if (!posa_dlms_step_read (self, POSA_DLMS_CLASS_LIMITER, self->profile->dlms.limiter, indices, 3,
                            &out->thresholds, error) ||
      !posa_dlms_readings_integer (&out->thresholds, 1, &out->active_w, error) ||
      !posa_dlms_readings_integer (&out->thresholds, 2, &out->normal_w, error) ||
      !read_watched_scaler (self, posa_dlms_readings_value (&out->thresholds, 0), &out->scaler,
                            error))
    return FALSE;
  out->active_w = to_watt (out->active_w, out->scaler);
  out->normal_w = to_watt (out->normal_w, out->scaler);
  out->enabled = 1;
  if (!has_flag (self))
    return TRUE;
  return posa_dlms_step_read (self, POSA_DLMS_CLASS_DATA, self->profile->dlms.limiter_enabled,
                              value_attribute, 1, &out->flag, error) &&
         posa_dlms_readings_integer (&out->flag, 0, &out->enabled, error);
}

static char *
describe_limiter (gint64 watt, gboolean enabled)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " W, %s", watt, enabled ? "on" : "off");
}

static gboolean
is_limiter_right (const PosaDlmsCommission *self, const Limiter *limiter)
{
  return limiter->active_w == self->plan->available_power_w &&
         limiter->normal_w == self->plan->available_power_w &&
         (limiter->enabled != 0) == self->plan->limiter_enabled;
}

static gboolean
write_limiter (const PosaDlmsCommission *self, const Limiter *limiter, GError **error)
{
  gint64 unit = limiter->scaler > 0 ? power_of_ten (limiter->scaler) : 1;
  gint64 raw = self->plan->available_power_w / unit;

  if (limiter->scaler < 0)
    raw *= power_of_ten (-limiter->scaler);
  if (self->plan->available_power_w % unit != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "the limiter counts in steps of %" G_GINT64_FORMAT " W", unit);
      return FALSE;
    }
  if (limiter->normal_w != self->plan->available_power_w &&
      !posa_dlms_step_write_integer (self, POSA_DLMS_CLASS_LIMITER, self->profile->dlms.limiter, 4,
                                     posa_dlms_readings_value (&limiter->thresholds, 2), raw,
                                     error))
    return FALSE;
  if (!has_flag (self) || (limiter->enabled != 0) == self->plan->limiter_enabled)
    return TRUE;
  return posa_dlms_step_write_integer (self, POSA_DLMS_CLASS_DATA,
                                       self->profile->dlms.limiter_enabled, 2,
                                       posa_dlms_readings_value (&limiter->flag, 0),
                                       self->plan->limiter_enabled, error);
}

PosaVerifiedValue *
posa_dlms_step_limiter (const PosaDlmsCommission *self, GError **error)
{
  g_auto (Limiter) before = { 0 };
  g_auto (Limiter) after = { 0 };

  if (!read_limiter (self, &before, error) || !write_limiter (self, &before, error) ||
      !read_limiter (self, &after, error))
    return NULL;
  g_autofree char *before_text = describe_limiter (before.active_w, before.enabled != 0);
  g_autofree char *text =
      describe_limiter (self->plan->available_power_w, self->plan->limiter_enabled);
  g_autofree char *after_text = describe_limiter (after.active_w, after.enabled != 0);
  if (!is_limiter_right (self, &after))
    {
      posa_dlms_step_set_not_verified (text, after_text, error);
      return NULL;
    }
  return posa_verified_value_new ("limiter", before_text, text, after_text);
}
