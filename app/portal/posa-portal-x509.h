/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)

/* Making X.509 certificates with OpenSSL: version 3, random 127-bit serial, SHA-256. */

typedef struct
{
  const char *common_name, *organization; /* of the subject; @organization may be NULL */
  guint days;
  const char *basic_constraints, *key_usage;          /* as in openssl's x509v3_config */
  const char *extended_key_usage, *alternative_names; /* NULL = none */
} PosaX509Profile;

/* @issuer NULL: self-signed. FAILED. */
X509 *posa_x509_make (const PosaX509Profile *profile,
                      EVP_PKEY *subject_key,
                      X509 *issuer,
                      EVP_PKEY *issuer_key,
                      GError **error);
char *posa_x509_to_pem (X509 *self);
X509 *posa_x509_from_pem (GBytes *pem, const char *what, GError **error); /* DAMAGED */
EVP_PKEY *posa_x509_key_from_pem (GBytes *pem, const char *what, GError **error);
/* The key of a PKCS#10 request that proves its possession; INVALID_DATA. */
EVP_PKEY *posa_x509_key_from_request (const char *csr, GError **error);
/* Whether two requests are for one key. */
gboolean posa_x509_is_same_key (const char *csr, const char *other_csr);
char *posa_x509_dup_serial (X509 *self); /* upper-case hex */

G_END_DECLS
