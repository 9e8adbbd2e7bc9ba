/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-image.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/posa-error.h"

#define MAX_BLOCK 2048
/* A meter checks or writes its memory for a while, and says that it is busy. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define INTERVAL_US G_USEC_PER_SEC

enum
{
  METHOD_INITIATE = 1,
  METHOD_BLOCK,
  METHOD_VERIFY,
  METHOD_ACTIVATE
};

enum
{
  STATUS_NOT_INITIATED,
  STATUS_INITIATED,
  STATUS_VERIFYING,
  STATUS_VERIFIED,
  STATUS_VERIFY_FAILED,
  STATUS_ACTIVATING,
  STATUS_ACTIVATED,
  STATUS_ACTIVATE_FAILED
};

typedef struct
{
  PosaDlmsClient *client;
  PosaObis obis;
  const PosaFirmware *firmware;
  PosaClock *clock;
  PosaOperation *operation;
  gsize block_size;
} Transfer;

static GCancellable *
cancellable_of (const Transfer *self)
{
  return posa_operation_peek_cancellable (self->operation);
}

static gboolean
read_number (const Transfer *self, gint8 attribute, gint64 *out, GError **error)
{
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (
      self->client, POSA_COSEM_TARGET (POSA_DLMS_CLASS_IMAGE_TRANSFER, self->obis, attribute),
      cancellable_of (self), error);

  if (value == NULL)
    return FALSE;
  if (posa_cosem_value_get_integer (value, out))
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
               "image transfer: attribute %d of the meter is no number", attribute);
  return FALSE;
}

/* Takes @parameter. */
static gboolean
act (const Transfer *self, gint8 method, PosaCosemValue *parameter, GError **error)
{
  g_autoptr (PosaCosemValue) owned = parameter;

  return posa_dlms_client_act (
      self->client, POSA_COSEM_TARGET (POSA_DLMS_CLASS_IMAGE_TRANSFER, self->obis, method), owned,
      NULL, cancellable_of (self), error);
}

static PosaCosemValue *
pair (PosaCosemValue *first, PosaCosemValue *second)
{
  PosaCosemValue *value = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  posa_cosem_value_append (value, first);
  posa_cosem_value_append (value, second);
  return value;
}

static gboolean
check_ready (Transfer *self, GError **error)
{
  gint64 enabled = 0, block_size = 0;

  if (!read_number (self, 5, &enabled, error) || !read_number (self, 2, &block_size, error))
    return FALSE;
  if (enabled == 0)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                           "the meter does not accept firmware: image transfer is switched off");
      return FALSE;
    }
  if (block_size < 1 || block_size > MAX_BLOCK)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "image transfer: the meter asks for blocks of %" G_GINT64_FORMAT " bytes",
                   block_size);
      return FALSE;
    }
  self->block_size = (gsize) block_size;
  return TRUE;
}

/* The same image once more leaves what the meter has of it. */
static gboolean
initiate (const Transfer *self, GError **error)
{
  PosaCosemValue *name = posa_cosem_value_new_text (self->firmware->identification);
  gint64 size = (gint64) g_bytes_get_size (self->firmware->image);

  return act (self, METHOD_INITIATE,
              pair (name, posa_cosem_value_new_integer (POSA_COSEM_UINT32, size)), error);
}

static gboolean
send_block (const Transfer *self, gint64 number, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (self->firmware->image, &size);
  gsize at = (gsize) number * self->block_size;

  posa_operation_report (self->operation, (double) at / (double) size, "%s",
                         _ ("Sending the firmware"));
  return act (self, METHOD_BLOCK,
              pair (posa_cosem_value_new_integer (POSA_COSEM_UINT32, number),
                    posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, data + at,
                                                MIN (self->block_size, size - at))),
              error);
}

/* From the first block that the meter lacks; those behind it that it has come once more, which
 * costs less than to look at each. */
static gboolean
send_blocks (const Transfer *self, GError **error)
{
  gsize size = g_bytes_get_size (self->firmware->image);
  gint64 n_blocks = (gint64) ((size + self->block_size - 1) / self->block_size);
  gint64 first = 0;

  if (!read_number (self, 4, &first, error))
    return FALSE;
  for (gint64 i = MAX (first, 0); i < n_blocks; i++)
    if (!send_block (self, i, error))
      return FALSE;
  if (!read_number (self, 4, &first, error))
    return FALSE;
  if (first >= n_blocks)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED,
               "the meter still lacks block %" G_GINT64_FORMAT " of the firmware; repeat", first);
  return FALSE;
}

/* Calls @method and waits until the status is @wanted; @failed is the status that says no. */
static gboolean
do_and_wait (const Transfer *self,
             gint8 method,
             gint64 wanted,
             gint64 failed,
             const char *what,
             GError **error)
{
  gint64 deadline = posa_clock_get_monotonic (self->clock) + PATIENCE_US;
  g_autoptr (GError) refusal = NULL;
  gint64 status = STATUS_NOT_INITIATED;

  if (!act (self, method, posa_cosem_value_new_integer (POSA_COSEM_INT8, 0), &refusal) &&
      (!posa_dlms_client_is_open (self->client) ||
       g_error_matches (refusal, POSA_ERROR, POSA_ERROR_CANCELLED)))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  do
    {
      gint64 now = posa_clock_get_monotonic (self->clock);

      if (!read_number (self, 6, &status, error))
        return FALSE;
      if (status == wanted)
        return TRUE;
      /* Refused at once, and the meter does not say that it is working on it. */
      if (status == failed ||
          (refusal != NULL && status != STATUS_VERIFYING && status != STATUS_ACTIVATING))
        break;
      if (!posa_clock_sleep_until (self->clock, now + INTERVAL_US, cancellable_of (self), error))
        return FALSE;
    }
  while (posa_clock_get_monotonic (self->clock) < deadline);
  g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_VERIFIED,
               "%s: the meter does not confirm it (status %" G_GINT64_FORMAT ")%s%s", what, status,
               refusal != NULL ? ": " : "", refusal != NULL ? refusal->message : "");
  return FALSE;
}

gboolean
posa_dlms_image_send (PosaDlmsClient *client,
                      PosaObis obis,
                      const PosaFirmware *firmware,
                      PosaClock *clock,
                      PosaOperation *operation,
                      GError **error)
{
  Transfer self = { .client = client,
                    .obis = obis,
                    .firmware = firmware,
                    .clock = clock,
                    .operation = operation };

  posa_operation_report (operation, 0, "%s", _ ("Sending the firmware"));
  if (!check_ready (&self, error) || !initiate (&self, error) || !send_blocks (&self, error))
    return FALSE;
  posa_operation_report (operation, 1, "%s", _ ("The meter checks the firmware"));
  if (!do_and_wait (&self, METHOD_VERIFY, STATUS_VERIFIED, STATUS_VERIFY_FAILED,
                    "verifying the firmware", error))
    return FALSE;
  if (!firmware->activate)
    return TRUE;
  posa_operation_report (operation, 1, "%s", _ ("Activating the firmware"));
  return do_and_wait (&self, METHOD_ACTIVATE, STATUS_ACTIVATED, STATUS_ACTIVATE_FAILED,
                      "activating the firmware", error);
}
