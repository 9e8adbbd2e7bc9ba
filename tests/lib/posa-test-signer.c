/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-signer.h"

#include <glib/gstdio.h>

#include "base/posa-file.h"

#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

char *
posa_test_signer_path (PosaTestSigner *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

GBytes *
posa_test_signer_read (PosaTestSigner *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = posa_test_signer_path (self, name);
  GBytes *content = posa_file_read (path, 16 * 1024 * 1024, &error);

  g_assert_no_error (error);
  return content;
}

void
posa_test_signer_write (PosaTestSigner *self, const char *name, GBytes *content)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = posa_test_signer_path (self, name);

  posa_file_write (path, content, 0600, &error);
  g_assert_no_error (error);
}

PosaTestSigner *
posa_test_signer_new (void)
{
  g_autoptr (GError) error = NULL;
  PosaTestSigner *self = g_new0 (PosaTestSigner, 1);

  self->folder = g_dir_make_tmp ("posa-report-XXXXXX", &error);
  g_assert_no_error (error);
  self->ca = posa_test_ca_new ("Posa test authority");
  g_autofree char *ca_path = posa_test_signer_path (self, "ca.pem");
  g_autofree char *key_path = posa_test_signer_path (self, "device.key");
  g_autofree char *certificate_path = posa_test_signer_path (self, "device.crt");
  posa_test_ca_write (self->ca, ca_path);
  posa_test_ca_issue (self->ca, self->folder, "device", POSA_TEST_USAGE_REPORT, POSA_TEST_DEVICE,
                      POSA_TEST_CONTRACTOR, POSA_TEST_TIME_US - DAY_US, 30);
  self->key = posa_report_key_load (key_path, certificate_path, ca_path, &error);
  g_assert_no_error (error);
  return self;
}

void
posa_test_signer_free (PosaTestSigner *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = posa_test_signer_path (self, name);
      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  posa_test_ca_free (self->ca);
  posa_report_key_free (self->key);
  g_free (self);
}

GBytes *
posa_test_signer_produce (PosaTestSigner *self, PosaMeterKind kind, const char *locale)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (kind, locale);
  GBytes *pdf = posa_report_produce (report, self->key, POSA_TEST_TIME_US, &error);

  g_assert_no_error (error);
  return pdf;
}

PosaReportVerdict *
posa_test_signer_verify (PosaTestSigner *self, GBytes *pdf, GError **error)
{
  return posa_report_verify (pdf, posa_test_ca_get_pem (self->ca), error);
}
