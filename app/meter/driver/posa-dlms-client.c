/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-dlms-security.h"
#include "meter/codec/posa-initiate.h"
#include "meter/driver/posa-dlms-channel.h"

#define CHALLENGE_BYTES     16
#define MIN_CHALLENGE_BYTES 8
/* What protection adds to an APDU: tag, length, SC, IC, tag of 12 bytes. */
#define PROTECTION_BYTES 21
#define MAX_PER_LIST     12
#define MAX_BLOCKS       4096
#define MAX_NOTIFICATIONS 8
#define MAX_TEMPORARY_FAILURES 3
#define TEMPORARY_FAILURE_US   G_USEC_PER_SEC

/* A meter may lock after a few wrong tries. */
#define ASK_OFFICE "Do not try again; ask the office for the keys of this meter"

#define CLASS_ASSOCIATION 15

#define PROPOSED_CONFORMANCE                                                                       \
  (POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_MULTIPLE | POSA_CONFORMANCE_GET |                 \
   POSA_CONFORMANCE_SET | POSA_CONFORMANCE_SELECTIVE | POSA_CONFORMANCE_ACTION)

struct _PosaDlmsClient
{
  PosaPort *port;
  PosaHdlcLinkOptions link_options;
  PosaLineStats *stats;
  PosaHdlcLink *link;       /* NULL while closed */
  PosaDlmsChannel *channel; /* NULL while closed */
  guint32 conformance;      /* granted */
  guint16 max_pdu;          /* of the meter; 0 = no limit */
  guint8 invoke_id;
};

PosaDlmsClient *
posa_dlms_client_new (PosaPort *port, const PosaHdlcLinkOptions *link, PosaLineStats *stats)
{
  PosaDlmsClient *self = g_new0 (PosaDlmsClient, 1);

  self->port = g_object_ref (port);
  self->link_options = *link;
  self->stats = stats;
  return self;
}

static void
drop_association (PosaDlmsClient *self)
{
  g_clear_pointer (&self->channel, posa_dlms_channel_free);
  g_clear_pointer (&self->link, posa_hdlc_link_free);
}

void
posa_dlms_client_free (PosaDlmsClient *self)
{
  if (self == NULL)
    return;
  drop_association (self);
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

static GByteArray *
build_initiate (void)
{
  const PosaInitiate initiate = { .version = POSA_DLMS_VERSION,
                                  .conformance = PROPOSED_CONFORMANCE,
                                  .max_pdu = G_MAXUINT16 };
  GByteArray *out = g_byte_array_new ();

  posa_initiate_encode (&initiate, out);
  return out;
}

static void
set_exception_error (const PosaApdu *apdu, GError **error)
{
  if (apdu->kind == POSA_APDU_SERVICE_ERROR)
    g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                 "the meter refuses (service error %u, %u)", apdu->state, apdu->service);
  else if (apdu->service == POSA_DLMS_EXCEPTION_DECIPHERING)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                         "the meter cannot decipher our message: it has other keys. " ASK_OFFICE);
  else if (apdu->service == POSA_DLMS_EXCEPTION_COUNTER)
    g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                 "the meter takes our message for a repeated one (it expects counter %08X)",
                 apdu->counter);
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "the meter refuses (exception %u, %u)",
                 apdu->state, apdu->service);
}

static gboolean
read_initiate_response (PosaDlmsClient *self, const PosaAcse *aare, GError **error)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  const GByteArray *information = aare->user_information;
  PosaInitiate initiate;

  if (information == NULL)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the meter's answer to the association is incomplete");
      return FALSE;
    }
  if (posa_dlms_channel_is_secured (self->channel))
    {
      if (!posa_dlms_channel_open (self->channel, information->data, information->len, plain,
                                   error))
        return FALSE;
      information = plain;
    }
  if (!posa_initiate_decode (information->data, information->len, &initiate, error))
    return FALSE;
  if (!initiate.response || initiate.version != POSA_DLMS_VERSION ||
      initiate.vaa != POSA_DLMS_VAA_LN)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "the meter speaks another version of DLMS (%u)", initiate.version);
      return FALSE;
    }
  self->conformance = initiate.conformance;
  self->max_pdu = initiate.max_pdu;
  return TRUE;
}

/* The AARE, or the reason why there is none. */
static PosaAcse *
exchange_association (PosaDlmsClient *self,
                      const PosaAcse *aarq,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  posa_acse_encode (aarq, request);
  if (!posa_hdlc_link_exchange (self->link, request->data, request->len, answer, cancellable,
                                error))
    return NULL;
  if (answer->len > 0 && answer->data[0] != POSA_ACSE_AARE)
    {
      g_autoptr (PosaApdu) apdu = posa_apdu_decode (answer->data, answer->len, error);

      if (apdu != NULL)
        set_exception_error (apdu, error);
      return NULL;
    }
  g_autoptr (PosaAcse) aare = posa_acse_decode (answer->data, answer->len, error);
  if (aare == NULL)
    return NULL;
  if (aare->result != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                   "the meter refuses the association: %s. " ASK_OFFICE,
                   posa_acse_describe (aare));
      return NULL;
    }
  return g_steal_pointer (&aare);
}

static gboolean
start_link (PosaDlmsClient *self, guint8 sap, GCancellable *cancellable, GError **error)
{
  drop_association (self);
  self->link_options.client = sap;
  self->link = posa_hdlc_link_new (self->port, &self->link_options, self->stats);
  self->channel = posa_dlms_channel_new (self->link);
  return posa_hdlc_link_connect (self->link, cancellable, error);
}

gboolean
posa_dlms_client_open_public (PosaDlmsClient *self,
                              guint8 sap,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autoptr (PosaAcse) aarq = posa_acse_new (POSA_ACSE_AARQ);
  g_autoptr (GByteArray) initiate = build_initiate ();

  if (!start_link (self, sap, cancellable, error))
    return FALSE;
  aarq->context = POSA_ACSE_CONTEXT_LN;
  posa_acse_set_user_information (aarq, initiate->data, initiate->len);
  g_autoptr (PosaAcse) aare = exchange_association (self, aarq, cancellable, error);
  if (aare != NULL && read_initiate_response (self, aare, error))
    return TRUE;
  posa_dlms_client_close (self);
  return FALSE;
}

static gboolean
check_secured_answer (const PosaAcse *aarq, const PosaAcse *aare, GError **error)
{
  const char *fault = NULL;

  if (aare->context != POSA_ACSE_CONTEXT_LN_CIPHERED || aare->mechanism != POSA_ACSE_MECHANISM_GMAC)
    fault = "the meter answers with weaker security than asked for";
  else if (!aare->has_title || aare->authentication_size < MIN_CHALLENGE_BYTES)
    fault = "the meter's answer lacks its system title or challenge";
  else if (aare->authentication_size == aarq->authentication_size &&
           memcmp (aare->authentication, aarq->authentication, aarq->authentication_size) == 0)
    fault = "the meter's challenge is our own sent back";
  if (fault == NULL)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED, fault);
  return FALSE;
}

/* Confirmed, high priority, the next number. */
static guint8
next_invoke_id (PosaDlmsClient *self)
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
      set_exception_error (answer, error);
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

/* Sends @apdu and gives its answer: of kind @expected, or of any with POSA_N_APDU_KINDS. */
static PosaApdu *
request (PosaDlmsClient *self,
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

/* Passes 3 and 4 of the authentication. */
static gboolean
prove_keys (PosaDlmsClient *self,
            const PosaAcse *aarq,
            const PosaAcse *aare,
            GCancellable *cancellable,
            GError **error)
{
  const PosaCosemTarget reply =
      POSA_COSEM_TARGET (CLASS_ASSOCIATION, POSA_OBIS (0, 0, 40, 0, 0, 255), 1);
  g_autoptr (PosaApdu) action =
      posa_apdu_new (POSA_APDU_ACTION_REQUEST, next_invoke_id (self));
  guint8 proof[POSA_DLMS_HLS_ANSWER_BYTES];
  gsize size = 0;

  if (!posa_dlms_channel_answer_challenge (self->channel, aare->authentication,
                                           aare->authentication_size, proof, error))
    return FALSE;
  posa_apdu_add_target (action, reply);
  posa_apdu_add_item (action, 0,
                      posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, proof, sizeof proof));
  g_autoptr (PosaApdu) answer =
      request (self, action, POSA_APDU_ACTION_RESPONSE, cancellable, error);
  if (answer == NULL)
    return FALSE;
  const PosaApduItem *item = posa_apdu_get_item (answer, 0);
  const guint8 *theirs = posa_cosem_value_get_bytes (item != NULL ? item->value : NULL, &size);
  if (answer->result != POSA_DLMS_SUCCESS || theirs == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                   "the meter does not accept our proof of the key (%s). " ASK_OFFICE,
                   posa_dlms_result_describe (answer->result));
      return FALSE;
    }
  return posa_dlms_channel_check_answer (self->channel, aarq->authentication,
                                         aarq->authentication_size, theirs, size, error);
}

static PosaAcse *
build_secured_aarq (PosaDlmsClient *self, GError **error)
{
  g_autoptr (PosaAcse) aarq = posa_acse_new (POSA_ACSE_AARQ);
  g_autoptr (GByteArray) initiate = build_initiate ();
  g_autoptr (GByteArray) sealed = g_byte_array_new ();

  if (!posa_dlms_channel_seal (self->channel, initiate, sealed, error) ||
      !posa_dlms_random (aarq->authentication, CHALLENGE_BYTES, error))
    return NULL;
  aarq->context = POSA_ACSE_CONTEXT_LN_CIPHERED;
  aarq->has_mechanism = aarq->has_title = aarq->has_authentication = TRUE;
  aarq->mechanism = POSA_ACSE_MECHANISM_GMAC;
  aarq->authentication_size = CHALLENGE_BYTES;
  memcpy (aarq->title, posa_dlms_channel_get_title (self->channel), sizeof aarq->title);
  posa_acse_set_user_information (aarq, sealed->data, sealed->len);
  return g_steal_pointer (&aarq);
}

static gboolean
associate_secured (PosaDlmsClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (PosaAcse) aarq = build_secured_aarq (self, error);

  if (aarq == NULL)
    return FALSE;
  g_autoptr (PosaAcse) aare = exchange_association (self, aarq, cancellable, error);
  if (aare == NULL || !check_secured_answer (aarq, aare, error))
    return FALSE;
  posa_dlms_channel_set_server_title (self->channel, aare->title);
  return read_initiate_response (self, aare, error) &&
         prove_keys (self, aarq, aare, cancellable, error);
}

gboolean
posa_dlms_client_open_secured (PosaDlmsClient *self,
                               guint8 sap,
                               PosaKeyring *keyring,
                               const char *serial,
                               guint32 at_least,
                               GCancellable *cancellable,
                               GError **error)
{
  if (!start_link (self, sap, cancellable, error))
    return FALSE;
  if (posa_dlms_channel_secure (self->channel, keyring, serial, at_least, error) &&
      associate_secured (self, cancellable, error))
    return TRUE;
  posa_dlms_client_close (self);
  g_prefix_error (error, "associating with meter %s: ", serial);
  return FALSE;
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
      owned = request (self, next, POSA_APDU_GET_BLOCK, cancellable, error);
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
  g_autoptr (PosaApdu) get = posa_apdu_new (
      is_list ? POSA_APDU_GET_LIST_REQUEST : POSA_APDU_GET_REQUEST, next_invoke_id (self));

  for (guint i = 0; i < n_targets; i++)
    posa_apdu_add_target (get, targets[i]);
  g_autoptr (PosaApdu) answer = request (self, get, POSA_N_APDU_KINDS, cancellable, error);
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
      g_autoptr (PosaApdu) part = get_patiently (
          self, targets + at, MIN (per_request, n_targets - at), cancellable, error);

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
  g_autoptr (PosaApdu) set = posa_apdu_new (POSA_APDU_SET_REQUEST, next_invoke_id (self));

  posa_apdu_add_target (set, target);
  posa_apdu_add_item (set, 0, posa_cosem_value_copy (value));
  g_autoptr (PosaApdu) answer = request (self, set, POSA_APDU_SET_RESPONSE, cancellable, error);
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
  g_autoptr (PosaApdu) action = posa_apdu_new (POSA_APDU_ACTION_REQUEST, next_invoke_id (self));

  posa_apdu_add_target (action, method);
  if (parameter != NULL)
    posa_apdu_add_item (action, 0, posa_cosem_value_copy (parameter));
  g_autoptr (PosaApdu) answer =
      request (self, action, POSA_APDU_ACTION_RESPONSE, cancellable, error);
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

/* Polite, and nothing depends on the answer. */
static void
release (PosaDlmsClient *self)
{
  g_autoptr (PosaAcse) rlrq = posa_acse_new (POSA_ACSE_RLRQ);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  rlrq->has_reason = TRUE;
  if (posa_dlms_channel_is_secured (self->channel))
    {
      /* The ciphered initiate shows that the release is not forged. */
      g_autoptr (GByteArray) initiate = build_initiate ();
      g_autoptr (GByteArray) sealed = g_byte_array_new ();

      if (!posa_dlms_channel_seal (self->channel, initiate, sealed, NULL))
        return;
      posa_acse_set_user_information (rlrq, sealed->data, sealed->len);
    }
  posa_acse_encode (rlrq, bytes);
  posa_hdlc_link_exchange (self->link, bytes->data, bytes->len, answer, NULL, NULL);
}

void
posa_dlms_client_close (PosaDlmsClient *self)
{
  g_autoptr (GError) error = NULL;

  if (self->link == NULL)
    return;
  if (!posa_dlms_channel_store_peer_counter (self->channel, &error))
    g_warning ("the meter's counter was not kept: %s", error->message);
  if (posa_hdlc_link_is_connected (self->link))
    release (self);
  posa_hdlc_link_disconnect (self->link);
  drop_association (self);
}
