/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-meter-keys.h"

#include <openssl/crypto.h>
#include <string.h>

gboolean
posa_dlms_key_set (PosaDlmsKey *self, const guint8 *data, gsize size)
{
  posa_dlms_key_clear (self);
  if (size > sizeof self->data)
    return FALSE;
  memcpy (self->data, data, size);
  self->size = size;
  return TRUE;
}

void
posa_dlms_key_clear (PosaDlmsKey *self)
{
  OPENSSL_cleanse (self, sizeof *self);
}

void
posa_meter_keys_clear (PosaMeterKeys *self)
{
  OPENSSL_cleanse (self, sizeof *self);
}
