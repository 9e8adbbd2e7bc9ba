/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-ecc.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#define MAX_COORDINATE   48
#define UNCOMPRESSED     0x04
#define POINT_BYTES(n)   (1 + 2 * (n))
#define MAX_POINT_BYTES  POINT_BYTES (MAX_COORDINATE)
#define MAX_DIGEST_BYTES 48

static const struct
{
  gsize size;
  int curve;
  const char *name, *digest;
  guint8 algorithm; /* last arc of the cipher that a derived key is for: AES-GCM-128, -256 */
} suites[POSA_DLMS_N_SUITES] = {
  [POSA_DLMS_SUITE_1] = { 32, NID_X9_62_prime256v1, "P-256", "SHA256", 0 },
  [POSA_DLMS_SUITE_2] = { 48, NID_secp384r1, "P-384", "SHA384", 1 },
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD, EVP_MD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EC_GROUP, EC_GROUP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EC_POINT, EC_POINT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM, OSSL_PARAM_free)

static gboolean
fail (GError **error, PosaErrorCode code, const char *message)
{
  g_set_error_literal (error, POSA_ERROR, (int) code, message);
  return FALSE;
}

static gboolean
fail_key (PosaDlmsSuite suite, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
               "no elliptic curve key for security suite %u", suite);
  return FALSE;
}

gsize
posa_dlms_ecc_get_size (PosaDlmsSuite suite)
{
  return suites[suite].size;
}

/* @point in the form of the library: 04, x, y. NULL unless @key is one of the suite. */
static EVP_PKEY *
load (PosaDlmsSuite suite, const PosaDlmsKey *private_key, const guint8 *point)
{
  g_autoptr (EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();
  g_autoptr (BIGNUM) number = NULL;
  EVP_PKEY *key = NULL;

  if (ctx == NULL || builder == NULL ||
      OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, suites[suite].name,
                                       0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                        POINT_BYTES (suites[suite].size)) != 1)
    return NULL;
  if (private_key != NULL)
    {
      number = BN_bin2bn (private_key->data, (int) private_key->size, NULL);
      if (number == NULL || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, number) != 1)
        return NULL;
    }
  g_autoptr (OSSL_PARAM) params = OSSL_PARAM_BLD_to_param (builder);
  if (params == NULL || EVP_PKEY_fromdata_init (ctx) != 1 ||
      EVP_PKEY_fromdata (ctx, &key, private_key != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                         params) != 1)
    return NULL;
  return key;
}

/* A public key from the other end: OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *
load_public (PosaDlmsSuite suite, const PosaDlmsKey *key)
{
  guint8 point[MAX_POINT_BYTES] = { UNCOMPRESSED };

  if (suites[suite].size == 0 || key->size != 2 * suites[suite].size)
    return NULL;
  memcpy (point + 1, key->data, key->size);
  return load (suite, NULL, point);
}

/* The point that belongs to @private_key. */
static gboolean
multiply (PosaDlmsSuite suite, const PosaDlmsKey *private_key, guint8 point[MAX_POINT_BYTES])
{
  if (suites[suite].size == 0 || private_key->size != suites[suite].size)
    return FALSE;
  g_autoptr (EC_GROUP) group = EC_GROUP_new_by_curve_name (suites[suite].curve);
  g_autoptr (EC_POINT) product = group != NULL ? EC_POINT_new (group) : NULL;
  g_autoptr (BIGNUM) number = BN_bin2bn (private_key->data, (int) private_key->size, NULL);
  gsize size = POINT_BYTES (suites[suite].size);

  return product != NULL && number != NULL && !BN_is_zero (number) &&
         BN_cmp (number, EC_GROUP_get0_order (group)) < 0 &&
         EC_POINT_mul (group, product, number, NULL, NULL, NULL) == 1 &&
         EC_POINT_point2oct (group, product, POINT_CONVERSION_UNCOMPRESSED, point, size, NULL) ==
             size;
}

static EVP_PKEY *
load_private (PosaDlmsSuite suite, const PosaDlmsKey *key)
{
  guint8 point[MAX_POINT_BYTES];

  return multiply (suite, key, point) ? load (suite, key, point) : NULL;
}

gboolean
posa_dlms_ecc_get_public (PosaDlmsSuite suite,
                          const PosaDlmsKey *private_key,
                          PosaDlmsKey *public_key,
                          GError **error)
{
  guint8 point[MAX_POINT_BYTES];

  return (multiply (suite, private_key, point) &&
          posa_dlms_key_set (public_key, point + 1, 2 * suites[suite].size)) ||
         fail_key (suite, error);
}

gboolean
posa_dlms_ecc_generate (PosaDlmsSuite suite,
                        PosaDlmsKey *private_key,
                        PosaDlmsKey *public_key,
                        GError **error)
{
  BIGNUM *number = NULL;

  if (suites[suite].size == 0)
    return fail_key (suite, error);
  g_autoptr (EVP_PKEY) pair = EVP_EC_gen (suites[suite].name);
  gboolean good = pair != NULL &&
                  EVP_PKEY_get_bn_param (pair, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1;
  g_autoptr (BIGNUM) owned = number;
  if (!good || BN_bn2binpad (owned, private_key->data, (int) suites[suite].size) < 0)
    return fail (error, POSA_ERROR_FAILED, "the cipher library made no key pair");
  private_key->size = suites[suite].size;
  return posa_dlms_ecc_get_public (suite, private_key, public_key, error);
}

/* From the DER of the library to r and s. */
static gboolean
put_raw_signature (PosaDlmsSuite suite, const guint8 *der, gsize size, GByteArray *out)
{
  g_autoptr (ECDSA_SIG) signature = d2i_ECDSA_SIG (NULL, &der, (long) size);
  guint8 raw[2 * MAX_COORDINATE];
  int n = (int) suites[suite].size;

  if (signature == NULL || BN_bn2binpad (ECDSA_SIG_get0_r (signature), raw, n) != n ||
      BN_bn2binpad (ECDSA_SIG_get0_s (signature), raw + n, n) != n)
    return FALSE;
  posa_put_bytes (out, raw, 2 * suites[suite].size);
  return TRUE;
}

gboolean
posa_dlms_ecc_sign (PosaDlmsSuite suite,
                    const PosaDlmsKey *private_key,
                    const guint8 *data,
                    gsize size,
                    GByteArray *out,
                    GError **error)
{
  g_autoptr (EVP_PKEY) key = load_private (suite, private_key);
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();
  guint8 der[2 * MAX_COORDINATE + 16];
  gsize der_size = sizeof der;

  if (key == NULL)
    return fail_key (suite, error);
  if (ctx == NULL ||
      EVP_DigestSignInit_ex (ctx, NULL, suites[suite].digest, NULL, NULL, key, NULL) != 1 ||
      EVP_DigestSign (ctx, der, &der_size, data, size) != 1 ||
      !put_raw_signature (suite, der, der_size, out))
    return fail (error, POSA_ERROR_FAILED, "the cipher library made no signature");
  return TRUE;
}

gboolean
posa_dlms_ecc_verify (PosaDlmsSuite suite,
                      const PosaDlmsKey *public_key,
                      const guint8 *data,
                      gsize size,
                      const guint8 *signature,
                      gsize signature_size)
{
  g_autoptr (EVP_PKEY) key = load_public (suite, public_key);
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();
  g_autoptr (ECDSA_SIG) pair = ECDSA_SIG_new ();
  guint8 der[2 * MAX_COORDINATE + 16], *end = der;
  int n = (int) suites[suite].size;

  if (key == NULL || ctx == NULL || pair == NULL || signature_size != 2 * suites[suite].size)
    return FALSE;
  g_autoptr (BIGNUM) r = BN_bin2bn (signature, n, NULL);
  g_autoptr (BIGNUM) s = BN_bin2bn (signature + n, n, NULL);
  if (r == NULL || s == NULL || ECDSA_SIG_set0 (pair, r, s) != 1)
    return FALSE;
  r = s = NULL; /* the pair has them */
  int der_size = i2d_ECDSA_SIG (pair, &end);
  return der_size > 0 &&
         EVP_DigestVerifyInit_ex (ctx, NULL, suites[suite].digest, NULL, NULL, key, NULL) == 1 &&
         EVP_DigestVerify (ctx, der, (gsize) der_size, data, size) == 1;
}

gboolean
posa_dlms_ecc_derive (PosaDlmsSuite suite,
                      const guint8 *secret,
                      const guint8 *originator,
                      const guint8 *recipient,
                      PosaDlmsKey *key,
                      GError **error)
{
  static const guint8 round[] = { 0, 0, 0, 1 }; /* one digest is longer than any key */
  const guint8 algorithm[] = { 0x60, 0x85, 0x74, 0x05, 0x08, 0x03, suites[suite].algorithm };
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();
  g_autoptr (EVP_MD) digest = NULL;
  guint8 out[MAX_DIGEST_BYTES] = { 0 };

  if (suites[suite].size == 0)
    return fail_key (suite, error);
  digest = EVP_MD_fetch (NULL, suites[suite].digest, NULL);
  gboolean good = ctx != NULL && digest != NULL && EVP_DigestInit_ex (ctx, digest, NULL) == 1 &&
                  EVP_DigestUpdate (ctx, round, sizeof round) == 1 &&
                  EVP_DigestUpdate (ctx, secret, suites[suite].size) == 1 &&
                  EVP_DigestUpdate (ctx, algorithm, sizeof algorithm) == 1 &&
                  EVP_DigestUpdate (ctx, originator, POSA_DLMS_TITLE_SIZE) == 1 &&
                  EVP_DigestUpdate (ctx, recipient, POSA_DLMS_TITLE_SIZE) == 1 &&
                  EVP_DigestFinal_ex (ctx, out, NULL) == 1 &&
                  posa_dlms_key_set (key, out, posa_dlms_suite_get_key_size (suite));
  OPENSSL_cleanse (out, sizeof out);
  return good || fail (error, POSA_ERROR_FAILED, "the cipher library derived no key");
}

gboolean
posa_dlms_ecc_agree (PosaDlmsSuite suite,
                     const PosaDlmsKey *private_key,
                     const PosaDlmsKey *public_key,
                     const guint8 *originator,
                     const guint8 *recipient,
                     PosaDlmsKey *key,
                     GError **error)
{
  g_autoptr (EVP_PKEY) ours = load_private (suite, private_key);
  g_autoptr (EVP_PKEY) theirs = load_public (suite, public_key);
  guint8 secret[MAX_COORDINATE] = { 0 };
  gsize size = sizeof secret;

  if (ours == NULL || theirs == NULL)
    return fail_key (suite, error);
  g_autoptr (EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_pkey (NULL, ours, NULL);
  gboolean good = ctx != NULL && EVP_PKEY_derive_init (ctx) == 1 &&
                  EVP_PKEY_derive_set_peer (ctx, theirs) == 1 &&
                  EVP_PKEY_derive (ctx, secret, &size) == 1 && size == suites[suite].size;
  good = good ? posa_dlms_ecc_derive (suite, secret, originator, recipient, key, error)
              : fail (error, POSA_ERROR_FAILED, "the cipher library agreed on no key");
  OPENSSL_cleanse (secret, sizeof secret);
  return good;
}
