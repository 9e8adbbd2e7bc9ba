/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-commission.h"
#include "cli/posa-cli-replay.h"
#include "cli/posa-cli-translate.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "domain/posa-reading-set.h"
#include "model/posa-meter-tool.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const char *folder; /* borrowed */
  char *port, *record;
  gboolean as_json;
} ReadOptions;

static void
read_options_clear (ReadOptions *options)
{
  g_free (options->port);
  g_free (options->record);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ReadOptions, read_options_clear)

static gpointer
read_work (gpointer data, PosaOperation *operation, GError **error)
{
  const ReadOptions *options = data;

  return posa_meter_tool_read (options->folder, options->port, options->record, operation, error);
}

static void
print_padded (const char *text, int width)
{
  printf ("%s%*s", text, MAX (1, width - (int) g_utf8_strlen (text, -1)), "");
}

static void
print_line (const char *label, const char *value)
{
  fputs ("  ", stdout);
  print_padded (label, 18);
  puts (value != NULL ? value : "-");
}

static void
print_clock (const PosaReadingSet *reading)
{
  g_autofree char *time = posa_time_format (reading->meter_clock_us);
  g_autofree char *text = g_strdup_printf (_ ("%s, %+d s from this device"), time,
                                           (int) posa_reading_set_get_drift_s (reading));

  print_line (_ ("Clock"), reading->meter_clock_us != 0 ? text : NULL);
}

static void
print_status (const PosaReadingSet *reading)
{
  g_autofree char *flags = g_strjoinv (", ", reading->status_flags);
  g_autofree char *text = g_strdup_printf ("%s%s%s",
                                           reading->status_raw != NULL ? reading->status_raw : "-",
                                           *flags != '\0' ? "  " : "", flags);

  print_line (_ ("Status word"), text);
}

static void
print_register (const PosaRegister *reg)
{
  g_autofree char *obis = posa_obis_format (reg->obis);
  g_autofree char *label = posa_register_format_label (reg);
  g_autofree char *value = posa_register_format_value (reg);
  g_autofree char *captured = reg->captured_us != 0 ? posa_time_format (reg->captured_us) : NULL;

  if (captured != NULL) /* to the minute: "2026-11-13T01:30" */
    captured[strlen ("YYYY-MM-DDThh:mm")] = '\0';
  fputs ("  ", stdout);
  print_padded (obis, 18);
  print_padded (label, 14);
  printf ("%*s%s%s%s\n", MAX (0, 18 - (int) g_utf8_strlen (value, -1)), "", value,
          captured != NULL ? "  " : "", captured != NULL ? captured : "");
}

static void
print_reading (const PosaReadingSet *reading)
{
  const PosaNameplate *meter = &reading->meter;
  const PosaLineStats *line = &reading->line;
  g_autofree char *profile =
      g_strdup_printf (_ ("%s, version %s"), reading->profile_id, reading->profile_version);

  print_line (_ ("Serial number"), meter->serial);
  print_line (_ ("Customer number"), meter->customer_number);
  print_line (_ ("Maker"), meter->manufacturer);
  print_line (_ ("Model"), meter->model);
  print_line (_ ("Kind"), posa_meter_kind_to_string (meter->kind));
  print_line (_ ("Firmware"), meter->firmware);
  print_line (_ ("Profile"), profile);
  print_clock (reading);
  print_status (reading);
  puts ("");
  for (guint i = 0; i < reading->registers->len; i++)
    print_register (g_ptr_array_index (reading->registers, i));
  /* %llu, as a message with a format macro in it cannot be translated */
  printf (_ ("\n  %llu bytes sent, %llu received, %u retries, %.2f s\n"),
          (unsigned long long) line->bytes_tx, (unsigned long long) line->bytes_rx, line->retries,
          (double) line->wall_us / 1e6);
}

void
posa_cli_print_reading (const PosaReadingSet *reading, gboolean as_json)
{
  g_autofree char *text = as_json ? posa_reading_set_to_text (reading, TRUE) : NULL;

  if (as_json)
    puts (text);
  else
    print_reading (reading);
}

static int
meter_read (PosaCli *cli, int argc, char **argv)
{
  g_auto (ReadOptions) options = { .folder = cli->folder };
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_FILENAME, &options.port, N_ ("Device of the optical head"),
      N_ ("PATH") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print JSON"), NULL },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &options.record,
      N_ ("Write down what goes over the line"), N_ ("TAPE") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_parse (_ ("--port PATH"),
                       _ ("Reads a meter: plate, clock, status word and every current register."),
                       entries, &argc, &argv, 0, &status))
    return status;
  if (options.port == NULL)
    {
      error = g_error_new_literal (POSA_ERROR, POSA_ERROR_USAGE,
                                   _ ("meter read: --port PATH is needed"));
      return posa_cli_fail (error);
    }
  g_autoptr (PosaReadingSet)
      reading = posa_cli_run (cli, _ ("Reading the meter"), read_work, &options, &error);
  if (reading == NULL)
    return posa_cli_fail (error);
  posa_cli_print_reading (reading, options.as_json);
  return 0;
}

int
posa_cli_meter (PosaCli *cli, int argc, char **argv)
{
  static const PosaCliCommand commands[] = {
    { "read", N_ ("read plate, clock, status word and registers"), meter_read },
    { "replay", N_ ("read a recorded tape instead of a meter"), posa_cli_replay },
    { "commission", N_ ("set up the new meter of an order"), posa_cli_commission },
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
