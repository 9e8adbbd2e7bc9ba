/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>
#include <openssl/evp.h>

G_BEGIN_DECLS

/* ECDSA over P-256 with SHA-256, made unique: the nonce is derived from key and message (RFC 6979)
 * and s is the lower of the two values that verify. So the same report signed twice is the same
 * file, and nobody can turn a signature into a second valid one. */

gboolean posa_ecdsa_is_p256 (EVP_PKEY *key);
/* ECDSA-Sig-Value in DER; NULL and SIGNATURE when the key cannot sign. */
GBytes *posa_ecdsa_sign (EVP_PKEY *key, GBytes *message, GError **error);
/* Whether @signature is DER with the lower s; says nothing about its validity. */
gboolean posa_ecdsa_is_normal (GBytes *signature);

G_END_DECLS
