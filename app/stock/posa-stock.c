/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "stock/posa-stock.h"

#include "base/posa-error.h"

/* Why @asset may not be fitted; NULL when it may. */
static char *
find_obstacle (const PosaMeterAsset *asset, const PosaWorkOrder *order, const char *crew_id)
{
  PosaMeterKind kind = posa_meter_kind_get_successor (order->old_kind);

  if (asset->state == POSA_METER_INSTALLED)
    return g_strdup_printf ("installed already at %s", asset->pod);
  if (asset->state == POSA_METER_FAULTY)
    return g_strdup ("marked as faulty");
  if (asset->state != POSA_METER_ON_VAN)
    return g_strdup_printf ("not on the van (%s)", posa_meter_state_to_string (asset->state));
  if (g_strcmp0 (asset->crew_id, crew_id) != 0)
    return g_strdup_printf ("in the stock of crew %s, not of %s", asset->crew_id, crew_id);
  if (asset->kind != kind)
    return g_strdup_printf ("of the wrong kind: %s, order %s needs %s",
                            posa_meter_kind_to_string (asset->kind), order->id,
                            posa_meter_kind_to_string (kind));
  return NULL;
}

PosaMeterAsset *
posa_stock_check_new_meter (PosaStore *store,
                            const char *serial,
                            const PosaWorkOrder *order,
                            const char *crew_id,
                            GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_store_get (store, serial, &local);
  g_autofree char *obstacle = NULL;

  if (g_error_matches (local, POSA_ERROR, POSA_ERROR_NOT_FOUND))
    obstacle = g_strdup ("unknown to this device's stock");
  else if (asset == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  else
    obstacle = find_obstacle (asset, order, crew_id);
  if (obstacle == NULL)
    return g_steal_pointer (&asset);
  g_set_error (error, POSA_ERROR, POSA_ERROR_STOCK_MISMATCH, "meter %s: %s", serial, obstacle);
  return NULL;
}

GPtrArray *
posa_stock_list_available (PosaStore *store,
                           const char *crew_id,
                           const PosaWorkOrder *order,
                           GError **error)
{
  GPtrArray *assets = posa_meter_asset_store_list (store, POSA_METER_ON_VAN, error);

  for (guint i = assets != NULL ? assets->len : 0; i > 0; i--)
    {
      const PosaMeterAsset *asset = g_ptr_array_index (assets, i - 1);

      if (g_strcmp0 (asset->crew_id, crew_id) != 0 ||
          (order != NULL && asset->kind != posa_meter_kind_get_successor (order->old_kind)))
        g_ptr_array_remove_index (assets, i - 1);
    }
  return assets;
}

static PosaCustodyEvent *
event_new (const char *serial,
           PosaMeterState state,
           const char *pod,
           const PosaStockMove *move,
           PosaClock *clock)
{
  PosaCustodyEvent *event = g_new0 (PosaCustodyEvent, 1);

  event->id = posa_uuid_new (clock);
  event->serial = g_strdup (serial);
  event->state = state;
  event->crew_id = g_strdup (move->crew_id);
  event->pod = g_strdup (pod);
  event->actor = g_strdup (move->actor);
  event->document = g_strdup (move->document);
  event->wall_us = move->wall_us;
  return event;
}

/* A redo after a restart finds its own event. */
static gboolean
is_recorded (PosaStore *store, const PosaCustodyEvent *event, gboolean *recorded, GError **error)
{
  g_autoptr (GPtrArray) events = posa_meter_asset_store_list_custody (store, event->serial, error);

  if (events == NULL)
    return FALSE;
  const PosaCustodyEvent *last = events->len > 0 ? g_ptr_array_index (events, events->len - 1)
                                                 : NULL;
  *recorded = last != NULL && last->state == event->state &&
              g_strcmp0 (last->document, event->document) == 0;
  return TRUE;
}

/* The old meter comes into our books here, unless we installed it ourselves once. */
static gboolean
record_removal (PosaStore *store,
                const PosaWorkOrder *order,
                const PosaCustodyEvent *event,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (PosaMeterAsset) known = posa_meter_asset_store_get (store, event->serial, &local);

  if (known != NULL)
    return posa_meter_asset_store_move (store, event, error);
  if (!g_error_matches (local, POSA_ERROR, POSA_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  PosaMeterAsset asset = { .serial = event->serial, .kind = order->old_kind };
  return posa_meter_asset_store_add (store, &asset, event, error);
}

static gboolean
record_both (PosaStore *store,
             const PosaWorkOrder *order,
             const PosaCustodyEvent *removal,
             const PosaCustodyEvent *installation,
             GError **error)
{
  gboolean removed = FALSE, installed = FALSE;

  if (!is_recorded (store, removal, &removed, error) ||
      !is_recorded (store, installation, &installed, error))
    return FALSE;
  if (!removed && !record_removal (store, order, removal, error))
    return FALSE;
  return installed || posa_meter_asset_store_move (store, installation, error);
}

gboolean
posa_stock_record_replacement (PosaStore *store,
                               const PosaWorkOrder *order,
                               const char *new_serial,
                               const PosaStockMove *move,
                               PosaClock *clock,
                               GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);
  g_autoptr (PosaCustodyEvent)
      removal = event_new (order->old_serial, POSA_METER_REMOVED_ON_VAN, NULL, move, clock);
  g_autoptr (PosaCustodyEvent)
      installation = event_new (new_serial, POSA_METER_INSTALLED, order->pod, move, clock);

  return transaction != NULL && record_both (store, order, removal, installation, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

gboolean
posa_stock_record_faulty (PosaStore *store,
                          const char *serial,
                          const PosaStockMove *move,
                          PosaClock *clock,
                          GError **error)
{
  g_autoptr (PosaCustodyEvent) event = event_new (serial, POSA_METER_FAULTY, NULL, move, clock);
  gboolean recorded = FALSE;

  return is_recorded (store, event, &recorded, error) &&
         (recorded || posa_meter_asset_store_move (store, event, error));
}
