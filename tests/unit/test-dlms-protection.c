/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-protection.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-dlms-ecc.h"

#include <string.h>

static const guint8 client_title[] = { 'M', 'M', 'M', 0, 0, 0, 0, 1 };
static const guint8 server_title[] = { 'M', 'M', 'M', 0, 0, 0xBC, 0x61, 0x4E };
static const guint8 get[] = { 0xC0, 0x01, 0xC1, 0, 3, 1, 0, 1, 8, 0, 0xFF, 2, 0 };

/* Both ends of an association. */
typedef struct
{
  PosaMeterKeys client, server;
  PosaDlmsKey dedicated;
} Ends;

static void
fill (PosaDlmsKey *key, gsize size, guint8 first)
{
  key->size = size;
  for (gsize i = 0; i < size; i++)
    key->data[i] = (guint8) (first + i);
}

static void
ends_init (Ends *self, PosaDlmsSuite suite)
{
  gsize size = posa_dlms_suite_get_key_size (suite);

  memset (self, 0, sizeof *self);
  fill (&self->client.encryption, size, 0x00);
  fill (&self->client.authentication, size, 0xD0);
  fill (&self->client.master, size, 0x40);
  fill (&self->dedicated, size, 0x90);
  self->server = self->client;
  if (suite == POSA_DLMS_SUITE_0)
    return;
  g_assert_true (
      posa_dlms_ecc_generate (suite, &self->client.signing, &self->server.peer_signing, NULL));
  g_assert_true (
      posa_dlms_ecc_generate (suite, &self->server.signing, &self->client.peer_signing, NULL));
  g_assert_true (
      posa_dlms_ecc_generate (suite, &self->client.agreement, &self->server.peer_agreement, NULL));
  g_assert_true (
      posa_dlms_ecc_generate (suite, &self->server.agreement, &self->client.peer_agreement, NULL));
}

/* How the client's messages are protected, seen from @keys. */
static PosaDlmsSecurity
security_of (const Ends *ends, const PosaMeterKeys *keys, PosaDlmsSuite suite)
{
  return (PosaDlmsSecurity) { .suite = suite,
                              .keys = keys,
                              .dedicated = &ends->dedicated,
                              .sender = client_title,
                              .receiver = server_title,
                              .transaction = G_GUINT64_CONSTANT (0x0102030405060708) };
}

static void
assert_forged (const PosaDlmsSecurity *security, const GByteArray *sealed, guint level)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaDlmsSeen seen;
  gboolean slow = (level & POSA_DLMS_SIGNED) != 0 ||
                  security->key_info == POSA_DLMS_KEY_INFO_AGREED;
  guint step = slow ? 131 : 3;

  for (guint bit = 8; bit < sealed->len * 8; bit += step)
    {
      g_autofree guint8 *bad = g_memdup2 (sealed->data, sealed->len);

      bad[bit / 8] ^= (guint8) (1 << bit % 8);
      if (!posa_dlms_unprotect (security, bad, sealed->len, plain, &seen, NULL))
        {
          g_assert_cmpuint (plain->len, ==, 0);
          continue;
        }
      /* What opens all the same says that it is less than was agreed, or means the same. */
      if ((seen.level & level) == level)
        g_assert_cmpmem (plain->data, plain->len, get, sizeof get);
    }
}

static void
check_form (const Ends *ends, PosaDlmsSecurity *ours, guint level)
{
  PosaDlmsSecurity theirs = *ours;
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  PosaDlmsSeen seen;

  theirs.keys = &ends->server;
  g_assert_true (posa_dlms_security_check (ours, level, &error));
  posa_dlms_protect (ours, level, 0x01234567, get, sizeof get, sealed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_dlms_protect_get_overhead (ours, level, sizeof get), ==,
                    sealed->len - sizeof get);
  posa_dlms_unprotect (&theirs, sealed->data, sealed->len, plain, &seen, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (plain->data, plain->len, get, sizeof get);
  g_assert_cmphex (seen.level, ==, level);
  g_assert_cmpint (seen.has_counter, ==, posa_dlms_security_takes_counter (ours, level));
  if (seen.has_counter)
    g_assert_cmphex (seen.counter, ==, 0x01234567);
  if (seen.has_transaction)
    g_assert_cmphex (seen.transaction, ==, ours->transaction);
  if ((level & (POSA_DLMS_AUTHENTICATED | POSA_DLMS_SIGNED)) != 0)
    assert_forged (&theirs, sealed, level);
  theirs.sender = server_title; /* in the name of another */
  if ((level & (POSA_DLMS_AUTHENTICATED | POSA_DLMS_SIGNED)) != 0)
    g_assert_false (posa_dlms_unprotect (&theirs, sealed->data, sealed->len, plain, &seen, NULL));
}

/* Every suite, form, way to tell the key and set of layers. */
static void
test_all_forms (void)
{
  static const guint levels[] = {
    POSA_DLMS_AUTHENTICATED,
    POSA_DLMS_ENCRYPTED,
    POSA_DLMS_AUTH_ENCRYPTED,
    POSA_DLMS_AUTH_ENCRYPTED | POSA_DLMS_SIGNED,
    POSA_DLMS_AUTHENTICATED | POSA_DLMS_SIGNED,
  };
  guint n = 0;

  for (PosaDlmsSuite suite = 0; suite < POSA_DLMS_N_SUITES; suite++)
    for (PosaDlmsProtection form = POSA_DLMS_PROTECTION_GLO; form < POSA_DLMS_N_PROTECTIONS; form++)
      for (PosaDlmsKeyInfo info = 0; info < POSA_DLMS_N_KEY_INFOS; info++)
        for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
          {
            gboolean curve = info == POSA_DLMS_KEY_INFO_AGREED ||
                             (levels[i] & POSA_DLMS_SIGNED) != 0;
            Ends ends;

            if ((suite == POSA_DLMS_SUITE_0 && curve) ||
                (info != 0 && form != POSA_DLMS_PROTECTION_GENERAL_CIPHERING))
              continue;
            ends_init (&ends, suite);
            PosaDlmsSecurity security = security_of (&ends, &ends.client, suite);
            security.protection = form;
            security.key_info = info;
            check_form (&ends, &security, levels[i]);
            n++;
          }
  g_assert_cmpuint (n, ==, 7 * 3 + 2 * 8 * 5);
}

/* A signature without a cipher, and nothing at all. */
static void
test_signed_only (void)
{
  for (PosaDlmsSuite suite = POSA_DLMS_SUITE_1; suite < POSA_DLMS_N_SUITES; suite++)
    {
      Ends ends;

      ends_init (&ends, suite);
      PosaDlmsSecurity security = security_of (&ends, &ends.client, suite);
      check_form (&ends, &security, POSA_DLMS_SIGNED);
      check_form (&ends, &security, 0);
    }
}

/* The frame of general-ciphering with a global key, byte by byte. */
static void
test_general_ciphering_bytes (void)
{
  static const char head[] = "DD080102030405060708084D4D4D0000000001084D4D4D0000BC614E0000010000";
  Ends ends;
  g_autoptr (GByteArray) sealed = g_byte_array_new ();

  ends_init (&ends, POSA_DLMS_SUITE_0);
  PosaDlmsSecurity security = security_of (&ends, &ends.client, POSA_DLMS_SUITE_0);
  security.protection = POSA_DLMS_PROTECTION_GENERAL_CIPHERING;
  security.key_info = POSA_DLMS_KEY_INFO_IDENTIFIED;
  g_assert_true (
      posa_dlms_protect (&security, POSA_DLMS_AUTH_ENCRYPTED, 7, get, sizeof get, sealed, NULL));
  g_autofree char *text = posa_hex_encode (sealed->data, sealed->len);
  g_assert_true (g_str_has_prefix (text, head));
  g_assert_true (g_str_has_prefix (text + strlen (head), "1E3000000007"));
}

/* The published example of a key agreed on: its text is of AES-GCM with the counter 0. */
static void
test_published_text (void)
{
  g_autoptr (GBytes) key = posa_hex_decode ("59A71FD81C929A86A99438DA17A66C05", NULL);
  g_autoptr (GBytes) expected = posa_hex_decode ("F435069679270C5BF4425EE5777402A6", NULL);
  g_autoptr (GBytes) plain = posa_hex_decode ("D94000000000040100010000600100FF", NULL);
  const PosaDlmsCipher cipher = { .suite = POSA_DLMS_SUITE_1,
                                  .encryption = g_bytes_get_data (key, NULL),
                                  .authentication = g_bytes_get_data (key, NULL),
                                  .title = server_title };
  g_autoptr (GByteArray) out = g_byte_array_new ();

  g_assert_true (posa_dlms_cipher_seal (&cipher, POSA_DLMS_ENCRYPTED, 0,
                                        g_bytes_get_data (plain, NULL), 16, out, NULL));
  g_assert_cmphex (out->data[0], ==, 0x21);
  g_assert_cmpmem (out->data + 5, 16, g_bytes_get_data (expected, NULL), 16);
}

/* A cipher around a cipher, a signature around a signature: neither was agreed on. */
static void
test_same_layer_twice (void)
{
  Ends ends;
  g_autoptr (GByteArray) once = g_byte_array_new ();
  g_autoptr (GByteArray) twice = g_byte_array_new ();
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  PosaDlmsSeen seen;

  ends_init (&ends, POSA_DLMS_SUITE_1);
  PosaDlmsSecurity security = security_of (&ends, &ends.client, POSA_DLMS_SUITE_1);
  PosaDlmsSecurity theirs = security_of (&ends, &ends.server, POSA_DLMS_SUITE_1);
  security.protection = POSA_DLMS_PROTECTION_GENERAL_GLO;
  g_assert_true (
      posa_dlms_protect (&security, POSA_DLMS_AUTH_ENCRYPTED, 1, get, sizeof get, once, NULL));
  g_assert_true (posa_dlms_protect (&security, POSA_DLMS_AUTH_ENCRYPTED, 2, once->data, once->len,
                                    twice, NULL));
  g_assert_false (posa_dlms_unprotect (&theirs, twice->data, twice->len, plain, &seen, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
test_policies (void)
{
  static const struct
  {
    guint8 policy;
    guint request, response;
  } rows[] = {
    { 0, 0, 0 },
    { 1, POSA_DLMS_AUTHENTICATED, POSA_DLMS_AUTHENTICATED },
    { 2, POSA_DLMS_ENCRYPTED, POSA_DLMS_ENCRYPTED },
    { 3, POSA_DLMS_AUTH_ENCRYPTED, POSA_DLMS_AUTH_ENCRYPTED },
    { 0x04, POSA_DLMS_AUTHENTICATED, 0 },
    { 0x08, POSA_DLMS_ENCRYPTED, 0 },
    { 0x10, POSA_DLMS_SIGNED, 0 },
    { 0x20, 0, POSA_DLMS_AUTHENTICATED },
    { 0x40, 0, POSA_DLMS_ENCRYPTED },
    { 0x80, 0, POSA_DLMS_SIGNED },
    { 0xFC, POSA_DLMS_AUTH_ENCRYPTED | POSA_DLMS_SIGNED,
      POSA_DLMS_AUTH_ENCRYPTED | POSA_DLMS_SIGNED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmphex (posa_dlms_policy_get_level (rows[i].policy, FALSE), ==, rows[i].request);
      g_assert_cmphex (posa_dlms_policy_get_level (rows[i].policy, TRUE), ==, rows[i].response);
    }
}

/* Each key that lacks is said to lack. */
static void
test_missing_keys (void)
{
  Ends ends;
  PosaDlmsKey *const needed[] = { &ends.client.signing, &ends.client.peer_signing,
                                  &ends.client.agreement, &ends.client.peer_agreement,
                                  &ends.client.authentication };

  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++)
    {
      g_autoptr (GError) error = NULL;

      ends_init (&ends, POSA_DLMS_SUITE_2);
      PosaDlmsSecurity security = security_of (&ends, &ends.client, POSA_DLMS_SUITE_2);
      security.protection = POSA_DLMS_PROTECTION_GENERAL_CIPHERING;
      security.key_info = POSA_DLMS_KEY_INFO_AGREED;
      needed[i]->size--;
      g_assert_false (posa_dlms_security_check (
          &security, POSA_DLMS_AUTH_ENCRYPTED | POSA_DLMS_SIGNED, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-protection/all-forms", test_all_forms);
  g_test_add_func ("/dlms-protection/signed-only", test_signed_only);
  g_test_add_func ("/dlms-protection/general-ciphering-bytes", test_general_ciphering_bytes);
  g_test_add_func ("/dlms-protection/published-text", test_published_text);
  g_test_add_func ("/dlms-protection/same-layer-twice", test_same_layer_twice);
  g_test_add_func ("/dlms-protection/policies", test_policies);
  g_test_add_func ("/dlms-protection/missing-keys", test_missing_keys);
  return g_test_run ();
}
