/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-iec-check.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/codec/posa-iec-time.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
try_sets (GPtrArray *sets)
{
  for (guint i = 0; i < sets->len; i++)
    {
      const PosaIecDataSet *set = g_ptr_array_index (sets, i);
      g_autoptr (GError) error = NULL;
      gint64 value, resolution;
      /* The first set of an address and index is found under its own address. */
      g_assert_nonnull (posa_iec_data_find (sets, set->address, set->index));
      if (posa_iec_data_get_number (set, "kWh", &value, &resolution, &error))
        g_assert_true (value >= 0 && resolution >= 1);
      else
        g_assert_nonnull (error);
      posa_iec_time_parse ("YYMMDD Zhhmmss", set->value, NULL);
    }
}

/* A text agrees with itself; with what, beyond that, is for the table tests. */
static void
try_agreement (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *half = g_strndup (text, strlen (text) / 2);

  posa_iec_check_readout (text, NULL);
  g_assert_true (posa_iec_check_agree (text, text));
  posa_iec_check_agree (text, half);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  PosaIecIdentification identification;
  PosaIecMessage message;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sets = posa_iec_data_parse (data, size, NULL);

  posa_iec_identification_scan (data, size, &identification, &error);
  if (posa_iec_message_scan (data, size, &message) != POSA_IEC_INCOMPLETE &&
      message.content != NULL)
    g_assert_true (message.content >= data && message.content + message.size <= data + size);
  if (sets != NULL)
    try_sets (sets);
  try_agreement (data, size);
  return 0;
}
