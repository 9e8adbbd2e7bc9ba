/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-dlms-private.h"

#include <string.h>

#include "meter/codec/posa-dlms-hls.h"
#include "meter/codec/posa-initiate.h"

#define PUBLIC_CONFORMANCE (POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_GET)

static PosaDlmsCipher
cipher_with (const PosaSimDlms *self, const guint8 *title)
{
  return (PosaDlmsCipher) { .encryption = self->meter->security.keys.encryption.data,
                            .authentication = self->meter->security.keys.authentication.data,
                            .title = title };
}

void
posa_sim_dlms_seal (PosaSimDlms *self, const GByteArray *plain, GByteArray *out)
{
  PosaDlmsCipher cipher = cipher_with (self, self->meter->security.title);
  guint32 counter = self->meter->security.server_counter++;

  posa_dlms_seal (&cipher,
                  self->general ? POSA_DLMS_PROTECTION_GENERAL_GLO : POSA_DLMS_PROTECTION_GLO,
                  POSA_DLMS_AUTH_ENCRYPTED, counter, plain->data, plain->len, out, NULL);
}

gsize
posa_sim_dlms_get_overhead (const PosaSimDlms *self, gsize size)
{
  /* tag, length, SC, IC, and the tag of the cipher; the title with its length */
  gsize overhead = 1 + 1 + (size >= 0x80) + (size > 0xFF) + 1 + 4 + POSA_DLMS_TAG_BYTES;

  if (self->access == POSA_SIM_ACCESS_PUBLIC)
    return 0;
  return self->general || self->meter->fault == POSA_SIM_FAULT_GENERAL_GLO ? overhead + 9
                                                                           : overhead;
}

gboolean
posa_sim_dlms_unseal (PosaSimDlms *self,
                      const guint8 *data,
                      gsize size,
                      const guint8 *title,
                      GByteArray *plain,
                      guint8 *exception)
{
  PosaDlmsCipher cipher = cipher_with (self, title);
  PosaDlmsEnvelope envelope;

  *exception = POSA_DLMS_EXCEPTION_DECIPHERING;
  if (!posa_dlms_envelope_parse (data, size, &envelope, NULL) ||
      envelope.control != POSA_DLMS_AUTH_ENCRYPTED ||
      (envelope.has_title && memcmp (envelope.title, title, 8) != 0) ||
      !posa_dlms_open (&cipher, &envelope, plain, NULL))
    return FALSE;
  posa_sim_security_note (&self->meter->security, &self->meter->security.keys.encryption, title,
                          envelope.counter);
  if ((gint64) envelope.counter <= self->meter->security.client_counter)
    {
      *exception = POSA_DLMS_EXCEPTION_COUNTER;
      return FALSE;
    }
  self->before_apdu = self->meter->security.client_counter;
  self->meter->security.client_counter = envelope.counter;
  self->general = envelope.tag == POSA_DLMS_GENERAL_GLO;
  return TRUE;
}

static void
put_aare (const PosaAcse *aare, GByteArray *answer)
{
  posa_acse_encode (aare, answer);
}

static void
refuse (PosaSimDlms *self, const PosaAcse *aarq, guint8 diagnostic, GByteArray *answer)
{
  g_autoptr (PosaAcse) aare = posa_acse_new (POSA_ACSE_AARE);

  self->meter->n_refused++;
  aare->context = aarq->context != 0 ? aarq->context : POSA_ACSE_CONTEXT_LN;
  aare->result = 1;
  aare->diagnostic = diagnostic;
  put_aare (aare, answer);
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
  put_aare (aare, answer);
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
  put_aare (aare, answer);
  self->state = POSA_SIM_ASSOCIATION_OPEN;
  self->access = POSA_SIM_ACCESS_PUBLIC;
  self->meter->n_associations++;
}

/* What is wrong with the installer's AARQ before its key is looked at; 0 = nothing. */
static guint8
check_installer (const PosaAcse *aarq)
{
  if (aarq->context != POSA_ACSE_CONTEXT_LN_CIPHERED)
    return POSA_ACSE_DIAGNOSTIC_CONTEXT;
  if (!aarq->has_mechanism)
    return POSA_ACSE_DIAGNOSTIC_MECHANISM_REQUIRED;
  if (aarq->mechanism != POSA_ACSE_MECHANISM_GMAC)
    return POSA_ACSE_DIAGNOSTIC_MECHANISM;
  if (!aarq->has_title)
    return POSA_ACSE_DIAGNOSTIC_CALLING_TITLE;
  if (!aarq->has_authentication || aarq->authentication_size < 8 || aarq->user_information == NULL)
    return POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED;
  return 0;
}

static void
put_installer_aare (PosaSimDlms *self, const GByteArray *response, GByteArray *answer)
{
  g_autoptr (PosaAcse) aare = posa_acse_new (POSA_ACSE_AARE);
  g_autoptr (GByteArray) sealed = g_byte_array_new ();

  posa_sim_dlms_seal (self, response, sealed);
  aare->context = POSA_ACSE_CONTEXT_LN_CIPHERED;
  aare->diagnostic = POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_REQUIRED;
  aare->has_title = aare->has_mechanism = aare->has_authentication = TRUE;
  aare->mechanism = POSA_ACSE_MECHANISM_GMAC;
  memcpy (aare->title, self->meter->security.title, sizeof aare->title);
  memcpy (aare->authentication, self->challenge, sizeof self->challenge);
  aare->authentication_size = sizeof self->challenge;
  posa_acse_set_user_information (aare, sealed->data, sealed->len);
  put_aare (aare, answer);
}

static void
associate_installer (PosaSimDlms *self, const PosaAcse *aarq, GByteArray *answer)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  guint8 diagnostic = check_installer (aarq);
  guint8 exception = 0;

  if (diagnostic != 0)
    {
      refuse (self, aarq, diagnostic, answer);
      return;
    }
  if (!posa_sim_dlms_unseal (self, aarq->user_information->data, aarq->user_information->len,
                             aarq->title, plain, &exception))
    {
      if (exception == POSA_DLMS_EXCEPTION_COUNTER)
        posa_sim_dlms_put_exception (self, exception, answer);
      else
        refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED, answer);
      return;
    }
  guint32 offered = self->meter->conformance;
  if (self->meter->fault == POSA_SIM_FAULT_NO_LIST)
    offered &= ~(guint32) POSA_CONFORMANCE_MULTIPLE;
  g_autoptr (GByteArray) response = negotiate (self, plain, offered);
  if (response == NULL)
    {
      refuse_version (self, aarq, answer);
      return;
    }
  memcpy (self->client_title, aarq->title, sizeof self->client_title);
  memcpy (self->client_challenge, aarq->authentication, aarq->authentication_size);
  self->client_challenge_size = aarq->authentication_size;
  posa_dlms_random (self->challenge, sizeof self->challenge, NULL);
  if (self->meter->fault == POSA_SIM_FAULT_REFLECT)
    memcpy (self->challenge, aarq->authentication,
            MIN (sizeof self->challenge, aarq->authentication_size));
  self->state = POSA_SIM_ASSOCIATION_PENDING;
  self->access = POSA_SIM_ACCESS_INSTALLER;
  put_installer_aare (self, response, answer);
}

void
posa_sim_dlms_associate (PosaSimDlms *self, guint8 sap, const PosaAcse *aarq, GByteArray *answer)
{
  posa_sim_dlms_reset (self);
  if (sap == POSA_SIM_PUBLIC_SAP)
    associate_public (self, aarq, answer);
  else if (sap == POSA_SIM_INSTALLER_SAP)
    associate_installer (self, aarq, answer);
  else
    refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_NO_REASON, answer);
}

void
posa_sim_dlms_release (PosaSimDlms *self, GByteArray *answer)
{
  g_autoptr (PosaAcse) rlre = posa_acse_new (POSA_ACSE_RLRE);

  rlre->has_reason = TRUE;
  posa_acse_encode (rlre, answer);
  posa_sim_dlms_reset (self);
}

/* The two counters of pass 3 may come in either order, or be one. */
PosaApdu *
posa_sim_dlms_reply_to_hls (PosaSimDlms *self, const PosaApdu *request)
{
  PosaSimSecurity *security = &self->meter->security;
  PosaDlmsHls hls = { .mechanism = POSA_ACSE_MECHANISM_GMAC,
                      .keys = &security->keys,
                      .prover = self->client_title,
                      .challenge = self->challenge,
                      .challenge_size = sizeof self->challenge };
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  const PosaApduItem *item = posa_apdu_get_item (request, 0);
  g_autoptr (GByteArray) proof = g_byte_array_new ();
  guint32 counter = 0;
  gsize size = 0;
  const guint8 *theirs = posa_cosem_value_get_bytes (item != NULL ? item->value : NULL, &size);
  gboolean good = theirs != NULL && posa_dlms_hls_check (&hls, theirs, size, &counter);

  if (good)
    posa_sim_security_note (security, &security->keys.encryption, self->client_title, counter);
  if (!good || (gint64) counter <= self->before_apdu)
    {
      self->meter->n_refused++;
      response->result = POSA_DLMS_READ_WRITE_DENIED;
      self->state = POSA_SIM_ASSOCIATION_NONE;
      return response;
    }
  security->client_counter = MAX (security->client_counter, (gint64) counter);
  self->state = POSA_SIM_ASSOCIATION_OPEN;
  self->meter->n_associations++;
  hls.prover = security->title;
  hls.challenge = self->client_challenge;
  hls.challenge_size = self->client_challenge_size;
  posa_dlms_hls_prove (&hls, security->server_counter++, proof, NULL);
  posa_apdu_add_item (
      response, 0, posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, proof->data, proof->len));
  return response;
}
