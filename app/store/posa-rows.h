/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#pragma once

#include "store/posa-store.h"

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* One statement and its rows, inside this layer only. Parameters by @types, one letter each:
 * s text or NULL, i gint64, b GBytes or NULL.
 *
 *   g_autoptr (PosaRows) rows = posa_rows_query (store, "SELECT a FROM t WHERE b = ?", "s", b);
 *   while (posa_rows_next (rows))
 *     use (posa_rows_text (rows, 0));
 *   return posa_rows_check (rows, error);
 *
 * The first fault stays in the rows; after it there are no more of them. */
typedef struct _PosaRows PosaRows;

PosaRows *posa_rows_query (PosaStore *store, const char *sql, const char *types, ...);
void posa_rows_free (PosaRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaRows, posa_rows_free)

gboolean posa_rows_next (PosaRows *self);
gboolean posa_rows_check (PosaRows *self, GError **error);

/* Columns from 0; borrowed until the next row. NULL when the value is. */
const char *posa_rows_text (PosaRows *self, int column);
gint64 posa_rows_int (PosaRows *self, int column);
GBytes *posa_rows_dup_bytes (PosaRows *self, int column);

/* A statement without rows. @n_changed may be NULL. */
gboolean posa_store_run (PosaStore *store,
                         int *n_changed,
                         GError **error,
                         const char *sql,
                         const char *types,
                         ...);

G_END_DECLS
