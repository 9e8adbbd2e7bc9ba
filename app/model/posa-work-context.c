/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-work-context.h"

#include "flow/posa-store-keyring.h"
#include "model/posa-folder.h"
#include "store/posa-order-store.h"
#include "store/posa-setting-store.h"
#include "sync/posa-identity.h"

struct _PosaWorkContext
{
  PosaIdentity *identity;
  PosaStore *store;
  PosaKeyring *keyring;
  PosaReportKey *key;
  char *old_port, *new_port;
  PosaFlowServices services; /* borrows from the above */
  PosaFlowRun *run;
  PosaFlowSnapshot *snapshot;
  PosaWorkOrder *order;
};

void
posa_work_context_free (PosaWorkContext *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->run, posa_flow_run_free);
  g_clear_pointer (&self->snapshot, posa_flow_snapshot_free);
  g_clear_pointer (&self->order, posa_work_order_free);
  g_clear_pointer (&self->key, posa_report_key_free);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->store, posa_store_close);
  g_clear_pointer (&self->identity, posa_identity_free);
  g_free (self->old_port);
  g_free (self->new_port);
  g_free (self);
}

/* The customer's paper is Italian unless the crew works in English. */
static const char *
get_report_locale (void)
{
  const char *const *names = g_get_language_names ();

  return g_str_has_prefix (names[0], "en") ? "en" : "it";
}

static void
fill_services (PosaWorkContext *self)
{
  self->services = (PosaFlowServices) {
    .store = self->store,
    .keyring = self->keyring,
    .key = self->key,
    .device_id = posa_identity_get_device_id (self->identity),
    .crew_id = posa_identity_get_crew_id (self->identity),
    .operator_badge = posa_identity_get_operator_badge (self->identity),
    .operator_name = posa_identity_get_operator_name (self->identity),
    .contractor = posa_identity_get_contractor (self->identity),
    .locale = get_report_locale (),
  };
}

PosaWorkContext *
posa_work_context_open (const char *folder, GError **error)
{
  g_autoptr (PosaWorkContext) self = g_new0 (PosaWorkContext, 1);
  g_autofree char *path = g_build_filename (folder, POSA_FOLDER_DATABASE, NULL);

  self->identity = posa_identity_load (folder, error);
  if (self->identity == NULL)
    return NULL;
  self->key = posa_report_key_load (posa_identity_get_report_key_path (self->identity),
                                    posa_identity_get_report_certificate_path (self->identity),
                                    posa_identity_get_ca_path (self->identity), error);
  self->store = self->key != NULL ? posa_store_open (path, POSA_STORE_READ_WRITE, error) : NULL;
  if (self->store == NULL)
    return NULL;
  self->keyring =
      posa_store_keyring_new (self->store, posa_identity_get_transport_key (self->identity));
  fill_services (self);
  return posa_work_context_refresh_ports (self, error) ? g_steal_pointer (&self) : NULL;
}

PosaStore *
posa_work_context_get_store (PosaWorkContext *self)
{
  return self->store;
}

PosaKeyring *
posa_work_context_get_keyring (PosaWorkContext *self)
{
  return self->keyring;
}

gboolean
posa_work_context_refresh_ports (PosaWorkContext *self, GError **error)
{
  g_clear_pointer (&self->old_port, g_free);
  g_clear_pointer (&self->new_port, g_free);
  if (!posa_setting_store_get (self->store, POSA_SETTING_OLD_PORT, &self->old_port, error) ||
      !posa_setting_store_get (self->store, POSA_SETTING_NEW_PORT, &self->new_port, error))
    return FALSE;
  self->services.old_port = self->old_port;
  self->services.new_port = self->new_port;
  return TRUE;
}

gboolean
posa_work_context_open_run (PosaWorkContext *self, const char *order_id, GError **error)
{
  g_autoptr (PosaOrderEntry) entry = NULL;

  self->run = posa_flow_run_open (&self->services, order_id, error);
  entry = self->run != NULL ? posa_order_store_get (self->store, order_id, error) : NULL;
  if (entry == NULL)
    return FALSE;
  self->order = g_steal_pointer (&entry->order);
  self->snapshot = posa_flow_run_get_snapshot (self->run);
  return TRUE;
}

PosaFlowRun *
posa_work_context_get_run (PosaWorkContext *self)
{
  return self->run;
}

PosaFlowSnapshot *
posa_work_context_steal_snapshot (PosaWorkContext *self)
{
  return g_steal_pointer (&self->snapshot);
}

PosaWorkOrder *
posa_work_context_steal_order (PosaWorkContext *self)
{
  return g_steal_pointer (&self->order);
}
