/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)

/* What Posa demands of a report certificate, in one place for signing and for verifying:
 * EC P-256, issued directly by the enrolment authority, key usage contentCommitment (RFC 5280
 * 4.2.1.3, "nonRepudiation") and neither digitalSignature nor any extended usage, so that a TLS
 * certificate of the same device is refused; no authority itself; CN = device id, O = contractor.
 */

/* Certificates of a PEM text (X509, at least one); INVALID_DATA names @what. */
GPtrArray *posa_certificates_from_pem (GBytes *pem, const char *what, GError **error);
EVP_PKEY *posa_private_key_from_pem (GBytes *pem, const char *what, GError **error);

/* The rules above. @authorities: X509, the only trust anchors. SIGNATURE says what is wrong. */
gboolean posa_certificate_check (X509 *self, GPtrArray *authorities, GError **error);
/* Whether @at_us lies within notBefore and notAfter; SIGNATURE otherwise. */
gboolean posa_certificate_check_time (X509 *self, gint64 at_us, GError **error);

char *posa_certificate_dup_common_name (X509 *self);  /* NULL when there is none; free */
char *posa_certificate_dup_organization (X509 *self); /* NULL when there is none; free */
char *posa_certificate_dup_serial (X509 *self);       /* upper-case hex; free */

G_END_DECLS
