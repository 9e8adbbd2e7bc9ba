/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "posa-config.h"

#include "gtk/posa-application.h"

#include "base/posa-error.h"
#include "gtk/posa-window.h"

#include <glib/gi18n.h>

struct _PosaApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  PosaWorkspace *workspace;
};

G_DEFINE_FINAL_TYPE (PosaApplication, posa_application, ADW_TYPE_APPLICATION)

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  PosaApplication *self = data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (!POSA_IS_WINDOW (window) || posa_window_may_close (POSA_WINDOW (window)))
    g_application_quit (G_APPLICATION (self));
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_dialog (GTK_WIDGET (gtk_application_get_active_window (data)), "application-name",
                         "Posa", "application-icon", POSA_APP_ID, "version", POSA_VERSION,
                         "developer-name", _ ("The Posa authors"), "license-type",
                         GTK_LICENSE_GPL_3_0, NULL);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = about_cb },
  { .name = "quit", .activate = quit_cb },
};

static void
answered_cb (AdwAlertDialog *dialog, const char *response, PosaApplication *self)
{
  g_application_quit (G_APPLICATION (self));
}

/* The data folder cannot be used: say so and go. Nothing is made anew over what is there. */
static void
show_failure (PosaApplication *self, const char *folder, const GError *error)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (self));
  AdwDialog *dialog = adw_alert_dialog_new (_ ("The data cannot be opened"), NULL);

  gtk_window_set_title (GTK_WINDOW (window), "Posa");
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 400);
  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog), "%s\n\n%s\n\n%s", error->message,
                                posa_error_get_advice (error), folder);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "quit", _ ("Quit"));
  g_signal_connect (dialog, "response", G_CALLBACK (answered_cb), self);
  gtk_window_present (GTK_WINDOW (window));
  adw_dialog_present (dialog, window);
}

static void
posa_application_activate (GApplication *application)
{
  PosaApplication *self = POSA_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  g_autofree char *folder = posa_workspace_default_folder ();
  g_autoptr (GError) error = NULL;

  if (window != NULL)
    {
      gtk_window_present (window);
      return;
    }
  self->workspace = posa_workspace_open (folder, &error);
  if (self->workspace == NULL)
    {
      show_failure (self, folder, error);
      return;
    }
  gtk_window_present (GTK_WINDOW (
      posa_window_new (GTK_APPLICATION (application), self->workspace, self->settings)));
}

static void
posa_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (posa_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit",
                                         (const char *[]) { "<Control>q", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "win.settings",
                                         (const char *[]) { "<Control>comma", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "win.sync",
                                         (const char *[]) { "F5", NULL });
  gtk_window_set_default_icon_name (POSA_APP_ID);
}

static void
posa_application_dispose (GObject *object)
{
  PosaApplication *self = POSA_APPLICATION (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (posa_application_parent_class)->dispose (object);
}

static void
posa_application_class_init (PosaApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = posa_application_dispose;
  G_APPLICATION_CLASS (klass)->activate = posa_application_activate;
  G_APPLICATION_CLASS (klass)->startup = posa_application_startup;
}

static void
posa_application_init (PosaApplication *self)
{
}

PosaApplication *
posa_application_new (GSettings *settings)
{
  PosaApplication *self = g_object_new (POSA_TYPE_APPLICATION, "application-id", POSA_APP_ID,
                                        "resource-base-path", "/org/posa/Posa", "flags",
                                        G_APPLICATION_DEFAULT_FLAGS, NULL);

  self->settings = g_object_ref (settings);
  return self;
}
