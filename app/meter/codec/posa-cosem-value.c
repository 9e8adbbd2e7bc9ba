/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-cosem-value.h"

#include <string.h>

#include "base/posa-cursor.h"

static PosaCosemValue *
value_new (PosaCosemTag tag)
{
  PosaCosemValue *self = g_new0 (PosaCosemValue, 1);

  self->tag = tag;
  return self;
}

static void
item_free_cb (gpointer item)
{
  posa_cosem_value_free (item);
}

PosaCosemValue *
posa_cosem_value_new_null (void)
{
  return value_new (POSA_COSEM_NULL);
}

PosaCosemValue *
posa_cosem_value_new_integer (PosaCosemTag tag, gint64 integer)
{
  PosaCosemValue *self = value_new (tag);

  self->integer = integer;
  return self;
}

PosaCosemValue *
posa_cosem_value_new_bytes (PosaCosemTag tag, const void *data, gsize size)
{
  PosaCosemValue *self = value_new (tag);

  self->bytes = g_byte_array_new ();
  if (size > 0)
    posa_put_bytes (self->bytes, data, size);
  return self;
}

PosaCosemValue *
posa_cosem_value_new_text (const char *text)
{
  return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, text, strlen (text));
}

PosaCosemValue *
posa_cosem_value_new_container (PosaCosemTag tag)
{
  PosaCosemValue *self = value_new (tag);

  self->items = g_ptr_array_new_with_free_func (item_free_cb);
  return self;
}

PosaCosemValue *
posa_cosem_value_new_bits (const guint8 *data, guint n_bits)
{
  PosaCosemValue *self =
      posa_cosem_value_new_bytes (POSA_COSEM_BIT_STRING, data, ((gsize) n_bits + 7) / 8);

  self->integer = n_bits;
  return self;
}

PosaCosemValue *
posa_cosem_value_copy (const PosaCosemValue *self)
{
  PosaCosemValue *copy = value_new (self->tag);

  copy->integer = self->integer;
  if (self->bytes != NULL)
    {
      copy->bytes = g_byte_array_new ();
      posa_put_bytes (copy->bytes, self->bytes->data, self->bytes->len);
    }
  if (self->items != NULL)
    {
      copy->items = g_ptr_array_new_with_free_func (item_free_cb);
      for (guint i = 0; i < self->items->len; i++)
        g_ptr_array_add (copy->items, posa_cosem_value_copy (g_ptr_array_index (self->items, i)));
    }
  return copy;
}

void
posa_cosem_value_free (PosaCosemValue *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self);
}

void
posa_cosem_value_append (PosaCosemValue *self, PosaCosemValue *item)
{
  g_return_if_fail (self->items != NULL);
  g_ptr_array_add (self->items, item);
}

static gboolean
bytes_equal (const GByteArray *x, const GByteArray *y)
{
  if (x == NULL || y == NULL)
    return x == y;
  return x->len == y->len && (x->len == 0 || memcmp (x->data, y->data, x->len) == 0);
}

gboolean
posa_cosem_value_equal (const PosaCosemValue *x, const PosaCosemValue *y)
{
  if (x == NULL || y == NULL)
    return x == y;
  if (x->tag != y->tag || x->integer != y->integer || !bytes_equal (x->bytes, y->bytes) ||
      posa_cosem_value_get_n_items (x) != posa_cosem_value_get_n_items (y))
    return FALSE;
  for (guint i = 0; i < posa_cosem_value_get_n_items (x); i++)
    if (!posa_cosem_value_equal (posa_cosem_value_get_item (x, i),
                                 posa_cosem_value_get_item (y, i)))
      return FALSE;
  return TRUE;
}

guint
posa_cosem_value_get_n_items (const PosaCosemValue *self)
{
  return self != NULL && self->items != NULL ? self->items->len : 0;
}

const PosaCosemValue *
posa_cosem_value_get_item (const PosaCosemValue *self, guint i)
{
  return i < posa_cosem_value_get_n_items (self) ? g_ptr_array_index (self->items, i) : NULL;
}

static gboolean
is_integer (PosaCosemTag tag)
{
  switch (tag)
    {
    case POSA_COSEM_BOOLEAN:
    case POSA_COSEM_INT32:
    case POSA_COSEM_UINT32:
    case POSA_COSEM_BCD:
    case POSA_COSEM_INT8:
    case POSA_COSEM_INT16:
    case POSA_COSEM_UINT8:
    case POSA_COSEM_UINT16:
    case POSA_COSEM_INT64:
    case POSA_COSEM_UINT64:
    case POSA_COSEM_ENUM:
    case POSA_COSEM_DELTA_INT8:
    case POSA_COSEM_DELTA_INT16:
    case POSA_COSEM_DELTA_INT32:
    case POSA_COSEM_DELTA_UINT8:
    case POSA_COSEM_DELTA_UINT16:
    case POSA_COSEM_DELTA_UINT32:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
posa_cosem_value_get_integer (const PosaCosemValue *self, gint64 *out)
{
  if (self == NULL || !is_integer (self->tag))
    return FALSE;
  /* An unsigned value beyond 2^63 has no place in a register of energy. */
  if (self->tag == POSA_COSEM_UINT64 && self->integer < 0)
    return FALSE;
  *out = self->integer;
  return TRUE;
}

const guint8 *
posa_cosem_value_get_bytes (const PosaCosemValue *self, gsize *size)
{
  *size = 0;
  if (self == NULL || self->bytes == NULL)
    return NULL;
  *size = self->bytes->len;
  return self->bytes->len > 0 ? self->bytes->data : (const guint8 *) "";
}

char *
posa_cosem_value_dup_text (const PosaCosemValue *self)
{
  gsize size = 0;
  const guint8 *data = posa_cosem_value_get_bytes (self, &size);

  if (data == NULL)
    return NULL;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isprint ((char) data[i]))
      return NULL;
  return g_strndup ((const char *) data, size);
}
