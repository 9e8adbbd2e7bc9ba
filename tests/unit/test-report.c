/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "posa-test-signer.h"
#include "report/posa-icc.h"
#include "report/posa-pdf-text.h"
#include "report/posa-report-key.h"
#include "report/posa-report-page.h"
#include "report/posa-report-text.h"

static void
test_good_report (void)
{
  static const PosaMeterKind kinds[] = { POSA_METER_KIND_M1, POSA_METER_KIND_M1B,
                                         POSA_METER_KIND_M3, POSA_METER_KIND_M3B };
  static const char *const locales[] = { "it", "en" };
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();

  for (guint i = 0; i < G_N_ELEMENTS (kinds) * 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) pdf = posa_test_signer_produce (signer, kinds[i / 2], locales[i % 2]);
      g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (signer, pdf, &error);
      g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, pdf);

      g_assert_no_error (error);
      g_assert_cmpstr (verdict->signer_common_name, ==, POSA_TEST_DEVICE);
      g_assert_cmpstr (verdict->signer_organization, ==, POSA_TEST_CONTRACTOR);
      g_assert_cmpint (verdict->signed_us, ==, POSA_TEST_TIME_US);
      g_assert_cmpstr (verdict->sha256, ==, hash);
      g_assert_cmpint (verdict->pages, ==, POSA_REPORT_PAGES_SAME_BYTES);
      g_assert_cmpuint (verdict->report->removal->registers->len, ==,
                        posa_meter_kind_get_n_registers (kinds[i / 2]));
      g_assert_cmpint ((gint64) g_bytes_get_size (pdf), <, 100 * 1024);
    }
}

static gpointer
produce_thread (gpointer data)
{
  return posa_test_signer_produce (data, POSA_METER_KIND_M3B, "it");
}

/* Same facts, same key, same time: same file, whatever the thread and the process's locale. That
 * is what lets a crash between signing and storing be repaired by signing again. */
static void
test_deterministic (void)
{
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();
  g_autoptr (GBytes) first = posa_test_signer_produce (signer, POSA_METER_KIND_M3B, "it");
  GThread *threads[4];

  setlocale (LC_ALL, "it_IT.UTF-8");
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("produce", produce_thread, signer);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (GBytes) again = g_thread_join (threads[i]);
      g_assert_true (g_bytes_equal (first, again));
    }
  setlocale (LC_ALL, "C");
}

/* The numbers in front of us are the numbers in the file: every part of a second is dropped the
 * same way in the page and in report.json. */
static void
test_fractions_of_a_second (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");

  report->cut_us += 999;
  report->restored_us = report->cut_us + 1499500;
  g_autoptr (GBytes)
      pdf = posa_report_produce (report, signer->key, POSA_TEST_TIME_US + 999999, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (signer, pdf, &error);
  g_assert_no_error (error);
  g_assert_cmpint (verdict->signed_us, ==, POSA_TEST_TIME_US);
}

/* A report that ended without a new meter, and one with nothing but the essentials. */
static void
test_incomplete_work (void)
{
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");
      report->outcome = round == 0 ? POSA_OUTCOME_RESTORED_OLD : POSA_OUTCOME_READING_IMPOSSIBLE;
      g_clear_pointer (&report->activation, posa_reading_set_free);
      g_ptr_array_set_size (report->verified, 0);
      if (round == 1)
        {
          g_clear_pointer (&report->removal, posa_reading_set_free);
          g_clear_pointer (&report->second, posa_reading_set_free);
          g_clear_pointer (&report->previous_sha256, g_free);
          g_ptr_array_set_size (report->notes, 0);
          report->cut_us = report->restored_us = 0;
        }
      g_autoptr (GBytes) pdf = posa_report_produce (report, signer->key, POSA_TEST_TIME_US, &error);
      g_assert_no_error (error);
      g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (signer, pdf, &error);
      g_assert_no_error (error);
    }
}

/* What people and meters may write: keywords of PDF, signs that turn the writing, long texts. */
static void
test_hostile_texts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M3B, "en");
  g_autofree char *wide = g_strnfill (100000, 'W');
  static const char *const texts[] = {
    "\n/ByteRange [0 1 2 3]\n/M (D:",
    "%%EOF\n",
    "endstream\nendobj\nstartxref\n0\n%%EOF\n",
    "\xE2\x80\xAE"
    "4321",
    ") /JavaScript (x",
    "<b>&amp;</b>",
    "\xF0\x9F\x94\xA5 \xCE\xA9",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (report->notes, g_strdup (texts[i]));
  g_ptr_array_add (report->notes, g_steal_pointer (&wide));
  for (guint i = 0; i < 180; i++)
    g_ptr_array_add (report->notes, g_strdup_printf ("note %u", i));
  g_set_str (&report->removal->meter.model, ")\\(%%EOF\n");
  g_autoptr (GBytes) pdf = posa_report_produce (report, signer->key, POSA_TEST_TIME_US, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (signer, pdf, &error);
  g_assert_no_error (error);
  g_assert_cmpint (verdict->pages, ==, POSA_REPORT_PAGES_SAME_BYTES);
}

#define DEJAVU_FOLDER "/usr/share/fonts/truetype/dejavu"
#define FOLDER_KEY    "POSA_TEST_FOLDER"
#define TABLET        "/report/other-fonts/subprocess/tablet"

/* The tablet of the test below: another process with other fonts. */
static void
test_other_fonts_tablet (void)
{
  const char *folder = g_getenv (FOLDER_KEY);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_path = g_build_filename (folder, "device.key", NULL);
  g_autofree char *certificate_path = g_build_filename (folder, "device.crt", NULL);
  g_autofree char *ca_path = g_build_filename (folder, "ca.pem", NULL);
  g_autofree char *pdf_path = g_build_filename (folder, "tablet.pdf", NULL);
  g_autoptr (PosaReportKey)
      key = posa_report_key_load (key_path, certificate_path, ca_path, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M3B, "it");
  g_autoptr (GBytes) pdf = posa_report_produce (report, key, POSA_TEST_TIME_US, &error);
  g_assert_no_error (error);
  posa_file_write (pdf_path, pdf, 0600, &error);
  g_assert_no_error (error);
}

/* A verifier whose fonts are not the signer's accepts the report, and says that it could not draw
 * the pages again. */
static void
test_other_fonts (void)
{
  static const char conf[] = "<?xml version=\"1.0\"?><fontconfig><dir>" DEJAVU_FOLDER
                             "</dir></fontconfig>";
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();
  g_autoptr (GBytes) conf_bytes = g_bytes_new_static (conf, sizeof conf - 1);
  g_autofree char *conf_path = posa_test_signer_path (signer, "fonts.conf");

  if (!g_file_test (DEJAVU_FOLDER, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("no " DEJAVU_FOLDER);
      return;
    }
  posa_test_signer_write (signer, "fonts.conf", conf_bytes);
  g_setenv ("FONTCONFIG_FILE", conf_path, TRUE);
  g_setenv (FOLDER_KEY, signer->folder, TRUE);
  g_test_trap_subprocess (TABLET, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  g_unsetenv ("FONTCONFIG_FILE");
  g_unsetenv (FOLDER_KEY);
  g_test_trap_assert_passed ();
  g_autoptr (GBytes) pdf = posa_test_signer_read (signer, "tablet.pdf");
  g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (signer, pdf, &error);
  g_assert_no_error (error);
  gboolean same = memmem (g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf),
                          posa_report_page_get_rendering (),
                          strlen (posa_report_page_get_rendering ())) != NULL;
  g_assert_cmpint (verdict->pages, ==,
                   same ? POSA_REPORT_PAGES_SAME_BYTES : POSA_REPORT_PAGES_SAME_TEXT);
  g_test_message ("this machine draws %s", same ? "the same" : "something else");
}

static guint
count_words (const char *text, const char *word)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, word)) != NULL; at++)
    n++;
  return n;
}

/* The words that are compared are the words of the page, each drawn once. */
static void
test_page_text (void)
{
  static const char *const once[] = { "Rapportodisostituzione",
                                      "IT001E47110815",
                                      "W-000123",
                                      "Inizio–fine11:46:30–12:15:30",
                                      "88secondi(1min28s)",
                                      "totale1-0:1.8.085.905kWhportaottica85.905",
                                      "Pagina1di2",
                                      "Pagina2di2" };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M3B, "it");
  g_autoptr (GBytes) pages = posa_report_page_render (report, &error);
  g_assert_no_error (error);
  g_autofree char *text = posa_pdf_text_extract (pages, &error);
  g_assert_no_error (error);
  for (guint i = 1; i < G_N_ELEMENTS (once); i++)
    g_assert_cmpuint (count_words (text, once[i]), ==, 1);
  g_assert_cmpuint (count_words (text, once[0]), ==, 2); /* title, and head of the second page */

  ((PosaRegister *) g_ptr_array_index (report->removal->registers, 0))->value += 1000;
  g_autoptr (GBytes) other_pages = posa_report_page_render (report, &error);
  g_autofree char *other = posa_pdf_text_extract (other_pages, &error);
  g_assert_cmpstr (other, !=, NULL);
  g_assert_cmpstr (text, !=, other);
}

static void
test_refuses_to_sign (void)
{
  const gint64 day = G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC;
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");
  g_autoptr (GError) error = NULL;

  g_assert_null (posa_report_produce (report, signer->key, POSA_TEST_TIME_US + 31 * day, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE);
  g_clear_error (&error);
  g_assert_null (posa_report_produce (report, signer->key, POSA_TEST_TIME_US - 2 * day, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE);
  g_clear_error (&error);
  g_set_str (&report->contractor, "Another firm");
  g_assert_null (posa_report_produce (report, signer->key, POSA_TEST_TIME_US, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE);
  g_clear_error (&error);
  g_set_str (&report->contractor, POSA_TEST_CONTRACTOR);
  g_set_str (&report->device_id, "T-0008");
  g_assert_null (posa_report_produce (report, signer->key, POSA_TEST_TIME_US, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE);
}

static void
assert_load_fails (PosaTestSigner *signer,
                   const char *key,
                   const char *certificate,
                   const char *ca,
                   int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key_path = posa_test_signer_path (signer, key);
  g_autofree char *certificate_path = posa_test_signer_path (signer, certificate);
  g_autofree char *ca_path = posa_test_signer_path (signer, ca);

  g_assert_null (posa_report_key_load (key_path, certificate_path, ca_path, &error));
  g_assert_error (error, POSA_ERROR, code);
}

static void
test_key_is_checked (void)
{
  const gint64 from = POSA_TEST_TIME_US - G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC;
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();
  g_autoptr (PosaTestCa) rogue = posa_test_ca_new ("Posa test authority");
  static const char encrypted[] =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
  g_autoptr (GBytes) locked = g_bytes_new_static (encrypted, sizeof encrypted - 1);

  posa_test_signer_write (signer, "locked.key", locked);
  posa_test_ca_issue (signer->ca, signer->folder, "tls", POSA_TEST_USAGE_TLS, POSA_TEST_DEVICE,
                      POSA_TEST_CONTRACTOR, from, 30);
  posa_test_ca_issue (signer->ca, signer->folder, "both", POSA_TEST_USAGE_BOTH, POSA_TEST_DEVICE,
                      POSA_TEST_CONTRACTOR, from, 30);
  posa_test_ca_issue (rogue, signer->folder, "rogue", POSA_TEST_USAGE_REPORT, POSA_TEST_DEVICE,
                      POSA_TEST_CONTRACTOR, from, 30);
  assert_load_fails (signer, "tls.key", "tls.crt", "ca.pem", POSA_ERROR_SIGNATURE);
  assert_load_fails (signer, "both.key", "both.crt", "ca.pem", POSA_ERROR_SIGNATURE);
  assert_load_fails (signer, "rogue.key", "rogue.crt", "ca.pem", POSA_ERROR_SIGNATURE);
  assert_load_fails (signer, "tls.key", "device.crt", "ca.pem", POSA_ERROR_SIGNATURE);
  assert_load_fails (signer, "locked.key", "device.crt", "ca.pem", POSA_ERROR_INVALID_DATA);
  assert_load_fails (signer, "device.crt", "device.crt", "ca.pem", POSA_ERROR_INVALID_DATA);
  assert_load_fails (signer, "device.key", "device.key", "ca.pem", POSA_ERROR_INVALID_DATA);
  assert_load_fails (signer, "none.key", "device.crt", "ca.pem", POSA_ERROR_FILE_MISSING);
}

static void
test_key_is_made (void)
{
  static const char heading[] = "-----BEGIN CERTIFICATE REQUEST-----\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();
  g_autofree char *path = posa_test_signer_path (signer, "new.key");
  g_autoptr (GBytes) request = posa_key_create (path, "T-0009", "Impresa Nord-Est", &error);
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpmem (g_bytes_get_data (request, NULL), strlen (heading), heading, strlen (heading));
  g_autoptr (GBytes) pem = posa_test_signer_read (signer, "new.key");
  g_autoptr (EVP_PKEY) key = posa_private_key_from_pem (pem, "new.key", &error);
  g_assert_no_error (error);
}

static void
test_numbers (void)
{
  static const struct
  {
    gint64 value, resolution;
    const char *it, *en;
  } rows[] = {
    { 12345678, 1, "12.345,678", "12,345.678" },
    { 12345000, 1000, "12.345", "12,345" },
    { 12345600, 100, "12.345,6", "12,345.6" },
    { 12345678, 1000, "12.345,678", "12,345.678" }, /* more digits than it claims: all shown */
    { 0, 1, "0,000", "0.000" },
    { 0, 1000, "0", "0" },
    { 7, 1, "0,007", "0.007" },
    { 999999999999000, 1000, "999.999.999.999", "999,999,999,999" },
    { -1500, 100, "−1,5", "−1.5" },
    { G_MININT64, 1, "−9.223.372.036.854.775,808", "−9,223,372,036,854,775.808" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PosaRegister value = { .value = rows[i].value, .resolution = rows[i].resolution };
      g_autofree char *it = posa_report_format_value (POSA_LANGUAGE_IT, &value);
      g_autofree char *en = posa_report_format_value (POSA_LANGUAGE_EN, &value);
      g_assert_cmpstr (it, ==, rows[i].it);
      g_assert_cmpstr (en, ==, rows[i].en);
    }
}

static void
test_words (void)
{
  const gint64 us = POSA_TEST_TIME_US;

  for (guint text = 0; text < POSA_N_TEXTS; text++)
    for (guint language = 0; language < POSA_N_LANGUAGES; language++)
      g_assert_cmpstr (posa_report_text (language, text), !=, NULL);
  for (const PosaOutcome *code = posa_outcome_list (); *code != 0; code++)
    for (guint language = 0; language < POSA_N_LANGUAGES; language++)
      g_assert_cmpstr (posa_report_text_outcome (language, *code), !=, "");
  g_autofree char *it = posa_report_format_date (POSA_LANGUAGE_IT, us);
  g_autofree char *en =
      posa_report_format_date (POSA_LANGUAGE_EN, us - 12 * G_GINT64_CONSTANT (86400000000));
  g_autofree char *time = posa_report_format_time (us);
  g_autofree char *none = posa_report_format_time (0);
  g_autofree char *far = posa_report_format_date (POSA_LANGUAGE_EN, G_MAXINT64);
  g_assert_cmpstr (it, ==, "21/11/2026");
  g_assert_cmpstr (en, ==, "9 Nov 2026");
  g_assert_cmpstr (time, ==, "12:15:30");
  g_assert_cmpstr (none, ==, "–");
  g_assert_cmpstr (far, ==, "–");
}

static void
test_parameter_values (void)
{
  static const char *const rows[][3] = {
    { NULL, "–", "–" },
    { "", "–", "–" },
    { "3000 W", "3000 W", "3000 W" },
    { "3300 W, on", "3300 W, attivo", "3300 W, on" },
    { "disconnected", "aperto", "disconnected" },
    { "IT-2026, 35 switch times", "IT-2026, 35 cambi di fascia", "IT-2026, 35 switch times" },
    { "11 days of every year, 16 single days, to 2041",
      "11 giorni di ogni anno, 16 giorni singoli, fino al 2041",
      "11 days of every year, 16 single days, to 2041" },
    { "2026-07-01T12:00:00.000+02:00 (+0.1 s), UTC+60 min, DST 1",
      "01/07/2026, 12:00:00 (+0,1 s), UTC+60 min, DST 1",
      "1 Jul 2026, 12:00:00 (+0.1 s), UTC+60 min, DST 1" },
    { "one thing or another, said at length", "one thing or another, said at length",
      "one thing or another, said at length" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *it = posa_report_format_parameter_value (POSA_LANGUAGE_IT, rows[i][0]);
      g_autofree char *en = posa_report_format_parameter_value (POSA_LANGUAGE_EN, rows[i][0]);
      g_assert_cmpstr (it, ==, rows[i][1]);
      g_assert_cmpstr (en, ==, rows[i][2]);
    }
}

/* ICC.1 7.2: size, version, signature; every element inside the profile. */
static void
test_colour_profile (void)
{
  g_autoptr (GBytes) profile = posa_icc_make_srgb ();
  gsize size;
  const guint8 *data = g_bytes_get_data (profile, &size);
  const guint32 n = GUINT32_FROM_BE (*(const guint32 *) (const void *) (data + 128));

  g_assert_cmpuint (GUINT32_FROM_BE (*(const guint32 *) (const void *) data), ==, size);
  g_assert_cmpmem (data + 36, 4, "acsp", 4);
  g_assert_cmpuint (n, ==, 10);
  for (guint i = 0; i < n; i++)
    {
      const guint32 *tag = (const guint32 *) (const void *) (data + 132 + 12 * i);
      g_assert_cmpuint (GUINT32_FROM_BE (tag[1]) % 4, ==, 0);
      g_assert_cmpuint (GUINT32_FROM_BE (tag[1]) + GUINT32_FROM_BE (tag[2]), <=, size);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/good", test_good_report);
  g_test_add_func ("/report/deterministic", test_deterministic);
  g_test_add_func ("/report/fractions", test_fractions_of_a_second);
  g_test_add_func ("/report/incomplete", test_incomplete_work);
  g_test_add_func ("/report/hostile-texts", test_hostile_texts);
  g_test_add_func ("/report/other-fonts", test_other_fonts);
  g_test_add_func (TABLET, test_other_fonts_tablet);
  g_test_add_func ("/report/page-text", test_page_text);
  g_test_add_func ("/report/refuses-to-sign", test_refuses_to_sign);
  g_test_add_func ("/report/key/checked", test_key_is_checked);
  g_test_add_func ("/report/key/made", test_key_is_made);
  g_test_add_func ("/report/numbers", test_numbers);
  g_test_add_func ("/report/words", test_words);
  g_test_add_func ("/report/parameter-values", test_parameter_values);
  g_test_add_func ("/report/colour-profile", test_colour_profile);
  return g_test_run ();
}
