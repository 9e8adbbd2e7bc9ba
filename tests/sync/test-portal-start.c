/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync-rig.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

/* What posa-portal says of data that is not right: it names the file, and ends. */

/* Runs the portal on @folder, which it has to refuse; its stderr. */
static char *
expect_refusal (const char *folder)
{
  g_autofree char *program = rig_program ("app/portal/posa-portal");
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
                        "timeout", "20", program, "--data", folder, "--listen", "127.0.0.1:0",
                        NULL);
  char *text = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &text, &error);
  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  return text;
}

static char *
make_data (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();

  rig_portal_import (portal, 1, 200, 1, FALSE);
  rig_portal_stop (portal);
  return rig_copy_folder (portal->folder);
}

static void
overwrite (const char *path, gsize at, const char *with, gsize size)
{
  FILE *file = g_fopen (path, "r+");

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (long) at, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (with, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
test_restart (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autofree char *fingerprint = g_strdup (portal->fingerprint);
  static const char *const private[] = { "ca-key.pem", "server-key.pem", "receipt-key.pem", "kek" };

  for (gsize i = 0; i < G_N_ELEMENTS (private); i++)
    {
      g_autofree char *path = g_build_filename (portal->folder, "ca", private[i], NULL);
      GStatBuf status;
      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0600);
    }
  rig_portal_stop (portal);
  rig_portal_start (portal, 0);
  g_assert_cmpstr (portal->fingerprint, ==, fingerprint);
}

static void
test_damaged_database (void)
{
  g_autofree char *folder = make_data ();
  g_autofree char *path = g_build_filename (folder, "portal.db", NULL);
  char noise[6000];

  memset (noise, 0xa5, sizeof noise);
  overwrite (path, 4096 * 5, noise, sizeof noise);
  g_autofree char *inner = expect_refusal (folder);
  g_assert_nonnull (strstr (inner, path));
  overwrite (path, 0, noise, 100);
  g_autofree char *head = expect_refusal (folder);
  g_assert_nonnull (strstr (head, path));
  g_assert_nonnull (strstr (head, "not a database"));
  rig_remove_folder (folder);
}

static void
test_newer_database (void)
{
  g_autofree char *folder = make_data ();
  g_autofree char *path = g_build_filename (folder, "portal.db", NULL);

  /* user_version, big-endian at 60 (SQLite's file format, 1.3). */
  overwrite (path, 60, "\0\0\0\143", 4);
  g_autofree char *text = expect_refusal (folder);
  g_assert_nonnull (strstr (text, "schema 99"));
  rig_remove_folder (folder);
}

static void
test_keys (void)
{
  static const struct
  {
    const char *file;
    const char *words;
  } rows[] = { { "ca-key.pem", "ca-key.pem" },
               { "receipt-key.pem", "receipt-key.pem" },
               { "kek", "ca/kek" } };
  g_autofree char *folder = make_data ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *copy = rig_copy_folder (folder);
      g_autofree char *path = g_build_filename (copy, "ca", rows[i].file, NULL);
      g_assert_cmpint (g_chmod (path, 0640), ==, 0);
      g_autofree char *open_text = expect_refusal (copy);
      g_assert_nonnull (strstr (open_text, "chmod 600"));
      g_assert_cmpint (g_unlink (path), ==, 0);
      g_autofree char *gone_text = expect_refusal (copy);
      g_assert_nonnull (strstr (gone_text, rows[i].words));
      rig_remove_folder (copy);
    }
  rig_remove_folder (folder);
}

/* Imports @lot, which the portal has to refuse; its stderr. */
static char *
expect_no_import (RigPortal *portal, const char *lot)
{
  g_autofree char *path = g_build_filename (portal->folder, "lot.json", NULL);
  g_autofree char *program = rig_program ("app/portal/posa-portal");
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_assert_true (g_file_set_contents (path, lot, -1, NULL));
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
                        program, "--data", portal->folder, "--import", path, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &text, &error);
  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (text, path));
  g_assert_cmpuint (rig_portal_count (portal, "orders"), ==, 0);
  g_assert_cmpuint (rig_portal_count (portal, "stock"), ==, 0);
  return text;
}

static void
test_bad_lot (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  static const char *const lots[] = {
    "",
    "{\"format\":\"posa-lot\",\"version\":1,\"orders\":[{\"id\":\"W-1\"}]}",
    "{\"format\":\"posa-lot\",\"version\":2}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lots); i++)
    {
      g_autofree char *text = expect_no_import (portal, lots[i]);
    }
}

#define KEY      "000102030405060708090A0B0C0D0E0F"
#define EK(text) ",\"encryption_key\":" text
#define AK(text) ",\"authentication_key\":" text

/* The second of three meters has keys that cannot be wrapped for the database: none is taken. */
static void
test_bad_keys (void)
{
  static const struct
  {
    const char *keys;
    const char *place;
  } rows[] = {
    { EK ("\"00\"") AK ("\"" KEY "\""), "stock[1].encryption_key: " },
    { EK ("\"" KEY "\"") AK ("\"" KEY KEY "\""), "stock[1].authentication_key: " },
    { EK ("\"" KEY "00\"") AK ("\"" KEY "00\""), "stock[1].encryption_key: " },
    { EK ("\"" KEY KEY KEY "\"") AK ("\"" KEY KEY KEY "\""), "stock[1].encryption_key: " },
    { EK ("\"no hex\"") AK ("\"" KEY "\""), "stock[1].encryption_key: " },
    { EK ("\"" KEY "\"") AK ("\"\""), "stock[1].authentication_key: " },
    { EK ("\"" KEY "\"") AK ("7"), "stock[1].authentication_key: " },
    { EK ("\"" KEY "\""), "stock[1].authentication_key: missing" },
    { AK ("\"" KEY "\""), "stock[1].encryption_key: missing" },
    { EK ("\"" KEY "\"") AK ("\"" KEY "\"") ",\"wrapped_keys\":\"" KEY "\"",
      "stock[1].wrapped_keys: " },
  };
  g_autoptr (RigPortal) portal = rig_portal_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const keys[] = { EK ("\"" KEY "\"") AK ("\"" KEY "\""), rows[i].keys, "" };
      g_autoptr (GString) lot = g_string_new ("{\"format\":\"posa-lot\",\"version\":1,\"stock\":[");

      for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
        g_string_append_printf (lot,
                                "%s{\"serial\":\"A%u\",\"model\":\"B\",\"kind\":\"2g-1\","
                                "\"crew_id\":\"C\"%s}",
                                k > 0 ? "," : "", k, keys[k]);
      g_string_append (lot, "]}");
      g_autofree char *text = expect_no_import (portal, lot->str);
      g_assert_nonnull (strstr (text, rows[i].place));
      /* No key in a log. */
      g_assert_null (strstr (text, KEY));
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/portal/restart", test_restart);
  g_test_add_func ("/portal/damaged-database", test_damaged_database);
  g_test_add_func ("/portal/newer-database", test_newer_database);
  g_test_add_func ("/portal/keys", test_keys);
  g_test_add_func ("/portal/bad-lot", test_bad_lot);
  g_test_add_func ("/portal/bad-keys", test_bad_keys);
  return g_test_run ();
}
