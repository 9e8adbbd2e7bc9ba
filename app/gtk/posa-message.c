/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-message.h"

#include "base/posa-error.h"

#include <glib/gi18n.h>

void
posa_message_show (GtkWidget *parent, const char *heading, const char *body, const char *answer)
{
  AdwDialog *dialog = adw_alert_dialog_new (heading, body);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", answer);
  adw_dialog_present (dialog, parent);
}

void
posa_message_show_error (GtkWidget *parent, const char *heading, const GError *error)
{
  g_autofree char *body =
      g_strdup_printf ("%s\n\n%s", error->message, posa_error_get_advice (error));

  posa_message_show (parent, heading, body, _ ("Understood"));
}

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) parent = data;
  g_autoptr (GError) error = NULL;
  GFile *file = gtk_file_launcher_get_file (GTK_FILE_LAUNCHER (source));

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    posa_message_show (parent, _ ("No program to show it"), g_file_peek_path (file),
                       _ ("Understood"));
}

void
posa_message_show_report (GtkWidget *parent, PosaWorkspace *workspace, const char *order_id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = posa_workspace_export_report (workspace, order_id, &error);

  if (path == NULL)
    {
      posa_message_show_error (parent, _ ("There is no report to show"), error);
      return;
    }
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);
  gtk_file_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (parent)), NULL, launched_cb,
                            g_object_ref (parent));
}
