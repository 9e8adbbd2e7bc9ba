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

/* The numbers for people and for machines; the file only when there is a plan. */
static void
test_months (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_CITY, 400, 1);
  g_autofree char *lot = plan_town_make_lot (1, "lot.months=4\nservice.minutes_1=2000");
  g_autofree char *good = plan_town_make_lot (1, "lot.months=4");
  char *folder = plan_town_write (good, rows);
  g_autofree char *out = g_build_filename (folder, "plan.csv", NULL);
  g_autofree char *again = g_build_filename (folder, "again.csv", NULL);
  g_autofree char *a = NULL, *b = NULL;

  cli_expect (2, "--out is missing", "posactl", "plan", "months", folder, NULL);
  cli_expect (0, "4 of 4", "posactl", "plan", "months", folder, "--out", out, NULL);
  cli_expect (0, "\"months_connected\":4", "posactl", "plan", "months", folder, "--out", again,
              "--seed", "1", "--json", NULL);
  g_assert_true (g_file_get_contents (out, &a, NULL, NULL));
  g_assert_true (g_file_get_contents (again, &b, NULL, NULL));
  g_assert_cmpstr (a, ==, b);
  g_assert_true (g_str_has_prefix (a, "pod,month,date,crew,seq,start,band,notice\n"));
  plan_town_remove (folder);
  cli_expect (1, "[service] minutes_1", "posactl", "plan", "months",
              folder = plan_town_write (lot, rows), "--out", out, NULL);
  plan_town_remove (folder);
}

/* Too much work, and seasons that leave no choice, are said; so is a month without a workday. */
static void
test_notes (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_CITY, 400, 1);
  g_autofree char *busy = plan_town_make_lot (1, "lot.months=2\nservice.minutes_1=400");
  g_autofree char *idle = plan_town_make_lot (1, "lot.months=1\nwork.weekdays=5\nwork.holidays="
                                                 "2027-01-01;2027-01-08;2027-01-15;2027-01-22;"
                                                 "2027-01-29");
  char *folder = plan_town_write (busy, rows), *results = plan_town_write_text (NULL, NULL);
  g_autofree char *out = g_build_filename (results, "plan.csv", NULL);
  g_autofree char *none = g_build_filename (results, "none.csv", NULL);

  cli_expect (0, "too many. Add a crew", "posactl", "plan", "months", folder, "--out", out, NULL);
  plan_town_remove (folder);
  for (guint i = 0; i < rows->len; i++)
    g_strlcpy (strrchr (rows->pdata[i], ',') + 1, "100000000000", 13);
  folder = plan_town_write (busy, rows);
  cli_expect (0, "most with the season 100000000000, are bound to 1 months", "posactl", "plan",
              "months", folder, "--out", out, NULL);
  plan_town_remove (folder);
  folder = plan_town_write (idle, rows);
  cli_expect (1, "2027-01: no workday in this month", "posactl", "plan", "months", folder, "--out",
              none, NULL);
  g_assert_false (g_file_test (none, G_FILE_TEST_EXISTS));
  plan_town_remove (folder);
  plan_town_remove (results);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/posactl/plan/usage", test_usage);
  g_test_add_func ("/posactl/plan/graph", test_graph);
  g_test_add_func ("/posactl/plan/faults", test_faults);
  g_test_add_func ("/posactl/plan/months", test_months);
  g_test_add_func ("/posactl/plan/notes", test_notes);
  return g_test_run ();
}
