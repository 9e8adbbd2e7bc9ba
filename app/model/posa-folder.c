/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-folder.h"

#include "base/posa-error.h"

#include <glib/gstdio.h>

PosaStore *
posa_folder_open_store (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, POSA_FOLDER_DATABASE, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;
      g_set_error (error, POSA_ERROR, code == ENOSPC ? POSA_ERROR_DISK_FULL : POSA_ERROR_FAILED,
                   "the data folder %s cannot be made: %s", folder, g_strerror (code));
      return NULL;
    }
  return posa_store_open (path, POSA_STORE_READ_WRITE, error);
}
