/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-security.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"

#define KEY_BYTES   16
#define TITLE_BYTES 8
#define IV_BYTES    12

static const struct
{
  guint8 plain, glo;
} glo_tags[] = {
  { 0x01, 0x21 }, { 0x08, 0x28 }, { 0xC0, 0xC8 }, { 0xC1, 0xC9 }, { 0xC2, 0xCA },
  { 0xC3, 0xCB }, { 0xC4, 0xCC }, { 0xC5, 0xCD }, { 0xC7, 0xCF },
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

guint8
posa_dlms_get_glo_tag (guint8 plain_tag)
{
  for (gsize i = 0; i < G_N_ELEMENTS (glo_tags); i++)
    if (glo_tags[i].plain == plain_tag)
      return glo_tags[i].glo;
  return 0;
}

gboolean
posa_dlms_is_ciphered (guint8 tag)
{
  if (tag == POSA_DLMS_GENERAL_GLO)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (glo_tags); i++)
    if (glo_tags[i].glo == tag)
      return TRUE;
  return FALSE;
}

static gboolean
fail (GError **error, PosaErrorCode code, const char *message)
{
  g_set_error_literal (error, POSA_ERROR, (int) code, message);
  return FALSE;
}

/* A GCM context with key, nonce (title and counter) and the additional data already taken in.
 * The text is authenticated by AAD where SC asks for authentication without encryption. */
static EVP_CIPHER_CTX *
start_gcm (const PosaDlmsCipher *cipher, guint8 control, guint32 counter, gboolean seal)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new ();
  guint8 iv[IV_BYTES];
  int n = 0;

  for (gsize i = 0; i < TITLE_BYTES; i++)
    iv[i] = cipher->title[i];
  for (gsize i = 0; i < 4; i++)
    iv[TITLE_BYTES + i] = (guint8) (counter >> (24 - 8 * i));
  if (ctx == NULL ||
      EVP_CipherInit_ex (ctx, EVP_aes_128_gcm (), NULL, cipher->encryption, iv, seal) != 1)
    return NULL;
  if ((control & POSA_DLMS_AUTHENTICATED) != 0 &&
      (EVP_CipherUpdate (ctx, NULL, &n, &control, 1) != 1 ||
       EVP_CipherUpdate (ctx, NULL, &n, cipher->authentication, KEY_BYTES) != 1))
    return NULL;
  return g_steal_pointer (&ctx);
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

static gboolean
finish_seal (EVP_CIPHER_CTX *ctx, guint8 tag[POSA_DLMS_TAG_BYTES])
{
  guint8 rest[16];
  int n = 0;

  return EVP_CipherFinal_ex (ctx, rest, &n) == 1 &&
         EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_GCM_GET_TAG, POSA_DLMS_TAG_BYTES, tag) == 1;
}

/* SC, IC, text and tag, without the outer tag and length. */
static gboolean
seal_body (const PosaDlmsCipher *cipher,
           guint8 control,
           guint32 counter,
           const guint8 *plain,
           gsize size,
           GByteArray *body)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = start_gcm (cipher, control, counter, TRUE);
  gboolean encrypted = (control & POSA_DLMS_ENCRYPTED) != 0;
  guint8 tag[POSA_DLMS_TAG_BYTES];

  posa_put_u8 (body, control);
  posa_put_u32_be (body, counter);
  guint start = body->len;
  posa_put_bytes (body, plain, size);
  guint8 *text = encrypted ? body->data + start : NULL;
  if (ctx == NULL || !feed (ctx, text, plain, size) || !finish_seal (ctx, tag))
    return FALSE;
  if ((control & POSA_DLMS_AUTHENTICATED) != 0)
    posa_put_bytes (body, tag, sizeof tag);
  return TRUE;
}

gboolean
posa_dlms_seal (const PosaDlmsCipher *cipher,
                guint8 control,
                guint32 counter,
                const guint8 *plain,
                gsize size,
                GByteArray *out,
                GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 glo = size > 0 ? posa_dlms_get_glo_tag (plain[0]) : 0;

  if (glo == 0)
    return fail (error, POSA_ERROR_FAILED, "this message has no ciphered form");
  if (!seal_body (cipher, control, counter, plain, size, body))
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  posa_put_u8 (out, glo);
  posa_axdr_put_length (out, body->len);
  posa_put_bytes (out, body->data, body->len);
  return TRUE;
}

gboolean
posa_dlms_seal_general (const PosaDlmsCipher *cipher,
                        guint8 control,
                        guint32 counter,
                        const guint8 *plain,
                        gsize size,
                        GByteArray *out,
                        GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (!seal_body (cipher, control, counter, plain, size, body))
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  posa_put_u8 (out, POSA_DLMS_GENERAL_GLO);
  posa_put_u8 (out, TITLE_BYTES);
  posa_put_bytes (out, cipher->title, TITLE_BYTES);
  posa_axdr_put_length (out, body->len);
  posa_put_bytes (out, body->data, body->len);
  return TRUE;
}

gboolean
posa_dlms_envelope_parse (const guint8 *data, gsize size, PosaDlmsEnvelope *out, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);

  *out = (PosaDlmsEnvelope) { .tag = posa_reader_u8 (&reader) };
  if (!posa_dlms_is_ciphered (out->tag))
    return fail (error, POSA_ERROR_INVALID_DATA, "not a ciphered message");
  if (out->tag == POSA_DLMS_GENERAL_GLO)
    {
      PosaReader title = posa_reader_sub (&reader, posa_axdr_read_length (&reader));

      out->has_title = posa_reader_remaining (&title) == TITLE_BYTES;
      if (!out->has_title && posa_reader_remaining (&title) != 0)
        return fail (error, POSA_ERROR_INVALID_DATA, "ciphered message: system title");
      for (gsize i = 0; out->has_title && i < TITLE_BYTES; i++)
        out->title[i] = posa_reader_u8 (&title);
    }
  PosaReader body = posa_reader_sub (&reader, posa_axdr_read_length (&reader));
  out->control = posa_reader_u8 (&body);
  out->counter = posa_reader_u32_be (&body);
  out->size = posa_reader_remaining (&body);
  out->body = posa_reader_bytes (&body, out->size);
  if (reader.failed || body.failed)
    return fail (error, POSA_ERROR_INVALID_DATA, "ciphered message: too short");
  return TRUE;
}

gboolean
posa_dlms_open (const PosaDlmsCipher *cipher,
                const PosaDlmsEnvelope *envelope,
                GByteArray *plain,
                GError **error)
{
  gboolean authenticated = (envelope->control & POSA_DLMS_AUTHENTICATED) != 0;
  gboolean encrypted = (envelope->control & POSA_DLMS_ENCRYPTED) != 0;
  gsize tag_size = authenticated ? POSA_DLMS_TAG_BYTES : 0;
  guint8 rest[16], tag[POSA_DLMS_TAG_BYTES];
  int n = 0;

  g_byte_array_set_size (plain, 0);
  if ((envelope->control & 0x0F) != 0 || (envelope->control & 0xC0) != 0)
    return fail (error, POSA_ERROR_UNSUPPORTED, "ciphered message: not of security suite 0");
  if (envelope->size < tag_size)
    return fail (error, POSA_ERROR_INVALID_DATA, "ciphered message: too short");

  gsize size = envelope->size - tag_size;
  g_autoptr (EVP_CIPHER_CTX) ctx = start_gcm (cipher, envelope->control, envelope->counter, FALSE);
  posa_put_bytes (plain, envelope->body, size);
  for (gsize i = 0; i < tag_size; i++)
    tag[i] = envelope->body[size + i];
  gboolean good = ctx != NULL && feed (ctx, encrypted ? plain->data : NULL, envelope->body, size);
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
posa_dlms_hls_answer (const PosaDlmsCipher *cipher,
                      guint32 counter,
                      const guint8 *challenge,
                      gsize size,
                      guint8 out[POSA_DLMS_HLS_ANSWER_BYTES],
                      GError **error)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = start_gcm (cipher, POSA_DLMS_AUTHENTICATED, counter, TRUE);

  out[0] = POSA_DLMS_AUTHENTICATED;
  for (gsize i = 0; i < 4; i++)
    out[1 + i] = (guint8) (counter >> (24 - 8 * i));
  if (ctx == NULL || !feed (ctx, NULL, challenge, size) || !finish_seal (ctx, out + 5))
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  return TRUE;
}

gboolean
posa_dlms_hls_check (const PosaDlmsCipher *cipher,
                     const guint8 *challenge,
                     gsize challenge_size,
                     const guint8 *answer,
                     gsize answer_size,
                     guint32 *counter)
{
  guint8 expected[POSA_DLMS_HLS_ANSWER_BYTES];
  PosaReader reader;

  posa_reader_init (&reader, answer, answer_size);
  if (answer_size != POSA_DLMS_HLS_ANSWER_BYTES ||
      posa_reader_u8 (&reader) != POSA_DLMS_AUTHENTICATED)
    return FALSE;
  *counter = posa_reader_u32_be (&reader);
  return posa_dlms_hls_answer (cipher, *counter, challenge, challenge_size, expected, NULL) &&
         CRYPTO_memcmp (expected, answer, sizeof expected) == 0;
}

static gboolean
run_wrap (const guint8 *kek, const guint8 *in, int size, guint8 *out, gboolean wrap)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new ();
  guint8 rest[16];
  int n = 0, n_rest = 0;

  if (ctx == NULL)
    return FALSE;
  EVP_CIPHER_CTX_set_flags (ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  return EVP_CipherInit_ex (ctx, EVP_aes_128_wrap (), NULL, kek, NULL, wrap) == 1 &&
         EVP_CipherUpdate (ctx, out, &n, in, size) == 1 &&
         EVP_CipherFinal_ex (ctx, rest, &n_rest) == 1;
}

gboolean
posa_dlms_wrap_key (const guint8 *kek, const guint8 *key, guint8 out[24], GError **error)
{
  if (!run_wrap (kek, key, KEY_BYTES, out, TRUE))
    return fail (error, POSA_ERROR_FAILED, "the cipher library failed");
  return TRUE;
}

gboolean
posa_dlms_unwrap_key (const guint8 *kek, const guint8 *wrapped, guint8 out[16], GError **error)
{
  guint8 buffer[32] = { 0 };
  gboolean good = run_wrap (kek, wrapped, KEY_BYTES + 8, buffer, FALSE);

  for (gsize i = 0; good && i < KEY_BYTES; i++)
    out[i] = buffer[i];
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
