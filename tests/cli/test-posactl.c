/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "cli-rig.h"

#include <glib/gstdio.h>
#include <string.h>

/* posactl and posa-portal as users call them: bad input gives a clear error that names the place,
 * an exit status, and loses nothing. */

static void
test_usage (void)
{
  cli_expect (2, "Usage: posactl", "posactl", NULL);
  cli_expect (0, "replace", "posactl", "--help", NULL);
  cli_expect (0, "0.2.0", "posactl", "--version", NULL);
  cli_expect (2, "no command \"fly\"", "posactl", "fly", NULL);
  cli_expect (2, "--help", "posactl", "replace", NULL);
  cli_expect (2, "--help", "posactl", "meter", "read", "--speed", "9", NULL);
  cli_expect (2, "--data DIR is needed", "posa-portal", NULL);
  cli_expect (2, "unknown key wings", "posa-sim", "1g", "--kind", "m1", "--link", "/nowhere/x",
              "--set", "wings=2", NULL);
}

static void
test_port_that_does_not_exist (void)
{
  cli_expect (1, "/dev/posa-none", "posactl", "meter", "read", "--port", "/dev/posa-none", NULL);
}

static void
read_bad_meter (const char *fault)
{
  g_autofree char *setting = g_strconcat ("fault=", fault, NULL);
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--kind", "m1", "--no-pace", "--set", setting, NULL);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CliRun)
      run = cli_run ("posactl", "meter", "read", "--port", posa_test_sim_get_port (sim), NULL);

  g_assert_cmpint (run->status, ==, 1);
  g_assert_true (g_str_has_prefix (strstr (run->err, "posactl: "), "posactl: "));
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_GINT64_CONSTANT (45) * G_USEC_PER_SEC);
}

static void
test_port_that_answers_garbage (void)
{
  read_bad_meter ("garbage");
}

static void
test_port_that_is_silent (void)
{
  read_bad_meter ("silent");
}

static void
test_port_that_is_busy (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m1", "--pace", NULL);
  g_autofree char *program = cli_find_program ("posactl");
  g_autoptr (GSubprocess) first =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                        &error, program, "meter", "read", "--port", posa_test_sim_get_port (sim),
                        NULL);

  g_assert_no_error (error);
  g_usleep (400000); /* the paced read takes 1.4 s at least */
  cli_expect (1, "Close the other program", "posactl", "meter", "read", "--port",
              posa_test_sim_get_port (sim), NULL);
  g_assert_true (g_subprocess_wait_check (first, NULL, &error));
  g_assert_no_error (error);
}

static void
test_read_as_json (void)
{
  g_autoptr (PosaTestSim) sim =
      posa_test_sim_start ("1g", "--kind", "m1", "--no-pace", "--set", "serial=041234567", NULL);
  g_autofree char *file = g_build_filename (g_get_tmp_dir (), "posa-read-XXXXXX", NULL);
  int fd = g_mkstemp (file);
  g_autoptr (CliRun) run = cli_run ("posactl", "--quiet", "meter", "read", "--json", "--port",
                                    posa_test_sim_get_port (sim), NULL);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (g_file_set_contents (file, run->out, -1, NULL));
  cli_expect (0, "041234567 m1 9 true true", "jq", "-r",
              "[.meter.serial, .meter.kind, (.registers | length), (.line.bytes_rx > 100), "
              "(.registers | all(.obis and .quantity and (.tier != null) and (.value | type == "
              "\"number\") and .unit))] "
              "| map(tostring) | join(\" \")",
              file, NULL);
  g_close (fd, NULL);
  g_unlink (file);
}

static void
test_without_enrolment (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("posa-cli-XXXXXX", &error);

  cli_expect (1, "enrol", "posactl", "--data", folder, "sync", NULL);
  cli_expect (1, "", "posactl", "--data", folder, "replace", "W-000001", "--yes", NULL);
  cli_expect (0, "", "rm", "-rf", folder, NULL);
}

static void
test_unknown_order (void)
{
  g_autoptr (CliSite) site = cli_site_new ();

  cli_expect (1, "W-999999", "posactl", "--data", site->device, "order", "show", "W-999999", NULL);
  cli_expect (1, "W-999999", "posactl", "--data", site->device, "replace", "W-999999", "--yes",
              NULL);
  cli_expect (1, "W-999999", "posactl", "--data", site->device, "meter", "commission", "--port",
              "/dev/posa-none", "--order", "W-999999", NULL);
}

static void
test_wrong_code (void)
{
  g_autoptr (CliSite) site = cli_site_new_bare ();

  cli_expect (1, "code", "posactl", "--data", site->device, "enrol", "--portal", site->url,
              "--code", "AAAA-BBBB", "--ca", site->ca, NULL);
  g_autofree char *code = cli_site_add_code (site);
  cli_expect (0, "enrolled", "posactl", "--data", site->device, "enrol", "--portal", site->url,
              "--code", code, "--ca", site->ca, NULL);
}

/* Another portal answers at our portal's address: nothing goes to it. */
static void
test_portal_with_foreign_certificate (void)
{
  g_autoptr (CliSite) site = cli_site_new ();
  g_autofree char *other = g_build_filename (site->folder, "other", NULL);

  cli_site_stop_portal (site);
  cli_site_start_portal (site, other);
  cli_expect (1, "This is not our portal", "posactl", "--data", site->device, "sync", NULL);
  cli_site_stop_portal (site);
  cli_expect (1, "Nothing is lost", "posactl", "--data", site->device, "sync", NULL);
  cli_site_start_portal (site, site->portal);
  cli_expect (0, "", "posactl", "--data", site->device, "sync", NULL);
}

static void
test_truncated_lot (void)
{
  g_autoptr (CliSite) site = cli_site_new_bare ();
  g_autofree char *text = NULL;
  g_autofree char *path = g_build_filename (site->folder, "cut.json", NULL);

  g_assert_true (g_file_get_contents (site->lot, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (path, text, (gssize) strlen (text) / 2, NULL));
  cli_expect (1, "cut.json", "posa-portal", "--data", site->portal, "admin", "import-orders", path,
              NULL);
}

/* A damaged database is reported and left as it is. */
static void
test_damaged_database (void)
{
  g_autoptr (CliSite) site = cli_site_new ();
  g_autofree char *path = g_build_filename (site->device, "posa.db", NULL);
  static const char garbage[] = "this was a database once, and it is none any more";
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (path, garbage, -1, NULL));
  cli_expect (1, "posa.db", "posactl", "--data", site->device, "order", "list", NULL);
  cli_expect (1, "Do not delete anything", "posactl", "--data", site->device, "order", "list",
              NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, garbage);
}

static void
test_wrong_key (void)
{
  g_autoptr (CliSite) site = cli_site_new ();
  g_autofree char *serial = cli_site_lot (site, "\"serial=\" + .stock[0].serial");
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("2g", "--no-pace", "--set", serial, "--set",
                                                     "ek=00112233445566778899AABBCCDDEEFF", "--set",
                                                     "ak=FFEEDDCCBBAA99887766554433221100", NULL);

  cli_expect (1, "call the office", "posactl", "--data", site->device, "meter", "commission",
              "--port", posa_test_sim_get_port (sim), "--order", "W-000001", NULL);
}

static void
test_commission (void)
{
  g_autoptr (CliSite) site = cli_site_new ();
  g_autoptr (PosaTestSim) sim = cli_site_new_meter (site);

  cli_expect (0, "3300", "posactl", "--data", site->device, "meter", "commission", "--port",
              posa_test_sim_get_port (sim), "--order", "W-000001", NULL);
}

/* The neighbour's meter: the work stops before anything is changed. */
static void
test_wrong_meter (void)
{
  g_autoptr (CliSite) site = cli_site_new ();
  g_autoptr (PosaTestSim) sim =
      posa_test_sim_start ("1g", "--kind", "m1", "--no-pace", "--set", "serial=049999999", NULL);

  cli_expect (1, "049999999", "posactl", "--data", site->device, "replace", "W-000001", "--yes",
              "--old-port", posa_test_sim_get_port (sim), NULL);
}

static void
test_life_support (void)
{
  g_autoptr (CliSite) site = cli_site_new ();

  cli_expect (1, "Life-support equipment", "posactl", "--data", site->device, "replace", "W-000005",
              "--yes", "--old-port", "/dev/posa-none", NULL);
}

static void
test_order_list (void)
{
  g_autoptr (CliSite) site = cli_site_new ();

  cli_expect (0, "Viale Regina Margherita 8/A, Anagni", "posactl", "--data", site->device, "order",
              "list", NULL);
  cli_expect (0, "IT001E70100000", "posactl", "--data", site->device, "order", "show", "W-000001",
              NULL);
  cli_expect (0, "22G0500100", "posactl", "--data", site->device, "stock", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/posactl/usage", test_usage);
  g_test_add_func ("/posactl/port/missing", test_port_that_does_not_exist);
  g_test_add_func ("/posactl/port/garbage", test_port_that_answers_garbage);
  g_test_add_func ("/posactl/port/silent", test_port_that_is_silent);
  g_test_add_func ("/posactl/port/busy", test_port_that_is_busy);
  g_test_add_func ("/posactl/read/json", test_read_as_json);
  g_test_add_func ("/posactl/not-enrolled", test_without_enrolment);
  g_test_add_func ("/posactl/order/unknown", test_unknown_order);
  g_test_add_func ("/posactl/order/list", test_order_list);
  g_test_add_func ("/posactl/enrol/code", test_wrong_code);
  g_test_add_func ("/posactl/sync/foreign", test_portal_with_foreign_certificate);
  g_test_add_func ("/posactl/lot/truncated", test_truncated_lot);
  g_test_add_func ("/posactl/database/damaged", test_damaged_database);
  g_test_add_func ("/posactl/commission/key", test_wrong_key);
  g_test_add_func ("/posactl/commission/done", test_commission);
  g_test_add_func ("/posactl/replace/wrong-meter", test_wrong_meter);
  g_test_add_func ("/posactl/replace/life-support", test_life_support);
  return g_test_run ();
}
