/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-admin.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "base/posa-file.h"
#include "portal/posa-portal-orders.h"
#include "portal/posa-portal-reports.h"

#include <string.h>

#define LOT_LIMIT        (8 * 1024 * 1024)
#define DEFAULT_DAYS     7
#define MICROSECONDS_DAY ((gint64) 24 * 60 * 60 * G_USEC_PER_SEC)

typedef struct
{
  const char *name, *parameters;
  gboolean (*run) (PosaPortal *portal, int argc, char **argv, GError **error);
} Command;

/* ---- codes and devices ---- */

static gboolean
add_device_code (PosaPortal *portal, int argc, char **argv, GError **error)
{
  g_autofree char *crew = NULL, *badge = NULL, *name = NULL, *contractor = NULL;
  int days = DEFAULT_DAYS;
  const GOptionEntry entries[] = {
    { "crew", 0, 0, G_OPTION_ARG_STRING, &crew, "Crew of the device", "ID" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &badge, "Badge of its operator", "BADGE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "Name of its operator", "NAME" },
    { "contractor", 0, 0, G_OPTION_ARG_STRING, &contractor, "Company of the crew", "NAME" },
    { "days", 0, 0, G_OPTION_ARG_INT, &days, "How long the code may be used (7)", "N" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) arguments = g_strdupv (argv);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &arguments, error))
    {
      (*error)->domain = POSA_ERROR;
      (*error)->code = POSA_ERROR_USAGE;
      return FALSE;
    }
  PosaPortalInvitation invitation = { crew, badge, name, contractor,
                                      CLAMP (days, 1, 365) * MICROSECONDS_DAY };
  g_autofree char *code = posa_portal_add_code (portal, &invitation, error);
  if (code == NULL)
    return FALSE;
  g_print ("%s\n", code);
  return TRUE;
}

static gboolean
revoke_device (PosaPortal *portal, int argc, char **argv, GError **error)
{
  if (argc < 2)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE, "which device?");
      return FALSE;
    }
  return posa_portal_revoke (portal, argv[1], argc > 2 ? argv[2] : NULL, error);
}

static gboolean
show_fingerprint (PosaPortal *portal, int argc, char **argv, GError **error)
{
  g_print ("%s\n", posa_portal_ca_get_fingerprint (portal->ca));
  return TRUE;
}

/* ---- lots ---- */

static gboolean
import_parts (PosaPortal *portal, const char *path, PosaImportParts parts, GError **error)
{
  PosaImportCounts counts;
  g_autoptr (GBytes) file = posa_file_read (path, LOT_LIMIT, error);

  if (file == NULL)
    return FALSE;
  if (!posa_portal_import (portal, file, parts, &counts, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  g_print ("%s: %u orders, %u meters taken, %u unchanged\n", path, counts.orders, counts.stock,
           counts.unchanged);
  return TRUE;
}

static gboolean
import_file (PosaPortal *portal, int argc, char **argv, PosaImportParts parts, GError **error)
{
  if (argc == 2)
    return import_parts (portal, argv[1], parts, error);
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE, "which file?");
  return FALSE;
}

static gboolean
import_orders (PosaPortal *portal, int argc, char **argv, GError **error)
{
  return import_file (portal, argc, argv, POSA_IMPORT_ORDERS, error);
}

static gboolean
import_stock (PosaPortal *portal, int argc, char **argv, GError **error)
{
  return import_file (portal, argc, argv, POSA_IMPORT_STOCK, error);
}

gboolean
posa_portal_admin_import (const char *folder, const char *file, GError **error)
{
  g_autoptr (PosaPortal) portal = posa_portal_open (folder, NULL, error);

  return portal != NULL &&
         import_parts (portal, file, POSA_IMPORT_ORDERS | POSA_IMPORT_STOCK, error);
}

/* ---- lists ---- */

/* A list is its query; the columns' names are the JSON members. A name that ends in _us is a time,
 * one in "?" that of a flag. */
typedef struct
{
  const char *name, *sql;
  const char *columns[10];
} List;

static const List lists[] = {
  { "devices",
    "SELECT id, crew_id, operator_badge, contractor, enrolled_us, revoked_us, revoked_reason "
    "FROM device ORDER BY number",
    { "id", "crew_id", "operator_badge", "contractor", "enrolled_us", "revoked_us",
      "revoked_reason" } },
  { "orders",
    "SELECT id, revision, crew_id, (SELECT number FROM report WHERE order_id = work_order.id "
    "ORDER BY received_us LIMIT 1) FROM work_order ORDER BY id",
    { "id", "revision", "crew_id", "report" } },
  { "stock",
    "SELECT serial, kind, model, crew_id, revision, removed FROM stock_item ORDER BY serial",
    { "serial", "kind", "model", "crew_id", "revision", "removed" } },
  { "reports",
    "SELECT report_id, number, order_id, new_serial, outcome, sha256, variant, device_id, "
    "received_us, length(pdf) FROM report ORDER BY received_us",
    { "id", "number", "order_id", "new_serial", "outcome", "sha256", "variant", "device_id",
      "received_us", "size" } },
  { "receipts",
    "SELECT sequence, report_id, sha256, device_id FROM receipt ORDER BY sequence",
    { "sequence", "report_id", "sha256", "device_id" } },
  { "exceptions",
    "SELECT report_id, kind, detail, created_us FROM exception ORDER BY created_us, kind",
    { "report_id", "kind", "detail", "created_us" } },
  { "quarantine",
    "SELECT report_id, sha256, device_id, reason, received_us FROM quarantine "
    "ORDER BY received_us",
    { "report_id", "sha256", "device_id", "reason", "received_us" } },
  { "key-issues",
    "SELECT device_id, serial, revision, issued_us FROM key_issue ORDER BY issued_us",
    { "device_id", "serial", "revision", "issued_us" } },
};

static const List *
find_list (const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      if (g_strcmp0 (lists[i].name, name) == 0)
        return &lists[i];
      g_string_append_printf (names, " %s", lists[i].name);
    }
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "list what? One of%s", names->str);
  return NULL;
}

static gboolean
is_number (const char *column)
{
  static const char *const numbers[] = { "revision", "removed", "outcome", "variant",
                                         "sequence", "size",    NULL };

  return g_strv_contains (numbers, column);
}

static void
add_row (const List *list, PosaPortalRows *rows, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  for (int i = 0; i < (int) G_N_ELEMENTS (list->columns) && list->columns[i] != NULL; i++)
    {
      const char *column = list->columns[i];
      if (g_str_has_suffix (column, "_us"))
        {
          g_autofree char *name = g_strndup (column, strlen (column) - strlen ("_us"));
          g_autofree char *member = g_strconcat (name, "_at", NULL);
          posa_json_add_time_or_null (builder, member, posa_portal_rows_int (rows, i));
        }
      else if (is_number (column))
        posa_json_add_int (builder, column, posa_portal_rows_int (rows, i));
      else
        posa_json_add_string (builder, column, posa_portal_rows_text (rows, i));
    }
  json_builder_end_object (builder);
}

static gboolean
show_list (PosaPortal *portal, int argc, char **argv, GError **error)
{
  const List *list = find_list (argc == 2 ? argv[1] : NULL, error);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (GError) fault = NULL;

  if (list == NULL)
    return FALSE;
  g_autoptr (PosaPortalRows) rows = posa_portal_store_query (portal->store, error, list->sql, "");
  if (rows == NULL)
    return FALSE;
  json_builder_begin_array (builder);
  while (posa_portal_rows_next (rows, &fault))
    add_row (list, rows, builder);
  json_builder_end_array (builder);
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = posa_json_to_text (root, TRUE);
  g_print ("%s\n", text);
  return TRUE;
}

static gboolean
export_report (PosaPortal *portal, int argc, char **argv, GError **error)
{
  if (argc != 3)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE, "which report, to which file?");
      return FALSE;
    }
  g_autoptr (GBytes) pdf = posa_portal_get_report (portal, argv[1], error);
  return pdf != NULL && posa_file_write (argv[2], pdf, 0600, error);
}

static const Command commands[] = {
  { "add-device-code", "--crew ID --operator BADGE --name NAME --contractor NAME [--days N]",
    add_device_code },
  { "import-orders", "FILE", import_orders },
  { "import-stock", "FILE", import_stock },
  { "list", "devices|orders|stock|reports|receipts|exceptions|quarantine|key-issues", show_list },
  { "revoke", "DEVICE [REASON]", revoke_device },
  { "export-report", "ID FILE", export_report },
  { "fingerprint", "", show_fingerprint },
};

static int
explain (void)
{
  g_printerr ("usage: posa-portal --data DIR admin COMMAND\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_printerr ("  %s %s\n", commands[i].name, commands[i].parameters);
  return 2;
}

int
posa_portal_admin (const char *folder, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const Command *command = NULL;

  for (gsize i = 0; argc > 0 && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, argv[0]))
      command = &commands[i];
  if (command == NULL)
    return explain ();
  g_autoptr (PosaPortal) portal = posa_portal_open (folder, NULL, &error);
  if (portal != NULL && command->run (portal, argc, argv, &error))
    return 0;
  g_printerr ("posa-portal: %s: %s\n", command->name, error->message);
  return g_error_matches (error, POSA_ERROR, POSA_ERROR_USAGE) ? 2 : 1;
}
