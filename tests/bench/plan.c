/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What planning the months of a made town costs, and what the plan is worth, by size. A table, and
 * as the last line one JSON object; with --json that line alone; with numbers of points those
 * sizes. The memory is the most that the program had until then. */

#include "plan-town.h"
#include "plan/posa-month-facts.h"
#include "plan/posa-month-plan.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <sys/resource.h>

typedef struct
{
  const char *town;
  gint32 n_pods, n_sites;
  double read_s, graph_s, plan_s;
  glong memory_mb;
  PosaMonthFacts facts;
} Row;

static double
take_seconds (gint64 *since)
{
  gint64 now = g_get_monotonic_time (), before = *since;

  *since = now;
  return (double) (now - before) / G_USEC_PER_SEC;
}

static glong
get_memory (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

static char *
write_town (PlanTownKind kind, guint n_pods)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (kind, n_pods, 1);
  g_autofree char *lot = plan_town_make_lot (MAX (1, n_pods / 10000), NULL);

  return plan_town_write (lot, rows);
}

static Row
measure (PlanTownKind kind, guint n_pods)
{
  char *folder = write_town (kind, n_pods);
  g_autofree char *lot_path = g_build_filename (folder, "lot.ini", NULL);
  g_autofree char *points_path = g_build_filename (folder, "points.csv", NULL);
  Row row = { .town = plan_town_get_name (kind) };
  gint64 since = g_get_monotonic_time ();

  g_autoptr (PosaLot) lot = posa_lot_load (lot_path, NULL);
  g_autoptr (PosaLotPoints) points = posa_lot_points_load (points_path, NULL, NULL);
  row.read_s = take_seconds (&since);
  g_autoptr (PosaSiteGraph) graph = posa_site_graph_new (points, lot, NULL, NULL);
  row.graph_s = take_seconds (&since);
  g_autoptr (PosaMonthPlan) plan = posa_month_plan_new (points, lot, graph, 1, NULL, NULL);
  row.plan_s = take_seconds (&since);
  row.memory_mb = get_memory ();
  row.n_pods = points->n_pods;
  row.n_sites = points->n_sites;
  posa_month_facts_count (&row.facts, points, lot, graph, plan->month);
  plan_town_remove (folder);
  return row;
}

static void
print_row (const Row *row)
{
  printf ("%-9s %8d %8d %6.2f %6.2f %7.2f %6ld %7.3f %6u %6u %6d\n", row->town, row->n_pods,
          row->n_sites, row->read_s, row->graph_s, row->plan_s, row->memory_mb,
          100 * row->facts.deviation, row->facts.n_connected, row->facts.n_consecutive,
          row->facts.n_misplaced);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_row (JsonBuilder *builder, const Row *row)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "town");
  json_builder_add_string_value (builder, row->town);
  add_number (builder, "points", row->n_pods);
  add_number (builder, "sites", row->n_sites);
  add_number (builder, "read_s", row->read_s);
  add_number (builder, "graph_s", row->graph_s);
  add_number (builder, "plan_s", row->plan_s);
  add_number (builder, "memory_mb", (double) row->memory_mb);
  add_number (builder, "volume_dev_max_pct", 100 * row->facts.deviation);
  add_number (builder, "months_connected", row->facts.n_connected);
  add_number (builder, "consecutive_adjacent", row->facts.n_consecutive);
  add_number (builder, "seasonal_violations", row->facts.n_misplaced);
  json_builder_end_object (builder);
}

/* How the time grows from the first size to the last. */
static void
print_growth (const GArray *rows)
{
  const Row *first = &g_array_index (rows, Row, 0);
  const Row *last = &g_array_index (rows, Row, rows->len - 1);

  if (rows->len < 2 || first->n_pods == last->n_pods)
    return;
  printf ("%.0f times the points take %.1f times as long\n", (double) last->n_pods / first->n_pods,
          (last->read_s + last->graph_s + last->plan_s) /
              (first->read_s + first->graph_s + first->plan_s));
}

int
main (int argc, char **argv)
{
  guint sizes[16] = { 5000, 24000, 200000 }, n_sizes = 0;
  gboolean json = FALSE;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], "--json"))
      json = TRUE;
    else if (n_sizes < G_N_ELEMENTS (sizes))
      sizes[n_sizes++] = (guint) MAX (24, g_ascii_strtoull (argv[i], NULL, 10));
  n_sizes = n_sizes > 0 ? n_sizes : 3;
  if (!json)
    printf ("%-9s %8s %8s %6s %6s %7s %6s %7s %6s %6s %6s\n", "town", "points", "sites", "read s",
            "graph", "plan", "MB", "dev %", "conn.", "row", "season");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_sizes; i++)
    for (int kind = PLAN_TOWN_CITY; kind <= PLAN_TOWN_COAST; kind++)
      {
        Row row = measure (kind, sizes[i]);

        if (!json)
          print_row (&row);
        add_row (builder, &row);
        g_array_append_val (rows, row);
      }
  json_builder_end_array (builder);
  if (!json)
    print_growth (rows);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);
  printf ("%s\n", text);
  return 0;
}
