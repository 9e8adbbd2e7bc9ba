/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-capture-tool.h"

#include "meter/translate/posa-translate.h"

char *
posa_capture_tool_translate (const char *text,
                             gsize size,
                             const char *key_path,
                             gboolean as_json,
                             gboolean *whole,
                             GError **error)
{
  g_autoptr (PosaKeyFile) keys = key_path != NULL ? posa_key_file_load (key_path, error) : NULL;

  if (key_path != NULL && keys == NULL)
    return NULL;
  g_autoptr (PosaTree) tree = posa_translate (text, size, keys, error);
  if (tree == NULL)
    return NULL;
  *whole = !posa_tree_is_faulty (tree);
  return as_json ? posa_tree_to_json (tree) : posa_tree_to_text (tree);
}
