/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-custody-store.h"

#include "store/posa-rows.h"

void
posa_custody_event_free (PosaCustodyEvent *self)
{
  g_free (self->id);
  g_free (self->serial);
  g_free (self->crew_id);
  g_free (self->pod);
  g_free (self->actor);
  g_free (self->document);
  g_free (self);
}

gboolean
posa_custody_store_append (PosaStore *store, const PosaCustodyEvent *event, GError **error)
{
  return posa_store_run (store, NULL, error,
                         "INSERT INTO custody_event (id, serial, previous, state, crew_id, pod,"
                         " actor, document, wall_us) VALUES (?1, ?2,"
                         " (SELECT max(sequence) FROM custody_event WHERE serial = ?2),"
                         " ?3, ?4, ?5, ?6, ?7, ?8)",
                         "sssssssi", event->id, event->serial,
                         posa_meter_state_to_string (event->state), event->crew_id, event->pod,
                         event->actor, event->document, event->wall_us);
}

GPtrArray *
posa_meter_asset_store_list_custody (PosaStore *store, const char *serial, GError **error)
{
  g_autoptr (GPtrArray)
      events = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_custody_event_free);
  g_autoptr (PosaRows)
      rows = posa_rows_query (store,
                              "SELECT id, serial, state, crew_id, pod, actor, document, wall_us"
                              " FROM custody_event WHERE serial = ? ORDER BY sequence",
                              "s", serial);

  while (posa_rows_next (rows))
    {
      PosaCustodyEvent *event = g_new0 (PosaCustodyEvent, 1);

      event->id = g_strdup (posa_rows_text (rows, 0));
      event->serial = g_strdup (posa_rows_text (rows, 1));
      posa_meter_state_from_string (posa_rows_text (rows, 2), &event->state);
      event->crew_id = g_strdup (posa_rows_text (rows, 3));
      event->pod = g_strdup (posa_rows_text (rows, 4));
      event->actor = g_strdup (posa_rows_text (rows, 5));
      event->document = g_strdup (posa_rows_text (rows, 6));
      event->wall_us = posa_rows_int (rows, 7);
      g_ptr_array_add (events, event);
    }
  return posa_rows_check (rows, error) ? g_steal_pointer (&events) : NULL;
}
