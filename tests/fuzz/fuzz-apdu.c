/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-apdu.h"
#include "meter/codec/posa-gbt.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_block (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PosaGbt block, again;

  if (!posa_gbt_decode (data, size, &block, NULL))
    return;
  posa_gbt_encode (&block, bytes);
  g_assert_true (posa_gbt_decode (bytes->data, bytes->len, &again, NULL));
  g_assert_cmpuint (again.number, ==, block.number);
  g_assert_cmpmem (again.data, again.size, block.data, block.size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaApdu) apdu = posa_apdu_decode (data, size, &error);
  g_autoptr (PosaApdu)
      list = posa_apdu_decode_body (POSA_APDU_GET_LIST_RESPONSE, 0, data, size, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  check_block (data, size);
  if (list != NULL)
    g_assert_cmpint (list->kind, ==, POSA_APDU_GET_LIST_RESPONSE);
  if (apdu == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  posa_apdu_encode (apdu, bytes);
  g_autoptr (PosaApdu) again = posa_apdu_decode (bytes->data, bytes->len, NULL);
  g_assert_nonnull (again);
  g_assert_cmpint (again->kind, ==, apdu->kind);
  g_assert_cmpuint (again->items->len, ==, apdu->items->len);
  return 0;
}
