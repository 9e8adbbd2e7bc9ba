/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client-private.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-initiate.h"

/* What protection adds to an APDU: tag, length, SC, IC, tag of 12 bytes. */
#define PROTECTION_BYTES       21
#define MAX_PER_LIST           12
#define MAX_BLOCKS             4096
#define MAX_NOTIFICATIONS      8
#define MAX_TEMPORARY_FAILURES 3
#define TEMPORARY_FAILURE_US   G_USEC_PER_SEC

PosaDlmsClient *
posa_dlms_client_new (PosaPort *port, const PosaHdlcLinkOptions *link, PosaLineStats *stats)
{
  PosaDlmsClient *self = g_new0 (PosaDlmsClient, 1);

  self->port = g_object_ref (port);
  self->link_options = *link;
  self->stats = stats;
  return self;
}

void
posa_dlms_client_drop (PosaDlmsClient *self)
{
  g_clear_pointer (&self->channel, posa_dlms_channel_free);
  g_clear_pointer (&self->link, posa_hdlc_link_free);
}

void
posa_dlms_client_free (PosaDlmsClient *self)
{
  if (self == NULL)
    return;
  posa_dlms_client_drop (self);
  g_object_unref (self->port);
  g_free (self);
}

gboolean
posa_dlms_client_is_open (const PosaDlmsClient *self)
{
  return self->link != NULL && posa_hdlc_link_is_connected (self->link);
}

gboolean
posa_dlms_client_is_secured (const PosaDlmsClient *self)
{
  return posa_dlms_client_is_open (self) && posa_dlms_channel_is_secured (self->channel);
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

/* Passes over notifications that come in the place of the answer. */
static PosaApdu *
take_answer (PosaDlmsClient *self, GByteArray *raw, GCancellable *cancellable, GError **error)
{
  g_autoptr (PosaApdu) answer = posa_apdu_decode (raw->data, raw->len, error);

  for (int i = 0; answer != NULL && answer->kind == POSA_APDU_NOTIFICATION; i++)
    {
      g_clear_pointer (&answer, posa_apdu_free);
      if (i == MAX_NOTIFICATIONS)
        g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                             "the meter sends notifications without end");
      else if (posa_dlms_channel_poll (self->channel, raw, cancellable, error))
        answer = posa_apdu_decode (raw->data, raw->len, error);
    }
  if (answer == NULL)
    return NULL;
  if (answer->kind == POSA_APDU_EXCEPTION || answer->kind == POSA_APDU_SERVICE_ERROR)
    {
      posa_dlms_client_set_exception (answer, error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

static gboolean
set_wrong_answer (GError **error)
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
  if (self->max_pdu != 0 && plain->len + PROTECTION_BYTES > self->max_pdu)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "the meter takes no message of %u bytes (its limit is %u)", plain->len,
                   self->max_pdu);
      return NULL;
    }
  if (!posa_dlms_channel_request (self->channel, plain, raw, cancellable, error))
    return NULL;
  g_autoptr (PosaApdu) answer = take_answer (self, raw, cancellable, error);
  if (answer == NULL)
    return NULL;
  if ((expected != POSA_N_APDU_KINDS && answer->kind != expected) ||
      (answer->invoke_id & 0x0F) != (apdu->invoke_id & 0x0F))
    {
      set_wrong_answer (error);
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

/* Joins the blocks that follow @first into @raw. */
static gboolean
join_blocks (PosaDlmsClient *self,
             const PosaApdu *first,
             GByteArray *raw,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (PosaApdu) owned = NULL;
  const PosaApdu *block = first;

  for (guint32 expected = 1;; expected++)
    {
      if (block->result != POSA_DLMS_SUCCESS || block->block != expected || expected > MAX_BLOCKS)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "long answer of the meter: block %u came in the place of %u (%s)",
                       block->block, expected, posa_dlms_result_describe (block->result));
          return FALSE;
        }
      posa_put_bytes (raw, block->raw->data, block->raw->len);
      if (block->last)
        return TRUE;
      g_autoptr (PosaApdu) next = posa_apdu_new (POSA_APDU_GET_NEXT, first->invoke_id);
      next->block = expected;
      g_clear_pointer (&owned, posa_apdu_free);
      owned = posa_dlms_client_request (self, next, POSA_APDU_GET_BLOCK, cancellable, error);
      if (owned == NULL)
        return FALSE;
      block = owned;
    }
}

/* The blocks of a long answer as the answer that they make up. */
static PosaApdu *
take_long_answer (PosaDlmsClient *self,
                  const PosaApdu *first,
                  gboolean is_list,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GByteArray) raw = g_byte_array_new ();

  if (!join_blocks (self, first, raw, cancellable, error))
    return NULL;
  if (is_list)
    return posa_apdu_decode_list (raw->data, raw->len, error);
  PosaCosemValue *value = posa_axdr_decode (raw->data, raw->len, error);
  if (value == NULL)
    return NULL;
  PosaApdu *answer = posa_apdu_new (POSA_APDU_GET_RESPONSE, first->invoke_id);
  posa_apdu_add_item (answer, POSA_DLMS_SUCCESS, value);
  return answer;
}

/* One GET of one or several targets; the answer has an item for each. */
static PosaApdu *
get_once (PosaDlmsClient *self,
          const PosaCosemTarget *targets,
          guint n_targets,
          GCancellable *cancellable,
          GError **error)
{
  gboolean is_list = n_targets > 1;
  g_autoptr (PosaApdu)
      get = posa_apdu_new (is_list ? POSA_APDU_GET_LIST_REQUEST : POSA_APDU_GET_REQUEST,
                           posa_dlms_client_next_invoke_id (self));

  for (guint i = 0; i < n_targets; i++)
    posa_apdu_add_target (get, targets[i]);
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_request (self, get, POSA_N_APDU_KINDS, cancellable, error);
  if (answer != NULL && answer->kind == POSA_APDU_GET_BLOCK)
    {
      g_autoptr (PosaApdu) first = g_steal_pointer (&answer);
      answer = take_long_answer (self, first, is_list, cancellable, error);
    }
  if (answer == NULL)
    return NULL;
  if (answer->items->len != n_targets ||
      answer->kind != (is_list ? POSA_APDU_GET_LIST_RESPONSE : POSA_APDU_GET_RESPONSE))
    {
      set_wrong_answer (error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

static gboolean
has_temporary_failure (const PosaApdu *answer)
{
  for (guint i = 0; i < answer->items->len; i++)
    if (posa_apdu_get_item (answer, i)->result == POSA_DLMS_TEMPORARY_FAILURE)
      return TRUE;
  return FALSE;
}

static PosaApdu *
get_patiently (PosaDlmsClient *self,
               const PosaCosemTarget *targets,
               guint n_targets,
               GCancellable *cancellable,
               GError **error)
{
  PosaClock *clock = posa_port_get_clock (self->port);

  for (int i = 0;; i++)
    {
      g_autoptr (PosaApdu) answer = get_once (self, targets, n_targets, cancellable, error);

      if (answer == NULL)
        return NULL;
      if (i == MAX_TEMPORARY_FAILURES || !has_temporary_failure (answer))
        return g_steal_pointer (&answer);
      if (!posa_clock_sleep_until (clock, posa_clock_get_monotonic (clock) + TEMPORARY_FAILURE_US,
                                   cancellable, error))
        return NULL;
    }
}

PosaCosemValue *
posa_dlms_client_get (PosaDlmsClient *self,
                      PosaCosemTarget target,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (PosaApdu) answer = get_patiently (self, &target, 1, cancellable, error);

  if (answer == NULL)
    {
      g_autofree char *name = posa_obis_format (target.obis);
      g_prefix_error (error, "reading %s, attribute %d: ", name, target.index);
      return NULL;
    }
  PosaApduItem *item = &g_array_index (answer->items, PosaApduItem, 0);
  if (item->value == NULL)
    posa_dlms_set_result_error ("reading", target, item->result, error);
  return g_steal_pointer (&item->value);
}

PosaApdu *
posa_dlms_client_get_list (PosaDlmsClient *self,
                           const PosaCosemTarget *targets,
                           guint n_targets,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (PosaApdu) all = posa_apdu_new (POSA_APDU_GET_LIST_RESPONSE, 0);
  guint per_request = (self->conformance & POSA_CONFORMANCE_MULTIPLE) != 0 ? MAX_PER_LIST : 1;

  for (guint at = 0; at < n_targets; at += per_request)
    {
      g_autoptr (PosaApdu) part =
          get_patiently (self, targets + at, MIN (per_request, n_targets - at), cancellable, error);

      if (part == NULL)
        return NULL;
      for (guint i = 0; i < part->items->len; i++)
        {
          PosaApduItem *item = &g_array_index (part->items, PosaApduItem, i);
          posa_apdu_add_item (all, item->result, g_steal_pointer (&item->value));
        }
    }
  return g_steal_pointer (&all);
}

gboolean
posa_dlms_client_set (PosaDlmsClient *self,
                      PosaCosemTarget target,
                      const PosaCosemValue *value,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (PosaApdu)
      set = posa_apdu_new (POSA_APDU_SET_REQUEST, posa_dlms_client_next_invoke_id (self));

  posa_apdu_add_target (set, target);
  posa_apdu_add_item (set, 0, posa_cosem_value_copy (value));
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_request (self, set, POSA_APDU_SET_RESPONSE, cancellable, error);
  if (answer == NULL)
    {
      g_autofree char *name = posa_obis_format (target.obis);
      g_prefix_error (error, "writing %s, attribute %d: ", name, target.index);
      return FALSE;
    }
  if (answer->result != POSA_DLMS_SUCCESS)
    posa_dlms_set_result_error ("writing", target, answer->result, error);
  return answer->result == POSA_DLMS_SUCCESS;
}

gboolean
posa_dlms_client_act (PosaDlmsClient *self,
                      PosaCosemTarget method,
                      const PosaCosemValue *parameter,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (PosaApdu)
      action = posa_apdu_new (POSA_APDU_ACTION_REQUEST, posa_dlms_client_next_invoke_id (self));

  posa_apdu_add_target (action, method);
  if (parameter != NULL)
    posa_apdu_add_item (action, 0, posa_cosem_value_copy (parameter));
  g_autoptr (PosaApdu) answer =
      posa_dlms_client_request (self, action, POSA_APDU_ACTION_RESPONSE, cancellable, error);
  if (answer == NULL)
    {
      g_autofree char *name = posa_obis_format (method.obis);
      g_prefix_error (error, "method %d of %s: ", method.index, name);
      return FALSE;
    }
  if (answer->result != POSA_DLMS_SUCCESS)
    posa_dlms_set_result_error ("method of", method, answer->result, error);
  return answer->result == POSA_DLMS_SUCCESS;
}
