/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "model/posa-workspace.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "base/posa-worker.h"
#include "meter/port/posa-port-list.h"
#include "model/posa-folder.h"
#include "model/posa-job-private.h"
#include "model/posa-settings.h"
#include "model/posa-workspace-rows.h"
#include "store/posa-job-store.h"
#include "store/posa-order-store.h"
#include "store/posa-report-store.h"
#include "store/posa-setting-store.h"

#include <glib/gstdio.h>

struct _PosaWorkspace
{
  GObject parent_instance;
  char *folder;
  PosaStore *store; /* reads only */
  PosaWorker *work;
  PosaWorker *sync;
  PosaSettings *settings;
  GListStore *orders, *outbox, *stock;
  guint unsent;
  guint syncing; /* enrolments and synchronisations under way */
};

enum
{
  PROP_0,
  PROP_ENROLLED,
  PROP_SYNCING,
  PROP_UNSENT,
  PROP_DEVICE_ID,
  PROP_CREW_ID,
  PROP_OPERATOR_NAME,
  PROP_OPERATOR_BADGE,
  PROP_PORTAL_URL,
  PROP_OLD_PORT,
  PROP_NEW_PORT,
  PROP_ORDERS,
  PROP_OUTBOX,
  PROP_STOCK,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaWorkspace, posa_workspace, G_TYPE_OBJECT)

/* The settings behind the text properties, from PROP_DEVICE_ID on. */
static const char *const setting_keys[] = {
  POSA_SETTING_DEVICE_ID,      POSA_SETTING_CREW_ID, POSA_SETTING_OPERATOR_NAME,
  POSA_SETTING_OPERATOR_BADGE, POSA_SETTING_PORTAL,  POSA_SETTING_OLD_PORT,
  POSA_SETTING_NEW_PORT,
};

static void
set_port (PosaWorkspace *self, guint property, const char *path)
{
  if (posa_settings_set (self->settings, self->work, self->folder,
                         setting_keys[property - PROP_DEVICE_ID], path != NULL ? path : ""))
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
posa_workspace_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PosaWorkspace *self = POSA_WORKSPACE (object);

  set_port (self, id, g_value_get_string (value));
}

static void
posa_workspace_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PosaWorkspace *self = POSA_WORKSPACE (object);
  GListStore *lists[] = { self->orders, self->outbox, self->stock };

  if (id == PROP_ENROLLED)
    g_value_set_boolean (value, posa_workspace_is_enrolled (self));
  else if (id == PROP_SYNCING)
    g_value_set_boolean (value, self->syncing > 0);
  else if (id == PROP_UNSENT)
    g_value_set_uint (value, self->unsent);
  else if (id < PROP_ORDERS)
    g_value_set_string (value,
                        posa_settings_get (self->settings, setting_keys[id - PROP_DEVICE_ID]));
  else
    g_value_set_object (value, lists[id - PROP_ORDERS]);
}

static void
posa_workspace_dispose (GObject *object)
{
  PosaWorkspace *self = POSA_WORKSPACE (object);

  if (self->work != NULL)
    posa_worker_stop (self->work);
  if (self->sync != NULL)
    posa_worker_stop (self->sync);
  g_clear_object (&self->work);
  g_clear_object (&self->sync);
  G_OBJECT_CLASS (posa_workspace_parent_class)->dispose (object);
}

static void
posa_workspace_finalize (GObject *object)
{
  PosaWorkspace *self = POSA_WORKSPACE (object);

  g_clear_pointer (&self->store, posa_store_close);
  g_clear_object (&self->orders);
  g_clear_object (&self->outbox);
  g_clear_object (&self->stock);
  posa_settings_free (self->settings);
  g_free (self->folder);
  G_OBJECT_CLASS (posa_workspace_parent_class)->finalize (object);
}

static void
posa_workspace_class_init (PosaWorkspaceClass *klass)
{
  static const char *const texts[] = { "device-id",  "crew-id",  "operator-name", "operator-badge",
                                       "portal-url", "old-port", "new-port" };
  static const char *const lists[] = { "orders", "outbox", "stock" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags ports = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->set_property = posa_workspace_set_property;
  object_class->get_property = posa_workspace_get_property;
  object_class->dispose = posa_workspace_dispose;
  object_class->finalize = posa_workspace_finalize;
  properties[PROP_ENROLLED] = g_param_spec_boolean ("enrolled", NULL, NULL, FALSE, read);
  properties[PROP_SYNCING] = g_param_spec_boolean ("syncing", NULL, NULL, FALSE, read);
  properties[PROP_UNSENT] = g_param_spec_uint ("unsent", NULL, NULL, 0, G_MAXUINT, 0, read);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    properties[PROP_DEVICE_ID + i] =
        g_param_spec_string (texts[i], NULL, NULL, NULL,
                             PROP_DEVICE_ID + i < PROP_OLD_PORT ? read : ports);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    properties[PROP_ORDERS + i] =
        g_param_spec_object (lists[i], NULL, NULL, G_TYPE_LIST_MODEL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
posa_workspace_init (PosaWorkspace *self)
{
  self->settings = posa_settings_new ();
  self->orders = g_list_store_new (POSA_TYPE_ORDER_ITEM);
  self->outbox = g_list_store_new (POSA_TYPE_OUTBOX_ROW);
  self->stock = g_list_store_new (POSA_TYPE_STOCK_ITEM);
}

char *
posa_workspace_default_folder (void)
{
  const char *home = g_getenv ("POSA_HOME");

  return home != NULL && home[0] != '\0' ? g_strdup (home)
                                         : g_build_filename (g_get_user_data_dir (), "posa", NULL);
}

/* Makes the folder and a current database, then opens it for reading. */
static PosaStore *
open_store (const char *folder, GError **error)
{
  g_autoptr (PosaStore) writer = posa_folder_open_store (folder, error);

  return writer != NULL
             ? posa_store_open (posa_store_get_path (writer), POSA_STORE_READ_ONLY, error)
             : NULL;
}

static gboolean
load_settings (PosaWorkspace *self, GError **error)
{
  return posa_settings_load (self->settings, self->store, setting_keys, G_N_ELEMENTS (setting_keys),
                             error);
}

PosaWorkspace *
posa_workspace_open (const char *folder, GError **error)
{
  g_autoptr (PosaWorkspace) self = g_object_new (POSA_TYPE_WORKSPACE, NULL);

  self->folder = g_strdup (folder);
  self->store = open_store (folder, error);
  if (self->store == NULL || !load_settings (self, error) || !posa_workspace_refresh (self, error))
    return NULL;
  self->work = posa_worker_new ("work");
  self->sync = posa_worker_new ("sync");
  return g_steal_pointer (&self);
}

gboolean
posa_workspace_is_enrolled (PosaWorkspace *self)
{
  return posa_settings_get (self->settings, POSA_SETTING_DEVICE_ID)[0] != '\0';
}

const char *
posa_workspace_get_device_id (PosaWorkspace *self)
{
  return posa_workspace_is_enrolled (self)
             ? posa_settings_get (self->settings, POSA_SETTING_DEVICE_ID)
             : NULL;
}

const char *
posa_workspace_get_crew_id (PosaWorkspace *self)
{
  return posa_settings_get (self->settings, POSA_SETTING_CREW_ID);
}

const char *
posa_workspace_get_old_port (PosaWorkspace *self)
{
  return posa_settings_get (self->settings, POSA_SETTING_OLD_PORT);
}

const char *
posa_workspace_get_new_port (PosaWorkspace *self)
{
  return posa_settings_get (self->settings, POSA_SETTING_NEW_PORT);
}

void
posa_workspace_set_old_port (PosaWorkspace *self, const char *path)
{
  set_port (self, PROP_OLD_PORT, path);
}

void
posa_workspace_set_new_port (PosaWorkspace *self, const char *path)
{
  set_port (self, PROP_NEW_PORT, path);
}

GStrv
posa_workspace_list_ports (void)
{
  return posa_port_list ();
}

GListModel *
posa_workspace_get_orders (PosaWorkspace *self)
{
  return G_LIST_MODEL (self->orders);
}

GListModel *
posa_workspace_get_outbox (PosaWorkspace *self)
{
  return G_LIST_MODEL (self->outbox);
}

GListModel *
posa_workspace_get_stock (PosaWorkspace *self)
{
  return G_LIST_MODEL (self->stock);
}

guint
posa_workspace_get_unsent (PosaWorkspace *self)
{
  return self->unsent;
}

PosaOrderItem *
posa_workspace_find_order (PosaWorkspace *self, const char *order_id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->orders)); i++)
    {
      g_autoptr (PosaOrderItem) item = g_list_model_get_item (G_LIST_MODEL (self->orders), i);
      if (g_str_equal (posa_item_get_text (item, "id"), order_id))
        return item; /* the list keeps it alive */
    }
  return NULL;
}

gboolean
posa_workspace_refresh (PosaWorkspace *self, GError **error)
{
  gboolean loaded =
      posa_workspace_rows_load_orders (self->orders, self->store, error) &&
      posa_workspace_rows_load_outbox (self->outbox, self->store, &self->unsent, error) &&
      posa_workspace_rows_load_stock (self->stock, self->store, error);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNSENT]);
  return loaded;
}

/* After work in another thread: a list that cannot be read again stays as it was. */
static void
refresh_or_warn (PosaWorkspace *self)
{
  g_autoptr (GError) error = NULL;

  if (!load_settings (self, &error) || !posa_workspace_refresh (self, &error))
    g_warning ("the lists were not read again: %s", error->message);
  for (guint i = PROP_ENROLLED; i < PROP_ORDERS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

char *
posa_workspace_dup_open_order (PosaWorkspace *self)
{
  g_autoptr (GPtrArray) jobs = posa_job_store_list_open (self->store, NULL);

  if (jobs == NULL || jobs->len == 0)
    return NULL;
  return g_strdup (((PosaJobEntry *) g_ptr_array_index (jobs, 0))->order_id);
}

typedef struct
{
  char *folder;
  char *order_id;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->folder);
  g_free (opening->order_id);
  g_free (opening);
}

static gpointer
open_run (gpointer data, PosaOperation *operation, GError **error)
{
  Opening *opening = data;
  g_autoptr (PosaWorkContext) context = posa_work_context_open (opening->folder, error);

  if (context == NULL || !posa_work_context_open_run (context, opening->order_id, error))
    return NULL;
  return g_steal_pointer (&context);
}

static void
job_changed_cb (PosaJob *job, GParamSpec *pspec, gpointer data)
{
  refresh_or_warn (data);
}

static void
job_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PosaWorkspace *self = g_task_get_source_object (task);
  GError *error = NULL;
  PosaWorkContext *context = posa_worker_finish (POSA_WORKER (source), result, &error);

  if (context == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  PosaJob *job = posa_job_new (self->work, context);
  g_signal_connect_object (job, "notify::state", G_CALLBACK (job_changed_cb), self, 0);
  refresh_or_warn (self);
  g_task_return_pointer (task, job, g_object_unref);
}

void
posa_workspace_open_job_async (PosaWorkspace *self,
                               const char *order_id,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->folder = g_strdup (self->folder);
  opening->order_id = g_strdup (order_id);
  posa_worker_push (self->work, NULL, open_run, opening, opening_free,
                    (GDestroyNotify) posa_work_context_free, job_opened_cb,
                    g_task_new (self, NULL, callback, data));
}

PosaJob *
posa_workspace_open_job_finish (PosaWorkspace *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What a network job needs: all copies, for the sync thread. */
typedef struct
{
  char *folder, *url, *code, *ca_path, *fingerprint;
  PosaSyncUrgency urgency;
} Network;

static void
network_free (gpointer data)
{
  Network *network = data;

  g_free (network->folder);
  g_free (network->url);
  g_free (network->code);
  g_free (network->ca_path);
  g_free (network->fingerprint);
  g_free (network);
}

static gpointer
run_enrol (gpointer data, PosaOperation *operation, GError **error)
{
  Network *what = data;

  posa_sync_tool_enrol (what->folder, what->url, what->code, what->ca_path, what->fingerprint,
                        operation, error);
  return NULL;
}

static gpointer
run_sync (gpointer data, PosaOperation *operation, GError **error)
{
  Network *what = data;

  return posa_sync_tool_run (what->folder, what->urgency, operation, error);
}

static void
network_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PosaWorkspace *self = g_task_get_source_object (task);
  GError *error = NULL;
  char *summary = posa_worker_finish (POSA_WORKER (source), result, &error);

  self->syncing--;
  refresh_or_warn (self);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, summary, g_free);
}

static void
push_network (PosaWorkspace *self,
              PosaWork work,
              Network *network,
              PosaOperation *operation,
              GTask *task)
{
  network->folder = g_strdup (self->folder);
  self->syncing++;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SYNCING]);
  posa_worker_push (self->sync, operation, work, network, network_free, g_free, network_done_cb,
                    task);
}

void
posa_workspace_enrol_async (PosaWorkspace *self,
                            const char *url,
                            const char *code,
                            const char *ca_path,
                            const char *fingerprint,
                            PosaOperation *operation,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  Network *network = g_new0 (Network, 1);

  network->url = g_strdup (url);
  network->code = g_strdup (code);
  network->ca_path = g_strdup (ca_path);
  network->fingerprint = g_strdup (fingerprint);
  push_network (self, run_enrol, network, operation, g_task_new (self, NULL, callback, data));
}

gboolean
posa_workspace_enrol_finish (PosaWorkspace *self, GAsyncResult *result, GError **error)
{
  GError *local = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_task_propagate_pointer (G_TASK (result), &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

void
posa_workspace_sync_async (PosaWorkspace *self,
                           PosaSyncUrgency urgency,
                           PosaOperation *operation,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  Network *network = g_new0 (Network, 1);

  network->urgency = urgency;
  push_network (self, run_sync, network, operation, g_task_new (self, NULL, callback, data));
}

char *
posa_workspace_sync_finish (PosaWorkspace *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
posa_workspace_export_report (PosaWorkspace *self, const char *order_id, GError **error)
{
  g_autoptr (PosaReportEntry) entry = posa_report_store_get_of_order (self->store, order_id, error);
  g_autoptr (GBytes) pdf = entry != NULL ? posa_report_store_get_pdf (self->store, entry->id, error)
                                         : NULL;

  if (pdf == NULL)
    return NULL;
  g_autofree char *folder = g_build_filename (self->folder, POSA_FOLDER_REPORTS, NULL);
  g_autofree char *name = g_strconcat (entry->number, ".pdf", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_mkdir_with_parents (folder, 0700);
  return posa_file_write (path, pdf, 0600, error) ? g_steal_pointer (&path) : NULL;
}
