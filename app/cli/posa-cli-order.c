/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"

#include "base/posa-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/* Prints the named text properties of every row of @list, columns as wide as their widest cell. */
static void
print_table (GListModel *list, const char *const *names, const char *const *titles, guint n_columns)
{
  g_autofree glong *widths = g_new0 (glong, n_columns);
  guint n_rows = g_list_model_get_n_items (list);

  for (guint c = 0; c < n_columns; c++)
    widths[c] = g_utf8_strlen (_ (titles[c]), -1);
  for (guint r = 0; r < n_rows; r++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (list, r);
      for (guint c = 0; c < n_columns; c++)
        widths[c] = MAX (widths[c], g_utf8_strlen (posa_item_get_text (row, names[c]), -1));
    }
  for (guint r = 0; r <= n_rows; r++)
    {
      g_autoptr (GObject) row = r > 0 ? g_list_model_get_item (list, r - 1) : NULL;
      for (guint c = 0; c < n_columns; c++)
        {
          const char *cell = row != NULL ? posa_item_get_text (row, names[c]) : _ (titles[c]);
          int padding = c + 1 < n_columns ? (int) (widths[c] - g_utf8_strlen (cell, -1)) + 2 : 0;
          printf ("%s%*s", cell, padding, "");
        }
      putchar ('\n');
    }
}

static int
list_orders (PosaCli *cli)
{
  static const char *const names[] = { "id",      "date", "window",    "state-label",
                                       "address", "kind", "old-serial" };
  static const char *const titles[] = { N_ ("Order"),   N_ ("Day"),  N_ ("Band"), N_ ("State"),
                                        N_ ("Address"), N_ ("Kind"), N_ ("Meter") };
  g_autoptr (PosaWorkspace) workspace = posa_cli_open_workspace (cli);

  if (workspace == NULL)
    return 1;
  print_table (posa_workspace_get_orders (workspace), names, titles, G_N_ELEMENTS (names));
  return 0;
}

static void
print_flag (PosaOrderItem *order, const char *property, const char *sentence)
{
  gboolean flag;

  g_object_get (order, property, &flag, NULL);
  if (flag)
    printf ("! %s\n", sentence);
}

static int
show_order (PosaCli *cli, const char *id)
{
  static const struct
  {
    const char *label;
    const char *name;
  } lines[] = {
    { N_ ("Order"), "id" },        { N_ ("State"), "state-label" }, { N_ ("POD"), "pod" },
    { N_ ("Address"), "address" }, { N_ ("Note"), "note" },         { N_ ("Day"), "date" },
    { N_ ("Band"), "window" },     { N_ ("Meter"), "old-serial" },  { N_ ("Kind"), "kind" },
    { N_ ("Power"), "power" },
  };
  g_autoptr (PosaWorkspace) workspace = posa_cli_open_workspace (cli);

  if (workspace == NULL)
    return 1;
  PosaOrderItem *order = posa_workspace_find_order (workspace, id);
  if (order == NULL)
    {
      g_autoptr (GError) error =
          g_error_new (POSA_ERROR, POSA_ERROR_NOT_FOUND, _ ("no order %s on this device"), id);
      return posa_cli_fail (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      const char *label = _ (lines[i].label);
      printf ("%s%*s%s\n", label, MAX (1, 14 - (int) g_utf8_strlen (label, -1)), "",
              posa_item_get_text (order, lines[i].name));
    }
  print_flag (order, "presence-needed", _ ("The customer has to be present."));
  print_flag (order, "life-support", _ ("Life-support equipment: do not switch off."));
  return 0;
}

int
posa_cli_order (PosaCli *cli, int argc, char **argv)
{
  int status;

  if (argc == 3 && g_str_equal (argv[1], "show"))
    return show_order (cli, argv[2]);
  if (!posa_cli_parse (_ ("list | show ORDER"),
                       _ ("Lists the work orders of this crew, or shows one."), NULL, &argc, &argv,
                       1, &status))
    return status;
  if (g_str_equal (argv[1], "list"))
    return list_orders (cli);
  fprintf (stderr, _ ("posactl order: \"%s\" is neither list nor show\n"), argv[1]);
  return 2;
}

int
posa_cli_stock (PosaCli *cli, int argc, char **argv)
{
  static const char *const names[] = { "serial", "kind", "state-label" };
  static const char *const titles[] = { N_ ("Serial"), N_ ("Kind"), N_ ("State") };
  int status;

  if (!posa_cli_parse (NULL, _ ("Shows the meters in this crew's custody."), NULL, &argc, &argv, 0,
                       &status))
    return status;
  g_autoptr (PosaWorkspace) workspace = posa_cli_open_workspace (cli);
  if (workspace == NULL)
    return 1;
  print_table (posa_workspace_get_stock (workspace), names, titles, G_N_ELEMENTS (names));
  return 0;
}
