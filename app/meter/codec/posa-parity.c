/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-parity.h"

guint8
posa_parity_encode (guint8 character)
{
  guint8 bits = character & 0x7F;

  return (guint8) (bits | ((__builtin_popcount (bits) & 1) << 7));
}

guint8
posa_parity_decode (guint8 byte)
{
  return (__builtin_popcount (byte) & 1) != 0 ? 0 : byte & 0x7F;
}
