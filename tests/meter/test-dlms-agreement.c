/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "dlms-rig.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "domain/posa-json.h"

#include <string.h>

/* Whole sessions of everything that client and meter can agree on, and what happens when the meter
 * does not keep to it. */

#define CUSTOMER POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, POSA_OBIS (0, 0, 96, 1, 10, 255), 2)
#define SERIAL   POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, POSA_OBIS (0, 0, 96, 1, 0, 255), 2)
#define ASSOCIATION(index)                                                                         \
  POSA_COSEM_TARGET (POSA_DLMS_CLASS_ASSOCIATION, POSA_OBIS (0, 0, 40, 0, 0, 255), index)
#define CONTEXT   ASSOCIATION (4)
#define MECHANISM ASSOCIATION (6)
#define SETUP     POSA_COSEM_TARGET (POSA_DLMS_CLASS_SECURITY, POSA_OBIS (0, 0, 43, 0, 3, 255), 2)
#define FIRMWARE  POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, POSA_OBIS (1, 0, 0, 2, 0, 255), 2)

/* As the settings of posa-sim have it. */
typedef struct
{
  const char *suite, *context, *mechanism, *protection, *key_info, *policy;
} Words;

typedef struct
{
  PosaTestSim *sim;
  PosaTestKeyring *keyring;
  PosaPort *port;
  PosaDlmsClient *client;
  PosaDlmsAssociationOptions options;
  PosaLineStats stats;
} Session;

static PosaDlmsAgreement
agreement_of (const Words *words)
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
start_sim (const Words *words, const char *more, const char *still_more)
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

static void
session_start (Session *self, const Words *words, const char *more, const char *still_more)
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
                                                 .agreement = agreement_of (words),
                                                 .keyring = POSA_KEYRING (self->keyring),
                                                 .serial = DLMS_RIG_SERIAL };
  posa_test_keyring_set_suite (self->keyring, self->options.agreement.suite);
  self->port = posa_port_open (posa_test_sim_get_port (self->sim), &error);
  g_assert_no_error (error);
  g_assert_true (posa_port_set_line (self->port, POSA_LINE_8N1 (9600), &error));
  self->client = posa_dlms_client_new (self->port, &link, &self->stats);
}

static void
session_end (Session *self)
{
  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_object (&self->port);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->sim, posa_test_sim_stop);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_end)

static gboolean
session_open (Session *self, GError **error)
{
  return posa_dlms_client_open (self->client, &self->options, NULL, error);
}

/* Key, title and counter of every message that the meter opened: each of them once. */
static void
assert_nonces (Session *self)
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

static void
assert_text (Session *self, PosaCosemTarget target, const char *expected)
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
assert_name (Session *self, PosaCosemTarget target, guint8 arc, guint8 last)
{
  const guint8 name[] = { 0x60, 0x85, 0x74, 0x05, 0x08, arc, last };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self->client, target, NULL, &error);
  gsize size = 0;

  g_assert_no_error (error);
  const guint8 *bytes = posa_cosem_value_get_bytes (value, &size);
  g_assert_cmpmem (bytes, size, name, sizeof name);
}

/* What the meter's objects for association and security say is what was agreed. */
static void
assert_setup (Session *self)
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

/* @again: a second association, whose counters go on. */
static void
check_session (const Words *words, gboolean again)
{
  const PosaCosemTarget targets[] = { SERIAL, FIRMWARE, SERIAL };
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) customer = posa_cosem_value_new_text ("123456789");

  g_test_message ("suite %s, %s context, %s, %s (%s), policy %s", words->suite, words->context,
                  words->mechanism, words->protection, words->key_info, words->policy);
  session_start (&self, words, "fault=none", "clock_offset=0");
  session_open (&self, &error);
  g_assert_no_error (error);
  assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
  assert_setup (&self);
  g_autoptr (PosaApdu) list = posa_dlms_client_get_list (self.client, targets, 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->items->len, ==, 3);
  posa_dlms_client_set (self.client, CUSTOMER, customer, NULL, &error);
  g_assert_no_error (error);
  posa_dlms_client_close (self.client);
  if (again)
    {
      session_open (&self, &error);
      g_assert_no_error (error);
      assert_text (&self, CUSTOMER, "123456789");
      posa_dlms_client_close (self.client);
    }
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, again ? 2 : 1);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 0);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 1);
  assert_nonces (&self);
}

/* Every mechanism in every suite that has it, in both contexts. */
static const Words mechanism_rows[] = {
  { "0", "plain", "none", "none", "none", "0" },
  { "0", "plain", "password", "none", "none", "0" },
  { "0", "plain", "maker", "none", "none", "0" },
  { "0", "plain", "md5", "none", "none", "0" },
  { "0", "plain", "sha1", "none", "none", "0" },
  { "0", "plain", "gmac", "none", "none", "0" },
  { "2", "plain", "gmac", "none", "none", "0" },
  { "0", "plain", "sha256", "none", "none", "0" },
  { "1", "plain", "ecdsa", "none", "none", "0" },
  { "2", "plain", "ecdsa", "none", "none", "0" },
  { "0", "ciphered", "none", "glo", "none", "3" },
  { "0", "ciphered", "password", "glo", "none", "3" },
  { "0", "ciphered", "maker", "glo", "none", "3" },
  { "1", "ciphered", "md5", "glo", "none", "3" },
  { "1", "ciphered", "sha1", "glo", "none", "3" },
  { "0", "ciphered", "gmac", "glo", "none", "3" },
  { "1", "ciphered", "gmac", "glo", "none", "3" },
  { "2", "ciphered", "gmac", "glo", "none", "3" },
  { "2", "ciphered", "sha256", "glo", "none", "3" },
  { "1", "ciphered", "ecdsa", "glo", "none", "3" },
  { "2", "ciphered", "ecdsa", "glo", "none", "3" },
};

/* Every form of protection, way to tell the key, and policy: 252 is all of version 1, 144
 * signatures alone, 44 requests ciphered and answers authenticated. */
static const Words protection_rows[] = {
  { "0", "ciphered", "gmac", "ded", "none", "3" },
  { "0", "ciphered", "gmac", "general-glo", "none", "3" },
  { "0", "ciphered", "gmac", "general-ded", "none", "3" },
  { "0", "ciphered", "gmac", "general-ciphering", "none", "3" },
  { "0", "ciphered", "gmac", "general-ciphering", "wrapped", "3" },
  { "1", "ciphered", "gmac", "general-ciphering", "identified", "3" },
  { "1", "ciphered", "ecdsa", "general-ciphering", "agreed", "3" },
  { "2", "ciphered", "ecdsa", "general-ciphering", "agreed", "252" },
  { "2", "ciphered", "gmac", "ded", "none", "3" },
  { "2", "ciphered", "gmac", "general-ciphering", "wrapped", "3" },
  { "1", "ciphered", "gmac", "glo", "none", "252" },
  { "1", "ciphered", "gmac", "general-ded", "none", "252" },
  { "1", "plain", "ecdsa", "none", "none", "144" },
  { "2", "ciphered", "sha256", "none", "none", "144" },
  { "0", "ciphered", "gmac", "none", "none", "0" },
  { "0", "ciphered", "gmac", "glo", "none", "1" },
  { "0", "ciphered", "gmac", "glo", "none", "2" },
  { "0", "ciphered", "gmac", "glo", "none", "44" },
  { "0", "ciphered", "gmac", "glo", "none", "12" },
  { "0", "ciphered", "gmac", "glo", "none", "96" },
};

static void
test_mechanisms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mechanism_rows); i++)
    check_session (&mechanism_rows[i], FALSE);
}

static void
test_protections (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (protection_rows); i++)
    check_session (&protection_rows[i], TRUE);
}

/* Everything that goes together: some hundred sessions, only on demand. */
static void
test_all (void)
{
  static const char *const mechanisms[] = { "none", "password", "maker",  "md5",
                                            "sha1", "gmac",     "sha256", "ecdsa" };
  static const char *const suites[] = { "0", "1", "2" };
  static const char *const contexts[] = { "plain", "ciphered" };
  static const char *const protections[] = { "none",        "glo",         "ded",
                                             "general-glo", "general-ded", "general-ciphering" };
  static const char *const key_infos[] = { "none", "identified", "wrapped", "agreed" };
  static const char *const policies[] = { "0", "3", "144", "252" };
  const guint sizes[] = { 8, 3, 2, G_N_ELEMENTS (protections), 4, 4 };
  guint total = 1, n = 0;

  if (g_getenv ("POSA_TEST_ALL") == NULL)
    {
      g_test_skip ("long: POSA_TEST_ALL is not set");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    total *= sizes[i];
  for (guint i = 0; i < total; i++)
    {
      guint at[6], rest = i;

      for (gsize j = 0; j < G_N_ELEMENTS (sizes); j++)
        {
          at[j] = rest % sizes[j];
          rest /= sizes[j];
        }
      const Words words = { suites[at[1]],      contexts[at[2]],  mechanisms[at[0]],
                            protections[at[3]], key_infos[at[4]], policies[at[5]] };
      const PosaDlmsAgreement agreement = agreement_of (&words);
      if (!posa_dlms_agreement_check (&agreement, NULL))
        continue;
      check_session (&words, TRUE);
      n++;
    }
  g_test_message ("%u agreements", n);
}

#define GLO { "0", "ciphered", "gmac", "glo", "none", "3" }

/* What a meter must not do, and how we say so. */
static const struct
{
  Words words;
  const char *fault, *message;
  gboolean opens; /* and shows it behind the association only */
} weaknesses[] = {
  { GLO, "weak-answer", "without the agreed protection", TRUE },
  { GLO, "weak-control", "weaker protection than agreed", TRUE },
  { GLO, "other-suite", "of another security suite", TRUE },
  { GLO, "other-title", "of another device", TRUE },
  { GLO, "bad-tag", "authentication tag", TRUE },
  { GLO, "replay", "did not grow", TRUE },
  { GLO, "plain-initiate", "without the agreed protection", FALSE },
  { GLO, "plain-context", "weaker security", FALSE },
  { GLO, "other-mechanism", "weaker security", FALSE },
  { GLO, "short-challenge", "challenge of sufficient length", FALSE },
  { GLO, "reflect", "challenge is our own", FALSE },
  { GLO, "reflect-title", "system title is our own", FALSE },
  { GLO, "no-proof", "does not accept our proof", FALSE },
  { GLO, "wrong-proof", "cannot prove", FALSE },
  { { "1", "ciphered", "ecdsa", "glo", "none", "252" }, "weak-answer", "without the agreed", TRUE },
  { { "1", "ciphered", "ecdsa", "glo", "none", "252" }, "weak-control", "weaker", TRUE },
  { { "1", "plain", "ecdsa", "none", "none", "144" }, "replay", "another request", TRUE },
  { { "1", "plain", "ecdsa", "none", "none", "0" }, "wrong-proof", "cannot prove", FALSE },
  { { "0", "plain", "sha256", "none", "none", "0" }, "wrong-proof", "cannot prove", FALSE },
  { { "0", "plain", "md5", "none", "none", "0" }, "reflect", "our own", FALSE },
  { { "0", "ciphered", "gmac", "ded", "none", "3" }, "general-glo", "weaker", TRUE },
  { { "0", "ciphered", "gmac", "general-ciphering", "wrapped", "3" }, "replay", "another", TRUE },
};

static void
test_weakness (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autofree char *fault = g_strconcat ("fault=", weaknesses[row].fault, NULL);
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&self, &weaknesses[row].words, fault, "clock_offset=0");
  gboolean opened = session_open (&self, &error);
  g_assert_cmpint (opened, ==, weaknesses[row].opens);
  gint64 peer = posa_test_keyring_get_peer (self.keyring);
  for (int i = 0; opened && error == NULL && i < 2; i++) /* a replay needs something to repeat */
    {
      g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self.client, SERIAL, NULL, &error);
    }
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, weaknesses[row].message));
  g_assert_false (posa_dlms_client_is_open (self.client));
  posa_dlms_client_close (self.client);
  /* What did not open has not moved the counter that is kept: at most the one good answer has. */
  if (g_str_equal (weaknesses[row].fault, "bad-tag"))
    g_assert_cmpint (posa_test_keyring_get_peer (self.keyring), ==, peer);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
}

/* Oddities that are none of our business. */
static void
test_tolerated (gconstpointer fault)
{
  const Words words = GLO;
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&self, &words, fault, "clock_offset=0");
  session_open (&self, &error);
  g_assert_no_error (error);
  assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
  posa_dlms_client_close (self.client);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 0);
}

/* A counter that starts at 0 is as good as any the first time, and a repetition from then on. */
static void
test_counter_zero (void)
{
  const Words words = GLO;
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&self, &words, "fault=counter-zero", "clock_offset=0");
  session_open (&self, &error);
  g_assert_no_error (error);
  assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
  posa_dlms_client_close (self.client);
  g_assert_false (session_open (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "did not grow"));
}

/* A meter that has seen more of our counter than we remember says so: once, and no lower. */
static void
test_expected_counter (void)
{
  const Words words = GLO;
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&self, &words, "fault=none", "client_counter=5000");
  session_open (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "client_counter"), ==, 5003);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 1);
  posa_dlms_client_close (self.client);
  assert_nonces (&self);
}

/* The same near the end of the counters would use the key up. */
static void
test_counter_jump (void)
{
  const Words words = GLO;
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&self, &words, "fault=counter-jump", "client_counter=5000");
  g_assert_false (session_open (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "used up"));
  g_assert_cmpuint (posa_test_keyring_get_next (self.keyring), <, 1000);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 0);
}

/* FFFFFFFF is never used, by neither. */
static void
test_key_dead (void)
{
  const Words words = GLO;
  g_auto (Session) ours = { 0 };
  g_auto (Session) theirs = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&ours, &words, "fault=none", "clock_offset=0");
  posa_test_keyring_set_next (ours.keyring, G_MAXUINT32 - 5);
  session_open (&ours, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 5 && error == NULL; i++)
    {
      g_autoptr (PosaCosemValue) value = posa_dlms_client_get (ours.client, SERIAL, NULL, &error);
    }
  g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
  g_assert_cmpint (posa_test_sim_get_int (ours.sim, "client_counter"), ==, G_MAXUINT32 - 1);
  g_clear_error (&error);

  session_start (&theirs, &words, "fault=none", "server_counter=4294967295");
  g_assert_false (session_open (&theirs, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "used up"));
}

/* Tried once: a meter that locks after three has two left. */
static void
test_wrong_secret (void)
{
  static const Words rows[] = {
    { "0", "plain", "password", "none", "none", "0" },
    { "0", "ciphered", "password", "glo", "none", "3" },
    { "0", "plain", "md5", "none", "none", "0" },
    { "0", "plain", "sha256", "none", "none", "0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Session) self = { 0 };
      g_autoptr (GError) error = NULL;

      session_start (&self, &rows[i], "secret=77726F6E67", "clock_offset=0");
      g_assert_false (session_open (&self, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
      g_assert_nonnull (strstr (error->message, "ask the office"));
      g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 1);
      g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 0);
    }
}

/* Without what the agreement needs nothing is said to the meter. */
static void
test_no_keys (void)
{
  const Words rows[] = { { "1", "ciphered", "gmac", "glo", "none", "252" }, GLO };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Session) self = { 0 };
      g_autoptr (GError) error = NULL;

      session_start (&self, &rows[i], "fault=none", "clock_offset=0");
      posa_test_keyring_set_suite (self.keyring, i == 0 ? POSA_DLMS_SUITE_0 : POSA_DLMS_SUITE_2);
      g_assert_false (session_open (&self, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
      self.options.keyring = NULL;
      g_clear_error (&error);
      g_assert_false (session_open (&self, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
      g_assert_cmpuint (self.stats.bytes_tx, ==, 0);
    }
}

#define ACTIVATE POSA_COSEM_TARGET (POSA_DLMS_CLASS_SECURITY, POSA_OBIS (0, 0, 43, 0, 3, 255), 1)

static gboolean
activate (Session *self, guint8 policy)
{
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_integer (POSA_COSEM_ENUM, policy);

  return posa_dlms_client_act (self->client, ACTIVATE, value, NULL, NULL, NULL);
}

/* A policy that was made stronger holds at once, and from then on. */
static void
test_stronger_policy (void)
{
  const Words words = { "0", "ciphered", "gmac", "none", "none", "0" }, strong = GLO;
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&self, &words, "fault=none", "clock_offset=0");
  g_assert_true (session_open (&self, NULL));
  g_assert_true (activate (&self, 3));
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self.client, SERIAL, NULL, &error);
  g_assert_null (value);
  g_assert_nonnull (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "policy"), ==, 3);
  posa_dlms_client_close (self.client);
  g_assert_false (session_open (&self, NULL));
  self.options.agreement = agreement_of (&strong);
  g_clear_error (&error);
  session_open (&self, &error);
  g_assert_no_error (error);
  assert_setup (&self);
  posa_dlms_client_close (self.client);
  assert_nonces (&self);
}

/* Nothing of a policy is given up, and none that the meter could not keep is taken. */
static void
test_policy_refused (void)
{
  static const struct
  {
    Words words;
    guint8 policy;
  } rows[] = {
    { GLO, 0 },
    { GLO, 1 },
    { GLO, 0x0C },                                          /* answers in plain */
    { GLO, 0xFC },                                          /* signatures in suite 0 */
    { { "0", "ciphered", "gmac", "glo", "none", "1" }, 2 }, /* not authenticated any more */
    { { "0", "plain", "gmac", "none", "none", "0" }, 3 },
    { { "1", "ciphered", "gmac", "glo", "none", "252" }, 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Session) self = { 0 };
      g_autoptr (GError) error = NULL;

      session_start (&self, &rows[i].words, "fault=none", "clock_offset=0");
      session_open (&self, &error);
      g_assert_no_error (error);
      g_assert_false (activate (&self, rows[i].policy));
      assert_setup (&self);
      posa_dlms_client_close (self.client);
    }
}

#define NEXT_EK "808182838485868788898A8B8C8D8E8F"

/* The keys of a transfer whose answer was lost: the meter has taken them. */
static void
test_next_keys (void)
{
  const Words words = GLO;
  g_auto (Session) self = { 0 };
  g_autoptr (GError) error = NULL;

  session_start (&self, &words, "ek=" NEXT_EK, "clock_offset=0");
  g_assert_false (session_open (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_clear_error (&error);
  g_autoptr (GBytes) bytes = posa_hex_decode (NEXT_EK, NULL);
  g_auto (PosaMeterKeys) next = { 0 };
  posa_keyring_get_keys (self.options.keyring, DLMS_RIG_SERIAL, POSA_KEYS_CURRENT, &next, &error);
  g_assert_no_error (error);
  posa_dlms_key_set (&next.encryption, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  posa_keyring_set_pending (self.options.keyring, DLMS_RIG_SERIAL, &next, &error);
  g_assert_no_error (error);
  self.options.key_set = POSA_KEYS_NEXT;
  session_open (&self, &error);
  g_assert_no_error (error);
  assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
  posa_dlms_client_close (self.client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-agreement/mechanisms", test_mechanisms);
  g_test_add_func ("/dlms-agreement/protections", test_protections);
  g_test_add_func ("/dlms-agreement/all", test_all);
  g_test_add_data_func ("/dlms-agreement/11.10-protocol-version", "fault=version", test_tolerated);
  g_test_add_data_func ("/dlms-agreement/11.11-bad-release", "fault=bad-release", test_tolerated);
  g_test_add_data_func ("/dlms-agreement/11.14-general-glo", "fault=general-glo", test_tolerated);
  g_test_add_func ("/dlms-agreement/11.12-counter-zero", test_counter_zero);
  g_test_add_func ("/dlms-agreement/11.13-expected-counter", test_expected_counter);
  g_test_add_func ("/dlms-agreement/counter-jump", test_counter_jump);
  g_test_add_func ("/dlms-agreement/key-dead", test_key_dead);
  g_test_add_func ("/dlms-agreement/11.26-wrong-secret", test_wrong_secret);
  g_test_add_func ("/dlms-agreement/no-keys", test_no_keys);
  g_test_add_func ("/dlms-agreement/stronger-policy", test_stronger_policy);
  g_test_add_func ("/dlms-agreement/policy-refused", test_policy_refused);
  g_test_add_func ("/dlms-agreement/next-keys", test_next_keys);
  for (gsize i = 0; i < G_N_ELEMENTS (weaknesses); i++)
    {
      const Words *words = &weaknesses[i].words;
      g_autofree char *name = g_strjoin ("/", "/dlms-agreement/weakness", weaknesses[i].fault,
                                         words->mechanism, words->protection, words->policy, NULL);
      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_weakness);
    }
  return g_test_run ();
}
