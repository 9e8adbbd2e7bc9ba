/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-meter-key-store.h"

#include "base/posa-error.h"
#include "store/posa-rows.h"
#include "store/posa-store-private.h"

static const char *
state_name (PosaMeterKeyState state)
{
  return state == POSA_METER_KEY_PENDING ? "PENDING" : "ACTIVE";
}

gboolean
posa_meter_key_store_get (PosaStore *store,
                          const char *serial,
                          PosaMeterKeyState state,
                          GBytes **wrapped,
                          GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, "SELECT wrapped_keys FROM meter_key WHERE serial = ? AND state = ?",
                       "ss", serial, state_name (state));

  *wrapped = posa_rows_next (rows) ? posa_rows_dup_bytes (rows, 0) : NULL;
  if (posa_rows_check (rows, error))
    return *wrapped != NULL;
  g_clear_pointer (wrapped, g_bytes_unref);
  return FALSE;
}

static gboolean
change_state (PosaStore *store,
              const char *serial,
              const char *from,
              const char *to,
              gint64 wall_us,
              int *n_changed,
              GError **error)
{
  return posa_store_run (store, n_changed, error,
                         "UPDATE meter_key SET state = ?, changed_us = ?"
                         " WHERE serial = ? AND state = ?",
                         "siss", to, wall_us, serial, from);
}

gboolean
posa_meter_key_store_set_pending (PosaStore *store,
                                  const char *serial,
                                  GBytes *wrapped,
                                  gint64 wall_us,
                                  GError **error)
{
  /* begin, not join: an outer transaction could still be undone. */
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (store, error);

  if (transaction == NULL)
    return FALSE;
  if (wrapped == NULL)
    return change_state (store, serial, "PENDING", "REFUSED", wall_us, NULL, error) &&
           posa_transaction_commit (g_steal_pointer (&transaction), error);
  return posa_store_run (store, NULL, error,
                         "INSERT INTO meter_key (serial, state, wrapped_keys, changed_us)"
                         " VALUES (?, 'PENDING', ?, ?)",
                         "sbi", serial, wrapped, wall_us) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

gboolean
posa_meter_key_store_promote (PosaStore *store, const char *serial, gint64 wall_us, GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (store, error);
  int n_changed = 0;

  if (transaction == NULL ||
      !change_state (store, serial, "ACTIVE", "REPLACED", wall_us, NULL, error) ||
      !change_state (store, serial, "PENDING", "ACTIVE", wall_us, &n_changed, error))
    return FALSE;
  if (n_changed == 1)
    return posa_transaction_commit (g_steal_pointer (&transaction), error);
  g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no keys are on their way to meter %s",
               serial);
  return FALSE;
}
