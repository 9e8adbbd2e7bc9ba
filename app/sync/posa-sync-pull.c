/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "domain/posa-uuid.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-setting-store.h"
#include "sync/posa-sync-private.h"

#include <glib/gi18n-lib.h>

#define PAGE_ROWS 100

static gboolean
apply_order (PosaSyncRun *self, const PosaWorkOrder *order, GError **error)
{
  PosaOrderChange change;

  if (!posa_order_store_apply (self->store, order, &change, error))
    return FALSE;
  self->summary->orders += change != POSA_ORDER_CHANGE_NONE;
  self->summary->withdrawn += change == POSA_ORDER_CHANGE_WITHDRAWN;
  self->summary->work_stands += change == POSA_ORDER_CHANGE_WORK_STANDS;
  return TRUE;
}

/* Where a meter is that the office took out of the stock, seen from here: what is fitted, faulty or
 * taken off stays what it is (field-work.md 6.3). */
static PosaMeterState
judge_removal (PosaSyncRun *self, const PosaWireStockItem *item, const PosaMeterAsset *known)
{
  if (known->state != POSA_METER_ON_VAN)
    return known->state;
  return g_strcmp0 (item->crew_id, posa_identity_get_crew_id (self->identity)) == 0
             ? POSA_METER_AT_CONTRACTOR
             : POSA_METER_ON_VAN; /* on another crew's */
}

static gboolean
apply_asset (PosaSyncRun *self, const PosaWireStockItem *item, PosaMeterState state, GError **error)
{
  PosaClock *clock = posa_clock_get_system ();
  g_autofree char *event_id = posa_uuid_new (clock);
  gboolean applied = FALSE;
  PosaMeterAsset asset = { .serial = item->serial,
                           .model = item->model,
                           .kind = item->kind,
                           .revision = item->revision,
                           .state = state,
                           .crew_id = item->crew_id,
                           .wrapped_keys = item->wrapped_keys };

  if (!posa_meter_asset_store_apply (self->store, &asset, event_id, posa_clock_get_wall (clock),
                                     &applied, error))
    return FALSE;
  self->summary->meters += applied;
  return TRUE;
}

static gboolean
apply_item (PosaSyncRun *self, const PosaWireStockItem *item, GError **error)
{
  g_autoptr (GError) fault = NULL;

  if (!item->removed)
    return apply_asset (self, item, POSA_METER_ON_VAN, error);
  g_autoptr (PosaMeterAsset) known = posa_meter_asset_store_get (self->store, item->serial, &fault);
  if (known != NULL)
    return apply_asset (self, item, judge_removal (self, item, known), error);
  if (g_error_matches (fault, POSA_ERROR, POSA_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

/* Rows and cursor, both or neither: a page is never applied without being ticked off. */
static gboolean
apply_page (PosaSyncRun *self, const PosaWireChanges *page, GError **error)
{
  PosaSyncSummary before = *self->summary;
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (self->store, error);
  gboolean done = transaction != NULL;

  for (guint i = 0; done && i < page->orders->len; i++)
    done = apply_order (self, g_ptr_array_index (page->orders, i), error);
  for (guint i = 0; done && i < page->stock->len; i++)
    done = apply_item (self, g_ptr_array_index (page->stock, i), error);
  done = done &&
         posa_setting_store_set (self->store, POSA_SETTING_CHANGE_CURSOR, page->cursor, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
  if (!done)
    *self->summary = before;
  return done;
}

static PosaWireChanges *
fetch_page (PosaSyncRun *self, const char *cursor, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (cursor, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/v1/changes?since=%s&limit=%d", escaped, PAGE_ROWS);
  gsize size;
  g_autofree char *text = posa_sync_get (self, path, &size, error);
  PosaWireChanges *page = text != NULL ? posa_wire_changes_from_text (text, (gssize) size, error)
                                       : NULL;

  if (page == NULL)
    g_prefix_error_literal (error, "receiving orders: ");
  return page;
}

/* Pages from @cursor to the end. NOT_FOUND: the portal does not know the cursor. */
static gboolean
pull_from (PosaSyncRun *self, const char *start, GError **error)
{
  g_autofree char *cursor = g_strdup (start);

  for (gboolean more = TRUE; more;)
    {
      posa_operation_report (self->operation, 0.2, _ ("Receiving orders: %u"),
                             self->summary->orders);
      g_autoptr (PosaWireChanges) page = fetch_page (self, cursor, error);
      if (page == NULL)
        return FALSE;
      more = page->has_more;
      if (more && g_str_equal (page->cursor, cursor))
        {
          g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                               "receiving orders: the portal's pages do not move on");
          return FALSE;
        }
      if (!apply_page (self, page, error))
        return FALSE;
      g_set_str (&cursor, page->cursor);
    }
  return TRUE;
}

gboolean
posa_sync_pull (PosaSyncRun *self, GError **error)
{
  g_autofree char *cursor = NULL;
  g_autoptr (GError) fault = NULL;

  if (!posa_setting_store_get (self->store, POSA_SETTING_CHANGE_CURSOR, &cursor, error))
    return FALSE;
  if (pull_from (self, cursor != NULL ? cursor : "", &fault))
    return TRUE;
  /* The portal's data is another than before (restored, or new): take all of it again. What is here
   * stays, as every row says which revision it is. */
  if (g_error_matches (fault, POSA_ERROR, POSA_ERROR_NOT_FOUND) && cursor != NULL)
    {
      g_message ("%s", fault->message);
      return pull_from (self, "", error);
    }
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}
