/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-meter-private.h"

#include "base/posa-error.h"
#include "model/posa-commission-tool.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/* Of all commands here; each has its own part of it. */
typedef struct
{
  PosaCliMeter meter;
  char *order, *keys, *file, *sha256, *identification;
  gboolean as_json, set, stranger, activate;
  PosaClockChange change;
} Options;

static void
options_clear (Options *options)
{
  posa_cli_meter_clear (&options->meter);
  g_free (options->order);
  g_free (options->keys);
  g_free (options->file);
  g_free (options->sha256);
  g_free (options->identification);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
print_root (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = posa_json_to_text (root, TRUE);

  puts (text);
}

/* ---- verify ---- */

static gpointer
verify_work (gpointer data, PosaOperation *operation, GError **error)
{
  const Options *options = data;

  return posa_commission_tool_verify (&options->meter.place, options->order, operation, error);
}

static void
print_checks_json (GPtrArray *checks)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < checks->len; i++)
    {
      const PosaMeterCheck *check = g_ptr_array_index (checks, i);

      json_builder_begin_object (builder);
      posa_json_add_string (builder, "name", check->name);
      posa_json_add_string (builder, "wanted", check->wanted);
      posa_json_add_string (builder, "found", check->found);
      json_builder_set_member_name (builder, "right");
      json_builder_add_boolean_value (builder, check->right);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  print_root (builder);
}

/* 1 when a value is not right. */
static int
print_checks (GPtrArray *checks, gboolean as_json)
{
  int status = 0;

  if (as_json)
    print_checks_json (checks);
  for (guint i = 0; i < checks->len; i++)
    {
      const PosaMeterCheck *check = g_ptr_array_index (checks, i);

      status |= !check->right;
      if (!as_json && check->right)
        printf (_ ("right   %-16s %s\n"), check->name, check->found);
      else if (!as_json)
        printf (_ ("differs %-16s %s instead of %s\n"), check->name,
                *check->found != '\0' ? check->found : "-", check->wanted);
    }
  return status;
}

int
posa_cli_meter_verify (PosaCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { .meter.place.folder = cli->folder };
  const GOptionEntry entries[] = {
    { "order", 0, 0, G_OPTION_ARG_STRING, &options.order, N_ ("Number of the work order"),
      N_ ("ID") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_meter_parse (
          &options.meter, _ ("--port PATH --order ID"),
          _ ("Compares the new meter of an order with what commissioning would write, "
             "and writes nothing. Ends with 1 when a value differs."),
          entries, &argc, &argv, 0, &status))
    return status;
  if (options.meter.port == NULL || options.order == NULL)
    return posa_cli_meter_set_needed (argv[0], "--port PATH, --order ID");
  g_autoptr (GPtrArray)
      checks = posa_cli_run (cli, _ ("Checking the meter"), verify_work, &options, &error);
  return checks != NULL ? print_checks (checks, options.as_json)
                        : posa_cli_meter_fail (&options.meter, error);
}

/* ---- clock ---- */

static gpointer
clock_work (gpointer data, PosaOperation *operation, GError **error)
{
  Options *options = data;

  PosaClockVisit what = !options->set       ? POSA_CLOCK_VISIT_READ
                        : options->stranger ? POSA_CLOCK_VISIT_SET_STRANGER
                                            : POSA_CLOCK_VISIT_SET;

  return posa_meter_visit_clock (&options->meter.place, what, &options->change, operation, error)
             ? options
             : NULL;
}

static void
print_time (const char *label, const PosaMeterTime *time)
{
  gint64 drift_us = time->meter_us - time->device_us;
  g_autofree char *text = posa_time_format (time->meter_us);

  printf ("  %s  %s  %+.1f s\n", label, text, (double) drift_us / G_USEC_PER_SEC);
}

static void
add_time (JsonBuilder *builder, const char *name, const PosaMeterTime *time)
{
  g_autofree char *meter = posa_time_format (time->meter_us);
  g_autofree char *device = posa_time_format (time->device_us);

  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "meter", meter);
  posa_json_add_string (builder, "device", device);
  json_builder_end_object (builder);
}

static void
print_change (const Options *options)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!options->as_json)
    {
      print_time (_ ("Clock"), &options->change.before);
      if (options->change.was_set)
        print_time (_ ("now"), &options->change.after);
      else if (options->set)
        puts (_ ("It is right to the second and was left alone."));
      return;
    }
  json_builder_begin_object (builder);
  add_time (builder, "before", &options->change.before);
  add_time (builder, "after", &options->change.after);
  json_builder_set_member_name (builder, "set");
  json_builder_add_boolean_value (builder, options->change.was_set);
  json_builder_end_object (builder);
  print_root (builder);
}

int
posa_cli_meter_clock (PosaCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { .meter.place.folder = cli->folder };
  const GOptionEntry entries[] = {
    { "set", 0, 0, G_OPTION_ARG_NONE, &options.set, N_ ("Set it to this device's time"), NULL },
    { "stranger", 0, 0, G_OPTION_ARG_NONE, &options.stranger,
      N_ ("Also when the meter is not of this crew's stock or orders"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_meter_parse (
          &options.meter, _ ("--port PATH"),
          _ ("Reads a meter's clock and how far it is from this device's; with --set "
             "sets it, unless both agree to the second. The clock of a meter that is not of "
             "this crew's stock or orders is set with --stranger only."),
          entries, &argc, &argv, 0, &status))
    return status;
  if (options.meter.port == NULL)
    return posa_cli_meter_set_needed (argv[0], "--port PATH");
  if (posa_cli_run (cli, _ ("Clock of the meter"), clock_work, &options, &error) == NULL)
    return posa_cli_meter_fail (&options.meter, error);
  print_change (&options);
  return 0;
}

/* ---- keys ---- */

static gpointer
keys_work (gpointer data, PosaOperation *operation, GError **error)
{
  Options *options = data;

  return posa_meter_visit_keys (&options->meter.place, options->keys, operation, error) ? options
                                                                                        : NULL;
}

int
posa_cli_meter_keys (PosaCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { .meter.place.folder = cli->folder, .meter.stock_keys_only = TRUE };
  const GOptionEntry entries[] = {
    { "keys", 0, 0, G_OPTION_ARG_FILENAME, &options.keys,
      N_ ("New keys for the meter to take, and the master key that it has; mode 600"),
      N_ ("FILE") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_meter_parse (
          &options.meter, _ ("--port PATH --keys FILE"),
          _ ("Gives a meter a new encryption and authentication key (lines \"ek HEX\", "
             "\"ak HEX\" of the file), wrapped with its master key (\"kek HEX\"). It is "
             "opened with the keys that this device has for it. The new ones are kept beside "
             "them before they are sent; whatever happens, the meter can be opened "
             "afterwards."),
          entries, &argc, &argv, 0, &status))
    return status;
  if (options.meter.port == NULL || options.keys == NULL)
    return posa_cli_meter_set_needed (argv[0], "--port PATH, --keys FILE");
  if (posa_cli_run (cli, _ ("Giving the meter its new keys"), keys_work, &options, &error) == NULL)
    return posa_cli_fail (error);
  puts (_ ("The meter has its new keys, and this device uses them from now on."));
  return 0;
}

/* ---- firmware ---- */

static gpointer
firmware_work (gpointer data, PosaOperation *operation, GError **error)
{
  Options *options = data;

  return posa_meter_visit_firmware (&options->meter.place, options->file, options->sha256,
                                    options->identification, options->activate, operation, error)
             ? options
             : NULL;
}

static int
send_firmware (PosaCli *cli, Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes)
      image = posa_meter_visit_load_firmware (options->file, options->sha256, &error);

  if (image == NULL)
    return posa_cli_fail (error);
  if (!cli->quiet)
    fprintf (stderr,
             _ ("%u bytes over the optical port take about %u s. If it is interrupted, the same "
                "command goes on where it was.\n"),
             (guint) g_bytes_get_size (image),
             posa_meter_visit_estimate_s (g_bytes_get_size (image)));
  if (posa_cli_run (cli, _ ("Sending the firmware"), firmware_work, options, &error) == NULL)
    return posa_cli_meter_fail (&options->meter, error);
  puts (options->activate ? _ ("The meter has verified the firmware and runs it.")
                          : _ ("The meter has verified the firmware; it is not active yet."));
  return 0;
}

int
posa_cli_meter_firmware (PosaCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { .meter.place.folder = cli->folder };
  const GOptionEntry entries[] = {
    { "identification", 0, 0, G_OPTION_ARG_STRING, &options.identification,
      N_ ("Name of the firmware as its maker gives it"), N_ ("NAME") },
    { "sha256", 0, 0, G_OPTION_ARG_STRING, &options.sha256, N_ ("Digest of the file"), N_ ("HEX") },
    { "activate", 0, 0, G_OPTION_ARG_NONE, &options.activate,
      N_ ("Activate it once the meter has verified it"), NULL },
    { NULL },
  };
  int status = 0;

  if (!posa_cli_meter_parse (
          &options.meter, _ ("FILE --port PATH --identification NAME --sha256 HEX"),
          _ ("Sends a firmware file to a meter and has it verified; with --activate the "
             "meter then runs it. The optical port is slow: two minutes and more for "
             "100 kB."),
          entries, &argc, &argv, 1, &status))
    return status;
  options.file = g_strdup (argv[1]);
  if (options.meter.port == NULL || options.identification == NULL || options.sha256 == NULL)
    return posa_cli_meter_set_needed (argv[0], "--port PATH, --identification NAME, --sha256 HEX");
  return send_firmware (cli, &options);
}
