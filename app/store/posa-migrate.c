/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "store/posa-store-private.h"

#include "base/posa-datadir.h"
#include "base/posa-error.h"
#include "base/posa-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define SCRIPT_MAX (1 << 20)

static gint64
get_int (sqlite3 *database, const char *path, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gint64 value = -1;

  if (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  else
    posa_store_fail (database, path, "reading", error);
  sqlite3_finalize (statement);
  return value;
}

static gboolean
run_sql (sqlite3 *database, const char *path, const char *sql, const char *doing, GError **error)
{
  return sqlite3_exec (database, sql, NULL, NULL, NULL) == SQLITE_OK ||
         posa_store_fail (database, path, doing, error);
}

/* The scripts NNN-*.sql of data/sql (the portal's are beside them) in their order, full paths; step
 * N is element N - 1. */
static GPtrArray *
list_scripts (GError **error)
{
  g_autofree char *folder = posa_datadir_build ("sql");
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    {
      posa_error_convert (error, POSA_ERROR_FAILED);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_isdigit (*name) && g_str_has_suffix (name, ".sql"))
      g_ptr_array_add (scripts, g_build_filename (folder, name, NULL));
  g_ptr_array_sort_values (scripts, (GCompareFunc) strcmp);
  for (guint i = 0; i < scripts->len; i++)
    {
      const char *script = g_ptr_array_index (scripts, i);
      g_autofree char *base = g_path_get_basename (script);

      if (g_ascii_strtoull (base, NULL, 10) == i + 1)
        continue;
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "%s: step %u of the schema is expected",
                   script, i + 1);
      return NULL;
    }
  return g_steal_pointer (&scripts);
}

gboolean
posa_migrate_check (sqlite3 *database, const char *path, GError **error)
{
  g_autoptr (GPtrArray) scripts = list_scripts (error);
  if (scripts == NULL)
    return FALSE;
  gint64 id = get_int (database, path, "PRAGMA application_id", error);
  gint64 version = id >= 0 ? get_int (database, path, "PRAGMA user_version", error) : -1;
  if (version < 0)
    return FALSE;
  if (id != POSA_STORE_APPLICATION_ID)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED, "%s: empty, or not Posa's database",
                   path);
      return FALSE;
    }
  if (version > scripts->len)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SCHEMA_NEWER,
                   "%s: schema %" G_GINT64_FORMAT ", this program knows up to %u", path, version,
                   scripts->len);
      return FALSE;
    }
  return TRUE;
}

static gboolean
fail_file (const char *path, const char *doing, GError **error)
{
  int number = errno;

  g_set_error (error, POSA_ERROR, number == ENOSPC ? POSA_ERROR_DISK_FULL : POSA_ERROR_FAILED,
               "%s: %s: %s", path, doing, g_strerror (number));
  return FALSE;
}

/* VACUUM INTO leaves that to us. Works on folders too. */
static gboolean
sync_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    fail_file (path, "syncing", error);
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
move_file (const char *from, const char *to, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);

  if (g_rename (from, to) != 0)
    return fail_file (to, "writing", error);
  return sync_file (folder, error);
}

/* PATH.vN.copy, complete or not there. */
static gboolean
keep_copy (sqlite3 *database, const char *path, gint64 version, GError **error)
{
  g_autofree char *copy = g_strdup_printf ("%s.v%" G_GINT64_FORMAT ".copy", path, version);
  g_autofree char *part = g_strconcat (copy, ".part", NULL);

  g_unlink (part);
  char *sql = sqlite3_mprintf ("VACUUM INTO %Q", part);
  gboolean done = run_sql (database, path, sql, "copying before the change of schema", error);
  sqlite3_free (sql);
  if (!done)
    return FALSE;
  return sync_file (part, error) && move_file (part, copy, error);
}

static gboolean
apply_script (sqlite3 *database, const char *path, const char *script, gint64 step, GError **error)
{
  g_autoptr (GBytes) content = posa_file_read (script, SCRIPT_MAX, error);
  if (content == NULL)
    return FALSE;
  gsize size;
  const char *data = g_bytes_get_data (content, &size);
  g_autofree char *sql = g_strndup (data, size);
  g_autofree char *marks =
      g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %" G_GINT64_FORMAT,
                       POSA_STORE_APPLICATION_ID, step);

  if (!run_sql (database, path, sql, script, error) ||
      !run_sql (database, path, marks, script, error))
    return FALSE;
  gint64 orphans = get_int (database, path, "SELECT count(*) FROM pragma_foreign_key_check", error);
  if (orphans > 0)
    g_set_error (error, POSA_ERROR, POSA_ERROR_DAMAGED,
                 "%s: %s: %" G_GINT64_FORMAT " rows refer to nothing", path, script, orphans);
  return orphans == 0;
}

/* One step in one transaction; another program may have done it while we waited for the lock. */
static gboolean
take_step (sqlite3 *database, const char *path, const char *script, gint64 step, GError **error)
{
  if (!run_sql (database, path, "BEGIN EXCLUSIVE", "changing the schema", error))
    return FALSE;
  gint64 version = get_int (database, path, "PRAGMA user_version", error);
  gboolean ok = version >= step ||
                (version >= 0 && apply_script (database, path, script, step, error));
  if (ok && run_sql (database, path, "COMMIT", "changing the schema", error))
    return TRUE;
  sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

gboolean
posa_migrate_run (sqlite3 *database, const char *path, GError **error)
{
  g_autoptr (GPtrArray) scripts = list_scripts (error);
  if (scripts == NULL)
    return FALSE;
  gint64 version = get_int (database, path, "PRAGMA user_version", error);
  if (version < 0)
    return FALSE;
  if (version == scripts->len)
    return TRUE;
  if (version > 0 && !keep_copy (database, path, version, error))
    return FALSE;
  /* A table is changed by making it anew; that must not cascade. Each step checks its references.
   */
  if (!run_sql (database, path, "PRAGMA foreign_keys = OFF", "changing the schema", error))
    return FALSE;
  for (gint64 step = version + 1; step <= scripts->len; step++)
    if (!take_step (database, path, g_ptr_array_index (scripts, step - 1), step, error))
      return FALSE;
  return TRUE;
}

/* For the owner only: it holds addresses and work. SQLite gives its side files the same mode. */
static char *
make_part (const char *path, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (part, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      fail_file (path, "making the database", error);
      return NULL;
    }
  close (fd);
  return g_steal_pointer (&part);
}

static gboolean
fill_part (const char *part, GError **error)
{
  sqlite3 *database = NULL;
  gboolean ok = sqlite3_open_v2 (part, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                                 NULL) == SQLITE_OK ||
                posa_store_fail (database, part, "making the database", error);

  ok = ok && posa_migrate_run (database, part, error);
  sqlite3_close_v2 (database);
  return ok && sync_file (part, error);
}

gboolean
posa_migrate_create (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *part = make_part (path, error);
  if (part == NULL)
    return FALSE;
  /* A link never replaces: when another program was quicker, its database is the one. */
  gboolean ok = fill_part (part, error) && (link (part, path) == 0 || errno == EEXIST ||
                                            fail_file (path, "making the database", error));
  g_unlink (part);
  return ok && sync_file (folder, error);
}
