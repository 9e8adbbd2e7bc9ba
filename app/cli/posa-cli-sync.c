/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"
#include "model/posa-sync-tool.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

/* What a job needs; strings borrowed from the command. */
typedef struct
{
  const char *folder, *portal, *code, *ca, *fingerprint;
} Request;

static gpointer
run_enrol (gpointer data, PosaOperation *operation, GError **error)
{
  const Request *request = data;

  return GINT_TO_POINTER (posa_sync_tool_enrol (request->folder, request->portal, request->code,
                                                request->ca, request->fingerprint, operation,
                                                error));
}

static gpointer
run_sync (gpointer data, PosaOperation *operation, GError **error)
{
  const Request *request = data;

  return posa_sync_tool_run (request->folder, POSA_SYNC_EVERYTHING, operation, error);
}

int
posa_cli_enrol (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *portal = NULL, *code = NULL, *ca = NULL, *fingerprint = NULL;
  const GOptionEntry entries[] = {
    { "portal", 0, 0, G_OPTION_ARG_STRING, &portal, N_ ("Address of the portal"),
      "https://HOST:PORT" },
    { "code", 0, 0, G_OPTION_ARG_STRING, &code, N_ ("One-time code from the office"), "CODE" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca, N_ ("Certificate of the portal's authority"),
      "FILE" },
    { "fingerprint", 0, 0, G_OPTION_ARG_STRING, &fingerprint,
      N_ ("SHA-256 of that certificate, instead of the file"), "HEX" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GError) error = NULL;
  int status;

  if (!posa_cli_parse (NULL, _ ("Makes this device known to the portal and fetches its keys."),
                       entries, &argc, &argv, 0, &status))
    return status;
  if (portal == NULL || code == NULL || (ca == NULL) == (fingerprint == NULL))
    {
      fputs (_ ("posactl enrol: --portal, --code and one of --ca and --fingerprint are needed\n"),
             stderr);
      return 2;
    }
  Request request = { cli->folder, portal, code, ca, fingerprint };
  if (posa_cli_run (cli, _ ("Enrolment"), run_enrol, &request, &error) == NULL)
    return posa_cli_fail (error);
  g_autoptr (PosaWorkspace) workspace = posa_cli_open_workspace (cli);
  if (workspace == NULL)
    return 1;
  printf (_ ("enrolled as %s, crew %s\n"), posa_workspace_get_device_id (workspace),
          posa_workspace_get_crew_id (workspace));
  return 0;
}

int
posa_cli_sync (PosaCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Request request = { .folder = cli->folder };
  int status;

  if (!posa_cli_parse (NULL, _ ("Receives orders and meters, delivers reports."), NULL, &argc,
                       &argv, 0, &status))
    return status;
  g_autofree char *summary = posa_cli_run (cli, _ ("Synchronisation"), run_sync, &request, &error);
  if (summary == NULL)
    return posa_cli_fail (error);
  puts (summary);
  return 0;
}

/* ---- outbox ---- */

static const char *const columns[] = {
  "number", "order-id", "state", "state-label", "detail", "id"
};

static void
print_json (GListModel *outbox)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();

  json_builder_begin_array (builder);
  for (guint r = 0; r < g_list_model_get_n_items (outbox); r++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (outbox, r);
      json_builder_begin_object (builder);
      for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
        {
          g_autofree char *name = g_strdelimit (g_strdup (columns[c]), "-", '_');
          json_builder_set_member_name (builder, name);
          json_builder_add_string_value (builder, posa_item_get_text (row, columns[c]));
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  g_autofree char *text = json_generator_to_data (generator, NULL);
  puts (text);
}

static void
print_lines (GListModel *outbox)
{
  for (guint r = 0; r < g_list_model_get_n_items (outbox); r++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (outbox, r);
      printf ("%s  %s  %s  %s\n", posa_item_get_text (row, "number"),
              posa_item_get_text (row, "order-id"), posa_item_get_text (row, "state-label"),
              posa_item_get_text (row, "detail"));
    }
}

int
posa_cli_outbox (PosaCli *cli, int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"),
                                     NULL },
                                   G_OPTION_ENTRY_NULL };
  int status;

  if (!posa_cli_parse (NULL, _ ("Shows the reports and whether the portal has them."), entries,
                       &argc, &argv, 0, &status))
    return status;
  g_autoptr (PosaWorkspace) workspace = posa_cli_open_workspace (cli);
  if (workspace == NULL)
    return 1;
  if (json)
    print_json (posa_workspace_get_outbox (workspace));
  else
    print_lines (posa_workspace_get_outbox (workspace));
  return 0;
}
