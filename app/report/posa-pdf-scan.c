/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-pdf-scan.h"

#include <string.h>

gboolean
posa_pdf_accept (PosaReader *reader, const char *text)
{
  gsize size = strlen (text);
  const guint8 *at = posa_reader_bytes (reader, size);

  if (at != NULL && memcmp (at, text, size) != 0)
    reader->failed = TRUE;
  return !reader->failed;
}

gboolean
posa_pdf_skip_to (PosaReader *reader, const char *text)
{
  PosaReader rest = *reader;
  gsize size = posa_reader_remaining (reader);
  const guint8 *start = posa_reader_bytes (&rest, size);
  const guint8 *at = start != NULL && size > 0 ? memmem (start, size, text, strlen (text)) : NULL;

  if (at == NULL)
    reader->failed = TRUE;
  else
    posa_reader_bytes (reader, (gsize) (at - start) + strlen (text));
  return !reader->failed;
}

guint64
posa_pdf_read_number (PosaReader *reader)
{
  guint64 value = 0;
  guint n = 0;

  for (; n < 10 && g_ascii_isdigit (posa_reader_peek_u8 (reader)); n++)
    value = value * 10 + (posa_reader_u8 (reader) - '0');
  if (n == 0)
    reader->failed = TRUE;
  return value;
}
