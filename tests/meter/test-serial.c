/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The libserialport back end, end to end: run with the shim of tests/lib/posa-serial-shim.c in
 * LD_PRELOAD, which makes the simulator's pseudo-terminal pass for a serial device. */

#include "base/posa-error.h"
#include "meter/port/posa-port-serial.h"
#include "meter/posa-meter.h"
#include "posa-test-sim.h"

#include <glib/gstdio.h>
#include <time.h>

static gint64
now_us (void)
{
  return posa_clock_get_monotonic (posa_clock_get_system ());
}

static gint64
cpu_us (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static void
test_read (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m3b", "--pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (reading->registers->len, ==, 19);
  g_assert_cmpuint (reading->line.retries, ==, 0);
  g_assert_cmpint (posa_registers_find (reading->registers, POSA_QUANTITY_ACTIVE_IMPORT, 0)->value,
                   ==, posa_test_sim_get_int (sim, "registers/1.8.0"));
}

/* The paths of posa_port_open() lead to libserialport, or this file tests nothing. */
static void
test_is_libserialport (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--no-pace", NULL);
  g_autofree char *log = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open_device (posa_test_sim_get_port (sim), &error);

  g_assert_no_error (error);
  g_assert_true (POSA_IS_PORT_SERIAL (port));
  /* What a head without a supply of its own lives on. */
  g_assert_true (g_file_get_contents (g_getenv ("POSA_SHIM_LOG"), &log, NULL, NULL));
  g_assert_cmpstr (log, ==, "dtr=1 rts=0\n");
}

static void
test_busy (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--no-pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);

  g_assert_no_error (error);
  g_assert_null (posa_port_open (posa_test_sim_get_port (sim), &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_BUSY);
  g_clear_error (&error);
  posa_port_close (port);
  g_autoptr (PosaPort) again = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  g_assert_nonnull (again);
}

static gpointer
pull_plug_cb (gpointer data)
{
  g_usleep (300 * 1000);
  posa_test_sim_kill (data);
  return NULL;
}

/* A long blocking read of libserialport would spin here until its deadline and then report
 * silence. */
static void
test_hang_up (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--no-pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  gint64 started = now_us (), cpu = cpu_us ();
  GThread *thread = g_thread_new ("plug", pull_plug_cb, sim);
  guint8 byte;

  g_assert_cmpint (posa_port_receive (port, &byte, 1, started + 5 * G_USEC_PER_SEC, NULL, &error),
                   ==, -1);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_assert_cmpint (now_us () - started, <, 1300 * 1000);
  g_assert_cmpint (cpu_us () - cpu, <, 150 * 1000);
  g_thread_join (thread);

  for (guint i = 0; i < 3; i++)
    {
      g_clear_error (&error);
      g_assert_false (posa_port_set_line (port, POSA_LINE_8N1 (9600), &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
    }
}

static void
test_unplugged_while_reading (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  gint64 started = now_us (), cpu = cpu_us ();
  GThread *thread = g_thread_new ("plug", pull_plug_cb, sim);

  g_assert_null (posa_meter_open (port, POSA_METER_ANY, NULL, NULL, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_assert_cmpint (now_us () - started, <, 1300 * 1000);
  g_assert_cmpint (cpu_us () - cpu, <, 150 * 1000);
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("posa-serial-XXXXXX", NULL);
  g_autofree char *log = g_build_filename (folder, "modem", NULL);

  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("LD_PRELOAD"); /* the simulator is no serial device */
  g_setenv ("POSA_SHIM_LOG", log, TRUE);
  g_test_add_func ("/serial/is-libserialport", test_is_libserialport);
  g_test_add_func ("/serial/read", test_read);
  g_test_add_func ("/serial/busy", test_busy);
  g_test_add_func ("/serial/hang-up", test_hang_up);
  g_test_add_func ("/serial/unplugged-while-reading", test_unplugged_while_reading);
  int status = g_test_run ();
  g_unlink (log);
  g_rmdir (folder);
  return status;
}
