/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-meter-private.h"

#include "base/posa-error.h"
#include "base/posa-file.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define MAX_FILE     (64 * 1024 * 1024)
#define DEFAULT_SPAN G_TIME_SPAN_DAY
#define NOT_GIVEN    (-1)

typedef struct
{
  PosaCliMeter meter;
  char *from, *to, *resume;
  gboolean as_json;
  gint64 from_us, to_us;
  int n_last;               /* intervals in the place of a time; NOT_GIVEN */
  PosaLoadProfile *profile; /* for the profile command */
} Options;

static void
options_clear (Options *options)
{
  posa_cli_meter_clear (&options->meter);
  g_free (options->from);
  g_free (options->to);
  g_free (options->resume);
  g_clear_pointer (&options->profile, posa_load_profile_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

gboolean
posa_cli_meter_parse_time (const char *option,
                           const char *text,
                           gint64 otherwise_us,
                           gint64 *out,
                           GError **error)
{
  g_autofree char *whole = NULL;

  *out = otherwise_us;
  if (text == NULL)
    return TRUE;
  if (strlen (text) == strlen ("YYYY-MM-DD"))
    {
      g_autoptr (GTimeZone) italy = g_time_zone_new_identifier ("Europe/Rome");
      g_autofree char *midnight = g_strconcat (text, "T00:00:00", NULL);
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (midnight, italy);

      if (time != NULL)
        *out = g_date_time_to_unix_usec (time);
      if (time != NULL)
        return TRUE;
    }
  else
    {
      *out = posa_time_parse (text, NULL);
      if (*out > 0)
        return TRUE;
    }
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE,
               _ ("%s %s: a day (2026-11-24) or a time with seconds and offset "
                  "(2026-11-24T08:30:00+01:00) is needed"),
               option, text);
  return FALSE;
}

int
posa_cli_meter_set_needed (const char *command, const char *options)
{
  g_autoptr (GError)
      error = g_error_new (POSA_ERROR, POSA_ERROR_USAGE, _ ("%s: %s needed"), command, options);

  return posa_cli_fail (error);
}

/* Whole days before today unless told otherwise. */
static gboolean
parse_times (Options *options, gint64 span_us, GError **error)
{
  gint64 now = posa_clock_get_wall (posa_clock_get_system ());

  if (!posa_cli_meter_parse_time ("--to", options->to, now, &options->to_us, error) ||
      !posa_cli_meter_parse_time ("--from", options->from, options->to_us - span_us,
                                  &options->from_us, error))
    return FALSE;
  if (options->from_us < options->to_us)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE, _ ("--from must be before --to"));
  return FALSE;
}

/* ---- profile ---- */

static gpointer
profile_work (gpointer data, PosaOperation *operation, GError **error)
{
  Options *options = data;
  const PosaMeterPlace *place = &options->meter.place;
  gboolean done = options->n_last > 0
                      ? posa_meter_visit_last_intervals (place, (guint) options->n_last,
                                                         options->profile, operation, error)
                      : posa_meter_visit_load_profile (place, options->from_us, options->to_us,
                                                       options->profile, operation, error);

  return done ? options : NULL;
}

static PosaLoadProfile *
load_resume (const char *path, GError **error)
{
  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return posa_load_profile_new ();
  g_autoptr (GBytes) content = posa_file_read (path, MAX_FILE, error);
  if (content == NULL)
    return NULL;
  gsize size = 0;
  const char *data = g_bytes_get_data (content, &size);
  g_autofree char *text = g_strndup (data, size);
  PosaLoadProfile *profile = posa_load_profile_from_text (text, error);
  if (profile == NULL)
    g_prefix_error (error, "%s: ", path);
  return profile;
}

static gboolean
save_resume (const char *path, const PosaLoadProfile *profile, GError **error)
{
  if (path == NULL || profile->period_s == 0)
    return TRUE;
  char *text = posa_load_profile_to_text (profile, TRUE);
  g_autoptr (GBytes) content = g_bytes_new_take (text, strlen (text));
  return posa_file_write (path, content, 0600, error);
}

static void
print_csv (const PosaLoadProfile *profile)
{
  fputs ("end", stdout);
  for (guint i = 0; i < profile->n_channels; i++)
    {
      g_autofree char *obis = posa_obis_format (profile->channels[i].obis);

      printf (",%s %s", obis, posa_quantity_get_unit (profile->channels[i].quantity));
    }
  puts (",flags");
  for (guint i = 0; i < profile->intervals->len; i++)
    {
      const PosaLoadInterval *interval = &g_array_index (profile->intervals, PosaLoadInterval, i);
      g_autofree char *end = posa_time_format (interval->end_us);

      fputs (end, stdout);
      for (guint c = 0; c < profile->n_channels; c++)
        if (interval->values[c] == POSA_LOAD_NO_VALUE)
          putchar (',');
        else
          printf (",%" G_GINT64_FORMAT, interval->values[c]);
      printf (",%u\n", interval->flags);
    }
}

static void
tell_gaps (const Options *options)
{
  g_autoptr (GArray)
      gaps = posa_load_profile_find_gaps (options->profile, options->from_us, options->to_us);

  for (guint i = 0; i < gaps->len; i++)
    {
      const PosaLoadGap *gap = &g_array_index (gaps, PosaLoadGap, i);
      g_autofree char *from = posa_time_format (gap->from_us);
      g_autofree char *to = posa_time_format (gap->to_us);

      fprintf (stderr, _ ("The meter has nothing from %s to %s.\n"), from, to);
    }
}

static gboolean
check_last (const Options *options, GError **error)
{
  gboolean alone = options->from == NULL && options->to == NULL && options->resume == NULL;

  if (options->n_last == NOT_GIVEN ||
      (alone && options->n_last > 0 && options->n_last <= POSA_LOAD_MAX_INTERVALS))
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE,
               _ ("--last takes a number from 1 to %d, and no --from, --to or --resume"),
               POSA_LOAD_MAX_INTERVALS);
  return FALSE;
}

static int
run_profile (PosaCli *cli, Options *options)
{
  g_autoptr (GError) error = NULL, save_error = NULL;

  if (!check_last (options, &error) || !parse_times (options, DEFAULT_SPAN, &error))
    return posa_cli_fail (error);
  options->profile = load_resume (options->resume, &error);
  if (options->profile == NULL)
    return posa_cli_fail (error);
  gboolean done =
      posa_cli_run (cli, _ ("Reading the load profile"), profile_work, options, &error) != NULL;
  if (!save_resume (options->resume, options->profile, &save_error))
    return posa_cli_fail (save_error);
  if (!done)
    {
      if (options->resume != NULL)
        fprintf (stderr, _ ("%u intervals are in %s; the same command goes on from there.\n"),
                 options->profile->intervals->len, options->resume);
      return posa_cli_meter_fail (&options->meter, error);
    }
  if (options->n_last == NOT_GIVEN)
    tell_gaps (options);
  if (!options->as_json)
    print_csv (options->profile);
  else
    {
      g_autofree char *text = posa_load_profile_to_text (options->profile, TRUE);
      puts (text);
    }
  return 0;
}

#define N_ENTRIES         6
#define N_PROFILE_ENTRIES 2

/* Those of both commands, and the last ones of the load profile only. */
static void
fill_entries (Options *options, gboolean is_profile, GOptionEntry entries[N_ENTRIES])
{
  const GOptionEntry all[N_ENTRIES] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &options->from, N_ ("First day, or time with its offset"),
      N_ ("TIME") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options->to, N_ ("Until then (default: now)"),
      N_ ("TIME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->as_json, N_ ("Print JSON"), NULL },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &options->resume,
      N_ ("Keep what was read in FILE, and go on from it"), N_ ("FILE") },
    { "last", 0, 0, G_OPTION_ARG_INT, &options->n_last,
      N_ ("The newest N intervals, whatever the time"), N_ ("N") },
    { NULL },
  };

  memcpy (entries, all, sizeof all);
  if (!is_profile)
    entries[N_ENTRIES - 1 - N_PROFILE_ENTRIES] = entries[N_ENTRIES - 1];
}

int
posa_cli_meter_profile (PosaCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { .meter.place.folder = cli->folder, .n_last = NOT_GIVEN };
  GOptionEntry entries[N_ENTRIES];
  int status = 0;

  fill_entries (&options, TRUE, entries);
  if (!posa_cli_meter_parse (
          &options.meter, _ ("--port PATH"),
          _ ("Reads the load profile of a meter, of the last day unless --from and "
             "--to say otherwise, as CSV or JSON. What the meter has not is said."),
          entries, &argc, &argv, 0, &status))
    return status;
  if (options.meter.port == NULL)
    return posa_cli_meter_set_needed (argv[0], "--port PATH");
  return run_profile (cli, &options);
}

/* ---- events ---- */

static gpointer
events_work (gpointer data, PosaOperation *operation, GError **error)
{
  const Options *options = data;

  return posa_meter_visit_events (&options->meter.place, options->from_us, options->to_us,
                                  operation, error);
}

static void
print_events (GPtrArray *events)
{
  for (guint i = 0; i < events->len; i++)
    {
      const PosaMeterEvent *event = g_ptr_array_index (events, i);
      g_autofree char *time = event->time_us != 0 ? posa_time_format (event->time_us) : NULL;
      g_autofree char *log = posa_obis_format (event->log);

      printf ("%-29s  %-14s %4" G_GINT64_FORMAT "  %s\n", time != NULL ? time : "-", log,
              event->code, event->text != NULL ? event->text : "");
    }
}

static void
print_events_json (GPtrArray *events)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  posa_meter_events_to_json (events, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = posa_json_to_text (root, TRUE);
  puts (text);
}

int
posa_cli_meter_events (PosaCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { .meter.place.folder = cli->folder };
  GOptionEntry entries[N_ENTRIES];
  g_autoptr (GError) error = NULL;
  int status = 0;

  fill_entries (&options, FALSE, entries);
  if (!posa_cli_meter_parse (
          &options.meter, _ ("--port PATH"),
          _ ("Reads the log books of a meter, of the last 60 days unless --from and "
             "--to say otherwise."),
          entries, &argc, &argv, 0, &status))
    return status;
  if (options.meter.port == NULL)
    return posa_cli_meter_set_needed (argv[0], "--port PATH");
  if (!parse_times (&options, 60 * G_TIME_SPAN_DAY, &error))
    return posa_cli_fail (error);
  g_autoptr (GPtrArray)
      events = posa_cli_run (cli, _ ("Reading the log books"), events_work, &options, &error);
  if (events == NULL)
    return posa_cli_meter_fail (&options.meter, error);
  if (options.as_json)
    print_events_json (events);
  else
    print_events (events);
  return 0;
}
