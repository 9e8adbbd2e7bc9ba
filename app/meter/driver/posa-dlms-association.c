/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client-private.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/posa-error.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-initiate.h"

#define CHALLENGE_BYTES     16
#define MIN_CHALLENGE_BYTES 8

#define PROPOSED_CONFORMANCE                                                                       \
  (POSA_CONFORMANCE_GENERAL_BLOCK | POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_BLOCK_SET |      \
   POSA_CONFORMANCE_BLOCK_ACTION | POSA_CONFORMANCE_MULTIPLE | POSA_CONFORMANCE_ACCESS |           \
   POSA_CONFORMANCE_GET | POSA_CONFORMANCE_SET | POSA_CONFORMANCE_SELECTIVE |                      \
   POSA_CONFORMANCE_ACTION)

static GByteArray *
build_initiate (const PosaDlmsClient *self)
{
  const PosaDlmsKey *dedicated = posa_dlms_channel_get_dedicated (self->channel);
  PosaDlmsProtection form = posa_dlms_channel_get_agreement (self->channel)->protection;
  PosaInitiate initiate = { .version = POSA_DLMS_VERSION,
                            .conformance = PROPOSED_CONFORMANCE,
                            .max_pdu = posa_dlms_client_get_own_pdu (self) };
  GByteArray *out = g_byte_array_new ();

  if (form >= POSA_DLMS_PROTECTION_GENERAL_GLO)
    initiate.conformance |= POSA_CONFORMANCE_GENERAL_PROTECTION;
  if (dedicated != NULL)
    {
      initiate.has_dedicated_key = TRUE;
      initiate.dedicated_key_size = dedicated->size;
      memcpy (initiate.dedicated_key, dedicated->data, dedicated->size);
    }
  posa_initiate_encode (&initiate, out);
  OPENSSL_cleanse (&initiate, sizeof initiate);
  return out;
}

/* The initiate request as it goes into a message of the association. */
static gboolean
put_initiate (PosaDlmsClient *self, PosaAcse *acse, GError **error)
{
  g_autoptr (GByteArray) initiate = build_initiate (self);
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  gboolean good = posa_dlms_channel_seal_initiate (self->channel, initiate, sealed, error);

  OPENSSL_cleanse (initiate->data, initiate->len);
  if (good)
    posa_acse_set_user_information (acse, sealed->data, sealed->len);
  return good;
}

static gboolean
read_initiate_response (PosaDlmsClient *self, const PosaAcse *aare, GError **error)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaInitiate initiate;

  if (aare->user_information == NULL)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the meter's answer to the association is incomplete");
      return FALSE;
    }
  if (!posa_dlms_channel_open_initiate (self->channel, aare->user_information, plain, error) ||
      !posa_initiate_decode (plain->data, plain->len, &initiate, error))
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

/* An exception in the place of the AARE; one about the counter says which one is due. */
static void
take_exception (PosaDlmsClient *self, const GByteArray *answer, GError **error)
{
  g_autoptr (PosaApdu) apdu = posa_apdu_decode (answer->data, answer->len, error);

  if (apdu == NULL)
    return;
  if (apdu->kind == POSA_APDU_EXCEPTION && apdu->service == POSA_DLMS_EXCEPTION_COUNTER)
    self->expected_counter = apdu->counter;
  posa_dlms_client_set_exception (apdu, error);
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
  gboolean sent =
      posa_hdlc_link_exchange (self->link, request->data, request->len, answer, cancellable, error);
  OPENSSL_cleanse (request->data, request->len); /* there may be a password in it */
  if (!sent)
    return NULL;
  if (answer->len > 0 && answer->data[0] != POSA_ACSE_AARE)
    {
      take_exception (self, answer, error);
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

/* The password, or a fresh challenge. */
static gboolean
put_authentication (PosaDlmsClient *self, PosaAcse *aarq, GError **error)
{
  const PosaDlmsKey *secret = &posa_dlms_channel_get_keys (self->channel)->secret;

  aarq->has_mechanism = aarq->has_authentication = TRUE;
  aarq->mechanism = (guint8) posa_dlms_channel_get_agreement (self->channel)->mechanism;
  if (aarq->mechanism != POSA_ACSE_MECHANISM_PASSWORD)
    {
      aarq->authentication_size = CHALLENGE_BYTES;
      return posa_dlms_channel_make_fresh (self->channel, POSA_KEYRING_CHALLENGE,
                                           aarq->authentication, CHALLENGE_BYTES, error);
    }
  if (secret->size > sizeof aarq->authentication)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING, "a password has at most %u bytes",
                   (guint) sizeof aarq->authentication);
      return FALSE;
    }
  aarq->authentication_size = secret->size;
  memcpy (aarq->authentication, secret->data, secret->size);
  return TRUE;
}

/* Nothing that the agreement does not ask for: each byte takes its time on the line. */
static PosaAcse *
build_aarq (PosaDlmsClient *self, GError **error)
{
  const PosaDlmsAgreement *agreement = posa_dlms_channel_get_agreement (self->channel);
  g_autoptr (PosaAcse) aarq = posa_acse_new (POSA_ACSE_AARQ);

  aarq->context = agreement->ciphered ? POSA_ACSE_CONTEXT_LN_CIPHERED : POSA_ACSE_CONTEXT_LN;
  aarq->has_title = posa_dlms_agreement_needs_title (agreement);
  if (aarq->has_title)
    memcpy (aarq->title, posa_dlms_channel_get_title (self->channel), sizeof aarq->title);
  if (agreement->mechanism != POSA_ACSE_MECHANISM_NONE && !put_authentication (self, aarq, error))
    return NULL;
  return put_initiate (self, aarq, error) ? g_steal_pointer (&aarq) : NULL;
}

static gboolean
is_same_challenge (const PosaAcse *a, const PosaAcse *b)
{
  return a->authentication_size == b->authentication_size &&
         memcmp (a->authentication, b->authentication, a->authentication_size) == 0;
}

/* What in an answer is weaker than what was asked for (meters.md 6.8); NULL = nothing. */
static const char *
find_weakness (const PosaDlmsAgreement *agreement, const PosaAcse *aarq, const PosaAcse *aare)
{
  gboolean high = posa_dlms_hls_is_high (agreement->mechanism);

  if (!posa_dlms_agreement_needs_keys (agreement))
    return NULL;
  if (aare->context != aarq->context ||
      (high || aare->has_mechanism ? aare->mechanism != aarq->mechanism : FALSE))
    return "the meter answers with weaker security than asked for";
  if (!high && aare->diagnostic == POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_REQUIRED)
    return "the meter asks for another authentication than agreed";
  if (posa_dlms_agreement_needs_title (agreement) && !aare->has_title)
    return "the meter's answer lacks its system title";
  if (aare->has_title && memcmp (aare->title, aarq->title, sizeof aare->title) == 0)
    return "the meter's system title is our own sent back";
  if (high && aare->authentication_size < MIN_CHALLENGE_BYTES)
    return "the meter's answer lacks a challenge of sufficient length";
  if (high && is_same_challenge (aarq, aare))
    return "the meter's challenge is our own sent back";
  return NULL;
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
  g_autoptr (GByteArray) proof = g_byte_array_new ();
  gsize size = 0;

  if (!posa_dlms_channel_prove (self->channel, aarq, aare, proof, error))
    return FALSE;
  posa_apdu_add_target (action, reply);
  posa_apdu_add_item (
      action, 0, posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, proof->data, proof->len));
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
  return posa_dlms_channel_check_proof (self->channel, aarq, aare, theirs, size, error);
}

static gboolean
associate (PosaDlmsClient *self, GCancellable *cancellable, GError **error)
{
  const PosaDlmsAgreement *agreement = posa_dlms_channel_get_agreement (self->channel);
  g_autoptr (PosaAcse) aarq = build_aarq (self, error);

  if (aarq == NULL)
    return FALSE;
  g_autoptr (PosaAcse) aare = exchange_association (self, aarq, cancellable, error);
  if (aare == NULL)
    return FALSE;
  const char *weakness = find_weakness (agreement, aarq, aare);
  if (weakness != NULL)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED, weakness);
      return FALSE;
    }
  if (aare->has_title)
    posa_dlms_channel_set_server_title (self->channel, aare->title);
  return read_initiate_response (self, aare, error) &&
         (!posa_dlms_hls_is_high (agreement->mechanism) ||
          prove_keys (self, aarq, aare, cancellable, error));
}

/* Keys first: without them nothing is said to the meter. */
static gboolean
open_once (PosaDlmsClient *self,
           const PosaDlmsAssociationOptions *options,
           GCancellable *cancellable,
           GError **error)
{
  posa_dlms_client_drop (self);
  self->link_options.client = options->sap;
  self->link = posa_hdlc_link_new (self->port, &self->link_options, self->stats);
  posa_hdlc_link_set_hasty (self->link, self->hasty);
  self->channel = posa_dlms_channel_new (self->link);
  if (posa_dlms_channel_prepare (self->channel, options, error) &&
      posa_hdlc_link_connect (self->link, cancellable, error) &&
      associate (self, cancellable, error))
    return TRUE;
  posa_dlms_client_close (self);
  return FALSE;
}

gboolean
posa_dlms_client_open (PosaDlmsClient *self,
                       const PosaDlmsAssociationOptions *options,
                       GCancellable *cancellable,
                       GError **error)
{
  PosaDlmsAssociationOptions again = *options;
  g_autoptr (GError) local_error = NULL;

  self->expected_counter = 0;
  gboolean good = open_once (self, options, cancellable, &local_error);
  if (!good && self->expected_counter != 0)
    {
      /* Once, and never lower than what is stored: the meter's word is not authenticated. */
      g_clear_error (&local_error);
      again.at_least = MAX (options->at_least, self->expected_counter);
      good = open_once (self, &again, cancellable, &local_error);
    }
  if (good)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  if (options->serial != NULL)
    g_prefix_error (error, "associating with meter %s: ", options->serial);
  return FALSE;
}

/* Polite, and nothing depends on the answer. In the ciphered context the initiate shows that the
 * release is not forged. */
static void
release (PosaDlmsClient *self)
{
  g_autoptr (PosaAcse) rlrq = posa_acse_new (POSA_ACSE_RLRQ);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  rlrq->has_reason = TRUE;
  if (posa_dlms_channel_get_agreement (self->channel)->ciphered && !put_initiate (self, rlrq, NULL))
    return;
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
