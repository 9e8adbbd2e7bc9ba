/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "store/posa-outbox-store.h"

#include "base/posa-error.h"
#include "store/posa-rows.h"

#include <glib/gi18n-lib.h>

#define SELECT_ITEM                                                                                \
  "SELECT o.id, o.kind, r.order_id, r.number, r.sha256, o.state, o.attempts, o.created_us,"        \
  " o.next_attempt_us, o.error_nick, o.error_text, o.receipt, o.received_us"                       \
  " FROM outbox AS o JOIN report AS r ON r.id = o.id "

static const struct
{
  const char *name;
  const char *label;
} states[POSA_N_OUTBOX_STATES] = {
  [POSA_OUTBOX_QUEUED] = { "QUEUED", N_ ("Waits for the network") },
  [POSA_OUTBOX_SENDING] = { "SENDING", N_ ("Being sent") },
  [POSA_OUTBOX_HELD] = { "HELD", N_ ("Sent, waits for the receipt") },
  [POSA_OUTBOX_REFUSED] = { "REFUSED", N_ ("Refused, call the office") },
  [POSA_OUTBOX_CONFLICT] = { "CONFLICT", N_ ("In conflict, the office decides") },
  [POSA_OUTBOX_DELIVERED] = { "DELIVERED", N_ ("Delivered") },
};

const char *
posa_outbox_state_to_string (PosaOutboxState self)
{
  g_return_val_if_fail (self < POSA_N_OUTBOX_STATES, "");
  return states[self].name;
}

const char *
posa_outbox_state_get_label (PosaOutboxState self)
{
  g_return_val_if_fail (self < POSA_N_OUTBOX_STATES, "");
  return g_dgettext (GETTEXT_PACKAGE, states[self].label);
}

static PosaOutboxState
state_from_string (const char *text)
{
  for (guint i = 0; i < POSA_N_OUTBOX_STATES; i++)
    if (g_strcmp0 (text, states[i].name) == 0)
      return i;
  return POSA_OUTBOX_QUEUED;
}

void
posa_outbox_item_free (PosaOutboxItem *self)
{
  g_free (self->id);
  g_free (self->kind);
  g_free (self->order_id);
  g_free (self->number);
  g_free (self->sha256);
  g_free (self->error_nick);
  g_free (self->error_text);
  g_clear_pointer (&self->receipt, g_bytes_unref);
  g_free (self);
}

static PosaOutboxItem *
item_from_row (PosaRows *rows)
{
  PosaOutboxItem *self = g_new0 (PosaOutboxItem, 1);

  self->id = g_strdup (posa_rows_text (rows, 0));
  self->kind = g_strdup (posa_rows_text (rows, 1));
  self->order_id = g_strdup (posa_rows_text (rows, 2));
  self->number = g_strdup (posa_rows_text (rows, 3));
  self->sha256 = g_strdup (posa_rows_text (rows, 4));
  self->state = state_from_string (posa_rows_text (rows, 5));
  self->attempts = (guint) posa_rows_int (rows, 6);
  self->created_us = posa_rows_int (rows, 7);
  self->next_attempt_us = posa_rows_int (rows, 8);
  self->error_nick = g_strdup (posa_rows_text (rows, 9));
  self->error_text = g_strdup (posa_rows_text (rows, 10));
  self->receipt = posa_rows_dup_bytes (rows, 11);
  self->received_us = posa_rows_int (rows, 12);
  return self;
}

static GPtrArray *
take_items (PosaRows *rows, GError **error)
{
  g_autoptr (GPtrArray)
      items = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_outbox_item_free);

  while (posa_rows_next (rows))
    g_ptr_array_add (items, item_from_row (rows));
  return posa_rows_check (rows, error) ? g_steal_pointer (&items) : NULL;
}

gboolean
posa_outbox_store_add (PosaStore *store, const char *report_id, gint64 wall_us, GError **error)
{
  return posa_store_run (store, NULL, error,
                         "INSERT INTO outbox (id, kind, state, created_us, next_attempt_us)"
                         " VALUES (?, 'report', 'QUEUED', ?, ?)",
                         "sii", report_id, wall_us, wall_us);
}

PosaOutboxItem *
posa_outbox_store_get (PosaStore *store, const char *id, GError **error)
{
  g_autoptr (PosaRows) rows = posa_rows_query (store, SELECT_ITEM "WHERE o.id = ?", "s", id);

  if (posa_rows_next (rows))
    return item_from_row (rows);
  if (posa_rows_check (rows, error))
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no item %s in the outbox", id);
  return NULL;
}

GPtrArray *
posa_outbox_store_list (PosaStore *store, GError **error)
{
  g_autoptr (PosaRows) rows = posa_rows_query (store, SELECT_ITEM "ORDER BY r.sequence", "");

  return take_items (rows, error);
}

GPtrArray *
posa_outbox_store_list_due (PosaStore *store, gint64 wall_us, GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store,
                       SELECT_ITEM "WHERE o.state = 'SENDING' OR"
                                   " (o.state IN ('QUEUED', 'HELD') AND o.next_attempt_us <= ?)"
                                   " ORDER BY r.sequence",
                       "i", wall_us);

  return take_items (rows, error);
}

static gboolean
expect_one (int n_changed, const char *id, GError **error)
{
  if (n_changed != 1)
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no item %s in the outbox", id);
  return n_changed == 1;
}

gboolean
posa_outbox_store_set_sending (PosaStore *store, const char *id, GError **error)
{
  int n_changed = 0;

  return posa_store_run (
             store, &n_changed, error,
             "UPDATE outbox SET state = 'SENDING', attempts = attempts + 1 WHERE id = ?", "s",
             id) &&
         expect_one (n_changed, id, error);
}

gboolean
posa_outbox_store_set_waiting (PosaStore *store,
                               const char *id,
                               PosaOutboxState state,
                               gint64 next_attempt_us,
                               const GError *reason,
                               GError **error)
{
  int n_changed = 0;

  return posa_store_run (store, &n_changed, error,
                         "UPDATE outbox SET state = ?, next_attempt_us = ?, error_nick = ?,"
                         " error_text = ? WHERE id = ?",
                         "sisss", posa_outbox_state_to_string (state), next_attempt_us,
                         reason != NULL ? posa_error_get_nick (reason) : NULL,
                         reason != NULL ? reason->message : NULL, id) &&
         expect_one (n_changed, id, error);
}

gboolean
posa_outbox_store_set_delivered (PosaStore *store,
                                 const char *id,
                                 GBytes *receipt,
                                 gint64 received_us,
                                 GError **error)
{
  int n_changed = 0;

  if (!posa_store_run (store, &n_changed, error,
                       "UPDATE outbox SET state = 'DELIVERED', receipt = ?, received_us = ?,"
                       " error_nick = NULL, error_text = NULL"
                       " WHERE id = ? AND state <> 'DELIVERED'",
                       "bis", receipt, received_us, id))
    return FALSE;
  /* A receipt may come twice; the first one stands. */
  g_autoptr (PosaOutboxItem) item = n_changed == 0 ? posa_outbox_store_get (store, id, error)
                                                   : NULL;
  return n_changed == 1 || item != NULL;
}

gboolean
posa_outbox_store_hurry (PosaStore *store, GError **error)
{
  return posa_store_run (store, NULL, error,
                         "UPDATE outbox SET state = iif(state = 'REFUSED', 'QUEUED', state),"
                         " next_attempt_us = 0 WHERE state IN ('QUEUED', 'HELD', 'REFUSED')",
                         "");
}
