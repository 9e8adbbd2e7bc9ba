/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-dlms-private.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/posa-cursor.h"
#include "meter/codec/posa-initiate.h"

#define MIN_CHALLENGE_BYTES 8

#define PUBLIC_CONFORMANCE (POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_GET)

static void
refuse (PosaSimDlms *self, const PosaAcse *aarq, guint8 diagnostic, GByteArray *answer)
{
  g_autoptr (PosaAcse) aare = posa_acse_new (POSA_ACSE_AARE);

  self->meter->n_refused++;
  aare->context = aarq->context != 0 ? aarq->context : POSA_ACSE_CONTEXT_LN;
  aare->result = 1;
  aare->diagnostic = diagnostic;
  posa_acse_encode (aare, answer);
}

/* The negotiated initiate response; NULL and an error AARE for another version. */
static GByteArray *
negotiate (PosaSimDlms *self, const GByteArray *request, guint32 offered)
{
  GByteArray *out = g_byte_array_new ();
  PosaInitiate initiate;

  if (!posa_initiate_decode (request->data, request->len, &initiate, NULL) || initiate.response ||
      initiate.version != POSA_DLMS_VERSION)
    {
      g_byte_array_unref (out);
      return NULL;
    }
  if (initiate.has_dedicated_key)
    posa_dlms_key_set (&self->dedicated, initiate.dedicated_key, initiate.dedicated_key_size);
  self->client_pdu = initiate.max_pdu;
  self->conformance = initiate.conformance & offered;
  PosaInitiate response = { .response = TRUE,
                            .version = POSA_DLMS_VERSION,
                            .conformance = self->conformance,
                            .max_pdu = self->meter->max_pdu,
                            .vaa = POSA_DLMS_VAA_LN };
  posa_initiate_encode (&response, out);
  return out;
}

static void
refuse_version (PosaSimDlms *self, const PosaAcse *aarq, GByteArray *answer)
{
  static const guint8 error[] = { 0x0E, 0x01, 0x06, 0x01 }; /* initiate: version too low */
  g_autoptr (PosaAcse) aare = posa_acse_new (POSA_ACSE_AARE);

  self->meter->n_refused++;
  aare->context = aarq->context;
  aare->result = 1;
  aare->diagnostic = POSA_ACSE_DIAGNOSTIC_NO_REASON;
  posa_acse_set_user_information (aare, error, sizeof error);
  posa_acse_encode (aare, answer);
}

static void
associate_public (PosaSimDlms *self, const PosaAcse *aarq, GByteArray *answer)
{
  if (aarq->context != POSA_ACSE_CONTEXT_LN)
    {
      refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_CONTEXT, answer);
      return;
    }
  if (aarq->has_mechanism && aarq->mechanism != POSA_ACSE_MECHANISM_NONE)
    {
      refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_MECHANISM, answer);
      return;
    }
  g_autoptr (GByteArray) response =
      aarq->user_information != NULL ? negotiate (self, aarq->user_information, PUBLIC_CONFORMANCE)
                                     : NULL;
  if (response == NULL)
    {
      refuse_version (self, aarq, answer);
      return;
    }
  g_autoptr (PosaAcse) aare = posa_acse_new (POSA_ACSE_AARE);
  aare->context = POSA_ACSE_CONTEXT_LN;
  posa_acse_set_user_information (aare, response->data, response->len);
  posa_acse_encode (aare, answer);
  self->state = POSA_SIM_ASSOCIATION_OPEN;
  self->access = POSA_SIM_ACCESS_PUBLIC;
  self->meter->n_associations++;
}

/* Whether the AARQ's authentication is what its mechanism wants. */
static gboolean
check_authentication (const PosaSimSecurity *security, const PosaAcse *aarq)
{
  const PosaDlmsKey *secret = &security->keys.secret;

  if (security->agreement.mechanism == POSA_ACSE_MECHANISM_NONE)
    return TRUE;
  if (security->agreement.mechanism == POSA_ACSE_MECHANISM_PASSWORD)
    return aarq->has_authentication && aarq->authentication_size == secret->size &&
           CRYPTO_memcmp (aarq->authentication, secret->data, secret->size) == 0;
  return aarq->has_authentication && aarq->authentication_size >= MIN_CHALLENGE_BYTES;
}

/* What is wrong with the installer's AARQ before its keys are looked at; 0 = nothing. */
static guint8
check_installer (const PosaSimSecurity *security, const PosaAcse *aarq)
{
  const PosaDlmsAgreement *agreement = &security->agreement;

  if (aarq->context != (agreement->ciphered ? POSA_ACSE_CONTEXT_LN_CIPHERED : POSA_ACSE_CONTEXT_LN))
    return POSA_ACSE_DIAGNOSTIC_CONTEXT;
  if (agreement->mechanism != POSA_ACSE_MECHANISM_NONE && !aarq->has_mechanism)
    return POSA_ACSE_DIAGNOSTIC_MECHANISM_REQUIRED;
  if (aarq->mechanism != agreement->mechanism)
    return POSA_ACSE_DIAGNOSTIC_MECHANISM;
  if (posa_dlms_agreement_needs_title (agreement) && !aarq->has_title)
    return POSA_ACSE_DIAGNOSTIC_CALLING_TITLE;
  if (!check_authentication (security, aarq) || aarq->user_information == NULL)
    return POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED;
  return 0;
}

static void
make_challenge (PosaSimDlms *self, const PosaAcse *aarq)
{
  memcpy (self->client_challenge, aarq->authentication, aarq->authentication_size);
  self->client_challenge_size = aarq->authentication_size;
  posa_dlms_random (self->challenge, sizeof self->challenge, NULL);
  if (self->meter->fault == POSA_SIM_FAULT_REFLECT)
    memcpy (self->challenge, aarq->authentication,
            MIN (sizeof self->challenge, aarq->authentication_size));
}

/* What the faults to show make of an AARE. */
static void
spoil_aare (const PosaSimDlms *self, PosaAcse *aare)
{
  switch (self->meter->fault)
    {
    case POSA_SIM_FAULT_PLAIN_CONTEXT:
      aare->context = POSA_ACSE_CONTEXT_LN;
      break;
    case POSA_SIM_FAULT_OTHER_MECHANISM:
      aare->mechanism = POSA_ACSE_MECHANISM_PASSWORD;
      break;
    case POSA_SIM_FAULT_SHORT_CHALLENGE:
      aare->authentication_size = 4;
      break;
    case POSA_SIM_FAULT_REFLECT_TITLE:
      memcpy (aare->title, self->client_title, sizeof aare->title);
      break;
    case POSA_SIM_FAULT_VERSION:
      aare->has_version = TRUE;
      break;
    default:
      break;
    }
}

static void
put_installer_aare (PosaSimDlms *self, const GByteArray *response, GByteArray *answer)
{
  const PosaSimSecurity *security = &self->meter->security;
  g_autoptr (PosaAcse) aare = posa_acse_new (POSA_ACSE_AARE);
  g_autoptr (GByteArray) sealed = g_byte_array_new ();

  posa_sim_dlms_seal_initiate (self, response, sealed);
  aare->context = security->agreement.ciphered ? POSA_ACSE_CONTEXT_LN_CIPHERED
                                               : POSA_ACSE_CONTEXT_LN;
  aare->has_title = posa_dlms_agreement_needs_title (&security->agreement);
  memcpy (aare->title, security->title, sizeof aare->title);
  if (posa_dlms_hls_is_high (security->agreement.mechanism))
    {
      aare->diagnostic = POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_REQUIRED;
      aare->has_mechanism = aare->has_authentication = TRUE;
      aare->mechanism = (guint8) security->agreement.mechanism;
      memcpy (aare->authentication, self->challenge, sizeof self->challenge);
      aare->authentication_size = sizeof self->challenge;
    }
  spoil_aare (self, aare);
  posa_acse_set_user_information (aare, sealed->data, sealed->len);
  posa_acse_encode (aare, answer);
}

/* The initiate request in plain; NULL after the answer that refuses it. */
static GByteArray *
open_initiate (PosaSimDlms *self, const PosaAcse *aarq, GByteArray *answer)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  guint8 diagnostic = check_installer (&self->meter->security, aarq);
  guint8 exception = 0;

  self->access = POSA_SIM_ACCESS_INSTALLER;
  memcpy (self->client_title, aarq->title, sizeof self->client_title);
  if (diagnostic != 0)
    refuse (self, aarq, diagnostic, answer);
  else if (posa_sim_dlms_unseal_initiate (self, aarq->user_information, plain, &exception))
    return g_steal_pointer (&plain);
  else if (exception == POSA_DLMS_EXCEPTION_COUNTER)
    posa_sim_dlms_put_exception (self, exception, answer);
  else
    refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED, answer);
  return NULL;
}

static void
associate_installer (PosaSimDlms *self, const PosaAcse *aarq, GByteArray *answer)
{
  PosaSimSecurity *security = &self->meter->security;
  g_autoptr (GByteArray) plain = open_initiate (self, aarq, answer);
  guint32 offered = self->meter->conformance;

  if (plain == NULL)
    return;
  if (self->meter->fault == POSA_SIM_FAULT_NO_LIST)
    offered &= ~(guint32) POSA_CONFORMANCE_MULTIPLE;
  if (self->meter->fault == POSA_SIM_FAULT_COUNTER_ZERO)
    security->server_counter = 0;
  g_autoptr (GByteArray) response = negotiate (self, plain, offered);
  if (response == NULL)
    {
      refuse_version (self, aarq, answer);
      return;
    }
  if (posa_dlms_agreement_is_dedicated (&security->agreement) &&
      self->dedicated.size != security->keys.encryption.size)
    {
      refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED, answer);
      return;
    }
  gboolean high = posa_dlms_hls_is_high (security->agreement.mechanism);
  self->state = high ? POSA_SIM_ASSOCIATION_PENDING : POSA_SIM_ASSOCIATION_OPEN;
  self->meter->n_associations += !high;
  make_challenge (self, aarq);
  put_installer_aare (self, response, answer);
}

void
posa_sim_dlms_associate (PosaSimDlms *self, guint8 sap, const PosaAcse *aarq, GByteArray *answer)
{
  posa_sim_dlms_reset (self);
  if (sap == self->meter->public_sap)
    associate_public (self, aarq, answer);
  else if (sap == self->meter->installer_sap)
    associate_installer (self, aarq, answer);
  else
    refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_NO_REASON, answer);
}

void
posa_sim_dlms_release (PosaSimDlms *self, GByteArray *answer)
{
  /* As one server in the field has it: the lengths say more than there is. */
  static const guint8 bad[] = { 0x63, 0x07, 0x80, 0x01, 0x00, 0xBE, 0x05, 0x04, 0x04, 0x28 };
  g_autoptr (PosaAcse) rlre = posa_acse_new (POSA_ACSE_RLRE);

  rlre->has_reason = TRUE;
  if (self->meter->fault == POSA_SIM_FAULT_BAD_RELEASE)
    posa_put_bytes (answer, bad, sizeof bad);
  else
    posa_acse_encode (rlre, answer);
  posa_sim_dlms_reset (self);
}

static PosaDlmsHls
hls_of (const PosaSimDlms *self, gboolean answer)
{
  const PosaSimSecurity *security = &self->meter->security;

  return (PosaDlmsHls) {
    .mechanism = security->agreement.mechanism,
    .suite = security->agreement.suite,
    .keys = &security->keys,
    .prover = answer ? security->title : self->client_title,
    .verifier = answer ? self->client_title : security->title,
    .challenge = answer ? self->client_challenge : self->challenge,
    .challenge_size = answer ? self->client_challenge_size : sizeof self->challenge,
    .own_challenge = answer ? self->challenge : self->client_challenge,
    .own_challenge_size = answer ? sizeof self->challenge : self->client_challenge_size,
    .maker = security->agreement.maker,
  };
}

/* Whether pass 3 proves the client's key. Its two counters may come in either order, or be one. */
static gboolean
check_proof (PosaSimDlms *self, const guint8 *proof, gsize size)
{
  PosaSimSecurity *security = &self->meter->security;
  const PosaDlmsHls hls = hls_of (self, FALSE);
  guint32 counter = 0;

  if (proof == NULL || !posa_dlms_hls_check (&hls, proof, size, &counter))
    return FALSE;
  if (hls.mechanism != POSA_ACSE_MECHANISM_GMAC)
    return TRUE;
  posa_sim_security_note (security, &security->keys.encryption, self->client_title, counter);
  if ((gint64) counter <= self->before_apdu)
    return FALSE;
  security->client_counter = MAX (security->client_counter, (gint64) counter);
  return TRUE;
}

PosaApdu *
posa_sim_dlms_reply_to_hls (PosaSimDlms *self, const PosaApdu *request)
{
  PosaSimSecurity *security = &self->meter->security;
  const PosaDlmsHls hls = hls_of (self, TRUE);
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  const PosaApduItem *item = posa_apdu_get_item (request, 0);
  g_autoptr (GByteArray) proof = g_byte_array_new ();
  gsize size = 0;
  const guint8 *theirs = posa_cosem_value_get_bytes (item != NULL ? item->value : NULL, &size);

  if (!check_proof (self, theirs, size))
    {
      self->meter->n_refused++;
      response->result = POSA_DLMS_READ_WRITE_DENIED;
      self->state = POSA_SIM_ASSOCIATION_NONE;
      return response;
    }
  self->state = POSA_SIM_ASSOCIATION_OPEN;
  self->meter->n_associations++;
  if (self->meter->fault == POSA_SIM_FAULT_NO_PROOF)
    return response;
  posa_dlms_hls_prove (&hls,
                       hls.mechanism == POSA_ACSE_MECHANISM_GMAC ? security->server_counter++ : 0,
                       proof, NULL);
  if (self->meter->fault == POSA_SIM_FAULT_WRONG_PROOF)
    proof->data[proof->len - 1] ^= 0x01;
  posa_apdu_add_item (
      response, 0, posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, proof->data, proof->len));
  return response;
}
