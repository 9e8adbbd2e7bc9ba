/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "dlms-talk.h"

#include "domain/posa-json.h"

#include <string.h>

#define ASSOCIATION(index)                                                                         \
  POSA_COSEM_TARGET (POSA_DLMS_CLASS_ASSOCIATION, POSA_OBIS (0, 0, 40, 0, 0, 255), index)
#define CONTEXT   ASSOCIATION (4)
#define MECHANISM ASSOCIATION (6)
#define SETUP     POSA_COSEM_TARGET (POSA_DLMS_CLASS_SECURITY, POSA_OBIS (0, 0, 43, 0, 3, 255), 2)

PosaDlmsAgreement
dlms_talk_agreement_of (const DlmsWords *words)
{
  PosaDlmsAgreement agreement = { .maker = posa_dlms_hls_maker_aes };

  agreement.suite = (PosaDlmsSuite) (words->suite[0] - '0');
  agreement.ciphered = g_str_equal (words->context, "ciphered");
  g_assert_true (posa_dlms_mechanism_from_string (words->mechanism, &agreement.mechanism));
  g_assert_true (posa_dlms_protection_from_string (words->protection, &agreement.protection));
  g_assert_true (posa_dlms_key_info_from_string (words->key_info, &agreement.key_info));
  agreement.policy = (guint8) g_ascii_strtoull (words->policy, NULL, 10);
  return agreement;
}

static PosaTestSim *
start_sim (const DlmsWords *words, const char *more, const char *still_more)
{
  g_autofree char *suite = g_strconcat ("suite=", words->suite, NULL);
  g_autofree char *context = g_strconcat ("context=", words->context, NULL);
  g_autofree char *mechanism = g_strconcat ("mechanism=", words->mechanism, NULL);
  g_autofree char *protection = g_strconcat ("protection=", words->protection, NULL);
  g_autofree char *key_info = g_strconcat ("key_info=", words->key_info, NULL);
  g_autofree char *policy = g_strconcat ("policy=", words->policy, NULL);

  return DLMS_RIG_START ("--no-pace", "--set", suite, "--set", context, "--set", mechanism, "--set",
                         protection, "--set", key_info, "--set", policy, "--set", more, "--set",
                         still_more);
}

void
dlms_talk_start (DlmsTalk *self, const DlmsWords *words, const char *more, const char *still_more)
{
  const PosaHdlcLinkOptions link = { .server = { .width = 1, .upper = 1 },
                                     .max_info = 128,
                                     .baud = 9600,
                                     .response_us = 3000 * 1000,
                                     .inter_octet_us = 500 * 1000,
                                     .max_retries = 2 };
  g_autoptr (GError) error = NULL;

  memset (self, 0, sizeof *self);
  self->sim = start_sim (words, more, still_more);
  self->keyring = posa_test_keyring_new (NULL);
  self->options = (PosaDlmsAssociationOptions) { .sap = 3,
                                                 .agreement = dlms_talk_agreement_of (words),
                                                 .keyring = POSA_KEYRING (self->keyring),
                                                 .serial = DLMS_RIG_SERIAL };
  posa_test_keyring_set_suite (self->keyring, self->options.agreement.suite);
  self->port = posa_port_open (posa_test_sim_get_port (self->sim), &error);
  g_assert_no_error (error);
  g_assert_true (posa_port_set_line (self->port, POSA_LINE_8N1 (9600), &error));
  self->client = posa_dlms_client_new (self->port, &link, &self->stats);
}

void
dlms_talk_end (DlmsTalk *self)
{
  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_object (&self->port);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->sim, posa_test_sim_stop);
}

gboolean
dlms_talk_open (DlmsTalk *self, GError **error)
{
  return posa_dlms_client_open (self->client, &self->options, NULL, error);
}

void
dlms_talk_assert_nonces (DlmsTalk *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = posa_test_sim_dump (self->sim);
  g_autoptr (PosaJsonDocument) dump = posa_json_parse (text, -1, &error);
  PosaJsonCursor list = posa_json_array (posa_json_root (dump), "nonces");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < posa_json_length (list); i++)
    g_assert_true (
        g_hash_table_add (seen, (gpointer) posa_json_string_value (posa_json_at (list, i))));
}

void
dlms_talk_assert_text (DlmsTalk *self, PosaCosemTarget target, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self->client, target, NULL, &error);
  gsize size = 0;

  g_assert_no_error (error);
  const guint8 *bytes = posa_cosem_value_get_bytes (value, &size);
  g_assert_cmpmem (bytes, size, expected, strlen (expected));
}

/* A name of DLMS: context (@arc 1) or mechanism (2). */
static void
assert_name (DlmsTalk *self, PosaCosemTarget target, guint8 arc, guint8 last)
{
  const guint8 name[] = { 0x60, 0x85, 0x74, 0x05, 0x08, arc, last };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self->client, target, NULL, &error);
  gsize size = 0;

  g_assert_no_error (error);
  const guint8 *bytes = posa_cosem_value_get_bytes (value, &size);
  g_assert_cmpmem (bytes, size, name, sizeof name);
}

void
dlms_talk_assert_setup (DlmsTalk *self)
{
  const PosaDlmsAgreement *agreement = &self->options.agreement;
  const gint64 expected[] = { agreement->policy, (gint64) agreement->suite };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      PosaCosemTarget target = SETUP;
      g_autoptr (GError) error = NULL;
      gint64 number = -1;

      target.index = (gint8) (2 + i);
      g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self->client, target, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (posa_cosem_value_get_integer (value, &number));
      g_assert_cmpint (number, ==, expected[i]);
    }
  assert_name (self, CONTEXT, 1, agreement->ciphered ? 3 : 1);
  assert_name (self, MECHANISM, 2, (guint8) agreement->mechanism);
}
