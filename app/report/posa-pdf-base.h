/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-cursor.h"

G_BEGIN_DECLS

/* The page revision as cairo writes it at PDF 1.4, and nothing else: one classical cross-reference
 * table, a trailer, catalog, page tree and pages in cairo's own spelling. Another shape is an
 * error, not a challenge: the signed update is only ever put on top of pages that we drew. */
typedef struct
{
  gsize size;           /* bytes of the revision */
  gsize xref;           /* offset of its cross-reference table */
  gsize rows;           /* offset of its first row */
  guint n_objects;      /* /Size: the first free number */
  guint catalog, pages; /* object numbers */
  guint first_page;
  const char *first_page_lines; /* inside the page's dictionary; borrowed from the bytes */
  gsize first_page_lines_size;
} PosaPdfBase;

/* INVALID_DATA names what is not of cairo's shape. @self borrows from @pdf. */
gboolean posa_pdf_base_parse (PosaPdfBase *self, GBytes *pdf, GError **error);

/* A reader just behind the "N 0 obj\n" of object @number; failed when there is none. */
PosaReader posa_pdf_base_seek (const PosaPdfBase *self, GBytes *pdf, guint number);

G_END_DECLS
