/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The table of the keys that this device gave to meters. */

#include "store/posa-meter-key-store.h"

#include "base/posa-error.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-store-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define NOW 1794992400000000

typedef struct
{
  char *folder, *path;
  PosaStore *store;
} Fixture;

static void
open_store (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->store = posa_store_open (f->path, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
}

static void
add_meter (Fixture *f, const char *serial, const char *event_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_new ();

  asset->serial = g_strdup (serial);
  asset->kind = POSA_METER_KIND_G2_SINGLE;
  asset->revision = 1;
  asset->state = POSA_METER_ON_VAN;
  asset->crew_id = g_strdup ("C-07");
  posa_meter_asset_store_apply (f->store, asset, event_id, NOW, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("posa-keys-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "posa.db", NULL);
  open_store (f);
  add_meter (f, "A", "00000000-0000-4000-8000-000000000001");
  add_meter (f, "B", "00000000-0000-4000-8000-000000000002");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->store, posa_store_close);
  g_remove (f->path);
  g_rmdir (f->folder);
  g_free (f->path);
  g_free (f->folder);
}

static gboolean
set_pending (Fixture *f, const char *serial, const char *text, GError **error)
{
  g_autoptr (GBytes) wrapped = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;

  return posa_meter_key_store_set_pending (f->store, serial, wrapped, NOW, error);
}

static void
note (Fixture *f, const char *serial, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (set_pending (f, serial, text, &error));
  g_assert_no_error (error);
}

static void
promote (Fixture *f, const char *serial)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_meter_key_store_promote (f->store, serial, NOW, &error));
  g_assert_no_error (error);
}

static void
expect_one (Fixture *f, const char *serial, PosaMeterKeyState state, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wrapped = NULL;
  gboolean there = posa_meter_key_store_get (f->store, serial, state, &wrapped, &error);

  g_assert_no_error (error);
  g_assert_cmpint (there, ==, text != NULL);
  g_assert_cmpint (wrapped != NULL, ==, text != NULL);
  if (wrapped != NULL)
    g_assert_cmpmem (g_bytes_get_data (wrapped, NULL), g_bytes_get_size (wrapped), text,
                     strlen (text));
}

static void
expect (Fixture *f, const char *serial, const char *pending, const char *active)
{
  expect_one (f, serial, POSA_METER_KEY_PENDING, pending);
  expect_one (f, serial, POSA_METER_KEY_ACTIVE, active);
}

/* Rows of A that @condition finds. */
static int
count (Fixture *f, const char *condition)
{
  g_autofree char *sql =
      g_strconcat ("SELECT count (*) FROM meter_key WHERE serial = 'A' AND ", condition, NULL);
  sqlite3_stmt *statement = NULL;
  int n = -1;

  g_assert_cmpint (sqlite3_prepare_v2 (posa_store_get_database (f->store), sql, -1, &statement,
                                       NULL),
                   ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    n = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return n;
}

/* Keys on their way stand beside those in force, of this meter alone, and all of it is there after
 * a restart. */
static void
test_pending (Fixture *f, gconstpointer data)
{
  expect (f, "A", NULL, NULL);
  note (f, "A", "one");
  expect (f, "A", "one", NULL);
  promote (f, "A");
  note (f, "A", "two");
  note (f, "B", "other");
  g_clear_pointer (&f->store, posa_store_close);
  open_store (f);
  expect (f, "A", "two", "one");
  expect (f, "B", "other", NULL);
}

/* Those that were in force are kept, and given no more. */
static void
test_promote (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  note (f, "A", "one");
  promote (f, "A");
  note (f, "A", "two");
  promote (f, "A");
  expect (f, "A", NULL, "two");
  g_assert_cmpint (count (f, "state = 'REPLACED' AND wrapped_keys = CAST ('one' AS BLOB)"), ==, 1);
  g_assert_false (posa_meter_key_store_promote (f->store, "A", NOW, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no keys are on their way to meter A"));
  /* And the failure has taken nothing out of force. */
  expect (f, "A", NULL, "two");
}

/* Those that the meter did not take are kept too; the same may be sent again. */
static void
test_refuse (Fixture *f, gconstpointer data)
{
  note (f, "A", "one");
  promote (f, "A");
  note (f, "A", "two");
  note (f, "A", NULL);
  expect (f, "A", NULL, "one");
  g_assert_cmpint (count (f, "state = 'REFUSED' AND wrapped_keys = CAST ('two' AS BLOB)"), ==, 1);
  note (f, "A", "two");
  promote (f, "A");
  expect (f, "A", NULL, "two");
  g_assert_cmpint (count (f, "TRUE"), ==, 3);
  /* With none on their way there is nothing to take back. */
  note (f, "A", NULL);
  expect (f, "A", NULL, "two");
}

/* One set at a time, and of a meter that is known here. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  note (f, "A", "one");
  g_assert_false (set_pending (f, "A", "two", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (set_pending (f, "STRANGER", "one", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  expect (f, "A", "one", NULL);
}

/* Nothing is on the disk before an outer transaction is: so there must be none. */
static void
test_transaction (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTransaction) outer = posa_transaction_begin (f->store, &error);

  g_assert_no_error (error);
  g_assert_false (set_pending (f, "A", "one", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (posa_meter_key_store_promote (f->store, "A", NOW, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FAILED);
}

/* Neither by this program nor by another: a meter whose keys are lost is lost. */
static void
test_for_ever (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *sql, *message;
  } rows[] = {
    { "DELETE FROM meter_key", "never deleted" },
    { "UPDATE meter_key SET wrapped_keys = x'00'", "never changed" },
    { "UPDATE meter_key SET serial = 'B'", "never changed" },
    { "UPDATE meter_key SET state = 'LOST'", "CHECK constraint" },
    { "INSERT INTO meter_key (serial, state, wrapped_keys, changed_us)"
      " VALUES ('A', 'ACTIVE', 'text', 0)",
      "cannot store TEXT" },
    { "INSERT INTO meter_key (serial, state, wrapped_keys, changed_us)"
      " VALUES ('A', 'ACTIVE', x'00', 0)",
      "UNIQUE constraint" },
  };

  note (f, "A", "one");
  promote (f, "A");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char *message = NULL;

      g_assert_cmpint (0xff & sqlite3_exec (posa_store_get_database (f->store), rows[i].sql, NULL,
                                            NULL, &message),
                       ==, SQLITE_CONSTRAINT);
      g_assert_nonnull (strstr (message, rows[i].message));
      sqlite3_free (message);
    }
  expect (f, "A", NULL, "one");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/meter-key-store/" name, Fixture, NULL, set_up, func, tear_down)

  ADD ("pending", test_pending);
  ADD ("promote", test_promote);
  ADD ("refuse", test_refuse);
  ADD ("conflict", test_conflict);
  ADD ("transaction", test_transaction);
  ADD ("for-ever", test_for_ever);
  return g_test_run ();
}
