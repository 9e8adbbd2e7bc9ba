/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-cosem-time.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = posa_axdr_decode (data, size, &error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PosaCosemTime time;
  gint64 us = 0;

  if (value == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  /* A value that was read is written to something that reads as the same value. */
  posa_axdr_write (value, bytes);
  g_autoptr (PosaCosemValue) again = posa_axdr_decode (bytes->data, bytes->len, NULL);
  g_assert_true (posa_cosem_value_equal (value, again));
  if (posa_cosem_time_from_value (value, &time))
    posa_cosem_time_to_utc (&time, &us);
  return 0;
}
