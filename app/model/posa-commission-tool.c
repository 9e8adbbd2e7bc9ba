/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-commission-tool.h"

#include "base/posa-error.h"
#include "meter/posa-meter.h"
#include "model/posa-meter-access.h"
#include "stock/posa-stock.h"
#include "store/posa-order-store.h"
#include "sync/posa-identity.h"

void
posa_commissioning_free (PosaCommissioning *self)
{
  if (self == NULL)
    return;
  g_free (self->order_id);
  g_clear_pointer (&self->verified, g_ptr_array_unref);
  g_clear_pointer (&self->activation, posa_reading_set_free);
  g_free (self);
}

/* A meter of this crew's stock, or the one that this order has put in already: the work may have
 * to be repeated. */
static gboolean
check_meter (PosaStore *store,
             const PosaWorkOrder *order,
             const char *serial,
             const char *crew_id,
             GError **error)
{
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_store_get (store, serial, NULL);

  if (asset != NULL && asset->state == POSA_METER_INSTALLED &&
      g_strcmp0 (asset->pod, order->pod) == 0)
    return TRUE;
  g_autoptr (PosaMeterAsset)
      allowed = posa_stock_check_new_meter (store, serial, order, crew_id, error);
  return allowed != NULL;
}

static PosaCommissioning *
commission_open (PosaMeter *meter,
                 PosaStore *store,
                 const PosaWorkOrder *order,
                 const char *crew_id,
                 PosaOperation *operation,
                 GError **error)
{
  const char *serial = posa_meter_get_nameplate (meter)->serial;
  PosaCommissionPlan plan = posa_commission_plan_of_order (order, serial);
  g_autoptr (PosaCommissioning) self = g_new0 (PosaCommissioning, 1);

  if (!check_meter (store, order, serial, crew_id, error))
    return NULL;
  self->order_id = g_strdup (order->id);
  self->verified = posa_meter_commission (meter, &plan, operation, error);
  if (self->verified == NULL)
    return NULL;
  self->activation = posa_meter_read (meter, POSA_READING_ACTIVATION, operation, error);
  if (self->activation != NULL)
    return g_steal_pointer (&self);
  g_prefix_error_literal (error, "the meter is commissioned; activation readings: ");
  return NULL;
}

/* What both tools begin with: the order, and the meter at the port. */
typedef struct
{
  PosaIdentity *identity;
  PosaMeterAccess access;
  PosaOrderEntry *entry;
  PosaMeter *meter;
} Visit;

static void
visit_clear (Visit *self)
{
  if (self->meter != NULL)
    posa_meter_close (self->meter);
  g_clear_object (&self->meter);
  g_clear_pointer (&self->entry, posa_order_entry_free);
  posa_meter_access_clear (&self->access);
  g_clear_pointer (&self->identity, posa_identity_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Visit, visit_clear)

static gboolean
visit_open (Visit *self,
            const PosaMeterPlace *place,
            const char *order_id,
            PosaOperation *operation,
            GError **error)
{
  self->identity = posa_identity_load (place->folder, error);
  if (self->identity == NULL || !posa_meter_access_open (&self->access, place, TRUE, error))
    return FALSE;
  self->entry =
      posa_order_store_get (posa_work_context_get_store (self->access.context), order_id, error);
  if (self->entry == NULL)
    return FALSE;
  g_autoptr (PosaPort) port = posa_port_open (place->port_path, error);
  if (port == NULL)
    return FALSE;
  self->meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, place->address,
                                 self->access.keyring, operation, error);
  return self->meter != NULL;
}

PosaCommissioning *
posa_commission_tool_run (const PosaMeterPlace *place,
                          const char *order_id,
                          PosaOperation *operation,
                          GError **error)
{
  g_auto (Visit) visit = { NULL };

  if (!visit_open (&visit, place, order_id, operation, error))
    return NULL;
  return commission_open (visit.meter, posa_work_context_get_store (visit.access.context),
                          visit.entry->order, posa_identity_get_crew_id (visit.identity), operation,
                          error);
}

GPtrArray *
posa_commission_tool_verify (const PosaMeterPlace *place,
                             const char *order_id,
                             PosaOperation *operation,
                             GError **error)
{
  g_auto (Visit) visit = { NULL };

  if (!visit_open (&visit, place, order_id, operation, error))
    return NULL;
  const char *serial = posa_meter_get_nameplate (visit.meter)->serial;
  PosaCommissionPlan plan = posa_commission_plan_of_order (visit.entry->order, serial);
  if (!check_meter (posa_work_context_get_store (visit.access.context), visit.entry->order, serial,
                    posa_identity_get_crew_id (visit.identity), error))
    return NULL;
  return posa_meter_verify (visit.meter, &plan, operation, error);
}

char *
posa_commissioning_to_text (const PosaCommissioning *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "order", self->order_id);
  json_builder_set_member_name (builder, "verified");
  posa_verified_values_to_json (self->verified, builder);
  json_builder_set_member_name (builder, "activation");
  posa_reading_set_to_json (self->activation, builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, TRUE);
}
