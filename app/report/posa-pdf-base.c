/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-pdf-base.h"

#include <string.h>

#include "base/posa-error.h"
#include "report/posa-pdf-scan.h"

#define HEADER        "%PDF-1.4\n%\xB5\xED\xAE\xFB\n"
#define XREF_ROW_SIZE 20
#define OBJECTS_LIMIT 100000

static guint
read_object_number (PosaReader *reader)
{
  guint64 number = posa_pdf_read_number (reader);

  if (number == 0 || number >= OBJECTS_LIMIT)
    reader->failed = TRUE;
  return (guint) number;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "pages: %s is not as cairo writes it",
               what);
  return FALSE;
}

/* A reader from @offset to the end of the file. */
static PosaReader
seek (GBytes *pdf, guint64 offset)
{
  PosaReader reader;
  gsize size;
  const guint8 *data = g_bytes_get_data (pdf, &size);

  posa_reader_init (&reader, data, size);
  posa_reader_bytes (&reader, offset <= size ? (gsize) offset : size + 1);
  return reader;
}

PosaReader
posa_pdf_base_seek (const PosaPdfBase *self, GBytes *pdf, guint number)
{
  g_autofree char *opening = g_strdup_printf ("%u 0 obj\n", number);
  PosaReader row = seek (pdf, self->rows + (gsize) number * XREF_ROW_SIZE);
  guint64 offset = posa_pdf_read_number (&row);

  posa_pdf_accept (&row, " 00000 n \n");
  PosaReader object = seek (pdf, offset);
  posa_pdf_accept (&object, opening);
  object.failed = object.failed || row.failed || number >= self->n_objects;
  return object;
}

/* The same behind the object's "<< /Type /TYPE". */
static PosaReader
seek_type (const PosaPdfBase *self, GBytes *pdf, guint number, const char *type)
{
  PosaReader object = posa_pdf_base_seek (self, pdf, number);

  posa_pdf_accept (&object, "<< /Type /");
  posa_pdf_accept (&object, type);
  return object;
}

/* The number behind the last "startxref": the only place where the end is searched for. */
static gboolean
find_xref (PosaPdfBase *self, GBytes *pdf)
{
  static const char keyword[] = "startxref\n";
  gsize size;
  const char *data = g_bytes_get_data (pdf, &size);
  const gsize tail = sizeof keyword - 1 + 10 + strlen ("\n%%EOF\n");

  if (size < tail)
    return FALSE;
  const char *start = data + size - tail;
  const char *at = memmem (start, tail, keyword, sizeof keyword - 1);
  if (at == NULL)
    return FALSE;
  PosaReader reader = seek (pdf, (guint64) (at - data) + sizeof keyword - 1);
  self->xref = (gsize) posa_pdf_read_number (&reader);
  return posa_pdf_accept (&reader, "\n%%EOF\n") && posa_reader_remaining (&reader) == 0;
}

static gboolean
read_trailer (PosaPdfBase *self, GBytes *pdf)
{
  PosaReader reader = seek (pdf, self->xref);
  guint64 size_again, xref_again;

  posa_pdf_accept (&reader, "xref\n0 ");
  self->n_objects = read_object_number (&reader);
  posa_pdf_accept (&reader, "\n");
  self->rows = reader.pos;
  posa_pdf_accept (&reader, "0000000000 65535 f \n");
  posa_reader_bytes (&reader, (gsize) (self->n_objects - 1) * XREF_ROW_SIZE);
  posa_pdf_accept (&reader, "trailer\n<< /Size ");
  size_again = posa_pdf_read_number (&reader);
  posa_pdf_accept (&reader, "\n   /Root ");
  self->catalog = read_object_number (&reader);
  posa_pdf_accept (&reader, " 0 R\n   /Info ");
  read_object_number (&reader);
  posa_pdf_accept (&reader, " 0 R\n>>\nstartxref\n");
  xref_again = posa_pdf_read_number (&reader);
  posa_pdf_accept (&reader, "\n%%EOF\n");
  return !reader.failed && posa_reader_remaining (&reader) == 0 && size_again == self->n_objects &&
         xref_again == self->xref;
}

static gboolean
read_catalog (PosaPdfBase *self, GBytes *pdf)
{
  PosaReader reader = seek_type (self, pdf, self->catalog, "Catalog\n   /Pages ");

  self->pages = read_object_number (&reader);
  return posa_pdf_accept (&reader, " 0 R\n>>\nendobj\n");
}

static gboolean
read_pages (PosaPdfBase *self, GBytes *pdf)
{
  PosaReader reader = seek_type (self, pdf, self->pages, "Pages\n   /Kids [ ");

  self->first_page = read_object_number (&reader);
  return posa_pdf_accept (&reader, " 0 R ");
}

static gboolean
read_first_page (PosaPdfBase *self, GBytes *pdf)
{
  static const char end[] = "\n>>\nendobj\n";
  PosaReader reader = seek_type (self, pdf, self->first_page, "Page % 1\n");
  gsize rest = posa_reader_remaining (&reader);
  const guint8 *lines = posa_reader_bytes (&reader, rest);
  const guint8 *stop = lines != NULL ? memmem (lines, rest, end, sizeof end - 1) : NULL;

  if (stop == NULL)
    return FALSE;
  self->first_page_lines = (const char *) lines;
  self->first_page_lines_size = (gsize) (stop - lines);
  return memmem (lines, self->first_page_lines_size, "/Annots", 7) == NULL;
}

gboolean
posa_pdf_base_parse (PosaPdfBase *self, GBytes *pdf, GError **error)
{
  PosaReader reader = seek (pdf, 0);

  *self = (PosaPdfBase) { .size = g_bytes_get_size (pdf) };
  if (!posa_pdf_accept (&reader, HEADER))
    return fail (error, "the header");
  if (!find_xref (self, pdf) || !read_trailer (self, pdf))
    return fail (error, "the trailer");
  if (!read_catalog (self, pdf))
    return fail (error, "the catalog");
  if (!read_pages (self, pdf))
    return fail (error, "the page tree");
  if (!read_first_page (self, pdf))
    return fail (error, "the first page");
  return TRUE;
}
