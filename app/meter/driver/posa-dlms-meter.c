/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-meter-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-batch.h"

/* The meter forgets a silent client, after two minutes by default. */
#define IDLE_US (30 * G_USEC_PER_SEC)

G_DEFINE_FINAL_TYPE (PosaDlmsMeter, posa_dlms_meter, POSA_TYPE_METER)

PosaClock *
posa_dlms_meter_get_clock (PosaDlmsMeter *self)
{
  return posa_port_get_clock (posa_meter_get_port (POSA_METER (self)));
}

/* ---- installer association ---- */

/* Opens the association with the keys of @set, and has the meter say once more who it is: this
 * time it is proven. */
static gboolean
open_with_keys (PosaDlmsMeter *self, PosaKeySet set, GCancellable *cancellable, GError **error)
{
  const PosaProfile *profile = self->profile;
  const PosaNameplate *plate = posa_meter_get_nameplate (POSA_METER (self));
  const PosaDlmsAssociationOptions options = { .sap = (guint8) profile->dlms.installer_client,
                                               .agreement = profile->dlms.agreement,
                                               .keyring = self->keyring,
                                               .serial = plate->serial,
                                               .key_set = set,
                                               .at_least = self->first_counter };

  if (!posa_dlms_client_open (self->client, &options, cancellable, error))
    {
      if (self->no_counter != NULL)
        g_prefix_error_literal (error, "the meter does not tell the counter that it expects, so "
                                       "the next one of this device was used: ");
      return FALSE;
    }
  g_autoptr (PosaCosemValue)
      value = posa_dlms_client_get (self->client, self->identity, cancellable, error);
  if (value == NULL)
    return FALSE;
  g_autofree char *serial = posa_dlms_dup_text (value);
  return posa_dlms_check_serial (plate, serial, error);
}

/* TRUE with the association open. FALSE with @error unset when there are no keys on their way, or
 * the meter has @refused them. */
static gboolean
open_with_pending (PosaDlmsMeter *self,
                   GCancellable *cancellable,
                   gboolean *refused,
                   GError **error)
{
  const char *serial = posa_meter_get_nameplate (POSA_METER (self))->serial;
  g_auto (PosaMeterKeys) keys = { 0 };
  g_autoptr (GError) local = NULL;

  if (!posa_keyring_get_keys (self->keyring, serial, POSA_KEYS_NEXT, &keys, &local))
    {
      if (!g_error_matches (local, POSA_ERROR, POSA_ERROR_KEY_MISSING))
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (open_with_keys (self, POSA_KEYS_NEXT, cancellable, &local))
    return posa_keyring_promote (self->keyring, serial, error);
  posa_dlms_client_close (self->client);
  *refused = g_error_matches (local, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  if (!*refused)
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Keys on their way are tried first. A meter that refuses them and opens with those in force did
 * not take them: they are set aside at once, as each refusal may bring a meter nearer to its lock.
 */
static gboolean
open_installer (PosaDlmsMeter *self, PosaOperation *operation, GError **error)
{
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  gboolean needs_keys = posa_dlms_agreement_needs_keys (&self->profile->dlms.agreement);
  gboolean refused = FALSE;
  g_autoptr (GError) local = NULL;

  if (self->keyring == NULL && needs_keys)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
                   "meter %s can only be read with its key, and there are no keys here",
                   posa_meter_get_nameplate (POSA_METER (self))->serial);
      return FALSE;
    }
  posa_operation_report (operation, 0, "%s", _ ("Identifying to the meter"));
  if (needs_keys && open_with_pending (self, cancellable, &refused, &local))
    return TRUE;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  const char *serial = posa_meter_get_nameplate (POSA_METER (self))->serial;
  return open_with_keys (self, POSA_KEYS_CURRENT, cancellable, error) &&
         (!refused || posa_keyring_set_pending (self->keyring, serial, NULL, error));
}

void
posa_dlms_meter_touch (PosaDlmsMeter *self)
{
  self->used_us = posa_clock_get_monotonic (posa_dlms_meter_get_clock (self));
}

gboolean
posa_dlms_meter_ensure_installer (PosaDlmsMeter *self, PosaOperation *operation, GError **error)
{
  gint64 now = posa_clock_get_monotonic (posa_dlms_meter_get_clock (self));
  gboolean idle = now - self->used_us > IDLE_US;

  /* The public one is never left open. */
  if (!posa_dlms_client_is_open (self->client) || idle)
    {
      posa_dlms_client_close (self->client);
      if (!open_installer (self, operation, error))
        {
          posa_dlms_client_close (self->client);
          return FALSE;
        }
    }
  posa_dlms_meter_touch (self);
  return TRUE;
}

/* ---- reading ---- */

gpointer
posa_dlms_meter_run_reading (PosaDlmsMeter *self,
                             PosaDlmsReadFunc func,
                             gpointer data,
                             PosaOperation *operation,
                             GError **error)
{
  for (;;)
    {
      g_autoptr (GError) local_error = NULL;

      if (!posa_dlms_meter_ensure_installer (self, operation, error))
        return NULL;
      posa_dlms_client_set_hasty (self->client, TRUE);
      gpointer result = func (self, data, operation, &local_error);
      posa_dlms_client_set_hasty (self->client, FALSE);
      posa_dlms_meter_touch (self);
      if (result != NULL)
        return result;
      if (!g_error_matches (local_error, POSA_ERROR, POSA_ERROR_BAD_CHECKSUM) ||
          !posa_dlms_client_shorten_frames (self->client))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      posa_dlms_client_close (self->client);
    }
}

/* What the line had to carry since the last reading. */
static PosaLineStats
take_stats (PosaDlmsMeter *self, gint64 wall_us)
{
  PosaLineStats line = { .bytes_tx = self->stats.bytes_tx - self->reported.bytes_tx,
                         .bytes_rx = self->stats.bytes_rx - self->reported.bytes_rx,
                         .round_trips = self->stats.round_trips - self->reported.round_trips,
                         .retries = self->stats.retries - self->reported.retries,
                         .wall_us = wall_us + self->opening_us };

  self->reported = self->stats;
  self->opening_us = 0;
  return line;
}

PosaDlmsCommission
posa_dlms_meter_make_context (PosaDlmsMeter *self,
                              const PosaCommissionPlan *plan,
                              PosaOperation *operation)
{
  return (PosaDlmsCommission) { .client = self->client,
                                .profile = self->profile,
                                .plan = plan,
                                .clock = posa_dlms_meter_get_clock (self),
                                .operation = operation };
}

gboolean
posa_dlms_meter_is_refusal (PosaDlmsMeter *self, const GError *error)
{
  return posa_dlms_client_is_open (self->client) &&
         (g_error_matches (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED) ||
          g_error_matches (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED) ||
          g_error_matches (error, POSA_ERROR, POSA_ERROR_INVALID_DATA) ||
          g_error_matches (error, POSA_ERROR, POSA_ERROR_FAILED));
}

gboolean
posa_dlms_meter_is_lack (PosaDlmsMeter *self, const GError *error)
{
  return self->profile->missing == POSA_MISSING_NOTE && posa_dlms_meter_is_refusal (self, error);
}

/* A request of its own: in a list nobody knows when the clock was looked at. */
static gboolean
read_clock (PosaDlmsMeter *self, PosaReadingSet *reading, PosaOperation *operation, GError **error)
{
  PosaDlmsCommission context = posa_dlms_meter_make_context (self, NULL, operation);
  g_autoptr (GError) local_error = NULL;
  PosaMeterTime time = { 0 };

  if (!posa_obis_is_set (self->profile->dlms.clock))
    return TRUE;
  if (posa_dlms_commission_read_clock (&context, &time, &local_error))
    {
      reading->meter_clock_us = time.meter_us;
      reading->device_clock_us = time.device_us;
      return TRUE;
    }
  if (posa_dlms_meter_is_lack (self, local_error))
    {
      posa_reading_set_add_missing (reading, "clock", local_error->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* What to read. */
typedef struct
{
  PosaReadingKind kind;
  gboolean totals_only;
} Reading;

static gpointer
read_cb (PosaDlmsMeter *self, gpointer data, PosaOperation *operation, GError **error)
{
  const Reading *what = data;
  g_auto (PosaDlmsBatch) batch = { .profile = self->profile,
                                   .identity = self->identity,
                                   .scalers = self->scalers,
                                   .totals_only = what->totals_only };

  if (!posa_dlms_batch_ask (&batch, self->client, operation, error) ||
      !posa_dlms_batch_take_identity (&batch, posa_meter_edit_nameplate (POSA_METER (self)), error))
    return NULL;
  g_autoptr (PosaReadingSet)
      reading = posa_meter_begin_reading (POSA_METER (self), self->profile, what->kind);
  if (!posa_dlms_batch_take_values (&batch, reading, error) ||
      (!what->totals_only && !read_clock (self, reading, operation, error)))
    return NULL;
  if (self->no_counter != NULL)
    posa_reading_set_add_missing (reading, "invocation counter", self->no_counter);
  return g_steal_pointer (&reading);
}

static PosaReadingSet *
read_any (PosaDlmsMeter *self,
          PosaReadingKind kind,
          gboolean totals_only,
          PosaOperation *operation,
          GError **error)
{
  gint64 started = posa_clock_get_monotonic (posa_dlms_meter_get_clock (self));
  Reading what = { kind, totals_only };
  PosaReadingSet *reading = posa_dlms_meter_run_reading (self, read_cb, &what, operation, error);

  if (reading != NULL)
    reading->line = take_stats (self, self->used_us - started);
  return reading;
}

static PosaReadingSet *
dlms_read (PosaMeter *meter, PosaReadingKind kind, PosaOperation *operation, GError **error)
{
  return read_any (POSA_DLMS_METER (meter), kind, FALSE, operation, error);
}

static PosaReadingSet *
dlms_read_totals (PosaMeter *meter, PosaOperation *operation, GError **error)
{
  return read_any (POSA_DLMS_METER (meter), POSA_READING_SECOND, TRUE, operation, error);
}

static void
dlms_sign_off (PosaMeter *meter)
{
  posa_dlms_client_close (POSA_DLMS_METER (meter)->client);
}

static void
posa_dlms_meter_finalize (GObject *object)
{
  PosaDlmsMeter *self = POSA_DLMS_METER (object);

  g_clear_object (&self->keyring);
  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_pointer (&self->mode_e, posa_iec_mode_e_free);
  g_clear_pointer (&self->scalers, g_hash_table_unref);
  g_clear_pointer (&self->profiles, g_ptr_array_unref);
  g_free (self->no_counter);
  G_OBJECT_CLASS (posa_dlms_meter_parent_class)->finalize (object);
}

static void
posa_dlms_meter_class_init (PosaDlmsMeterClass *klass)
{
  PosaMeterClass *meter_class = POSA_METER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = posa_dlms_meter_finalize;
  meter_class->read = dlms_read;
  meter_class->read_totals = dlms_read_totals;
  posa_dlms_meter_install_jobs (meter_class);
  meter_class->sign_off = dlms_sign_off;
}

static void
posa_dlms_meter_init (PosaDlmsMeter *self)
{
  self->scalers = g_hash_table_new (g_str_hash, g_str_equal);
}
