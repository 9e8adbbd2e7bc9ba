/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-counter-store.h"

#include "base/posa-error.h"
#include "store/posa-rows.h"
#include "store/posa-store-private.h"

/* One past the last number that 32 bits can hold. */
#define COUNTER_END (G_GINT64_CONSTANT (1) << 32)

/* Under whatever serial number the key was used, that being what a meter says of itself. */
static gboolean
take (PosaStore *store,
      const char *serial,
      const char *key_id,
      gint64 at_least,
      gint64 count,
      gint64 *first,
      GError **error)
{
  g_autoptr (PosaRows)
      rows = posa_rows_query (store, "SELECT max (next) FROM invocation_counter WHERE key_id = ?",
                              "s", key_id);
  gint64 next = posa_rows_next (rows) ? posa_rows_int (rows, 0) : 0;

  if (!posa_rows_check (rows, error))
    return FALSE;
  *first = MAX (next, at_least);
  if (*first + count > COUNTER_END)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
                   "meter %s: the counter of its key is used up; it needs a new key", serial);
      return FALSE;
    }
  return posa_store_run (store, NULL, error,
                         "INSERT INTO invocation_counter (serial, key_id, next) VALUES (?, ?, ?)"
                         " ON CONFLICT (serial, key_id) DO UPDATE SET next = excluded.next",
                         "ssi", serial, key_id, *first + count);
}

gboolean
posa_counter_store_reserve (PosaStore *store,
                            const char *serial,
                            const char *key_id,
                            guint32 at_least,
                            guint32 count,
                            guint32 *first,
                            GError **error)
{
  /* begin, not join: an outer transaction could still be undone. */
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (store, error);
  gint64 value = 0;

  if (transaction == NULL || !take (store, serial, key_id, at_least, count, &value, error) ||
      !posa_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  *first = (guint32) value;
  return TRUE;
}

gboolean
posa_counter_store_get_peer (PosaStore *store,
                             const char *serial,
                             const char *key_id,
                             gint64 *last_seen,
                             GError **error)
{
  g_autoptr (PosaRows)
      rows = posa_rows_query (store,
                              "SELECT peer FROM invocation_counter"
                              " WHERE serial = ? AND key_id = ? AND peer IS NOT NULL",
                              "ss", serial, key_id);

  *last_seen = posa_rows_next (rows) ? posa_rows_int (rows, 0) : -1;
  return posa_rows_check (rows, error);
}

gboolean
posa_counter_store_set_peer (PosaStore *store,
                             const char *serial,
                             const char *key_id,
                             guint32 last_seen,
                             GError **error)
{
  return posa_store_run (store, NULL, error,
                         "INSERT INTO invocation_counter (serial, key_id, peer) VALUES (?, ?, ?)"
                         " ON CONFLICT (serial, key_id) DO UPDATE SET peer = excluded.peer",
                         "ssi", serial, key_id, (gint64) last_seen);
}
