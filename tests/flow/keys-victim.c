/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"
#include "kill-switch.h"

#include "meter/posa-key-file.h"
#include "meter/posa-meter.h"

/* keys-victim FOLDER PORT [FILE]: gives the meter the keys of FILE; without, asks it the time, for
 * which it has to prove who it is.
 * Kills itself where POSA_VICTIM_KILL says (kill-switch.h), counted from when the meter has been
 * called. */

static gboolean
work (PosaMeter *meter, const PosaKeyFile *file, GError **error)
{
  PosaMeterTime time;

  return file != NULL ? posa_meter_change_keys (meter, &file->keys, NULL, error)
                      : posa_meter_read_clock (meter, &time, NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (Site) site = NULL;
  g_autoptr (PosaKeyFile) file = NULL;
  g_autoptr (PosaPort) port = NULL;
  g_autoptr (PosaMeter) meter = NULL;
  g_autoptr (GError) error = NULL;

  if (argc < 3)
    return 2;
  site = site_open (argv[1], NULL, argv[2]);
  if (argc == 4)
    file = posa_key_file_load (argv[3], &error);
  g_assert_no_error (error);
  port = posa_port_open (argv[2], &error);
  if (port != NULL)
    meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL, site->keyring, NULL, &error);
  kill_switch_arm (g_getenv ("POSA_VICTIM_KILL"));
  if (meter != NULL && work (meter, file, &error))
    {
      posa_meter_close (meter);
      return 0;
    }
  g_printerr ("keys-victim: %s\n", error->message);
  return 1;
}
