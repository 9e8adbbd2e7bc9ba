/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "dlms-talk.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

/* Whole sessions of everything that client and meter can agree on, and what happens when the meter
 * does not keep to it. */

#define CUSTOMER POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, POSA_OBIS (0, 0, 96, 1, 10, 255), 2)
#define SERIAL   POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, POSA_OBIS (0, 0, 96, 1, 0, 255), 2)
#define FIRMWARE POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, POSA_OBIS (1, 0, 0, 2, 0, 255), 2)

/* @again: a second association, whose counters go on. */
static void
check_session (const DlmsWords *words, gboolean again)
{
  const PosaCosemTarget targets[] = { SERIAL, FIRMWARE, SERIAL };
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) customer = posa_cosem_value_new_text ("123456789");

  g_test_message ("suite %s, %s context, %s, %s (%s), policy %s", words->suite, words->context,
                  words->mechanism, words->protection, words->key_info, words->policy);
  dlms_talk_start (&self, words, "fault=none", "clock_offset=0");
  dlms_talk_open (&self, &error);
  g_assert_no_error (error);
  dlms_talk_assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
  dlms_talk_assert_setup (&self);
  g_autoptr (PosaApdu) list = posa_dlms_client_get_list (self.client, targets, 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->items->len, ==, 3);
  posa_dlms_client_set (self.client, CUSTOMER, customer, NULL, &error);
  g_assert_no_error (error);
  posa_dlms_client_close (self.client);
  if (again)
    {
      dlms_talk_open (&self, &error);
      g_assert_no_error (error);
      dlms_talk_assert_text (&self, CUSTOMER, "123456789");
      posa_dlms_client_close (self.client);
    }
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, again ? 2 : 1);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 0);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 1);
  dlms_talk_assert_nonces (&self);
}

/* Every mechanism in every suite that has it, in both contexts. */
static const DlmsWords mechanism_rows[] = {
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
static const DlmsWords protection_rows[] = {
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
      const DlmsWords words = { suites[at[1]],      contexts[at[2]],  mechanisms[at[0]],
                                protections[at[3]], key_infos[at[4]], policies[at[5]] };
      const PosaDlmsAgreement agreement = dlms_talk_agreement_of (&words);
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
  DlmsWords words;
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
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&self, &weaknesses[row].words, fault, "clock_offset=0");
  gboolean opened = dlms_talk_open (&self, &error);
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
  const DlmsWords words = GLO;
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&self, &words, fault, "clock_offset=0");
  dlms_talk_open (&self, &error);
  g_assert_no_error (error);
  dlms_talk_assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
  posa_dlms_client_close (self.client);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 0);
}

/* A counter that starts at 0 is as good as any the first time, and a repetition from then on. */
static void
test_counter_zero (void)
{
  const DlmsWords words = GLO;
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&self, &words, "fault=counter-zero", "clock_offset=0");
  dlms_talk_open (&self, &error);
  g_assert_no_error (error);
  dlms_talk_assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
  posa_dlms_client_close (self.client);
  g_assert_false (dlms_talk_open (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "did not grow"));
}

/* A meter that has seen more of our counter than we remember says so: once, and no lower. */
static void
test_expected_counter (void)
{
  const DlmsWords words = GLO;
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&self, &words, "fault=none", "client_counter=5000");
  dlms_talk_open (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "client_counter"), ==, 5003);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 1);
  posa_dlms_client_close (self.client);
  dlms_talk_assert_nonces (&self);
}

/* The same near the end of the counters would use the key up. */
static void
test_counter_jump (void)
{
  const DlmsWords words = GLO;
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&self, &words, "fault=counter-jump", "client_counter=5000");
  g_assert_false (dlms_talk_open (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "used up"));
  g_assert_cmpuint (posa_test_keyring_get_next (self.keyring), <, 1000);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 0);
}

/* FFFFFFFF is never used, by neither. */
static void
test_key_dead (void)
{
  const DlmsWords words = GLO;
  g_auto (DlmsTalk) ours = { 0 };
  g_auto (DlmsTalk) theirs = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&ours, &words, "fault=none", "clock_offset=0");
  posa_test_keyring_set_next (ours.keyring, G_MAXUINT32 - 5);
  dlms_talk_open (&ours, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 5 && error == NULL; i++)
    {
      g_autoptr (PosaCosemValue) value = posa_dlms_client_get (ours.client, SERIAL, NULL, &error);
    }
  g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
  g_assert_cmpint (posa_test_sim_get_int (ours.sim, "client_counter"), ==, G_MAXUINT32 - 1);
  g_clear_error (&error);

  dlms_talk_start (&theirs, &words, "fault=none", "server_counter=4294967295");
  g_assert_false (dlms_talk_open (&theirs, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "used up"));
}

/* Tried once: a meter that locks after three has two left. */
static void
test_wrong_secret (void)
{
  static const DlmsWords rows[] = {
    { "0", "plain", "password", "none", "none", "0" },
    { "0", "ciphered", "password", "glo", "none", "3" },
    { "0", "plain", "md5", "none", "none", "0" },
    { "0", "plain", "sha256", "none", "none", "0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (DlmsTalk) self = { 0 };
      g_autoptr (GError) error = NULL;

      dlms_talk_start (&self, &rows[i], "secret=77726F6E67", "clock_offset=0");
      g_assert_false (dlms_talk_open (&self, &error));
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
  const DlmsWords rows[] = { { "1", "ciphered", "gmac", "glo", "none", "252" }, GLO };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (DlmsTalk) self = { 0 };
      g_autoptr (GError) error = NULL;

      dlms_talk_start (&self, &rows[i], "fault=none", "clock_offset=0");
      posa_test_keyring_set_suite (self.keyring, i == 0 ? POSA_DLMS_SUITE_0 : POSA_DLMS_SUITE_2);
      g_assert_false (dlms_talk_open (&self, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
      self.options.keyring = NULL;
      g_clear_error (&error);
      g_assert_false (dlms_talk_open (&self, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
      g_assert_cmpuint (self.stats.bytes_tx, ==, 0);
    }
}

#define ACTIVATE POSA_COSEM_TARGET (POSA_DLMS_CLASS_SECURITY, POSA_OBIS (0, 0, 43, 0, 3, 255), 1)

static gboolean
activate (DlmsTalk *self, guint8 policy)
{
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_integer (POSA_COSEM_ENUM, policy);

  return posa_dlms_client_act (self->client, ACTIVATE, value, NULL, NULL, NULL);
}

/* A policy that was made stronger holds at once, and from then on. */
static void
test_stronger_policy (void)
{
  const DlmsWords words = { "0", "ciphered", "gmac", "none", "none", "0" }, strong = GLO;
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&self, &words, "fault=none", "clock_offset=0");
  g_assert_true (dlms_talk_open (&self, NULL));
  g_assert_true (activate (&self, 3));
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (self.client, SERIAL, NULL, &error);
  g_assert_null (value);
  g_assert_nonnull (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "policy"), ==, 3);
  posa_dlms_client_close (self.client);
  g_assert_false (dlms_talk_open (&self, NULL));
  self.options.agreement = dlms_talk_agreement_of (&strong);
  g_clear_error (&error);
  dlms_talk_open (&self, &error);
  g_assert_no_error (error);
  dlms_talk_assert_setup (&self);
  posa_dlms_client_close (self.client);
  dlms_talk_assert_nonces (&self);
}

/* Nothing of a policy is given up, and none that the meter could not keep is taken. */
static void
test_policy_refused (void)
{
  static const struct
  {
    DlmsWords words;
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
      g_auto (DlmsTalk) self = { 0 };
      g_autoptr (GError) error = NULL;

      dlms_talk_start (&self, &rows[i].words, "fault=none", "clock_offset=0");
      dlms_talk_open (&self, &error);
      g_assert_no_error (error);
      g_assert_false (activate (&self, rows[i].policy));
      dlms_talk_assert_setup (&self);
      posa_dlms_client_close (self.client);
    }
}

#define NEXT_EK "808182838485868788898A8B8C8D8E8F"

/* The keys of a transfer whose answer was lost: the meter has taken them. */
static void
test_next_keys (void)
{
  const DlmsWords words = GLO;
  g_auto (DlmsTalk) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_talk_start (&self, &words, "ek=" NEXT_EK, "clock_offset=0");
  g_assert_false (dlms_talk_open (&self, &error));
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
  dlms_talk_open (&self, &error);
  g_assert_no_error (error);
  dlms_talk_assert_text (&self, SERIAL, DLMS_RIG_SERIAL);
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
      const DlmsWords *words = &weaknesses[i].words;
      g_autofree char *name = g_strjoin ("/", "/dlms-agreement/weakness", weaknesses[i].fault,
                                         words->mechanism, words->protection, words->policy, NULL);
      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_weakness);
    }
  return g_test_run ();
}
