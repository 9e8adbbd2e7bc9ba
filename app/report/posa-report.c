/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-private.h"

#include <string.h>

#include "base/posa-error.h"
#include "report/posa-cms.h"
#include "report/posa-pdf-signature.h"
#include "report/posa-pdf-update.h"
#include "report/posa-report-key.h"
#include "report/posa-report-page.h"
#include "report/posa-report-text.h"

GBytes *
posa_report_compose (const PosaReplacementReport *report,
                     GBytes *pages,
                     GBytes *json,
                     const char *rendering,
                     gint64 signed_us,
                     GError **error)
{
  PosaReportLanguage language = posa_report_language_from_locale (report->locale);
  g_autofree char *title =
      g_strdup_printf ("%s %s", posa_report_text (language, POSA_TEXT_TITLE), report->number);
  g_autofree char *producer = g_strdup_printf ("Posa %s", report->program_version);
  const PosaPdfParts parts = { .pages = pages,
                               .json = json,
                               .title = title,
                               .language = posa_report_language_get_tag (language),
                               .producer = producer,
                               .rendering = rendering,
                               .signer = report->device_id,
                               .signed_us = signed_us };

  return posa_pdf_update (&parts, error);
}

/* The report as its own JSON says it: what is drawn and what is embedded cannot differ, not even
 * by a rounded time. */
static PosaReplacementReport *
normalise (const PosaReplacementReport *report, GBytes **json, GError **error)
{
  g_autofree char *text = posa_replacement_report_to_text (report);
  gsize size = strlen (text);
  PosaReplacementReport *normal = posa_replacement_report_from_text (text, (gssize) size, error);

  *json = g_bytes_new_take (g_steal_pointer (&text), size);
  if (normal == NULL)
    g_prefix_error_literal (error, "the report is not complete: ");
  return normal;
}

/* A report that no verifier would accept is not made. */
static gboolean
check_signer (const PosaReplacementReport *report,
              PosaReportKey *key,
              gint64 signed_us,
              GError **error)
{
  const char *device_id = posa_report_key_get_device_id (key);
  const char *contractor = posa_report_key_get_contractor (key);

  if (g_strcmp0 (report->device_id, device_id) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE,
                   "the report is of device \"%s\", the certificate of \"%s\"", report->device_id,
                   device_id);
      return FALSE;
    }
  if (contractor != NULL && g_strcmp0 (report->contractor, contractor) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE,
                   "the report is of firm \"%s\", the certificate of \"%s\"", report->contractor,
                   contractor);
      return FALSE;
    }
  return posa_certificate_check_time (posa_report_key_peek_certificate (key), signed_us, error);
}

static GBytes *
sign (GBytes *pdf, PosaReportKey *key, GError **error)
{
  g_auto (PosaPdfSignature) room = { 0 };
  guint8 digest[POSA_SHA256_SIZE];
  X509 *certificate = posa_report_key_peek_certificate (key);

  if (!posa_pdf_signature_find (&room, pdf, error))
    return NULL;
  posa_pdf_signature_digest (&room, pdf, digest);
  g_autoptr (GBytes) attributes = posa_cms_make_attributes (digest, certificate);
  g_autoptr (GBytes) signature = posa_report_key_sign (key, attributes, error);
  if (signature == NULL)
    return NULL;
  g_autoptr (GBytes) cms =
      posa_cms_encode (attributes, certificate, posa_report_key_peek_authority (key), signature);
  return posa_pdf_signature_fill (&room, pdf, cms, error);
}

GBytes *
posa_report_produce (const PosaReplacementReport *report,
                     PosaReportKey *key,
                     gint64 signed_us,
                     GError **error)
{
  g_autoptr (GBytes) json = NULL;
  g_autoptr (PosaReplacementReport) normal = normalise (report, &json, error);

  if (normal == NULL || !check_signer (normal, key, signed_us, error))
    return NULL;
  g_autoptr (GBytes) pages = posa_report_page_render (normal, error);
  if (pages == NULL)
    return NULL;
  g_autoptr (GBytes)
      pdf = posa_report_compose (normal, pages, json, posa_report_page_get_rendering (), signed_us,
                                 error);
  return pdf != NULL ? sign (pdf, key, error) : NULL;
}
