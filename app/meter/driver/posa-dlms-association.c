/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client-private.h"

#include <string.h>

#include "base/posa-error.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-dlms-security.h"
#include "meter/codec/posa-initiate.h"

#define CHALLENGE_BYTES     16
#define MIN_CHALLENGE_BYTES 8

#define PROPOSED_CONFORMANCE                                                                       \
  (POSA_CONFORMANCE_GENERAL_BLOCK | POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_BLOCK_SET |      \
   POSA_CONFORMANCE_BLOCK_ACTION | POSA_CONFORMANCE_MULTIPLE | POSA_CONFORMANCE_ACCESS |           \
   POSA_CONFORMANCE_GET | POSA_CONFORMANCE_SET | POSA_CONFORMANCE_SELECTIVE |                      \
   POSA_CONFORMANCE_ACTION)

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
  posa_dlms_client_start_blocks (self);
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
        posa_dlms_client_set_exception (apdu, error);
      return NULL;
    }
  g_autoptr (PosaAcse) aare = posa_acse_decode (answer->data, answer->len, error);
  if (aare == NULL)
    return NULL;
  if (aare->result != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                   "the meter refuses the association: %s. " POSA_DLMS_ASK_OFFICE,
                   posa_acse_describe (aare));
      return NULL;
    }
  return g_steal_pointer (&aare);
}

static gboolean
start_link (PosaDlmsClient *self, guint8 sap, GCancellable *cancellable, GError **error)
{
  posa_dlms_client_drop (self);
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

/* Passes 3 and 4 of the authentication. */
static gboolean
prove_keys (PosaDlmsClient *self,
            const PosaAcse *aarq,
            const PosaAcse *aare,
            GCancellable *cancellable,
            GError **error)
{
  const PosaCosemTarget reply =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_ASSOCIATION, POSA_OBIS (0, 0, 40, 0, 0, 255), 1);
  g_autoptr (PosaApdu)
      action = posa_apdu_new (POSA_APDU_ACTION_REQUEST, posa_dlms_client_next_invoke_id (self));
  guint8 proof[POSA_DLMS_MAC_BYTES];
  gsize size = 0;

  if (!posa_dlms_channel_answer_challenge (self->channel, aare->authentication,
                                           aare->authentication_size, proof, error))
    return FALSE;
  posa_apdu_add_target (action, reply);
  posa_apdu_add_item (action, 0,
                      posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, proof, sizeof proof));
  g_autoptr (PosaApdu) answer =
      posa_dlms_client_request (self, action, POSA_APDU_ACTION_RESPONSE, cancellable, error);
  if (answer == NULL)
    return FALSE;
  const PosaApduItem *item = posa_apdu_get_item (answer, 0);
  const guint8 *theirs = posa_cosem_value_get_bytes (item != NULL ? item->value : NULL, &size);
  if (answer->result != POSA_DLMS_SUCCESS || theirs == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
                   "the meter does not accept our proof of the key (%s). " POSA_DLMS_ASK_OFFICE,
                   posa_dlms_result_describe (answer->result));
      return FALSE;
    }
  return posa_dlms_channel_check_answer (self->channel, aarq->authentication,
                                         aarq->authentication_size, theirs, size, error);
}

static PosaAcse *
build_secured_aarq (PosaDlmsClient *self, PosaKeyring *keyring, GError **error)
{
  g_autoptr (PosaAcse) aarq = posa_acse_new (POSA_ACSE_AARQ);
  g_autoptr (GByteArray) initiate = build_initiate ();
  g_autoptr (GByteArray) sealed = g_byte_array_new ();

  if (!posa_dlms_channel_seal (self->channel, initiate, sealed, error) ||
      !posa_keyring_make_fresh (keyring, POSA_KEYRING_CHALLENGE, aarq->authentication,
                                CHALLENGE_BYTES, error))
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
associate_secured (PosaDlmsClient *self,
                   PosaKeyring *keyring,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (PosaAcse) aarq = build_secured_aarq (self, keyring, error);

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
      associate_secured (self, keyring, cancellable, error))
    return TRUE;
  posa_dlms_client_close (self);
  g_prefix_error (error, "associating with meter %s: ", serial);
  return FALSE;
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
  posa_dlms_client_drop (self);
}
