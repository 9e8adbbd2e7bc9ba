/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Opening: databases of every released schema, of newer programs, and what is no database. */

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "store/posa-event-store.h"
#include "store/posa-job-store.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-reading-store.h"
#include "store/posa-report-store.h"
#include "store/posa-setting-store.h"
#include "store/posa-store-private.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

typedef struct
{
  char *folder;
  char *path;
  char *datadir; /* of the build */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("posa-test-store-schema-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "posa.db", NULL);
  fixture->datadir = g_strdup (g_getenv ("POSA_DATADIR"));
}

static void
remove_tree (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_tree (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_setenv ("POSA_DATADIR", fixture->datadir, TRUE);
  remove_tree (fixture->folder);
  g_free (fixture->datadir);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static char *
read_text (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = posa_file_read (path, 1 << 24, &error);
  gsize size;

  g_assert_no_error (error);
  const char *data = g_bytes_get_data (bytes, &size);
  return g_strndup (data, size);
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *database = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  sqlite3_exec (database, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (database), ==, SQLITE_OK);
}

/* The database of tests/data/store/vN.sql. */
static void
load_schema (Fixture *fixture, guint version)
{
  g_autofree char *name = g_strdup_printf ("v%u.sql", version);
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "data", "store", name, NULL);
  g_autofree char *sql = read_text (source);

  execute (fixture->path, sql);
}

/* Data as in this tree, with a further step @sql. */
static void
add_step (Fixture *fixture, const char *sql)
{
  static const char *const steps[] = { "001-tablet.sql", "002-meter-key.sql" };
  g_autofree char *folder = g_build_filename (fixture->folder, "data", "sql", NULL);
  g_autofree char *datadir = g_path_get_dirname (folder);
  g_autofree char *further = g_build_filename (folder, "003-test.sql", NULL);

  g_mkdir_with_parents (folder, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *source = g_build_filename (fixture->datadir, "sql", steps[i], NULL);
      g_autofree char *copy = g_build_filename (folder, steps[i], NULL);
      g_autofree char *content = read_text (source);

      g_assert_true (g_file_set_contents (copy, content, -1, NULL));
    }
  g_assert_true (g_file_set_contents (further, sql, -1, NULL));
  g_setenv ("POSA_DATADIR", datadir, TRUE);
}

static void
check_rows (PosaStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *device = NULL;

  g_assert_true (posa_setting_store_get (store, POSA_SETTING_DEVICE_ID, &device, &error));
  g_assert_cmpstr (device, ==, "TAB-0042");
  g_autoptr (GPtrArray) orders = posa_order_store_list (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (orders->len, ==, 3);
  g_autoptr (GPtrArray) meters = posa_meter_asset_store_list (store, POSA_N_METER_STATES, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (meters->len, ==, 3);
  g_autoptr (GPtrArray) jobs = posa_job_store_list_open (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_true (posa_event_store_verify_chain (store, &error));
  g_autoptr (GPtrArray) readings = posa_reading_store_list (store, "W-000001", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (readings->len, ==, 2);
  g_autoptr (GPtrArray) reports = posa_report_store_list (store, &error);
  g_assert_cmpuint (reports->len, ==, 1);
  g_autoptr (GPtrArray) items = posa_outbox_store_list (store, &error);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_no_error (error);
}

static void
test_every_schema (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  load_schema (fixture, GPOINTER_TO_UINT (data));
  g_autoptr (PosaStore) store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  check_rows (store);
}

/* What is in the tree and what released programs made must be the same. */
static void
test_schema_is_frozen (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fresh = g_strconcat (fixture->path, ".fresh", NULL);
  const char *paths[] = { fixture->path, fresh };
  g_autofree char *texts[2] = { NULL, NULL };
  g_autoptr (PosaStore) made = posa_store_open (fresh, POSA_STORE_READ_WRITE, NULL);

  load_schema (fixture, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PosaStore) store = posa_store_open (paths[i], POSA_STORE_READ_WRITE, NULL);
      sqlite3_stmt *statement = NULL;

      g_assert_cmpint (sqlite3_prepare_v2 (posa_store_get_database (store),
                                           "SELECT group_concat(sql, ';') FROM"
                                           " (SELECT sql FROM sqlite_schema ORDER BY type, name)",
                                           -1, &statement, NULL),
                       ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
      texts[i] = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      sqlite3_finalize (statement);
    }
  g_assert_cmpstr (texts[0], ==, texts[1]);
  g_free (g_steal_pointer (&texts[1]));
}

static void
test_new_is_private (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaStore) store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_true (posa_setting_store_set (store, "a", "b", &error));
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (log, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_step_keeps_copy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *copy = g_strconcat (fixture->path, ".v1.copy", NULL);

  load_schema (fixture, 1);
  add_step (fixture, "ALTER TABLE setting ADD COLUMN note TEXT;");
  g_autoptr (PosaStore) store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  check_rows (store);
  g_clear_pointer (&store, posa_store_close);

  /* The program of before goes on with the copy, and is told of the other. */
  g_setenv ("POSA_DATADIR", fixture->datadir, TRUE);
  g_assert_null (posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_SCHEMA_NEWER);
  g_clear_error (&error);
  g_autoptr (PosaStore) old = posa_store_open (copy, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  check_rows (old);
}

/* A step that fails leaves everything as before, and the program that came with it says so. */
static void
test_step_fails (Fixture *fixture, gconstpointer data)
{
  static const char *const steps[] = {
    "CREATE TABLE a (b TEXT) STRICT; INSERT INTO a VALUES ('x'); SELECT nonsense FROM nowhere;",
    /* References that the step breaks. */
    "DROP TRIGGER meter_asset_no_delete; DELETE FROM meter_asset WHERE serial = '100000001';",
  };
  load_schema (fixture, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;

      add_step (fixture, steps[i]);
      g_assert_null (posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, "003-test.sql"));
      g_clear_error (&error);
      g_setenv ("POSA_DATADIR", fixture->datadir, TRUE);
      g_autoptr (PosaStore) store = posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error);
      g_assert_no_error (error);
      check_rows (store);
    }
}

static void
test_step_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first =
      g_build_filename (fixture->folder, "data", "sql", "001-tablet.sql", NULL);

  add_step (fixture, "");
  g_unlink (first);
  g_assert_null (posa_store_open (fixture->path, POSA_STORE_READ_WRITE, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  load_schema (fixture, 1);
  execute (fixture->path, "PRAGMA user_version = 1000");
  for (PosaStoreMode mode = POSA_STORE_READ_ONLY; mode <= POSA_STORE_READ_WRITE; mode++)
    {
      g_assert_null (posa_store_open (fixture->path, mode, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_SCHEMA_NEWER);
      g_assert_nonnull (strstr (error->message, "1000"));
      g_clear_error (&error);
    }
}

/* Refused as DAMAGED, with not one byte of it changed. */
static void
assert_damaged (Fixture *fixture, GBytes *content)
{
  for (PosaStoreMode mode = POSA_STORE_READ_ONLY; mode <= POSA_STORE_READ_WRITE; mode++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (posa_file_write (fixture->path, content, 0600, NULL));
      g_autoptr (PosaStore) store = posa_store_open (fixture->path, mode, &error);
      g_autoptr (GBytes) after = posa_file_read (fixture->path, 1 << 24, NULL);
      g_assert_true (g_bytes_equal (content, after));
      /* A reader does not look at every page. */
      if (mode == POSA_STORE_READ_ONLY && store != NULL)
        continue;
      g_assert_null (store);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, fixture->path));
    }
}

static void
test_no_database (Fixture *fixture, gconstpointer data)
{
  g_autofree char *noise = g_malloc (20000);

  for (gsize i = 0; i < 20000; i++)
    noise[i] = (char) g_test_rand_int ();
  for (gsize size = 0; size <= 20000; size = size * 3 + 1)
    {
      g_autoptr (GBytes) content = g_bytes_new (noise, size);

      assert_damaged (fixture, content);
    }
}

static void
test_other_database (Fixture *fixture, gconstpointer data)
{
  execute (fixture->path, "CREATE TABLE a (b)");
  g_autoptr (GBytes) content = posa_file_read (fixture->path, 1 << 24, NULL);
  assert_damaged (fixture, content);
}

/* A page in the middle of it overwritten, or its end lost. */
static void
test_damaged_pages (Fixture *fixture, gconstpointer data)
{
  load_schema (fixture, 1);
  g_autoptr (GBytes) sound = posa_file_read (fixture->path, 1 << 24, NULL);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (sound, &size);

  g_assert_cmpuint (size, >, 20 * 4096);
  for (gsize page = 1; page + 1 < size / 4096; page += 3)
    {
      g_autofree guint8 *changed = g_memdup2 (bytes, size);

      memset (changed + page * 4096, 0xa5, 4096);
      g_autoptr (GBytes) content = g_bytes_new (changed, size);
      assert_damaged (fixture, content);
      g_autoptr (GBytes) shorter = g_bytes_new (bytes, page * 4096 + 100);
      assert_damaged (fixture, shorter);
    }
}

static void
test_unusable_path (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    PosaStoreMode mode;
    int code;
  } rows[] = {
    { "none/posa.db", POSA_STORE_READ_WRITE, POSA_ERROR_FAILED },
    { "none/posa.db", POSA_STORE_READ_ONLY, POSA_ERROR_FILE_MISSING },
    { "posa.db", POSA_STORE_READ_ONLY, POSA_ERROR_FILE_MISSING },
    { ".", POSA_STORE_READ_WRITE, POSA_ERROR_FAILED },
    { ".", POSA_STORE_READ_ONLY, POSA_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (fixture->folder, rows[i].name, NULL);

      g_assert_null (posa_store_open (path, rows[i].mode, &error));
      g_assert_error (error, POSA_ERROR, rows[i].code);
      g_assert_nonnull (strstr (error->message, path));
    }
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/schema/every/1", GUINT_TO_POINTER (1), test_every_schema);
  ADD ("/schema/frozen", NULL, test_schema_is_frozen);
  ADD ("/schema/private", NULL, test_new_is_private);
  ADD ("/schema/step/keeps-copy", NULL, test_step_keeps_copy);
  ADD ("/schema/step/fails", NULL, test_step_fails);
  ADD ("/schema/step/missing", NULL, test_step_missing);
  ADD ("/schema/newer", NULL, test_newer);
  ADD ("/schema/no-database", NULL, test_no_database);
  ADD ("/schema/other-database", NULL, test_other_database);
  ADD ("/schema/damaged-pages", NULL, test_damaged_pages);
  ADD ("/schema/unusable-path", NULL, test_unusable_path);
  return g_test_run ();
}
