/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "posa-test-ca.h"
#include "posa-test-report.h"
#include "report/posa-report.h"

G_BEGIN_DECLS

/* An enrolled device in a temporary folder: authority (ca.pem), report key and certificate
 * (device.key, device.crt). Removed with it. */
typedef struct
{
  char *folder;
  PosaTestCa *ca;
  PosaReportKey *key;
} PosaTestSigner;

PosaTestSigner *posa_test_signer_new (void);
void posa_test_signer_free (PosaTestSigner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTestSigner, posa_test_signer_free)

char *posa_test_signer_path (PosaTestSigner *self, const char *name);
GBytes *posa_test_signer_read (PosaTestSigner *self, const char *name);
void posa_test_signer_write (PosaTestSigner *self, const char *name, GBytes *content);
/* A signed report as posa_test_report_new() describes it. */
GBytes *posa_test_signer_produce (PosaTestSigner *self, PosaMeterKind kind, const char *locale);
/* Verifies against the authority; any error is the caller's to judge. */
PosaReportVerdict *posa_test_signer_verify (PosaTestSigner *self, GBytes *pdf, GError **error);

G_END_DECLS
