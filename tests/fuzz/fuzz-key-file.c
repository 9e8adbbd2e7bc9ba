/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-key-file.h"

#include "base/posa-error.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static gboolean
has_size (const PosaDlmsKey *key, gsize size, gsize long_size)
{
  return key->size == 0 || key->size == size || key->size == long_size;
}

static gboolean
is_sound (const PosaKeyFile *file)
{
  const PosaMeterKeys *keys = &file->keys;

  return has_size (&keys->encryption, 16, 32) && has_size (&keys->authentication, 16, 32) &&
         has_size (&keys->master, 16, 32) && has_size (&file->dedicated, 16, 32) &&
         has_size (&keys->signing, 32, 48) && has_size (&keys->agreement, 32, 48) &&
         has_size (&keys->peer_signing, 64, 96) && has_size (&keys->peer_agreement, 64, 96) &&
         keys->secret.size <= POSA_DLMS_MAX_KEY_SIZE &&
         (keys->encryption.size == 0) == (keys->authentication.size == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaKeyFile) file = posa_key_file_parse ("fuzz", text, &error);

  g_assert_true (file != NULL ? is_sound (file)
                              : g_error_matches (error, POSA_ERROR, POSA_ERROR_INVALID_DATA));
  return 0;
}
