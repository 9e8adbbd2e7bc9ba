/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-axdr.h"

#include "base/posa-error.h"

#define MAX_DEPTH 16
#define MAX_NODES 16384

typedef struct
{
  PosaReader *reader;
  guint n_nodes;
  const char *fault; /* static; NULL while all is well */
} Decoder;

/* Shape of the elements of a compact array: a tag, and the children of a structure. */
typedef struct
{
  guint8 tag;
  guint16 count;       /* of an array */
  GPtrArray *children; /* Shape; NULL for simple types */
} Shape;

static PosaCosemValue *read_content (Decoder *self, guint8 tag, guint depth);

gsize
posa_axdr_read_length (PosaReader *reader)
{
  guint8 first = posa_reader_u8 (reader);
  gsize length = 0;

  if (first < 0x80)
    return first;
  if (first == 0x80 || first > 0x84)
    {
      reader->failed = TRUE;
      return 0;
    }
  for (guint8 i = 0; i < (first & 0x7F); i++)
    length = length << 8 | posa_reader_u8 (reader);
  return length;
}

void
posa_axdr_put_length (GByteArray *out, gsize length)
{
  if (length < 0x80)
    posa_put_u8 (out, (guint8) length);
  else if (length <= 0xFF)
    {
      posa_put_u8 (out, 0x81);
      posa_put_u8 (out, (guint8) length);
    }
  else if (length <= 0xFFFF)
    {
      posa_put_u8 (out, 0x82);
      posa_put_u16_be (out, (guint16) length);
    }
  else
    {
      posa_put_u8 (out, 0x84);
      posa_put_u32_be (out, (guint32) length);
    }
}

/* Bytes of the content of a simple type; 0 = variable or not simple. */
static gsize
fixed_size (guint8 tag)
{
  switch (tag)
    {
    case POSA_COSEM_BOOLEAN:
    case POSA_COSEM_BCD:
    case POSA_COSEM_INT8:
    case POSA_COSEM_UINT8:
    case POSA_COSEM_ENUM:
    case POSA_COSEM_DELTA_INT8:
    case POSA_COSEM_DELTA_UINT8:
      return 1;
    case POSA_COSEM_INT16:
    case POSA_COSEM_UINT16:
    case POSA_COSEM_DELTA_INT16:
    case POSA_COSEM_DELTA_UINT16:
      return 2;
    case POSA_COSEM_INT32:
    case POSA_COSEM_UINT32:
    case POSA_COSEM_FLOAT32:
    case POSA_COSEM_TIME:
    case POSA_COSEM_DELTA_INT32:
    case POSA_COSEM_DELTA_UINT32:
      return 4;
    case POSA_COSEM_DATE:
      return 5;
    case POSA_COSEM_INT64:
    case POSA_COSEM_UINT64:
    case POSA_COSEM_FLOAT64:
      return 8;
    case POSA_COSEM_DATE_TIME:
      return 12;
    default:
      return 0;
    }
}

static gboolean
is_signed (guint8 tag)
{
  return tag == POSA_COSEM_INT8 || tag == POSA_COSEM_INT16 || tag == POSA_COSEM_INT32 ||
         tag == POSA_COSEM_INT64 || tag == POSA_COSEM_DELTA_INT8 || tag == POSA_COSEM_DELTA_INT16 ||
         tag == POSA_COSEM_DELTA_INT32;
}

static gboolean
is_date (guint8 tag)
{
  return tag == POSA_COSEM_DATE_TIME || tag == POSA_COSEM_DATE || tag == POSA_COSEM_TIME;
}

static PosaCosemValue *
give_up (Decoder *self, const char *fault)
{
  if (self->fault == NULL)
    self->fault = fault;
  return NULL;
}

static PosaCosemValue *
read_number (Decoder *self, guint8 tag, gsize size)
{
  guint64 value = 0;
  const guint8 *at = posa_reader_bytes (self->reader, size);

  if (at == NULL)
    return give_up (self, "ends inside a number");
  if (is_signed (tag) && (at[0] & 0x80) != 0)
    value = G_MAXUINT64;
  for (gsize i = 0; i < size; i++)
    value = value << 8 | at[i];
  return posa_cosem_value_new_integer ((PosaCosemTag) tag, (gint64) value);
}

static PosaCosemValue *
read_string (Decoder *self, guint8 tag)
{
  gsize length = is_date (tag) ? fixed_size (tag) : posa_axdr_read_length (self->reader);
  gsize size = tag == POSA_COSEM_BIT_STRING ? length / 8 + (length % 8 != 0) : length;
  const guint8 *at = posa_reader_bytes (self->reader, size);

  if (at == NULL)
    return give_up (self, "ends inside a string");
  PosaCosemValue *value = posa_cosem_value_new_bytes ((PosaCosemTag) tag, at, size);
  if (tag == POSA_COSEM_BIT_STRING)
    value->integer = (gint64) length;
  return value;
}

static PosaCosemValue *
read_value (Decoder *self, guint depth)
{
  guint8 tag = posa_reader_u8 (self->reader);

  if (self->reader->failed)
    return give_up (self, "ends before a value");
  return read_content (self, tag, depth);
}

static PosaCosemValue *
read_container (Decoder *self, guint8 tag, guint depth)
{
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_container ((PosaCosemTag) tag);
  gsize count = posa_axdr_read_length (self->reader);

  if (self->reader->failed)
    return give_up (self, "bad count");
  for (gsize i = 0; i < count; i++)
    {
      PosaCosemValue *item = read_value (self, depth + 1);

      if (item == NULL)
        return NULL;
      posa_cosem_value_append (value, item);
    }
  return g_steal_pointer (&value);
}

static void
shape_free_cb (gpointer data)
{
  Shape *self = data;

  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

static void
shape_free (Shape *self)
{
  if (self != NULL)
    shape_free_cb (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shape, shape_free)

static Shape *
read_shape (Decoder *self, guint depth)
{
  g_autoptr (Shape) shape = g_new0 (Shape, 1);
  guint n_children = 0;

  shape->tag = posa_reader_u8 (self->reader);
  if (shape->tag == POSA_COSEM_ARRAY)
    {
      shape->count = posa_reader_u16_be (self->reader);
      n_children = 1;
    }
  else if (shape->tag == POSA_COSEM_STRUCTURE)
    n_children = posa_reader_u8 (self->reader);
  if (self->reader->failed || depth > MAX_DEPTH || ++self->n_nodes > MAX_NODES)
    {
      give_up (self, "bad type of a compact array");
      return NULL;
    }
  shape->children = g_ptr_array_new_with_free_func (shape_free_cb);
  for (guint i = 0; i < n_children; i++)
    {
      Shape *child = read_shape (self, depth + 1);

      if (child == NULL)
        return NULL;
      g_ptr_array_add (shape->children, child);
    }
  return g_steal_pointer (&shape);
}

static PosaCosemValue *
read_shaped (Decoder *self, const Shape *shape, guint depth)
{
  gboolean is_array = shape->tag == POSA_COSEM_ARRAY;

  if (!is_array && shape->tag != POSA_COSEM_STRUCTURE)
    return read_content (self, shape->tag, depth);
  if (depth > MAX_DEPTH || ++self->n_nodes > MAX_NODES)
    return give_up (self, "too deep or too many elements");

  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_container ((PosaCosemTag) shape->tag);
  guint count = is_array ? shape->count : shape->children->len;
  for (guint i = 0; i < count; i++)
    {
      const Shape *child = g_ptr_array_index (shape->children, is_array ? 0 : i);
      PosaCosemValue *item = read_shaped (self, child, depth + 1);

      if (item == NULL)
        return NULL;
      posa_cosem_value_append (value, item);
    }
  return g_steal_pointer (&value);
}

static PosaCosemValue *
read_compact_array (Decoder *self, guint depth)
{
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
  g_autoptr (Shape) shape = read_shape (self, depth);
  PosaReader *outer = self->reader;

  if (shape == NULL)
    return NULL;
  gsize size = posa_axdr_read_length (outer);
  PosaReader content = posa_reader_sub (outer, size);
  self->reader = &content;
  while (posa_reader_remaining (&content) > 0 && self->fault == NULL)
    {
      gsize before = content.pos;
      PosaCosemValue *item = read_shaped (self, shape, depth + 1);

      if (item != NULL)
        posa_cosem_value_append (value, item);
      if (content.pos == before)
        give_up (self, "compact array of nothing");
    }
  self->reader = outer;
  if (content.failed || self->fault != NULL)
    return give_up (self, "bad contents of a compact array");
  return g_steal_pointer (&value);
}

static PosaCosemValue *
read_content (Decoder *self, guint8 tag, guint depth)
{
  gsize size = fixed_size (tag);

  if (depth > MAX_DEPTH || ++self->n_nodes > MAX_NODES)
    return give_up (self, "too deep or too many elements");
  if (size > 0 && !is_date (tag))
    return read_number (self, tag, size);

  switch (tag)
    {
    case POSA_COSEM_NULL:
    case POSA_COSEM_DONT_CARE:
      return posa_cosem_value_new_integer ((PosaCosemTag) tag, 0);
    case POSA_COSEM_ARRAY:
    case POSA_COSEM_STRUCTURE:
      return read_container (self, tag, depth);
    case POSA_COSEM_COMPACT_ARRAY:
      return read_compact_array (self, depth);
    case POSA_COSEM_BIT_STRING:
    case POSA_COSEM_OCTET_STRING:
    case POSA_COSEM_VISIBLE_STRING:
    case POSA_COSEM_UTF8_STRING:
    case POSA_COSEM_DATE_TIME:
    case POSA_COSEM_DATE:
    case POSA_COSEM_TIME:
      return read_string (self, tag);
    default:
      return give_up (self, "unknown tag");
    }
}

PosaCosemValue *
posa_axdr_read (PosaReader *reader, GError **error)
{
  Decoder decoder = { .reader = reader };
  PosaCosemValue *value = read_value (&decoder, 0);

  if (value == NULL)
    g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                 "COSEM data at byte %" G_GSIZE_FORMAT ": %s", reader->pos, decoder.fault);
  return value;
}

PosaCosemValue *
posa_axdr_decode (const guint8 *data, gsize size, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  PosaCosemValue *value = posa_axdr_read (&reader, error);

  if (value != NULL && posa_reader_remaining (&reader) > 0)
    g_debug ("%" G_GSIZE_FORMAT " bytes behind a COSEM value", posa_reader_remaining (&reader));
  return value;
}

PosaCosemValue *
posa_axdr_decode_partial (const guint8 *data, gsize size)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  Decoder decoder = { .reader = &reader };

  if (posa_reader_u8 (&reader) != POSA_COSEM_ARRAY)
    return NULL;
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
  gsize count = posa_axdr_read_length (&reader);
  for (gsize i = 0; i < count && decoder.fault == NULL; i++)
    {
      PosaCosemValue *item = read_value (&decoder, 1);

      if (item != NULL)
        posa_cosem_value_append (value, item);
    }
  return value->items->len > 0 ? g_steal_pointer (&value) : NULL;
}

void
posa_axdr_write (const PosaCosemValue *value, GByteArray *out)
{
  gsize size = fixed_size ((guint8) value->tag);

  posa_put_u8 (out, (guint8) value->tag);
  if (value->items != NULL)
    {
      posa_axdr_put_length (out, value->items->len);
      for (guint i = 0; i < value->items->len; i++)
        posa_axdr_write (g_ptr_array_index (value->items, i), out);
    }
  else if (value->bytes != NULL)
    {
      if (size == 0)
        posa_axdr_put_length (out, value->tag == POSA_COSEM_BIT_STRING ? (gsize) value->integer
                                                                       : value->bytes->len);
      posa_put_bytes (out, value->bytes->data, value->bytes->len);
    }
  else if (!is_date ((guint8) value->tag))
    for (gsize i = size; i > 0; i--)
      posa_put_u8 (out, (guint8) ((guint64) value->integer >> (8 * (i - 1))));
}
