/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-security.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"

/* Choice tags of a key-info. */
enum
{
  CHOICE_IDENTIFIED,
  CHOICE_WRAPPED,
  CHOICE_AGREED
};

static const struct
{
  guint8 plain, glo, ded;
} tags[] = {
  { 0x01, 0x21, 0x41 }, { 0x08, 0x28, 0x48 }, { 0xC0, 0xC8, 0xD0 },
  { 0xC1, 0xC9, 0xD1 }, { 0xC2, 0xCA, 0xD2 }, { 0xC3, 0xCB, 0xD3 },
  { 0xC4, 0xCC, 0xD4 }, { 0xC5, 0xCD, 0xD5 }, { 0xC7, 0xCF, 0xD7 },
};

static const char *const names[POSA_DLMS_N_PROTECTIONS] = {
  "none", "glo", "ded", "general-glo", "general-ded", "general-ciphering",
};

static gboolean
fail (GError **error, PosaErrorCode code, const char *message)
{
  g_set_error_literal (error, POSA_ERROR, (int) code, message);
  return FALSE;
}

gboolean
posa_dlms_protection_from_string (const char *text, PosaDlmsProtection *out)
{
  for (guint i = 0; i < POSA_DLMS_N_PROTECTIONS; i++)
    if (strcmp (names[i], text) == 0)
      {
        *out = (PosaDlmsProtection) i;
        return TRUE;
      }
  return FALSE;
}

const char *
posa_dlms_protection_to_string (PosaDlmsProtection protection)
{
  return names[protection];
}

PosaDlmsProtection
posa_dlms_get_protection (guint8 tag)
{
  if (tag == POSA_DLMS_GENERAL_GLO)
    return POSA_DLMS_PROTECTION_GENERAL_GLO;
  if (tag == POSA_DLMS_GENERAL_DED)
    return POSA_DLMS_PROTECTION_GENERAL_DED;
  if (tag == POSA_DLMS_GENERAL_CIPHERING)
    return POSA_DLMS_PROTECTION_GENERAL_CIPHERING;
  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      if (tags[i].glo == tag)
        return POSA_DLMS_PROTECTION_GLO;
      if (tags[i].ded == tag)
        return POSA_DLMS_PROTECTION_DED;
    }
  return POSA_DLMS_PROTECTION_NONE;
}

gboolean
posa_dlms_is_ciphered (guint8 tag)
{
  return tag == POSA_DLMS_GENERAL_SIGNING ||
         posa_dlms_get_protection (tag) != POSA_DLMS_PROTECTION_NONE;
}

/* The tag that a service has in a form; 0 for none. */
static guint8
get_tag (PosaDlmsProtection form, guint8 plain)
{
  if (form == POSA_DLMS_PROTECTION_GENERAL_GLO)
    return POSA_DLMS_GENERAL_GLO;
  if (form == POSA_DLMS_PROTECTION_GENERAL_DED)
    return POSA_DLMS_GENERAL_DED;
  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    if (tags[i].plain == plain)
      return form == POSA_DLMS_PROTECTION_GLO ? tags[i].glo : tags[i].ded;
  return 0;
}

gboolean
posa_dlms_seal (const PosaDlmsCipher *cipher,
                PosaDlmsProtection form,
                guint8 control,
                guint32 counter,
                const guint8 *plain,
                gsize size,
                GByteArray *out,
                GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 tag = size > 0 ? get_tag (form, plain[0]) : 0;

  if (tag == 0)
    return fail (error, POSA_ERROR_UNSUPPORTED, "this message has no ciphered form");
  if (!posa_dlms_cipher_seal (cipher, control, counter, plain, size, body, error))
    return FALSE;
  posa_put_u8 (out, tag);
  if (form == POSA_DLMS_PROTECTION_GENERAL_GLO || form == POSA_DLMS_PROTECTION_GENERAL_DED)
    {
      posa_put_u8 (out, POSA_DLMS_TITLE_SIZE);
      posa_put_bytes (out, cipher->title, POSA_DLMS_TITLE_SIZE);
    }
  posa_axdr_put_length (out, body->len);
  posa_put_bytes (out, body->data, body->len);
  return TRUE;
}

static PosaReader
read_field (PosaReader *reader)
{
  return posa_reader_sub (reader, posa_axdr_read_length (reader));
}

static const guint8 *
read_octets (PosaReader *reader, gsize *size)
{
  *size = posa_axdr_read_length (reader);
  return posa_reader_bytes (reader, *size);
}

/* A title of eight bytes, or none of length 0: then the one of the association holds. */
static gboolean
read_title (PosaReader *reader, guint8 title[POSA_DLMS_TITLE_SIZE])
{
  PosaReader field = read_field (reader);
  gboolean there = posa_reader_remaining (&field) == POSA_DLMS_TITLE_SIZE;

  if (!there && posa_reader_remaining (&field) != 0)
    reader->failed = TRUE;
  for (gsize i = 0; there && i < POSA_DLMS_TITLE_SIZE; i++)
    title[i] = posa_reader_u8 (&field);
  return there;
}

/* What general-ciphering and general-signing have in common. */
static void
read_header (PosaReader *reader, PosaDlmsEnvelope *out)
{
  gsize start = reader->pos;

  out->transaction = read_octets (reader, &out->transaction_size);
  out->has_title = read_title (reader, out->title);
  out->has_recipient = read_title (reader, out->recipient);
  read_field (reader); /* date and time */
  read_field (reader); /* other information */
  out->header = reader->data + start;
  out->header_size = reader->pos - start;
}

static void
read_key_info (PosaReader *reader, PosaDlmsEnvelope *out)
{
  if (posa_reader_u8 (reader) == 0)
    return;
  switch (posa_reader_u8 (reader))
    {
    case CHOICE_IDENTIFIED:
      out->key_info = POSA_DLMS_KEY_INFO_IDENTIFIED;
      out->key_id = posa_reader_u8 (reader);
      return;
    case CHOICE_WRAPPED:
      out->key_info = POSA_DLMS_KEY_INFO_WRAPPED;
      out->key_id = posa_reader_u8 (reader);
      break;
    case CHOICE_AGREED:
      out->key_info = POSA_DLMS_KEY_INFO_AGREED;
      if (posa_axdr_read_length (reader) != 1)
        reader->failed = TRUE;
      out->key_id = posa_reader_u8 (reader);
      break;
    default:
      reader->failed = TRUE;
    }
  out->key_data = read_octets (reader, &out->key_size);
}

/* Security control, counter, text and tag. */
static void
read_ciphered (PosaReader *reader, PosaDlmsEnvelope *out)
{
  PosaReader body = read_field (reader);

  out->control = posa_reader_u8 (&body);
  out->counter = posa_reader_u32_be (&body);
  out->size = posa_reader_remaining (&body);
  out->body = posa_reader_bytes (&body, out->size);
  if (body.failed)
    reader->failed = TRUE;
}

gboolean
posa_dlms_envelope_parse (const guint8 *data, gsize size, PosaDlmsEnvelope *out, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);

  *out = (PosaDlmsEnvelope) { .tag = posa_reader_u8 (&reader) };
  if (!posa_dlms_is_ciphered (out->tag))
    return fail (error, POSA_ERROR_INVALID_DATA, "not a ciphered message");
  if (out->tag == POSA_DLMS_GENERAL_GLO || out->tag == POSA_DLMS_GENERAL_DED)
    out->has_title = read_title (&reader, out->title);
  else if (out->tag == POSA_DLMS_GENERAL_CIPHERING || out->tag == POSA_DLMS_GENERAL_SIGNING)
    read_header (&reader, out);
  if (out->tag == POSA_DLMS_GENERAL_CIPHERING)
    read_key_info (&reader, out);
  if (out->tag == POSA_DLMS_GENERAL_SIGNING)
    {
      out->body = read_octets (&reader, &out->size);
      out->signature = read_octets (&reader, &out->signature_size);
    }
  else
    read_ciphered (&reader, out);
  if (reader.failed)
    return fail (error, POSA_ERROR_INVALID_DATA, "ciphered message: damaged");
  return TRUE;
}

gboolean
posa_dlms_open (const PosaDlmsCipher *cipher,
                const PosaDlmsEnvelope *envelope,
                GByteArray *plain,
                GError **error)
{
  PosaDlmsProtection form = posa_dlms_get_protection (envelope->tag);
  gboolean is_general = form >= POSA_DLMS_PROTECTION_GENERAL_GLO;
  PosaDlmsCipher whole = *cipher;

  if (envelope->tag == POSA_DLMS_GENERAL_SIGNING)
    {
      g_byte_array_set_size (plain, 0);
      return fail (error, POSA_ERROR_UNSUPPORTED, "ciphered message: signed, not ciphered");
    }
  whole.header = envelope->header;
  whole.header_size = envelope->header_size;
  if (!posa_dlms_cipher_open (&whole, envelope->control, envelope->counter, envelope->body,
                              envelope->size, plain, error))
    return FALSE;
  if (is_general || (plain->len > 0 && get_tag (form, plain->data[0]) == envelope->tag))
    return TRUE;
  OPENSSL_cleanse (plain->data, plain->len);
  g_byte_array_set_size (plain, 0);
  return fail (error, POSA_ERROR_ACCESS_DENIED, "ciphered message: of another kind than it says");
}
