/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-meter-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-image.h"
#include "meter/driver/posa-dlms-keys.h"
#include "meter/driver/posa-dlms-load-profile.h"

#define MAX_CALLS 3
#define PAUSE_US  (2 * G_USEC_PER_SEC)

/* Whether the profile names the object that @what needs. */
static gboolean
check_named (PosaDlmsMeter *self, PosaObis obis, const char *what, GError **error)
{
  if (posa_obis_is_set (obis))
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "profile %s names no %s",
               self->profile->id, what);
  return FALSE;
}

/* ---- profiles ---- */

/* A range of the load profile, or of the log books; or the last rows. */
typedef struct
{
  gint64 from_us, to_us;
  guint n_last; /* 0: by time */
  PosaLoadProfile *profile;
} Range;

static gpointer
load_profile_cb (PosaDlmsMeter *self, gpointer data, PosaOperation *operation, GError **error)
{
  const Range *range = data;
  const char *firmware = posa_meter_get_nameplate (POSA_METER (self))->firmware;
  g_autofree char *key = firmware != NULL ? g_strconcat (self->profile->id, " ", firmware, NULL)
                                          : NULL;
  PosaDlmsProfileReader reader = { .client = self->client,
                                   .profile = self->profile,
                                   .model_key = key,
                                   .operation = operation };
  gboolean done =
      range->n_last > 0
          ? posa_dlms_load_profile_read_last (&reader, range->n_last, range->profile, error)
          : posa_dlms_load_profile_read (&reader, range->from_us, range->to_us, range->profile,
                                         error);

  return done ? range->profile : NULL;
}

static gboolean
read_profile (PosaMeter *meter, Range *range, PosaOperation *operation, GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);

  return check_named (self, self->profile->dlms.load_profile, "load profile", error) &&
         posa_dlms_meter_run_reading (self, load_profile_cb, range, operation, error) != NULL;
}

static gboolean
dlms_read_load_profile (PosaMeter *meter,
                        gint64 from_us,
                        gint64 to_us,
                        PosaLoadProfile *profile,
                        PosaOperation *operation,
                        GError **error)
{
  Range range = { .from_us = from_us, .to_us = to_us, .profile = profile };

  return read_profile (meter, &range, operation, error);
}

static gboolean
dlms_read_last_intervals (PosaMeter *meter,
                          guint n,
                          PosaLoadProfile *profile,
                          PosaOperation *operation,
                          GError **error)
{
  Range range = { .n_last = n, .profile = profile };

  return read_profile (meter, &range, operation, error);
}

static gpointer
events_cb (PosaDlmsMeter *self, gpointer data, PosaOperation *operation, GError **error)
{
  const Range *range = data;
  PosaDlmsProfileReader reader = { .client = self->client,
                                   .profile = self->profile,
                                   .operation = operation };

  return posa_dlms_events_read (&reader, range->from_us, range->to_us, error);
}

static GPtrArray *
dlms_read_events (PosaMeter *meter,
                  gint64 from_us,
                  gint64 to_us,
                  PosaOperation *operation,
                  GError **error)
{
  Range range = { .from_us = from_us, .to_us = to_us };

  return posa_dlms_meter_run_reading (POSA_DLMS_METER (meter), events_cb, &range, operation, error);
}

/* ---- clock ---- */

static gboolean
dlms_read_clock (PosaMeter *meter, PosaMeterTime *out, PosaOperation *operation, GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);

  if (!check_named (self, self->profile->dlms.clock, "clock", error) ||
      !posa_dlms_meter_ensure_installer (self, operation, error))
    return FALSE;
  PosaDlmsCommission context = posa_dlms_meter_make_context (self, NULL, operation);
  gboolean done = posa_dlms_commission_read_clock (&context, out, error);
  posa_dlms_meter_touch (self);
  return done;
}

static gboolean
dlms_set_clock (PosaMeter *meter, PosaClockChange *out, PosaOperation *operation, GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);

  if (!check_named (self, self->profile->dlms.clock, "clock", error) ||
      !posa_dlms_meter_ensure_installer (self, operation, error))
    return FALSE;
  PosaDlmsCommission context = posa_dlms_meter_make_context (self, NULL, operation);
  posa_operation_report (operation, 0.5, "%s", _ ("Setting the clock"));
  gboolean done = posa_dlms_commission_set_clock (&context, out, error);
  posa_dlms_meter_touch (self);
  return done;
}

/* ---- commissioning ---- */

static gboolean
check_plan (PosaDlmsMeter *self, const PosaCommissionPlan *plan, GError **error)
{
  const PosaNameplate *plate = posa_meter_get_nameplate (POSA_METER (self));

  if (strcmp (plate->serial, plan->serial) != 0)
    g_set_error (error, POSA_ERROR, POSA_ERROR_WRONG_METER,
                 "the meter on the port is %s, but %s is to be commissioned; nothing was written",
                 plate->serial, plan->serial);
  else if (self->profile->commissioning == NULL)
    g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                 "profile %s of meter %s has no order of commissioning; nothing was written",
                 self->profile->id, plate->serial);
  else
    return TRUE;
  return FALSE;
}

static GPtrArray *
dlms_commission (PosaMeter *meter,
                 const PosaCommissionPlan *plan,
                 PosaOperation *operation,
                 GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);

  if (!check_plan (self, plan, error) || !posa_dlms_meter_ensure_installer (self, operation, error))
    return NULL;
  PosaDlmsCommission context = posa_dlms_meter_make_context (self, plan, operation);
  GPtrArray *values = posa_dlms_commission_run (&context, error);
  posa_dlms_meter_touch (self);
  return values;
}

static gboolean
dlms_test_relay (PosaMeter *meter, PosaOperation *operation, GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);

  if (!posa_dlms_meter_ensure_installer (self, operation, error))
    return FALSE;
  PosaDlmsCommission context = posa_dlms_meter_make_context (self, NULL, operation);
  gboolean done = posa_dlms_commission_test_relay (&context, error);
  posa_dlms_meter_touch (self);
  return done;
}

static GPtrArray *
dlms_verify (PosaMeter *meter,
             const PosaCommissionPlan *plan,
             PosaOperation *operation,
             GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);
  g_autoptr (GPtrArray)
      checks = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_meter_check_free);

  if (!check_plan (self, plan, error) || !posa_dlms_meter_ensure_installer (self, operation, error))
    return NULL;
  PosaDlmsCommission context = posa_dlms_meter_make_context (self, plan, operation);
  context.checks = checks;
  g_autoptr (GPtrArray) values = posa_dlms_commission_run (&context, error);
  posa_dlms_meter_touch (self);
  return values != NULL ? g_steal_pointer (&checks) : NULL;
}

/* ---- keys ---- */

/* Calls the meter until it tells which keys it has: a head that slipped is put on again. */
static gboolean
associate_anew (PosaDlmsMeter *self, PosaOperation *operation, GError **error)
{
  PosaClock *clock = posa_dlms_meter_get_clock (self);

  posa_dlms_client_close (self->client);
  for (int i = 1;; i++)
    {
      g_autoptr (GError) local = NULL;

      if (posa_dlms_meter_call_again (self, operation, &local) &&
          posa_dlms_meter_ensure_installer (self, operation, &local))
        return TRUE;
      gboolean is_line = g_error_matches (local, POSA_ERROR, POSA_ERROR_TIMED_OUT) ||
                         g_error_matches (local, POSA_ERROR, POSA_ERROR_LINE_NOISE) ||
                         g_error_matches (local, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM);
      if (!is_line || i == MAX_CALLS)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!posa_clock_sleep_until (clock, posa_clock_get_monotonic (clock) + PAUSE_US,
                                   posa_operation_peek_cancellable (operation), error))
        return FALSE;
    }
}

static gboolean
has_encryption (PosaKeyring *keyring,
                const char *serial,
                const PosaDlmsKey *encryption,
                gboolean *has,
                GError **error)
{
  g_auto (PosaMeterKeys) keys = { 0 };

  if (!posa_keyring_get_keys (keyring, serial, POSA_KEYS_CURRENT, &keys, error))
    return FALSE;
  *has = keys.encryption.size == encryption->size &&
         memcmp (keys.encryption.data, encryption->data, encryption->size) == 0;
  return TRUE;
}

/* What the meter's next association shows: ensure_installer() has tried the new keys first, and put
 * them in force if they opened it, or aside if the old ones did. */
static gboolean
settle_keys (PosaDlmsMeter *self,
             const PosaMeterKeys *next,
             const char *refusal,
             PosaOperation *operation,
             GError **error)
{
  /* A copy: the meter is called anew, and says once more who it is. */
  g_autofree char *serial = g_strdup (posa_meter_get_nameplate (POSA_METER (self))->serial);
  gboolean taken = FALSE;

  posa_operation_report (operation, 0.6, "%s", _ ("Checking the new keys"));
  if (!associate_anew (self, operation, error))
    {
      g_prefix_error_literal (error,
                              "the meter was sent its new keys, and does not say yet whether "
                              "it has them (both are kept; try again): ");
      return FALSE;
    }
  if (!has_encryption (self->keyring, serial, &next->encryption, &taken, error))
    return FALSE;
  if (taken)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED, "meter %s kept its old keys%s%s", serial,
               refusal != NULL ? ": " : "", refusal != NULL ? refusal : "");
  return FALSE;
}

static gboolean
dlms_change_keys (PosaMeter *meter,
                  const PosaMeterKeys *next,
                  PosaOperation *operation,
                  GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);
  const PosaObis security = self->profile->dlms.security;
  const char *serial = posa_meter_get_nameplate (meter)->serial;
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  g_auto (PosaMeterKeys) present = { 0 };
  g_autoptr (GError) refusal = NULL;

  if (!check_named (self, security, "security setup", error) ||
      !posa_dlms_meter_ensure_installer (self, operation, error) ||
      !posa_keyring_get_keys (self->keyring, serial, POSA_KEYS_CURRENT, &present, error) ||
      !posa_dlms_keys_check (self->client, security, &present, next, cancellable, error) ||
      !posa_keyring_set_pending (self->keyring, serial, next, error))
    return FALSE;
  posa_operation_report (operation, 0.3, "%s", _ ("Giving the meter its new keys"));
  posa_dlms_keys_transfer (self->client, security, next, cancellable, &refusal);
  return settle_keys (self, next, refusal != NULL ? refusal->message : NULL, operation, error);
}

/* ---- firmware ---- */

static gboolean
dlms_update_firmware (PosaMeter *meter,
                      const PosaFirmware *firmware,
                      PosaOperation *operation,
                      GError **error)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (meter);
  const PosaObis transfer = self->profile->dlms.image_transfer;

  if (!check_named (self, transfer, "image transfer", error) ||
      !posa_dlms_meter_ensure_installer (self, operation, error))
    return FALSE;
  gboolean done = posa_dlms_image_send (self->client, transfer, firmware,
                                        posa_dlms_meter_get_clock (self), operation, error);
  posa_dlms_meter_touch (self);
  return done;
}

void
posa_dlms_meter_install_jobs (PosaMeterClass *klass)
{
  klass->read_load_profile = dlms_read_load_profile;
  klass->read_last_intervals = dlms_read_last_intervals;
  klass->read_events = dlms_read_events;
  klass->read_clock = dlms_read_clock;
  klass->set_clock = dlms_set_clock;
  klass->commission = dlms_commission;
  klass->verify = dlms_verify;
  klass->test_relay = dlms_test_relay;
  klass->change_keys = dlms_change_keys;
  klass->update_firmware = dlms_update_firmware;
}
