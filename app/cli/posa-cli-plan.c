/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"

#include "base/posa-file.h"
#include "model/posa-plan-tool.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#define OUT_MODE 0644

static gpointer
graph_work (gpointer data, PosaOperation *operation, GError **error)
{
  return posa_plan_tool_make_graph (data, operation, error);
}

static gboolean
put_graph (const PosaPlanGraph *graph, const char *out, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (graph->text, &size);

  if (out == NULL)
    return size == 0 || fwrite (text, 1, size, stdout) == size;
  if (!posa_file_write (out, graph->text, OUT_MODE, error))
    return FALSE;
  printf (_ ("%d points at %d civics of %d streets\n"), graph->n_pods, graph->n_sites,
          graph->n_streets);
  printf (_ ("%d pairs of neighbours, %d of them links between clusters\n"), graph->n_edges,
          graph->n_links);
  return TRUE;
}

static int
plan_graph (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *out = NULL;
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, N_ ("Write the pairs here"), N_ ("FILE") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_parse (_ ("FOLDER"),
                       _ ("Says which civics of a lot are next to each other: pairs of their "
                          "numbers in the order of municipality, street and civic."),
                       entries, &argc, &argv, 1, &status))
    return status;
  g_autoptr (PosaPlanGraph)
      graph = posa_cli_run (cli, _ ("Neighbourhood"), graph_work, argv[1], &error);
  if (graph == NULL || !put_graph (graph, out, &error))
    return error != NULL ? posa_cli_fail (error) : 1;
  return 0;
}

typedef struct
{
  const char *folder;
  guint64 seed;
} MonthsJob;

static gpointer
months_work (gpointer data, PosaOperation *operation, GError **error)
{
  const MonthsJob *job = data;

  return posa_plan_tool_make_months (job->folder, job->seed, operation, error);
}

static void
print_months (const PosaPlanMonths *months)
{
  int width = 0;

  for (guint i = 0; i < months->criteria->len; i++)
    {
      const PosaPlanCriterion *criterion = g_ptr_array_index (months->criteria, i);
      int length = (int) g_utf8_strlen (criterion->label, -1);

      width = MAX (width, length);
    }
  for (guint i = 0; i < months->criteria->len; i++)
    {
      const PosaPlanCriterion *criterion = g_ptr_array_index (months->criteria, i);
      int padding = width - (int) g_utf8_strlen (criterion->label, -1);

      printf ("%s%*s  %s\n", criterion->label, padding, "", criterion->text);
    }
  for (guint i = 0; months->notes[i] != NULL; i++)
    printf ("%s\n", months->notes[i]);
}

static int
plan_months (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *out = NULL;
  gint64 seed = 1;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, N_ ("Write the plan here (plan.csv)"),
      N_ ("FILE") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed,
      N_ ("Another number gives another plan, the same the same one (default 1)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print for machines"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_parse (_ ("FOLDER"),
                       _ ("Gives every point of a lot its month: even loads, each in one piece and "
                          "within the seasons, months in a row next to each other. Prints what "
                          "the plan is worth."),
                       entries, &argc, &argv, 1, &status))
    return status;
  if (out == NULL)
    {
      fputs (_ ("posactl plan months: --out is missing\n"), stderr);
      return 2;
    }
  MonthsJob job = { argv[1], (guint64) seed };
  g_autoptr (PosaPlanMonths) months = posa_cli_run (cli, _ ("Months"), months_work, &job, &error);
  if (months == NULL || !posa_file_write (out, months->plan, OUT_MODE, &error))
    return posa_cli_fail (error);
  if (json)
    printf ("%s\n", months->json);
  else
    print_months (months);
  return 0;
}

static const PosaCliCommand commands[] = {
  { "months", N_ ("give every point its month"), plan_months },
  { "graph", N_ ("write which civics are next to each other"), plan_graph },
};

static int
print_usage (FILE *file)
{
  fputs (_ ("Usage: posactl plan COMMAND FOLDER …\n\nCommands:\n"), file);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-9s %s\n", commands[i].name, _ (commands[i].summary));
  return file == stdout ? 0 : 2;
}

int
posa_cli_plan (PosaCli *cli, int argc, char **argv)
{
  for (guint i = 0; argc >= 2 && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      return commands[i].run (cli, argc - 1, argv + 1);
  return print_usage (argc == 2 && g_str_equal (argv[1], "--help") ? stdout : stderr);
}
