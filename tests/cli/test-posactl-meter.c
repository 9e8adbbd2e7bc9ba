/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What posactl does with a 2G meter beside reading and commissioning it. */

#include "cli-rig.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* One portal and one device for all; each test has its own copy of the device and its own meter,
 * called at the address where a new one listens. */
static CliSite *site;

typedef struct
{
  char *device;
  PosaTestSim *sim;
} Rig;

static void
rig_init (Rig *self)
{
  self->device = cli_site_copy_device (site);
  self->sim = cli_site_new_meter (site);
}

static void
rig_clear (Rig *self)
{
  g_clear_pointer (&self->sim, posa_test_sim_stop);
  g_clear_pointer (&self->device, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

#define METER(self, command)                                                                       \
  "posactl", "--quiet", "--data", (self)->device, "meter", command, "--address", "logical=1",      \
      "--port", posa_test_sim_get_port ((self)->sim)

static char *
write_file (const Rig *self, const char *name, const char *text, int mode)
{
  char *path = g_build_filename (self->device, name, NULL);

  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, NULL));
  return path;
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (const char *at = text; *at != '\0'; at++)
    n += *at == '\n';
  return n;
}

/* The load profile of a day, kept in a file; the second run has nothing to ask the meter for. */
static void
test_profile (void)
{
  g_auto (Rig) self = { NULL };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) begin = g_date_time_add_days (now, -3);
  g_autoptr (GDateTime) end = g_date_time_add_days (now, -2);
  g_autofree char *from = g_date_time_format (begin, "%Y-%m-%d");
  g_autofree char *to = g_date_time_format (end, "%Y-%m-%d");

  rig_init (&self);
  g_autofree char *file = g_build_filename (self.device, "curve.json", NULL);
  g_autoptr (CliRun)
      run = cli_run (METER (&self, "profile"), "--from", from, "--to", to, "--resume", file, NULL);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (g_str_has_prefix (run->out, "end,1-0:1.29.0 Wh,flags\n"));
  guint rows = count_lines (run->out) - 1;
  g_assert_true (rows == 92 || rows == 96 || rows == 100); /* the days of a change of season */
  g_autoptr (CliRun) again =
      cli_run (METER (&self, "profile"), "--from", from, "--to", to, "--resume", file, NULL);
  g_assert_cmpstr (again->out, ==, run->out);
  cli_expect (2, "--from", METER (&self, "profile"), "--from", to, "--to", from, NULL);
  cli_expect (2, "2026-11-24", METER (&self, "profile"), "--from", "yesterday", NULL);
  g_autoptr (CliRun) last = cli_run (METER (&self, "profile"), "--last", "7", NULL);
  g_assert_cmpint (last->status, ==, 0);
  g_assert_cmpuint (count_lines (last->out), ==, 8);
  cli_expect (2, "--last", METER (&self, "profile"), "--last", "0", NULL);
  cli_expect (2, "--last", METER (&self, "profile"), "--last", "7", "--from", from, NULL);
  cli_expect (2, "--last", METER (&self, "events"), "--last", "7", NULL);
}

static void
test_events (void)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self);
  cli_expect (0, "0-0:99.98.2", METER (&self, "events"), NULL);
  cli_expect (0, "\"code\"", METER (&self, "events"), "--json", NULL);
}

static void
test_clock (void)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self);
  g_assert_cmpint (ABS (posa_test_sim_get_int (self.sim, "clock_offset_ms")), >, 2000);
  cli_expect (0, " s", METER (&self, "clock"), NULL);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
  cli_expect (0, "\"set\": true", METER (&self, "clock"), "--set", "--json", NULL);
  g_assert_cmpint (ABS (posa_test_sim_get_int (self.sim, "clock_offset_ms")), <=, 1500);
}

/* A meter that no delivery announced is left alone unless that is asked for; here that ends at the
 * key, which the device has not. */
static void
test_clock_of_stranger (void)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self);
  g_clear_pointer (&self.sim, posa_test_sim_stop);
  self.sim = posa_test_sim_start ("2g", "--no-pace", "--set", "serial=9999999999", NULL);
  cli_expect (1, "9999999999 is not of this crew", METER (&self, "clock"), "--set", NULL);
  cli_expect (1, "key", METER (&self, "clock"), "--set", "--stranger", NULL);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
}

/* Keys come from a file that nobody else may read, and are nowhere in what is said. */
static void
test_keys (void)
{
  const char *text = "ek 808182838485868788898A8B8C8D8E8F\n"
                     "ak A0A1A2A3A4A5A6A7A8A9AAABACADAEAF\n"
                     "kek 404142434445464748494A4B4C4D4E4F\n";
  g_auto (Rig) self = { NULL };

  rig_init (&self);
  g_autofree char *open = write_file (&self, "open.keys", text, 0644);
  g_autofree char *keys = write_file (&self, "new.keys", text, 0600);
  cli_expect (1, "open.keys", METER (&self, "keys"), "--keys", open, NULL);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 0);
  g_autoptr (CliRun) run = cli_run (METER (&self, "keys"), "--keys", keys, NULL);
  g_test_message ("%s", run->err);
  g_assert_cmpint (run->status, ==, 0);
  g_assert_null (strstr (run->out, "8081"));
  g_assert_null (strstr (run->err, "8081"));
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "key_transfers"), ==, 1);
  /* Another process opens it with what is on the disk. */
  cli_expect (0, "\"serial\"", METER (&self, "read"), "--json", NULL);
  cli_expect (2, "the one that the meter has", METER (&self, "keys"), "--keys", keys, NULL);
}

static void
test_verify (void)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self);
  cli_expect (1, "differs", METER (&self, "verify"), "--order", "W-000001", NULL);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
  cli_expect (0, "commissioned", METER (&self, "commission"), "--order", "W-000001", NULL);
  cli_expect (0, "right", METER (&self, "verify"), "--order", "W-000001", NULL);
}

/* A meter of the stock that has other keys than came with it: those of a file open it for whatever
 * is to be done, under this device's own title, and the stock's keys are no worse for it. */
static void
test_key_file (void)
{
  g_auto (Rig) self = { NULL };
  g_autofree char *serial = cli_site_lot (site, "\"serial=\" + .stock[0].serial");
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "firmware", -1);

  rig_init (&self);
  g_clear_pointer (&self.sim, posa_test_sim_stop);
  self.sim = posa_test_sim_start ("2g", "--no-pace", "--set", serial, "--set", "relay=open", NULL);
  g_autofree char *file = write_file (&self, "new.bin", "firmware", 0600);
  g_autofree char *keys = write_file (&self, "its.keys",
                                      "ek 000102030405060708090A0B0C0D0E0F\n"
                                      "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n",
                                      0600);
  cli_expect (1, "ask the office", METER (&self, "events"), NULL);
  cli_expect (0, "99.98.2", METER (&self, "events"), "--key-file", keys, NULL);
  cli_expect (0, "1.29.0", METER (&self, "profile"), "--key-file", keys, NULL);
  cli_expect (1, "differs", METER (&self, "verify"), "--order", "W-000001", "--key-file", keys,
              NULL);
  cli_expect (0, "commissioned", METER (&self, "commission"), "--order", "W-000001", "--key-file",
              keys, NULL);
  cli_expect (1, "does not confirm", METER (&self, "firmware"), "--identification", "2G.1.05",
              "--sha256", digest, "--key-file", keys, file, NULL);
  g_clear_pointer (&self.sim, posa_test_sim_stop);
  self.sim = cli_site_new_meter (site);
  cli_expect (0, " s", METER (&self, "clock"), NULL);
}

static void
test_firmware (void)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self);
  g_autofree char *file = write_file (&self, "new.bin", "this is no firmware", 0600);
  g_autofree char *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, "this is no firmware", -1);
  cli_expect (2, "nothing was sent", METER (&self, "firmware"), "--identification", "2G.1.05",
              "--sha256", "00", file, NULL);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 0);
  cli_expect (2, "--sha256", METER (&self, "firmware"), "--identification", "2G.1.05", file, NULL);
  cli_expect (1, "does not confirm", METER (&self, "firmware"), "--identification", "2G.1.05",
              "--sha256", digest, "--activate", file, NULL);
  cli_expect (0, "2G.1.04", METER (&self, "read"), NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  site = cli_site_new ();
  g_test_add_func ("/posactl-meter/profile", test_profile);
  g_test_add_func ("/posactl-meter/events", test_events);
  g_test_add_func ("/posactl-meter/clock", test_clock);
  g_test_add_func ("/posactl-meter/clock-of-stranger", test_clock_of_stranger);
  g_test_add_func ("/posactl-meter/keys", test_keys);
  g_test_add_func ("/posactl-meter/verify", test_verify);
  g_test_add_func ("/posactl-meter/key-file", test_key_file);
  g_test_add_func ("/posactl-meter/firmware", test_firmware);
  int status = g_test_run ();
  cli_site_free (site);
  return status;
}
