/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-profile.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaProfile) profile = posa_profile_parse ("fuzz", (const char *) data, size, &error);

  g_assert_true ((profile == NULL) == (error != NULL));
  if (profile != NULL)
    {
      g_auto (GStrv) flags = posa_profile_decode_status (profile, "FFFFFFFF", NULL);
      g_assert_nonnull (flags);
    }
  return 0;
}
