/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-csv.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

#define CHUNK_SIZE (64 * 1024)

typedef enum
{
  AT_START,     /* of a field */
  IN_PLAIN,     /* a field without quotes */
  IN_QUOTES,    /* behind the opening quote */
  BEHIND_QUOTE, /* the closing quote, or the first of two */
  BEHIND_CR,    /* which has to be followed by a line feed */
  ROW_ENDED,
} State;

struct _PosaCsv
{
  GInputStream *stream;
  char *name;
  guint8 delimiter;
  guint8 *chunk;
  PosaReader reader;     /* over the chunk */
  gboolean begun, ended; /* the stream */
  GByteArray *row;       /* the fields, each ended by a zero byte */
  GArray *starts;        /* guint32, of each field in it */
  gsize n_bytes;         /* of the row in the file */
  gboolean quoted;       /* it had a quoted field: it is no empty line */
  guint64 line, row_line;
};

PosaCsv *
posa_csv_new (GInputStream *stream, const char *name, char delimiter)
{
  PosaCsv *self = g_new0 (PosaCsv, 1);

  self->stream = g_object_ref (stream);
  self->name = g_strdup (name);
  self->delimiter = (guint8) delimiter;
  self->chunk = g_malloc (CHUNK_SIZE);
  posa_reader_init (&self->reader, self->chunk, 0);
  self->row = g_byte_array_new ();
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->line = self->row_line = 1;
  return self;
}

PosaCsv *
posa_csv_open (const char *path, char delimiter, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);

  if (stream == NULL)
    {
      posa_error_convert (error, POSA_ERROR_FAILED);
      return NULL;
    }
  return posa_csv_new (G_INPUT_STREAM (stream), path, delimiter);
}

void
posa_csv_free (PosaCsv *self)
{
  g_object_unref (self->stream);
  g_free (self->name);
  g_free (self->chunk);
  g_byte_array_unref (self->row);
  g_array_unref (self->starts);
  g_free (self);
}

gboolean
posa_csv_set_invalid (const PosaCsv *self, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s:%" G_GUINT64_FORMAT ": %s",
               self->name, self->row_line, what);
  return FALSE;
}

/* ---- bytes ---- */

static gboolean
fill (PosaCsv *self, GCancellable *cancellable, GError **error)
{
  gsize size = 0;

  /* not every stream looks by itself */
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !g_input_stream_read_all (self->stream, self->chunk, CHUNK_SIZE, &size, cancellable, error))
    {
      posa_error_convert (error, POSA_ERROR_FAILED);
      g_prefix_error (error, "%s: ", self->name);
      return FALSE;
    }
  posa_reader_init (&self->reader, self->chunk, size);
  self->ended = size == 0;
  return TRUE;
}

/* A byte order mark says what we take for granted. Only the first chunk can begin with one. */
static gboolean
skip_mark (PosaCsv *self, GCancellable *cancellable, GError **error)
{
  static const guint8 mark[] = { 0xEF, 0xBB, 0xBF };

  if (!fill (self, cancellable, error))
    return FALSE;
  if (posa_reader_remaining (&self->reader) >= sizeof mark &&
      memcmp (self->chunk, mark, sizeof mark) == 0)
    posa_reader_bytes (&self->reader, sizeof mark);
  return TRUE;
}

/* ---- fields ---- */

static void
begin_field (PosaCsv *self)
{
  guint32 start = self->row->len;

  g_array_append_val (self->starts, start);
}

static State
end_field (PosaCsv *self, State next)
{
  posa_put_u8 (self->row, 0);
  if (next == AT_START)
    begin_field (self);
  return next;
}

static State
take_plain (PosaCsv *self, guint8 byte)
{
  if (byte == self->delimiter)
    return end_field (self, AT_START);
  if (byte == '\n')
    return end_field (self, ROW_ENDED);
  if (byte == '\r')
    return BEHIND_CR;
  posa_put_u8 (self->row, byte);
  return IN_PLAIN;
}

/* What is neither a second quote nor the end of the field stands where nothing may stand. */
static gboolean
take_behind_quote (PosaCsv *self, guint8 byte, State *state, GError **error)
{
  if (byte == '"')
    {
      posa_put_u8 (self->row, byte);
      *state = IN_QUOTES;
      return TRUE;
    }
  if (byte != self->delimiter && byte != '\n' && byte != '\r')
    return posa_csv_set_invalid (self, error,
                                 "column %u: text behind the closing quote; double the quotes "
                                 "inside a field",
                                 self->starts->len);
  *state = take_plain (self, byte);
  return TRUE;
}

static gboolean
take_byte (PosaCsv *self, guint8 byte, State *state, GError **error)
{
  if (byte == '\n')
    self->line++;
  switch (*state)
    {
    case AT_START:
      self->quoted |= byte == '"';
      *state = byte == '"' ? IN_QUOTES : take_plain (self, byte);
      return TRUE;
    case IN_PLAIN:
      *state = take_plain (self, byte);
      return TRUE;
    case IN_QUOTES:
      if (byte == '"')
        *state = BEHIND_QUOTE;
      else
        posa_put_u8 (self->row, byte);
      return TRUE;
    case BEHIND_QUOTE:
      return take_behind_quote (self, byte, state, error);
    case BEHIND_CR:
    case ROW_ENDED:
    default:
      if (byte != '\n')
        return posa_csv_set_invalid (self, error,
                                     "a carriage return without a line feed; put the field into "
                                     "quotes or save the file with line ends LF or CRLF");
      *state = end_field (self, ROW_ENDED);
      return TRUE;
    }
}

static gboolean
end_of_stream (PosaCsv *self, State state, GError **error)
{
  if (state == IN_QUOTES)
    return posa_csv_set_invalid (self, error,
                                 "column %u: the closing quote is missing; the file may be cut off",
                                 self->starts->len);
  end_field (self, ROW_ENDED);
  return TRUE;
}

static gboolean
read_row (PosaCsv *self, GCancellable *cancellable, GError **error)
{
  State state = AT_START;

  g_byte_array_set_size (self->row, 0);
  g_array_set_size (self->starts, 0);
  begin_field (self);
  self->row_line = self->line;
  self->quoted = FALSE;
  self->n_bytes = 0;
  while (state != ROW_ENDED)
    {
      if (posa_reader_remaining (&self->reader) == 0 && !fill (self, cancellable, error))
        return FALSE;
      if (self->ended)
        return end_of_stream (self, state, error);
      if (!take_byte (self, posa_reader_u8 (&self->reader), &state, error))
        return FALSE;
      if (++self->n_bytes > POSA_CSV_MAX_ROW)
        return posa_csv_set_invalid (self, error,
                                     "the row is longer than %d bytes; a quote may be missing",
                                     POSA_CSV_MAX_ROW);
      if (self->starts->len > POSA_CSV_MAX_FIELDS)
        return posa_csv_set_invalid (self, error, "the row has more than %d columns",
                                     POSA_CSV_MAX_FIELDS);
    }
  return TRUE;
}

static gboolean
is_blank (const PosaCsv *self)
{
  return self->starts->len == 1 && self->row->len == 1 && !self->quoted;
}

static gboolean
check_text (const PosaCsv *self, GError **error)
{
  for (guint i = 0; i < self->starts->len; i++)
    {
      guint32 start = g_array_index (self->starts, guint32, i);
      guint32 end = i + 1 < self->starts->len ? g_array_index (self->starts, guint32, i + 1)
                                              : self->row->len;

      if (!g_utf8_validate_len ((const char *) self->row->data + start, end - start - 1, NULL))
        return posa_csv_set_invalid (self, error,
                                     "column %u: not UTF-8; save the file in that encoding", i + 1);
    }
  return TRUE;
}

/* ---- public ---- */

gboolean
posa_csv_next (PosaCsv *self, GCancellable *cancellable, GError **error)
{
  if (!self->begun && !skip_mark (self, cancellable, error))
    return FALSE;
  self->begun = TRUE;
  do
    {
      if (self->ended || !read_row (self, cancellable, error))
        return FALSE;
    }
  while (is_blank (self));
  return check_text (self, error);
}

/* Index of the column @name; FALSE unless there is exactly one. */
static gboolean
find_column (const PosaCsv *self, const char *name, guint *column, GError **error)
{
  guint n_found = 0;

  for (guint i = 0; i < self->starts->len; i++)
    if (g_str_equal (posa_csv_get_field (self, i), name))
      {
        *column = i;
        n_found++;
      }
  if (n_found == 1)
    return TRUE;
  return posa_csv_set_invalid (
      self, error, n_found == 0 ? "no column \"%s\"" : "the column \"%s\" is there twice", name);
}

gboolean
posa_csv_read_header (PosaCsv *self,
                      const char *const *names,
                      guint *columns,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!posa_csv_next (self, cancellable, &local))
    {
      if (local == NULL)
        return posa_csv_set_invalid (self, error,
                                     "the file is empty; the first row names the columns");
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (!find_column (self, names[i], &columns[i], error))
      return FALSE;
  return TRUE;
}

guint
posa_csv_get_n_fields (const PosaCsv *self)
{
  return self->starts->len;
}

const char *
posa_csv_get_field (const PosaCsv *self, guint index)
{
  if (index >= self->starts->len)
    return "";
  return (const char *) self->row->data + g_array_index (self->starts, guint32, index);
}

guint64
posa_csv_get_line (const PosaCsv *self)
{
  return self->row_line;
}
