/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* A whole session, reading and commissioning, with a DLMS meter that answers whatever the fuzzer
 * wants: raw bytes, or messages that the framing, the association and the protection below them are
 * right for, so that what the fuzzer writes gets through to the innermost parsers. */

#include "fuzz-port.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-apdu.h"
#include "meter/codec/posa-dlms-security.h"
#include "meter/codec/posa-hdlc-deframer.h"
#include "meter/codec/posa-initiate.h"
#include "meter/posa-meter.h"
#include "posa-test-keyring.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define SERIAL    "2600000042"
#define LLC_BYTES 3
#define INFO_SIZE 128

/* Of the first byte of the input. */
enum
{
  MODE_FRAMED = 0x01,     /* else all bytes are the fuzzer's */
  MODE_COMMISSION = 0x02, /* after the reading */
  MODE_RELAY = 0x04,      /* then the test of the relay */
  MODE_TOTALS = 0x08,     /* a second reading */
  MODE_ASSOCIATE = 0x10,  /* also the answers of the association are the fuzzer's */
  MODE_NO_LIST = 0x20,    /* GET with list is not granted */
  MODE_OBEY = 0x40        /* SET and ACTION succeed, and what was set is read back */
};

/* Of the first byte of a step: what its bytes become … */
enum
{
  HOW_RAW = 2,
  HOW_SILENT,
  HOW_READY,       /* RR: nothing to say yet */
  HOW_INFORMATION, /* of a frame, without LLC */
  HOW_UNNUMBERED,
  HOW_MASK = 7, /* anything else: an APDU */
  /* … and what is wrong with it. */
  HOW_BAD_SEQUENCE = 0x08,
  HOW_DAMAGED = 0x10,
  HOW_UNPROTECTED = 0x20,
  HOW_OWN_INVOKE_ID = 0x40,
  HOW_GENERAL = 0x80 /* no fault: general-glo-ciphering */
};

typedef struct
{
  PosaReader input;
  guint8 mode;
  PosaHdlcDeframer *deframer;
  PosaHdlcAddress client, server;
  guint8 send_sequence, receive_sequence;
  GByteArray *request; /* segments so far */
  GByteArray *answer;  /* with LLC, what is left of it */
  guint32 counter;
  guint8 client_title[8];
  guint8 challenge[POSA_ACSE_MAX_AUTHENTICATION];
  gsize challenge_size;
  GHashTable *written; /* text of a target -> PosaCosemValue */
} Meter;

static const guint8 server_title[8] = { 'P', 'S', 'A', 0, 1, 2, 3, 4 };

/* The keys of PosaTestKeyring. */
static PosaDlmsCipher
cipher_of (const guint8 *title)
{
  static const guint8 encryption[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
  static const guint8 authentication[16] = { 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7,
                                             0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF };

  return (PosaDlmsCipher) { .encryption = encryption,
                            .authentication = authentication,
                            .title = title };
}

static void
seal (Meter *self, const GByteArray *plain, gboolean general, GByteArray *out)
{
  PosaDlmsCipher cipher = cipher_of (server_title);

  if (!posa_dlms_seal (&cipher,
                       general ? POSA_DLMS_PROTECTION_GENERAL_GLO : POSA_DLMS_PROTECTION_GLO,
                       POSA_DLMS_AUTH_ENCRYPTED, self->counter++, plain->data, plain->len, out,
                       NULL))
    posa_put_bytes (out, plain->data, plain->len); /* nothing that can be protected */
}

/* ---- the link ---- */

static void
put_frame (Meter *self, PosaHdlcFrame frame, guint8 how, GByteArray *line)
{
  guint from = line->len;

  frame.destination = self->client;
  frame.source = self->server;
  frame.poll = TRUE;
  frame.receive_sequence = self->receive_sequence;
  if ((how & HOW_BAD_SEQUENCE) != 0)
    frame.send_sequence = (frame.send_sequence + 3) & 7;
  posa_hdlc_frame_encode (&frame, line);
  if ((how & HOW_DAMAGED) != 0)
    line->data[from + (line->len - from) / 2] ^= 0x10;
}

/* The next segment of the answer, or RR. */
static void
put_segment (Meter *self, guint8 how, GByteArray *line)
{
  guint size = MIN (self->answer->len, INFO_SIZE);
  PosaHdlcFrame frame = { .type = size > 0 ? POSA_HDLC_I : POSA_HDLC_RR,
                          .segmented = size < self->answer->len,
                          .send_sequence = self->send_sequence,
                          .information = self->answer->data,
                          .size = size };

  put_frame (self, frame, how, line);
  if (size == 0)
    return;
  self->send_sequence = (self->send_sequence + 1) & 7;
  g_byte_array_remove_range (self->answer, 0, size);
}

static void
put_apdu (Meter *self, const GByteArray *apdu, guint8 how, GByteArray *line)
{
  static const guint8 llc[LLC_BYTES] = { 0xE6, 0xE7, 0x00 };

  g_byte_array_set_size (self->answer, 0);
  posa_put_bytes (self->answer, llc, sizeof llc);
  posa_put_bytes (self->answer, apdu->data, apdu->len);
  put_segment (self, how, line);
}

static void
put_unnumbered (Meter *self, const FuzzStep *step, GByteArray *line)
{
  static const PosaHdlcType types[] = { POSA_HDLC_UA, POSA_HDLC_DM, POSA_HDLC_FRMR, POSA_HDLC_UI,
                                        POSA_HDLC_RNR };
  guint8 choice = step->size > 0 ? step->data[0] : 0;
  PosaHdlcFrame frame = { .type = types[choice % G_N_ELEMENTS (types)] };

  if (step->size > 1 && frame.type != POSA_HDLC_RNR)
    {
      frame.information = step->data + 1;
      frame.size = MIN (step->size - 1, INFO_SIZE);
    }
  put_frame (self, frame, step->how, line);
}

/* ---- the association ---- */

static void
answer_aarq (Meter *self, const PosaAcse *aarq, GByteArray *line)
{
  const PosaInitiate response = { .response = TRUE,
                                  .version = POSA_DLMS_VERSION,
                                  .conformance = (self->mode & MODE_NO_LIST) != 0 ? 0x00101D
                                                                                  : 0x007E1F,
                                  .max_pdu = 512,
                                  .vaa = POSA_DLMS_VAA_LN };
  g_autoptr (PosaAcse) aare = posa_acse_new (POSA_ACSE_AARE);
  g_autoptr (GByteArray) initiate = g_byte_array_new ();
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();

  posa_initiate_encode (&response, initiate);
  aare->context = aarq->context;
  if (aarq->has_title && aarq->has_authentication)
    {
      aare->has_mechanism = aare->has_title = aare->has_authentication = TRUE;
      aare->mechanism = aarq->mechanism;
      aare->diagnostic = POSA_ACSE_DIAGNOSTIC_AUTHENTICATION_REQUIRED;
      memcpy (aare->title, server_title, sizeof server_title);
      memset (aare->authentication, 'S', 16);
      aare->authentication_size = 16;
      memcpy (self->client_title, aarq->title, sizeof self->client_title);
      memcpy (self->challenge, aarq->authentication, aarq->authentication_size);
      self->challenge_size = aarq->authentication_size;
      seal (self, initiate, FALSE, sealed);
      posa_acse_set_user_information (aare, sealed->data, sealed->len);
    }
  else
    posa_acse_set_user_information (aare, initiate->data, initiate->len);
  posa_acse_encode (aare, out);
  put_apdu (self, out, 0, line);
}

/* Pass 4 of the authentication: the right proof. */
static void
answer_challenge (Meter *self, guint8 invoke_id, GByteArray *line)
{
  PosaDlmsCipher cipher = cipher_of (server_title);
  g_autoptr (PosaApdu) apdu = posa_apdu_new (POSA_APDU_ACTION_RESPONSE, invoke_id);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  guint8 proof[POSA_DLMS_MAC_BYTES];

  posa_dlms_cipher_mac (&cipher, self->counter++, self->challenge, self->challenge_size, proof,
                        NULL);
  posa_apdu_add_item (apdu, 0,
                      posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, proof, sizeof proof));
  posa_apdu_encode (apdu, plain);
  seal (self, plain, FALSE, sealed);
  put_apdu (self, sealed, 0, line);
}

/* Whether the association's own messages were answered. */
static gboolean
answer_association (Meter *self, const GByteArray *request, GByteArray *line)
{
  g_autoptr (PosaAcse) acse = posa_acse_decode (request->data, request->len, NULL);
  g_autoptr (PosaApdu) apdu = posa_apdu_decode (request->data, request->len, NULL);
  const PosaApduSpec *spec = apdu != NULL ? posa_apdu_get_spec (apdu, 0) : NULL;

  if ((self->mode & MODE_ASSOCIATE) != 0)
    return FALSE;
  if (acse != NULL && acse->kind == POSA_ACSE_AARQ)
    answer_aarq (self, acse, line);
  else if (acse != NULL)
    {
      g_autoptr (PosaAcse) rlre = posa_acse_new (POSA_ACSE_RLRE);
      g_autoptr (GByteArray) out = g_byte_array_new ();

      posa_acse_encode (rlre, out);
      put_apdu (self, out, 0, line);
    }
  else if (spec != NULL && apdu->kind == POSA_APDU_ACTION_REQUEST &&
           spec->target.class_id == POSA_DLMS_CLASS_ASSOCIATION)
    answer_challenge (self, apdu->invoke_id, line);
  else
    return FALSE;
  return TRUE;
}

/* ---- the services ---- */

/* The answer of a meter that does as it is told; NULL when the fuzzer has the word. */
static PosaApdu *
obey (Meter *self, const PosaApdu *request)
{
  const PosaApduSpec *spec = posa_apdu_get_spec (request, 0);
  const PosaApduItem *item = posa_apdu_get_item (request, 0);
  PosaApdu *answer = NULL;

  if (spec == NULL)
    return NULL;
  const PosaCosemTarget *target = &spec->target;
  g_autofree char *code = posa_obis_format (target->obis);
  g_autofree char *key = g_strdup_printf ("%u %s %d", target->class_id, code, target->index);
  const PosaCosemValue *value = g_hash_table_lookup (self->written, key);
  if (request->kind == POSA_APDU_SET_REQUEST && item != NULL)
    {
      g_hash_table_replace (self->written, g_steal_pointer (&key),
                            posa_cosem_value_copy (item->value));
      return posa_apdu_new (POSA_APDU_SET_RESPONSE, request->invoke_id);
    }
  if (request->kind == POSA_APDU_ACTION_REQUEST)
    return posa_apdu_new (POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  if (request->kind == POSA_APDU_GET_REQUEST && value != NULL)
    {
      answer = posa_apdu_new (POSA_APDU_GET_RESPONSE, request->invoke_id);
      posa_apdu_add_item (answer, 0, posa_cosem_value_copy (value));
    }
  return answer;
}

static gboolean
answer_obediently (Meter *self, const GByteArray *request, gboolean ciphered, GByteArray *line)
{
  g_autoptr (PosaApdu) apdu =
      (self->mode & MODE_OBEY) != 0 ? posa_apdu_decode (request->data, request->len, NULL) : NULL;
  g_autoptr (PosaApdu) answer = apdu != NULL ? obey (self, apdu) : NULL;
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GByteArray) sealed = g_byte_array_new ();

  if (answer == NULL)
    return FALSE;
  posa_apdu_encode (answer, plain);
  if (ciphered)
    seal (self, plain, FALSE, sealed);
  put_apdu (self, ciphered ? sealed : plain, 0, line);
  return TRUE;
}

static void
answer_service (Meter *self,
                const FuzzStep *step,
                const GByteArray *request,
                gboolean ciphered,
                GByteArray *line)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GByteArray) sealed = g_byte_array_new ();

  posa_put_bytes (plain, step->data, step->size);
  if ((step->how & HOW_OWN_INVOKE_ID) == 0 && plain->len > 2 && request->len > 2 &&
      plain->data[0] >= 0xC0 && plain->data[0] <= 0xC7)
    plain->data[2] = request->data[2];
  if (ciphered && (step->how & HOW_UNPROTECTED) == 0)
    seal (self, plain, (step->how & HOW_GENERAL) != 0, sealed);
  put_apdu (self, sealed->len > 0 ? sealed : plain, step->how, line);
}

static void
answer_step (Meter *self, const GByteArray *request, gboolean ciphered, GByteArray *line)
{
  FuzzStep step = fuzz_step_read (&self->input);
  PosaHdlcFrame frame = { .type = POSA_HDLC_I,
                          .send_sequence = self->send_sequence,
                          .information = step.data,
                          .size = MIN (step.size, POSA_HDLC_MAX_INFO) };

  switch (step.silent ? HOW_SILENT : step.how & HOW_MASK)
    {
    case HOW_RAW:
      posa_put_bytes (line, step.data, step.size);
      break;
    case HOW_SILENT:
      break;
    case HOW_READY:
      put_frame (self, (PosaHdlcFrame) { .type = POSA_HDLC_RR }, step.how, line);
      break;
    case HOW_INFORMATION:
      put_frame (self, frame, step.how, line);
      self->send_sequence = (self->send_sequence + 1) & 7;
      break;
    case HOW_UNNUMBERED:
      put_unnumbered (self, &step, line);
      break;
    default:
      answer_service (self, &step, request, ciphered, line);
    }
}

static void
handle_apdu (Meter *self, GByteArray *line)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  const GByteArray *request = self->request;
  PosaDlmsCipher cipher = cipher_of (self->client_title);
  PosaDlmsEnvelope envelope;
  gboolean ciphered = request->len > 0 && posa_dlms_is_ciphered (request->data[0]);

  if (ciphered && posa_dlms_envelope_parse (request->data, request->len, &envelope, NULL) &&
      posa_dlms_open (&cipher, &envelope, plain, NULL))
    request = plain;
  if (!answer_association (self, request, line) &&
      !answer_obediently (self, request, ciphered, line))
    answer_step (self, request, ciphered, line);
}

static void
handle_information (Meter *self, const PosaHdlcFrame *frame, GByteArray *line)
{
  if (frame->send_sequence != self->receive_sequence)
    {
      put_segment (self, 0, line);
      return;
    }
  self->receive_sequence = (self->receive_sequence + 1) & 7;
  posa_put_bytes (self->request, frame->information, frame->size);
  if (frame->segmented)
    {
      put_frame (self, (PosaHdlcFrame) { .type = POSA_HDLC_RR }, 0, line);
      return;
    }
  g_byte_array_remove_range (self->request, 0, MIN (LLC_BYTES, self->request->len));
  handle_apdu (self, line);
  g_byte_array_set_size (self->request, 0);
}

static void
handle_frame (Meter *self, const PosaHdlcFrame *frame, GByteArray *line)
{
  const PosaHdlcParameters granted = POSA_HDLC_PARAMETERS_DEFAULT;
  g_autoptr (GByteArray) field = g_byte_array_new ();
  PosaHdlcFrame ua = { .type = POSA_HDLC_UA };

  self->client = frame->source;
  self->server = frame->destination;
  if (frame->type == POSA_HDLC_I)
    handle_information (self, frame, line);
  else if (frame->type == POSA_HDLC_RR)
    put_segment (self, 0, line);
  else if (frame->type == POSA_HDLC_SNRM && (self->mode & MODE_ASSOCIATE) != 0)
    answer_step (self, self->request, FALSE, line);
  else if (frame->type == POSA_HDLC_SNRM || frame->type == POSA_HDLC_DISC)
    {
      self->send_sequence = self->receive_sequence = 0;
      g_byte_array_set_size (self->request, 0);
      g_byte_array_set_size (self->answer, 0);
      posa_hdlc_parameters_encode (&granted, field);
      if (frame->type == POSA_HDLC_SNRM)
        {
          ua.information = field->data;
          ua.size = field->len;
        }
      put_frame (self, ua, 0, line);
    }
}

static void
answer_cb (gpointer data, const guint8 *sent, gsize size, GByteArray *line)
{
  Meter *self = data;
  PosaHdlcFrame frame;

  if ((self->mode & MODE_FRAMED) == 0)
    {
      FuzzStep step = fuzz_step_read (&self->input);

      posa_put_bytes (line, step.data, step.size);
      return;
    }
  posa_hdlc_deframer_push (self->deframer, sent, size);
  while (posa_hdlc_deframer_next (self->deframer, &frame, NULL))
    handle_frame (self, &frame, line);
}

/* ---- the client ---- */

/* That of the recorded commissioning in the corpus: F1, F2 and F3 as everywhere in Italy. */
static PosaTariffTable *
make_table (void)
{
  static const PosaTariffInterval working[] = { { 0, 3 },
                                                { 420, 2 },
                                                { 480, 1 },
                                                { 1140, 2 },
                                                { 1380, 3 } };
  static const PosaTariffInterval saturday[] = { { 0, 3 }, { 420, 2 }, { 1380, 3 } };
  PosaTariffTable *table = posa_tariff_table_new ("F1F2F3");

  for (guint day = 0; day < 5; day++)
    {
      table->n_intervals[day] = G_N_ELEMENTS (working);
      memcpy (table->intervals[day], working, sizeof working);
    }
  table->n_intervals[5] = G_N_ELEMENTS (saturday);
  memcpy (table->intervals[5], saturday, sizeof saturday);
  table->intervals[6][0].tier = 3;
  return table;
}

static void
commission (PosaMeter *meter, gint64 fitting_us)
{
  g_autoptr (PosaTariffTable) table = make_table ();
  g_autoptr (GError) error = NULL;
  const PosaCommissionPlan plan = { .serial = SERIAL,
                                    .customer_number = "123456789",
                                    .contract_power_w = 3000,
                                    .available_power_w = 3300,
                                    .limiter_enabled = TRUE,
                                    .tariff_table = table,
                                    .fitting_us = fitting_us };
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &plan, NULL, &error);
  g_assert_true ((values == NULL) == (error != NULL));
}

static void
use_meter (PosaMeter *meter, guint8 mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);

  g_assert_true ((reading == NULL) == (error != NULL));
  if ((mode & MODE_TOTALS) != 0)
    {
      g_autoptr (PosaReadingSet) totals = posa_meter_read_totals (meter, NULL, NULL);
    }
  if ((mode & MODE_COMMISSION) != 0)
    commission (meter, reading != NULL ? reading->taken_us : 0);
  if ((mode & MODE_RELAY) != 0)
    posa_meter_test_relay (meter, NULL, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_autoptr (PosaHdlcDeframer) deframer = posa_hdlc_deframer_new ();
  g_autoptr (GByteArray) request = g_byte_array_new ();
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                          (GDestroyNotify) posa_cosem_value_free);
  Meter self = { .deframer = deframer,
                 .request = request,
                 .answer = answer,
                 .counter = 1,
                 .written = written };

  posa_reader_init (&self.input, data, size);
  self.mode = posa_reader_u8 (&self.input);
  g_autoptr (PosaPort) port = fuzz_port_new (answer_cb, &self);
  g_autoptr (PosaMeter) meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL,
                                                 POSA_KEYRING (keyring), NULL, &error);
  g_assert_true ((meter == NULL) == (error != NULL));
  if (meter != NULL)
    use_meter (meter, self.mode);
  return 0;
}
