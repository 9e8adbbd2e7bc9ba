/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-keys.h"

#include <string.h>

#include "base/posa-error.h"

#define METHOD_TRANSFER 2

/* key_id of global_key_transfer */
enum
{
  KEY_ENCRYPTION = 0,
  KEY_AUTHENTICATION = 2
};

static PosaCosemValue *
wrap_entry (int id, const PosaDlmsKey *kek, const PosaDlmsKey *key, GError **error)
{
  g_autoptr (GByteArray) wrapped = g_byte_array_new ();

  if (!posa_dlms_wrap_key (kek, key, wrapped, error))
    return NULL;
  PosaCosemValue *entry = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);
  posa_cosem_value_append (entry, posa_cosem_value_new_integer (POSA_COSEM_ENUM, id));
  posa_cosem_value_append (entry, posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING,
                                                              wrapped->data, wrapped->len));
  return entry;
}

gboolean
posa_dlms_keys_transfer (PosaDlmsClient *client,
                         PosaObis obis,
                         const PosaMeterKeys *next,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (PosaCosemValue) array = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
  PosaCosemValue *encryption = wrap_entry (KEY_ENCRYPTION, &next->master, &next->encryption, error);

  if (encryption == NULL)
    return FALSE;
  posa_cosem_value_append (array, encryption);
  PosaCosemValue *authentication =
      wrap_entry (KEY_AUTHENTICATION, &next->master, &next->authentication, error);
  if (authentication == NULL)
    return FALSE;
  posa_cosem_value_append (array, authentication);
  return posa_dlms_client_act (client,
                               POSA_COSEM_TARGET (POSA_DLMS_CLASS_SECURITY, obis, METHOD_TRANSFER),
                               array, NULL, cancellable, error);
}

static gboolean
check_suite (PosaDlmsClient *client,
             PosaObis obis,
             gsize key_size,
             GCancellable *cancellable,
             GError **error)
{
  const PosaCosemTarget target = POSA_COSEM_TARGET (POSA_DLMS_CLASS_SECURITY, obis, 3);
  g_autoptr (PosaCosemValue) value = posa_dlms_client_get (client, target, cancellable, error);
  gint64 suite = -1;

  if (value == NULL)
    return FALSE;
  posa_cosem_value_get_integer (value, &suite);
  if (suite >= 0 && suite < POSA_DLMS_N_SUITES &&
      posa_dlms_suite_get_key_size ((PosaDlmsSuite) suite) == key_size)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
               "keys of %" G_GSIZE_FORMAT " bytes are none for security suite %" G_GINT64_FORMAT
               " of the meter",
               key_size, suite);
  return FALSE;
}

static gboolean
same_key (const PosaDlmsKey *x, const PosaDlmsKey *y)
{
  return x->size == y->size && memcmp (x->data, y->data, x->size) == 0;
}

gboolean
posa_dlms_keys_check (PosaDlmsClient *client,
                      PosaObis obis,
                      const PosaMeterKeys *present,
                      const PosaMeterKeys *next,
                      GCancellable *cancellable,
                      GError **error)
{
  const char *fault = NULL;

  if (next->encryption.size == 0 || next->authentication.size != next->encryption.size ||
      next->master.size != next->encryption.size)
    fault = "a new encryption key, a new authentication key and the master key are needed, all of "
            "the same size";
  else if (same_key (&next->encryption, &present->encryption))
    fault = "the new encryption key is the one that the meter has";
  else if (same_key (&next->encryption, &next->authentication))
    fault = "encryption key and authentication key must differ";
  if (fault == NULL)
    return check_suite (client, obis, next->encryption.size, cancellable, error);
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE, fault);
  return FALSE;
}
