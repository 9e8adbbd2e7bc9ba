/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-replay.h"

#include "cli/posa-cli-meter-private.h"
#include "cli/posa-cli-reading.h"

#include "model/posa-meter-tool.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *tape, *key_path; /* borrowed */
  const PosaMeterAddress *address;
} ReplayOptions;

static gpointer
replay_work (gpointer data, PosaOperation *operation, GError **error)
{
  const ReplayOptions *options = data;

  return posa_meter_tool_replay (options->tape, options->address, options->key_path, operation,
                                 error);
}

int
posa_cli_replay (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *key_path = NULL;
  g_auto (PosaCliMeter) meter = { 0 };
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    posa_cli_meter_get_address_entry (&meter),
    posa_cli_meter_get_profile_entry (&meter),
    { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &key_path,
      N_ ("Keys for ciphered messages: lines \"ek HEX\", \"ak HEX\", mode 600"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_parse (_ ("TAPE"),
                       _ ("Reads the same meter again from what \"meter read --record\" wrote "
                          "down: at once, without the meter."),
                       entries, &argc, &argv, 1, &status))
    return status;
  if (!posa_cli_meter_take_address (&meter, &error))
    return posa_cli_fail (error);
  ReplayOptions options = { argv[1], key_path, meter.place.address };
  g_autoptr (PosaReadingSet)
      reading = posa_cli_run (cli, _ ("Reading the tape"), replay_work, &options, &error);
  if (reading == NULL)
    return posa_cli_fail (error);
  posa_cli_print_reading (reading, as_json);
  return 0;
}
