/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "report/posa-report.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "base/posa-error.h"
#include "report/posa-certificate.h"
#include "report/posa-cms.h"
#include "report/posa-ecdsa.h"
#include "report/posa-pdf-signature.h"
#include "report/posa-pdf-text.h"
#include "report/posa-pdf-update.h"
#include "report/posa-report-page.h"
#include "report/posa-report-private.h"

/* Order matters: first the bytes that frame the signature, then the signature and its certificate
 * over the raw bytes, and only when those hold is anything of the document looked at. It is then
 * not parsed but written again and compared, so whatever our own writer would not have put there is
 * refused without having to be understood. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CMS_ContentInfo, CMS_ContentInfo_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE, X509_STORE_free)

typedef struct
{
  GBytes *pdf;
  GPtrArray *authorities; /* X509 */
  PosaPdfSignature signature;
  X509 *certificate;
  X509 *issuer; /* borrowed */
  GBytes *pages, *json;
  char *rendering;
} Check;

static void
check_clear (Check *self)
{
  g_clear_pointer (&self->authorities, g_ptr_array_unref);
  posa_pdf_signature_clear (&self->signature);
  g_clear_pointer (&self->certificate, X509_free);
  g_clear_pointer (&self->pages, g_bytes_unref);
  g_clear_pointer (&self->json, g_bytes_unref);
  g_clear_pointer (&self->rendering, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

static gboolean
fail (GError **error, const char *rule)
{
  ERR_clear_error ();
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_SIGNATURE, rule);
  return FALSE;
}

static BIO *
open_bytes (GBytes *bytes)
{
  return BIO_new_mem_buf (g_bytes_get_data (bytes, NULL), (int) g_bytes_get_size (bytes));
}

static CMS_ContentInfo *
parse_cms (const Check *self)
{
  gsize size;
  const guint8 *der = g_bytes_get_data (self->signature.cms, &size);

  return d2i_CMS_ContentInfo (NULL, &der, (long) size);
}

static X509 *
find_issuer (const Check *self, X509 *certificate)
{
  for (guint i = 0; i < self->authorities->len; i++)
    {
      X509 *authority = g_ptr_array_index (self->authorities, i);
      if (X509_verify (certificate, X509_get0_pubkey (authority)) == 1)
        return authority;
    }
  return NULL;
}

/* Rules 3 and 5: one signer, whose certificate is a report certificate of the authority. */
static gboolean
check_signer (Check *self, CMS_ContentInfo *cms, GError **error)
{
  STACK_OF (CMS_SignerInfo) *signers = CMS_get0_SignerInfos (cms);
  STACK_OF (X509) *bag = CMS_get1_certs (cms);

  for (int i = 0; i < sk_X509_num (bag) && sk_CMS_SignerInfo_num (signers) == 1; i++)
    {
      X509 *certificate = sk_X509_value (bag, i);
      if (CMS_SignerInfo_cert_cmp (sk_CMS_SignerInfo_value (signers, 0), certificate) != 0)
        continue;
      g_clear_pointer (&self->certificate, X509_free);
      X509_up_ref (certificate);
      self->certificate = certificate;
    }
  sk_X509_pop_free (bag, X509_free);
  if (sk_CMS_SignerInfo_num (signers) != 1)
    return fail (error, "rule 3: there is not exactly one signer");
  if (self->certificate == NULL)
    return fail (error, "rule 3: the signer's certificate is missing");
  if (!posa_certificate_check (self->certificate, self->authorities, error))
    {
      g_prefix_error_literal (error, "rule 5: ");
      return FALSE;
    }
  self->issuer = find_issuer (self, self->certificate);
  return self->issuer != NULL || fail (error, "rule 5: the signer's issuer is unknown");
}

/* Rule 4 by OpenSSL, which does not share a line with our encoder: message digest, signature, and
 * by CMS_CADES that the signed certificate hash is that of the signer. */
static gboolean
check_signature (const Check *self, CMS_ContentInfo *cms, GError **error)
{
  g_autoptr (GBytes) content = posa_pdf_signature_dup_content (&self->signature, self->pdf);
  g_autoptr (BIO) bio = open_bytes (content);
  g_autoptr (X509_STORE) store = X509_STORE_new ();

  for (guint i = 0; i < self->authorities->len; i++)
    X509_STORE_add_cert (store, g_ptr_array_index (self->authorities, i));
  X509_STORE_set_flags (store, X509_V_FLAG_NO_CHECK_TIME);
  if (CMS_verify (cms, NULL, store, bio, NULL, CMS_BINARY | CMS_CADES) != 1)
    return fail (error, "rule 4: the signature is not one over these bytes");
  return TRUE;
}

/* Rule 3 in full: the CMS is to the last byte the one that Posa writes. */
static gboolean
check_encoding (const Check *self, CMS_ContentInfo *cms, GError **error)
{
  CMS_SignerInfo *signer = sk_CMS_SignerInfo_value (CMS_get0_SignerInfos (cms), 0);
  ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature (signer);
  g_autoptr (GBytes)
      signature = g_bytes_new (ASN1_STRING_get0_data (value), (gsize) ASN1_STRING_length (value));
  guint8 digest[POSA_SHA256_SIZE];

  posa_pdf_signature_digest (&self->signature, self->pdf, digest);
  g_autoptr (GBytes) attributes = posa_cms_make_attributes (digest, self->certificate);
  g_autoptr (GBytes)
      again = posa_cms_encode (attributes, self->certificate, self->issuer, signature);
  if (!posa_ecdsa_is_normal (signature) || !g_bytes_equal (again, self->signature.cms))
    return fail (error, "rule 3: the signature is not encoded as Posa does it");
  return TRUE;
}

/* Rules 1 to 5 and 8: who signed which bytes when. */
static gboolean
authenticate (Check *self, GError **error)
{
  if (!posa_pdf_signature_find (&self->signature, self->pdf, error))
    return FALSE;
  if (self->signature.cms == NULL)
    return fail (error, "rule 2: the file is not signed");
  g_autoptr (CMS_ContentInfo) cms = parse_cms (self);
  if (cms == NULL || OBJ_obj2nid (CMS_get0_type (cms)) != NID_pkcs7_signed)
    return fail (error, "rule 3: the signature is no CMS SignedData");
  if (!check_signer (self, cms, error) || !check_signature (self, cms, error) ||
      !check_encoding (self, cms, error))
    return FALSE;
  if (!posa_certificate_check_time (self->certificate, self->signature.signed_us, error))
    {
      g_prefix_error_literal (error, "rule 8: ");
      return FALSE;
    }
  return TRUE;
}

/* Rule 9: report.json is a report, written as Posa writes it. */
static PosaReplacementReport *
read_report (Check *self, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gsize size;

  if (!posa_pdf_split (self->pdf, &self->pages, &self->json, &self->rendering, &cause))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE, "rule 6: %s", cause->message);
      return NULL;
    }
  const char *text = g_bytes_get_data (self->json, &size);
  g_autoptr (PosaReplacementReport)
      report = posa_replacement_report_from_text (text, (gssize) size, &cause);
  if (report == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE, "rule 9: report.json: %s",
                   cause->message);
      return NULL;
    }
  g_autofree char *again = posa_replacement_report_to_text (report);
  if (strlen (again) != size || memcmp (again, text, size) != 0)
    {
      fail (error, "rule 9: report.json is not written as Posa writes it");
      return NULL;
    }
  return g_steal_pointer (&report);
}

/* Rule 6: the revision written again is the revision that came. */
static gboolean
check_revision (const Check *self, const PosaReplacementReport *report, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) empty = posa_report_compose (report, self->pages, self->json, self->rendering,
                                                  self->signature.signed_us, &cause);

  if (empty == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE, "rule 6: %s", cause->message);
      return FALSE;
    }
  g_autoptr (GBytes)
      again = g_bytes_get_size (empty) == g_bytes_get_size (self->pdf)
                  ? posa_pdf_signature_fill (&self->signature, empty, self->signature.cms, NULL)
                  : NULL;
  if (again == NULL || !g_bytes_equal (again, self->pdf))
    return fail (error, "rule 6: the signed revision is not the one that Posa writes for this "
                        "report.json");
  return TRUE;
}

/* Rule 7: who signed is who the report says. /Name follows from rule 6. */
static gboolean
check_names (const PosaReportVerdict *verdict, GError **error)
{
  const PosaReplacementReport *report = verdict->report;

  if (g_strcmp0 (report->device_id, verdict->signer_common_name) != 0)
    return fail (error, "rule 7: report.json names another device than the certificate");
  if (verdict->signer_organization != NULL &&
      g_strcmp0 (report->contractor, verdict->signer_organization) != 0)
    return fail (error, "rule 7: report.json names another firm than the certificate");
  return TRUE;
}

static gboolean
is_same_text (GBytes *x, GBytes *y)
{
  g_autofree char *text_x = posa_pdf_text_extract (x, NULL);
  g_autofree char *text_y = posa_pdf_text_extract (y, NULL);

  return text_x != NULL && g_strcmp0 (text_x, text_y) == 0;
}

/* Rule 10: the pages drawn again. A machine that draws like the signer's must come out at the same
 * bytes; another one can at best find the same words. */
static gboolean
check_pages (const Check *self, PosaReportVerdict *verdict, GError **error)
{
  if (g_strcmp0 (verdict->report->program_version, POSA_VERSION) != 0)
    return TRUE;
  g_autoptr (GBytes) pages = posa_report_page_render (verdict->report, error);
  if (pages == NULL)
    return FALSE;
  if (g_bytes_equal (pages, self->pages))
    verdict->pages = POSA_REPORT_PAGES_SAME_BYTES;
  else if (g_strcmp0 (self->rendering, posa_report_page_get_rendering ()) == 0)
    return fail (error, "rule 10: the pages show something else than report.json");
  else if (is_same_text (pages, self->pages))
    verdict->pages = POSA_REPORT_PAGES_SAME_TEXT;
  return TRUE;
}

PosaReportVerdict *
posa_report_verify (GBytes *pdf, GBytes *ca_pem, GError **error)
{
  g_auto (Check) check = { .pdf = pdf };
  g_autoptr (PosaReportVerdict) verdict = g_new0 (PosaReportVerdict, 1);

  check.authorities = posa_certificates_from_pem (ca_pem, "certificate of the authority", error);
  if (check.authorities == NULL || !authenticate (&check, error))
    return NULL;
  verdict->report = read_report (&check, error);
  if (verdict->report == NULL || !check_revision (&check, verdict->report, error))
    return NULL;
  verdict->signer_common_name = posa_certificate_dup_common_name (check.certificate);
  verdict->signer_organization = posa_certificate_dup_organization (check.certificate);
  verdict->certificate_serial = posa_certificate_dup_serial (check.certificate);
  verdict->signed_us = check.signature.signed_us;
  verdict->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, pdf);
  if (!check_names (verdict, error) || !check_pages (&check, verdict, error))
    return NULL;
  return g_steal_pointer (&verdict);
}

void
posa_report_verdict_free (PosaReportVerdict *self)
{
  if (self == NULL)
    return;
  g_free (self->signer_common_name);
  g_free (self->signer_organization);
  g_free (self->certificate_serial);
  g_free (self->sha256);
  g_clear_pointer (&self->report, posa_replacement_report_free);
  g_free (self);
}
