/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"

#include "base/posa-error.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

gboolean
posa_cli_parse (const char *parameters,
                const char *summary,
                const GOptionEntry *entries,
                int *argc,
                char ***argv,
                int n_arguments,
                int *exit_status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    fprintf (stderr, "posactl %s: %s\n", (*argv)[0], error->message);
  else if (n_arguments == POSA_CLI_SOME && *argc < 2)
    fprintf (stderr, _ ("posactl %s: no argument given\n"), (*argv)[0]);
  else if (n_arguments != POSA_CLI_SOME && *argc - 1 != n_arguments)
    fprintf (stderr, _ ("posactl %s: %d arguments given, %d needed\n"), (*argv)[0], *argc - 1,
             n_arguments);
  else
    return TRUE;
  fprintf (stderr, _ ("See \"posactl %s --help\".\n"), (*argv)[0]);
  *exit_status = 2;
  return FALSE;
}

int
posa_cli_fail_with (const GError *error, const char *advice)
{
  fprintf (stderr, "posactl: %s\n  %s\n", error->message, advice);
  return error->domain == POSA_ERROR && error->code == POSA_ERROR_USAGE ? 2 : 1;
}

int
posa_cli_fail (const GError *error)
{
  return posa_cli_fail_with (error, posa_error_get_advice (error));
}

PosaWorkspace *
posa_cli_open_workspace (PosaCli *cli)
{
  g_autoptr (GError) error = NULL;
  PosaWorkspace *workspace = posa_workspace_open (cli->folder, &error);

  if (workspace == NULL)
    posa_cli_fail (error);
  return workspace;
}

typedef struct
{
  GMainLoop *loop;
  PosaOperation *operation;
  gpointer result;
  GError *error;
  char *shown;
} Run;

static gboolean
interrupted_cb (gpointer data)
{
  posa_operation_cancel (data);
  return G_SOURCE_CONTINUE;
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;

  run->result = posa_worker_finish (POSA_WORKER (source), result, &run->error);
  g_main_loop_quit (run->loop);
}

/* A log has each step once, not each tenth of it. */
static void
show_line (Run *run, const char *step)
{
  if (g_strcmp0 (run->shown, step) != 0)
    fprintf (stderr, "%s\n", step);
  g_set_str (&run->shown, step);
}

static void
show_step_cb (PosaOperation *operation, GParamSpec *pspec, gpointer data)
{
  double fraction = posa_operation_get_fraction (operation);
  const char *step = posa_operation_get_step (operation);

  if (!isatty (STDERR_FILENO))
    show_line (data, step);
  else if (fraction >= 0)
    fprintf (stderr, "\r\033[K[%3.0f %%] %s", fraction * 100, step);
  else
    fprintf (stderr, "\r\033[K%s", step);
}

gpointer
posa_cli_run (PosaCli *cli, const char *title, PosaWork work, gpointer data, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (PosaWorker) worker = posa_worker_new ("work");
  g_autoptr (PosaOperation) operation = posa_operation_new (title);
  Run run = { .loop = loop, .operation = operation };
  guint sources[] = { g_unix_signal_add (SIGINT, interrupted_cb, operation),
                      g_unix_signal_add (SIGTERM, interrupted_cb, operation) };

  if (!cli->quiet)
    g_signal_connect (operation, "notify::step", G_CALLBACK (show_step_cb), &run);
  posa_worker_push (worker, operation, work, data, NULL, NULL, finished_cb, &run);
  g_main_loop_run (loop);
  /* The program must not end while the thread still gives back what its libraries keep for it. */
  posa_worker_stop (worker);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  if (!cli->quiet && isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  g_free (run.shown);
  if (run.error != NULL)
    g_propagate_error (error, run.error);
  return run.result;
}
