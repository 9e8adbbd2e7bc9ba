/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-translate.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static PosaKeyFile *
make_keys (void)
{
  return posa_key_file_parse ("keys",
                              "ek 000102030405060708090A0B0C0D0E0F\n"
                              "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n"
                              "client_title 4D4D4D0000BC614E\n"
                              "server_title 4142434445464748\n",
                              NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaKeyFile) keys = make_keys ();
  g_autoptr (PosaTree) tree = posa_translate ((const char *) data, size, keys, &error);

  g_assert_nonnull (keys);
  g_assert_true ((tree == NULL) == (error != NULL));
  if (tree == NULL)
    return 0;
  g_autofree char *text = posa_tree_to_text (tree);
  g_autofree char *json = posa_tree_to_json (tree);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_nonnull (json);
  return 0;
}
