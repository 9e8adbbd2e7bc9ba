/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-auto-sync.h"

#include "base/posa-error.h"

#define INTERVAL_S 300

struct _PosaAutoSync
{
  GObject parent_instance;
  PosaWorkspace *workspace; /* borrowed */
  guint unsent;             /* when it was looked at last */
  guint timer;
};

G_DEFINE_FINAL_TYPE (PosaAutoSync, posa_auto_sync, G_TYPE_OBJECT)

static void
synced_cb (GObject *workspace, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *summary =
      posa_workspace_sync_finish (POSA_WORKSPACE (workspace), result, &error);

  g_info ("synchronised by itself: %s", summary != NULL ? summary : error->message);
}

/* One at a time: what joins meanwhile goes with the next. */
static void
start (PosaAutoSync *self, PosaSyncUrgency urgency)
{
  gboolean syncing;

  g_object_get (self->workspace, "syncing", &syncing, NULL);
  if (!syncing && posa_workspace_is_enrolled (self->workspace))
    posa_workspace_sync_async (self->workspace, urgency, NULL, synced_cb, NULL);
}

static gboolean
interval_cb (gpointer data)
{
  start (data, POSA_SYNC_WHAT_IS_DUE);
  return G_SOURCE_CONTINUE;
}

static void
unsent_cb (PosaWorkspace *workspace, GParamSpec *pspec, gpointer data)
{
  PosaAutoSync *self = data;
  guint unsent = posa_workspace_get_unsent (workspace);
  gboolean more = unsent > self->unsent;

  self->unsent = unsent;
  if (more)
    start (self, POSA_SYNC_WHAT_IS_DUE);
}

/* A network that has just come back ends every waiting (trust.md 3.2). */
static void
network_cb (GNetworkMonitor *monitor, gboolean available, gpointer data)
{
  if (available)
    start (data, POSA_SYNC_EVERYTHING);
}

static void
posa_auto_sync_dispose (GObject *object)
{
  PosaAutoSync *self = POSA_AUTO_SYNC (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  G_OBJECT_CLASS (posa_auto_sync_parent_class)->dispose (object);
}

static void
posa_auto_sync_class_init (PosaAutoSyncClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = posa_auto_sync_dispose;
}

static void
posa_auto_sync_init (PosaAutoSync *self)
{
}

PosaAutoSync *
posa_auto_sync_new (PosaWorkspace *workspace)
{
  PosaAutoSync *self = g_object_new (POSA_TYPE_AUTO_SYNC, NULL);

  self->workspace = workspace;
  self->unsent = posa_workspace_get_unsent (workspace);
  self->timer = g_timeout_add_seconds (INTERVAL_S, interval_cb, self);
  g_signal_connect_object (workspace, "notify::unsent", G_CALLBACK (unsent_cb), self, 0);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (network_cb), self, 0);
  return self;
}
