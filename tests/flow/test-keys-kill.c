/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"

#include "base/posa-cursor.h"
#include "base/posa-file.h"
#include "flow/posa-store-keyring.h"
#include "store/posa-meter-key-store.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* New keys for a meter, by a program that is killed on the way: behind each commit, and behind each
 * message, when the meter has it and nobody has its answer. The next program opens the meter with
 * the keys that it has, and there is one set of keys again. The crew then tries once more: with the
 * same file if the meter did not take it, else with another. */

#define MAX_ROUNDS    200
#define MASTER        "404142434445464748494A4B4C4D4E4F" /* that posa-sim has */
#define N_FINGERPRINT 8

/* How a round ended. */
typedef struct
{
  gboolean killed, pending; /* with keys on their way */
  gboolean taken;           /* the meter has the new keys */
} Round;

typedef struct
{
  char *folder, *file, *present; /* keys in force */
  SiteMeter *meter;
  guint8 n_files;
  guint n_rounds, n_old,
      n_new; /* rounds with keys on their way that left the old or the new ones */
} Crew;

/* ---- keys ---- */

/* The next file of new keys. */
static void
write_file (Crew *self)
{
  g_autoptr (GError) error = NULL;
  const guint n = 2 * self->n_files++;
  g_autofree char *text = g_strdup_printf ("ek %032X\nak %032X\nkek %s\n", n + 1, n + 2, MASTER);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  posa_file_write (self->file, bytes, 0600, &error);
  g_assert_no_error (error);
}

/* As the meter names a key in the list of its nonces. */
static char *
dup_fingerprint (const PosaDlmsKey *key)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, key->data, key->size);

  return g_strndup (digest, N_FINGERPRINT);
}

/* Of the keys that this device has in force; whether others are on their way. */
static char *
look (Crew *self, gboolean *pending)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static (SITE_STORAGE_KEY, POSA_STORAGE_KEY_SIZE);
  g_autofree char *path = g_build_filename (self->folder, "posa.db", NULL);
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  g_autoptr (PosaKeyring) keyring = posa_store_keyring_new (store, key);
  g_auto (PosaMeterKeys) keys = { 0 };
  g_autoptr (GBytes) wrapped = NULL;

  posa_keyring_get_keys (keyring, SITE_NEW_SERIAL, POSA_KEYS_CURRENT, &keys, &error);
  g_assert_no_error (error);
  *pending =
      posa_meter_key_store_get (store, SITE_NEW_SERIAL, POSA_METER_KEY_PENDING, &wrapped, &error);
  g_assert_no_error (error);
  return dup_fingerprint (&keys.encryption);
}

/* ---- programs ---- */

/* TRUE: killed, as it was told; FALSE: it did what it should. */
static gboolean
run (Crew *self, const char *file, const char *kill_at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *path =
      g_build_filename (g_getenv ("POSA_BUILDDIR"), "tests", "flow", "keys-victim", NULL);
  g_autoptr (GSubprocess) victim = NULL;

  if (kill_at != NULL)
    g_subprocess_launcher_setenv (launcher, "POSA_VICTIM_KILL", kill_at, TRUE);
  victim = g_subprocess_launcher_spawn (launcher, &error, path, self->folder,
                                        site_meter_get_port (self->meter), file, NULL);
  g_assert_no_error (error);
  g_subprocess_wait (victim, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (victim))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
      return TRUE;
    }
  g_assert_cmpint (g_subprocess_get_exit_status (victim), ==, 0);
  return FALSE;
}

/* The meter never saw a counter twice, and the last key that opened it is the one in force here. */
static void
check_meter (Crew *self, const char *present)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = site_meter_dump (self->meter);
  g_autoptr (PosaJsonDocument) dump = posa_json_parse (text, -1, &error);
  PosaJsonCursor list = posa_json_array (posa_json_root (dump), "nonces");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const char *nonce = "";

  for (guint i = 0; i < posa_json_length (list); i++)
    {
      nonce = posa_json_string_value (posa_json_at (list, i));
      g_assert_true (g_hash_table_add (seen, (gpointer) nonce));
    }
  g_assert_true (g_str_has_prefix (nonce, present));
  posa_json_check (dump, &error);
  g_assert_no_error (error);
}

/* One program that is to be killed, and the next one, which is not. */
static Round
run_round (Crew *self, const char *kind, guint point)
{
  g_autofree char *kill_at = g_strdup_printf ("%s:%u", kind, point);
  Round round = { .killed = run (self, self->file, kill_at) };
  g_autofree char *killed = look (self, &round.pending);
  g_autofree char *opened = NULL;
  gboolean pending = TRUE;

  self->n_rounds++;
  g_assert_false (run (self, NULL, NULL));
  opened = look (self, &pending);
  g_assert_false (pending);
  check_meter (self, opened);
  round.taken = strcmp (self->present, opened) != 0;
  g_set_str (&self->present, opened);
  /* Without keys on their way there is nothing to find out. */
  if (!round.pending)
    g_assert_cmpstr (killed, ==, opened);
  else
    *(round.taken ? &self->n_new : &self->n_old) += 1;
  return round;
}

/* Later and later, until a program comes to its end. Once the meter has the new keys, it has them
 * at every later point too. */
static void
run_kind (Crew *self, const char *kind)
{
  Round round = { .killed = TRUE };

  for (guint point = 1; round.killed; point++)
    {
      gboolean was_taken = round.taken;

      g_assert_cmpuint (self->n_rounds, <, MAX_ROUNDS);
      if (was_taken)
        write_file (self);
      round = run_round (self, kind, point);
      g_assert_true (round.taken || !was_taken);
    }
  g_assert_true (round.taken);
  g_assert_false (round.pending);
  write_file (self);
}

/* ---- tests ---- */

static void
crew_set_up (Crew *self, gconstpointer data)
{
  gboolean pending = FALSE;

  self->folder = site_folder_new ();
  self->file = g_build_filename (self->folder, "new.keys", NULL);
  site_create (self->folder);
  self->meter = site_meter_start_new (self->folder, SITE_NEW_SERIAL);
  write_file (self);
  self->present = look (self, &pending);
}

static void
crew_tear_down (Crew *self, gconstpointer data)
{
  site_meter_stop (self->meter);
  site_folder_remove (self->folder);
  g_free (self->folder);
  g_free (self->file);
  g_free (self->present);
}

static void
test_chain (Crew *self, gconstpointer data)
{
  run_kind (self, "after");
  run_kind (self, "heard");
  g_test_message ("%u rounds; keys on their way %u times not taken, %u times taken", self->n_rounds,
                  self->n_old, self->n_new);
  g_assert_cmpuint (self->n_old, >, 0);
  g_assert_cmpuint (self->n_new, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/flow/keys-kill", Crew, NULL, crew_set_up, test_chain, crew_tear_down);
  return g_test_run ();
}
