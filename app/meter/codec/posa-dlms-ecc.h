/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-dlms-cipher.h"

G_BEGIN_DECLS

/* The asymmetric half of suites 1 (P-256, SHA-256) and 2 (P-384, SHA-384) of IEC 62056-5-3 clause
 * 9.2.3.4: ECDSA, and ECDH with the concatenation KDF of NIST SP 800-56A. Pure. A public key is x
 * and y, a signature r and s, each of them as long as a private key. */

/* Bytes of a private key; 0 in suite 0, which has none. */
gsize posa_dlms_ecc_get_size (PosaDlmsSuite suite);

/* A pair for one use. */
gboolean posa_dlms_ecc_generate (PosaDlmsSuite suite,
                                 PosaDlmsKey *private_key,
                                 PosaDlmsKey *public_key,
                                 GError **error);
/* KEY_MISSING when @private_key is none of this suite. */
gboolean posa_dlms_ecc_get_public (PosaDlmsSuite suite,
                                   const PosaDlmsKey *private_key,
                                   PosaDlmsKey *public_key,
                                   GError **error);

/* Appends the signature. KEY_MISSING. */
gboolean posa_dlms_ecc_sign (PosaDlmsSuite suite,
                             const PosaDlmsKey *private_key,
                             const guint8 *data,
                             gsize size,
                             GByteArray *out,
                             GError **error);
/* FALSE also when @public_key is none of this suite. */
gboolean posa_dlms_ecc_verify (PosaDlmsSuite suite,
                               const PosaDlmsKey *public_key,
                               const guint8 *data,
                               gsize size,
                               const guint8 *signature,
                               gsize signature_size);

/* The encryption key that follows from a shared secret; @originator and @recipient are titles. */
gboolean posa_dlms_ecc_derive (PosaDlmsSuite suite,
                               const guint8 *secret,
                               const guint8 *originator,
                               const guint8 *recipient,
                               PosaDlmsKey *key,
                               GError **error);
/* ECDH and derivation. KEY_MISSING when a key is none of this suite. */
gboolean posa_dlms_ecc_agree (PosaDlmsSuite suite,
                              const PosaDlmsKey *private_key,
                              const PosaDlmsKey *public_key,
                              const guint8 *originator,
                              const guint8 *recipient,
                              PosaDlmsKey *key,
                              GError **error);

G_END_DECLS
