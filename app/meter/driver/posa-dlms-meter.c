/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-meter-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-batch.h"
#include "meter/driver/posa-iec-mode-e.h"

#define FLAG_ID_LENGTH 3
/* The meter forgets a silent client, after two minutes by default. */
#define IDLE_US (30 * G_USEC_PER_SEC)

#define DEFAULT_MAX_INFO       128
#define DEFAULT_RESPONSE_MS    1500
#define DEFAULT_INTER_OCTET_MS 120
#define DEFAULT_RETRIES        4

G_DEFINE_FINAL_TYPE (PosaDlmsMeter, posa_dlms_meter, POSA_TYPE_METER)

PosaClock *
posa_dlms_meter_get_clock (PosaDlmsMeter *self)
{
  return posa_port_get_clock (posa_meter_get_port (POSA_METER (self)));
}

static void
replace_text (char **field, char *text)
{
  g_free (*field);
  *field = text;
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
  PosaCosemTarget target;

  if (!posa_dlms_data_target (profile->serial, &target, error) ||
      !posa_dlms_client_open (self->client, &options, cancellable, error))
    return FALSE;
  g_autoptr (PosaCosemValue)
      value = posa_dlms_client_get (self->client, target, cancellable, error);
  if (value == NULL)
    return FALSE;
  g_autofree char *serial = posa_dlms_dup_text (value);
  return posa_dlms_check_serial (plate, serial, error);
}

/* TRUE with the association open. Not, and @error unset: there are no keys on their way, or they
 * are
 * @refused. */
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
  gboolean refused = FALSE;
  g_autoptr (GError) local = NULL;

  if (self->keyring == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
                   "meter %s can only be read with its key, and there are no keys here",
                   posa_meter_get_nameplate (POSA_METER (self))->serial);
      return FALSE;
    }
  posa_operation_report (operation, 0, "%s", _ ("Identifying to the meter"));
  if (open_with_pending (self, cancellable, &refused, &local))
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

  if (!posa_dlms_client_is_secured (self->client) || idle)
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

static PosaReadingSet *
read_any (PosaDlmsMeter *self,
          PosaReadingKind kind,
          gboolean totals_only,
          PosaOperation *operation,
          GError **error)
{
  gint64 started = posa_clock_get_monotonic (posa_dlms_meter_get_clock (self));
  PosaMeterTime time = { 0 };
  g_auto (PosaDlmsBatch)
      batch = { .profile = self->profile, .scalers = self->scalers, .totals_only = totals_only };

  if (!posa_dlms_meter_ensure_installer (self, operation, error) ||
      !posa_dlms_batch_ask (&batch, self->client, operation, error) ||
      !posa_dlms_batch_take_identity (&batch, posa_meter_edit_nameplate (POSA_METER (self)), error))
    return NULL;
  g_autoptr (PosaReadingSet)
      reading = posa_meter_begin_reading (POSA_METER (self), self->profile, kind);
  PosaDlmsCommission context = posa_dlms_meter_make_context (self, NULL, operation);
  if (!posa_dlms_batch_take_values (&batch, reading, error))
    return NULL;
  /* A request of its own: in a list nobody knows when the clock was looked at. */
  if (!totals_only && !posa_dlms_commission_read_clock (&context, &time, error))
    return NULL;
  reading->meter_clock_us = time.meter_us;
  reading->device_clock_us = time.device_us;
  posa_dlms_meter_touch (self);
  reading->line = take_stats (self, self->used_us - started);
  return g_steal_pointer (&reading);
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

/* ---- opening ---- */

static guint
or_default (guint value, guint otherwise)
{
  return value != 0 ? value : otherwise;
}

static PosaHdlcLinkOptions
link_options (const PosaProfile *profile)
{
  const PosaProfileDlms *dlms = &profile->dlms;
  PosaHdlcAddress server;

  posa_hdlc_address_make (dlms->address_bytes, dlms->logical_device, dlms->physical_device,
                          &server);
  return (PosaHdlcLinkOptions) {
    .server = server,
    .max_info =
        (guint16) CLAMP (or_default (dlms->max_info, DEFAULT_MAX_INFO), 32, POSA_HDLC_MAX_INFO),
    .window = POSA_HDLC_MAX_WINDOW,
    .baud = profile->baud,
    .response_us = (gint64) or_default (dlms->response_ms, DEFAULT_RESPONSE_MS) * 1000,
    .inter_octet_us = (gint64) or_default (dlms->inter_octet_ms, DEFAULT_INTER_OCTET_MS) * 1000,
    .max_retries = or_default (dlms->retries, DEFAULT_RETRIES),
  };
}

static char *
get_text (PosaDlmsMeter *self, PosaObis obis, GCancellable *cancellable, GError **error)
{
  PosaCosemTarget target = POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, obis, 2);
  g_autoptr (PosaCosemValue)
      value = posa_dlms_client_get (self->client, target, cancellable, error);

  if (value == NULL)
    return NULL;
  char *text = posa_dlms_dup_text (value);
  if (text == NULL)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                         "the meter does not say who it is");
  return text;
}

/* The profile is chosen by the logical device name: FLAG id, then the maker's text. */
static gboolean
choose_profile (PosaDlmsMeter *self, const char *name, GError **error)
{
  PosaNameplate *plate = posa_meter_edit_nameplate (POSA_METER (self));
  g_autofree char *manufacturer = g_strndup (name, FLAG_ID_LENGTH);
  const char *ident = name + strlen (manufacturer);

  self->profile = posa_profile_match (self->profiles, POSA_DRIVER_DLMS, manufacturer, ident);
  if (self->profile == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "no profile for the meter that calls itself %s", name);
      return FALSE;
    }
  replace_text (&plate->manufacturer, g_steal_pointer (&manufacturer));
  replace_text (&plate->model,
                g_strdup (self->profile->model != NULL ? self->profile->model : ident));
  plate->kind = self->profile->kind;
  return TRUE;
}

/* Serial number and counter, both open to everybody and so not to be trusted: the serial is read
 * again in the secured association, and the counter only ever moves ours up. */
static gboolean
identify (PosaDlmsMeter *self, const PosaProfile *style, GCancellable *cancellable, GError **error)
{
  PosaNameplate *plate = posa_meter_edit_nameplate (POSA_METER (self));
  g_autofree char *name = get_text (self, style->dlms.name, cancellable, error);
  PosaCosemTarget target;
  gint64 counter = 0;

  if (name == NULL || !choose_profile (self, name, error) ||
      !posa_dlms_data_target (self->profile->serial, &target, error))
    return FALSE;
  replace_text (&plate->serial, get_text (self, target.obis, cancellable, error));
  if (plate->serial == NULL)
    return FALSE;
  target.obis = self->profile->dlms.invocation_counter;
  g_autoptr (PosaCosemValue)
      value = posa_dlms_client_get (self->client, target, cancellable, error);
  if (value == NULL)
    return FALSE;
  if (!posa_cosem_value_get_integer (value, &counter) || counter < 0 || counter >= G_MAXUINT32)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the meter's invocation counter is no such number");
      return FALSE;
    }
  self->first_counter = (guint32) counter + 1;
  return TRUE;
}

static gboolean
start_cb (gpointer data, guint *baud, GCancellable *cancellable, GError **error)
{
  return posa_iec_mode_e_start (data, baud, cancellable, error);
}

static gboolean
open_with_style (PosaDlmsMeter *self,
                 PosaPort *port,
                 const PosaProfile *style,
                 PosaLineStart start,
                 GCancellable *cancellable,
                 GError **error)
{
  PosaHdlcLinkOptions options = link_options (style);

  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_pointer (&self->mode_e, posa_iec_mode_e_free);
  if (start == POSA_LINE_START_MODE_E)
    {
      self->mode_e = posa_iec_mode_e_new (port, style->device_address, style->baud, &self->stats);
      options.start = start_cb;
      options.start_data = self->mode_e;
    }
  else if (!posa_port_set_line (port, POSA_LINE_8N1 (style->baud), error))
    return FALSE;
  self->client = posa_dlms_client_new (port, &options, &self->stats);
  const PosaDlmsAssociationOptions in_public = { .sap = (guint8) style->dlms.public_client };
  if (!posa_dlms_client_open (self->client, &in_public, cancellable, error))
    return FALSE;
  gboolean known = identify (self, style, cancellable, error);
  /* Nothing more is asked in public, and nobody should wait for us here. */
  posa_dlms_client_close (self->client);
  return known;
}

gboolean
posa_dlms_meter_call_again (PosaDlmsMeter *self, PosaOperation *operation, GError **error)
{
  PosaNameplate *plate = posa_meter_edit_nameplate (POSA_METER (self));
  g_autofree char *serial = g_strdup (plate->serial);
  PosaPort *port = posa_meter_get_port (POSA_METER (self));

  posa_operation_report (operation, 0, "%s", _ ("Calling the meter"));
  if (!open_with_style (self, port, self->profile,
                        self->mode_e != NULL ? POSA_LINE_START_MODE_E : POSA_LINE_START_DIRECT,
                        posa_operation_peek_cancellable (operation), error))
    return FALSE;
  g_autofree char *answered = g_steal_pointer (&plate->serial);
  plate->serial = g_steal_pointer (&serial);
  return posa_dlms_check_serial (plate, answered, error);
}

/* Whether the way to call the meters of the two profiles is the same, once they are in HDLC. */
static gboolean
same_style (const PosaProfile *x, const PosaProfile *y)
{
  return x->baud == y->baud && g_strcmp0 (x->device_address, y->device_address) == 0 &&
         x->dlms.logical_device == y->dlms.logical_device &&
         x->dlms.physical_device == y->dlms.physical_device &&
         x->dlms.address_bytes == y->dlms.address_bytes &&
         x->dlms.public_client == y->dlms.public_client &&
         posa_obis_equal (x->dlms.name, y->dlms.name);
}

static gboolean
is_first_of_style (GPtrArray *profiles, guint at)
{
  const PosaProfile *profile = g_ptr_array_index (profiles, at);

  for (guint i = 0; i < at; i++)
    {
      const PosaProfile *earlier = g_ptr_array_index (profiles, i);

      if (earlier->driver == POSA_DRIVER_DLMS && same_style (earlier, profile))
        return FALSE;
    }
  return profile->driver == POSA_DRIVER_DLMS;
}

static gboolean
is_unanswered (const GError *error)
{
  return g_error_matches (error, POSA_ERROR, POSA_ERROR_TIMED_OUT) ||
         g_error_matches (error, POSA_ERROR, POSA_ERROR_LINE_NOISE);
}

/* Tries the ways to call a meter that the profiles know, those that begin as they say or, with
 * @other, the other way. FALSE with @last when none did it; it is the error of the last. */
static gboolean
try_styles (PosaDlmsMeter *self,
            PosaPort *port,
            gboolean signs_on,
            gboolean other,
            GCancellable *cancellable,
            GError **last)
{
  for (guint i = 0; i < self->profiles->len; i++)
    {
      const PosaProfile *style = g_ptr_array_index (self->profiles, i);
      gboolean mode_e = (style->start == POSA_LINE_START_MODE_E) != other;
      if (!is_first_of_style (self->profiles, i) || (signs_on && !mode_e))
        continue;
      g_clear_error (last);
      if (open_with_style (self, port, style,
                           mode_e ? POSA_LINE_START_MODE_E : POSA_LINE_START_DIRECT, cancellable,
                           last))
        return TRUE;
      if (!is_unanswered (*last))
        return FALSE;
    }
  return FALSE;
}

static gboolean
open_any_style (PosaDlmsMeter *self,
                PosaPort *port,
                gboolean signs_on,
                PosaOperation *operation,
                GError **error)
{
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  g_autoptr (GError) last = NULL;

  if (try_styles (self, port, signs_on, FALSE, cancellable, &last) ||
      ((last == NULL || is_unanswered (last)) &&
       try_styles (self, port, signs_on, TRUE, cancellable, &last)))
    return TRUE;
  if (last == NULL)
    g_set_error_literal (&last, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "there is no DLMS profile");
  g_propagate_error (error, g_steal_pointer (&last));
  return FALSE;
}

/* The profiles of the data folder, all of them for a meter at @address. */
static GPtrArray *
load_profiles (const PosaMeterAddress *address, GError **error)
{
  g_autoptr (GPtrArray) profiles = posa_profile_load_all (error);

  for (guint i = 0; profiles != NULL && i < profiles->len; i++)
    if (!posa_meter_address_apply (address, g_ptr_array_index (profiles, i), error))
      return NULL;
  return g_steal_pointer (&profiles);
}

PosaMeter *
posa_dlms_meter_open (PosaPort *port,
                      const PosaMeterAddress *address,
                      PosaKeyring *keyring,
                      gboolean signs_on,
                      PosaOperation *operation,
                      GError **error)
{
  g_autoptr (PosaDlmsMeter) self = g_object_new (POSA_TYPE_DLMS_METER, NULL);
  PosaClock *clock = posa_port_get_clock (port);
  gint64 started = posa_clock_get_monotonic (clock);

  if (keyring != NULL)
    self->keyring = g_object_ref (keyring);
  self->profiles = load_profiles (address, error);
  posa_operation_report (operation, 0, "%s", _ ("Calling the meter"));
  if (self->profiles == NULL || !open_any_style (self, port, signs_on, operation, error))
    return NULL;
  self->opening_us = posa_clock_get_monotonic (clock) - started;
  posa_meter_set_port (POSA_METER (self), port);
  return POSA_METER (g_steal_pointer (&self));
}
