/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-dlms.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-dlms-security.h"
#include "meter/codec/posa-initiate.h"
#include "sim/posa-sim-2g-objects.h"

#define CHALLENGE_BYTES 16
/* Head of a block and protection, beside its piece of data. */
#define BLOCK_OVERHEAD 48

#define PUBLIC_CONFORMANCE (POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_GET)
#define INSTALLER_CONFORMANCE                                                                      \
  (POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_MULTIPLE | POSA_CONFORMANCE_GET |                 \
   POSA_CONFORMANCE_SET | POSA_CONFORMANCE_ACTION)

typedef enum
{
  ASSOCIATION_NONE,
  ASSOCIATION_PENDING, /* the client still has to prove its key */
  ASSOCIATION_OPEN
} AssociationState;

struct _PosaSimDlms
{
  PosaSimMeter *meter;
  AssociationState state;
  PosaSimAccess access;
  guint8 client_title[8];
  guint8 client_challenge[POSA_ACSE_MAX_AUTHENTICATION];
  gsize client_challenge_size;
  guint8 challenge[CHALLENGE_BYTES];
  gint64 before_apdu;  /* client's counter before the present APDU */
  guint16 client_pdu;  /* what the client receives; 0 = no limit */
  gboolean general;    /* the present request came as general-glo-ciphering */
  GByteArray *pending; /* rest of a long answer */
  guint32 block;       /* number of the block sent last */
  guint8 pending_invoke;
  GByteArray *old_answer; /* for the fault that repeats one */
  guint n_gets;
};

PosaSimDlms *
posa_sim_dlms_new (PosaSimMeter *meter)
{
  PosaSimDlms *self = g_new0 (PosaSimDlms, 1);

  self->meter = meter;
  self->pending = g_byte_array_new ();
  self->old_answer = g_byte_array_new ();
  return self;
}

void
posa_sim_dlms_free (PosaSimDlms *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->pending);
  g_byte_array_unref (self->old_answer);
  g_free (self);
}

void
posa_sim_dlms_reset (PosaSimDlms *self)
{
  self->state = ASSOCIATION_NONE;
  g_byte_array_set_size (self->pending, 0);
}

static PosaDlmsCipher
cipher_with (const PosaSimDlms *self, const guint8 *title)
{
  return (PosaDlmsCipher) { .encryption = self->meter->encryption,
                            .authentication = self->meter->authentication,
                            .title = title };
}

static void
put_exception (PosaSimDlms *self, guint8 service, GByteArray *answer)
{
  g_autoptr (PosaApdu) exception = posa_apdu_new (POSA_APDU_EXCEPTION, 0);

  self->meter->n_refused++;
  exception->state = 1; /* service not allowed */
  exception->service = service;
  exception->counter = (guint32) (self->meter->client_counter + 1);
  posa_apdu_encode (exception, answer);
}

/* Appends @plain protected with the meter's next counter. */
static void
seal (PosaSimDlms *self, const GByteArray *plain, GByteArray *out)
{
  PosaDlmsCipher cipher = cipher_with (self, self->meter->title);
  guint32 counter = self->meter->server_counter++;

  if (self->general)
    posa_dlms_seal_general (&cipher, POSA_DLMS_AUTH_ENCRYPTED, counter, plain->data, plain->len,
                            out, NULL);
  else
    posa_dlms_seal (&cipher, POSA_DLMS_AUTH_ENCRYPTED, counter, plain->data, plain->len, out, NULL);
}

/* Deciphers what the client sent; FALSE after putting the exception that it gets. */
static gboolean
unseal (PosaSimDlms *self,
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
  if ((gint64) envelope.counter <= self->meter->client_counter)
    {
      *exception = POSA_DLMS_EXCEPTION_COUNTER;
      return FALSE;
    }
  self->before_apdu = self->meter->client_counter;
  self->meter->client_counter = envelope.counter;
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
  PosaInitiate response = { .response = TRUE,
                            .version = POSA_DLMS_VERSION,
                            .conformance = initiate.conformance & offered,
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
  self->state = ASSOCIATION_OPEN;
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

  seal (self, response, sealed);
  aare->context = POSA_ACSE_CONTEXT_LN_CIPHERED;
  aare->diagnostic = POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_REQUIRED;
  aare->has_title = aare->has_mechanism = aare->has_authentication = TRUE;
  aare->mechanism = POSA_ACSE_MECHANISM_GMAC;
  memcpy (aare->title, self->meter->title, sizeof aare->title);
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
  if (!unseal (self, aarq->user_information->data, aarq->user_information->len, aarq->title, plain,
               &exception))
    {
      if (exception == POSA_DLMS_EXCEPTION_COUNTER)
        put_exception (self, exception, answer);
      else
        refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_FAILED, answer);
      return;
    }
  guint32 offered = INSTALLER_CONFORMANCE;
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
  self->state = ASSOCIATION_PENDING;
  self->access = POSA_SIM_ACCESS_INSTALLER;
  put_installer_aare (self, response, answer);
}

static void
handle_aarq (PosaSimDlms *self, guint8 sap, const PosaAcse *aarq, GByteArray *answer)
{
  posa_sim_dlms_reset (self);
  if (sap == POSA_SIM_PUBLIC_SAP)
    associate_public (self, aarq, answer);
  else if (sap == POSA_SIM_INSTALLER_SAP)
    associate_installer (self, aarq, answer);
  else
    refuse (self, aarq, POSA_ACSE_DIAGNOSTIC_NO_REASON, answer);
}

static void
handle_rlrq (PosaSimDlms *self, GByteArray *answer)
{
  g_autoptr (PosaAcse) rlre = posa_acse_new (POSA_ACSE_RLRE);

  rlre->has_reason = TRUE;
  posa_acse_encode (rlre, answer);
  posa_sim_dlms_reset (self);
}

/* Pass 3; the answer is pass 4. The two counters of pass 3 may come in either order, or be one. */
static PosaApdu *
reply_to_hls (PosaSimDlms *self, const PosaApdu *request)
{
  PosaDlmsCipher client = cipher_with (self, self->client_title);
  PosaDlmsCipher ours = cipher_with (self, self->meter->title);
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  const PosaApduItem *item = posa_apdu_get_item (request, 0);
  guint8 proof[POSA_DLMS_HLS_ANSWER_BYTES];
  guint32 counter = 0;
  gsize size = 0;
  const guint8 *theirs = posa_cosem_value_get_bytes (item != NULL ? item->value : NULL, &size);

  if (theirs == NULL ||
      !posa_dlms_hls_check (&client, self->challenge, sizeof self->challenge, theirs, size,
                            &counter) ||
      (gint64) counter <= self->before_apdu)
    {
      self->meter->n_refused++;
      response->result = POSA_DLMS_READ_WRITE_DENIED;
      self->state = ASSOCIATION_NONE;
      return response;
    }
  self->meter->client_counter = MAX (self->meter->client_counter, (gint64) counter);
  self->state = ASSOCIATION_OPEN;
  self->meter->n_associations++;
  posa_dlms_hls_answer (&ours, self->meter->server_counter++, self->client_challenge,
                        self->client_challenge_size, proof, NULL);
  posa_apdu_add_item (response, 0,
                      posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, proof, sizeof proof));
  return response;
}

/* @busy: the fault to show, nothing can be had for the moment. */
static void
add_reading (PosaSimDlms *self, const PosaCosemTarget *target, gboolean busy, PosaApdu *response)
{
  PosaCosemValue *value = NULL;
  guint8 result = busy ? POSA_DLMS_TEMPORARY_FAILURE
                       : posa_sim_meter_read (self->meter, self->access, *target, &value);

  posa_apdu_add_item (response, result, value);
}

/* The next piece of a long answer. */
static PosaApdu *
next_block (PosaSimDlms *self)
{
  PosaApdu *block = posa_apdu_new (POSA_APDU_GET_BLOCK, self->pending_invoke);
  guint16 limit = self->meter->max_pdu;

  if (self->client_pdu != 0)
    limit = MIN (limit, self->client_pdu);
  gsize size = MIN (self->pending->len, (gsize) MAX (limit, BLOCK_OVERHEAD + 16) - BLOCK_OVERHEAD);
  block->block = ++self->block;
  posa_put_bytes (block->raw, self->pending->data, size);
  g_byte_array_remove_range (self->pending, 0, (guint) size);
  block->last = self->pending->len == 0;
  return block;
}

/* An answer that does not fit becomes the first of its blocks. */
static PosaApdu *
cut_answer (PosaSimDlms *self, PosaApdu *response)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  guint head = response->kind == POSA_APDU_GET_RESPONSE ? 4 : 3;
  guint16 limit = self->meter->max_pdu;

  if (self->client_pdu != 0)
    limit = MIN (limit, self->client_pdu);
  posa_apdu_encode (response, whole);
  if (whole->len + BLOCK_OVERHEAD / 2 <= limit)
    return response;
  g_byte_array_set_size (self->pending, 0);
  posa_put_bytes (self->pending, whole->data + head, whole->len - head);
  self->pending_invoke = response->invoke_id;
  self->block = 0;
  posa_apdu_free (response);
  return next_block (self);
}

static PosaApdu *
handle_get (PosaSimDlms *self, const PosaApdu *request)
{
  gboolean is_list = request->kind == POSA_APDU_GET_LIST_REQUEST;
  gboolean busy = self->meter->fault == POSA_SIM_FAULT_TEMPORARY && ++self->n_gets % 7 == 0;
  PosaApdu *response =
      posa_apdu_new (is_list ? POSA_APDU_GET_LIST_RESPONSE : POSA_APDU_GET_RESPONSE,
                     request->invoke_id);

  g_byte_array_set_size (self->pending, 0);
  for (guint i = 0; i < request->targets->len; i++)
    add_reading (self, posa_apdu_get_target (request, i), busy, response);
  return cut_answer (self, response);
}

static PosaApdu *
handle_next (PosaSimDlms *self, const PosaApdu *request)
{
  if (self->pending->len > 0 && request->block == self->block)
    return next_block (self);
  PosaApdu *error = posa_apdu_new (POSA_APDU_GET_BLOCK, request->invoke_id);
  error->last = TRUE;
  error->block = request->block;
  error->result = self->pending->len > 0 ? POSA_DLMS_BLOCK_NUMBER_INVALID : POSA_DLMS_NO_LONG_GET;
  g_byte_array_set_size (self->pending, 0);
  return error;
}

static PosaApdu *
handle_set (PosaSimDlms *self, const PosaApdu *request)
{
  PosaApdu *response = posa_apdu_new (POSA_APDU_SET_RESPONSE, request->invoke_id);

  response->result = posa_sim_meter_write (self->meter, self->access,
                                           *posa_apdu_get_target (request, 0),
                                           posa_apdu_get_item (request, 0)->value);
  return response;
}

static PosaApdu *
handle_action (PosaSimDlms *self, const PosaApdu *request)
{
  PosaCosemTarget target = *posa_apdu_get_target (request, 0);
  const PosaApduItem *item = posa_apdu_get_item (request, 0);

  if (target.class_id == POSA_DLMS_CLASS_ASSOCIATION && target.index == 1 &&
      posa_obis_equal (target.obis, POSA_SIM_OBIS_ASSOCIATION) &&
      self->state == ASSOCIATION_PENDING)
    return reply_to_hls (self, request);
  if (self->state != ASSOCIATION_OPEN)
    return NULL;
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  response->result =
      posa_sim_meter_act (self->meter, self->access, target, item != NULL ? item->value : NULL);
  return response;
}

/* NULL: not allowed now, or not supported. */
static PosaApdu *
serve (PosaSimDlms *self, const PosaApdu *request)
{
  if (request->kind == POSA_APDU_ACTION_REQUEST)
    return handle_action (self, request);
  if (self->state != ASSOCIATION_OPEN)
    return NULL;
  switch (request->kind)
    {
    case POSA_APDU_GET_REQUEST:
    case POSA_APDU_GET_LIST_REQUEST:
      return handle_get (self, request);
    case POSA_APDU_GET_NEXT:
      return handle_next (self, request);
    case POSA_APDU_SET_REQUEST:
      return self->access == POSA_SIM_ACCESS_INSTALLER ? handle_set (self, request) : NULL;
    default:
      return NULL;
    }
}

/* Protects an answer as agreed, or as the fault to show wants it. */
static void
put_answer (PosaSimDlms *self, PosaApdu *response, gboolean settled, GByteArray *answer)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaSimFault fault = settled ? self->meter->fault : POSA_SIM_FAULT_NONE;

  if (fault == POSA_SIM_FAULT_WRONG_INVOKE)
    response->invoke_id ^= 1;
  posa_apdu_encode (response, plain);
  if (self->access == POSA_SIM_ACCESS_PUBLIC || fault == POSA_SIM_FAULT_WEAK_ANSWER)
    {
      posa_put_bytes (answer, plain->data, plain->len);
      return;
    }
  if (fault == POSA_SIM_FAULT_REPLAY && self->old_answer->len > 0)
    {
      posa_put_bytes (answer, self->old_answer->data, self->old_answer->len);
      return;
    }
  self->general = self->general || fault == POSA_SIM_FAULT_GENERAL_GLO;
  seal (self, plain, answer);
  if (fault == POSA_SIM_FAULT_BAD_TAG)
    answer->data[answer->len - 1] ^= 0x80;
  g_byte_array_set_size (self->old_answer, 0);
  posa_put_bytes (self->old_answer, answer->data, answer->len);
}

static void
handle_service (PosaSimDlms *self, const GByteArray *apdu, GByteArray *answer)
{
  gboolean secured = self->access == POSA_SIM_ACCESS_INSTALLER;
  gboolean settled = self->state == ASSOCIATION_OPEN;
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  guint8 exception = POSA_DLMS_EXCEPTION_OPERATION_NOT_POSSIBLE;

  self->general = FALSE;
  if (self->state == ASSOCIATION_NONE || secured != posa_dlms_is_ciphered (apdu->data[0]))
    {
      put_exception (self, exception, answer);
      return;
    }
  if (!secured)
    posa_put_bytes (plain, apdu->data, apdu->len);
  else if (!unseal (self, apdu->data, apdu->len, self->client_title, plain, &exception))
    {
      put_exception (self, exception, answer);
      return;
    }
  g_autoptr (PosaApdu) request = posa_apdu_decode (plain->data, plain->len, NULL);
  g_autoptr (PosaApdu) response = request != NULL ? serve (self, request) : NULL;
  if (response == NULL)
    put_exception (self, request == NULL ? POSA_DLMS_EXCEPTION_NOT_SUPPORTED : exception, answer);
  else
    put_answer (self, response, settled, answer);
}

void
posa_sim_dlms_handle (PosaSimDlms *self, guint8 sap, const GByteArray *apdu, GByteArray *answer)
{
  if (apdu->len == 0)
    return;
  if (apdu->data[0] != POSA_ACSE_AARQ && apdu->data[0] != POSA_ACSE_RLRQ)
    {
      handle_service (self, apdu, answer);
      return;
    }
  g_autoptr (PosaAcse) acse = posa_acse_decode (apdu->data, apdu->len, NULL);
  self->general = FALSE;
  if (acse == NULL)
    put_exception (self, POSA_DLMS_EXCEPTION_OTHER, answer);
  else if (acse->kind == POSA_ACSE_AARQ)
    handle_aarq (self, sap, acse, answer);
  else
    handle_rlrq (self, answer);
}
