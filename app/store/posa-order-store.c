/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-order-store.h"

#include "base/posa-error.h"
#include "store/posa-rows.h"

static const char *const state_names[POSA_N_ORDER_STATES] = {
  [POSA_ORDER_ASSIGNED] = "ASSIGNED",   [POSA_ORDER_IN_PROGRESS] = "IN_PROGRESS",
  [POSA_ORDER_DONE] = "DONE",           [POSA_ORDER_ABORTED] = "ABORTED",
  [POSA_ORDER_WITHDRAWN] = "WITHDRAWN",
};

const char *
posa_order_state_to_string (PosaOrderState self)
{
  g_return_val_if_fail (self < POSA_N_ORDER_STATES, "");
  return state_names[self];
}

gboolean
posa_order_state_from_string (const char *text, PosaOrderState *out)
{
  for (guint i = 0; i < POSA_N_ORDER_STATES; i++)
    if (g_strcmp0 (text, state_names[i]) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

void
posa_order_entry_free (PosaOrderEntry *self)
{
  g_clear_pointer (&self->order, posa_work_order_free);
  g_free (self);
}

static gboolean
insert (PosaStore *store, const PosaWorkOrder *order, GError **error)
{
  g_autofree char *document = posa_work_order_to_text (order);

  return posa_store_run (store, NULL, error,
                         "INSERT INTO work_order (id, revision, state, window_start_us, document)"
                         " VALUES (?, ?, ?, ?, ?)",
                         "sisis", order->id, order->revision,
                         state_names[order->cancelled ? POSA_ORDER_WITHDRAWN : POSA_ORDER_ASSIGNED],
                         order->window_start_us, document);
}

static gboolean
update (PosaStore *store, const PosaWorkOrder *order, PosaOrderState state, GError **error)
{
  g_autofree char *document = posa_work_order_to_text (order);

  return posa_store_run (store, NULL, error,
                         "UPDATE work_order SET revision = ?, state = ?, window_start_us = ?,"
                         " document = ? WHERE id = ?",
                         "isiss", order->revision, state_names[state], order->window_start_us,
                         document, order->id);
}

/* Facts beat intentions (field-work.md 6.3): work that was started or done stands. */
static PosaOrderState
judge (PosaOrderState state, gboolean cancelled, PosaOrderChange *change)
{
  if (state == POSA_ORDER_IN_PROGRESS || state == POSA_ORDER_DONE)
    {
      *change = POSA_ORDER_CHANGE_WORK_STANDS;
      return state;
    }
  *change = cancelled ? POSA_ORDER_CHANGE_WITHDRAWN : POSA_ORDER_CHANGE_UPDATED;
  return cancelled ? POSA_ORDER_WITHDRAWN : POSA_ORDER_ASSIGNED;
}

static gboolean
apply_row (PosaStore *store, const PosaWorkOrder *order, PosaOrderChange *change, GError **error)
{
  g_autoptr (PosaRows)
      rows = posa_rows_query (store, "SELECT revision, state FROM work_order WHERE id = ?", "s",
                              order->id);
  PosaOrderState state = POSA_ORDER_ASSIGNED;

  if (!posa_rows_next (rows))
    {
      *change = POSA_ORDER_CHANGE_ADDED;
      return posa_rows_check (rows, error) && insert (store, order, error);
    }
  *change = POSA_ORDER_CHANGE_NONE;
  if (posa_rows_int (rows, 0) >= order->revision)
    return TRUE;
  posa_order_state_from_string (posa_rows_text (rows, 1), &state);
  return update (store, order, judge (state, order->cancelled, change), error);
}

gboolean
posa_order_store_apply (PosaStore *store,
                        const PosaWorkOrder *order,
                        PosaOrderChange *change,
                        GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);
  PosaOrderChange ignored;

  return transaction != NULL &&
         apply_row (store, order, change != NULL ? change : &ignored, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

static PosaOrderEntry *
entry_from_row (PosaRows *rows, GError **error)
{
  g_autoptr (PosaOrderEntry) entry = g_new0 (PosaOrderEntry, 1);

  entry->order = posa_work_order_from_text (posa_rows_text (rows, 1), error);
  if (entry->order == NULL)
    {
      g_prefix_error (error, "stored order %s: ", posa_rows_text (rows, 0));
      return NULL;
    }
  posa_order_state_from_string (posa_rows_text (rows, 2), &entry->state);
  return g_steal_pointer (&entry);
}

static gboolean
fail_unknown (const char *id, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no work order %s on this device", id);
  return FALSE;
}

PosaOrderEntry *
posa_order_store_get (PosaStore *store, const char *id, GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, "SELECT id, document, state FROM work_order WHERE id = ?", "s", id);

  if (posa_rows_next (rows))
    return entry_from_row (rows, error);
  if (posa_rows_check (rows, error))
    fail_unknown (id, error);
  return NULL;
}

GPtrArray *
posa_order_store_list (PosaStore *store, GError **error)
{
  g_autoptr (GPtrArray)
      entries = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_order_entry_free);
  g_autoptr (PosaRows) rows = posa_rows_query (
      store, "SELECT id, document, state FROM work_order ORDER BY window_start_us, id", "");

  while (posa_rows_next (rows))
    {
      PosaOrderEntry *entry = entry_from_row (rows, error);

      if (entry == NULL)
        return NULL;
      g_ptr_array_add (entries, entry);
    }
  return posa_rows_check (rows, error) ? g_steal_pointer (&entries) : NULL;
}

gboolean
posa_order_store_set_state (PosaStore *store, const char *id, PosaOrderState state, GError **error)
{
  int n_changed = 0;

  if (!posa_store_run (store, &n_changed, error, "UPDATE work_order SET state = ? WHERE id = ?",
                       "ss", posa_order_state_to_string (state), id))
    return FALSE;
  return n_changed == 1 || fail_unknown (id, error);
}
