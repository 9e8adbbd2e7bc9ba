/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-pdf-text.h"

#include <gio/gio.h>
#include <string.h>

#include "base/posa-error.h"
#include "report/posa-pdf-base.h"
#include "report/posa-pdf-scan.h"

#define BUDGET    (16 * 1024 * 1024) /* bytes of all streams, unpacked */
#define FONTS_MAX 32                 /* of one page */
#define PAGES_MAX 200
#define WORD_MAX  32

/* One font of a page: code -> characters. */
typedef struct
{
  char *name;          /* "f-0-1" */
  guint code_size;     /* bytes of a code: 1, or 2 in a composite font */
  GHashTable *unicode; /* code -> char*, UTF-8 */
} Font;

typedef struct
{
  GBytes *pdf;
  PosaPdfBase base;
  GPtrArray *fonts; /* of the page being read */
  GString *out;
  gsize unpacked; /* so far */
} Extraction;

static void
font_free (Font *self)
{
  g_free (self->name);
  g_hash_table_unref (self->unicode);
  g_free (self);
}

/* The number N of "@key N 0 R" in the dictionary that begins at @object; 0 when absent. */
static guint
find_reference (PosaReader object, const char *key)
{
  gsize size = posa_reader_remaining (&object);
  PosaReader end = object;
  guint64 number = 0;

  if (posa_pdf_skip_to (&end, "endobj\n"))
    size = end.pos - object.pos;
  PosaReader dictionary = posa_reader_sub (&object, size);
  if (posa_pdf_skip_to (&dictionary, key))
    number = posa_pdf_read_number (&dictionary);
  return posa_pdf_accept (&dictionary, " 0 R") && number < G_MAXINT ? (guint) number : 0;
}

/* NULL for what is not deflated, and when all streams together unpack to more than BUDGET: a small
 * file may name the same stream very often. */
static GBytes *
inflate_bytes (Extraction *self, const guint8 *data, gsize size)
{
  g_autoptr (GConverter)
      unpacker = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  g_autoptr (GInputStream) packed = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (packed, unpacker);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 chunk[16384];
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, sizeof chunk, NULL, NULL)) > 0)
    {
      posa_put_bytes (out, chunk, (gsize) n);
      self->unpacked += (gsize) n;
      if (self->unpacked > BUDGET)
        return NULL;
    }
  return n == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

/* The unpacked stream of object @number, whose length is an object of its own. */
static GBytes *
read_stream (Extraction *self, guint number)
{
  PosaReader object = posa_pdf_base_seek (&self->base, self->pdf, number);
  guint length_number = find_reference (object, "<< /Length ");
  PosaReader length = posa_pdf_base_seek (&self->base, self->pdf, length_number);

  posa_pdf_accept (&length, "   ");
  guint64 size = posa_pdf_read_number (&length);
  posa_pdf_skip_to (&object, "/Filter /FlateDecode\n>>\nstream\n");
  const guint8 *data = length.failed ? NULL : posa_reader_bytes (&object, (gsize) size);
  return data != NULL ? inflate_bytes (self, data, (gsize) size) : NULL;
}

/* "<0041>": @value and the number of hex digits; 0 when there is none. */
static guint
read_hex (PosaReader *reader, guint64 *value)
{
  guint n = 0;

  *value = 0;
  posa_pdf_accept (reader, "<");
  for (int digit; (digit = g_ascii_xdigit_value ((char) posa_reader_peek_u8 (reader))) >= 0; n++)
    {
      *value = *value << 4 | (guint) digit;
      posa_reader_u8 (reader);
    }
  return posa_pdf_accept (reader, ">") && n <= 16 ? n : 0;
}

/* One row "<code> <utf16>". */
static gboolean
read_cmap_row (Font *font, PosaReader *reader)
{
  guint64 code = 0, units = 0;
  guint n_code = read_hex (reader, &code);
  gunichar2 utf16[4];

  posa_pdf_accept (reader, " ");
  guint n = read_hex (reader, &units);
  if (!posa_pdf_accept (reader, "\n") || n_code != 2 * font->code_size || n == 0 || n % 4 != 0)
    return FALSE;
  for (guint i = 0; i < n / 4; i++)
    utf16[i] = (gunichar2) (units >> (n - 4 * (i + 1)) * 4);
  char *utf8 = g_utf16_to_utf8 (utf16, n / 4, NULL, NULL, NULL);
  if (utf8 != NULL)
    g_hash_table_insert (font->unicode, GUINT_TO_POINTER ((guint) code), utf8);
  return utf8 != NULL;
}

static gboolean
read_cmap (Font *font, GBytes *cmap)
{
  PosaReader reader;
  gsize size;
  const guint8 *data = g_bytes_get_data (cmap, &size);

  posa_reader_init (&reader, data, size);
  while (posa_pdf_skip_to (&reader, " beginbfchar\n"))
    while (posa_reader_peek_u8 (&reader) == '<')
      if (!read_cmap_row (font, &reader))
        return FALSE;
  return memmem (data, size, "beginbfrange", strlen ("beginbfrange")) == NULL;
}

static gboolean
read_font (Extraction *self, char *name, guint number)
{
  PosaReader object = posa_pdf_base_seek (&self->base, self->pdf, number);
  PosaReader type = object;
  guint cmap_number = find_reference (object, "/ToUnicode ");
  g_autoptr (GBytes) cmap = cmap_number != 0 ? read_stream (self, cmap_number) : NULL;
  Font *font = g_new0 (Font, 1);

  font->name = name;
  font->code_size = posa_pdf_accept (&type, "<< /Type /Font\n   /Subtype /Type0\n") ? 2 : 1;
  font->unicode = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_ptr_array_add (self->fonts, font);
  return cmap != NULL && read_cmap (font, cmap);
}

/* The characters of a name or an operator; the reader stands on the first. */
static char *
read_word (PosaReader *reader)
{
  GString *word = g_string_new (NULL);

  while (word->len < WORD_MAX &&
         (g_ascii_isalnum (posa_reader_peek_u8 (reader)) || posa_reader_peek_u8 (reader) == '-'))
    g_string_append_c (word, (char) posa_reader_u8 (reader));
  return g_string_free_and_steal (word);
}

/* "/f-0-1 13 0 R" lines below /Font in the page's resources. */
static gboolean
read_fonts (Extraction *self, guint resources)
{
  PosaReader reader = posa_pdf_base_seek (&self->base, self->pdf, resources);

  g_ptr_array_set_size (self->fonts, 0);
  posa_pdf_skip_to (&reader, "/Font <<\n");
  for (;;)
    {
      PosaReader row = reader;
      if (!posa_pdf_accept (&row, "      /"))
        return !reader.failed;
      if (self->fonts->len == FONTS_MAX)
        return FALSE;
      char *name = read_word (&row);
      posa_pdf_accept (&row, " ");
      guint64 number = posa_pdf_read_number (&row);
      if (!read_font (self, name, (guint) number) || !posa_pdf_accept (&row, " 0 R\n"))
        return FALSE;
      reader = row;
    }
}

static Font *
find_font (Extraction *self, const char *name)
{
  for (guint i = 0; name != NULL && i < self->fonts->len; i++)
    {
      Font *font = g_ptr_array_index (self->fonts, i);
      if (g_str_equal (font->name, name))
        return font;
    }
  return NULL;
}

/* Appends the characters of the codes in @string. */
static gboolean
show (Extraction *self, const Font *font, const GByteArray *string)
{
  if (font == NULL || string->len % font->code_size != 0)
    return FALSE;
  for (guint i = 0; i < string->len; i += font->code_size)
    {
      guint code = font->code_size == 1 ? string->data[i]
                                        : (guint) string->data[i] << 8 | string->data[i + 1];
      const char *text = g_hash_table_lookup (font->unicode, GUINT_TO_POINTER (code));
      if (text == NULL)
        return FALSE;
      g_string_append (self->out, text);
    }
  return TRUE;
}

static guint8
read_octal (PosaReader *reader)
{
  guint value = 0;

  for (guint i = 0; i < 3; i++)
    value = value << 3 | (posa_reader_u8 (reader) & 7);
  return (guint8) value;
}

/* "(…)" behind its parenthesis; cairo escapes parentheses and whatever is not ASCII. */
static GByteArray *
read_literal (PosaReader *reader)
{
  GByteArray *string = g_byte_array_new ();

  while (!reader->failed && posa_reader_peek_u8 (reader) != ')')
    {
      guint8 c = posa_reader_u8 (reader);
      if (c == '\\' && g_ascii_isdigit (posa_reader_peek_u8 (reader)))
        c = read_octal (reader);
      else if (c == '\\')
        c = posa_reader_u8 (reader);
      posa_put_u8 (string, c);
    }
  posa_reader_u8 (reader);
  return string;
}

/* "<…>" behind its bracket. */
static GByteArray *
read_hex_string (PosaReader *reader)
{
  GByteArray *string = g_byte_array_new ();

  while (!reader->failed && posa_reader_peek_u8 (reader) != '>')
    {
      int high = g_ascii_xdigit_value ((char) posa_reader_u8 (reader));
      int low = g_ascii_xdigit_value ((char) posa_reader_u8 (reader));
      if (high < 0 || low < 0)
        reader->failed = TRUE;
      else
        posa_put_u8 (string, (guint8) (high << 4 | low));
    }
  posa_reader_u8 (reader);
  return string;
}

/* Operators that put something on the page that is neither text nor a rectangle of ours. */
static gboolean
is_foreign (const char *operator_name)
{
  static const char *const foreign[] = { "Do", "BI", "BDC", "BMC", "DP", "MP", "sh", "Tr" };

  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    if (g_str_equal (foreign[i], operator_name))
      return TRUE;
  return FALSE;
}

static gboolean
read_content (Extraction *self, GBytes *content)
{
  PosaReader reader;
  gsize size;
  const guint8 *data = g_bytes_get_data (content, &size);
  g_autofree char *name = NULL;
  const Font *font = NULL;

  posa_reader_init (&reader, data, size);
  while (posa_reader_remaining (&reader) > 0)
    {
      guint8 c = posa_reader_peek_u8 (&reader);
      if (g_ascii_isalpha (c))
        {
          g_autofree char *word = read_word (&reader);
          if (is_foreign (word))
            return FALSE;
          if (g_str_equal (word, "Tf"))
            font = find_font (self, name);
          continue;
        }
      posa_reader_u8 (&reader);
      if (c == '/')
        {
          g_free (name);
          name = read_word (&reader);
        }
      else if (c == '(' || c == '<')
        {
          g_autoptr (GByteArray) string = c == '(' ? read_literal (&reader)
                                                   : read_hex_string (&reader);
          if (!show (self, font, string))
            return FALSE;
        }
    }
  return !reader.failed;
}

static gboolean
read_page (Extraction *self, guint number)
{
  PosaReader page = posa_pdf_base_seek (&self->base, self->pdf, number);
  guint contents = find_reference (page, "/Contents ");
  guint resources = find_reference (page, "/Resources ");
  g_autoptr (GBytes) content = read_stream (self, contents);

  return content != NULL && read_fonts (self, resources) && read_content (self, content);
}

static gboolean
read_pages (Extraction *self)
{
  PosaReader kids = posa_pdf_base_seek (&self->base, self->pdf, self->base.pages);

  posa_pdf_skip_to (&kids, "/Kids [ ");
  for (guint i = 0; i < PAGES_MAX && posa_reader_peek_u8 (&kids) != ']'; i++)
    {
      guint64 number = posa_pdf_read_number (&kids);
      if (!posa_pdf_accept (&kids, " 0 R ") || !read_page (self, (guint) number))
        return FALSE;
    }
  return posa_pdf_accept (&kids, "]");
}

/* Normal form KC turns the ligatures that one font has and another has not into letters. */
static char *
strip (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  GString *out = g_string_new (NULL);

  for (const char *p = normal; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isspace (g_utf8_get_char (p)))
      g_string_append_unichar (out, g_utf8_get_char (p));
  return g_string_free_and_steal (out);
}

char *
posa_pdf_text_extract (GBytes *pages, GError **error)
{
  g_autoptr (GPtrArray) fonts = g_ptr_array_new_with_free_func ((GDestroyNotify) font_free);
  g_autoptr (GString) out = g_string_new (NULL);
  Extraction self = { .pdf = pages, .fonts = fonts, .out = out };

  if (!posa_pdf_base_parse (&self.base, pages, error))
    return NULL;
  if (!read_pages (&self))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "pages: more than plain text on them");
      return NULL;
    }
  return strip (out->str);
}
