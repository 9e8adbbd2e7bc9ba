/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"
#include "kill-switch.h"

#include "flow/posa-store-keyring.h"
#include "meter/posa-key-file.h"
#include "meter/posa-meter.h"

/* keys-victim FOLDER PORT [FILE]: gives the meter the keys of FILE; without, asks it the time, for
 * which it has to prove who it is. Kills itself where POSA_VICTIM_KILL says (kill-switch.h),
 * counted from when the meter has been called. Of the site it needs the store only, and starts the
 * faster for it. */

static gboolean
work (PosaMeter *meter, const PosaKeyFile *file, GError **error)
{
  PosaMeterTime time;

  return file != NULL ? posa_meter_change_keys (meter, &file->keys, NULL, error)
                      : posa_meter_read_clock (meter, &time, NULL, error);
}

static gboolean
visit (PosaStore *store, const char *port_path, const PosaKeyFile *file, GError **error)
{
  g_autoptr (GBytes) key = g_bytes_new_static (SITE_STORAGE_KEY, POSA_STORAGE_KEY_SIZE);
  g_autoptr (PosaKeyring) keyring = posa_store_keyring_new (store, key);
  g_autoptr (PosaPort) port = posa_port_open (port_path, error);
  g_autoptr (PosaMeter) meter = NULL;

  if (port != NULL)
    meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL, keyring, NULL, error);
  kill_switch_arm (g_getenv ("POSA_VICTIM_KILL"));
  if (meter == NULL || !work (meter, file, error))
    return FALSE;
  posa_meter_close (meter);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (PosaStore) store = NULL;
  g_autoptr (PosaKeyFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (argc < 3)
    return 2;
  g_autofree char *path = g_build_filename (argv[1], "posa.db", NULL);
  store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  if (argc == 4)
    file = posa_key_file_load (argv[3], &error);
  g_assert_no_error (error);
  if (visit (store, argv[2], file, &error))
    return 0;
  g_printerr ("keys-victim: %s\n", error->message);
  return 1;
}
