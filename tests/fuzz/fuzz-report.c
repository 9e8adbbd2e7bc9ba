/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The readers of the report layer. The first byte of an input chooses which one; the deeper ones,
 * which a verifier only reaches behind a valid signature, are called directly here, as an enrolled
 * device may have been tampered with. */

#include <stdlib.h>

#include "posa-test-forge.h"
#include "report/posa-pdf-base.h"
#include "report/posa-pdf-signature.h"
#include "report/posa-pdf-text.h"
#include "report/posa-pdf-update.h"
#include "report/posa-report-page.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static PosaTestSigner *signer;
static GBytes *good;

static void
clean_up_cb (void)
{
  g_clear_pointer (&good, g_bytes_unref);
  g_clear_pointer (&signer, posa_test_signer_free);
}

static void
set_up (void)
{
  if (signer != NULL)
    return;
  signer = posa_test_signer_new ();
  good = posa_test_signer_produce (signer, POSA_METER_KIND_M1, "it");
  atexit (clean_up_cb);
}

static void
find_signature (GBytes *input)
{
  g_auto (PosaPdfSignature) signature = { 0 };

  if (posa_pdf_signature_find (&signature, input, NULL))
    g_bytes_unref (posa_pdf_signature_dup_content (&signature, input));
}

static void
update_pages (GBytes *input)
{
  g_autoptr (GBytes) json = g_bytes_new_static ("{}", 2);
  const PosaPdfParts parts = { .pages = input,
                               .json = json,
                               .title = "fuzz",
                               .language = "it",
                               .producer = "Posa",
                               .rendering = "0123456789abcdef",
                               .signer = "T-0001",
                               .signed_us = POSA_TEST_TIME_US };
  g_autoptr (GBytes) pdf = posa_pdf_update (&parts, NULL);

  if (pdf != NULL)
    find_signature (pdf);
}

static void
split (GBytes *input)
{
  g_autoptr (GBytes) pages = NULL;
  g_autoptr (GBytes) json = NULL;
  g_autofree char *rendering = NULL;

  posa_pdf_split (input, &pages, &json, &rendering, NULL);
}

static void
extract_text (GBytes *input)
{
  g_autofree char *text = posa_pdf_text_extract (input, NULL);

  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    abort ();
}

static void
read_certificates (GBytes *input)
{
  g_autoptr (GPtrArray) certificates = posa_certificates_from_pem (input, "fuzz", NULL);

  for (guint i = 0; certificates != NULL && i < certificates->len; i++)
    {
      X509 *certificate = g_ptr_array_index (certificates, i);
      g_autofree char *name = posa_certificate_dup_common_name (certificate);
      g_autofree char *serial = posa_certificate_dup_serial (certificate);
      posa_certificate_check (certificate, certificates, NULL);
      posa_certificate_check_time (certificate, POSA_TEST_TIME_US, NULL);
    }
}

/* Nothing that a fuzzer makes can be a report of our device. */
static void
verify (GBytes *input)
{
  g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (signer, input, NULL);

  if (verdict != NULL && !g_bytes_equal (input, good))
    abort ();
}

static void
verify_cms (GBytes *input)
{
  if (g_bytes_get_size (input) > POSA_PDF_CMS_ROOM)
    return;
  g_autoptr (GBytes) pdf = posa_test_forge_fill (good, input);
  verify (pdf);
}

static void
draw_report (GBytes *input)
{
  gsize size;
  const char *text = g_bytes_get_data (input, &size);
  g_autoptr (PosaReplacementReport)
      report = posa_replacement_report_from_text (text, (gssize) size, NULL);
  g_autoptr (GBytes) pages = report != NULL ? posa_report_page_render (report, NULL) : NULL;
  PosaPdfBase base;

  if (report != NULL && (pages == NULL || !posa_pdf_base_parse (&base, pages, NULL)))
    abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static void (*const targets[]) (GBytes *) = { find_signature,    update_pages, split,
                                                read_certificates, verify,       verify_cms,
                                                draw_report,       extract_text };

  if (size == 0)
    return 0;
  set_up ();
  g_autoptr (GBytes) input = g_bytes_new (data + 1, size - 1);
  targets[data[0] % G_N_ELEMENTS (targets)](input);
  return 0;
}
