/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include "base/posa-error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EC_GROUP, EC_GROUP_free)

gboolean
posa_ecdsa_is_p256 (EVP_PKEY *key)
{
  char name[32] = "";
  gsize size = 0;

  return EVP_PKEY_is_a (key, "EC") &&
         EVP_PKEY_get_utf8_string_param (key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name,
                                         &size) == 1 &&
         g_str_equal (name, SN_X9_62_prime256v1);
}

static GBytes *
encode (const ECDSA_SIG *value)
{
  guint8 *der = NULL;
  int size = i2d_ECDSA_SIG (value, &der);
  GBytes *bytes = g_bytes_new (der, size > 0 ? (gsize) size : 0);

  OPENSSL_free (der);
  return bytes;
}

static ECDSA_SIG *
decode (GBytes *signature)
{
  gsize size;
  const guint8 *der = g_bytes_get_data (signature, &size);

  return d2i_ECDSA_SIG (NULL, &der, (long) size);
}

/* The value with the lower s; consumes nothing. */
static ECDSA_SIG *
normalise (const ECDSA_SIG *value)
{
  g_autoptr (EC_GROUP) group = EC_GROUP_new_by_curve_name (NID_X9_62_prime256v1);
  const BIGNUM *order = EC_GROUP_get0_order (group);
  g_autoptr (BIGNUM) half = BN_new ();
  g_autoptr (BIGNUM) r = BN_dup (ECDSA_SIG_get0_r (value));
  g_autoptr (BIGNUM) s = BN_dup (ECDSA_SIG_get0_s (value));
  ECDSA_SIG *normal = ECDSA_SIG_new ();

  BN_rshift1 (half, order);
  if (BN_cmp (s, half) > 0)
    BN_sub (s, order, s);
  ECDSA_SIG_set0 (normal, g_steal_pointer (&r), g_steal_pointer (&s));
  return normal;
}

GBytes *
posa_ecdsa_sign (EVP_PKEY *key, GBytes *message, GError **error)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  unsigned int deterministic = 1;
  OSSL_PARAM params[] = { OSSL_PARAM_construct_uint (OSSL_SIGNATURE_PARAM_NONCE_TYPE,
                                                     &deterministic),
                          OSSL_PARAM_construct_end () };
  guint8 der[128]; /* a P-256 value takes at most 72 */
  gsize size = sizeof der;

  if (EVP_DigestSignInit_ex (context, NULL, "SHA256", NULL, NULL, key, params) != 1 ||
      EVP_DigestSign (context, der, &size, g_bytes_get_data (message, NULL),
                      g_bytes_get_size (message)) != 1)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_SIGNATURE, "the report key cannot sign");
      return NULL;
    }
  g_autoptr (GBytes) raw = g_bytes_new (der, size);
  g_autoptr (ECDSA_SIG) value = decode (raw);
  g_autoptr (ECDSA_SIG) normal = normalise (value);
  return encode (normal);
}

gboolean
posa_ecdsa_is_normal (GBytes *signature)
{
  g_autoptr (ECDSA_SIG) value = decode (signature);

  if (value == NULL)
    return FALSE;
  g_autoptr (ECDSA_SIG) normal = normalise (value);
  g_autoptr (GBytes) again = encode (normal);
  return g_bytes_equal (again, signature);
}
