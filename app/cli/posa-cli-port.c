/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

static void
print_ports (PosaWorkspace *workspace)
{
  g_auto (GStrv) present = posa_workspace_list_ports ();
  const char *old_port = posa_workspace_get_old_port (workspace);
  const char *new_port = posa_workspace_get_new_port (workspace);

  printf ("%s %s\n", _ ("old meter:"), old_port[0] != '\0' ? old_port : _ ("not chosen"));
  printf ("%s %s\n", _ ("new meter:"), new_port[0] != '\0' ? new_port : _ ("the same head"));
  for (guint i = 0; present[i] != NULL; i++)
    printf ("%s %s\n", _ ("present:  "), present[i]);
}

int
posa_cli_port (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *old_port = NULL;
  g_autofree char *new_port = NULL;
  const GOptionEntry entries[] = { { "old", 0, 0, G_OPTION_ARG_FILENAME, &old_port,
                                     N_ ("optical head at the old meter"), N_ ("PATH") },
                                   { "new", 0, 0, G_OPTION_ARG_FILENAME, &new_port,
                                     N_ ("optical head at the new meter"), N_ ("PATH") },
                                   { NULL } };
  int status;

  if (!posa_cli_parse (
          NULL, _ ("Shows the serial devices, and chooses the optical heads of this device."),
          entries, &argc, &argv, 0, &status))
    return status;
  g_autoptr (PosaWorkspace) workspace = posa_cli_open_workspace (cli);
  if (workspace == NULL)
    return 1;
  if (old_port != NULL)
    posa_workspace_set_old_port (workspace, old_port);
  if (new_port != NULL)
    posa_workspace_set_new_port (workspace, new_port);
  print_ports (workspace);
  return 0;
}
