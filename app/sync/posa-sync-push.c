/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "store/posa-outbox-store.h"
#include "store/posa-report-store.h"
#include "store/posa-setting-store.h"
#include "sync/posa-sync-private.h"
#include "sync/posa-wire-receipt.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define RECEIPT_CURSOR "receipt-cursor"
#define RECEIPT_PAGE   100
/* A next try further ahead than any backoff was set by a clock that was wrong then or is now. */
#define MAX_AHEAD_US ((gint64) 2 * 60 * 60 * G_USEC_PER_SEC)
/* After so many reports in a row that the network lost, it is the network. */
#define MAX_LOST 3

static gint64
now (void)
{
  return posa_clock_get_wall (posa_clock_get_system ());
}

/* ---- receipts ---- */

/* Opens @receipt and makes its item delivered: the one way to that state. Not for this device's
 * items, or delivered already: nothing to do. SIGNATURE, CONFLICT (the portal has other bytes). */
static gboolean
apply_receipt (PosaSyncRun *self,
               const PosaWireReceipt *receipt,
               const PosaOutboxItem *item,
               GError **error)
{
  g_autoptr (PosaWireStatement)
      statement = posa_wire_receipt_open (receipt, posa_identity_get_ca (self->identity), error);

  if (statement == NULL)
    return FALSE;
  if (!g_str_equal (statement->report_id, item->id) ||
      !g_str_equal (statement->sha256, item->sha256))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SIGNATURE,
                   "the receipt is for other content than report %s", item->number);
      return FALSE;
    }
  if (statement->disposition != POSA_DISPOSITION_ACCEPTED)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_CONFLICT,
                   "the portal had other content for report %s; both are kept", item->number);
      return FALSE;
    }
  g_autofree char *text = posa_wire_receipt_to_text (receipt);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  if (!posa_outbox_store_set_delivered (self->store, item->id, bytes, statement->received_us,
                                        error))
    return FALSE;
  self->summary->delivered++;
  return TRUE;
}

/* Whose receipt it is, among those that wait; by the text that is not proven yet. */
static const PosaOutboxItem *
find_item (GPtrArray *items, const PosaWireReceipt *receipt)
{
  g_autoptr (PosaWireStatement)
      statement = posa_wire_statement_from_text (receipt->statement, -1, NULL);

  for (guint i = 0; statement != NULL && i < items->len; i++)
    {
      const PosaOutboxItem *item = g_ptr_array_index (items, i);
      if (g_str_equal (item->id, statement->report_id) &&
          g_str_equal (item->sha256, statement->sha256))
        return item;
    }
  return NULL;
}

static gboolean
apply_receipts (PosaSyncRun *self, const PosaWireReceipts *page, GPtrArray *items, GError **error)
{
  g_autofree char *cursor = g_strdup_printf ("%" G_GINT64_FORMAT, page->cursor);
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (self->store, error);

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < page->receipts->len; i++)
    {
      const PosaWireReceipt *receipt = g_ptr_array_index (page->receipts, i);
      const PosaOutboxItem *item = find_item (items, receipt);
      g_autoptr (GError) fault = NULL;
      if (item == NULL || apply_receipt (self, receipt, item, &fault))
        continue;
      if (posa_sync_is_final (fault))
        {
          g_propagate_error (error, g_steal_pointer (&fault));
          return FALSE;
        }
      /* Its report is sent again, and then the answer says what is wrong. */
      g_message ("%s: %s", item->number, fault->message);
    }
  return posa_setting_store_set (self->store, RECEIPT_CURSOR, cursor, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

static PosaWireReceipts *
fetch_receipts (PosaSyncRun *self, const char *cursor, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/v1/receipts?since=%s&limit=%d", cursor, RECEIPT_PAGE);
  gsize size;
  g_autofree char *text = posa_sync_get (self, path, &size, error);
  PosaWireReceipts *page = text != NULL ? posa_wire_receipts_from_text (text, (gssize) size, error)
                                        : NULL;

  if (page == NULL)
    g_prefix_error_literal (error, "receiving receipts: ");
  return page;
}

/* Items that were under way before: their answer may have been lost. */
static gboolean
was_tried (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (((const PosaOutboxItem *) g_ptr_array_index (items, i))->attempts > 0)
      return TRUE;
  return FALSE;
}

gboolean
posa_sync_fetch_receipts (PosaSyncRun *self, GError **error)
{
  g_autofree char *cursor = NULL;
  g_autoptr (GPtrArray) items = posa_outbox_store_list_due (self->store, G_MAXINT64, error);

  if (items == NULL || !posa_setting_store_get (self->store, RECEIPT_CURSOR, &cursor, error))
    return FALSE;
  if (!was_tried (items))
    return TRUE;
  for (gboolean more = TRUE; more;)
    {
      g_autoptr (PosaWireReceipts)
          page = fetch_receipts (self, cursor != NULL ? cursor : "0", error);
      if (page == NULL || !apply_receipts (self, page, items, error))
        return FALSE;
      more = page->has_more && page->receipts->len > 0;
      g_free (cursor);
      cursor = g_strdup_printf ("%" G_GINT64_FORMAT, page->cursor);
    }
  return TRUE;
}

/* ---- reports ---- */

/* What an answer that is no receipt makes of an item. */
static PosaOutboxState
state_after (const GError *reason)
{
  if (g_error_matches (reason, POSA_ERROR, POSA_ERROR_PORTAL_REFUSED) ||
      g_error_matches (reason, POSA_ERROR, POSA_ERROR_NOT_FOUND))
    return POSA_OUTBOX_REFUSED;
  if (g_error_matches (reason, POSA_ERROR, POSA_ERROR_CONFLICT))
    return POSA_OUTBOX_CONFLICT;
  if (g_error_matches (reason, POSA_ERROR, POSA_ERROR_SIGNATURE) ||
      g_error_matches (reason, POSA_ERROR, POSA_ERROR_INVALID_DATA))
    return POSA_OUTBOX_HELD;
  return POSA_OUTBOX_QUEUED;
}

static gboolean
take_answer (PosaSyncRun *self,
             const PosaOutboxItem *item,
             const PosaPortalReply *reply,
             GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (reply->content, &size);

  if (!posa_portal_reply_check (reply, error))
    return FALSE;
  g_autoptr (PosaWireReceipt)
      receipt = posa_wire_receipt_from_text (text != NULL ? text : "", (gssize) size, error);
  return receipt != NULL && apply_receipt (self, receipt, item, error);
}

static gboolean
send_item (PosaSyncRun *self, const PosaOutboxItem *item, gint64 *retry_after_us, GError **error)
{
  g_autofree char *path = g_strconcat ("/v1/reports/", item->id, NULL);
  g_autoptr (GBytes) pdf = posa_report_store_get_pdf (self->store, item->id, error);
  PosaPortalBody body = { "application/pdf", pdf };

  if (pdf == NULL || !posa_outbox_store_set_sending (self->store, item->id, error))
    return FALSE;
  g_autoptr (PosaPortalReply)
      reply = posa_portal_client_send (self->client, "PUT", path, &body,
                                       posa_operation_peek_cancellable (self->operation), error);
  if (reply == NULL)
    return FALSE;
  *retry_after_us = reply->retry_after_us;
  return take_answer (self, item, reply, error);
}

static gboolean
record_failure (PosaSyncRun *self,
                const PosaOutboxItem *item,
                const GError *reason,
                gint64 retry_after_us,
                GError **error)
{
  PosaOutboxState state = state_after (reason);
  gint64 wait = g_error_matches (reason, POSA_ERROR, POSA_ERROR_CANCELLED)
                    ? 0
                    : posa_sync_backoff (item->attempts + 1, retry_after_us);

  g_message ("%s: %s", item->number, reason->message);
  return posa_outbox_store_set_waiting (self->store, item->id, state, now () + wait, reason, error);
}

static gboolean
is_due (const PosaOutboxItem *item)
{
  return item->next_attempt_us <= now () || item->next_attempt_us > now () + MAX_AHEAD_US;
}

static gboolean
is_lost (const GError *reason)
{
  return g_error_matches (reason, POSA_ERROR, POSA_ERROR_OFFLINE) ||
         g_error_matches (reason, POSA_ERROR, POSA_ERROR_TIMED_OUT);
}

/* One item. FALSE: the run is of no use any more. @lost counts failures of the network in a row. */
static gboolean
push_item (PosaSyncRun *self, const PosaOutboxItem *item, guint *lost, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gint64 retry_after_us = 0;

  if (send_item (self, item, &retry_after_us, &reason))
    {
      *lost = 0;
      return TRUE;
    }
  if (!record_failure (self, item, reason, retry_after_us, error))
    return FALSE;
  *lost = is_lost (reason) ? *lost + 1 : 0;
  if (!posa_sync_is_final (reason) && *lost < MAX_LOST)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

static gboolean
count_left (PosaSyncRun *self, GError **error)
{
  g_autoptr (GPtrArray) items = posa_outbox_store_list (self->store, error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      PosaOutboxState state = ((const PosaOutboxItem *) g_ptr_array_index (items, i))->state;
      gboolean refused = state == POSA_OUTBOX_REFUSED || state == POSA_OUTBOX_CONFLICT;
      self->summary->refused += refused;
      self->summary->waiting += !refused && state != POSA_OUTBOX_DELIVERED;
    }
  return items != NULL;
}

gboolean
posa_sync_push (PosaSyncRun *self, GError **error)
{
  g_autoptr (GPtrArray) items = posa_outbox_store_list_due (self->store, G_MAXINT64, error);
  g_autoptr (GError) fault = NULL;
  guint lost = 0;

  if (items == NULL)
    return FALSE;
  for (guint i = 0; fault == NULL && i < items->len; i++)
    {
      const PosaOutboxItem *item = g_ptr_array_index (items, i);
      posa_operation_report (self->operation, 0.4 + 0.6 * i / items->len, _ ("Sending report %s"),
                             item->number);
      if (is_due (item))
        push_item (self, item, &lost, &fault);
    }
  if (!count_left (self, fault == NULL ? &fault : NULL) || fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  return TRUE;
}
