/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-pdf-signature.h"

#include <string.h>

#include "base/posa-error.h"
#include "report/posa-pdf-scan.h"

/* No JSON text holds a "/" that is not escaped and no compressed stream is taken for this: the
 * search for it must hit exactly once. */
#define RANGE_KEY "\n/ByteRange [0 "
#define RANGE_FORMAT                                                                               \
  RANGE_KEY "%-10" G_GSIZE_FORMAT " %-10" G_GSIZE_FORMAT " %-10" G_GSIZE_FORMAT "]"
#define RANGE_SIZE   (sizeof RANGE_KEY - 1 + 33)
#define TIME_KEY     "\n/M (D:"
#define TIME_SIZE    15
#define CONTENTS_KEY ")\n/Contents "
#define END_OF_FILE  "%%EOF\n"
#define SIZE_MIN     1024
#define SIZE_MAX_PDF (16 * 1024 * 1024)
#define ROOM_SIZE    (2 * POSA_PDF_CMS_ROOM + 2)

void
posa_pdf_signature_clear (PosaPdfSignature *self)
{
  g_clear_pointer (&self->cms, g_bytes_unref);
}

char *
posa_pdf_format_time (gint64 us)
{
  g_autoptr (GDateTime) time = us >= 0 ? g_date_time_new_from_unix_utc_usec (us) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y%m%d%H%M%SZ") : NULL;
}

void
posa_pdf_signature_reserve (GString *pdf, gint64 signed_us)
{
  g_autofree char *time = posa_pdf_format_time (signed_us);
  g_autofree char *room = g_strnfill (2 * POSA_PDF_CMS_ROOM, '0');

  g_string_append_printf (pdf, RANGE_FORMAT, (gsize) 0, (gsize) 0, (gsize) 0);
  g_string_append_printf (pdf, TIME_KEY "%s" CONTENTS_KEY "<%s>", time, room);
}

void
posa_pdf_signature_settle (GString *pdf, gsize before)
{
  const gsize after = before + ROOM_SIZE;
  const gsize key = before - strlen (CONTENTS_KEY) - TIME_SIZE - strlen (TIME_KEY) - RANGE_SIZE;
  g_autofree char *range = g_strdup_printf (RANGE_FORMAT, before, after, pdf->len - after);

  g_string_overwrite_len (pdf, key, range, RANGE_SIZE);
}

static gboolean
fail (GError **error, const char *rule)
{
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_SIGNATURE, rule);
  return FALSE;
}

static guint
count (const char *data, gsize size, const char *key, const char **last)
{
  const gsize key_size = strlen (key);
  const char *at = data;
  guint n = 0;

  while ((at = memmem (at, size - (gsize) (at - data), key, key_size)) != NULL)
    {
      n++;
      *last = at;
      at += key_size;
    }
  return n;
}

/* Ten places: digits, then spaces. */
static gsize
read_place (PosaReader *reader)
{
  const guint8 *text = posa_reader_bytes (reader, 10);
  gsize value = 0;
  guint i = 0;

  if (text == NULL)
    return 0;
  for (; i < 10 && g_ascii_isdigit (text[i]); i++)
    value = value * 10 + (text[i] - '0');
  if (i == 0 || (text[0] == '0' && i > 1))
    reader->failed = TRUE;
  for (; i < 10; i++)
    if (text[i] != ' ')
      reader->failed = TRUE;
  return value;
}

/* The time must be written as posa_pdf_format_time() does, else it is none. */
static gint64
read_time (PosaReader *reader)
{
  const guint8 *text = posa_reader_bytes (reader, TIME_SIZE);
  int part[6] = { 0 };

  if (text == NULL)
    return -1;
  for (guint i = 0; i < TIME_SIZE - 1; i++)
    {
      guint at = i < 4 ? 0 : (i - 2) / 2;
      if (!g_ascii_isdigit (text[i]))
        return -1;
      part[at] = part[at] * 10 + (text[i] - '0');
    }
  g_autoptr (GDateTime)
      time = g_date_time_new_utc (part[0], part[1], part[2], part[3], part[4], part[5]);
  gint64 us = time != NULL ? g_date_time_to_unix_usec (time) : -1;
  g_autofree char *again = posa_pdf_format_time (us);
  return again != NULL && memcmp (again, text, TIME_SIZE) == 0 ? us : -1;
}

static int
hex_value (guint8 c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of the room; NULL when a character is no lower-case hex digit. */
static GByteArray *
read_room (PosaReader *reader)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (POSA_PDF_CMS_ROOM);
  const guint8 *hex = posa_reader_bytes (reader, 2 * POSA_PDF_CMS_ROOM);

  for (guint i = 0; hex != NULL && i < POSA_PDF_CMS_ROOM; i++)
    {
      int high = hex_value (hex[2 * i]), low = hex_value (hex[2 * i + 1]);
      if (high < 0 || low < 0)
        return NULL;
      posa_put_u8 (bytes, (guint8) (high << 4 | low));
    }
  return hex != NULL ? g_steal_pointer (&bytes) : NULL;
}

/* Size of the DER element at the start of the room, 0 when there is none with a length of two
 * bytes (a CMS with two certificates is never shorter). */
static gsize
measure_der (const GByteArray *room)
{
  gsize size = 4 + ((gsize) room->data[2] << 8 | room->data[3]);

  return room->data[0] == 0x30 && room->data[1] == 0x82 && size <= room->len ? size : 0;
}

static gboolean
take_cms (PosaPdfSignature *self, const GByteArray *room)
{
  gsize size = measure_der (room);

  for (gsize i = size; i < room->len; i++)
    if (room->data[i] != 0)
      return FALSE;
  if (size > 0)
    self->cms = g_bytes_new (room->data, size);
  return TRUE;
}

static gboolean
find_end (const char *data, gsize size, GError **error)
{
  const char *last = NULL;

  if (size < SIZE_MIN || size > SIZE_MAX_PDF)
    return fail (error, "rule 1: the file has not the size of a report");
  if (memcmp (data, "%PDF-1.4\n", 9) != 0)
    return fail (error, "rule 1: the file does not begin as a report");
  if (count (data, size, END_OF_FILE, &last) != 2 || last != data + size - strlen (END_OF_FILE))
    return fail (error, "rule 1: the file does not end with its signed revision; something was "
                        "cut off or added");
  return TRUE;
}

gboolean
posa_pdf_signature_find (PosaPdfSignature *self, GBytes *pdf, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (pdf, &size);
  const char *key = NULL;
  PosaReader reader;

  *self = (PosaPdfSignature) { 0 };
  if (!find_end (data, size, error))
    return FALSE;
  if (count (data, size, RANGE_KEY, &key) != 1)
    return fail (error, "rule 2: there is not exactly one signature");
  posa_reader_init (&reader, (const guint8 *) data, size);
  posa_reader_bytes (&reader, (gsize) (key - data) + strlen (RANGE_KEY));
  self->before = read_place (&reader);
  posa_pdf_accept (&reader, " ");
  self->after = read_place (&reader);
  posa_pdf_accept (&reader, " ");
  gsize rest = read_place (&reader);
  posa_pdf_accept (&reader, "]" TIME_KEY);
  self->signed_us = read_time (&reader);
  posa_pdf_accept (&reader, CONTENTS_KEY);
  if (reader.failed || self->signed_us < 0)
    return fail (error, "rule 2: the signature dictionary is not as Posa writes it");
  if (self->before != reader.pos || self->after != self->before + ROOM_SIZE || self->after > size ||
      rest != size - self->after)
    return fail (error, "rule 2: the signature does not cover the whole file");
  posa_pdf_accept (&reader, "<");
  g_autoptr (GByteArray) room = read_room (&reader);
  if (room == NULL || !posa_pdf_accept (&reader, ">") || !take_cms (self, room))
    return fail (error, "rule 2: the room of the signature holds something else");
  return TRUE;
}

void
posa_pdf_signature_digest (const PosaPdfSignature *self, GBytes *pdf, guint8 *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size, digest_size = 32;
  const guint8 *data = g_bytes_get_data (pdf, &size);

  g_checksum_update (checksum, data, (gssize) self->before);
  g_checksum_update (checksum, data + self->after, (gssize) (size - self->after));
  g_checksum_get_digest (checksum, digest, &digest_size);
}

GBytes *
posa_pdf_signature_dup_content (const PosaPdfSignature *self, GBytes *pdf)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (pdf, &size);
  GByteArray *content = g_byte_array_sized_new ((guint) size);

  posa_put_bytes (content, data, self->before);
  posa_put_bytes (content, data + self->after, size - self->after);
  return g_byte_array_free_to_bytes (content);
}

GBytes *
posa_pdf_signature_fill (const PosaPdfSignature *self, GBytes *pdf, GBytes *cms, GError **error)
{
  static const char digits[] = "0123456789abcdef";
  gsize size, cms_size;
  const guint8 *data = g_bytes_get_data (pdf, &size);
  const guint8 *der = g_bytes_get_data (cms, &cms_size);
  GByteArray *out = g_byte_array_sized_new ((guint) size);

  if (cms_size > POSA_PDF_CMS_ROOM)
    {
      g_byte_array_unref (out);
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "signature of %" G_GSIZE_FORMAT " bytes: the certificates are too large",
                   cms_size);
      return NULL;
    }
  posa_put_bytes (out, data, self->before + 1);
  for (gsize i = 0; i < cms_size; i++)
    {
      posa_put_u8 (out, (guint8) digits[der[i] >> 4]);
      posa_put_u8 (out, (guint8) digits[der[i] & 15]);
    }
  posa_put_bytes (out, data + out->len, size - out->len);
  return g_byte_array_free_to_bytes (out);
}
