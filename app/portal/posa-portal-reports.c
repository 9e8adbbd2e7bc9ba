/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-reports.h"

#include "base/posa-error.h"
#include "portal/posa-portal-checks.h"
#include "sync/posa-wire-crypto.h"

#include <string.h>

#define MAX_QUARANTINE 1000 /* of one device: it must not fill the portal's disk */

void
posa_portal_answer_free (PosaPortalAnswer *self)
{
  g_clear_pointer (&self->receipt, posa_wire_receipt_free);
  g_free (self->reason);
  g_free (self);
}

static PosaPortalAnswer *
answer_new (PosaReportFate fate, PosaWireReceipt *receipt)
{
  PosaPortalAnswer *answer = g_new0 (PosaPortalAnswer, 1);

  answer->fate = fate;
  answer->receipt = receipt;
  return answer;
}

static PosaWireReceipt *
receipt_from_row (PosaPortalRows *rows)
{
  PosaWireReceipt *receipt = posa_wire_receipt_new ();

  receipt->statement = g_strdup (posa_portal_rows_text (rows, 0));
  receipt->signature = posa_portal_rows_bytes (rows, 1);
  receipt->certificate = g_strdup (posa_portal_rows_text (rows, 2));
  return receipt;
}

/* The answer for bytes that are here already; NULL without an error when they are not. */
static PosaPortalAnswer *
find_known (PosaPortal *self, const char *report_id, const char *sha256, GError **error)
{
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->store, error,
      "SELECT statement, signature, certificate, variant FROM receipt "
      "JOIN report USING (report_id, sha256) WHERE report_id = ? AND sha256 = ?",
      "ss", report_id, sha256);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return NULL;
  gboolean variant = posa_portal_rows_int (rows, 3) != 0;
  return answer_new (variant ? POSA_REPORT_VARIANT : POSA_REPORT_KNOWN, receipt_from_row (rows));
}

static gboolean
count (PosaPortal *self, const char *sql, const char *value, gint64 *n, GError **error)
{
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (self->store, error, sql, "s", value);

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return FALSE;
  *n = posa_portal_rows_int (rows, 0);
  return TRUE;
}

static gboolean
store_report (PosaPortal *self,
              const PosaPortalDevice *device,
              const PosaPortalDevice *signer,
              const PosaReportVerdict *verdict,
              const PosaWireStatement *statement,
              GBytes *pdf,
              GError **error)
{
  const PosaReplacementReport *report = verdict->report;

  return posa_portal_store_run (
      self->store, error,
      "INSERT INTO report (report_id, sha256, variant, device_id, signer_id, device_sequence, "
      "number, order_id, new_serial, outcome, received_us, pdf) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "ssississsiib", report->id, verdict->sha256,
      (gint64) (statement->disposition == POSA_DISPOSITION_VARIANT), device->id, signer->id,
      report->device_sequence, report->number, report->order->id,
      report->activation != NULL ? report->activation->meter.serial : NULL,
      (gint64) report->outcome, statement->received_us, pdf);
}

/* The receipt's number has to be in the signed text, so it is drawn first. */
static gboolean
draw_sequence (PosaPortal *self, gint64 *sequence, GError **error)
{
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->store, error,
                                      "SELECT coalesce(max(sequence), 0) + 1 FROM receipt", "");

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return FALSE;
  *sequence = posa_portal_rows_int (rows, 0);
  return TRUE;
}

static gboolean
store_receipt (PosaPortal *self,
               const PosaWireStatement *statement,
               const PosaWireReceipt *receipt,
               GError **error)
{
  return posa_portal_store_run (self->store, error,
                                "INSERT INTO receipt (sequence, report_id, sha256, device_id, "
                                "statement, signature, certificate) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                "issssbs", statement->sequence, statement->report_id,
                                statement->sha256, statement->device_id, receipt->statement,
                                receipt->signature, receipt->certificate);
}

static PosaPortalAnswer *
take_report (PosaPortal *self,
             const PosaPortalDevice *device,
             const PosaPortalDevice *signer,
             const PosaReportVerdict *verdict,
             GBytes *pdf,
             GError **error)
{
  const char *id = verdict->report->id;
  g_autoptr (PosaWireStatement) statement = posa_wire_statement_new ();
  g_autoptr (PosaPortalTransaction) transaction = posa_portal_store_begin (self->store, error);
  gint64 others = 0;

  if (transaction == NULL ||
      !count (self, "SELECT count(*) FROM report WHERE report_id = ?", id, &others, error) ||
      !draw_sequence (self, &statement->sequence, error))
    return NULL;
  statement->report_id = g_strdup (id);
  statement->sha256 = g_strdup (verdict->sha256);
  statement->device_id = g_strdup (device->id);
  statement->received_us = posa_portal_now ();
  statement->portal = g_strdup (posa_portal_ca_get_name (self->ca));
  statement->disposition = others > 0 ? POSA_DISPOSITION_VARIANT : POSA_DISPOSITION_ACCEPTED;
  g_autoptr (PosaWireReceipt) receipt = posa_portal_ca_sign_receipt (self->ca, statement, error);
  if (receipt == NULL || !store_report (self, device, signer, verdict, statement, pdf, error) ||
      !store_receipt (self, statement, receipt, error) ||
      !posa_portal_check_report (self, device, signer, verdict, others > 0, statement->received_us,
                                 error) ||
      !posa_portal_transaction_commit (transaction, error))
    return NULL;
  return answer_new (others > 0 ? POSA_REPORT_VARIANT : POSA_REPORT_NEW,
                     g_steal_pointer (&receipt));
}

static PosaPortalAnswer *
put_aside (PosaPortal *self,
           const PosaPortalDevice *device,
           const char *report_id,
           GBytes *pdf,
           const char *reason,
           GError **error)
{
  if (!posa_portal_quarantine (self, device, report_id, pdf, reason, error))
    return NULL;
  PosaPortalAnswer *answer = answer_new (POSA_REPORT_SIGNATURE, NULL);
  answer->reason = g_strdup (reason);
  return answer;
}

PosaPortalAnswer *
posa_portal_put_report (PosaPortal *self,
                        const PosaPortalDevice *device,
                        const char *report_id,
                        GBytes *pdf,
                        GError **error)
{
  g_autofree char *sha256 = posa_wire_sha256 (pdf);
  const char *pem = posa_portal_ca_get_pem (self->ca);
  g_autoptr (GBytes) ca = g_bytes_new_static (pem, strlen (pem));
  g_autoptr (GError) fault = NULL;
  PosaPortalAnswer *known = find_known (self, report_id, sha256, &fault);

  if (known != NULL)
    return known;
  g_autoptr (PosaReportVerdict) verdict = fault == NULL ? posa_report_verify (pdf, ca, &fault)
                                                        : NULL;
  if (verdict == NULL)
    {
      if (g_error_matches (fault, POSA_ERROR, POSA_ERROR_SIGNATURE) ||
          g_error_matches (fault, POSA_ERROR, POSA_ERROR_INVALID_DATA))
        return put_aside (self, device, report_id, pdf, fault->message, error);
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  if (!g_str_equal (verdict->report->id, report_id))
    return put_aside (self, device, report_id, pdf, "the report names another id", error);
  g_autoptr (PosaPortalDevice)
      signer = posa_portal_find_signer (self, verdict->certificate_serial, &fault);
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  if (signer == NULL)
    return put_aside (self, device, report_id, pdf, "the signer's certificate is of no device",
                      error);
  return take_report (self, device, signer, verdict, pdf, error);
}

gboolean
posa_portal_quarantine (PosaPortal *self,
                        const PosaPortalDevice *device,
                        const char *report_id,
                        GBytes *body,
                        const char *reason,
                        GError **error)
{
  g_autofree char *sha256 = posa_wire_sha256 (body);
  gint64 held = 0;

  if (!count (self, "SELECT count(*) FROM quarantine WHERE device_id = ?", device->id, &held,
              error))
    return FALSE;
  if (held >= MAX_QUARANTINE)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_DISK_FULL,
                   "device %s has %d items in quarantine already", device->id, MAX_QUARANTINE);
      return FALSE;
    }
  return posa_portal_store_run (self->store, error,
                                "INSERT INTO quarantine (report_id, sha256, device_id, reason, "
                                "received_us, body) VALUES (?, ?, ?, ?, ?, ?) "
                                "ON CONFLICT DO NOTHING",
                                "ssssib", report_id, sha256, device->id, reason, posa_portal_now (),
                                body);
}

PosaWireReceipts *
posa_portal_get_receipts (PosaPortal *self,
                          const PosaPortalDevice *device,
                          gint64 since,
                          guint limit,
                          GError **error)
{
  g_autoptr (PosaWireReceipts) page = posa_wire_receipts_new ();
  g_autoptr (GError) fault = NULL;
  g_autoptr (PosaPortalRows) rows =
      posa_portal_store_query (self->store, error,
                               "SELECT statement, signature, certificate, sequence FROM receipt "
                               "WHERE device_id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                               "sii", device->id, since, (gint64) limit + 1);

  if (rows == NULL)
    return NULL;
  page->cursor = since;
  while (posa_portal_rows_next (rows, &fault))
    {
      page->has_more = page->receipts->len == limit;
      if (page->has_more)
        break;
      g_ptr_array_add (page->receipts, receipt_from_row (rows));
      page->cursor = posa_portal_rows_int (rows, 3);
    }
  if (fault == NULL)
    return g_steal_pointer (&page);
  g_propagate_error (error, g_steal_pointer (&fault));
  return NULL;
}

GBytes *
posa_portal_get_report (PosaPortal *self, const char *report_id, GError **error)
{
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->store, error, "SELECT pdf FROM report WHERE report_id = ? ORDER BY variant LIMIT 1",
      "s", report_id);
  g_autoptr (GError) fault = NULL;

  if (rows == NULL)
    return NULL;
  if (posa_portal_rows_next (rows, &fault))
    return posa_portal_rows_bytes (rows, 0);
  if (fault != NULL)
    g_propagate_error (error, g_steal_pointer (&fault));
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "there is no report %s", report_id);
  return NULL;
}
