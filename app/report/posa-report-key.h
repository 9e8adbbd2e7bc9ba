/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "report/posa-certificate.h"
#include "report/posa-report.h"

G_BEGIN_DECLS

/* How a device gets a key (enrolment), and what signing needs of a loaded one. Keys are PKCS#8 in
 * PEM without a passphrase; whoever stores one uses mode 0600. Blocking, any thread. */

/* A new EC P-256 key; PEM. */
GBytes *posa_key_generate (GError **error);
/* PKCS#10 request (RFC 2986) in PEM: subject CN = @device_id, O = @contractor, no extensions (the
 * authority decides what the certificate is for). */
GBytes *posa_key_make_request (GBytes *key_pem,
                               const char *device_id,
                               const char *contractor,
                               GError **error);
/* Both in one: writes the key to @key_path (0600, atomically) and returns the request. An existing
 * file is replaced. */
GBytes *posa_key_create (const char *key_path,
                         const char *device_id,
                         const char *contractor,
                         GError **error);

const char *posa_report_key_get_device_id (PosaReportKey *self);  /* borrowed: the subject's CN */
const char *posa_report_key_get_contractor (PosaReportKey *self); /* borrowed, may be NULL */
X509 *posa_report_key_peek_certificate (PosaReportKey *self);
X509 *posa_report_key_peek_authority (PosaReportKey *self);
GBytes *posa_report_key_sign (PosaReportKey *self, GBytes *message, GError **error);

G_END_DECLS
