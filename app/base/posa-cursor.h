/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A reader over bytes that came from outside: the only place that looks at raw memory.
 * Failure is sticky: after the first read beyond the end every read gives 0 and `failed`
 * stays set, so a parser may read a whole record and test once. Borrows the bytes. */
typedef struct
{
  const guint8 *data;
  gsize size;
  gsize pos;
  gboolean failed;
} PosaReader;

void posa_reader_init (PosaReader *reader, const guint8 *data, gsize size);
gsize posa_reader_remaining (const PosaReader *reader);
guint8 posa_reader_peek_u8 (const PosaReader *reader); /* 0 at the end, without failing */
guint8 posa_reader_u8 (PosaReader *reader);
guint16 posa_reader_u16_be (PosaReader *reader);
guint16 posa_reader_u16_le (PosaReader *reader);
guint32 posa_reader_u32_be (PosaReader *reader);
/* Pointer to @n bytes inside the buffer (borrowed), or NULL and failed. */
const guint8 *posa_reader_bytes (PosaReader *reader, gsize n);
/* A reader over the next @n bytes; this one moves past them. */
PosaReader posa_reader_sub (PosaReader *reader, gsize n);

/* The writers append to a GByteArray. */
void posa_put_u8 (GByteArray *out, guint8 value);
void posa_put_u16_be (GByteArray *out, guint16 value);
void posa_put_u16_le (GByteArray *out, guint16 value);
void posa_put_u32_be (GByteArray *out, guint32 value);
void posa_put_bytes (GByteArray *out, const void *data, gsize size);
void posa_put_string (GByteArray *out, const char *text);

/* Upper-case hex without separators; free with g_free(). */
char *posa_hex_encode (const guint8 *data, gsize size);
/* Spaces are skipped; NULL and INVALID_DATA for an odd count or a foreign character. */
GBytes *posa_hex_decode (const char *text, GError **error);

G_END_DECLS
