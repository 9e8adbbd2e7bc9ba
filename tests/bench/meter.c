/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What jobs cost on simulated meters at the pace of the real line, against what the line itself
 * needs for their bytes: ten bits each. A table, and as the last line one JSON object; with --json
 * that line alone; with names of jobs those alone. */

#include "base/posa-error.h"
#include "dlms-rig.h"
#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-recorder.h"
#include "meter/port/posa-tape.h"
#include "posa-test-j1.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>

#define BITS_PER_CHARACTER 10
/* The fastest counts: a slower one was another program's doing. */
#define N_RUNS 3

/* In mode C the meter reacts to all that the client says but the last, a break or nothing; and to
 * all that the meter says the client reacts after the 20 ms that a fast meter allows (IEC 62056-21,
 * 6.3.13). */
#define MODE_C_REACTION_MS        200
#define MODE_C_CLIENT_REACTION_MS 20
/* Of the hourly profile of a 1G meter. */
#define KEPT_DAYS 36

typedef struct
{
  guint tx, rx, round_trips;
  double line_ms, reaction_ms, wall_ms;
} Cost;

typedef struct _Job Job;
struct _Job
{
  const char *name;
  void (*run) (const Job *self, PosaPort *port);
  const char *profile; /* of the meter */
  guint baud, max_info, reaction_ms;
  guint n_runs;
  gboolean password; /* instead of keys */
};

/* ---- jobs ---- */

static void
run_j1 (const Job *self, PosaPort *port)
{
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_autoptr (GError) error = NULL;
  const PosaTestJ1Options options = { .baud = self->baud,
                                      .max_info = (guint16) self->max_info,
                                      .keyring = POSA_KEYRING (keyring),
                                      .password = self->password };
  PosaLineStats stats = { 0 };
  g_autoptr (PosaTestJ1) job = posa_test_j1_run (port, &options, &stats, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (job);
  g_assert_cmpuint (stats.retries, ==, 0);
}

static PosaMeter *
read_first_generation (PosaPort *port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reading->line.retries, ==, 0);
  return g_steal_pointer (&meter);
}

static void
run_readout (const Job *self, PosaPort *port)
{
  g_autoptr (PosaMeter) meter = read_first_generation (port);

  posa_meter_close (meter);
}

/* With the hourly profile of the days that such a meter keeps, where it can be had. */
static void
run_read_complete (const Job *self, PosaPort *port)
{
  g_autoptr (PosaMeter) meter = read_first_generation (port);
  g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time ();

  if (!posa_meter_read_load_profile (meter, now - KEPT_DAYS * G_TIME_SPAN_DAY, now, profile, NULL,
                                     &error))
    g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  else
    g_assert_cmpuint (profile->intervals->len, >, 0);
  posa_meter_close (meter);
}

static void
run_commission (const Job *self, PosaPort *port)
{
  g_auto (DlmsRig) rig = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&rig, NULL);
  g_autoptr (PosaMeter) meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL,
                                                 POSA_KEYRING (rig.keyring), NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &rig.plan, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (values);
  posa_meter_close (meter);
}

#define SINGLE "posa-2g-single"
#define M3B    "posa-1g-m3b"

static const Job jobs[] = {
  { "j1_hls", run_j1, SINGLE, 9600, 128, 0, N_RUNS },
  { "j1_hls_50ms", run_j1, SINGLE, 9600, 128, 50, N_RUNS },
  { "j1_lls", run_j1, SINGLE, 9600, 128, 0, N_RUNS, TRUE },
  { "j1_hls_19200", run_j1, SINGLE, 19200, 2030, 0, N_RUNS },
  { "commission", run_commission, SINGLE, 9600, 128, 50, N_RUNS },
  { "commission_19200", run_commission, SINGLE, 19200, 2030, 50, N_RUNS },
  { "modec_readout", run_readout, M3B, 9600, 0, MODE_C_REACTION_MS, N_RUNS },
  { "read_m3b_complete", run_read_complete, M3B, 9600, 0, MODE_C_REACTION_MS, 1 },
  { "read_m3b_complete_19200", run_read_complete, M3B, 19200, 0, MODE_C_REACTION_MS, 1 },
};

static gboolean
is_2g (const Job *self)
{
  return g_str_equal (self->profile, SINGLE);
}

/* ---- measuring ---- */

static char *
replace_line (const char *text, const char *key, guint value)
{
  g_autofree char *pattern = g_strdup_printf ("(?m)^%s=[0-9]+$", key);
  g_autofree char *line = g_strdup_printf ("%s=%u", key, value);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);

  return g_regex_replace_literal (regex, text, -1, 0, line, G_REGEX_MATCH_DEFAULT, NULL);
}

static char *
profile_path (const Job *self, const char *folder)
{
  g_autofree char *name = g_strconcat (self->profile, ".profile", NULL);

  return g_build_filename (folder, "profiles", name, NULL);
}

/* Has posa_meter_open() find the meter's profile with the speed and frames of @self. */
static void
use_profile (const Job *self, const char *data, const char *folder)
{
  g_autofree char *from = profile_path (self, data);
  g_autofree char *to = profile_path (self, folder);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
  g_autofree char *faster = replace_line (text, "baud", self->baud);
  g_autofree char *wider = replace_line (faster, "max_info", self->max_info);
  g_assert_true (g_file_set_contents (to, wider, -1, NULL));
}

static PosaTestSim *
start_meter (const Job *self)
{
  g_autofree char *reaction = g_strdup_printf ("reaction_ms=%u", self->reaction_ms);
  g_autofree char *baud = g_strdup_printf ("baud=%u", self->baud);
  g_autofree char *info = g_strdup_printf ("max_info=%u", self->max_info);

  if (is_2g (self))
    return posa_test_sim_start ("2g", "--pace", "--set", "serial=" DLMS_RIG_SERIAL, "--set",
                                reaction, "--set", baud, "--set", info, "--set", "max_pdu=512",
                                self->password ? "--set" : NULL, "mechanism=password", "--set",
                                "context=plain", "--set", "protection=none", "--set", "policy=0",
                                NULL);
  return posa_test_sim_start ("1g", "--kind", "m3b", "--pace", "--set", reaction,
                              self->baud == 19200 ? "--set" : NULL, "identification=PSa6M3B", NULL);
}

/* What the line had to carry, how often it turned, and the time of that at its speeds. */
static void
count_tape (const char *path, Cost *cost)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTape) tape = posa_tape_load (path, &error);
  guint baud = 300;
  gboolean sending = FALSE;

  g_assert_no_error (error);
  for (guint i = 0; i < tape->events->len; i++)
    {
      const PosaTapeEvent *event = g_ptr_array_index (tape->events, i);
      guint n = event->bytes != NULL ? (guint) g_bytes_get_size (event->bytes) : 0;

      if (event->verb == POSA_TAPE_LINE)
        baud = event->line.baud;
      cost->line_ms += n * BITS_PER_CHARACTER * 1000.0 / baud;
      cost->tx += event->verb == POSA_TAPE_TX ? n : 0;
      cost->rx += event->verb == POSA_TAPE_RX ? n : 0;
      cost->round_trips += event->verb == POSA_TAPE_TX && !sending;
      if (n > 0)
        sending = event->verb == POSA_TAPE_TX;
    }
}

/* From the closed device to the end of the job, with a meter of its own. */
static Cost
measure_once (const Job *self, const char *tape_path)
{
  Cost cost = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTestSim) sim = start_meter (self);
  PosaClock *clock = posa_clock_get_system ();
  gint64 started = posa_clock_get_monotonic (clock);
  PosaPort *device = posa_port_open_device (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaPortRecorder) recorder = posa_port_recorder_new (device);
  g_autoptr (PosaPort) port = posa_port_echo_new (POSA_PORT (g_object_ref (recorder)));

  self->run (self, port);
  cost.wall_ms = (double) (posa_clock_get_monotonic (clock) - started) / 1000.0;
  g_assert_true (posa_port_recorder_save (recorder, tape_path, &error));
  count_tape (tape_path, &cost);
  cost.reaction_ms = is_2g (self) ? cost.round_trips * self->reaction_ms
                                  : (cost.round_trips - 1) * self->reaction_ms +
                                        (cost.round_trips - 2) * MODE_C_CLIENT_REACTION_MS;
  return cost;
}

static Cost
measure (const Job *self, const char *tape_path)
{
  Cost best = measure_once (self, tape_path);

  for (guint i = 1; i < self->n_runs; i++)
    {
      Cost cost = measure_once (self, tape_path);

      if (cost.wall_ms < best.wall_ms)
        best = cost;
    }
  return best;
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) (value + 0.5));
}

static void
add_cost (JsonBuilder *builder, const Job *job, const Cost *cost)
{
  json_builder_set_member_name (builder, job->name);
  json_builder_begin_object (builder);
  add_number (builder, "bytes_tx", cost->tx);
  add_number (builder, "bytes_rx", cost->rx);
  add_number (builder, "round_trips", cost->round_trips);
  add_number (builder, "wall_ms", cost->wall_ms);
  add_number (builder, "line_ms", cost->line_ms);
  add_number (builder, "reaction_ms", cost->reaction_ms);
  json_builder_end_object (builder);
}

static void
print_cost (const Job *job, const Cost *cost)
{
  printf ("%-24s %6u %6u %6u %9.0f %9.0f %9.0f %8.3f %8.3f\n", job->name, cost->tx, cost->rx,
          cost->round_trips, cost->line_ms, cost->reaction_ms, cost->wall_ms,
          cost->wall_ms / cost->line_ms, cost->wall_ms / (cost->line_ms + cost->reaction_ms));
  fflush (stdout);
}

static gboolean
is_wanted (const Job *job, char *const *names)
{
  return names[0] == NULL || g_strv_contains ((const char *const *) names, job->name);
}

int
main (int argc, char **argv)
{
  gboolean json_only = argc > 1 && g_str_equal (argv[1], "--json");
  g_autofree char *folder = g_dir_make_tmp ("posa-bench-XXXXXX", NULL);
  g_autofree char *tape_path = g_build_filename (folder, "tape", NULL);
  g_autofree char *profiles = g_build_filename (folder, "profiles", NULL);
  g_autofree char *data = g_strdup (g_getenv ("POSA_DATADIR"));
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!json_only)
    printf (
        "Jobs on a paced line, the fastest of %d runs (of one: complete readings). Milliseconds.\n"
        "line: the characters alone; react.: what the meter, and in mode C the client, waits\n\n"
        "%-24s %6s %6s %6s %9s %9s %9s %8s %8s\n",
        N_RUNS, "job", "sent", "recvd", "turns", "line", "react.", "wall", "w/line", "w/(l+r)");
  g_assert_cmpint (g_mkdir (profiles, 0700), ==, 0);
  g_setenv ("POSA_DATADIR", folder, TRUE);
  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      g_autofree char *profile = profile_path (&jobs[i], folder);

      if (!is_wanted (&jobs[i], argv + (json_only ? 2 : 1)))
        continue;

      use_profile (&jobs[i], data, folder);
      Cost cost = measure (&jobs[i], tape_path);
      g_unlink (profile);

      add_cost (builder, &jobs[i], &cost);
      if (!json_only)
        print_cost (&jobs[i], &cost);
    }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *line = json_to_string (root, FALSE);
  printf ("%s\n", line);
  g_rmdir (profiles);
  g_unlink (tape_path);
  g_rmdir (folder);
  return EXIT_SUCCESS;
}
