/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-store-private.h"

#include "base/posa-error.h"

#include <errno.h>
#include <sys/statvfs.h>

#define BUSY_TIMEOUT_MS 5000
#define SPACE_NEEDED    (G_GUINT64_CONSTANT (64) << 20)

struct _PosaStore
{
  char *path;
  sqlite3 *database;
  GThread *thread; /* of the first use */
  gboolean in_transaction;
  gboolean doomed; /* a joined step failed */
};

struct _PosaTransaction
{
  PosaStore *store;
  gboolean joined;
};

static PosaErrorCode
code_of_result (sqlite3 *database)
{
  switch (sqlite3_errcode (database) & 0xff)
    {
    case SQLITE_FULL:
      return POSA_ERROR_DISK_FULL;
    case SQLITE_IOERR:
      return sqlite3_system_errno (database) == ENOSPC ? POSA_ERROR_DISK_FULL : POSA_ERROR_FAILED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return POSA_ERROR_DAMAGED;
    case SQLITE_CONSTRAINT:
      return POSA_ERROR_CONFLICT;
    default:
      return POSA_ERROR_FAILED;
    }
}

gboolean
posa_store_fail (sqlite3 *database, const char *path, const char *doing, GError **error)
{
  int system = sqlite3_system_errno (database);
  gboolean is_busy = (sqlite3_errcode (database) & 0xff) == SQLITE_BUSY;
  const char *words = is_busy ? "another program keeps it locked" : sqlite3_errmsg (database);

  if (system != 0 && (sqlite3_errcode (database) & 0xff) != SQLITE_CONSTRAINT && !is_busy)
    g_set_error (error, POSA_ERROR, (int) code_of_result (database), "%s: %s: %s (%s)", path, doing,
                 words, g_strerror (system));
  else
    g_set_error (error, POSA_ERROR, (int) code_of_result (database), "%s: %s: %s", path, doing,
                 words);
  return FALSE;
}

static gboolean
run_sql (PosaStore *self, const char *sql, const char *doing, GError **error)
{
  if (sqlite3_exec (self->database, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return posa_store_fail (self->database, self->path, doing, error);
}

static gboolean
open_file (PosaStore *self, PosaStoreMode mode, GError **error)
{
  int flags = mode == POSA_STORE_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

  if (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    {
      if (mode == POSA_STORE_READ_WRITE)
        return posa_migrate_create (self->path, error) && open_file (self, mode, error);
      g_set_error (error, POSA_ERROR, POSA_ERROR_FILE_MISSING, "%s: no such database", self->path);
      return FALSE;
    }
  if (sqlite3_open_v2 (self->path, &self->database,
                       flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
    return posa_store_fail (self->database, self->path, "opening", error);
  sqlite3_busy_timeout (self->database, BUSY_TIMEOUT_MS);
  /* Until all is well nothing may be written, not even what is in the log. */
  sqlite3_db_config (self->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_db_config (self->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return run_sql (self, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", "opening",
                  error);
}

static gboolean
check_pages (PosaStore *self, GError **error)
{
  sqlite3_stmt *statement = NULL;
  g_autofree char *verdict = NULL;

  if (sqlite3_prepare_v2 (self->database, "PRAGMA quick_check(1)", -1, &statement, NULL) ==
          SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    verdict = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  if (verdict == NULL)
    posa_store_fail (self->database, self->path, "checking", error);
  else if (strcmp (verdict, "ok") != 0)
    g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: damaged: %s", self->path, verdict);
  sqlite3_finalize (statement);
  return g_strcmp0 (verdict, "ok") == 0;
}

static gboolean
start_writing (PosaStore *self, GError **error)
{
  if (!check_pages (self, error))
    return FALSE;
  sqlite3_db_config (self->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  return run_sql (self,
                  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                  "PRAGMA journal_size_limit = 67108864;",
                  "opening for writing", error) &&
         posa_migrate_run (self->database, self->path, error) &&
         run_sql (self, "PRAGMA foreign_keys = ON", "opening for writing", error);
}

PosaStore *
posa_store_open (const char *path, PosaStoreMode mode, GError **error)
{
  g_autoptr (PosaStore) self = g_new0 (PosaStore, 1);

  self->path = g_strdup (path);
  if (!open_file (self, mode, error) || !posa_migrate_check (self->database, path, error))
    return NULL;
  if (mode == POSA_STORE_READ_WRITE && !start_writing (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
posa_store_close (PosaStore *self)
{
  sqlite3_close_v2 (self->database);
  g_free (self->path);
  g_free (self);
}

const char *
posa_store_get_path (PosaStore *self)
{
  return self->path;
}

sqlite3 *
posa_store_get_database (PosaStore *self)
{
  if (self->thread == NULL)
    self->thread = g_thread_self ();
  /* SQLite runs without its own locks here. */
  g_assert (self->thread == g_thread_self ());
  return self->database;
}

gboolean
posa_store_check_space (PosaStore *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  struct statvfs info;

  if (statvfs (folder, &info) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  if ((guint64) info.f_bavail * info.f_frsize >= SPACE_NEEDED)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_DISK_FULL, "%s: less than 64 MiB are free", folder);
  return FALSE;
}

static PosaTransaction *
transaction_new (PosaStore *store, gboolean joined)
{
  PosaTransaction *self = g_new0 (PosaTransaction, 1);

  self->store = store;
  self->joined = joined;
  return self;
}

PosaTransaction *
posa_transaction_begin (PosaStore *store, GError **error)
{
  posa_store_get_database (store);
  if (store->in_transaction)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "%s: a transaction is open already",
                   store->path);
      return NULL;
    }
  /* IMMEDIATE: a lock that cannot be had shows here, not in the middle. */
  if (!run_sql (store, "BEGIN IMMEDIATE", "beginning a transaction", error))
    return NULL;
  store->in_transaction = TRUE;
  store->doomed = FALSE;
  return transaction_new (store, FALSE);
}

PosaTransaction *
posa_transaction_join (PosaStore *store, GError **error)
{
  return store->in_transaction ? transaction_new (store, TRUE)
                               : posa_transaction_begin (store, error);
}

gboolean
posa_transaction_commit (PosaTransaction *self, GError **error)
{
  g_autoptr (PosaTransaction) guard = self;
  PosaStore *store = self->store;

  if (store->doomed)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED,
                   "%s: a step of this transaction failed; nothing was written", store->path);
      return FALSE;
    }
  if (!self->joined)
    {
      if (!run_sql (store, "COMMIT", "committing", error))
        return FALSE;
      store->in_transaction = FALSE;
    }
  g_free (g_steal_pointer (&guard));
  return TRUE;
}

void
posa_transaction_rollback (PosaTransaction *self)
{
  PosaStore *store = self->store;

  if (self->joined)
    store->doomed = TRUE;
  else
    {
      /* SQLite has rolled back by itself after some errors: then this fails, rightly. */
      sqlite3_exec (store->database, "ROLLBACK", NULL, NULL, NULL);
      store->in_transaction = FALSE;
    }
  g_free (self);
}
