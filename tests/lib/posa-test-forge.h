/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "posa-test-signer.h"

#include "report/posa-certificate.h"

G_BEGIN_DECLS

/* The tools of somebody who wants a false report to pass. */

/* A signer without our scruples: FOLDER/NAME.key and .crt, whatever they are for. */
typedef struct
{
  EVP_PKEY *key;
  X509 *certificate;
  X509 *authority;
} PosaTestForger;

PosaTestForger *
posa_test_forger_new (PosaTestSigner *signer, const char *name, GBytes *authority_pem);
void posa_test_forger_free (PosaTestForger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTestForger, posa_test_forger_free)

/* The bytes that a report would have before it is signed. @json NULL: the report's own. @pages
 * NULL: drawn from @report. */
GBytes *posa_test_forge_unsigned (const PosaReplacementReport *report,
                                  GBytes *pages,
                                  GBytes *json,
                                  gint64 signed_us);
/* Signs with our encoding. @shown: the certificate that goes into the CMS, NULL for the signer's.
 */
GBytes *posa_test_forge_sign (PosaTestForger *self, GBytes *empty, X509 *shown, gboolean high_s);
/* Puts any CMS into the room of @pdf. */
GBytes *posa_test_forge_fill (GBytes *pdf, GBytes *cms);

/* @pdf with the first @from replaced by @to, which must be as long; fails the test if absent. */
GBytes *posa_test_forge_replace (GBytes *pdf, const char *from, const char *to);
GBytes *posa_test_forge_append (GBytes *pdf, const char *text);
GBytes *posa_test_forge_flip (GBytes *pdf, gsize at, guint8 mask);
/* Offset of the first @text behind @from; fails the test when absent. */
gsize posa_test_forge_find (GBytes *pdf, const char *text, gsize from);

G_END_DECLS
