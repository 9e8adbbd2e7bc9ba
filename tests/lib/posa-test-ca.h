/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A certificate authority for tests, in memory. What it issues it writes as PEM files, where the
 * code under test reads them. Any failure ends the test. */
typedef struct _PosaTestCa PosaTestCa;

typedef enum
{
  POSA_TEST_USAGE_REPORT, /* contentCommitment alone */
  POSA_TEST_USAGE_TLS,    /* digitalSignature and clientAuth */
  POSA_TEST_USAGE_BOTH,   /* contentCommitment and digitalSignature: what nobody should issue */
  POSA_TEST_USAGE_CA      /* an authority below this one */
} PosaTestUsage;

/* Two authorities of the same @name are rogue to each other: same subject, another key. */
PosaTestCa *posa_test_ca_new (const char *name);
void posa_test_ca_free (PosaTestCa *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTestCa, posa_test_ca_free)

GBytes *posa_test_ca_get_pem (PosaTestCa *self); /* borrowed */
GBytes *posa_test_ca_dup_key_pem (PosaTestCa *self);
void posa_test_ca_write (PosaTestCa *self, const char *path);
/* An authority whose key and certificate @path.key and @path.crt hold. */
PosaTestCa *posa_test_ca_open (const char *path);

/* Makes a key and a certificate with CN = @device_id, O = @contractor (NULL: none), valid from
 * @from_us for @days, and writes FOLDER/NAME.key and FOLDER/NAME.crt. */
void posa_test_ca_issue (PosaTestCa *self,
                         const char *folder,
                         const char *name,
                         PosaTestUsage usage,
                         const char *device_id,
                         const char *contractor,
                         gint64 from_us,
                         int days);

G_END_DECLS
