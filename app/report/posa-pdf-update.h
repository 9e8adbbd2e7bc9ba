/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The incremental update (ISO 32000-1 7.5.6) that turns cairo's pages into a signed archive file:
 * report.json as an associated file, PDF/A-3U metadata, and a certification signature (DocMDP 1)
 * with room for the CMS. The same parts always give the same bytes: the verifier writes the update
 * again and compares. */
typedef struct
{
  GBytes *pages;         /* as posa_pdf_base_parse() wants them */
  GBytes *json;          /* UTF-8 with every "/" escaped */
  const char *title;     /* UTF-8 */
  const char *language;  /* RFC 3066: "it" */
  const char *producer;  /* name and version of the program */
  const char *rendering; /* POSA_PDF_RENDERING_SIZE characters of lower-case hex */
  const char *signer;    /* device id */
  gint64 signed_us;      /* cut to whole seconds */
} PosaPdfParts;

#define POSA_PDF_RENDERING_SIZE 16
#define POSA_PDF_FILE_NAME      "report.json"

/* The whole file with an empty signature; fill it by posa_pdf_signature_fill(). INVALID_DATA when
 * the pages are not of cairo's shape or the time cannot be written. */
GBytes *posa_pdf_update (const PosaPdfParts *parts, GError **error);

/* Takes a file apart again: @pages, @json and @rendering (all owned by the caller). Only for bytes
 * whose signature holds. INVALID_DATA when they do not stand where posa_pdf_update() puts them. */
gboolean
posa_pdf_split (GBytes *pdf, GBytes **pages, GBytes **json, char **rendering, GError **error);

G_END_DECLS
