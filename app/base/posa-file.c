/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-file.h"

#include "base/posa-error.h"

GBytes *
posa_file_read (const char *path, gsize limit, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo)
      info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL, error);
  char *content = NULL;
  gsize size = 0;

  if (info != NULL && (guint64) g_file_info_get_size (info) > limit)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "%s: larger than %" G_GSIZE_FORMAT " bytes", path, limit);
      return NULL;
    }
  if (info == NULL || !g_file_get_contents (path, &content, &size, error))
    {
      posa_error_convert (error, POSA_ERROR_FAILED);
      return NULL;
    }
  return g_bytes_new_take (content, size);
}

gboolean
posa_file_write (const char *path, GBytes *content, int mode, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (content, &size);

  if (g_file_set_contents_full (path, data != NULL ? data : "", (gssize) size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode,
                                error))
    return TRUE;
  posa_error_convert (error, POSA_ERROR_FAILED);
  return FALSE;
}
