/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "model/posa-job.h"
#include "model/posa-sync-tool.h"

G_BEGIN_DECLS

/* The data folder of one device, open. Lives in the main thread. Everything that blocks runs in one
 * of its two threads, "work" (meters, workflow) and "sync" (network); the main thread only reads.
 *
 * Properties (all readable, notify in the main context):
 *   enrolled b · device-id s · crew-id s · operator-name s · operator-badge s · portal-url s
 *   old-port s, new-port s (read-write; remembered): device paths of the optical heads
 *   unsent u (items without a receipt) · syncing b · orders GListModel · outbox GListModel · stock
 * GListModel */
#define POSA_TYPE_WORKSPACE (posa_workspace_get_type ())
G_DECLARE_FINAL_TYPE (PosaWorkspace, posa_workspace, POSA, WORKSPACE, GObject)

/* The folder to use when none is named: $POSA_HOME, else the user's data folder + "/posa". Free. */
char *posa_workspace_default_folder (void);
/* Opens @folder, making it and its database when they do not exist. DAMAGED, SCHEMA_NEWER,
 * DISK_FULL. */
PosaWorkspace *posa_workspace_open (const char *folder, GError **error);

gboolean posa_workspace_is_enrolled (PosaWorkspace *self);
const char *posa_workspace_get_device_id (PosaWorkspace *self); /* NULL until enrolled */
const char *posa_workspace_get_crew_id (PosaWorkspace *self);
const char *posa_workspace_get_old_port (PosaWorkspace *self); /* "" = not chosen */
const char *posa_workspace_get_new_port (PosaWorkspace *self);
void posa_workspace_set_old_port (PosaWorkspace *self, const char *path);
void posa_workspace_set_new_port (PosaWorkspace *self, const char *path);
/* Serial devices present now (USB and built-in), for a menu; free with g_strfreev(). */
GStrv posa_workspace_list_ports (void);

GListModel *
posa_workspace_get_orders (PosaWorkspace *self); /* PosaOrderItem, by window; borrowed */
GListModel *
posa_workspace_get_outbox (PosaWorkspace *self); /* PosaOutboxRow, newest first; borrowed */
GListModel *posa_workspace_get_stock (PosaWorkspace *self); /* PosaStockItem; borrowed */
PosaOrderItem *posa_workspace_find_order (PosaWorkspace *self,
                                          const char *order_id); /* borrowed or NULL */
guint posa_workspace_get_unsent (PosaWorkspace *self);
/* Reads the lists again from the store; done by itself after each job step and sync. */
gboolean posa_workspace_refresh (PosaWorkspace *self, GError **error);
/* The order whose replacement has begun and not ended, for resuming at start-up; free; NULL = none.
 */
char *posa_workspace_dup_open_order (PosaWorkspace *self);

/* Opens the replacement of @order_id, resuming at its durable step. NOT_FOUND. Result: new
 * reference. */
void posa_workspace_open_job_async (PosaWorkspace *self,
                                    const char *order_id,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
PosaJob *posa_workspace_open_job_finish (PosaWorkspace *self, GAsyncResult *result, GError **error);

/* Enrols this device: @ca_path (PEM file) or @fingerprint (SHA-256, hex) pins the portal; the other
 * NULL. */
void posa_workspace_enrol_async (PosaWorkspace *self,
                                 const char *url,
                                 const char *code,
                                 const char *ca_path,
                                 const char *fingerprint,
                                 PosaOperation *operation,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
gboolean posa_workspace_enrol_finish (PosaWorkspace *self, GAsyncResult *result, GError **error);

/* Pulls orders, pushes the outbox. The summary is one translated line; free. */
void posa_workspace_sync_async (PosaWorkspace *self,
                                PosaSyncUrgency urgency,
                                PosaOperation *operation,
                                GAsyncReadyCallback callback,
                                gpointer data);
char *posa_workspace_sync_finish (PosaWorkspace *self, GAsyncResult *result, GError **error);

/* Writes the report's PDF of an order below the data folder and gives its path; free. NOT_FOUND. */
char *posa_workspace_export_report (PosaWorkspace *self, const char *order_id, GError **error);

G_END_DECLS
