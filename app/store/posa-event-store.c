/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-event-store.h"

#include "base/posa-error.h"
#include "domain/posa-json.h"
#include "store/posa-rows.h"

#define COLUMNS                                                                                    \
  "id, order_id, type, payload, wall_us, monotonic_us, boot_id, sequence, prev_sha256, sha256"

PosaEvent *
posa_event_new (void)
{
  return g_new0 (PosaEvent, 1);
}

void
posa_event_free (PosaEvent *self)
{
  g_free (self->id);
  g_free (self->order_id);
  g_free (self->type);
  g_free (self->payload);
  g_free (self->boot_id);
  g_free (self->prev_sha256);
  g_free (self->sha256);
  g_free (self);
}

/* Over one unambiguous text of the whole row, the hash before it included. */
static char *
compute_sha256 (const PosaEvent *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  posa_json_add_int (builder, "sequence", self->sequence);
  posa_json_add_string (builder, "prev", self->prev_sha256);
  posa_json_add_string (builder, "id", self->id);
  posa_json_add_string (builder, "order", self->order_id);
  posa_json_add_string (builder, "type", self->type);
  posa_json_add_string (builder, "payload", self->payload);
  posa_json_add_int (builder, "wall_us", self->wall_us);
  posa_json_add_int (builder, "monotonic_us", self->monotonic_us);
  posa_json_add_string (builder, "boot", self->boot_id);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = posa_json_to_text (root, FALSE);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static gboolean
link_to_last (PosaStore *store, PosaEvent *event, GError **error)
{
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, "SELECT sequence, sha256 FROM event ORDER BY sequence DESC LIMIT 1",
                       "");
  gboolean found = posa_rows_next (rows);

  event->sequence = found ? posa_rows_int (rows, 0) + 1 : 1;
  g_set_str (&event->prev_sha256, found ? posa_rows_text (rows, 1) : NULL);
  return posa_rows_check (rows, error);
}

gboolean
posa_event_store_append (PosaStore *store, PosaEvent *event, GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);

  if (transaction == NULL || !link_to_last (store, event, error))
    return FALSE;
  g_free (event->sha256);
  event->sha256 = compute_sha256 (event);
  return posa_store_run (store, NULL, error,
                         "INSERT INTO event (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "ssssiisiss", event->id, event->order_id, event->type, event->payload,
                         event->wall_us, event->monotonic_us, event->boot_id, event->sequence,
                         event->prev_sha256, event->sha256) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

static PosaEvent *
event_from_row (PosaRows *rows)
{
  PosaEvent *self = posa_event_new ();

  self->id = g_strdup (posa_rows_text (rows, 0));
  self->order_id = g_strdup (posa_rows_text (rows, 1));
  self->type = g_strdup (posa_rows_text (rows, 2));
  self->payload = g_strdup (posa_rows_text (rows, 3));
  self->wall_us = posa_rows_int (rows, 4);
  self->monotonic_us = posa_rows_int (rows, 5);
  self->boot_id = g_strdup (posa_rows_text (rows, 6));
  self->sequence = posa_rows_int (rows, 7);
  self->prev_sha256 = g_strdup (posa_rows_text (rows, 8));
  self->sha256 = g_strdup (posa_rows_text (rows, 9));
  return self;
}

GPtrArray *
posa_event_store_list (PosaStore *store, const char *order_id, gint64 after, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_event_free);
  g_autoptr (PosaRows) rows =
      order_id != NULL
          ? posa_rows_query (store,
                             "SELECT " COLUMNS " FROM event WHERE order_id = ? AND sequence > ?"
                             " ORDER BY sequence",
                             "si", order_id, after)
          : posa_rows_query (store,
                             "SELECT " COLUMNS " FROM event WHERE sequence > ? ORDER BY sequence",
                             "i", after);

  while (posa_rows_next (rows))
    g_ptr_array_add (events, event_from_row (rows));
  return posa_rows_check (rows, error) ? g_steal_pointer (&events) : NULL;
}

gboolean
posa_event_store_verify_chain (PosaStore *store, GError **error)
{
  g_autoptr (PosaRows)
      rows = posa_rows_query (store, "SELECT " COLUMNS " FROM event ORDER BY sequence", "");
  g_autofree char *last = NULL;

  for (gint64 sequence = 1; posa_rows_next (rows); sequence++)
    {
      g_autoptr (PosaEvent) event = event_from_row (rows);
      g_autofree char *sha256 = compute_sha256 (event);

      if (event->sequence != sequence || g_strcmp0 (event->prev_sha256, last) != 0 ||
          strcmp (event->sha256, sha256) != 0)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED,
                       "%s: event %" G_GINT64_FORMAT " does not follow the one before",
                       posa_store_get_path (store), sequence);
          return FALSE;
        }
      g_set_str (&last, sha256);
    }
  return posa_rows_check (rows, error);
}
