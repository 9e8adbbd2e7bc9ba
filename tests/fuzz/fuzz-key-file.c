/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-key-file.h"

#include "base/posa-error.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
assert_size (const PosaDlmsKey *key, gsize size, gsize long_size)
{
  g_assert_true (key->size == 0 || key->size == size || key->size == long_size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaKeyFile) file = posa_key_file_parse ("fuzz", text, &error);

  if (file == NULL)
    {
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      g_assert_true (g_str_has_prefix (error->message, "fuzz"));
      return 0;
    }
  assert_size (&file->keys.encryption, 16, 32);
  assert_size (&file->keys.authentication, 16, 32);
  assert_size (&file->keys.master, 16, 32);
  assert_size (&file->dedicated, 16, 32);
  assert_size (&file->keys.signing, 32, 48);
  assert_size (&file->keys.agreement, 32, 48);
  assert_size (&file->keys.peer_signing, 64, 96);
  assert_size (&file->keys.peer_agreement, 64, 96);
  g_assert_true ((file->keys.encryption.size == 0) == (file->keys.authentication.size == 0));
  g_assert_cmpuint (file->keys.secret.size, <=, POSA_DLMS_MAX_KEY_SIZE);
  return 0;
}
