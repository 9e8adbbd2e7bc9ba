/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-der.h"

#include <string.h>

#include "base/posa-cursor.h"

static void
put_length (GByteArray *out, gsize size)
{
  guint n_bytes = 0;

  if (size < 0x80)
    {
      posa_put_u8 (out, (guint8) size);
      return;
    }
  for (gsize rest = size; rest > 0; rest >>= 8)
    n_bytes++;
  posa_put_u8 (out, (guint8) (0x80 | n_bytes));
  for (guint i = n_bytes; i > 0; i--)
    posa_put_u8 (out, (guint8) (size >> (8 * (i - 1))));
}

void
posa_der_put (GByteArray *out, guint8 tag, const void *content, gsize size)
{
  posa_put_u8 (out, tag);
  put_length (out, size);
  posa_put_bytes (out, content, size);
}

void
posa_der_put_array (GByteArray *out, guint8 tag, GByteArray *content)
{
  posa_der_put (out, tag, content->data, content->len);
  g_byte_array_unref (content);
}

static int
compare_elements_cb (gconstpointer a, gconstpointer b)
{
  const GByteArray *x = *(GByteArray *const *) a;
  const GByteArray *y = *(GByteArray *const *) b;
  int order = memcmp (x->data, y->data, MIN (x->len, y->len));

  return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

void
posa_der_put_set_of (GByteArray *out, guint8 tag, GPtrArray *elements)
{
  GByteArray *content = g_byte_array_new ();

  g_ptr_array_sort (elements, compare_elements_cb);
  for (guint i = 0; i < elements->len; i++)
    {
      GByteArray *element = g_ptr_array_index (elements, i);
      posa_put_bytes (content, element->data, element->len);
    }
  posa_der_put_array (out, tag, content);
  g_ptr_array_unref (elements);
}
