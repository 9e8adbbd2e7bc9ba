/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-ecc.h"
#include "meter/codec/posa-dlms-hls.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

/* Key wrap, elliptic curves and the proofs of high level security, each against values that were
 * published or made by another program. */

static const guint8 client_title[] = { 'M', 'M', 'M', 0, 0, 0xBC, 0x61, 0x4E };
static const guint8 server_title[] = { 'M', 'M', 'M', 0, 0, 0, 0, 1 };

static PosaDlmsKey
key_of (const char *text)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);
  PosaDlmsKey key = { 0 };

  g_assert_nonnull (bytes);
  g_assert_true (
      posa_dlms_key_set (&key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  return key;
}

static void
assert_key (const PosaDlmsKey *key, const char *expected)
{
  g_autofree char *text = posa_hex_encode (key->data, key->size);

  g_assert_cmpstr (text, ==, expected);
}

/* The DLMS example and RFC 3394 sections 4.1, 4.3 (as 128 under 256) and 4.6. */
static void
test_key_wrap (void)
{
  static const struct
  {
    const char *kek, *key, *wrapped;
  } rows[] = {
    { "000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF",
      "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5" },
    { "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
      "00112233445566778899AABBCCDDEEFF", "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7" },
    { "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
      "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
      "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) wrapped = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      PosaDlmsKey kek = key_of (rows[i].kek), key = key_of (rows[i].key), back = { 0 };

      g_assert_true (posa_dlms_wrap_key (&kek, &key, wrapped, NULL));
      g_autofree char *text = posa_hex_encode (wrapped->data, wrapped->len);
      g_assert_cmpstr (text, ==, rows[i].wrapped);
      g_assert_true (posa_dlms_unwrap_key (&kek, wrapped->data, wrapped->len, &back, NULL));
      assert_key (&back, rows[i].key);
      wrapped->data[5] ^= 0x40;
      g_assert_false (posa_dlms_unwrap_key (&kek, wrapped->data, wrapped->len, &back, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
    }
}

static void
test_key_wrap_sizes (void)
{
  static const guint8 bytes[64];
  g_autoptr (GByteArray) out = g_byte_array_new ();
  PosaDlmsKey kek = key_of ("000102030405060708090A0B0C0D0E0F"), back = { 0 };

  for (gsize size = 0; size <= sizeof bytes; size++)
    {
      PosaDlmsKey odd = { .size = size };
      gboolean fits = size == 16 || size == 32;

      g_assert_cmpint (posa_dlms_wrap_key (&kek, &odd, out, NULL), ==, fits);
      g_assert_cmpint (posa_dlms_wrap_key (&odd, &kek, out, NULL), ==, fits);
      g_assert_false (posa_dlms_unwrap_key (&kek, bytes, size, &back, NULL));
    }
}

/* Concatenation KDF of suite 1: the two published derivations. */
static void
test_derive (void)
{
  static const struct
  {
    const char *secret, *key;
    const guint8 *originator, *recipient;
  } rows[] = {
    { "0D4385BA0DD756CBCAB9887EB538396EE8F090A14C1079B4359F115B977F4615",
      "59A71FD81C929A86A99438DA17A66C05", client_title, server_title },
    { "2B4302DC49790E2E78D990CFB52ED6E2F273DECE441A2D95E4301B93812A9FAC",
      "F0184BDA9466BFA4601A64A7EF46504A", server_title, client_title },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PosaDlmsKey secret = key_of (rows[i].secret), key = { 0 };

      g_assert_true (posa_dlms_ecc_derive (POSA_DLMS_SUITE_1, secret.data, rows[i].originator,
                                           rows[i].recipient, &key, NULL));
      assert_key (&key, rows[i].key);
    }
}

/* A published key pair, and what it signed: the id of a key and a point. */
static void
test_published_pair (void)
{
  const PosaDlmsKey signer =
      key_of ("418073C239FA6125011DE4D6CD2E645780289F761BB21BFB0835CB5585E8B373");
  const PosaDlmsKey point =
      key_of ("002914D60E10AB705F62ED6CC349D7CB99B9AB3F3978E59278C7AF595B3AF98794"
              "1372DAB6D5AF1FA867E134167E6F23DE664A6693E05F43414611058D1B48F894");
  const PosaDlmsKey signature =
      key_of ("06F0607702AA0E2435A183E2F6B1ECD19629712E389A213610C03F77B2590860"
              "EA840AF5C3FA1F2BCDF055D4744E9A01CE9A0E55026BCAA4EEBEB764CED64BB3");
  PosaDlmsKey public_key = { 0 };

  g_assert_true (posa_dlms_ecc_get_public (POSA_DLMS_SUITE_1, &signer, &public_key, NULL));
  assert_key (&public_key, "BAAFFDE06A8CB1C9DAE8D94023C601DBBB249254BA22EDD827E820BCA2BCC643"
                           "62FBB83D86A82B87BB8B7161D2AAB5521911A946B97A284A90F7785CD9047D25");
  g_assert_true (posa_dlms_ecc_verify (POSA_DLMS_SUITE_1, &public_key, point.data, point.size,
                                       signature.data, signature.size));
}

static void
check_signing (PosaDlmsSuite suite)
{
  static const guint8 text[] = "what is signed";
  gsize size = posa_dlms_ecc_get_size (suite);
  g_autoptr (GByteArray) signature = g_byte_array_new ();
  PosaDlmsKey ours = { 0 }, public_key = { 0 };

  g_assert_true (posa_dlms_ecc_generate (suite, &ours, &public_key, NULL));
  g_assert_cmpuint (ours.size, ==, size);
  g_assert_cmpuint (public_key.size, ==, 2 * size);
  g_assert_true (posa_dlms_ecc_sign (suite, &ours, text, sizeof text, signature, NULL));
  g_assert_cmpuint (signature->len, ==, 2 * size);
  g_assert_true (posa_dlms_ecc_verify (suite, &public_key, text, sizeof text, signature->data,
                                       signature->len));
  g_assert_false (posa_dlms_ecc_verify (suite, &public_key, text, sizeof text - 1, signature->data,
                                        signature->len));
  g_assert_false (posa_dlms_ecc_verify (suite, &public_key, text, sizeof text, signature->data,
                                        signature->len - 1));
  for (gsize i = 0; i < signature->len; i += 7)
    {
      signature->data[i] ^= 0x04;
      g_assert_false (posa_dlms_ecc_verify (suite, &public_key, text, sizeof text, signature->data,
                                            signature->len));
      signature->data[i] ^= 0x04;
    }
  public_key.data[0] ^= 1; /* off the curve */
  g_assert_false (posa_dlms_ecc_verify (suite, &public_key, text, sizeof text, signature->data,
                                        signature->len));
}

static void
check_agreement (PosaDlmsSuite suite)
{
  PosaDlmsKey ours = { 0 }, our_point = { 0 }, theirs = { 0 }, their_point = { 0 };
  PosaDlmsKey here = { 0 }, there = { 0 }, swapped = { 0 };

  g_assert_true (posa_dlms_ecc_generate (suite, &ours, &our_point, NULL));
  g_assert_true (posa_dlms_ecc_generate (suite, &theirs, &their_point, NULL));
  g_assert_true (
      posa_dlms_ecc_agree (suite, &ours, &their_point, client_title, server_title, &here, NULL));
  g_assert_true (
      posa_dlms_ecc_agree (suite, &theirs, &our_point, client_title, server_title, &there, NULL));
  g_assert_true (
      posa_dlms_ecc_agree (suite, &ours, &their_point, server_title, client_title, &swapped, NULL));
  g_assert_cmpuint (here.size, ==, posa_dlms_suite_get_key_size (suite));
  g_assert_cmpmem (here.data, here.size, there.data, there.size);
  g_assert_cmpint (memcmp (here.data, swapped.data, here.size), !=, 0);
  their_point.data[3] ^= 1;
  g_assert_false (
      posa_dlms_ecc_agree (suite, &ours, &their_point, client_title, server_title, &here, NULL));
}

static void
test_curves (void)
{
  check_signing (POSA_DLMS_SUITE_1);
  check_signing (POSA_DLMS_SUITE_2);
  check_agreement (POSA_DLMS_SUITE_1);
  check_agreement (POSA_DLMS_SUITE_2);
}

/* No key, one of another suite, zero, more than the order of the curve. */
static void
test_bad_keys (void)
{
  const PosaDlmsKey bad[] = {
    { .size = 0 },
    { .size = 32 },
    { .data = { 1 }, .size = 48 },
    key_of ("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"),
  };
  PosaDlmsKey public_key = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) signature = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (posa_dlms_ecc_get_public (POSA_DLMS_SUITE_1, &bad[i], &public_key, NULL));
      g_assert_false (
          posa_dlms_ecc_sign (POSA_DLMS_SUITE_1, &bad[i], client_title, 8, signature, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
    }
  g_assert_false (posa_dlms_ecc_generate (POSA_DLMS_SUITE_0, &public_key, &public_key, NULL));
}

/* Made by python3-hashlib and openssl enc: client's proof, f(StoC). */
static const struct
{
  PosaAcseMechanism mechanism;
  const char *proof;
} proofs[] = {
  { POSA_ACSE_MECHANISM_MAKER, "D518CFB275B7CBAA611D11684D817AE4" },
  { POSA_ACSE_MECHANISM_MD5, "7CB88B1CB21957C4B94D1A0B8EBDBA1E" },
  { POSA_ACSE_MECHANISM_SHA1, "703E2ADF3D2740D3CC7F5D4358764FF77227E6FC" },
  { POSA_ACSE_MECHANISM_GMAC, "10000000011A52FE7DD3E72748973C1E28" },
  { POSA_ACSE_MECHANISM_SHA256,
    "BD74DFB0B67499EDE970A07308EDF37C8A8B9A3311152C9B2BA1838DFCA2DD74" },
};

static PosaDlmsHls
make_hls (PosaAcseMechanism mechanism, const PosaMeterKeys *keys)
{
  return (PosaDlmsHls) { .mechanism = mechanism,
                         .keys = keys,
                         .prover = server_title,
                         .verifier = client_title,
                         .challenge = (const guint8 *) "P6wRJ21F",
                         .challenge_size = 8,
                         .own_challenge = (const guint8 *) "K56iVagY",
                         .own_challenge_size = 8,
                         .maker = posa_dlms_hls_maker_aes };
}

static void
test_proofs (void)
{
  g_auto (PosaMeterKeys) keys = { .encryption = key_of ("000102030405060708090A0B0C0D0E0F"),
                                  .authentication = key_of ("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"),
                                  .secret = key_of ("53555045525F5345435245545F544F4B") };

  for (gsize i = 0; i < G_N_ELEMENTS (proofs); i++)
    {
      const PosaDlmsHls hls = make_hls (proofs[i].mechanism, &keys);
      g_autoptr (GByteArray) proof = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      guint32 counter = 0;

      posa_dlms_hls_prove (&hls, 1, proof, &error);
      g_assert_no_error (error);
      g_autofree char *text = posa_hex_encode (proof->data, proof->len);
      g_assert_cmpstr (text, ==, proofs[i].proof);
      g_assert_true (posa_dlms_hls_check (&hls, proof->data, proof->len, &counter));
      g_assert_false (posa_dlms_hls_check (&hls, proof->data, proof->len - 1, &counter));
      g_assert_false (posa_dlms_hls_check (&hls, proof->data, 0, &counter));
      proof->data[proof->len - 1] ^= 1;
      g_assert_false (posa_dlms_hls_check (&hls, proof->data, proof->len, &counter));
    }
}

/* The signature is over both titles and both challenges: none may be exchanged. */
static void
test_signed_proof (void)
{
  for (PosaDlmsSuite suite = POSA_DLMS_SUITE_1; suite < POSA_DLMS_N_SUITES; suite++)
    {
      g_auto (PosaMeterKeys) keys = { 0 };
      PosaDlmsHls hls = make_hls (POSA_ACSE_MECHANISM_ECDSA, &keys);
      g_autoptr (GByteArray) proof = g_byte_array_new ();
      guint32 counter = 0;

      hls.suite = suite;
      g_assert_true (posa_dlms_ecc_generate (suite, &keys.signing, &keys.peer_signing, NULL));
      g_assert_true (posa_dlms_hls_prove (&hls, 0, proof, NULL));
      g_assert_true (posa_dlms_hls_check (&hls, proof->data, proof->len, &counter));
      hls.prover = client_title;
      hls.verifier = server_title;
      g_assert_false (posa_dlms_hls_check (&hls, proof->data, proof->len, &counter));
    }
}

static void
test_no_proof (void)
{
  static const PosaAcseMechanism mechanisms[] = {
    POSA_ACSE_MECHANISM_MAKER, POSA_ACSE_MECHANISM_MD5,    POSA_ACSE_MECHANISM_SHA1,
    POSA_ACSE_MECHANISM_GMAC,  POSA_ACSE_MECHANISM_SHA256, POSA_ACSE_MECHANISM_ECDSA,
  };
  const PosaMeterKeys keys = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    {
      PosaDlmsHls hls = make_hls (mechanisms[i], &keys);
      g_autoptr (GByteArray) proof = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_assert_true (posa_dlms_hls_is_high (mechanisms[i]));
      g_assert_false (posa_dlms_hls_prove (&hls, 1, proof, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
    }
  PosaDlmsHls hls = make_hls (POSA_ACSE_MECHANISM_MAKER, &keys);
  g_autoptr (GByteArray) proof = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  hls.maker = NULL;
  g_assert_false (posa_dlms_hls_prove (&hls, 1, proof, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_assert_false (posa_dlms_hls_is_high (POSA_ACSE_MECHANISM_PASSWORD));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-suites/key-wrap", test_key_wrap);
  g_test_add_func ("/dlms-suites/key-wrap-sizes", test_key_wrap_sizes);
  g_test_add_func ("/dlms-suites/derive", test_derive);
  g_test_add_func ("/dlms-suites/published-pair", test_published_pair);
  g_test_add_func ("/dlms-suites/curves", test_curves);
  g_test_add_func ("/dlms-suites/bad-keys", test_bad_keys);
  g_test_add_func ("/dlms-suites/proofs", test_proofs);
  g_test_add_func ("/dlms-suites/signed-proof", test_signed_proof);
  g_test_add_func ("/dlms-suites/no-proof", test_no_proof);
  return g_test_run ();
}
