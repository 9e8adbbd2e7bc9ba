/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-checks.h"

#include "base/posa-error.h"

#define CLOCK_TOLERANCE_US ((gint64) 10 * 60 * G_USEC_PER_SEC)

typedef struct
{
  PosaPortal *portal;
  const PosaPortalDevice *bringer, *signer;
  const PosaReportVerdict *verdict;
  gint64 received_us;
  GError *error; /* of the store; the first one ends the checks */
} Check;

static void flag (Check *self, const char *kind, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
flag (Check *self, const char *kind, const char *format, ...)
{
  va_list arguments;

  if (self->error != NULL)
    return;
  va_start (arguments, format);
  g_autofree char *detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  posa_portal_store_run (self->portal->store, &self->error,
                         "INSERT INTO exception (report_id, sha256, kind, detail, created_us) "
                         "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                         "ssssi", self->verdict->report->id, self->verdict->sha256, kind, detail,
                         self->received_us);
}

/* The one row of a query with one text parameter, or NULL. */
static PosaPortalRows *
look_up (Check *self, const char *sql, const char *value)
{
  if (self->error != NULL)
    return NULL;
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self->portal->store, &self->error, sql, "s", value);
  if (rows == NULL || !posa_portal_rows_next (rows, &self->error))
    return NULL;
  return g_steal_pointer (&rows);
}

static void
check_order (Check *self)
{
  const PosaReplacementReport *report = self->verdict->report;
  g_autoptr (PosaPortalRows)
      rows = look_up (self, "SELECT body FROM work_order WHERE id = ?", report->order->id);
  g_autoptr (PosaWorkOrder) order = NULL;

  if (rows == NULL)
    {
      flag (self, "order-unknown", "there is no order %s", report->order->id);
      return;
    }
  order = posa_work_order_from_text (posa_portal_rows_text (rows, 0), &self->error);
  if (order == NULL)
    return;
  if (order->cancelled)
    flag (self, "order-cancelled", "order %s was withdrawn: %s", order->id,
          order->cancel_reason != NULL ? order->cancel_reason : "no reason given");
  if (g_strcmp0 (order->crew_id, report->crew_id) != 0)
    flag (self, "order-of-other-crew", "order %s is of crew %s, done by %s", order->id,
          order->crew_id, report->crew_id);
  if (report->removal != NULL && g_strcmp0 (report->removal->meter.serial, order->old_serial) != 0)
    flag (self, "old-meter-differs", "order %s is for meter %s, read was %s", order->id,
          order->old_serial, report->removal->meter.serial);
}

static gboolean
is_replaced (PosaOutcome outcome)
{
  return outcome == POSA_OUTCOME_REPLACED || outcome == POSA_OUTCOME_REPLACED_MANUAL_READING;
}

static void
check_repetition (Check *self)
{
  const PosaReplacementReport *report = self->verdict->report;

  if (self->error != NULL || !is_replaced (report->outcome))
    return;
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->portal->store, &self->error,
      "SELECT number FROM report WHERE order_id = ? AND report_id <> ? AND outcome IN (?, ?)",
      "ssii", report->order->id, report->id, (gint64) POSA_OUTCOME_REPLACED,
      (gint64) POSA_OUTCOME_REPLACED_MANUAL_READING);
  if (rows != NULL && posa_portal_rows_next (rows, &self->error))
    flag (self, "order-done-before", "order %s was done by report %s already", report->order->id,
          posa_portal_rows_text (rows, 0));
}

static void
check_new_meter (Check *self)
{
  const PosaReplacementReport *report = self->verdict->report;
  const char *serial = report->activation != NULL ? report->activation->meter.serial : NULL;

  if (serial == NULL)
    return;
  g_autoptr (PosaPortalRows)
      item = look_up (self, "SELECT crew_id FROM stock_item WHERE serial = ?", serial);
  if (item == NULL)
    flag (self, "new-meter-unknown", "meter %s is not in any stock", serial);
  else if (g_strcmp0 (posa_portal_rows_text (item, 0), report->crew_id) != 0)
    flag (self, "new-meter-of-other-crew", "meter %s is of crew %s", serial,
          posa_portal_rows_text (item, 0));
  if (self->error != NULL)
    return;
  g_autoptr (PosaPortalRows) used =
      posa_portal_store_query (self->portal->store, &self->error,
                               "SELECT number FROM report WHERE new_serial = ? AND report_id <> ?",
                               "ss", serial, report->id);
  if (used != NULL && posa_portal_rows_next (used, &self->error))
    flag (self, "new-meter-used", "meter %s was fitted by report %s already", serial,
          posa_portal_rows_text (used, 0));
}

static void
check_device (Check *self)
{
  const PosaReplacementReport *report = self->verdict->report;

  if (self->signer->revoked)
    flag (self, "signer-revoked", "device %s is revoked", self->signer->id);
  if (!g_str_equal (self->signer->id, self->bringer->id))
    flag (self, "brought-by-other-device", "signed by %s, brought by %s", self->signer->id,
          self->bringer->id);
  if (self->verdict->pages == POSA_REPORT_PAGES_NOT_COMPARED)
    flag (self, "pages-not-compared", "drawn by another program version, %s",
          report->program_version);
  if (self->verdict->signed_us > self->received_us + CLOCK_TOLERANCE_US ||
      self->verdict->signed_us + CLOCK_TOLERANCE_US < report->finished_us)
    flag (self, "clock-odd", "signed, by its clock, at %" G_GINT64_FORMAT " µs",
          self->verdict->signed_us);
}

/* A device numbers its reports without a gap and each names the one before. What has not come yet
 * is no exception: reports may arrive in any order. */
static void
check_chain (Check *self)
{
  const PosaReplacementReport *report = self->verdict->report;

  if (self->error != NULL)
    return;
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (
      self->portal->store, &self->error,
      "SELECT device_sequence, sha256, report_id FROM report WHERE signer_id = ? "
      "AND device_sequence IN (?, ?) AND report_id <> ?",
      "siis", self->signer->id, report->device_sequence, report->device_sequence - 1, report->id);
  while (rows != NULL && posa_portal_rows_next (rows, &self->error))
    {
      if (posa_portal_rows_int (rows, 0) == report->device_sequence)
        flag (self, "sequence-used", "report %s has the same number in the device's sequence",
              posa_portal_rows_text (rows, 2));
      else if (g_strcmp0 (posa_portal_rows_text (rows, 1), report->previous_sha256) != 0)
        flag (self, "chain-broken", "it does not name report %s as the one before",
              posa_portal_rows_text (rows, 2));
    }
}

gboolean
posa_portal_check_report (PosaPortal *self,
                          const PosaPortalDevice *bringer,
                          const PosaPortalDevice *signer,
                          const PosaReportVerdict *verdict,
                          gboolean variant,
                          gint64 received_us,
                          GError **error)
{
  Check check = { self, bringer, signer, verdict, received_us, NULL };

  if (variant)
    flag (&check, "variant", "other content came first under this id");
  check_order (&check);
  check_repetition (&check);
  check_new_meter (&check);
  check_device (&check);
  check_chain (&check);
  if (check.error == NULL)
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}
