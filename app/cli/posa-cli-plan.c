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

static const PosaCliCommand commands[] = {
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
