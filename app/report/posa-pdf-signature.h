/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The entries of the signature dictionary that are found by their bytes alone: /ByteRange, /M and
 * /Contents. Finding them is all that happens to a file before its signature is checked. */
typedef struct
{
  gsize before; /* signed: [0, before) … */
  gsize after;  /* … and [after, end of file) */
  gint64 signed_us;
  GBytes *cms; /* DER, without the padding; NULL while the room is empty */
} PosaPdfSignature;

/* Bytes of CMS that fit: two certificates and, later, a time stamp with its chain. */
#define POSA_PDF_CMS_ROOM 8192

void posa_pdf_signature_clear (PosaPdfSignature *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaPdfSignature, posa_pdf_signature_clear)

/* Appends the three entries with empty room and zeros for /ByteRange to @pdf. */
void posa_pdf_signature_reserve (GString *pdf, gint64 signed_us);
/* Writes the true /ByteRange once the file has its full size. @before: offset of the room. */
void posa_pdf_signature_settle (GString *pdf, gsize before);

/* Finds the one signature of @pdf. SIGNATURE with the rule that failed (trust.md 1.5, 1 and 2). */
gboolean posa_pdf_signature_find (PosaPdfSignature *self, GBytes *pdf, GError **error);
/* SHA-256 of the signed bytes, 32 bytes to @digest. */
void posa_pdf_signature_digest (const PosaPdfSignature *self, GBytes *pdf, guint8 *digest);
/* The signed bytes in one piece. */
GBytes *posa_pdf_signature_dup_content (const PosaPdfSignature *self, GBytes *pdf);
/* A copy of @pdf with @cms in the room. INVALID_DATA when it does not fit. */
GBytes *
posa_pdf_signature_fill (const PosaPdfSignature *self, GBytes *pdf, GBytes *cms, GError **error);

/* "20261121101530Z"; NULL outside the years 1970 to 9999. Free with g_free(). */
char *posa_pdf_format_time (gint64 us);

G_END_DECLS
