/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-meter-private.h"

#include <glib/gi18n-lib.h>

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-batch.h"

#define FLAG_ID_LENGTH 3

#define DEFAULT_MAX_INFO       128
#define DEFAULT_RESPONSE_MS    1500
#define DEFAULT_INTER_OCTET_MS 120
#define DEFAULT_RETRIES        4

static void
replace_text (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

static guint
or_default (guint value, guint otherwise)
{
  return value != 0 ? value : otherwise;
}

static gboolean
start_cb (gpointer data, guint *baud, GCancellable *cancellable, GError **error)
{
  return posa_iec_mode_e_start (data, baud, cancellable, error);
}

/* The meter is reached in its own way; the waits and the frames are those of @profile. */
static PosaHdlcLinkOptions
link_options (PosaDlmsMeter *self, const PosaProfile *profile)
{
  const PosaProfile *style = self->style;
  const PosaProfileDlms *dlms = &profile->dlms;
  PosaHdlcAddress server;

  posa_hdlc_address_make (style->dlms.address_bytes, style->dlms.logical_device,
                          style->dlms.physical_device, &server);
  return (PosaHdlcLinkOptions) {
    .server = server,
    .max_info =
        (guint16) CLAMP (or_default (dlms->max_info, DEFAULT_MAX_INFO), 32, POSA_HDLC_MAX_INFO),
    .window = POSA_HDLC_MAX_WINDOW,
    .baud = style->baud,
    .response_us = (gint64) or_default (dlms->response_ms, DEFAULT_RESPONSE_MS) * 1000,
    .inter_octet_us = (gint64) or_default (dlms->inter_octet_ms, DEFAULT_INTER_OCTET_MS) * 1000,
    .max_retries = or_default (dlms->retries, DEFAULT_RETRIES),
    .start = self->mode_e != NULL ? start_cb : NULL,
    .start_data = self->mode_e,
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

/* A meter that does not tell its name is one of those that no profile knows. */
static char *
read_name (PosaDlmsMeter *self, PosaObis code, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = get_text (self, code, cancellable, &local_error);

  if (name == NULL && !posa_dlms_meter_is_refusal (self, local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (!choose_profile (self, name != NULL ? name : "", error))
    return NULL;
  if (name != NULL || self->profile->missing == POSA_MISSING_NOTE)
    return name != NULL ? g_steal_pointer (&name) : g_strdup ("");
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* The serial number, or of a stranger without one its name. */
static gboolean
read_serial (PosaDlmsMeter *self,
             PosaObis name_code,
             const char *name,
             GCancellable *cancellable,
             GError **error)
{
  PosaNameplate *plate = posa_meter_edit_nameplate (POSA_METER (self));
  g_autoptr (GError) local_error = NULL;

  if (!posa_dlms_data_target (self->profile->serial, &self->identity, error))
    return FALSE;
  replace_text (&plate->serial, get_text (self, self->identity.obis, cancellable, &local_error));
  if (plate->serial != NULL)
    return TRUE;
  if (*name != '\0' && posa_dlms_meter_is_lack (self, local_error))
    {
      self->identity.obis = name_code;
      replace_text (&plate->serial, g_strdup (name));
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* The counter that the meter accepted last. A stranger that does not tell it may take ours. */
static gboolean
read_counter (PosaDlmsMeter *self, GCancellable *cancellable, GError **error)
{
  const PosaProfileDlms *dlms = &self->profile->dlms;
  const PosaCosemTarget target =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, dlms->invocation_counter, 2);
  g_autoptr (GError) local_error = NULL;
  gint64 counter = 0;

  self->first_counter = 0;
  replace_text (&self->no_counter, NULL);
  if (!posa_dlms_agreement_uses_global_key (&dlms->agreement))
    return TRUE;
  g_autoptr (PosaCosemValue)
      value = posa_dlms_client_get (self->client, target, cancellable, &local_error);
  if (value == NULL && posa_dlms_meter_is_lack (self, local_error))
    {
      self->no_counter = g_strdup (local_error->message);
      return TRUE;
    }
  if (value == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!posa_cosem_value_get_integer (value, &counter) || counter < 0 || counter >= G_MAXUINT32)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the meter's invocation counter is no such number");
      return FALSE;
    }
  self->first_counter = (guint32) counter + 1;
  return TRUE;
}

/* Name, serial number and counter, all open to everybody and so not to be trusted: the serial is
 * read again in the secured association, and the counter only ever moves ours up. */
static gboolean
identify (PosaDlmsMeter *self, const PosaProfile *style, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = read_name (self, style->dlms.name, cancellable, error);

  return name != NULL && read_serial (self, style->dlms.name, name, cancellable, error) &&
         read_counter (self, cancellable, error);
}

static gboolean
open_with_style (PosaDlmsMeter *self,
                 PosaPort *port,
                 const PosaProfile *style,
                 PosaLineStart start,
                 GCancellable *cancellable,
                 GError **error)
{
  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_pointer (&self->mode_e, posa_iec_mode_e_free);
  if (start == POSA_LINE_START_MODE_E)
    self->mode_e = posa_iec_mode_e_new (port, style->device_address, style->baud, &self->stats);
  else if (!posa_port_set_line (port, POSA_LINE_8N1 (style->baud), error))
    return FALSE;
  self->style = style;
  const PosaHdlcLinkOptions options = link_options (self, style);
  self->client = posa_dlms_client_new (port, &options, &self->stats);
  const PosaDlmsAssociationOptions in_public = { .sap = (guint8) style->dlms.public_client };
  if (!posa_dlms_client_open (self->client, &in_public, cancellable, error))
    return FALSE;
  gboolean known = identify (self, style, cancellable, error);
  /* Nothing more is asked in public, and nobody should wait for us here. */
  posa_dlms_client_close (self->client);
  if (!known)
    return FALSE;
  const PosaHdlcLinkOptions own_options = link_options (self, self->profile);
  posa_dlms_client_set_link (self->client, &own_options);
  return TRUE;
}

gboolean
posa_dlms_meter_call_again (PosaDlmsMeter *self, PosaOperation *operation, GError **error)
{
  PosaNameplate *plate = posa_meter_edit_nameplate (POSA_METER (self));
  g_autofree char *serial = g_strdup (plate->serial);
  PosaPort *port = posa_meter_get_port (POSA_METER (self));

  posa_operation_report (operation, 0, "%s", _ ("Calling the meter"));
  if (!open_with_style (self, port, self->style,
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

PosaMeter *
posa_dlms_meter_open (PosaPort *port,
                      GPtrArray *profiles,
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
  self->profiles = g_ptr_array_ref (profiles);
  posa_operation_report (operation, 0, "%s", _ ("Calling the meter"));
  if (!open_any_style (self, port, signs_on, operation, error))
    return NULL;
  self->opening_us = posa_clock_get_monotonic (clock) - started;
  posa_meter_set_port (POSA_METER (self), port);
  return POSA_METER (g_steal_pointer (&self));
}
