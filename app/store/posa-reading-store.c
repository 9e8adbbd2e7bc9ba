/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-reading-store.h"

#include "base/posa-error.h"
#include "store/posa-rows.h"

void
posa_reading_entry_free (PosaReadingEntry *self)
{
  g_free (self->id);
  g_free (self->order_id);
  g_clear_pointer (&self->reading, posa_reading_set_free);
  g_free (self);
}

/* Whether the row @id is there; CONFLICT when it holds something else. */
static gboolean
find_same (PosaStore *store,
           const char *id,
           const char *order_id,
           const char *document,
           gboolean *found,
           GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, "SELECT order_id, document FROM reading WHERE id = ?", "s", id);

  *found = posa_rows_next (rows);
  if (!*found)
    return posa_rows_check (rows, error);
  if (g_strcmp0 (posa_rows_text (rows, 0), order_id) == 0 &&
      g_strcmp0 (posa_rows_text (rows, 1), document) == 0)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_CONFLICT, "reading %s is stored with other content",
               id);
  return FALSE;
}

gboolean
posa_reading_store_add (PosaStore *store,
                        const char *id,
                        const char *order_id,
                        const PosaReadingSet *reading,
                        GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);
  g_autofree char *document = posa_reading_set_to_text (reading, FALSE);
  gboolean found = FALSE;

  if (transaction == NULL || !find_same (store, id, order_id, document, &found, error))
    return FALSE;
  if (!found && !posa_store_run (store, NULL, error,
                                 "INSERT INTO reading (id, order_id, kind, taken_us, document)"
                                 " VALUES (?, ?, ?, ?, ?)",
                                 "sssis", id, order_id, posa_reading_kind_to_string (reading->kind),
                                 reading->taken_us, document))
    return FALSE;
  return posa_transaction_commit (g_steal_pointer (&transaction), error);
}

static PosaReadingSet *
reading_from_row (PosaRows *rows, GError **error)
{
  PosaReadingSet *reading = posa_reading_set_from_text (posa_rows_text (rows, 2), error);

  if (reading == NULL)
    g_prefix_error (error, "stored reading %s: ", posa_rows_text (rows, 0));
  return reading;
}

PosaReadingSet *
posa_reading_store_get (PosaStore *store, const char *id, GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, "SELECT id, order_id, document FROM reading WHERE id = ?", "s", id);

  if (posa_rows_next (rows))
    return reading_from_row (rows, error);
  if (posa_rows_check (rows, error))
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no reading %s", id);
  return NULL;
}

GPtrArray *
posa_reading_store_list (PosaStore *store, const char *order_id, GError **error)
{
  g_autoptr (GPtrArray)
      entries = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_reading_entry_free);
  g_autoptr (PosaRows) rows = posa_rows_query (
      store, "SELECT id, order_id, document FROM reading WHERE order_id = ? ORDER BY sequence", "s",
      order_id);

  while (posa_rows_next (rows))
    {
      PosaReadingEntry *entry = g_new0 (PosaReadingEntry, 1);

      g_ptr_array_add (entries, entry);
      entry->id = g_strdup (posa_rows_text (rows, 0));
      entry->order_id = g_strdup (posa_rows_text (rows, 1));
      entry->reading = reading_from_row (rows, error);
      if (entry->reading == NULL)
        return NULL;
    }
  return posa_rows_check (rows, error) ? g_steal_pointer (&entries) : NULL;
}
