/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "base/posa-worker.h"
#include "model/posa-workspace.h"

G_BEGIN_DECLS

/* One run of posactl. Exit status: 0 done, 1 failed, 2 called wrongly. */
typedef struct
{
  char *folder;   /* data folder of --data, or the default */
  gboolean quiet; /* no progress on stderr */
} PosaCli;

/* A command group gets the arguments from its own name on (argv[0] is the group's name). */
typedef struct
{
  const char *name;
  const char *summary; /* one line for --help, N_() */
  int (*run) (PosaCli *cli, int argc, char **argv);
} PosaCliCommand;

int posa_cli_meter (PosaCli *cli, int argc, char **argv);  /* meter read|profile|… */
int posa_cli_report (PosaCli *cli, int argc, char **argv); /* report verify|export */
int posa_cli_enrol (PosaCli *cli, int argc, char **argv);
int posa_cli_sync (PosaCli *cli, int argc, char **argv);
int posa_cli_port (PosaCli *cli, int argc, char **argv);
int posa_cli_outbox (PosaCli *cli, int argc, char **argv);
int posa_cli_order (PosaCli *cli, int argc, char **argv); /* order list|show */
int posa_cli_stock (PosaCli *cli, int argc, char **argv);
int posa_cli_plan (PosaCli *cli, int argc, char **argv);    /* plan months|graph */
int posa_cli_profile (PosaCli *cli, int argc, char **argv); /* profile check */
int
posa_cli_replace (PosaCli *cli, int argc, char **argv); /* the guided replacement in a terminal */

/* In the place of a number of arguments: one or more. */
#define POSA_CLI_SOME (-1)

/* Parses options of a command; on a fault prints it with the way to the help and returns FALSE.
 * @entries as for GOptionContext; non-options left in argv are counted against @n_arguments. */
gboolean posa_cli_parse (const char *parameters,
                         const char *summary,
                         const GOptionEntry *entries,
                         int *argc,
                         char ***argv,
                         int n_arguments,
                         int *exit_status);
/* Opens the workspace of the data folder; NULL after having printed the error. */
PosaWorkspace *posa_cli_open_workspace (PosaCli *cli);
/* Runs a blocking piece of work in a worker thread, shows its steps on stderr when that is a
 * terminal (or each step as a line otherwise unless quiet), and cancels it on SIGINT and SIGTERM.
 */
gpointer
posa_cli_run (PosaCli *cli, const char *title, PosaWork work, gpointer data, GError **error);
/* Prints "posactl: WHAT" and the advice on stderr; returns the exit status. */
int posa_cli_fail (const GError *error);
int posa_cli_fail_with (const GError *error, const char *advice);

G_END_DECLS
