/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The published attacks on signed PDFs (universal signature forgery, incremental saving, signature
 * wrapping, shadow and certification attacks all need one of the shapes below), and what an
 * enrolled device itself may not do. Every file here must be refused, and by the rule expected. */

#include "posa-config.h"

#include <openssl/cms.h>
#include <string.h>

#include "base/posa-error.h"
#include "posa-test-forge.h"
#include "report/posa-pdf-signature.h"
#include "report/posa-report-page.h"

#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

typedef struct
{
  PosaTestSigner *signer;
  GBytes *good;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->signer = posa_test_signer_new ();
  self->good = posa_test_signer_produce (self->signer, POSA_METER_KIND_M1, "it");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_bytes_unref (self->good);
  posa_test_signer_free (self->signer);
}

static void
assert_refused (Fixture *self, GBytes *pdf, const char *rule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (self->signer, pdf, &error);

  g_assert_null (verdict);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE);
  if (!g_str_has_prefix (error->message, rule))
    g_error ("expected %s, got \"%s\"", rule, error->message);
}

static void
test_control (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportVerdict)
      verdict = posa_test_signer_verify (self->signer, self->good, &error);

  g_assert_no_error (error);
  g_assert_nonnull (verdict);
}

/* The text of /ByteRange as it stands in @pdf. */
static char *
dup_byte_range (GBytes *pdf)
{
  gsize at = posa_test_forge_find (pdf, "/ByteRange [0 ", 0);
  gsize end = posa_test_forge_find (pdf, "]", at);

  return g_strndup ((const char *) g_bytes_get_data (pdf, NULL) + at, end - at + 1);
}

/* Universal signature forgery: the signature is there for the eye, but cannot be checked. */
static void
test_forged_dictionary (Fixture *self, gconstpointer data)
{
  static const char *const ranges[] = {
    "/ByteRange null",        "/ByteRange []",
    "/ByteRange [0 -1 0 10]", "/ByteRange [0 -100 -200 5]",
    "/ByteRange [0 100]",     "/ByteRange [0 0 0 0]",
    "/ByteRange [0 1 2 3]",   "/ByteRange 5 0 R",
    "/XyteRange [0 1 2 3]",   "",
  };
  g_autofree char *range = dup_byte_range (self->good);
  gsize room = posa_test_forge_find (self->good, "\n/Contents <", 0);
  g_autofree char *zeros = g_strnfill (2 * POSA_PDF_CMS_ROOM, '0');
  gsize length = g_bytes_get_size (self->good);
  g_autofree char *copy = g_memdup2 (g_bytes_get_data (self->good, NULL), length);

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autofree char *padded = g_strdup_printf ("%-*s", (int) strlen (range), ranges[i]);
      g_autoptr (GBytes) pdf = posa_test_forge_replace (self->good, range, padded);
      assert_refused (self, pdf, "rule 2");
    }
  memcpy (copy + room + strlen ("\n/Contents <"), zeros, strlen (zeros));
  g_autoptr (GBytes) empty = g_bytes_new (copy, length);
  assert_refused (self, empty, "rule 2");
  static const char *const contents[] = { "\n/Xontents <", "\n/Contents (", "\n/Contents 0" };
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GBytes) pdf = posa_test_forge_replace (self->good, "\n/Contents <", contents[i]);
      assert_refused (self, pdf, "rule 2");
    }
}

/* Incremental saving: a new revision over the signed one, more or less complete. */
static void
test_incremental_saving (Fixture *self, gconstpointer data)
{
  g_autofree char *range = dup_byte_range (self->good);
  g_autofree char *copied = g_strdup_printf ("90 0 obj\n<< /Type /Sig\n%s\n>>\nendobj\nxref\n0 0\n"
                                             "trailer\n<< /Size 91 >>\nstartxref\n0\n%%%%EOF\n",
                                             range);
  const char *const updates[] = {
    "2 0 obj\n<< /Type /Page /Contents 90 0 R >>\nendobj\nxref\n2 1\n0000000000 00000 n \n"
    "trailer\n<< /Size 91 /Root 1 0 R /Prev 0 >>\nstartxref\n0\n%%EOF\n", /* a whole one */
    "2 0 obj\n<< /Type /Page >>\nendobj\ntrailer\n<< /Size 91 >>\n",      /* no xref */
    "2 0 obj\n<< /Type /Page >>\nendobj\n",                               /* no trailer */
    copied,                                                               /* copied signature */
    /* replaced attachment */
    "30 0 obj\n<< /Type /EmbeddedFile /Length 2 >>\nstream\n{}\nendstream\nendobj\n%%EOF\n",
    /* a stamp over the page and a second approval: what certification level 2 and 3 would allow */
    "90 0 obj\n<< /Type /Annot /Subtype /Stamp /Rect [0 0 595 841] >>\nendobj\n"
    "xref\n90 1\n0000000000 00000 n \ntrailer\n<< /Size 91 /Prev 0 >>\nstartxref\n0\n%%EOF\n",
    "90 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /Rect [0 0 595 841] >>\nendobj\n"
    "xref\n90 1\n0000000000 00000 n \ntrailer\n<< /Size 91 /Prev 0 >>\nstartxref\n0\n%%EOF\n",
    "%%EOF\n",
    "\n",
    " ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (updates); i++)
    {
      g_autoptr (GBytes) pdf = posa_test_forge_append (self->good, updates[i]);
      assert_refused (self, pdf, "rule 1");
    }
}

/* Signature wrapping: a second /ByteRange in the unsigned gap, the signed rest moved to the end. */
static void
test_signature_wrapping (Fixture *self, gconstpointer data)
{
  gsize size;
  const char *bytes = g_bytes_get_data (self->good, &size);
  gsize room = posa_test_forge_find (self->good, "\n/Contents <", 0) + strlen ("\n/Contents ");
  gsize after = room + 2 * POSA_PDF_CMS_ROOM + 2;
  static const char *const closings[] = { ">", "" };

  for (guint i = 0; i < G_N_ELEMENTS (closings); i++)
    {
      g_autoptr (GString) wrapped = g_string_new_len (bytes, (gssize) room + 4000);
      const char *evil = "2 0 obj\n<< /Type /Page >>\nendobj\n";
      g_string_append_printf (wrapped,
                              "%s\n/ByteRange [0 %" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT
                              " %" G_GSIZE_FORMAT "]\n%s",
                              closings[i], room, wrapped->len + 200, size - after, evil);
      g_string_append_len (wrapped, bytes + after, (gssize) (size - after));
      g_autoptr (GBytes) pdf = g_bytes_new (wrapped->str, wrapped->len);
      assert_refused (self, pdf, "rule 2");
    }
}

static void
test_changed_content (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) json = posa_test_forge_replace (self->good, "85905000", "15905000");
  g_autoptr (GBytes)
      time = posa_test_forge_replace (self->good, "/M (D:20261121", "/M (D:20261120");
  g_autoptr (GBytes)
      page = posa_test_forge_replace (self->good, "/MediaBox [ 0 0 595", "/MediaBox [ 0 0 295");
  g_autoptr (GBytes)
      cover = posa_test_forge_replace (self->good, "/Rect [0 0 0 0]", "/Rect [0 0 9 9]");
  g_autoptr (GBytes)
      certification = posa_test_forge_replace (self->good, "/P 1 /V /1.2", "/P 3 /V /1.2");

  assert_refused (self, json, "rule 4");
  assert_refused (self, time, "rule 4");
  assert_refused (self, page, "rule 4");
  assert_refused (self, cover, "rule 4");
  assert_refused (self, certification, "rule 4");
}

/* Other spellings of the same signature: not forgeries, but another hash for the same report. */
static void
test_other_encoding (Fixture *self, gconstpointer data)
{
  gsize room = posa_test_forge_find (self->good, "\n/Contents <", 0) + strlen ("\n/Contents <");
  gsize end = posa_test_forge_find (self->good, "000000>", room);
  const char *hex = (const char *) g_bytes_get_data (self->good, NULL) + room;
  gsize letter = strcspn (hex, "abcdef");
  g_autoptr (GBytes) upper = posa_test_forge_flip (self->good, room + letter, 0x20);
  g_autoptr (GBytes) padding = posa_test_forge_flip (self->good, end, 0x01);
  g_autoptr (PosaTestForger) forger =
      posa_test_forger_new (self->signer, "device", posa_test_ca_get_pem (self->signer->ca));
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");
  g_autoptr (GBytes) empty = posa_test_forge_unsigned (report, NULL, NULL, POSA_TEST_TIME_US);
  g_autoptr (GBytes) same = posa_test_forge_sign (forger, empty, NULL, FALSE);
  g_autoptr (GBytes) high = posa_test_forge_sign (forger, empty, NULL, TRUE);

  g_assert_true (g_bytes_equal (same, self->good));
  assert_refused (self, upper, "rule 2");
  assert_refused (self, padding, "rule 2");
  assert_refused (self, high, "rule 3");
}

/* Signs @report with a certificate made for the purpose. */
static GBytes *
sign_as (Fixture *self,
         PosaTestCa *ca,
         PosaTestUsage usage,
         const char *device_id,
         const char *contractor,
         const PosaReplacementReport *report,
         gint64 signed_us)
{
  posa_test_ca_issue (ca, self->signer->folder, "other", usage, device_id, contractor,
                      POSA_TEST_TIME_US - DAY_US, 30);
  g_autoptr (PosaTestForger)
      forger = posa_test_forger_new (self->signer, "other", posa_test_ca_get_pem (ca));
  g_autoptr (GBytes) empty = posa_test_forge_unsigned (report, NULL, NULL, signed_us);
  return posa_test_forge_sign (forger, empty, NULL, FALSE);
}

static void
test_wrong_certificate (Fixture *self, gconstpointer data)
{
  PosaTestCa *ca = self->signer->ca;
  g_autoptr (PosaTestCa) rogue = posa_test_ca_new ("Posa test authority");
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");
  const gint64 now = POSA_TEST_TIME_US;
  g_autoptr (GBytes) by_rogue = sign_as (self, rogue, POSA_TEST_USAGE_REPORT, POSA_TEST_DEVICE,
                                         POSA_TEST_CONTRACTOR, report, now);
  g_autoptr (GBytes) by_tls =
      sign_as (self, ca, POSA_TEST_USAGE_TLS, POSA_TEST_DEVICE, POSA_TEST_CONTRACTOR, report, now);
  g_autoptr (GBytes) by_both =
      sign_as (self, ca, POSA_TEST_USAGE_BOTH, POSA_TEST_DEVICE, POSA_TEST_CONTRACTOR, report, now);
  g_autoptr (GBytes) by_ca =
      sign_as (self, ca, POSA_TEST_USAGE_CA, POSA_TEST_DEVICE, POSA_TEST_CONTRACTOR, report, now);
  g_autoptr (GBytes) expired = sign_as (self, ca, POSA_TEST_USAGE_REPORT, POSA_TEST_DEVICE,
                                        POSA_TEST_CONTRACTOR, report, now + 31 * DAY_US);
  g_autoptr (GBytes) early = sign_as (self, ca, POSA_TEST_USAGE_REPORT, POSA_TEST_DEVICE,
                                      POSA_TEST_CONTRACTOR, report, now - 2 * DAY_US);
  g_autoptr (GBytes) by_device =
      sign_as (self, ca, POSA_TEST_USAGE_REPORT, "T-0008", POSA_TEST_CONTRACTOR, report, now);
  g_autoptr (GBytes) by_firm =
      sign_as (self, ca, POSA_TEST_USAGE_REPORT, POSA_TEST_DEVICE, "Another firm", report, now);

  assert_refused (self, by_rogue, "rule 5");
  assert_refused (self, by_tls, "rule 5");
  assert_refused (self, by_both, "rule 5");
  assert_refused (self, by_ca, "rule 5");
  assert_refused (self, expired, "rule 8");
  assert_refused (self, early, "rule 8");
  assert_refused (self, by_device, "rule 7");
  assert_refused (self, by_firm, "rule 7");
}

/* An authority that the enrolment authority made is not the enrolment authority. */
static void
test_intermediate_authority (Fixture *self, gconstpointer data)
{
  g_autofree char *path = posa_test_signer_path (self->signer, "below");
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");

  posa_test_ca_issue (self->signer->ca, self->signer->folder, "below", POSA_TEST_USAGE_CA, "Below",
                      POSA_TEST_CONTRACTOR, POSA_TEST_TIME_US - DAY_US, 30);
  g_autoptr (PosaTestCa) below = posa_test_ca_open (path);
  g_autoptr (GBytes) pdf = sign_as (self, below, POSA_TEST_USAGE_REPORT, POSA_TEST_DEVICE,
                                    POSA_TEST_CONTRACTOR, report, POSA_TEST_TIME_US);
  assert_refused (self, pdf, "rule 5");
}

/* Two certificates for one key: the signature must name the one it was made with (ESS). */
static void
test_certificate_swap (Fixture *self, gconstpointer data)
{
  PosaTestSigner *signer = self->signer;
  g_autoptr (PosaTestForger)
      forger = posa_test_forger_new (signer, "device", posa_test_ca_get_pem (signer->ca));
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");
  g_autoptr (GBytes) empty = posa_test_forge_unsigned (report, NULL, NULL, POSA_TEST_TIME_US);
  g_autoptr (X509) twin = X509_dup (forger->certificate);
  g_autoptr (GBytes) ca_key = posa_test_ca_dup_key_pem (signer->ca);
  g_autoptr (EVP_PKEY) key = posa_private_key_from_pem (ca_key, "CA", NULL);

  ASN1_INTEGER_set_uint64 (X509_get_serialNumber (twin), 4711);
  g_assert_cmpint (X509_sign (twin, key, EVP_sha256 ()), >, 0);
  g_autoptr (GBytes) pdf = posa_test_forge_sign (forger, empty, twin, FALSE);
  assert_refused (self, pdf, "rule 4");
}

/* A CMS by OpenSSL with the right key, in shapes that are not ours. */
static void
test_foreign_cms (Fixture *self, gconstpointer data)
{
  static const guint flags[] = { 0, CMS_NO_SIGNING_TIME, CMS_CADES,
                                 CMS_CADES | CMS_NO_SIGNING_TIME };
  PosaTestSigner *signer = self->signer;
  g_autoptr (PosaTestForger)
      forger = posa_test_forger_new (signer, "device", posa_test_ca_get_pem (signer->ca));
  g_auto (PosaPdfSignature) room = { 0 };

  posa_pdf_signature_find (&room, self->good, NULL);
  g_autoptr (GBytes) content = posa_pdf_signature_dup_content (&room, self->good);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (flags); i++)
    {
      const guint how = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | flags[i / 2];
      BIO *bio =
          BIO_new_mem_buf (g_bytes_get_data (content, NULL), (int) g_bytes_get_size (content));
      CMS_ContentInfo *cms = CMS_sign (NULL, NULL, NULL, bio, how | CMS_PARTIAL);
      guint8 *der = NULL;
      for (guint signers = 0; signers <= i % 2; signers++)
        g_assert_nonnull (
            CMS_add1_signer (cms, forger->certificate, forger->key, EVP_sha256 (), how));
      CMS_add1_cert (cms, forger->authority);
      g_assert_cmpint (CMS_final (cms, bio, NULL, how), ==, 1);
      int size = i2d_CMS_ContentInfo (cms, &der);
      g_autoptr (GBytes) encoded = g_bytes_new (der, (gsize) size);
      g_autoptr (GBytes) pdf = posa_test_forge_fill (self->good, encoded);
      OPENSSL_free (der);
      CMS_ContentInfo_free (cms);
      BIO_free (bio);
      assert_refused (self, pdf,
                      (flags[i / 2] & CMS_CADES) != 0 || i % 2 == 1 ? "rule 3" : "rule ");
    }
}

/* What an enrolled device with changed software could sign. */
static void
test_dishonest_device (Fixture *self, gconstpointer data)
{
  PosaTestSigner *signer = self->signer;
  g_autoptr (PosaTestForger)
      forger = posa_test_forger_new (signer, "device", posa_test_ca_get_pem (signer->ca));
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");
  g_autoptr (PosaReplacementReport) other = posa_test_report_new (POSA_METER_KIND_M1, "it");
  g_autofree char *text = posa_replacement_report_to_text (report);
  g_autofree char *spaced = g_strconcat (text, "\n", NULL);
  g_autoptr (GBytes) spaced_json = g_bytes_new (spaced, strlen (spaced));
  g_autoptr (GBytes) no_json = g_bytes_new ("{}", 2);

  ((PosaRegister *) g_ptr_array_index (other->removal->registers, 0))->value -= 1000000;
  g_autoptr (GBytes) pages = posa_report_page_render (other, NULL);
  GBytes *const unsigned_files[] = {
    posa_test_forge_unsigned (report, pages, NULL, POSA_TEST_TIME_US),
    posa_test_forge_unsigned (report, NULL, spaced_json, POSA_TEST_TIME_US),
    posa_test_forge_unsigned (report, NULL, no_json, POSA_TEST_TIME_US),
  };
  static const char *const rules[] = { "rule 10", "rule 9", "rule 9" };

  for (guint i = 0; i < G_N_ELEMENTS (unsigned_files); i++)
    {
      g_autoptr (GBytes) pdf = posa_test_forge_sign (forger, unsigned_files[i], NULL, FALSE);
      assert_refused (self, pdf, rules[i]);
      g_bytes_unref (unsigned_files[i]);
    }
}

/* A structure that our writer does not make, signed by an enrolled device. */
static void
test_foreign_structure (Fixture *self, gconstpointer data)
{
  static const char *const changes[][2] = {
    { "/Creator (Posa)", "/Creator (Pose)" },
    { "/Rect [0 0 0 0]", "/Rect [0 0 9 9]" },
    { "/P 1 /V /1.2", "/P 3 /V /1.2" },
    { "/AFRelationship /Source", "/AFRelationship /Sourcf" },
    { "/Type /Catalog\n   /Pages", "/Type /Catalog\n   /Xages" },
    { "/POSA_Rendering (", "/POSA_Rendering [" },
    { "/Subtype /application#2Fjson", "/Subtype /application#2Fjsoo" },
  };
  PosaTestSigner *signer = self->signer;
  g_autoptr (PosaTestForger)
      forger = posa_test_forger_new (signer, "device", posa_test_ca_get_pem (signer->ca));
  g_autoptr (PosaReplacementReport) report = posa_test_report_new (POSA_METER_KIND_M1, "it");
  g_autoptr (GBytes) empty = posa_test_forge_unsigned (report, NULL, NULL, POSA_TEST_TIME_US);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GBytes) changed = posa_test_forge_replace (empty, changes[i][0], changes[i][1]);
      g_autoptr (GBytes) pdf = posa_test_forge_sign (forger, changed, NULL, FALSE);
      assert_refused (self, pdf, "rule 6");
    }
}

/* Bits from one flip to the next: all around /ByteRange and /M, dense in the CMS, sparse elsewhere.
 * All of them in the suite "slow", which sets POSA_TEST_ALL. */
static gsize
get_stride (gsize byte, gsize frame)
{
  if (g_getenv ("POSA_TEST_ALL") != NULL || (byte >= frame && byte < frame + 120))
    return 1;
  return byte >= frame && byte < frame + 3000 ? 7 : 397;
}

static void
test_flips (Fixture *self, gconstpointer data)
{
  gsize frame = posa_test_forge_find (self->good, "\n/ByteRange [", 0);
  const gsize n_bits = g_bytes_get_size (self->good) * 8;
  guint n = 0;

  for (gsize bit = 0; bit < n_bits; bit += get_stride (bit / 8, frame))
    {
      g_autoptr (GBytes) pdf = posa_test_forge_flip (self->good, bit / 8, (guint8) (1 << bit % 8));
      assert_refused (self, pdf, "rule ");
      n++;
    }
  g_test_message ("%u of %" G_GSIZE_FORMAT " single-bit flips refused", n, n_bits);
}

/* All lengths near the end, else every 61st; all of them in the suite "slow". */
static void
test_truncations (Fixture *self, gconstpointer data)
{
  const gboolean all = g_getenv ("POSA_TEST_ALL") != NULL;
  gsize size = g_bytes_get_size (self->good);

  for (gsize length = 0; length < size; length += all || length + 600 > size ? 1 : 61)
    {
      g_autoptr (GBytes) pdf = g_bytes_new_from_bytes (self->good, 0, length);
      assert_refused (self, pdf, "rule ");
    }
}

static void
test_bad_authority (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);

  g_assert_null (posa_report_verify (self->good, empty, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_clear_error (&error);
  assert_refused (self, empty, "rule 1");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/attack/control", test_control },
    { "/attack/forged-dictionary", test_forged_dictionary },
    { "/attack/incremental-saving", test_incremental_saving },
    { "/attack/signature-wrapping", test_signature_wrapping },
    { "/attack/changed-content", test_changed_content },
    { "/attack/other-encoding", test_other_encoding },
    { "/attack/wrong-certificate", test_wrong_certificate },
    { "/attack/intermediate-authority", test_intermediate_authority },
    { "/attack/certificate-swap", test_certificate_swap },
    { "/attack/foreign-cms", test_foreign_cms },
    { "/attack/dishonest-device", test_dishonest_device },
    { "/attack/foreign-structure", test_foreign_structure },
    { "/attack/flips", test_flips },
    { "/attack/truncations", test_truncations },
    { "/attack/bad-authority", test_bad_authority },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
