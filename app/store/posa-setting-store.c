/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-setting-store.h"

#include "store/posa-rows.h"

gboolean
posa_setting_store_get (PosaStore *store, const char *key, char **value, GError **error)
{
  g_autoptr (PosaRows)
      rows = posa_rows_query (store, "SELECT value FROM setting WHERE key = ?", "s", key);

  *value = posa_rows_next (rows) ? g_strdup (posa_rows_text (rows, 0)) : NULL;
  return posa_rows_check (rows, error);
}

gboolean
posa_setting_store_set (PosaStore *store, const char *key, const char *value, GError **error)
{
  if (value == NULL)
    return posa_store_run (store, NULL, error, "DELETE FROM setting WHERE key = ?", "s", key);
  return posa_store_run (store, NULL, error,
                         "INSERT INTO setting (key, value) VALUES (?, ?)"
                         " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                         "ss", key, value);
}
