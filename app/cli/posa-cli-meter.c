/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-meter-private.h"
#include "cli/posa-cli-reading.h"
#include "cli/posa-cli-replay.h"
#include "cli/posa-cli-translate.h"

#include "base/posa-error.h"
#include "model/posa-meter-tool.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  PosaCliMeter meter;
  char *record;
  gboolean as_json;
} ReadOptions;

static void
read_options_clear (ReadOptions *options)
{
  posa_cli_meter_clear (&options->meter);
  g_free (options->record);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ReadOptions, read_options_clear)

/* ---- where the meter is ---- */

void
posa_cli_meter_clear (PosaCliMeter *self)
{
  g_free (self->port);
  g_free (self->address_text);
  g_free (self->profile);
  g_free (self->key_file);
}

GOptionEntry
posa_cli_meter_get_address_entry (PosaCliMeter *self)
{
  return (GOptionEntry) {
    "address",
    0,
    0,
    G_OPTION_ARG_STRING,
    &self->address_text,
    N_ ("Where the meter listens: device=TEXT of a sign-on; logical=N, physical=N, bytes=1|2|4, "
        "client=N, public=N of HDLC"),
    N_ ("KEY=VALUE,…")
  };
}

GOptionEntry
posa_cli_meter_get_profile_entry (PosaCliMeter *self)
{
  return (GOptionEntry) {
    "profile",
    0,
    0,
    G_OPTION_ARG_FILENAME,
    &self->profile,
    N_ ("What the meter is and which security it wants, instead of the profiles that posactl has"),
    N_ ("FILE")
  };
}

static GOptionEntry
get_key_file_entry (PosaCliMeter *self)
{
  return (GOptionEntry) {
    "key-file",
    0,
    0,
    G_OPTION_ARG_FILENAME,
    &self->key_file,
    N_ ("Keys that the meter has, instead of those of the stock: lines such as \"ek HEX\", "
        "\"ak HEX\", \"secret HEX\", mode 600"),
    N_ ("FILE")
  };
}

gboolean
posa_cli_meter_take_address (PosaCliMeter *self, GError **error)
{
  if (self->address_text != NULL &&
      !posa_meter_address_parse (self->address_text, &self->address, error))
    {
      g_prefix_error_literal (error, "--address: ");
      return FALSE;
    }
  self->address.profile = self->profile;
  self->place.address = &self->address;
  return TRUE;
}

gboolean
posa_cli_meter_parse (PosaCliMeter *self,
                      const char *parameters,
                      const char *summary,
                      const GOptionEntry *entries,
                      int *argc,
                      char ***argv,
                      int n_arguments,
                      int *exit_status)
{
  const GOptionEntry own[] = { { "port", 0, 0, G_OPTION_ARG_FILENAME, &self->port,
                                 N_ ("Device of the optical head"), N_ ("PATH") },
                               posa_cli_meter_get_address_entry (self),
                               posa_cli_meter_get_profile_entry (self),
                               get_key_file_entry (self) };
  guint n_own = G_N_ELEMENTS (own) - (self->stock_keys_only ? 1 : 0);
  g_autoptr (GArray) all = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autoptr (GError) error = NULL;

  g_array_append_vals (all, own, n_own);
  for (guint i = 0; entries[i].long_name != NULL; i++)
    g_array_append_val (all, entries[i]);
  if (!posa_cli_parse (parameters, summary, (const GOptionEntry *) all->data, argc, argv,
                       n_arguments, exit_status))
    return FALSE;
  self->place.port_path = self->port;
  self->place.key_path = self->key_file;
  if (posa_cli_meter_take_address (self, &error))
    return TRUE;
  *exit_status = posa_cli_fail (error);
  return FALSE;
}

int
posa_cli_meter_fail (const PosaCliMeter *self, const GError *error)
{
  g_autofree char *advice = NULL;

  if (self->stock_keys_only || !g_error_matches (error, POSA_ERROR, POSA_ERROR_KEY_MISSING))
    return posa_cli_fail (error);
  if (self->key_file == NULL)
    return posa_cli_fail_with (error,
                               _ ("Synchronise to fetch the keys of a meter of the stock; give "
                                  "those of any other with --key-file FILE."));
  advice = g_strdup_printf (
      _ ("%s needs what the security of the profile needs: ek and ak (encryption, "
         "authentication), kek (master key), secret (password, HLS secret), client_signing and "
         "client_agreement (private keys), server_signing and server_agreement (public keys of "
         "the meter), client_title (8 bytes of this client). A meter of other security needs "
         "--profile FILE too."),
      self->key_file);
  return posa_cli_fail_with (error, advice);
}

/* ---- read ---- */

static gpointer
read_work (gpointer data, PosaOperation *operation, GError **error)
{
  const ReadOptions *options = data;

  return posa_meter_tool_read (&options->meter.place, options->record, operation, error);
}

static int
meter_read (PosaCli *cli, int argc, char **argv)
{
  g_auto (ReadOptions) options = { .meter.place.folder = cli->folder };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print JSON"), NULL },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &options.record,
      N_ ("Write down what goes over the line"), N_ ("TAPE") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_meter_parse (
          &options.meter, _ ("--port PATH"),
          _ ("Reads a meter: plate, clock, status word and every current register."), entries,
          &argc, &argv, 0, &status))
    return status;
  if (options.meter.port == NULL)
    {
      error = g_error_new_literal (POSA_ERROR, POSA_ERROR_USAGE,
                                   _ ("meter read: --port PATH is needed"));
      return posa_cli_fail (error);
    }
  g_autoptr (PosaReadingSet)
      reading = posa_cli_run (cli, _ ("Reading the meter"), read_work, &options, &error);
  if (reading == NULL)
    return posa_cli_meter_fail (&options.meter, error);
  posa_cli_print_reading (reading, options.as_json);
  return 0;
}

int
posa_cli_meter (PosaCli *cli, int argc, char **argv)
{
  static const PosaCliCommand commands[] = {
    { "read", N_ ("read plate, clock, status word and registers"), meter_read },
    { "replay", N_ ("read a recorded tape instead of a meter"), posa_cli_replay },
    { "profile", N_ ("read the load profile"), posa_cli_meter_profile },
    { "events", N_ ("read the log books"), posa_cli_meter_events },
    { "commission", N_ ("set up the new meter of an order"), posa_cli_commission },
    { "verify", N_ ("compare it with its order, writing nothing"), posa_cli_meter_verify },
    { "keys", N_ ("give it new keys"), posa_cli_meter_keys },
    { "clock", N_ ("read or set its clock"), posa_cli_meter_clock },
    { "firmware", N_ ("send it firmware"), posa_cli_meter_firmware },
    { "translate", N_ ("decode captured bytes"), posa_cli_translate },
  };

  if (argc >= 2)
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
      if (g_str_equal (argv[1], commands[i].name))
        {
          g_autofree char *full_name = g_strconcat ("meter ", argv[1], NULL);
          argv[1] = full_name;
          return commands[i].run (cli, argc - 1, argv + 1);
        }
  gboolean asked = argc == 2 && g_str_equal (argv[1], "--help");
  FILE *out = asked ? stdout : stderr;
  fputs (_ ("Usage: posactl meter COMMAND …\n\n"), out);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (out, "  %-11s %s\n", commands[i].name, _ (commands[i].summary));
  return asked ? 0 : 2;
}
