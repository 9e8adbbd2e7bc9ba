/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#define IV_BYTES   12
#define WRAP_BYTES 8 /* what key wrap adds */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

static gboolean
fail (GError **error, PosaErrorCode code, const char *message)
{
  g_set_error_literal (error, POSA_ERROR, (int) code, message);
  return FALSE;
}

gsize
posa_dlms_suite_get_key_size (PosaDlmsSuite suite)
{
  return suite == POSA_DLMS_SUITE_2 ? 32 : 16;
}

/* Runs @size bytes through the context: into @out, or as additional data when @out is NULL. */
static gboolean
feed (EVP_CIPHER_CTX *ctx, guint8 *out, const guint8 *data, gsize size)
{
  int n = 0;

  if (size == 0)
    return TRUE;
  return size <= G_MAXINT && EVP_CipherUpdate (ctx, out, &n, data, (int) size) == 1;
}

/* A GCM context with key, nonce (title and counter) and the additional data already taken in.
 * The text is authenticated by AAD where SC asks for authentication without encryption. */
static EVP_CIPHER_CTX *
start_gcm (const PosaDlmsCipher *self, guint8 control, guint32 counter, gboolean seal)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new ();
  gsize key_size = posa_dlms_suite_get_key_size (self->suite);
  const EVP_CIPHER *gcm = key_size == 16 ? EVP_aes_128_gcm () : EVP_aes_256_gcm ();
  guint8 iv[IV_BYTES];

  memcpy (iv, self->title, POSA_DLMS_TITLE_SIZE);
  for (gsize i = 0; i < 4; i++)
    iv[POSA_DLMS_TITLE_SIZE + i] = (guint8) (counter >> (24 - 8 * i));
  if (ctx == NULL || EVP_CipherInit_ex (ctx, gcm, NULL, self->encryption, iv, seal) != 1)
    return NULL;
  if ((control & POSA_DLMS_AUTHENTICATED) != 0 &&
      (!feed (ctx, NULL, &control, 1) || !feed (ctx, NULL, self->authentication, key_size) ||
       !feed (ctx, NULL, self->header, self->header != NULL ? self->header_size : 0)))
    return NULL;
  return g_steal_pointer (&ctx);
}

static gboolean
finish_seal (EVP_CIPHER_CTX *ctx, guint8 tag[POSA_DLMS_TAG_BYTES])
{
  guint8 rest[16];
  int n = 0;

  return EVP_CipherFinal_ex (ctx, rest, &n) == 1 &&
         EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_GCM_GET_TAG, POSA_DLMS_TAG_BYTES, tag) == 1;
}

gboolean
posa_dlms_cipher_seal (const PosaDlmsCipher *self,
                       guint8 control,
                       guint32 counter,
                       const guint8 *plain,
                       gsize size,
                       GByteArray *out,
                       GError **error)
{
  guint8 full = control | (guint8) self->suite;
  g_autoptr (EVP_CIPHER_CTX) ctx = start_gcm (self, full, counter, TRUE);
  guint8 tag[POSA_DLMS_TAG_BYTES];

  posa_put_u8 (out, full);
  posa_put_u32_be (out, counter);
  guint start = out->len;
  posa_put_bytes (out, plain, size);
  guint8 *text = (control & POSA_DLMS_ENCRYPTED) != 0 ? out->data + start : NULL;
  if (ctx == NULL || !feed (ctx, text, plain, size) || !finish_seal (ctx, tag))
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  if ((control & POSA_DLMS_AUTHENTICATED) != 0)
    posa_put_bytes (out, tag, sizeof tag);
  return TRUE;
}

gboolean
posa_dlms_cipher_open (const PosaDlmsCipher *self,
                       guint8 control,
                       guint32 counter,
                       const guint8 *body,
                       gsize size,
                       GByteArray *plain,
                       GError **error)
{
  gboolean authenticated = (control & POSA_DLMS_AUTHENTICATED) != 0;
  gsize tag_size = authenticated ? POSA_DLMS_TAG_BYTES : 0;
  guint8 rest[16], tag[POSA_DLMS_TAG_BYTES];
  int n = 0;

  g_byte_array_set_size (plain, 0);
  if ((control & ~POSA_DLMS_AUTH_ENCRYPTED) != (int) self->suite)
    return fail (error, POSA_ERROR_UNSUPPORTED,
                 "ciphered message: of another security suite, or compressed, or for many meters");
  if (size < tag_size)
    return fail (error, POSA_ERROR_INVALID_DATA, "ciphered message: too short");

  gsize text_size = size - tag_size;
  g_autoptr (EVP_CIPHER_CTX) ctx = start_gcm (self, control, counter, FALSE);
  posa_put_bytes (plain, body, text_size);
  for (gsize i = 0; i < tag_size; i++)
    tag[i] = body[text_size + i];
  guint8 *text = (control & POSA_DLMS_ENCRYPTED) != 0 ? plain->data : NULL;
  gboolean good = ctx != NULL && feed (ctx, text, body, text_size);
  if (good && authenticated)
    good = EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_GCM_SET_TAG, POSA_DLMS_TAG_BYTES, tag) == 1 &&
           EVP_CipherFinal_ex (ctx, rest, &n) == 1;
  if (good)
    return TRUE;
  OPENSSL_cleanse (plain->data, plain->len);
  g_byte_array_set_size (plain, 0);
  return fail (error, POSA_ERROR_ACCESS_DENIED,
               "ciphered message: its authentication tag is not of the key of this meter");
}

gboolean
posa_dlms_cipher_mac (const PosaDlmsCipher *self,
                      guint32 counter,
                      const guint8 *data,
                      gsize size,
                      guint8 out[POSA_DLMS_MAC_BYTES],
                      GError **error)
{
  guint8 control = POSA_DLMS_AUTHENTICATED | (guint8) self->suite;
  g_autoptr (EVP_CIPHER_CTX) ctx = start_gcm (self, control, counter, TRUE);

  out[0] = control;
  for (gsize i = 0; i < 4; i++)
    out[1 + i] = (guint8) (counter >> (24 - 8 * i));
  if (ctx == NULL || !feed (ctx, NULL, data, size) || !finish_seal (ctx, out + 5))
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  return TRUE;
}

static gboolean
run_wrap (const PosaDlmsKey *kek, const guint8 *in, gsize size, guint8 *out, gboolean wrap)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new ();
  const EVP_CIPHER *aes = kek->size == 16 ? EVP_aes_128_wrap () : EVP_aes_256_wrap ();
  guint8 rest[16];
  int n = 0, n_rest = 0;

  if (ctx == NULL)
    return FALSE;
  EVP_CIPHER_CTX_set_flags (ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  return EVP_CipherInit_ex (ctx, aes, NULL, kek->data, NULL, wrap) == 1 &&
         EVP_CipherUpdate (ctx, out, &n, in, (int) size) == 1 &&
         EVP_CipherFinal_ex (ctx, rest, &n_rest) == 1;
}

static gboolean
is_symmetric (gsize size)
{
  return size == 16 || size == 32;
}

gboolean
posa_dlms_wrap_key (const PosaDlmsKey *kek, const PosaDlmsKey *key, GByteArray *out, GError **error)
{
  guint8 wrapped[32 + 2 * WRAP_BYTES] = { 0 };

  if (!is_symmetric (kek->size) || !is_symmetric (key->size))
    return fail (error, POSA_ERROR_KEY_MISSING,
                 "a key to wrap and its master key have 16 or 32 bytes");
  if (!run_wrap (kek, key->data, key->size, wrapped, TRUE))
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  posa_put_bytes (out, wrapped, key->size + WRAP_BYTES);
  return TRUE;
}

gboolean
posa_dlms_unwrap_key (const PosaDlmsKey *kek,
                      const guint8 *wrapped,
                      gsize size,
                      PosaDlmsKey *key,
                      GError **error)
{
  guint8 buffer[32 + 2 * WRAP_BYTES] = { 0 };
  gboolean fits = size > WRAP_BYTES && is_symmetric (size - WRAP_BYTES) && is_symmetric (kek->size);
  gboolean good = fits && run_wrap (kek, wrapped, size, buffer, FALSE) &&
                  posa_dlms_key_set (key, buffer, size - WRAP_BYTES);

  OPENSSL_cleanse (buffer, sizeof buffer);
  if (!good)
    return fail (error, POSA_ERROR_ACCESS_DENIED, "wrapped key: not made with this master key");
  return TRUE;
}

gboolean
posa_dlms_random (guint8 *out, gsize size, GError **error)
{
  if (size > G_MAXINT || RAND_bytes (out, (int) size) != 1)
    return fail (error, POSA_ERROR_FAILED, "the system's random generator failed");
  return TRUE;
}
