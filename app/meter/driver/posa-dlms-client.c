/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client-private.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-initiate.h"

#define MAX_IN_A_ROW 8 /* notifications in the place of one answer */

PosaDlmsClient *
posa_dlms_client_new (PosaPort *port, const PosaHdlcLinkOptions *link, PosaLineStats *stats)
{
  PosaDlmsClient *self = g_new0 (PosaDlmsClient, 1);

  self->port = g_object_ref (port);
  self->link_options = *link;
  self->stats = stats;
  self->arrived = g_byte_array_new ();
  return self;
}

void
posa_dlms_client_set_link (PosaDlmsClient *self, const PosaHdlcLinkOptions *link)
{
  self->link_options = *link;
}

void
posa_dlms_client_set_hasty (PosaDlmsClient *self, gboolean hasty)
{
  self->hasty = hasty;
  if (self->link != NULL)
    posa_hdlc_link_set_hasty (self->link, hasty);
}

gboolean
posa_dlms_client_shorten_frames (PosaDlmsClient *self)
{
  guint16 *max_info = &self->link_options.max_info;

  if (*max_info <= POSA_HDLC_DEFAULT_INFO)
    return FALSE;
  *max_info = MAX (*max_info / 4, POSA_HDLC_DEFAULT_INFO);
  return TRUE;
}

void
posa_dlms_client_drop (PosaDlmsClient *self)
{
  g_clear_pointer (&self->channel, posa_dlms_channel_free);
  g_clear_pointer (&self->link, posa_hdlc_link_free);
  self->lists_refused = FALSE;
}

void
posa_dlms_client_free (PosaDlmsClient *self)
{
  if (self == NULL)
    return;
  posa_dlms_client_drop (self);
  g_byte_array_unref (self->arrived);
  g_object_unref (self->port);
  g_free (self);
}

gboolean
posa_dlms_client_is_open (const PosaDlmsClient *self)
{
  return self->link != NULL && posa_hdlc_link_is_connected (self->link);
}

void
posa_dlms_client_set_exception (const PosaApdu *apdu, GError **error)
{
  if (apdu->kind == POSA_APDU_SERVICE_ERROR)
    g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                 "the meter refuses (service error %u, %u)", apdu->state, apdu->service);
  else if (apdu->service == POSA_DLMS_EXCEPTION_DECIPHERING)
    g_set_error_literal (
        error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
        "the meter cannot decipher our message: it has other keys. " POSA_DLMS_ASK_OFFICE);
  else if (apdu->service == POSA_DLMS_EXCEPTION_COUNTER)
    g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                 "the meter takes our message for a repeated one (it expects counter %08X)",
                 apdu->counter);
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "the meter refuses (exception %u, %u)",
                 apdu->state, apdu->service);
}

guint8
posa_dlms_client_next_invoke_id (PosaDlmsClient *self)
{
  self->invoke_id = (self->invoke_id + 1) & 0x0F;
  return 0xC0 | self->invoke_id;
}

guint32
posa_dlms_client_next_long_invoke_id (PosaDlmsClient *self)
{
  return 0xC0000000 | (posa_dlms_client_next_invoke_id (self) & 0x0F);
}

guint16
posa_dlms_client_get_own_pdu (const PosaDlmsClient *self)
{
  PosaDlmsRoom room = posa_dlms_client_get_room (self, 0);

  room.overhead = 0;
  return (guint16) posa_dlms_room_get_even (&room);
}

void
posa_dlms_client_start_blocks (PosaDlmsClient *self)
{
  if ((self->conformance & POSA_CONFORMANCE_GENERAL_BLOCK) != 0)
    posa_dlms_channel_set_block_limit (self->channel, posa_dlms_client_get_own_pdu (self));
}

PosaDlmsRoom
posa_dlms_client_get_room (const PosaDlmsClient *self, gsize size)
{
  return (PosaDlmsRoom) { .max_pdu = self->max_pdu,
                          .max_info = self->link != NULL ? posa_hdlc_link_get_max_info (self->link)
                                                         : POSA_HDLC_DEFAULT_INFO,
                          .overhead = self->channel != NULL
                                          ? posa_dlms_channel_get_overhead (self->channel, size)
                                          : 0 };
}

/* The answer. Notifications that come in its place are kept apart from it, and nobody uses them:
 * what a meter says unasked may be unprotected, and is on the tape. */
static PosaApdu *
take_answer (PosaDlmsClient *self, GByteArray *raw, GCancellable *cancellable, GError **error)
{
  for (int i = 0; raw->len > 0 && posa_apdu_is_notification (raw->data[0]); i++)
    {
      if (i == MAX_IN_A_ROW)
        {
          g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                               "the meter sends notifications without end");
          return NULL;
        }
      if (!posa_dlms_channel_poll (self->channel, raw, cancellable, error))
        return NULL;
    }
  g_autoptr (PosaApdu) answer = posa_apdu_decode (raw->data, raw->len, error);
  if (answer == NULL)
    return NULL;
  if (answer->kind == POSA_APDU_EXCEPTION || answer->kind == POSA_APDU_SERVICE_ERROR)
    {
      posa_dlms_client_set_exception (answer, error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

gboolean
posa_dlms_client_set_wrong_answer (GError **error)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "the meter answers another question than was asked");
  return FALSE;
}

PosaApdu *
posa_dlms_client_request (PosaDlmsClient *self,
                          const PosaApdu *apdu,
                          PosaApduKind expected,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GByteArray) raw = g_byte_array_new ();

  if (!posa_dlms_client_is_open (self))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT,
                           "the association with the meter is lost; open it again");
      return NULL;
    }
  posa_apdu_encode (apdu, plain);
  if (!posa_dlms_channel_request (self->channel, plain, raw, cancellable, error))
    return NULL;
  g_autoptr (PosaApdu) answer = take_answer (self, raw, cancellable, error);
  if (answer == NULL)
    return NULL;
  if ((expected != POSA_N_APDU_KINDS && answer->kind != expected) ||
      (answer->invoke_id & 0x0F) != (apdu->invoke_id & 0x0F))
    {
      posa_dlms_client_set_wrong_answer (error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

void
posa_dlms_set_result_error (const char *what, PosaCosemTarget target, guint8 result, GError **error)
{
  g_autofree char *name = posa_obis_format (target.obis);
  PosaErrorCode code = POSA_ERROR_FAILED;

  if (result == POSA_DLMS_OBJECT_UNDEFINED || result == POSA_DLMS_CLASS_INCONSISTENT ||
      result == POSA_DLMS_OBJECT_UNAVAILABLE || result == POSA_DLMS_TYPE_UNMATCHED)
    code = POSA_ERROR_UNSUPPORTED;
  else if (result == POSA_DLMS_READ_WRITE_DENIED || result == POSA_DLMS_SCOPE_VIOLATED)
    code = POSA_ERROR_ACCESS_DENIED;
  else if (result == POSA_DLMS_TEMPORARY_FAILURE)
    code = POSA_ERROR_TIMED_OUT;
  g_set_error (error, POSA_ERROR, (int) code, "%s %s, index %d: %s (%u)", what, name, target.index,
               posa_dlms_result_describe (result), result);
}
