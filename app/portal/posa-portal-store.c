/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-store.h"

#include "base/posa-datadir.h"
#include "base/posa-error.h"
#include "base/posa-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

#define APPLICATION_ID  0x504f5350 /* "POSP" */
#define SCHEMA_VERSION  1
#define SQL_LIMIT       (1024 * 1024)
#define BUSY_TIMEOUT_MS 5000

struct _PosaPortalStore
{
  sqlite3 *db;
  char *path;
};

struct _PosaPortalTransaction
{
  PosaPortalStore *store;
  gboolean done;
};

struct _PosaPortalRows
{
  PosaPortalStore *store;
  sqlite3_stmt *statement;
};

static PosaErrorCode
code_of_sqlite (int result)
{
  switch (result & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return POSA_ERROR_DAMAGED;
    case SQLITE_FULL:
      return POSA_ERROR_DISK_FULL;
    case SQLITE_BUSY:
      return POSA_ERROR_TIMED_OUT;
    default:
      return POSA_ERROR_FAILED;
    }
}

static void
set_error (PosaPortalStore *self, GError **error)
{
  g_set_error (error, POSA_ERROR, (int) code_of_sqlite (sqlite3_extended_errcode (self->db)),
               "%s: %s", self->path, sqlite3_errmsg (self->db));
}

static gboolean
exec (PosaPortalStore *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (self, error);
  return FALSE;
}

static sqlite3_stmt *
prepare (PosaPortalStore *self, const char *sql, const char *types, va_list values, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }
  for (int i = 0; types[i] != '\0'; i++)
    {
      if (types[i] == 'i')
        sqlite3_bind_int64 (statement, i + 1, va_arg (values, gint64));
      else if (types[i] == 's')
        sqlite3_bind_text (statement, i + 1, va_arg (values, const char *), -1, SQLITE_TRANSIENT);
      else
        {
          GBytes *bytes = va_arg (values, GBytes *);
          if (bytes != NULL)
            sqlite3_bind_blob64 (statement, i + 1, g_bytes_get_data (bytes, NULL),
                                 g_bytes_get_size (bytes), SQLITE_TRANSIENT);
        }
    }
  return statement;
}

gboolean
posa_portal_store_run (PosaPortalStore *self,
                       GError **error,
                       const char *sql,
                       const char *types,
                       ...)
{
  va_list values;

  va_start (values, types);
  sqlite3_stmt *statement = prepare (self, sql, types, values, error);
  va_end (values);
  if (statement == NULL)
    return FALSE;
  gboolean done = sqlite3_step (statement) == SQLITE_DONE;
  if (!done)
    set_error (self, error);
  sqlite3_finalize (statement);
  return done;
}

PosaPortalRows *
posa_portal_store_query (PosaPortalStore *self,
                         GError **error,
                         const char *sql,
                         const char *types,
                         ...)
{
  va_list values;

  va_start (values, types);
  sqlite3_stmt *statement = prepare (self, sql, types, values, error);
  va_end (values);
  if (statement == NULL)
    return NULL;
  PosaPortalRows *rows = g_new0 (PosaPortalRows, 1);
  rows->store = self;
  rows->statement = statement;
  return rows;
}

gboolean
posa_portal_rows_next (PosaPortalRows *self, GError **error)
{
  int result = sqlite3_step (self->statement);

  if (result != SQLITE_ROW && result != SQLITE_DONE)
    set_error (self->store, error);
  return result == SQLITE_ROW;
}

const char *
posa_portal_rows_text (PosaPortalRows *self, int column)
{
  return (const char *) sqlite3_column_text (self->statement, column);
}

gint64
posa_portal_rows_int (PosaPortalRows *self, int column)
{
  return sqlite3_column_int64 (self->statement, column);
}

GBytes *
posa_portal_rows_bytes (PosaPortalRows *self, int column)
{
  if (posa_portal_rows_is_null (self, column))
    return NULL;
  const void *data = sqlite3_column_blob (self->statement, column);
  return g_bytes_new (data, (gsize) sqlite3_column_bytes (self->statement, column));
}

gboolean
posa_portal_rows_is_null (PosaPortalRows *self, int column)
{
  return sqlite3_column_type (self->statement, column) == SQLITE_NULL;
}

void
posa_portal_rows_free (PosaPortalRows *self)
{
  sqlite3_finalize (self->statement);
  g_free (self);
}

PosaPortalTransaction *
posa_portal_store_begin (PosaPortalStore *self, GError **error)
{
  if (!exec (self, "BEGIN IMMEDIATE", error))
    return NULL;
  PosaPortalTransaction *transaction = g_new0 (PosaPortalTransaction, 1);
  transaction->store = self;
  return transaction;
}

gboolean
posa_portal_transaction_commit (PosaPortalTransaction *self, GError **error)
{
  self->done = exec (self->store, "COMMIT", error);
  return self->done;
}

void
posa_portal_transaction_free (PosaPortalTransaction *self)
{
  /* After some errors SQLite has rolled back by itself. */
  if (!self->done && sqlite3_get_autocommit (self->store->db) == 0)
    exec (self->store, "ROLLBACK", NULL);
  g_free (self);
}

/* ---- opening ---- */

static gint64
get_pragma (PosaPortalStore *self, const char *sql, GError **error)
{
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (self, error, sql, "");

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return -1;
  return posa_portal_rows_int (rows, 0);
}

static gboolean
create_schema (PosaPortalStore *self, GError **error)
{
  g_autofree char *folder = posa_datadir_build ("sql");
  g_autofree char *path = g_build_filename (folder, "portal-001.sql", NULL);
  g_autoptr (GBytes) file = posa_file_read (path, SQL_LIMIT, error);

  if (file == NULL)
    return FALSE;
  g_autofree char *sql = g_strdup_printf (
      "BEGIN EXCLUSIVE; PRAGMA application_id = %d; PRAGMA user_version = %d; %.*s; COMMIT",
      APPLICATION_ID, SCHEMA_VERSION, (int) g_bytes_get_size (file),
      (const char *) g_bytes_get_data (file, NULL));
  if (exec (self, sql, error))
    return TRUE;
  if (sqlite3_get_autocommit (self->db) == 0)
    exec (self, "ROLLBACK", NULL);
  /* Another process that started at the same moment may have been faster. */
  if (get_pragma (self, "PRAGMA user_version", NULL) != SCHEMA_VERSION)
    return FALSE;
  g_clear_error (error);
  return TRUE;
}

static gboolean
check_content (PosaPortalStore *self, GError **error)
{
  g_autoptr (PosaPortalRows)
      rows = posa_portal_store_query (self, error, "PRAGMA quick_check(1)", "");

  if (rows == NULL || !posa_portal_rows_next (rows, error))
    return FALSE;
  if (g_strcmp0 (posa_portal_rows_text (rows, 0), "ok") == 0)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: %s", self->path,
               posa_portal_rows_text (rows, 0));
  return FALSE;
}

static gboolean
check_schema (PosaPortalStore *self, GError **error)
{
  gint64 application = get_pragma (self, "PRAGMA application_id", error);
  gint64 version = application >= 0 ? get_pragma (self, "PRAGMA user_version", error) : -1;

  if (version < 0)
    return FALSE;
  if (application == 0 && version == 0)
    {
      if (get_pragma (self, "SELECT count(*) FROM sqlite_schema", error) == 0)
        return create_schema (self, error);
      application = -1;
    }
  if (application != APPLICATION_ID)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: not a database of this portal",
                   self->path);
      return FALSE;
    }
  if (version > SCHEMA_VERSION)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SCHEMA_NEWER,
                   "%s: schema %" G_GINT64_FORMAT ", this program knows %d", self->path, version,
                   SCHEMA_VERSION);
      return FALSE;
    }
  return check_content (self, error);
}

PosaPortalStore *
posa_portal_store_open (const char *folder, GError **error)
{
  g_autoptr (PosaPortalStore) self = g_new0 (PosaPortalStore, 1);

  self->path = g_build_filename (folder, "portal.db", NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "%s: %s", folder, g_strerror (errno));
      return NULL;
    }
  int result = sqlite3_open_v2 (self->path, &self->db,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                NULL);
  if (result != SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }
  /* It holds the crews' orders and the reports. */
  if (g_chmod (self->path, 0600) != 0)
    g_warning ("%s: cannot be made private: %s", self->path, g_strerror (errno));
  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT_MS);
  if (exec (self,
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
            "PRAGMA journal_size_limit=67108864",
            error) &&
      check_schema (self, error))
    return g_steal_pointer (&self);
  return NULL;
}

void
posa_portal_store_free (PosaPortalStore *self)
{
  if (self->db != NULL)
    sqlite3_close (self->db);
  g_free (self->path);
  g_free (self);
}
