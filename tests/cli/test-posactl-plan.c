/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* posactl plan: what it prints, what it leaves behind, how it ends. */

#include "cli-rig.h"
#include "plan-town.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_usage (void)
{
  cli_expect (0, "graph", "posactl", "plan", "--help", NULL);
  cli_expect (2, "Usage: posactl plan", "posactl", "plan", NULL);
  cli_expect (2, "Usage: posactl plan", "posactl", "plan", "dig", NULL);
  cli_expect (2, "0 arguments given, 1 needed", "posactl", "plan", "graph", NULL);
}

/* The same pairs on the output and in a file. */
static void
test_graph (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_COAST, 500, 1);
  g_autofree char *lot = plan_town_make_lot (1, NULL);
  char *folder = plan_town_write (lot, rows);
  g_autofree char *out = g_build_filename (folder, "graph", NULL);
  g_autofree char *text = NULL;
  g_autoptr (CliRun) run = cli_run ("posactl", "--quiet", "plan", "graph", folder, NULL);

  g_assert_cmpint (run->status, ==, 0);
  g_assert_true (g_str_has_prefix (run->out, "0 1\n"));
  g_assert_cmpstr (run->err, ==, "");
  cli_expect (0, "pairs of neighbours", "posactl", "plan", "graph", "--out", out, folder, NULL);
  g_assert_true (g_file_get_contents (out, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, run->out);
  plan_town_remove (folder);
}

static void
test_faults (void)
{
  g_autofree char *lot = plan_town_make_lot (1, NULL);
  char *folder = plan_town_write_text (lot, "pod,comune\n");
  g_autofree char *out = g_build_filename (folder, "graph", NULL);

  cli_expect (1, "points.csv:1: no column \"street\"", "posactl", "plan", "graph", "--out", out,
              folder, NULL);
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  plan_town_remove (folder);
  cli_expect (1, "lot.ini", "posactl", "plan", "graph", "no-such-folder", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/posactl/plan/usage", test_usage);
  g_test_add_func ("/posactl/plan/graph", test_graph);
  g_test_add_func ("/posactl/plan/faults", test_faults);
  return g_test_run ();
}
