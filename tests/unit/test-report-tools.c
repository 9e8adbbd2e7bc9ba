/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What foreign programs make of our reports: poppler, qpdf, OpenSSL. None of them shares code with
 * the writer, so together they say what no test of our own can: that the files mean to others what
 * they mean to us. */

#include "posa-config.h"

#include <string.h>

#include "base/posa-error.h"
#include "posa-test-forge.h"
#include "report/posa-pdf-signature.h"
#include "report/posa-report-text.h"

#define FILE_NAME "report.pdf"

typedef struct
{
  PosaTestSigner *signer;
  PosaReplacementReport *report;
  GBytes *pdf;
} Fixture;

typedef struct
{
  PosaMeterKind kind;
  const char *locale;
} Variant;

static void
set_up (Fixture *self, gconstpointer data)
{
  const Variant *variant = data;

  self->signer = posa_test_signer_new ();
  self->report = posa_test_report_new (variant->kind, variant->locale);
  self->pdf = posa_test_signer_produce (self->signer, variant->kind, variant->locale);
  posa_test_signer_write (self->signer, FILE_NAME, self->pdf);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  posa_replacement_report_free (self->report);
  g_bytes_unref (self->pdf);
  posa_test_signer_free (self->signer);
}

/* Runs a program in the signer's folder; its output, and its status in @status (NULL: must be 0).
 */
static char *
run (Fixture *self, const char *command, int *status)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = g_strsplit (command, " ", -1);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int wait_status = 0;

  g_spawn_sync (self->signer->folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                &wait_status, &error);
  if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    {
      g_test_skip (argv[0]);
      return NULL;
    }
  g_assert_no_error (error);
  g_test_message ("%s: %s%s", command, output, errors);
  if (status != NULL)
    *status = wait_status;
  else if (wait_status != 0)
    g_error ("%s: status %d\n%s%s", command, wait_status, output, errors);
  return g_steal_pointer (&output);
}

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("\"%s\" is missing in:\n%s", part, text);
}

static void
test_pdfsig (Fixture *self, gconstpointer data)
{
  /* A folder without a certificate store: who signed is our own verifier's question. */
  g_autofree char *text = run (self, "pdfsig -nssdir . " FILE_NAME, NULL);

  if (text == NULL)
    return;
  assert_contains (text, "Signature is Valid.");
  assert_contains (text, "Total document signed");
  assert_contains (text, "Signature Type: ETSI.CAdES.detached");
  assert_contains (text, "Signing Hash Algorithm: SHA-256");
  assert_contains (text, "Signer Certificate Common Name: " POSA_TEST_DEVICE);
}

/* The peer must be able to say no, or its yes is worth nothing. */
static void
test_pdfsig_sees_a_change (Fixture *self, gconstpointer data)
{
  int status = 0;
  g_autoptr (GBytes)
      changed = posa_test_forge_replace (self->pdf, "/MediaBox [ 0 0 595", "/MediaBox [ 0 0 295");

  posa_test_signer_write (self->signer, "changed.pdf", changed);
  g_autofree char *text = run (self, "pdfsig -nssdir . changed.pdf", &status);
  if (text != NULL)
    assert_contains (text, "Digest Mismatch");
}

static void
test_qpdf (Fixture *self, gconstpointer data)
{
  g_autofree char *check = run (self, "qpdf --check " FILE_NAME, NULL);

  if (check == NULL)
    return;
  assert_contains (check, "No syntax or stream encoding errors found");
  g_assert_null (strstr (check, "WARNING"));
  g_autofree char *attachment = run (self, "qpdf --show-attachment=report.json " FILE_NAME, NULL);
  g_autofree char *json = posa_replacement_report_to_text (self->report);
  g_assert_cmpstr (attachment, ==, json);
}

static void
test_pdfdetach (Fixture *self, gconstpointer data)
{
  g_autofree char *said = run (self, "pdfdetach -save 1 -o detached.json " FILE_NAME, NULL);

  if (said == NULL)
    return;
  g_autofree char *json = posa_replacement_report_to_text (self->report);
  g_autoptr (GBytes) detached = posa_test_signer_read (self->signer, "detached.json");
  g_assert_cmpmem (g_bytes_get_data (detached, NULL), g_bytes_get_size (detached), json,
                   strlen (json));
}

static void
test_openssl (Fixture *self, gconstpointer data)
{
  g_auto (PosaPdfSignature) signature = { 0 };
  g_autoptr (GError) error = NULL;

  posa_pdf_signature_find (&signature, self->pdf, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) content = posa_pdf_signature_dup_content (&signature, self->pdf);
  posa_test_signer_write (self->signer, "signed.bin", content);
  posa_test_signer_write (self->signer, "signature.der", signature.cms);
  g_autofree char *said = run (self,
                               "openssl cms -verify -cades -binary -inform DER -in signature.der "
                               "-content signed.bin -CAfile ca.pem -no_check_time -out out.bin",
                               NULL);
  if (said == NULL)
    return;
  g_autofree char *printed =
      run (self, "openssl cms -cmsout -print -inform DER -in signature.der", NULL);
  assert_contains (printed, "id-smime-aa-signingCertificateV2");
  assert_contains (printed, "messageDigest");
  g_assert_null (strstr (printed, "signingTime"));
}

/* All the facts that a person looks for are text on the page, in the language of the report. */
static void
test_text (Fixture *self, gconstpointer data)
{
  const Variant *variant = data;
  PosaReportLanguage language = posa_report_language_from_locale (variant->locale);
  const PosaReplacementReport *report = self->report;
  g_autofree char *text = run (self, "pdftotext -layout -enc UTF-8 " FILE_NAME " -", NULL);
  const char *const facts[] = {
    report->number,
    report->device_id,
    report->operator_badge,
    report->contractor,
    report->order->id,
    report->order->pod,
    report->order->customer_number,
    report->removal->meter.serial,
    report->activation->meter.serial,
    report->removal->meter.model,
    report->activation->meter.firmware,
    posa_report_text (language, POSA_TEXT_TITLE),
    posa_report_text (language, POSA_TEXT_OPTICAL),
    posa_report_text (language, POSA_TEXT_EQUAL),
    language == POSA_LANGUAGE_IT ? "88 secondi" : "88 seconds",
    "11:55:14",
    "11:56:43",
    language == POSA_LANGUAGE_IT ? "21/11/2026" : "21 Nov 2026",
    language == POSA_LANGUAGE_IT ? "85.905" : "85,905",
    language == POSA_LANGUAGE_IT ? "2,710" : "2.710",
  };
  const PosaReadingSet *const readings[] = { report->removal, report->activation };

  if (text == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    assert_contains (text, facts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (readings); i++)
    for (guint j = 0; j < readings[i]->registers->len; j++)
      {
        const PosaRegister *value = g_ptr_array_index (readings[i]->registers, j);
        g_autofree char *number = posa_report_format_value (language, value);
        g_autofree char *obis = posa_obis_format (value->obis);
        assert_contains (text, number);
        assert_contains (text, obis);
      }
}

static void
test_form (Fixture *self, gconstpointer data)
{
  g_autofree char *info = run (self, "pdfinfo " FILE_NAME, NULL);

  if (info == NULL)
    return;
  assert_contains (info, "A4");
  assert_contains (info, self->report->number);
  assert_contains (info, "JavaScript:      no");
  g_autofree char *metadata = run (self, "pdfinfo -meta " FILE_NAME, NULL);
  assert_contains (metadata, "<pdfaid:part>3</pdfaid:part>");
  assert_contains (metadata, "<pdfaid:conformance>U</pdfaid:conformance>");
  assert_contains (metadata, self->report->number);
  g_autofree char *fonts = run (self, "pdffonts " FILE_NAME, NULL);
  g_auto (GStrv) lines = g_strsplit (fonts, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >, 3);
  for (guint i = 2; lines[i] != NULL && *lines[i] != '\0'; i++)
    assert_contains (lines[i], " yes yes yes "); /* embedded, a subset, with Unicode */
}

int
main (int argc, char **argv)
{
  static const Variant variants[] = { { POSA_METER_KIND_M1, "it" },
                                      { POSA_METER_KIND_M1, "en" },
                                      { POSA_METER_KIND_M3B, "it" },
                                      { POSA_METER_KIND_M3B, "en" } };
  static const struct
  {
    const char *name;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = { { "pdfsig", test_pdfsig },   { "pdfsig-no", test_pdfsig_sees_a_change },
                { "qpdf", test_qpdf },       { "pdfdetach", test_pdfdetach },
                { "openssl", test_openssl }, { "text", test_text },
                { "form", test_form } };

  g_test_init (&argc, &argv, NULL);
  for (guint v = 0; v < G_N_ELEMENTS (variants); v++)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/tools/%s-%s/%s",
                                                 posa_meter_kind_to_string (variants[v].kind),
                                                 variants[v].locale, tests[i].name);
        g_test_add (path, Fixture, &variants[v], set_up, tests[i].run, tear_down);
      }
  return g_test_run ();
}
