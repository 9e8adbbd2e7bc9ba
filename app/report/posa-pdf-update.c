/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-pdf-update.h"

#include <string.h>

#include "base/posa-error.h"
#include "report/posa-icc.h"
#include "report/posa-pdf-base.h"
#include "report/posa-pdf-scan.h"
#include "report/posa-pdf-signature.h"

#define CREATOR     "Posa"
#define END_OF_FILE "%%EOF\n"

/* New objects, counted from the first number that the pages leave free. */
enum
{
  INFO,
  ATTACHMENT,
  FILE_SPEC,
  METADATA,
  ICC,
  WIDGET,
  SIGNATURE,
  PAGE, /* from here on: objects of the pages that get a new version */
  CATALOG,
  N_OBJECTS
};

#define N_NEW PAGE

typedef struct
{
  const PosaPdfParts *parts;
  PosaPdfBase base;
  GString *out;
  char *time; /* "20261121101530Z" */
  gsize offsets[N_OBJECTS];
} Writer;

static guint
number_of (const Writer *self, guint object)
{
  return object == PAGE      ? self->base.first_page
         : object == CATALOG ? self->base.catalog
                             : self->base.n_objects + object;
}

static void
begin_object (Writer *self, guint object)
{
  self->offsets[object] = self->out->len;
  g_string_append_printf (self->out, "%u 0 obj\n<< ", number_of (self, object));
}

static void
end_object (Writer *self)
{
  g_string_append (self->out, " >>\nendobj\n");
}

/* Ends the dictionary and writes the stream, without a filter: the bytes that zlib makes may
 * change from one version to the next. */
static void
put_stream (Writer *self, const void *data, gsize size)
{
  g_string_append (self->out, " >>\nstream\n");
  g_string_append_len (self->out, data, (gssize) size);
  g_string_append (self->out, "\nendstream\nendobj\n");
}

/* A text string as UTF-16 in hex (ISO 32000-1 7.9.2.2): nothing in @text can end it. */
static void
put_text (Writer *self, const char *text)
{
  glong n = 0;
  g_autofree gunichar2 *utf16 = g_utf8_to_utf16 (text, -1, NULL, &n, NULL);

  g_string_append (self->out, "<FEFF");
  for (glong i = 0; i < n; i++)
    g_string_append_printf (self->out, "%04X", utf16[i]);
  g_string_append_c (self->out, '>');
}

/* The rendering stands first and at a fixed size: posa_pdf_split() reads it before anything else
 * is known. */
static void
put_info (Writer *self)
{
  begin_object (self, INFO);
  g_string_append_printf (self->out, "/POSA_Rendering (%s)\n/Title ", self->parts->rendering);
  put_text (self, self->parts->title);
  g_string_append (self->out, "\n/Creator (" CREATOR ")\n/Producer ");
  put_text (self, self->parts->producer);
  g_string_append_printf (self->out, "\n/CreationDate (D:%s)\n/ModDate (D:%s)", self->time,
                          self->time);
  end_object (self);
}

static void
put_attachment (Writer *self)
{
  gsize size;
  const void *json = g_bytes_get_data (self->parts->json, &size);
  g_autofree char *md5 = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, self->parts->json);

  begin_object (self, ATTACHMENT);
  g_string_append_printf (self->out,
                          "/Length %" G_GSIZE_FORMAT "\n/Type /EmbeddedFile"
                          "\n/Subtype /application#2Fjson"
                          "\n/Params << /Size %" G_GSIZE_FORMAT " /CreationDate (D:%s)"
                          " /ModDate (D:%s) /CheckSum <%s> >>",
                          size, size, self->time, self->time, md5);
  put_stream (self, json, size);
}

static void
put_file_spec (Writer *self)
{
  guint stream = number_of (self, ATTACHMENT);

  begin_object (self, FILE_SPEC);
  g_string_append_printf (self->out,
                          "/Type /Filespec\n/F (" POSA_PDF_FILE_NAME ")\n/UF (" POSA_PDF_FILE_NAME
                          ")\n/AFRelationship /Source\n/Desc (the facts of this report)"
                          "\n/EF << /F %u 0 R /UF %u 0 R >>",
                          stream, stream);
  end_object (self);
}

/* XMP (ISO 16684-1) that repeats Info word for word and claims PDF/A-3U (ISO 19005-3 6.6.4). */
static char *
make_xmp (const Writer *self)
{
  const char *t = self->time;
  g_autofree char *title = g_markup_escape_text (self->parts->title, -1);
  g_autofree char *language = g_markup_escape_text (self->parts->language, -1);
  g_autofree char *producer = g_markup_escape_text (self->parts->producer, -1);
  g_autofree char *time =
      g_strdup_printf ("%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 8, t + 10, t + 12);

  return g_strdup_printf (
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
      " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"\n"
      " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n"
      "<dc:format>application/pdf</dc:format>\n"
      "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:title>\n"
      "<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>\n"
      "<xmp:CreatorTool>" CREATOR "</xmp:CreatorTool>\n"
      "<xmp:CreateDate>%s</xmp:CreateDate>\n"
      "<xmp:ModifyDate>%s</xmp:ModifyDate>\n"
      "<xmp:MetadataDate>%s</xmp:MetadataDate>\n"
      "<pdf:Producer>%s</pdf:Producer>\n"
      "<pdfaid:part>3</pdfaid:part>\n"
      "<pdfaid:conformance>U</pdfaid:conformance>\n"
      "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>",
      title, language, time, time, time, producer);
}

static void
put_metadata (Writer *self)
{
  g_autofree char *xmp = make_xmp (self);

  begin_object (self, METADATA);
  g_string_append_printf (self->out, "/Type /Metadata /Subtype /XML /Length %" G_GSIZE_FORMAT,
                          strlen (xmp));
  put_stream (self, xmp, strlen (xmp));
}

static void
put_icc (Writer *self)
{
  g_autoptr (GBytes) profile = posa_icc_make_srgb ();
  gsize size;
  const void *data = g_bytes_get_data (profile, &size);

  begin_object (self, ICC);
  g_string_append_printf (self->out, "/N 3 /Length %" G_GSIZE_FORMAT, size);
  put_stream (self, data, size);
}

/* The signature shows nowhere on the page; 132 = print, locked (ISO 32000-1 12.5.3). */
static void
put_widget (Writer *self)
{
  begin_object (self, WIDGET);
  g_string_append_printf (self->out,
                          "/Type /Annot /Subtype /Widget /FT /Sig /T (Signature) /F 132"
                          " /Rect [0 0 0 0] /P %u 0 R /V %u 0 R",
                          number_of (self, PAGE), number_of (self, SIGNATURE));
  end_object (self);
}

static void
put_page (Writer *self)
{
  begin_object (self, PAGE);
  g_string_append (self->out, "/Type /Page\n");
  g_string_append_len (self->out, self->base.first_page_lines,
                       (gssize) self->base.first_page_lines_size);
  g_string_append_printf (self->out, "\n   /Annots [ %u 0 R ]", number_of (self, WIDGET));
  end_object (self);
}

static void
put_catalog (Writer *self)
{
  guint file = number_of (self, FILE_SPEC);

  begin_object (self, CATALOG);
  g_string_append_printf (
      self->out,
      "/Type /Catalog\n/Version /1.7\n/Pages %u 0 R\n/Lang (%s)"
      "\n/ViewerPreferences << /DisplayDocTitle true >>\n/Metadata %u 0 R"
      "\n/OutputIntents [ << /Type /OutputIntent /S /GTS_PDFA1"
      " /OutputConditionIdentifier (sRGB) /Info (sRGB IEC 61966-2-1) /DestOutputProfile %u 0 R"
      " >> ]\n/Names << /EmbeddedFiles << /Names [ (" POSA_PDF_FILE_NAME ") %u 0 R ] >> >>"
      "\n/AF [ %u 0 R ]\n/AcroForm << /Fields [ %u 0 R ] /SigFlags 3 >>"
      "\n/Perms << /DocMDP %u 0 R >>",
      self->base.pages, self->parts->language, number_of (self, METADATA), number_of (self, ICC),
      file, file, number_of (self, WIDGET), number_of (self, SIGNATURE));
  end_object (self);
}

/* Returns the offset of the room for the CMS. */
static gsize
put_signature (Writer *self)
{
  gsize room;

  begin_object (self, SIGNATURE);
  g_string_append (self->out, "/Type /Sig\n/Filter /Adobe.PPKLite"
                              "\n/SubFilter /ETSI.CAdES.detached"
                              "\n/Reference [ << /Type /SigRef /TransformMethod /DocMDP"
                              " /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >> ]"
                              "\n/Name ");
  put_text (self, self->parts->signer);
  posa_pdf_signature_reserve (self->out, self->parts->signed_us);
  room = self->out->len - 2 * POSA_PDF_CMS_ROOM - 2;
  end_object (self);
  return room;
}

static void
put_xref_rows (Writer *self, guint object, guint n)
{
  g_string_append_printf (self->out, "%u %u\n", number_of (self, object), n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (self->out, "%010" G_GSIZE_FORMAT " 00000 n \n",
                            self->offsets[object + i]);
}

static void
put_trailer (Writer *self)
{
  const gsize xref = self->out->len;
  const gboolean page_first = self->base.first_page < self->base.catalog;
  g_autofree char *id = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->parts->json);

  g_string_append (self->out, "xref\n");
  put_xref_rows (self, page_first ? PAGE : CATALOG, 1);
  put_xref_rows (self, page_first ? CATALOG : PAGE, 1);
  put_xref_rows (self, 0, N_NEW);
  g_string_append_printf (self->out,
                          "trailer\n<< /Size %u\n/Root %u 0 R\n/Info %u 0 R"
                          "\n/Prev %" G_GSIZE_FORMAT "\n/ID [ <%.32s> <%.32s> ] >>"
                          "\nstartxref\n%" G_GSIZE_FORMAT "\n%s",
                          self->base.n_objects + N_NEW, self->base.catalog, number_of (self, INFO),
                          self->base.xref, id, id, xref, END_OF_FILE);
}

static void
write_all (Writer *self)
{
  gsize size;
  const char *pages = g_bytes_get_data (self->parts->pages, &size);

  g_string_append_len (self->out, pages, (gssize) size);
  put_info (self);
  put_attachment (self);
  put_file_spec (self);
  put_metadata (self);
  put_icc (self);
  put_widget (self);
  put_page (self);
  put_catalog (self);
  gsize room = put_signature (self);
  put_trailer (self);
  posa_pdf_signature_settle (self->out, room);
}

GBytes *
posa_pdf_update (const PosaPdfParts *parts, GError **error)
{
  g_autofree char *time = posa_pdf_format_time (parts->signed_us);
  Writer self = { .parts = parts, .time = time };

  if (time == NULL)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the time of the signature is no date");
      return NULL;
    }
  if (!posa_pdf_base_parse (&self.base, parts->pages, error))
    return NULL;
  self.out = g_string_sized_new (self.base.size + g_bytes_get_size (parts->json) + 32768);
  write_all (&self);
  return g_string_free_to_bytes (self.out);
}

static gboolean
is_rendering (const guint8 *id)
{
  for (guint i = 0; i < POSA_PDF_RENDERING_SIZE; i++)
    if (!g_ascii_isdigit (id[i]) && !(id[i] >= 'a' && id[i] <= 'f'))
      return FALSE;
  return TRUE;
}

gboolean
posa_pdf_split (GBytes *pdf, GBytes **pages, GBytes **json, char **rendering, GError **error)
{
  PosaReader reader;
  gsize size;
  const guint8 *data = g_bytes_get_data (pdf, &size);

  posa_reader_init (&reader, data, size);
  posa_pdf_skip_to (&reader, END_OF_FILE);
  gsize pages_size = reader.pos;
  posa_pdf_read_number (&reader);
  posa_pdf_accept (&reader, " 0 obj\n<< /POSA_Rendering (");
  const guint8 *id = posa_reader_bytes (&reader, POSA_PDF_RENDERING_SIZE);
  posa_pdf_skip_to (&reader, " >>\nendobj\n");
  posa_pdf_read_number (&reader);
  posa_pdf_accept (&reader, " 0 obj\n<< /Length ");
  gsize json_size = (gsize) posa_pdf_read_number (&reader);
  posa_pdf_skip_to (&reader, " >>\nstream\n");
  gsize json_start = reader.pos;
  const guint8 *text = posa_reader_bytes (&reader, json_size);
  posa_pdf_accept (&reader, "\nendstream\nendobj\n");
  if (reader.failed || text == NULL || !is_rendering (id))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the signed revision does not begin as Posa writes it");
      return FALSE;
    }
  *pages = g_bytes_new_from_bytes (pdf, 0, pages_size);
  *json = g_bytes_new_from_bytes (pdf, json_start, json_size);
  *rendering = g_strndup ((const char *) id, POSA_PDF_RENDERING_SIZE);
  return TRUE;
}
