/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Short texts typed by people or sent by meters: OBIS codes, PODs, meter kinds. */

#include "domain/posa-meter-kind.h"
#include "domain/posa-obis.h"
#include "domain/posa-pod.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *control = NULL;
  g_autofree char *pod = posa_pod_parse (text, &control, NULL);
  PosaMeterKind kind;
  PosaObis obis, again;

  if (pod != NULL)
    {
      g_autofree char *twice = posa_pod_parse (pod, NULL, NULL);

      g_assert_cmpuint (strlen (pod), ==, 14);
      g_assert_cmpstr (pod, ==, twice);
    }
  posa_pod_matches_customer_number (text, "123456789");
  posa_pod_matches_customer_number ("IT001E12345678", text);
  if (posa_meter_kind_from_string (text, &kind))
    g_assert_cmpstr (posa_meter_kind_to_string (kind), ==, text);
  if (posa_obis_parse (text, &obis))
    {
      g_autofree char *form = posa_obis_format (obis);

      g_assert_true (posa_obis_parse (form, &again));
      g_assert_true (posa_obis_equal (obis, again));
    }
  return 0;
}
