/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-meter-access.h"

#include "flow/posa-store-keyring.h"
#include "meter/posa-file-keyring.h"
#include "model/posa-folder.h"

void
posa_meter_access_clear (PosaMeterAccess *self)
{
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->own_store, posa_store_close);
  g_clear_pointer (&self->context, posa_work_context_free);
}

/* Puts the keys of @file before what keeps the counters. */
static gboolean
use_file (PosaMeterAccess *self,
          const PosaKeyFile *file,
          const PosaMeterPlace *place,
          GError **error)
{
  if (self->keyring == NULL)
    {
      self->own_store = posa_folder_open_store (place->folder, error);
      if (self->own_store == NULL)
        return FALSE;
      self->keyring = posa_store_keyring_new (self->own_store, NULL);
    }
  g_autoptr (PosaKeyring) counters = g_steal_pointer (&self->keyring);
  self->keyring = posa_file_keyring_new (file, place->key_path, counters);
  return TRUE;
}

gboolean
posa_meter_access_open (PosaMeterAccess *self,
                        const PosaMeterPlace *place,
                        gboolean enrolled,
                        GError **error)
{
  g_autoptr (PosaKeyFile) file = NULL;

  if (place->key_path != NULL)
    {
      file = posa_key_file_load (place->key_path, error);
      if (file == NULL)
        return FALSE;
    }
  self->context = posa_work_context_open (place->folder, enrolled ? error : NULL);
  if (self->context == NULL && enrolled)
    return FALSE;
  if (self->context != NULL)
    self->keyring = g_object_ref (posa_work_context_get_keyring (self->context));
  return file == NULL || use_file (self, file, place, error);
}
