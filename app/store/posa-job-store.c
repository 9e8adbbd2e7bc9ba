/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-job-store.h"

#include "base/posa-error.h"
#include "store/posa-rows.h"

#define COLUMNS                                                                                    \
  "order_id, state, zone, open, since_wall_us, since_monotonic_us, since_boot_id, data,"           \
  " order_document"

PosaJobEntry *
posa_job_entry_new (void)
{
  return g_new0 (PosaJobEntry, 1);
}

void
posa_job_entry_free (PosaJobEntry *self)
{
  g_free (self->order_id);
  g_free (self->state);
  g_free (self->zone);
  g_free (self->since_boot_id);
  g_free (self->data);
  g_clear_pointer (&self->order, posa_work_order_free);
  g_free (self);
}

static gboolean
write_row (PosaStore *store, const PosaJobEntry *job, GError **error)
{
  g_autofree char *document = posa_work_order_to_text (job->order);

  return posa_store_run (
      store, NULL, error,
      "INSERT INTO job (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (order_id) DO UPDATE SET state = excluded.state, zone = excluded.zone,"
      " open = excluded.open, since_wall_us = excluded.since_wall_us,"
      " since_monotonic_us = excluded.since_monotonic_us,"
      " since_boot_id = excluded.since_boot_id, data = excluded.data,"
      " order_document = excluded.order_document",
      "sssiiisss", job->order_id, job->state, job->zone, (gint64) (job->open ? 1 : 0),
      job->since_wall_us, job->since_monotonic_us, job->since_boot_id, job->data, document);
}

gboolean
posa_job_store_save (PosaStore *store, const PosaJobEntry *job, PosaEvent *event, GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);

  return transaction != NULL && posa_event_store_append (store, event, error) &&
         write_row (store, job, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

static PosaJobEntry *
job_from_row (PosaRows *rows, GError **error)
{
  g_autoptr (PosaJobEntry) self = posa_job_entry_new ();

  self->order_id = g_strdup (posa_rows_text (rows, 0));
  self->state = g_strdup (posa_rows_text (rows, 1));
  self->zone = g_strdup (posa_rows_text (rows, 2));
  self->open = posa_rows_int (rows, 3) != 0;
  self->since_wall_us = posa_rows_int (rows, 4);
  self->since_monotonic_us = posa_rows_int (rows, 5);
  self->since_boot_id = g_strdup (posa_rows_text (rows, 6));
  self->data = g_strdup (posa_rows_text (rows, 7));
  self->order = posa_work_order_from_text (posa_rows_text (rows, 8), error);
  if (self->order != NULL)
    return g_steal_pointer (&self);
  g_prefix_error (error, "job at order %s: ", self->order_id);
  return NULL;
}

PosaJobEntry *
posa_job_store_get (PosaStore *store, const char *order_id, GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, "SELECT " COLUMNS " FROM job WHERE order_id = ?", "s", order_id);

  if (posa_rows_next (rows))
    return job_from_row (rows, error);
  if (posa_rows_check (rows, error))
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "order %s was not started", order_id);
  return NULL;
}

GPtrArray *
posa_job_store_list_open (PosaStore *store, GError **error)
{
  g_autoptr (GPtrArray)
      jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_job_entry_free);
  g_autoptr (PosaRows) rows = posa_rows_query (
      store, "SELECT " COLUMNS " FROM job WHERE open = 1 ORDER BY since_wall_us, order_id", "");

  while (posa_rows_next (rows))
    {
      PosaJobEntry *job = job_from_row (rows, error);

      if (job == NULL)
        return NULL;
      g_ptr_array_add (jobs, job);
    }
  return posa_rows_check (rows, error) ? g_steal_pointer (&jobs) : NULL;
}
