/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-initiate.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"

#define TAG_REQUEST  0x01
#define TAG_RESPONSE 0x08

static void
put_conformance (GByteArray *out, guint32 conformance)
{
  static const guint8 head[] = { 0x5F, 0x1F, 0x04, 0x00 }; /* length 4, no unused bits */

  posa_put_bytes (out, head, sizeof head);
  posa_put_u8 (out, (guint8) (conformance >> 16));
  posa_put_u16_be (out, (guint16) conformance);
}

void
posa_initiate_encode (const PosaInitiate *self, GByteArray *out)
{
  posa_put_u8 (out, self->response ? TAG_RESPONSE : TAG_REQUEST);
  if (!self->response)
    {
      posa_put_u8 (out, self->has_dedicated_key);
      if (self->has_dedicated_key)
        {
          posa_axdr_put_length (out, self->dedicated_key_size);
          posa_put_bytes (out, self->dedicated_key, self->dedicated_key_size);
        }
      posa_put_u8 (out, 0); /* response allowed: the default */
    }
  posa_put_u8 (out, self->has_quality);
  if (self->has_quality)
    posa_put_u8 (out, self->quality);
  posa_put_u8 (out, self->version);
  put_conformance (out, self->conformance);
  posa_put_u16_be (out, self->max_pdu);
  if (self->response)
    posa_put_u16_be (out, self->vaa);
}

/* 5F 1F 04 00 and three bytes; an older coding leaves 1F out. */
static guint32
read_conformance (PosaReader *reader)
{
  guint32 bits = 0;

  if (posa_reader_u8 (reader) != 0x5F)
    reader->failed = TRUE;
  if (posa_reader_peek_u8 (reader) == 0x1F)
    posa_reader_u8 (reader);
  if (posa_reader_u8 (reader) != 4)
    reader->failed = TRUE;
  posa_reader_u8 (reader);
  for (int i = 0; i < 3; i++)
    bits = bits << 8 | posa_reader_u8 (reader);
  return bits;
}

static void
read_dedicated_key (PosaReader *reader, PosaInitiate *out)
{
  gsize size = posa_axdr_read_length (reader);

  out->has_dedicated_key = TRUE;
  if (size > sizeof out->dedicated_key)
    reader->failed = TRUE;
  for (gsize i = 0; !reader->failed && i < size; i++)
    out->dedicated_key[i] = posa_reader_u8 (reader);
  out->dedicated_key_size = size;
}

gboolean
posa_initiate_decode (const guint8 *data, gsize size, PosaInitiate *out, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  guint8 tag = posa_reader_u8 (&reader);

  *out = (PosaInitiate) { .response = tag == TAG_RESPONSE };
  if (tag != TAG_REQUEST && tag != TAG_RESPONSE)
    reader.failed = TRUE;
  if (tag == TAG_REQUEST)
    {
      if (posa_reader_u8 (&reader) != 0)
        read_dedicated_key (&reader, out);
      if (posa_reader_u8 (&reader) != 0)
        posa_reader_u8 (&reader); /* response allowed, spelled out */
    }
  out->has_quality = posa_reader_u8 (&reader) != 0;
  if (out->has_quality)
    out->quality = posa_reader_u8 (&reader);
  out->version = posa_reader_u8 (&reader);
  out->conformance = read_conformance (&reader);
  out->max_pdu = posa_reader_u16_be (&reader);
  if (out->response)
    out->vaa = posa_reader_u16_be (&reader);
  if (!reader.failed)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "initiate message (tag %02X): damaged",
               tag);
  return FALSE;
}
