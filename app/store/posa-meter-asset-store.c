/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "store/posa-meter-asset-store.h"

#include "base/posa-error.h"
#include "store/posa-custody-store.h"
#include "store/posa-rows.h"

#include <glib/gi18n-lib.h>

#define SELECT_ASSET                                                                               \
  "SELECT m.serial, m.kind, m.model, m.revision, m.wrapped_keys, c.state, c.crew_id, c.pod"        \
  " FROM meter_asset AS m JOIN custody_event AS c ON c.sequence = m.custody "

/* In the order of a meter's life. */
static const struct
{
  const char *name;
  const char *label;
} states[POSA_N_METER_STATES] = {
  [POSA_METER_ORDERED] = { "ORDERED", N_ ("Ordered") },
  [POSA_METER_IN_DEPOT] = { "IN_DEPOT", N_ ("In the depot") },
  [POSA_METER_IN_TRANSIT] = { "IN_TRANSIT", N_ ("In transit") },
  [POSA_METER_ON_VAN] = { "ON_VAN", N_ ("On the van") },
  [POSA_METER_FAULTY] = { "FAULTY", N_ ("Faulty") },
  [POSA_METER_INSTALLED] = { "INSTALLED", N_ ("Installed") },
  [POSA_METER_REMOVED_ON_VAN] = { "REMOVED_ON_VAN", N_ ("Removed, on the van") },
  [POSA_METER_AT_CONTRACTOR] = { "AT_CONTRACTOR", N_ ("At the contractor") },
  [POSA_METER_QUARANTINE] = { "QUARANTINE", N_ ("In quarantine") },
  [POSA_METER_RELEASED] = { "RELEASED", N_ ("Released") },
  [POSA_METER_RETURNED_3PL] = { "RETURNED_3PL", N_ ("Returned") },
  [POSA_METER_DISPOSED] = { "DISPOSED", N_ ("Disposed of") },
  [POSA_METER_LOST] = { "LOST", N_ ("Lost") },
};

const char *
posa_meter_state_to_string (PosaMeterState self)
{
  g_return_val_if_fail (self < POSA_N_METER_STATES, "");
  return states[self].name;
}

const char *
posa_meter_state_get_label (PosaMeterState self)
{
  g_return_val_if_fail (self < POSA_N_METER_STATES, "");
  return g_dgettext (GETTEXT_PACKAGE, states[self].label);
}

gboolean
posa_meter_state_from_string (const char *text, PosaMeterState *out)
{
  for (guint i = 0; i < POSA_N_METER_STATES; i++)
    if (g_strcmp0 (text, states[i].name) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

PosaMeterAsset *
posa_meter_asset_new (void)
{
  return g_new0 (PosaMeterAsset, 1);
}

void
posa_meter_asset_free (PosaMeterAsset *self)
{
  g_free (self->serial);
  g_free (self->model);
  g_free (self->crew_id);
  g_free (self->pod);
  g_clear_pointer (&self->wrapped_keys, g_bytes_unref);
  g_free (self);
}

static PosaMeterAsset *
asset_from_row (PosaRows *rows)
{
  PosaMeterAsset *self = posa_meter_asset_new ();

  self->serial = g_strdup (posa_rows_text (rows, 0));
  posa_meter_kind_from_string (posa_rows_text (rows, 1), &self->kind);
  self->model = g_strdup (posa_rows_text (rows, 2));
  self->revision = posa_rows_int (rows, 3);
  self->wrapped_keys = posa_rows_dup_bytes (rows, 4);
  posa_meter_state_from_string (posa_rows_text (rows, 5), &self->state);
  self->crew_id = g_strdup (posa_rows_text (rows, 6));
  self->pod = g_strdup (posa_rows_text (rows, 7));
  return self;
}

PosaMeterAsset *
posa_meter_asset_store_get (PosaStore *store, const char *serial, GError **error)
{
  g_autoptr (PosaRows)
      rows = posa_rows_query (store, SELECT_ASSET "WHERE m.serial = ?", "s", serial);

  if (posa_rows_next (rows))
    return asset_from_row (rows);
  if (posa_rows_check (rows, error))
    g_set_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND, "no meter %s on this device", serial);
  return NULL;
}

GPtrArray *
posa_meter_asset_store_list (PosaStore *store, PosaMeterState state, GError **error)
{
  g_autoptr (GPtrArray)
      assets = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_meter_asset_free);
  const char *name = state < POSA_N_METER_STATES ? states[state].name : NULL;
  g_autoptr (PosaRows) rows =
      posa_rows_query (store, SELECT_ASSET "WHERE ?1 IS NULL OR c.state = ?1 ORDER BY m.serial",
                       "s", name);

  while (posa_rows_next (rows))
    g_ptr_array_add (assets, asset_from_row (rows));
  return posa_rows_check (rows, error) ? g_steal_pointer (&assets) : NULL;
}

static gboolean
insert (PosaStore *store,
        const PosaMeterAsset *asset,
        const PosaCustodyEvent *event,
        GError **error)
{
  /* The reference to the first custody event is checked at the commit only. */
  return posa_store_run (store, NULL, error,
                         "INSERT INTO meter_asset (serial, kind, model, revision, wrapped_keys,"
                         " custody) VALUES (?, ?, ?, ?, ?, -1)",
                         "sssib", asset->serial, posa_meter_kind_to_string (asset->kind),
                         asset->model, asset->revision, asset->wrapped_keys) &&
         posa_custody_store_append (store, event, error);
}

gboolean
posa_meter_asset_store_add (PosaStore *store,
                            const PosaMeterAsset *asset,
                            const PosaCustodyEvent *event,
                            GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);

  return transaction != NULL && insert (store, asset, event, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

gboolean
posa_meter_asset_store_move (PosaStore *store, const PosaCustodyEvent *event, GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);
  g_autoptr (PosaMeterAsset)
      known = transaction != NULL ? posa_meter_asset_store_get (store, event->serial, error) : NULL;

  return known != NULL && posa_custody_store_append (store, event, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

static gboolean
update (PosaStore *store, const PosaMeterAsset *asset, GError **error)
{
  return posa_store_run (
      store, NULL, error,
      "UPDATE meter_asset SET kind = ?, model = coalesce(?, model), revision = ?,"
      " wrapped_keys = coalesce(?, wrapped_keys) WHERE serial = ?",
      "ssibs", posa_meter_kind_to_string (asset->kind), asset->model, asset->revision,
      asset->wrapped_keys, asset->serial);
}

/* Further along in its life, or handed to another crew. */
static gboolean
is_elsewhere (const PosaMeterAsset *known, const PosaMeterAsset *asset)
{
  return asset->state > known->state ||
         (asset->state == POSA_METER_ON_VAN && known->state == POSA_METER_ON_VAN &&
          g_strcmp0 (asset->crew_id, known->crew_id) != 0);
}

static gboolean
apply_row (PosaStore *store,
           const PosaMeterAsset *asset,
           const PosaCustodyEvent *event,
           gboolean *applied,
           GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (PosaMeterAsset) known = posa_meter_asset_store_get (store, asset->serial, &local);

  *applied = FALSE;
  if (known == NULL && !g_error_matches (local, POSA_ERROR, POSA_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (known != NULL && known->revision >= asset->revision)
    return TRUE;
  *applied = TRUE;
  if (known == NULL)
    return insert (store, asset, event, error);
  return update (store, asset, error) &&
         (!is_elsewhere (known, asset) || posa_custody_store_append (store, event, error));
}

gboolean
posa_meter_asset_store_apply (PosaStore *store,
                              const PosaMeterAsset *asset,
                              const char *event_id,
                              gint64 wall_us,
                              gboolean *applied,
                              GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_join (store, error);
  gboolean ignored;
  const PosaCustodyEvent event = {
    .id = (char *) event_id,
    .serial = asset->serial,
    .state = asset->state,
    .crew_id = asset->crew_id,
    .pod = asset->pod,
    .actor = (char *) "portal",
    .wall_us = wall_us,
  };

  return transaction != NULL &&
         apply_row (store, asset, &event, applied != NULL ? applied : &ignored, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}
