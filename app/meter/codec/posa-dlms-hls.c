/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-hls.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-dlms-ecc.h"

#define BLOCK 16

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

static gboolean
fail (GError **error, PosaErrorCode code, const char *message)
{
  g_set_error_literal (error, POSA_ERROR, (int) code, message);
  return FALSE;
}

gboolean
posa_dlms_hls_check_keys (PosaAcseMechanism mechanism,
                          PosaDlmsSuite suite,
                          const PosaMeterKeys *keys,
                          GError **error)
{
  gsize size = posa_dlms_suite_get_key_size (suite), curve = posa_dlms_ecc_get_size (suite);

  switch (mechanism)
    {
    case POSA_ACSE_MECHANISM_NONE:
      return TRUE;
    case POSA_ACSE_MECHANISM_GMAC:
      return (keys->encryption.size == size && keys->authentication.size == size) ||
             fail (error, POSA_ERROR_KEY_MISSING,
                   "to authenticate, the encryption and the authentication key are needed, in the "
                   "length of the suite");
    case POSA_ACSE_MECHANISM_ECDSA:
      return (keys->signing.size == curve && keys->peer_signing.size == 2 * curve) ||
             fail (error, POSA_ERROR_KEY_MISSING,
                   "to authenticate, our private signing key and the meter's public one are "
                   "needed, in the length of the suite");
    default:
      return keys->secret.size != 0 ||
             fail (error, POSA_ERROR_KEY_MISSING,
                   "to authenticate, the password or secret of the meter is needed");
    }
}

/* Mechanisms 3 and 4: the challenge, then the secret. */
static void
put_plain_message (const PosaDlmsHls *self, GByteArray *out)
{
  posa_put_bytes (out, self->challenge, self->challenge_size);
  posa_put_bytes (out, self->keys->secret.data, self->keys->secret.size);
}

/* Mechanisms 6 and 7: both titles, both challenges, those of the prover and the verifier crossed.
 */
static void
put_titled_message (const PosaDlmsHls *self, GByteArray *out)
{
  posa_put_bytes (out, self->prover, POSA_DLMS_TITLE_SIZE);
  posa_put_bytes (out, self->verifier, POSA_DLMS_TITLE_SIZE);
  posa_put_bytes (out, self->challenge, self->challenge_size);
  posa_put_bytes (out, self->own_challenge, self->own_challenge_size);
}

static gboolean
put_digest (const EVP_MD *digest, GByteArray *message, GByteArray *out, GError **error)
{
  guint8 hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  gboolean good = EVP_Digest (message->data, message->len, hash, &size, digest, NULL) == 1;

  OPENSSL_cleanse (message->data, message->len); /* the secret is in it */
  if (!good)
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  posa_put_bytes (out, hash, size);
  return TRUE;
}

static gboolean
put_hashed (const PosaDlmsHls *self, GByteArray *out, GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  if (!posa_dlms_hls_check_keys (self->mechanism, self->suite, self->keys, error))
    return FALSE;
  if (self->mechanism == POSA_ACSE_MECHANISM_MD5 || self->mechanism == POSA_ACSE_MECHANISM_SHA1)
    {
      put_plain_message (self, message);
      return put_digest (self->mechanism == POSA_ACSE_MECHANISM_MD5 ? EVP_md5 () : EVP_sha1 (),
                         message, out, error);
    }
  posa_put_bytes (message, self->keys->secret.data, self->keys->secret.size);
  put_titled_message (self, message);
  return put_digest (EVP_sha256 (), message, out, error);
}

static gboolean
put_maker (const PosaDlmsHls *self, GByteArray *out, GError **error)
{
  if (self->maker == NULL)
    return fail (error, POSA_ERROR_UNSUPPORTED,
                 "the maker's own authentication (mechanism 2) is not known for this meter");
  return self->maker (&self->keys->secret, self->challenge, self->challenge_size, out, error);
}

static gboolean
put_mac (const PosaDlmsHls *self, guint32 counter, GByteArray *out, GError **error)
{
  const PosaDlmsCipher cipher = { .suite = self->suite,
                                  .encryption = self->keys->encryption.data,
                                  .authentication = self->keys->authentication.data,
                                  .title = self->prover };
  guint8 mac[POSA_DLMS_MAC_BYTES];

  if (!posa_dlms_hls_check_keys (self->mechanism, self->suite, self->keys, error) ||
      !posa_dlms_cipher_mac (&cipher, counter, self->challenge, self->challenge_size, mac, error))
    return FALSE;
  posa_put_bytes (out, mac, sizeof mac);
  return TRUE;
}

static gboolean
put_signature (const PosaDlmsHls *self, GByteArray *out, GError **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  put_titled_message (self, message);
  return posa_dlms_ecc_sign (self->suite, &self->keys->signing, message->data, message->len, out,
                             error);
}

gboolean
posa_dlms_hls_is_high (PosaAcseMechanism mechanism)
{
  return mechanism >= POSA_ACSE_MECHANISM_MAKER && mechanism <= POSA_ACSE_MECHANISM_ECDSA;
}

gboolean
posa_dlms_hls_prove (const PosaDlmsHls *self, guint32 counter, GByteArray *out, GError **error)
{
  switch (self->mechanism)
    {
    case POSA_ACSE_MECHANISM_MAKER:
      return put_maker (self, out, error);
    case POSA_ACSE_MECHANISM_MD5:
    case POSA_ACSE_MECHANISM_SHA1:
    case POSA_ACSE_MECHANISM_SHA256:
      return put_hashed (self, out, error);
    case POSA_ACSE_MECHANISM_GMAC:
      return put_mac (self, counter, out, error);
    case POSA_ACSE_MECHANISM_ECDSA:
      return put_signature (self, out, error);
    default:
      return fail (error, POSA_ERROR_UNSUPPORTED, "not a mechanism of high level security");
    }
}

gboolean
posa_dlms_hls_check (const PosaDlmsHls *self, const guint8 *proof, gsize size, guint32 *counter)
{
  g_autoptr (GByteArray) expected = g_byte_array_new ();

  *counter = 0;
  if (self->mechanism == POSA_ACSE_MECHANISM_ECDSA)
    {
      put_titled_message (self, expected);
      return posa_dlms_ecc_verify (self->suite, &self->keys->peer_signing, expected->data,
                                   expected->len, proof, size);
    }
  if (self->mechanism == POSA_ACSE_MECHANISM_GMAC)
    {
      PosaReader reader;

      posa_reader_init (&reader, proof, size);
      posa_reader_u8 (&reader); /* SC, compared below with all the rest */
      *counter = posa_reader_u32_be (&reader);
    }
  return posa_dlms_hls_prove (self, *counter, expected, NULL) && expected->len == size &&
         CRYPTO_memcmp (expected->data, proof, size) == 0;
}

gboolean
posa_dlms_hls_maker_aes (const PosaDlmsKey *secret,
                         const guint8 *challenge,
                         gsize size,
                         GByteArray *out,
                         GError **error)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new ();
  gsize whole = (size + BLOCK - 1) / BLOCK * BLOCK;
  int n = 0;

  if (secret->size != BLOCK)
    return fail (error, POSA_ERROR_KEY_MISSING, "the maker's authentication needs 16 bytes");
  guint at = out->len;
  posa_put_bytes (out, challenge, size);
  while (out->len - at < whole)
    posa_put_u8 (out, 0);
  if (ctx == NULL || EVP_EncryptInit_ex (ctx, EVP_aes_128_ecb (), NULL, secret->data, NULL) != 1 ||
      EVP_CIPHER_CTX_set_padding (ctx, 0) != 1 ||
      EVP_EncryptUpdate (ctx, out->data + at, &n, out->data + at, (int) whole) != 1)
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  return TRUE;
}
