/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tablet's database (docs/adr/0005, SQLite in WAL with synchronous=FULL). A handle belongs to
 * the thread that first uses it: the work thread and the sync thread each open one to write, the
 * main thread one to read. Everything written in a transaction is on the disk when its commit
 * returns, or not there at all.
 *
 * Row functions (posa-*-store.h) take any open store. Those that write several rows make their own
 * transaction, or join the one that is open: so a caller joins several of them into one:
 *
 *   g_autoptr (PosaTransaction) transaction = posa_transaction_begin (store, error);
 *   if (transaction == NULL || !posa_order_store_set_state (store, …, error) ||
 *       !posa_job_store_save (store, job, event, error))
 *     return FALSE;                       // rolled back as the guard leaves the scope
 *   return posa_transaction_commit (g_steal_pointer (&transaction), error);
 *
 * Errors everywhere: DISK_FULL (nothing was changed), DAMAGED, CONFLICT (a rule of the schema
 * forbids it), FAILED (the message has SQLite's words and the file). */
typedef struct _PosaStore PosaStore;

typedef enum
{
  POSA_STORE_READ_ONLY, /* NOT_FOUND when there is none yet */
  POSA_STORE_READ_WRITE /* makes it, checks it and brings it up to date */
} PosaStoreMode;

/* Opens the database at @path. SCHEMA_NEWER: a newer program wrote it. DAMAGED: not a database, not
 * ours, or it fails its check; the file is left as it is, always. Before the first step that
 * changes an older database a copy is kept beside it (PATH.v1.copy). Any thread. */
PosaStore *posa_store_open (const char *path, PosaStoreMode mode, GError **error);
void posa_store_close (PosaStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaStore, posa_store_close)

const char *posa_store_get_path (PosaStore *self); /* borrowed */
/* DISK_FULL when less than 64 MiB are free: to be asked before a replacement starts, never in the
 * middle of one (trust.md I9). */
gboolean posa_store_check_space (PosaStore *self, GError **error);

/* A write transaction (BEGIN IMMEDIATE). Rolls back when freed without commit. */
typedef struct _PosaTransaction PosaTransaction;

/* FAILED when one is open on this handle already: a caller's transaction is never nested by
 * mistake. */
PosaTransaction *posa_transaction_begin (PosaStore *store, GError **error);
/* For functions that are steps of a larger change: begins one, or joins the one that is open. A
 * joined one that is freed without commit makes the outer commit fail. */
PosaTransaction *posa_transaction_join (PosaStore *store, GError **error);
/* Takes @self. After an error the result is unknown, not undone (trust.md I10): repeat with the
 * same ids. */
gboolean posa_transaction_commit (PosaTransaction *self, GError **error);
void posa_transaction_rollback (PosaTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTransaction, posa_transaction_rollback)

G_END_DECLS
