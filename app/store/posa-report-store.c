/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-report-store.h"

#include "base/posa-error.h"
#include "store/posa-rows.h"

#define SELECT_ENTRY                                                                               \
  "SELECT id, number, sequence, order_id, sha256, previous_sha256, created_us FROM report "

void
posa_report_entry_free (PosaReportEntry *self)
{
  g_free (self->id);
  g_free (self->number);
  g_free (self->order_id);
  g_free (self->sha256);
  g_free (self->previous_sha256);
  g_free (self);
}

gboolean
posa_report_store_next (PosaStore *store, gint64 *sequence, char **previous_sha256, GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, "SELECT sequence, sha256 FROM report ORDER BY sequence DESC LIMIT 1",
                       "");
  gboolean found = posa_rows_next (rows);

  *sequence = found ? posa_rows_int (rows, 0) + 1 : 1;
  *previous_sha256 = found ? g_strdup (posa_rows_text (rows, 1)) : NULL;
  return posa_rows_check (rows, error);
}

gboolean
posa_report_store_add (PosaStore *store, const PosaReportEntry *entry, GBytes *pdf, GError **error)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, pdf);

  return posa_store_run (store, NULL, error,
                         "INSERT INTO report (id, number, sequence, order_id, sha256,"
                         " previous_sha256, created_us, pdf) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                         "ssisssib", entry->id, entry->number, entry->sequence, entry->order_id,
                         sha256, entry->previous_sha256, entry->created_us, pdf);
}

static PosaReportEntry *
entry_from_row (PosaRows *rows)
{
  PosaReportEntry *self = g_new0 (PosaReportEntry, 1);

  self->id = g_strdup (posa_rows_text (rows, 0));
  self->number = g_strdup (posa_rows_text (rows, 1));
  self->sequence = posa_rows_int (rows, 2);
  self->order_id = g_strdup (posa_rows_text (rows, 3));
  self->sha256 = g_strdup (posa_rows_text (rows, 4));
  self->previous_sha256 = g_strdup (posa_rows_text (rows, 5));
  self->created_us = posa_rows_int (rows, 6);
  return self;
}

PosaReportEntry *
posa_report_store_get (PosaStore *store, const char *id, GError **error)
{
  g_autoptr (PosaRows) rows = posa_rows_query (store, SELECT_ENTRY "WHERE id = ?", "s", id);

  if (posa_rows_next (rows))
    return entry_from_row (rows);
  if (posa_rows_check (rows, error))
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no report %s on this device", id);
  return NULL;
}

PosaReportEntry *
posa_report_store_get_of_order (PosaStore *store, const char *order_id, GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, SELECT_ENTRY "WHERE order_id = ? ORDER BY sequence DESC LIMIT 1", "s",
                       order_id);

  if (posa_rows_next (rows))
    return entry_from_row (rows);
  if (posa_rows_check (rows, error))
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "order %s has no report", order_id);
  return NULL;
}

GBytes *
posa_report_store_get_pdf (PosaStore *store, const char *id, GError **error)
{
  g_autoptr (PosaRows)
      rows = posa_rows_query (store, "SELECT pdf FROM report WHERE id = ?", "s", id);

  if (posa_rows_next (rows))
    return posa_rows_dup_bytes (rows, 0);
  if (posa_rows_check (rows, error))
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no report %s on this device", id);
  return NULL;
}

GPtrArray *
posa_report_store_list (PosaStore *store, GError **error)
{
  g_autoptr (GPtrArray)
      entries = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_report_entry_free);
  g_autoptr (PosaRows) rows = posa_rows_query (store, SELECT_ENTRY "ORDER BY sequence", "");

  while (posa_rows_next (rows))
    g_ptr_array_add (entries, entry_from_row (rows));
  return posa_rows_check (rows, error) ? g_steal_pointer (&entries) : NULL;
}
