/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest secret of a meter: a point of P-384. */
#define POSA_DLMS_MAX_KEY_SIZE 96

/* A key of either kind, or a password; size 0 = there is none. */
typedef struct
{
  guint8 data[POSA_DLMS_MAX_KEY_SIZE];
  gsize size;
} PosaDlmsKey;

/* What one end of an association with a meter holds (IEC 62056-5-3 clause 9.2.3). The symmetric
 * keys have 16 bytes, in suite 2 32; private keys 32 in suite 1 and 48 in suite 2, public keys (x
 * and y) twice that. Never logged, zeroed after use. */
typedef struct
{
  PosaDlmsKey encryption;     /* EK, global unicast encryption key */
  PosaDlmsKey authentication; /* AK */
  PosaDlmsKey master;         /* KEK, wraps others */
  PosaDlmsKey secret;         /* LLS password, or what HLS 2, 3, 4 and 6 share */
  PosaDlmsKey signing;        /* our private key for ECDSA */
  PosaDlmsKey agreement;      /* our private key for ECDH */
  PosaDlmsKey peer_signing;   /* public keys of the other end */
  PosaDlmsKey peer_agreement;
} PosaMeterKeys;

/* FALSE when @size is more than a key can have. */
gboolean posa_dlms_key_set (PosaDlmsKey *self, const guint8 *data, gsize size);
void posa_dlms_key_clear (PosaDlmsKey *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaDlmsKey, posa_dlms_key_clear)

void posa_meter_keys_clear (PosaMeterKeys *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PosaMeterKeys, posa_meter_keys_clear)

G_END_DECLS
