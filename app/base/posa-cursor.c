/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-cursor.h"

#include <string.h>

#include "base/posa-error.h"

void
posa_reader_init (PosaReader *reader, const guint8 *data, gsize size)
{
  /* An empty GBytes has no address, and nothing may be added to none. */
  *reader = (PosaReader) { .data = data != NULL ? data : (const guint8 *) "", .size = size };
}

gsize
posa_reader_remaining (const PosaReader *reader)
{
  return reader->failed ? 0 : reader->size - reader->pos;
}

const guint8 *
posa_reader_bytes (PosaReader *reader, gsize n)
{
  if (reader->failed || n > reader->size - reader->pos)
    {
      reader->failed = TRUE;
      return NULL;
    }
  const guint8 *at = reader->data + reader->pos;
  reader->pos += n;
  return at;
}

PosaReader
posa_reader_sub (PosaReader *reader, gsize n)
{
  PosaReader sub = { 0 };
  const guint8 *at = posa_reader_bytes (reader, n);

  sub.failed = reader->failed;
  if (!sub.failed)
    posa_reader_init (&sub, at, n);
  return sub;
}

guint8
posa_reader_peek_u8 (const PosaReader *reader)
{
  return posa_reader_remaining (reader) > 0 ? reader->data[reader->pos] : 0;
}

static guint64
read_be (PosaReader *reader, gsize n)
{
  const guint8 *at = posa_reader_bytes (reader, n);
  guint64 value = 0;

  if (at == NULL)
    return 0;
  for (gsize i = 0; i < n; i++)
    value = value << 8 | at[i];
  return value;
}

guint8
posa_reader_u8 (PosaReader *reader)
{
  return (guint8) read_be (reader, 1);
}

guint16
posa_reader_u16_be (PosaReader *reader)
{
  return (guint16) read_be (reader, 2);
}

guint16
posa_reader_u16_le (PosaReader *reader)
{
  guint16 value = (guint16) read_be (reader, 2);

  return (guint16) (value << 8 | value >> 8);
}

guint32
posa_reader_u32_be (PosaReader *reader)
{
  return (guint32) read_be (reader, 4);
}

static void
put_be (GByteArray *out, guint64 value, guint n)
{
  for (guint i = n; i > 0; i--)
    {
      guint8 byte = (guint8) (value >> (8 * (i - 1)));
      g_byte_array_append (out, &byte, 1);
    }
}

void
posa_put_u8 (GByteArray *out, guint8 value)
{
  put_be (out, value, 1);
}

void
posa_put_u16_be (GByteArray *out, guint16 value)
{
  put_be (out, value, 2);
}

void
posa_put_u16_le (GByteArray *out, guint16 value)
{
  put_be (out, (guint16) (value << 8 | value >> 8), 2);
}

void
posa_put_u32_be (GByteArray *out, guint32 value)
{
  put_be (out, value, 4);
}

void
posa_put_bytes (GByteArray *out, const void *data, gsize size)
{
  if (size > 0)
    g_byte_array_append (out, data, (guint) size);
}

void
posa_put_string (GByteArray *out, const char *text)
{
  posa_put_bytes (out, text, strlen (text));
}

char *
posa_hex_encode (const guint8 *data, gsize size)
{
  GString *text = g_string_sized_new (2 * size + 1);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02X", data[i]);
  return g_string_free_and_steal (text);
}

GBytes *
posa_hex_decode (const char *text, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  int high = -1;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_isspace (*p))
        continue;
      int digit = g_ascii_xdigit_value (*p);
      if (digit < 0)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "hex text: character %u is no hex digit", (guint) (p - text) + 1);
          return NULL;
        }
      if (high < 0)
        high = digit;
      else
        {
          posa_put_u8 (out, (guint8) (high << 4 | digit));
          high = -1;
        }
    }
  if (high >= 0)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "hex text: odd number of digits");
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
