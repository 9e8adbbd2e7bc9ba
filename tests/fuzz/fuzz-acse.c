/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-initiate.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaAcse) acse = posa_acse_decode (data, size, &error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PosaInitiate initiate;

  posa_initiate_decode (data, size, &initiate, NULL);
  if (acse == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_nonnull (posa_acse_describe (acse));
  posa_acse_encode (acse, bytes);
  g_autoptr (PosaAcse) again = posa_acse_decode (bytes->data, bytes->len, NULL);
  g_assert_nonnull (again);
  g_assert_cmpint (again->kind, ==, acse->kind);
  return 0;
}
