/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>
#include <openssl/x509.h>

G_BEGIN_DECLS

/* Writing the CMS SignedData (RFC 5652) of a PAdES baseline B signature (ETSI EN 319 142-1): one
 * signer, SHA-256, ECDSA P-256, detached, signed attributes exactly content-type, message-digest
 * and signing-certificate-v2. No signing-time: table 1 forbids it, the time is the PDF's /M.
 * There is one encoding only for given arguments; the verifier relies on that. */

#define POSA_SHA256_SIZE 32

/* The SET OF of signed attributes: what the signature covers. */
GBytes *posa_cms_make_attributes (const guint8 *content_sha256, X509 *signer);
/* The whole ContentInfo. @signature: ECDSA-Sig-Value over @attributes. @authority goes along as the
 * second certificate. */
GBytes *posa_cms_encode (GBytes *attributes, X509 *signer, X509 *authority, GBytes *signature);

G_END_DECLS
