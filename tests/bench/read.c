/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Reads simulated 1G meters at the pace of the real line, 300 baud for the sign-on and 9600 for the
 * data, and compares the time with what the line itself needs: ten bits a character. */

#include "base/posa-error.h"
#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-recorder.h"
#include "meter/port/posa-tape.h"
#include "meter/posa-meter.h"
#include "posa-test-sim.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#define BITS_PER_CHARACTER 10
#define N_RUNS             3

/* The meter reacts twice, after the request and after the option select; in between the client
 * waits the 20 ms that a fast meter allows (IEC 62056-21, 6.3.13). */
#define METER_REACTION_MS  200
#define CLIENT_REACTION_MS 20
#define REACTIONS_S        ((2 * METER_REACTION_MS + CLIENT_REACTION_MS) / 1000.0)

typedef struct
{
  guint tx, rx;
  double line_s, wall_s;
} Run;

/* What the line had to carry, and the time of that at its speeds. */
static void
count_tape (const char *path, Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTape) tape = posa_tape_load (path, &error);
  guint baud = 300;

  g_assert_no_error (error);
  for (guint i = 0; i < tape->events->len; i++)
    {
      const PosaTapeEvent *event = g_ptr_array_index (tape->events, i);
      guint n = event->bytes != NULL ? (guint) g_bytes_get_size (event->bytes) : 0;
      if (event->verb == POSA_TAPE_LINE)
        baud = event->line.baud;
      run->line_s += n * BITS_PER_CHARACTER / (double) baud;
      run->tx += event->verb == POSA_TAPE_TX ? n : 0;
      run->rx += event->verb == POSA_TAPE_RX ? n : 0;
    }
}

/* From the closed device to the whole reading. */
static Run
measure (PosaTestSim *sim, const char *tape_path)
{
  Run run = { 0 };
  g_autoptr (GError) error = NULL;
  PosaClock *clock = posa_clock_get_system ();
  gint64 started = posa_clock_get_monotonic (clock);
  PosaPort *device = posa_port_open_device (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaPortRecorder) recorder = posa_port_recorder_new (device);
  g_autoptr (PosaPort) port = posa_port_echo_new (POSA_PORT (g_object_ref (recorder)));
  g_autoptr (PosaMeter) meter = posa_meter_open (port, POSA_METER_ANY, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);

  run.wall_s = (double) (posa_clock_get_monotonic (clock) - started) / G_USEC_PER_SEC;
  g_assert_no_error (error);
  g_assert_cmpuint (reading->line.retries, ==, 0);
  g_assert_true (posa_port_recorder_save (recorder, tape_path, &error));
  count_tape (tape_path, &run);
  return run;
}

static void
bench_kind (const char *kind, const char *tape_path)
{
  g_autofree char *reaction = g_strdup_printf ("reaction_ms=%d", METER_REACTION_MS);
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--kind", kind, "--pace", "--set", reaction, NULL);

  for (guint i = 0; i < N_RUNS; i++)
    {
      Run run = measure (sim, tape_path);
      printf ("%-4s %5u %5u %8.3f %8.3f %8.3f %8.2f %8.3f\n", kind, run.tx, run.rx, run.line_s,
              REACTIONS_S, run.wall_s, run.wall_s / run.line_s,
              run.wall_s / (run.line_s + REACTIONS_S));
    }
}

int
main (int argc, char **argv)
{
  static const char *const kinds[] = { "m1", "m1b", "m3", "m3b" };
  g_autofree char *folder = g_dir_make_tmp ("posa-bench-XXXXXX", NULL);
  g_autofree char *tape_path = g_build_filename (folder, "tape", NULL);

  printf ("Reading a 1G meter, sign-on at 300 baud, data at 9600. Seconds.\n"
          "line: the characters alone; reaction: what the protocol makes both sides wait\n\n"
          "%-4s %5s %5s %8s %8s %8s %8s %8s\n",
          "kind", "sent", "recvd", "line", "reaction", "wall", "w/line", "w/(l+r)");
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    bench_kind (kinds[i], tape_path);
  g_unlink (tape_path);
  g_rmdir (folder);
  return EXIT_SUCCESS;
}
