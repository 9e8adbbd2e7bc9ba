/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-settings.h"

#include "model/posa-folder.h"
#include "store/posa-setting-store.h"

struct _PosaSettings
{
  GHashTable *values; /* key -> value */
};

PosaSettings *
posa_settings_new (void)
{
  PosaSettings *self = g_new0 (PosaSettings, 1);

  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
posa_settings_free (PosaSettings *self)
{
  g_hash_table_unref (self->values);
  g_free (self);
}

gboolean
posa_settings_load (PosaSettings *self,
                    PosaStore *store,
                    const char *const *keys,
                    guint n_keys,
                    GError **error)
{
  for (guint i = 0; i < n_keys; i++)
    {
      char *value = NULL;
      if (!posa_setting_store_get (store, keys[i], &value, error))
        return FALSE;
      g_hash_table_replace (self->values, g_strdup (keys[i]),
                            value != NULL ? value : g_strdup (""));
    }
  return TRUE;
}

const char *
posa_settings_get (PosaSettings *self, const char *key)
{
  const char *value = g_hash_table_lookup (self->values, key);

  return value != NULL ? value : "";
}

typedef struct
{
  char *folder, *key, *value;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->folder);
  g_free (change->key);
  g_free (change->value);
  g_free (change);
}

static gpointer
write_change (gpointer data, PosaOperation *operation, GError **error)
{
  Change *change = data;
  g_autofree char *path = g_build_filename (change->folder, POSA_FOLDER_DATABASE, NULL);
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, error);

  if (store != NULL)
    posa_setting_store_set (store, change->key, change->value, error);
  return NULL;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  posa_worker_finish (POSA_WORKER (source), result, &error);
  if (error != NULL)
    g_warning ("a setting was not saved: %s", error->message);
}

gboolean
posa_settings_set (PosaSettings *self,
                   PosaWorker *worker,
                   const char *folder,
                   const char *key,
                   const char *value)
{
  if (g_str_equal (posa_settings_get (self, key), value))
    return FALSE;
  g_hash_table_replace (self->values, g_strdup (key), g_strdup (value));
  Change *change = g_new (Change, 1);
  *change = (Change) { g_strdup (folder), g_strdup (key), g_strdup (value) };
  posa_worker_push (worker, NULL, write_change, change, change_free, NULL, written_cb, NULL);
  return TRUE;
}
