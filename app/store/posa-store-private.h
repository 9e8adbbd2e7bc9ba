/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#pragma once

#include "store/posa-store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

#define POSA_STORE_APPLICATION_ID 0x506f7361 /* "Posa" */

sqlite3 *posa_store_get_database (PosaStore *self);
/* Sets @error from the database's last failure, @doing being what was tried. Returns FALSE. */
gboolean posa_store_fail (sqlite3 *database, const char *path, const char *doing, GError **error);

/* posa-migrate.c */

/* Makes a new database with the newest schema at @path, whole or not at all: an empty file there is
 * always damage, never a beginning. */
gboolean posa_migrate_create (const char *path, GError **error);
/* Application id and version fit this program; nothing is written. */
gboolean posa_migrate_check (sqlite3 *database, const char *path, GError **error);
/* Brings an open database to the newest schema of data/sql. Leaves foreign_keys off. */
gboolean posa_migrate_run (sqlite3 *database, const char *path, GError **error);

G_END_DECLS
