/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Whole readings of a simulated meter that is odd on the line. The numbers are those of the
 * robustness list; the same as given bytes is in test-hdlc-link.c. */

#include "base/posa-error.h"
#include "dlms-rig.h"
#include "posa-test-parallel.h"

#include <glib/gstdio.h>

/* What must do, without a repeat unless it says so. */
typedef struct
{
  const char *name, *argument, *setting;
  guint min_retries, max_retries;
} Row;

static const Row rows[] = {
  { "11.1-echo", "--echo", "window=1", 0, 0 },
  { "11.1-echo-with-windows", "--echo", "window=7", 0, 0 },
  { "11.3-shared-flag", "--set=window=7", "hdlc=shared-flag", 0, 0 },
  { "11.4-garbage", "--set=window=3", "hdlc=garbage", 0, 0 },
  { "11.5-split", "--split=16", "window=7", 0, 0 },
  { "11.6-lost-answers", "--set=window=1", "fault=lose:13", 1, G_MAXUINT },
  { "11.6-lost-requests", "--set=window=1", "fault=deaf:13", 1, G_MAXUINT },
  { "11.7-double", "--set=window=1", "hdlc=double", 0, 0 },
  { "11.7-double-in-windows", "--set=window=5", "hdlc=double", 0, G_MAXUINT },
  { "11.8-count-stuck-at-0", "--set=window=1", "hdlc=stuck", 0, 0 },
  { "11.9-client-llc", "--set=window=1", "hdlc=client-llc", 0, 0 },
  { "11.16-bare-ua", "--set=max_info=512", "hdlc=bare-ua", 0, 0 },
  { "11.16-bare-snrm", "--set=window=1", "hdlc=bare-snrm", 2, 4 },
  { "11.17-smaller", "--set=max_info=32", "window=3", 0, 0 },
  { "11.17-smallest", "--set=max_info=32", "window=1", 0, 0 },
  { "11.18-dm-to-the-field", "--set=window=1", "hdlc=refuse-field", 1, 2 },
  { "large-frames-and-windows", "--set=max_info=2030", "window=7", 0, 0 },
  { "busy", "--set=window=1", "hdlc=busy", 0, 0 },
};

static guint
count_retries (const Row *row)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", row->argument, "--set", row->setting));
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  dlms_rig_assert_registers (&self, reading);
  return reading->line.retries;
}

/* On a busy machine a meter is at times too late: what has to be repeated for that is not so each
 * time. */
static void
test_row (gconstpointer data)
{
  const Row *row = data;
  guint n_retries = count_retries (row);

  for (guint i = 0; i < 4 && n_retries > row->max_retries; i++)
    n_retries = count_retries (row);
  g_assert_cmpuint (n_retries, >=, row->min_retries);
  g_assert_cmpuint (n_retries, <=, row->max_retries);
}

/* Read until some frames had a check that ends in 7E: chance decides how many a reading has. */
static void
test_flag_check (gconstpointer window)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "hdlc=flag-check", "--set",
                                        (const char *) window));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 50 && posa_test_sim_get_int (self.sim, "flag_checks") < 6; i++)
    {
      g_autoptr (PosaReadingSet)
          reading = posa_meter_read (meter, POSA_READING_ACTIVATION, NULL, &error);
      g_assert_no_error (error);
      dlms_rig_assert_registers (&self, reading);
      g_assert_cmpuint (reading->line.retries, ==, 0);
    }
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "flag_checks"), >=, 6);
}

/* DM and FRMR in the middle: an error that can be tried again, and then it works. */
static void
test_link_lost (gconstpointer data)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", (const char *) data));
  g_autoptr (PosaReadingSet) none = dlms_rig_read (&self, &error);
  g_assert_true (none != NULL || posa_error_is_retryable (error));
  g_clear_error (&error);
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  dlms_rig_assert_registers (&self, reading);
}

/* The device is removed with any byte of a reading: that is said, at once, and once it is there
 * again the meter is read. */
static void
test_removed (void)
{
  static const char *const places[] = { "--unplug=1", "--unplug=65", "--unplug=150",
                                        "--unplug=700" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_auto (DlmsRig) self = { 0 };
      g_autoptr (GError) error = NULL;

      dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", places[i]));
      g_assert_null (dlms_rig_read (&self, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
      g_clear_error (&error);
      if (i % 3 != 0)
        continue;
      while (!g_file_test (posa_test_sim_get_port (self.sim), G_FILE_TEST_EXISTS))
        g_usleep (10 * 1000);
      g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
      g_assert_no_error (error);
      dlms_rig_assert_registers (&self, reading);
    }
}

static void
test_port_busy (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  g_assert_null (dlms_rig_open (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_BUSY);
}

/* Two heads: the name that stays with the socket leads to the right meter, whatever the number is
 * that the kernel gave. */
static void
test_two_heads (void)
{
  g_autoptr (PosaTestSim) one = posa_test_sim_start ("2g", "--no-pace", NULL);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("by-path-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "pci-0000:00:14.0-usb-0:2:1.0-port0", NULL);
  g_autoptr (GFile) link = g_file_new_for_path (path);

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_assert_true (g_file_make_symbolic_link (link, posa_test_sim_get_port (self.sim), NULL, NULL));
  g_autoptr (PosaPort) port = posa_port_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (PosaMeter) meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL,
                                                 POSA_KEYRING (self.keyring), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (posa_meter_get_nameplate (meter)->serial, ==, DLMS_RIG_SERIAL);
  g_assert_true (g_file_delete (link, NULL, NULL));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* The tablet sleeps, and the meter ends what nobody uses: the next reading begins anew. */
static void
test_suspend (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "inactivity=1"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) first = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  g_usleep (3500 * 1000);
  g_autoptr (PosaReadingSet) none = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_true (none != NULL || posa_error_is_retryable (error));
  g_clear_error (&error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  dlms_rig_assert_registers (&self, reading);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = g_strconcat ("/hdlc-sim/", rows[i].name, NULL);

      posa_test_add_parallel (name, &rows[i], test_row);
    }
  g_test_add_data_func ("/hdlc-sim/11.2-check-ends-in-flag", "window=1", test_flag_check);
  g_test_add_data_func ("/hdlc-sim/11.2-check-ends-in-flag-in-windows", "window=5",
                        test_flag_check);
  g_test_add_data_func ("/hdlc-sim/11.18-dm", "hdlc=disconnect", test_link_lost);
  g_test_add_data_func ("/hdlc-sim/11.18-frmr", "hdlc=reject", test_link_lost);
  g_test_add_func ("/hdlc-sim/11.31-removed", test_removed);
  g_test_add_func ("/hdlc-sim/11.32-port-busy", test_port_busy);
  g_test_add_func ("/hdlc-sim/11.33-two-heads", test_two_heads);
  g_test_add_func ("/hdlc-sim/11.34-suspend", test_suspend);
  return g_test_run ();
}
