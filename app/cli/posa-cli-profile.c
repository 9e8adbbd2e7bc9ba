/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"

#include "model/posa-profile-tool.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#define LABEL_WIDTH 18

static void
print_check (const PosaProfileCheck *check)
{
  printf ("%s: %s\n", check->path, check->fault == NULL ? _ ("good") : _ ("not usable"));
  if (check->fault != NULL)
    printf ("  %s\n  %s\n", check->fault, check->remedy);
  for (guint i = 0; check->fault == NULL && check->labels[i] != NULL; i++)
    {
      int padding = LABEL_WIDTH - (int) g_utf8_strlen (check->labels[i], -1);

      printf ("  %s%*s %s\n", check->labels[i], MAX (0, padding), "", check->facts[i]);
    }
}

static int
profile_check (PosaCli *cli, int argc, char **argv)
{
  int status = 0;

  if (!posa_cli_parse (_ ("FILE…"),
                       _ ("Loads profiles of meters and says what they mean, or what is wrong "
                          "with them. Ends with 1 when one of them is not usable."),
                       NULL, &argc, &argv, POSA_CLI_SOME, &status))
    return status;
  g_autoptr (GPtrArray) checks = posa_profile_tool_check ((const char *const *) argv + 1);
  for (guint i = 0; i < checks->len; i++)
    {
      const PosaProfileCheck *check = g_ptr_array_index (checks, i);

      print_check (check);
      status |= check->fault != NULL;
    }
  return status;
}

int
posa_cli_profile (PosaCli *cli, int argc, char **argv)
{
  if (argc >= 2 && g_str_equal (argv[1], "check"))
    return profile_check (cli, argc - 1, argv + 1);
  gboolean asked = argc == 2 && g_str_equal (argv[1], "--help");
  fprintf (asked ? stdout : stderr, _ ("Usage: posactl profile check FILE…\n"));
  return asked ? 0 : 2;
}
