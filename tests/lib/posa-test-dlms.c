/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-dlms.h"

#include "base/posa-cursor.h"

#define PUBLIC_SAP 16

static const char *
keep (PosaTestDlms *self, char *text)
{
  g_ptr_array_add (self->texts, text);
  return text;
}

/* A frame of the client, or of the meter, in hex. */
static const char *
frame (PosaTestDlms *self, gboolean from_meter, PosaHdlcFrame frame, const char *apdu)
{
  g_autofree char *text = apdu != NULL ? g_strconcat (from_meter ? "E6E700" : "E6E600", apdu, NULL)
                                       : g_strdup ("");
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  const PosaHdlcAddress meter = { .width = 1, .upper = 1 };

  g_assert_nonnull (bytes);
  frame.destination = from_meter ? POSA_HDLC_CLIENT (self->sap) : meter;
  frame.source = from_meter ? meter : POSA_HDLC_CLIENT (self->sap);
  frame.poll = TRUE;
  frame.information = g_bytes_get_data (bytes, &frame.size);
  posa_hdlc_frame_encode (&frame, out);
  return keep (self, posa_hex_encode (out->data, out->len));
}

/* SNRM is whatever the client proposes. */
static void
add_acknowledged (PosaTestDlms *self, PosaTestScriptStep *step, gboolean connects)
{
  if (!connects)
    step->hears = frame (self, FALSE, (PosaHdlcFrame) { .type = POSA_HDLC_DISC }, NULL);
  step->says = frame (self, TRUE, (PosaHdlcFrame) { .type = POSA_HDLC_UA }, NULL);
  self->n_sent = self->n_answered = 0;
}

static void
add_answer (PosaTestDlms *self, PosaTestScriptStep *step, const char *answer)
{
  const PosaHdlcFrame information = { .type = POSA_HDLC_I,
                                      .send_sequence = self->n_answered & 7,
                                      .receive_sequence = self->n_sent & 7 };

  step->says = answer == NULL ? "lost"
               : *answer != 0 ? frame (self, TRUE, information, answer)
                              : POSA_TEST_DLMS_SILENCE;
  self->n_answered += answer == NULL || *answer != 0;
}

static void
add_exchange (PosaTestDlms *self, const PosaTestDlmsExchange *exchange)
{
  gboolean is_rr = g_strcmp0 (exchange->asks, POSA_TEST_DLMS_RR) == 0;
  gboolean connects = g_strcmp0 (exchange->asks, POSA_TEST_DLMS_SNRM) == 0;
  PosaHdlcFrame request = { .type = is_rr ? POSA_HDLC_RR : POSA_HDLC_I,
                            .send_sequence = self->n_sent & 7,
                            .receive_sequence = self->n_answered & 7 };
  PosaTestScriptStep *step = &self->steps[self->n_steps++];

  g_assert_cmpuint (self->n_steps, <, POSA_TEST_DLMS_MAX_STEPS);
  if (connects || g_strcmp0 (exchange->asks, POSA_TEST_DLMS_DISC) == 0)
    {
      add_acknowledged (self, step, connects);
      return;
    }
  if (exchange->asks != NULL)
    step->hears = frame (self, FALSE, request, is_rr ? NULL : exchange->asks);
  self->n_sent += !is_rr;
  add_answer (self, step, exchange->answers);
}

void
posa_test_dlms_prepare (PosaTestDlms *self,
                        guint8 sap,
                        const PosaTestDlmsExchange *exchanges,
                        guint n)
{
  const PosaHdlcLinkOptions link = { .server = { .width = 1, .upper = 1 },
                                     .max_info = 128,
                                     .baud = 9600,
                                     .response_us = 1500 * 1000,
                                     .inter_octet_us = 250 * 1000,
                                     .max_retries = 1 };

  self->sap = sap;
  self->texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n; i++)
    add_exchange (self, &exchanges[i]);
  self->script = posa_test_script_new (self->steps);
  g_assert_true (posa_port_set_line (POSA_PORT (self->script), POSA_LINE_8N1 (9600), NULL));
  self->client = posa_dlms_client_new (POSA_PORT (self->script), &link, &self->stats);
}

/* UA and AARE; then the exchanges. */
void
posa_test_dlms_init (PosaTestDlms *self,
                     const char *conformance,
                     guint pdu,
                     const PosaTestDlmsExchange *exchanges,
                     guint n)
{
  g_autofree char *aare =
      g_strdup_printf ("6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400%s"
                       "%04X0007",
                       conformance, pdu);
  PosaTestDlmsExchange all[POSA_TEST_DLMS_MAX_STEPS] = { { POSA_TEST_DLMS_SNRM, NULL },
                                                         { NULL, aare } };
  const PosaDlmsAssociationOptions in_public = { .sap = PUBLIC_SAP };
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (n + 2, <=, G_N_ELEMENTS (all));
  for (guint i = 0; i < n; i++)
    all[i + 2] = exchanges[i];
  posa_test_dlms_prepare (self, PUBLIC_SAP, all, n + 2);
  g_assert_true (posa_dlms_client_open (self->client, &in_public, NULL, &error));
  g_assert_no_error (error);
}

void
posa_test_dlms_clear (PosaTestDlms *self)
{
  posa_test_script_assert_done (self->script);
  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_object (&self->script);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
}

void
posa_test_dlms_assert_integer (const PosaCosemValue *value, gint64 expected)
{
  gint64 got = 0;

  g_assert_true (posa_cosem_value_get_integer (value, &got));
  g_assert_cmpint (got, ==, expected);
}

void
posa_test_dlms_assert_text (const PosaCosemValue *value, const char *expected)
{
  g_autofree char *text = posa_cosem_value_dup_text (value);

  g_assert_cmpstr (text, ==, expected);
}
