/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-replacement-report.h"

G_BEGIN_DECLS

/* The signed replacement report: one PDF (trust.md 1): page by cairo/pango, report.json as
 * associated file, PAdES baseline B signature, certified (DocMDP 1). */

/* A report key of this device with its certificate; see posa-report-key.h for how it is made. */
typedef struct _PosaReportKey PosaReportKey;

/* From PEM files: @key_path (EC P-256, 0600), @certificate_path (leaf), @ca_path (enrolment CA). */
PosaReportKey *posa_report_key_load (const char *key_path,
                                     const char *certificate_path,
                                     const char *ca_path,
                                     GError **error);
void posa_report_key_free (PosaReportKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaReportKey, posa_report_key_free)

/* Renders and signs. @signed_us is the claimed time (/M). Blocking, any thread. */
GBytes *posa_report_produce (const PosaReplacementReport *report,
                             PosaReportKey *key,
                             gint64 signed_us,
                             GError **error);

/* How far the pages were compared with report.json, which is what the signature proves in any case:
 * they are drawn again from it. */
typedef enum
{
  POSA_REPORT_PAGES_NOT_COMPARED, /* not possible here: other program version, or page breaks */
  POSA_REPORT_PAGES_SAME_TEXT,    /* the same words; this machine's fonts are others */
  POSA_REPORT_PAGES_SAME_BYTES    /* the same to the last byte */
} PosaReportPages;

/* What a verification found; strings owned. */
typedef struct
{
  char *signer_common_name; /* of the certificate's subject: device id */
  char *signer_organization;
  char *certificate_serial; /* upper-case hex */
  gint64 signed_us;         /* claimed */
  char *sha256;             /* of the whole file, lower-case hex */
  PosaReportPages pages;
  PosaReplacementReport *report;
} PosaReportVerdict;

void posa_report_verdict_free (PosaReportVerdict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaReportVerdict, posa_report_verdict_free)

/* Verifies a file against the enrolment CA (PEM bytes) by the rules of trust.md 1.5. NULL and
 * SIGNATURE (message names the rule that failed) for anything but an untouched report of an
 * enrolled device. */
PosaReportVerdict *posa_report_verify (GBytes *pdf, GBytes *ca_pem, GError **error);

G_END_DECLS
