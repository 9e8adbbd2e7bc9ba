/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-protection.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-dlms-ecc.h"

#define LAYERS_MAX      2    /* one signature, one cipher */
#define SCHEME_ONE_PASS 0x01 /* of an agreed key: C(1e, 1s) */
#define CONTROL_BYTES   5    /* SC, IC */
#define WRAP_BYTES      8
#define TITLE_FIELD     (1 + POSA_DLMS_TITLE_SIZE)
/* Transaction, two titles, no date, no other information. */
#define HEADER_BYTES (1 + POSA_DLMS_TRANSACTION_SIZE + 2 * TITLE_FIELD + 2)

static gboolean
fail (GError **error, PosaErrorCode code, const char *message)
{
  g_set_error_literal (error, POSA_ERROR, (int) code, message);
  return FALSE;
}

guint
posa_dlms_policy_get_level (guint8 policy, gboolean response)
{
  guint authenticated = 0x04, encrypted = 0x08, is_signed = 0x10;

  if (policy <= 3) /* version 0 */
    return (policy & 1 ? POSA_DLMS_AUTHENTICATED : 0U) | (policy & 2 ? POSA_DLMS_ENCRYPTED : 0U);
  if (response)
    {
      authenticated <<= 3;
      encrypted <<= 3;
      is_signed <<= 3;
    }
  return (policy & authenticated ? POSA_DLMS_AUTHENTICATED : 0U) |
         (policy & encrypted ? POSA_DLMS_ENCRYPTED : 0U) |
         (policy & is_signed ? POSA_DLMS_SIGNED : 0U);
}

static gboolean
is_ciphering (guint level)
{
  return (level & POSA_DLMS_AUTH_ENCRYPTED) != 0;
}

static gboolean
is_fresh_key (PosaDlmsProtection protection, PosaDlmsKeyInfo info)
{
  return protection == POSA_DLMS_PROTECTION_GENERAL_CIPHERING &&
         (info == POSA_DLMS_KEY_INFO_WRAPPED || info == POSA_DLMS_KEY_INFO_AGREED);
}

gboolean
posa_dlms_security_takes_counter (const PosaDlmsSecurity *self, guint level)
{
  return is_ciphering (level) && !is_fresh_key (self->protection, self->key_info);
}

static gboolean
check_key (const PosaDlmsKey *key, gsize size, const char *name, GError **error)
{
  if (key != NULL && key->size == size && size != 0)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING, "the %s is missing or of a wrong length",
               name);
  return FALSE;
}

/* What a key agreed or wrapped for one message rests on. */
static gboolean
check_fresh_key (const PosaDlmsSecurity *self, gsize size, gsize curve, GError **error)
{
  const PosaMeterKeys *keys = self->keys;

  if (self->key_info == POSA_DLMS_KEY_INFO_WRAPPED)
    return check_key (&keys->master, size, "master key", error);
  return check_key (&keys->signing, curve, "signing key", error) &&
         check_key (&keys->peer_signing, 2 * curve, "other end's signing key", error) &&
         check_key (&keys->agreement, curve, "agreement key", error) &&
         check_key (&keys->peer_agreement, 2 * curve, "other end's agreement key", error);
}

gboolean
posa_dlms_security_check (const PosaDlmsSecurity *self, guint level, GError **error)
{
  gsize size = posa_dlms_suite_get_key_size (self->suite);
  gsize curve = posa_dlms_ecc_get_size (self->suite);
  gboolean fresh = is_fresh_key (self->protection, self->key_info);

  if (is_ciphering (level) && self->protection == POSA_DLMS_PROTECTION_NONE)
    return fail (error, POSA_ERROR_UNSUPPORTED, "a security policy without a form of protection");
  if ((level & POSA_DLMS_SIGNED) != 0 &&
      (!check_key (&self->keys->signing, curve, "signing key", error) ||
       !check_key (&self->keys->peer_signing, 2 * curve, "other end's signing key", error)))
    return FALSE;
  if (!is_ciphering (level))
    return TRUE;
  return check_key (&self->keys->authentication, size, "authentication key", error) &&
         (fresh ? check_fresh_key (self, size, curve, error)
                : check_key (&self->keys->encryption, size, "encryption key", error));
}

/* ---- protecting ---- */

static void
put_octets (GByteArray *out, const guint8 *data, gsize size)
{
  posa_axdr_put_length (out, size);
  posa_put_bytes (out, data, size);
}

static void
put_header (const PosaDlmsSecurity *self, GByteArray *out)
{
  posa_put_u8 (out, POSA_DLMS_TRANSACTION_SIZE);
  posa_put_u32_be (out, (guint32) (self->transaction >> 32));
  posa_put_u32_be (out, (guint32) self->transaction);
  put_octets (out, self->sender, POSA_DLMS_TITLE_SIZE);
  put_octets (out, self->receiver, POSA_DLMS_TITLE_SIZE);
  posa_put_u8 (out, 0); /* date and time */
  posa_put_u8 (out, 0); /* other information */
}

static gboolean
put_signed (const PosaDlmsSecurity *self,
            const guint8 *plain,
            gsize size,
            GByteArray *out,
            GError **error)
{
  g_autoptr (GByteArray) signature = g_byte_array_new ();
  guint start = out->len + 1;

  posa_put_u8 (out, POSA_DLMS_GENERAL_SIGNING);
  put_header (self, out);
  put_octets (out, plain, size);
  if (!posa_dlms_ecc_sign (self->suite, &self->keys->signing, out->data + start, out->len - start,
                           signature, error))
    return FALSE;
  put_octets (out, signature->data, signature->len);
  return TRUE;
}

/* A key of ECDH between a pair made for this message and the receiver's lasting one. */
static gboolean
put_agreed_key (const PosaDlmsSecurity *self, PosaDlmsKey *key, GByteArray *out, GError **error)
{
  g_auto (PosaDlmsKey) ephemeral = { 0 };
  g_autoptr (GByteArray) data = g_byte_array_new ();
  PosaDlmsKey point = { 0 };

  if (!posa_dlms_ecc_generate (self->suite, &ephemeral, &point, error) ||
      !posa_dlms_ecc_agree (self->suite, &ephemeral, &self->keys->peer_agreement, self->sender,
                            self->receiver, key, error))
    return FALSE;
  posa_put_bytes (data, point.data, point.size);
  if (!posa_dlms_ecc_sign (self->suite, &self->keys->signing, point.data, point.size, data, error))
    return FALSE;
  posa_put_u8 (out, 2); /* choice */
  posa_put_u8 (out, 1); /* length of the parameters */
  posa_put_u8 (out, SCHEME_ONE_PASS);
  put_octets (out, data->data, data->len);
  return TRUE;
}

static gboolean
put_wrapped_key (const PosaDlmsSecurity *self, PosaDlmsKey *key, GByteArray *out, GError **error)
{
  g_autoptr (GByteArray) wrapped = g_byte_array_new ();

  key->size = posa_dlms_suite_get_key_size (self->suite);
  if (!posa_dlms_random (key->data, key->size, error) ||
      !posa_dlms_wrap_key (&self->keys->master, key, wrapped, error))
    return FALSE;
  posa_put_u8 (out, 1); /* choice */
  posa_put_u8 (out, 0); /* the master key */
  put_octets (out, wrapped->data, wrapped->len);
  return TRUE;
}

/* Appends the key-info; @key receives the key that it tells. */
static gboolean
put_key_info (const PosaDlmsSecurity *self, PosaDlmsKey *key, GByteArray *out, GError **error)
{
  posa_put_u8 (out, self->key_info != POSA_DLMS_KEY_INFO_NONE);
  if (self->key_info == POSA_DLMS_KEY_INFO_WRAPPED)
    return put_wrapped_key (self, key, out, error);
  if (self->key_info == POSA_DLMS_KEY_INFO_AGREED)
    return put_agreed_key (self, key, out, error);
  if (self->key_info == POSA_DLMS_KEY_INFO_IDENTIFIED)
    {
      posa_put_u8 (out, 0); /* choice */
      posa_put_u8 (out, 0); /* the global unicast encryption key */
    }
  *key = self->keys->encryption;
  return TRUE;
}

static gboolean
put_general_ciphering (const PosaDlmsSecurity *self,
                       guint8 control,
                       guint32 counter,
                       const GByteArray *plain,
                       GByteArray *out,
                       GError **error)
{
  g_auto (PosaDlmsKey) key = { 0 };
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  posa_put_u8 (out, POSA_DLMS_GENERAL_CIPHERING);
  put_header (self, header);
  posa_put_bytes (out, header->data, header->len);
  if (!put_key_info (self, &key, out, error))
    return FALSE;
  const PosaDlmsCipher cipher = { .suite = self->suite,
                                  .encryption = key.data,
                                  .authentication = self->keys->authentication.data,
                                  .title = self->sender,
                                  .header = header->data,
                                  .header_size = header->len };
  if (!posa_dlms_cipher_seal (&cipher, control, counter, plain->data, plain->len, body, error))
    return FALSE;
  put_octets (out, body->data, body->len);
  return TRUE;
}

/* The signed form has no tag of its own in the service-specific ones. */
static PosaDlmsProtection
get_form (const PosaDlmsSecurity *self, guint level)
{
  if ((level & POSA_DLMS_SIGNED) == 0)
    return self->protection;
  if (self->protection == POSA_DLMS_PROTECTION_GLO)
    return POSA_DLMS_PROTECTION_GENERAL_GLO;
  if (self->protection == POSA_DLMS_PROTECTION_DED)
    return POSA_DLMS_PROTECTION_GENERAL_DED;
  return self->protection;
}

static gboolean
is_dedicated (PosaDlmsProtection protection)
{
  return protection == POSA_DLMS_PROTECTION_DED || protection == POSA_DLMS_PROTECTION_GENERAL_DED;
}

static gboolean
put_ciphered (const PosaDlmsSecurity *self,
              guint level,
              guint32 counter,
              const GByteArray *plain,
              GByteArray *out,
              GError **error)
{
  PosaDlmsProtection form = get_form (self, level);
  guint8 control = (guint8) (level & POSA_DLMS_AUTH_ENCRYPTED);

  if (form == POSA_DLMS_PROTECTION_GENERAL_CIPHERING)
    return put_general_ciphering (self, control,
                                  posa_dlms_security_takes_counter (self, level) ? counter : 0,
                                  plain, out, error);
  if (is_dedicated (form) && self->dedicated == NULL)
    return fail (error, POSA_ERROR_KEY_MISSING, "there is no dedicated key in this association");
  const PosaDlmsCipher cipher = { .suite = self->suite,
                                  .encryption = is_dedicated (form) ? self->dedicated->data
                                                                    : self->keys->encryption.data,
                                  .authentication = self->keys->authentication.data,
                                  .title = self->sender };
  return posa_dlms_seal (&cipher, form, control, counter, plain->data, plain->len, out, error);
}

gboolean
posa_dlms_protect (const PosaDlmsSecurity *self,
                   guint level,
                   guint32 counter,
                   const guint8 *plain,
                   gsize size,
                   GByteArray *out,
                   GError **error)
{
  g_autoptr (GByteArray) inner = g_byte_array_new ();
  gboolean good = TRUE;

  if ((level & POSA_DLMS_SIGNED) == 0)
    posa_put_bytes (inner, plain, size);
  else if (!put_signed (self, plain, size, inner, error))
    return FALSE;
  if (is_ciphering (level))
    good = put_ciphered (self, level, counter, inner, out, error);
  else
    posa_put_bytes (out, inner->data, inner->len);
  OPENSSL_cleanse (inner->data, inner->len); /* a dedicated key may be in it */
  return good;
}

static gsize
get_field_size (gsize size)
{
  gsize length = size < 0x80 ? 1 : size <= 0xFF ? 2 : size <= 0xFFFF ? 3 : 5;

  return length + size;
}

static gsize
get_key_info_size (const PosaDlmsSecurity *self)
{
  gsize curve = posa_dlms_ecc_get_size (self->suite);

  switch (self->key_info)
    {
    case POSA_DLMS_KEY_INFO_IDENTIFIED:
      return 3;
    case POSA_DLMS_KEY_INFO_WRAPPED:
      return 3 + get_field_size (posa_dlms_suite_get_key_size (self->suite) + WRAP_BYTES);
    case POSA_DLMS_KEY_INFO_AGREED:
      return 4 + get_field_size (4 * curve);
    default:
      return 1;
    }
}

gsize
posa_dlms_protect_get_overhead (const PosaDlmsSecurity *self, guint level, gsize size)
{
  gsize whole = size;

  if ((level & POSA_DLMS_SIGNED) != 0)
    whole = 1 + HEADER_BYTES + get_field_size (size) +
            get_field_size (2 * posa_dlms_ecc_get_size (self->suite));
  if (is_ciphering (level))
    {
      PosaDlmsProtection form = get_form (self, level);
      gsize tag = (level & POSA_DLMS_AUTHENTICATED) != 0 ? POSA_DLMS_TAG_BYTES : 0;

      whole = 1 + get_field_size (CONTROL_BYTES + whole + tag);
      if (form == POSA_DLMS_PROTECTION_GENERAL_CIPHERING)
        whole += HEADER_BYTES + get_key_info_size (self);
      else if (form == POSA_DLMS_PROTECTION_GENERAL_GLO || form == POSA_DLMS_PROTECTION_GENERAL_DED)
        whole += TITLE_FIELD;
    }
  return whole - size;
}

/* ---- taking protection off ---- */

static gboolean
check_titles (const PosaDlmsSecurity *self, const PosaDlmsEnvelope *envelope, GError **error)
{
  if (envelope->has_title && memcmp (envelope->title, self->sender, POSA_DLMS_TITLE_SIZE) != 0)
    return fail (error, POSA_ERROR_ACCESS_DENIED,
                 "ciphered message: the system title is of another device");
  if (envelope->has_recipient &&
      memcmp (envelope->recipient, self->receiver, POSA_DLMS_TITLE_SIZE) != 0)
    return fail (error, POSA_ERROR_ACCESS_DENIED, "ciphered message: it is for another device");
  return TRUE;
}

/* Only a point that the sender has signed may take part. */
static gboolean
take_agreed_key (const PosaDlmsSecurity *self,
                 const PosaDlmsEnvelope *envelope,
                 PosaDlmsKey *key,
                 GError **error)
{
  gsize size = 2 * posa_dlms_ecc_get_size (self->suite);
  PosaDlmsKey point = { 0 };

  if (envelope->key_id != SCHEME_ONE_PASS || size == 0 || envelope->key_size != 2 * size)
    return fail (error, POSA_ERROR_UNSUPPORTED, "ciphered message: a way to agree on a key");
  if (!posa_dlms_ecc_verify (self->suite, &self->keys->peer_signing, envelope->key_data, size,
                             envelope->key_data + size, size))
    return fail (error, POSA_ERROR_ACCESS_DENIED,
                 "ciphered message: its key is not signed by the other end");
  posa_dlms_key_set (&point, envelope->key_data, size);
  return posa_dlms_ecc_agree (self->suite, &self->keys->agreement, &point, self->sender,
                              self->receiver, key, error);
}

/* The key that an envelope is under. */
static gboolean
find_key (const PosaDlmsSecurity *self,
          const PosaDlmsEnvelope *envelope,
          PosaDlmsKey *key,
          GError **error)
{
  if (envelope->key_info == POSA_DLMS_KEY_INFO_AGREED)
    return take_agreed_key (self, envelope, key, error);
  if (envelope->key_info == POSA_DLMS_KEY_INFO_WRAPPED)
    {
      if (!posa_dlms_unwrap_key (&self->keys->master, envelope->key_data, envelope->key_size, key,
                                 error))
        return FALSE;
    }
  else if (is_dedicated (posa_dlms_get_protection (envelope->tag)))
    *key = self->dedicated != NULL ? *self->dedicated : (PosaDlmsKey) { 0 };
  else if (envelope->key_info == POSA_DLMS_KEY_INFO_NONE || envelope->key_id == 0)
    *key = self->keys->encryption;
  gsize size = posa_dlms_suite_get_key_size (self->suite);
  if (key->size == size && self->keys->authentication.size == size)
    return TRUE;
  return fail (error, POSA_ERROR_ACCESS_DENIED, "ciphered message: under a key that is not here");
}

static gboolean
take_cipher_off (const PosaDlmsSecurity *self,
                 const PosaDlmsEnvelope *envelope,
                 GByteArray *plain,
                 PosaDlmsSeen *seen,
                 GError **error)
{
  g_auto (PosaDlmsKey) key = { 0 };

  if (!find_key (self, envelope, &key, error))
    return FALSE;
  const PosaDlmsCipher cipher = { .suite = self->suite,
                                  .encryption = key.data,
                                  .authentication = self->keys->authentication.data,
                                  .title = self->sender };
  if (!posa_dlms_open (&cipher, envelope, plain, error))
    return FALSE;
  seen->protection = posa_dlms_get_protection (envelope->tag);
  seen->key_info = envelope->key_info;
  seen->level |= envelope->control & POSA_DLMS_AUTH_ENCRYPTED;
  seen->has_counter = !is_fresh_key (seen->protection, envelope->key_info);
  seen->counter = envelope->counter;
  return TRUE;
}

static gboolean
take_signature_off (const PosaDlmsSecurity *self,
                    const PosaDlmsEnvelope *envelope,
                    GByteArray *plain,
                    PosaDlmsSeen *seen,
                    GError **error)
{
  /* Signed are all fields with their lengths, which follow each other up to the signature. */
  gsize size = (gsize) (envelope->body + envelope->size - envelope->header);

  if (!posa_dlms_ecc_verify (self->suite, &self->keys->peer_signing, envelope->header, size,
                             envelope->signature, envelope->signature_size))
    return fail (error, POSA_ERROR_ACCESS_DENIED,
                 "signed message: the signature is not of the other end");
  posa_put_bytes (plain, envelope->body, envelope->size);
  seen->level |= POSA_DLMS_SIGNED;
  return TRUE;
}

static void
note_transaction (const PosaDlmsEnvelope *envelope, PosaDlmsSeen *seen)
{
  PosaReader reader;

  if (envelope->transaction_size != POSA_DLMS_TRANSACTION_SIZE)
    return;
  posa_reader_init (&reader, envelope->transaction, envelope->transaction_size);
  seen->transaction = (guint64) posa_reader_u32_be (&reader) << 32;
  seen->transaction |= posa_reader_u32_be (&reader);
  seen->has_transaction = TRUE;
}

/* Takes the outermost layer off. */
static GByteArray *
take_layer_off (const PosaDlmsSecurity *self,
                const guint8 *data,
                gsize size,
                PosaDlmsSeen *seen,
                GError **error)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaDlmsEnvelope envelope;
  guint layer = data[0] == POSA_DLMS_GENERAL_SIGNING ? POSA_DLMS_SIGNED : POSA_DLMS_AUTH_ENCRYPTED;

  if ((seen->level & layer) != 0)
    {
      fail (error, POSA_ERROR_INVALID_DATA, "ciphered message: the same protection twice");
      return NULL;
    }
  if (!posa_dlms_envelope_parse (data, size, &envelope, error) ||
      !check_titles (self, &envelope, error))
    return NULL;
  if (layer == POSA_DLMS_SIGNED ? !take_signature_off (self, &envelope, plain, seen, error)
                                : !take_cipher_off (self, &envelope, plain, seen, error))
    return NULL;
  note_transaction (&envelope, seen);
  return g_steal_pointer (&plain);
}

gboolean
posa_dlms_unprotect (const PosaDlmsSecurity *self,
                     const guint8 *data,
                     gsize size,
                     GByteArray *plain,
                     PosaDlmsSeen *seen,
                     GError **error)
{
  g_autoptr (GByteArray) inner = g_byte_array_new ();

  *seen = (PosaDlmsSeen) { 0 };
  g_byte_array_set_size (plain, 0);
  posa_put_bytes (inner, data, size);
  for (int i = 0; i < LAYERS_MAX + 1 && inner->len > 0 && posa_dlms_is_ciphered (inner->data[0]);
       i++)
    {
      GByteArray *next = take_layer_off (self, inner->data, inner->len, seen, error);

      if (next == NULL)
        return FALSE;
      g_byte_array_unref (inner);
      inner = next;
    }
  posa_put_bytes (plain, inner->data, inner->len);
  return TRUE;
}
