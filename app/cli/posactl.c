/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "base/posa-log.h"
#include "cli/posa-cli.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

static const PosaCliCommand commands[] = {
  { "meter", N_ ("read or commission a meter through an optical head"), posa_cli_meter },
  { "report", N_ ("verify or export a replacement report"), posa_cli_report },
  { "enrol", N_ ("enrol this device at a portal"), posa_cli_enrol },
  { "sync", N_ ("fetch orders, deliver reports"), posa_cli_sync },
  { "outbox", N_ ("show what waits for a receipt"), posa_cli_outbox },
  { "order", N_ ("list or show work orders"), posa_cli_order },
  { "stock", N_ ("show the meters of this van"), posa_cli_stock },
  { "port", N_ ("show and choose the optical heads"), posa_cli_port },
  { "plan", N_ ("plan a lot"), posa_cli_plan },
  { "profile", N_ ("check profiles of meters"), posa_cli_profile },
  { "replace", N_ ("do one replacement, step by step"), posa_cli_replace },
};

static void
print_help (FILE *out)
{
  fputs (_ ("Usage: posactl [--data FOLDER] [--quiet] COMMAND …\n\nCommands:\n"), out);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (out, "  %-9s %s\n", commands[i].name, _ (commands[i].summary));
  fputs (_ ("\nOptions:\n"
            "  --data FOLDER  data of this device (default: $POSA_HOME or the user's data folder)\n"
            "  --quiet        no progress on the error output\n"
            "  --version      print the version\n\n"
            "\"posactl COMMAND --help\" tells more. Exit status: 0 done, 1 failed, 2 called "
            "wrongly.\n"),
         out);
}

/* Reads the options before the command; returns the index of the command, 0 when there is none. */
static int
parse_global (PosaCli *cli, int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      if (g_str_equal (argv[i], "--quiet"))
        cli->quiet = TRUE;
      else if (g_str_equal (argv[i], "--data") && i + 1 < argc)
        g_set_str (&cli->folder, argv[++i]);
      else if (argv[i][0] != '-')
        return i;
      else
        return 0;
    }
  return 0;
}

static int
run_command (PosaCli *cli, int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[0], commands[i].name))
      return commands[i].run (cli, argc, argv);
  fprintf (stderr, _ ("posactl: no command \"%s\"\n"), argv[0]);
  print_help (stderr);
  return 2;
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = posa_workspace_default_folder ();
  PosaCli cli = { .folder = g_steal_pointer (&folder) };

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("POSA_LOCALEDIR") != NULL ? g_getenv ("POSA_LOCALEDIR")
                                                                       : POSA_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  posa_log_init ();
  g_set_prgname ("posactl");

  int status = 0;
  int at = parse_global (&cli, argc, argv);
  if (at > 0)
    status = run_command (&cli, argc - at, argv + at);
  else if (argc == 2 && g_str_equal (argv[1], "--version"))
    printf ("posactl %s\n", POSA_VERSION);
  else
    {
      gboolean asked = argc == 2 &&
                       (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"));
      print_help (asked ? stdout : stderr);
      status = asked ? 0 : 2;
    }
  g_free (cli.folder);
  return status;
}
