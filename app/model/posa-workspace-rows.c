/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "model/posa-workspace-rows.h"

#include "base/posa-clock.h"
#include "store/posa-job-store.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-outbox-store.h"

#include <glib/gi18n-lib.h>

/* "21/11/2026" and "08:30", in Italy's local time (domain.md 2.10). */
static char *
format_date (gint64 wall_us)
{
  g_autofree char *iso = posa_time_format (wall_us);

  return g_strdup_printf ("%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
}

static char *
format_band (const PosaWorkOrder *order)
{
  g_autofree char *start = posa_time_format (order->window_start_us);
  g_autofree char *end = posa_time_format (order->window_end_us);

  return g_strdup_printf ("%.5s–%.5s", start + 11, end + 11);
}

/* "08:30–10:30" today, "22/11 08:30–10:30" on another day. */
static char *
format_when (const PosaWorkOrder *order)
{
  g_autofree char *band = format_band (order);
  g_autofree char *day = format_date (order->window_start_us);
  g_autofree char *today = format_date (posa_clock_get_wall (posa_clock_get_system ()));

  if (g_str_equal (day, today))
    return g_steal_pointer (&band);
  return g_strdup_printf ("%.5s %s", day, band);
}

static char *
format_power (gint64 watts)
{
  return watts % 1000 == 0 ? g_strdup_printf ("%" G_GINT64_FORMAT " kW", watts / 1000)
                           : g_strdup_printf ("%" G_GINT64_FORMAT " W", watts);
}

static const char *
get_kind_label (PosaMeterKind kind)
{
  static const char *const labels[POSA_N_METER_KINDS] = {
    [POSA_METER_KIND_M1] = N_ ("single-phase"),
    [POSA_METER_KIND_M1B] = N_ ("single-phase, bidirectional"),
    [POSA_METER_KIND_M3] = N_ ("three-phase"),
    [POSA_METER_KIND_M3B] = N_ ("three-phase, bidirectional"),
    [POSA_METER_KIND_G2_SINGLE] = N_ ("2G single-phase"),
    [POSA_METER_KIND_G2_THREE] = N_ ("2G three-phase"),
    [POSA_METER_KIND_GENERIC] = N_ ("any meter"),
  };

  return _ (labels[kind]);
}

static const char *
get_state_label (PosaOrderState state)
{
  static const char *const labels[POSA_N_ORDER_STATES] = {
    [POSA_ORDER_ASSIGNED] = N_ ("to do"),
    [POSA_ORDER_IN_PROGRESS] = N_ ("in progress"),
    [POSA_ORDER_DONE] = N_ ("done"),
    [POSA_ORDER_ABORTED] = N_ ("not done"),
    [POSA_ORDER_WITHDRAWN] = N_ ("withdrawn by the office"),
  };

  return _ (labels[state]);
}

/* The schema's words in the form of the properties: "IN_PROGRESS" is "in-progress". */
static char *
to_nick (const char *word)
{
  g_autofree char *lower = g_ascii_strdown (word, -1);

  return g_strdelimit (g_steal_pointer (&lower), "_", '-');
}

static char *
find_zone (PosaStore *store, const PosaOrderEntry *entry)
{
  if (entry->state != POSA_ORDER_IN_PROGRESS)
    return g_strdup ("green");
  g_autoptr (PosaJobEntry) job = posa_job_store_get (store, entry->order->id, NULL);
  return job != NULL ? g_ascii_strdown (job->zone, -1) : g_strdup ("green");
}

static PosaOrderItem *
order_item_new (PosaStore *store, const PosaOrderEntry *entry, gboolean delivered)
{
  const PosaWorkOrder *order = entry->order;
  g_autofree char *address = posa_work_order_format_address (order);
  g_autofree char *date = format_date (order->window_start_us);
  g_autofree char *band = format_band (order);
  g_autofree char *when = format_when (order);
  g_autofree char *power = format_power (order->contract_power_w);
  g_autofree char *state = to_nick (posa_order_state_to_string (entry->state));
  g_autofree char *zone = find_zone (store, entry);
  gboolean withdrawn = entry->state == POSA_ORDER_WITHDRAWN && order->cancel_reason != NULL;

  return g_object_new (POSA_TYPE_ORDER_ITEM, "id", order->id, "address", address, "pod", order->pod,
                       "old-serial", order->old_serial, "kind", get_kind_label (order->old_kind),
                       "window", band, "date", date, "when", when, "state", state, "state-label",
                       get_state_label (entry->state), "zone", zone, "note",
                       withdrawn ? order->cancel_reason : order->access_note, "power", power,
                       "life-support", order->life_support, "presence-needed",
                       order->presence_needed, "delivered", delivered, NULL);
}

static void
replace_all (GListStore *list, GPtrArray *items)
{
  g_list_store_splice (list, 0, g_list_model_get_n_items (G_LIST_MODEL (list)), items->pdata,
                       items->len);
}

/* Orders whose report the portal has signed for. */
static GHashTable *
find_delivered (PosaStore *store, GError **error)
{
  g_autoptr (GPtrArray) items = posa_outbox_store_list (store, error);
  g_autoptr (GHashTable) delivered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (items == NULL)
    return NULL;
  for (guint i = 0; i < items->len; i++)
    {
      const PosaOutboxItem *item = g_ptr_array_index (items, i);
      if (item->state == POSA_OUTBOX_DELIVERED)
        g_hash_table_add (delivered, g_strdup (item->order_id));
    }
  return g_steal_pointer (&delivered);
}

gboolean
posa_workspace_rows_load_orders (GListStore *list, PosaStore *store, GError **error)
{
  g_autoptr (GHashTable) delivered = find_delivered (store, error);
  g_autoptr (GPtrArray) entries = delivered != NULL ? posa_order_store_list (store, error) : NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const PosaOrderEntry *entry = g_ptr_array_index (entries, i);
      gboolean receipted = g_hash_table_contains (delivered, entry->order->id);
      g_ptr_array_add (items, order_item_new (store, entry, receipted));
    }
  replace_all (list, items);
  return TRUE;
}

static char *
describe_outbox (const PosaOutboxItem *item)
{
  if (item->state == POSA_OUTBOX_DELIVERED)
    {
      g_autofree char *date = format_date (item->received_us);
      g_autofree char *time = posa_time_format (item->received_us);
      return g_strdup_printf (_ ("signed for by the portal on %s at %.5s"), date, time + 11);
    }
  if (item->error_text != NULL)
    return g_strdup (item->error_text);
  return g_strdup (_ ("safe on this device"));
}

gboolean
posa_workspace_rows_load_outbox (GListStore *list, PosaStore *store, guint *unsent, GError **error)
{
  g_autoptr (GPtrArray) entries = posa_outbox_store_list (store, error);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  if (entries == NULL)
    return FALSE;
  *unsent = 0;
  for (guint i = entries->len; i > 0; i--)
    {
      const PosaOutboxItem *entry = g_ptr_array_index (entries, i - 1);
      g_autofree char *state = to_nick (posa_outbox_state_to_string (entry->state));
      g_autofree char *detail = describe_outbox (entry);
      *unsent += entry->state != POSA_OUTBOX_DELIVERED ? 1 : 0;
      g_ptr_array_add (items,
                       g_object_new (POSA_TYPE_OUTBOX_ROW, "id", entry->id, "order-id",
                                     entry->order_id, "number", entry->number, "state", state,
                                     "state-label", posa_outbox_state_get_label (entry->state),
                                     "detail", detail, "attempts", entry->attempts, NULL));
    }
  replace_all (list, items);
  return TRUE;
}

gboolean
posa_workspace_rows_load_stock (GListStore *list, PosaStore *store, GError **error)
{
  g_autoptr (GPtrArray) entries = posa_meter_asset_store_list (store, POSA_N_METER_STATES, error);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const PosaMeterAsset *entry = g_ptr_array_index (entries, i);
      g_autofree char *state = to_nick (posa_meter_state_to_string (entry->state));
      g_ptr_array_add (items,
                       g_object_new (POSA_TYPE_STOCK_ITEM, "serial", entry->serial, "kind",
                                     get_kind_label (entry->kind), "state", state, "state-label",
                                     posa_meter_state_get_label (entry->state), NULL));
    }
  replace_all (list, items);
  return TRUE;
}
