/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The portal's SQLite file (data/sql/portal-*.sql): WAL, synchronous=FULL, one connection per
 * process and one thread. Errors: DAMAGED, DISK_FULL, SCHEMA_NEWER, TIMED_OUT (another process
 * writes), FAILED; messages name the file. */
typedef struct _PosaPortalStore PosaPortalStore;

/* Opens or makes FOLDER/portal.db and brings it to the current schema. */
PosaPortalStore *posa_portal_store_open (const char *folder, GError **error);
void posa_portal_store_free (PosaPortalStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalStore, posa_portal_store_free)

/* A transaction that writes (BEGIN IMMEDIATE); freeing it before its commit rolls back. A failed
 * commit may still have happened: whoever repeats must use the same ids. */
typedef struct _PosaPortalTransaction PosaPortalTransaction;
PosaPortalTransaction *posa_portal_store_begin (PosaPortalStore *self, GError **error);
gboolean posa_portal_transaction_commit (PosaPortalTransaction *self, GError **error);
void posa_portal_transaction_free (PosaPortalTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalTransaction, posa_portal_transaction_free)

/* @types: one letter per parameter of @sql: s const char * (NULL gives null), i gint64,
 * b GBytes * (NULL gives null). */
gboolean posa_portal_store_run (PosaPortalStore *self,
                                GError **error,
                                const char *sql,
                                const char *types,
                                ...);

typedef struct _PosaPortalRows PosaPortalRows;
/* NULL and the error when the statement cannot be made. */
PosaPortalRows *posa_portal_store_query (PosaPortalStore *self,
                                         GError **error,
                                         const char *sql,
                                         const char *types,
                                         ...);
/* FALSE at the end and on an error; *error tells them apart. */
gboolean posa_portal_rows_next (PosaPortalRows *self, GError **error);
const char *posa_portal_rows_text (PosaPortalRows *self,
                                   int column); /* borrowed until next; NULL for null */
gint64 posa_portal_rows_int (PosaPortalRows *self, int column);
GBytes *posa_portal_rows_bytes (PosaPortalRows *self, int column); /* owned; NULL for null */
gboolean posa_portal_rows_is_null (PosaPortalRows *self, int column);
void posa_portal_rows_free (PosaPortalRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalRows, posa_portal_rows_free)

G_END_DECLS
