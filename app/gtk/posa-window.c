/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-window.h"

#include "base/posa-error.h"
#include "gtk/posa-enrol-page.h"
#include "gtk/posa-job-page.h"
#include "gtk/posa-look.h"
#include "gtk/posa-message.h"
#include "gtk/posa-order-page.h"
#include "gtk/posa-orders-page.h"
#include "gtk/posa-outbox-page.h"
#include "gtk/posa-settings-dialog.h"
#include "model/posa-auto-sync.h"

#include <glib/gi18n.h>

struct _PosaWindow
{
  AdwApplicationWindow parent_instance;

  GtkStack *views;
  AdwNavigationSplitView *split;
  PosaEnrolPage *enrol_page;
  PosaOrdersPage *orders_page;
  PosaOrderPage *order_page;
  PosaOutboxPage *outbox_page;
  AdwNavigationPage *nothing_page;
  PosaJobPage *job_page;

  PosaWorkspace *workspace;
  PosaAutoSync *auto_sync;
  GSettings *settings;
};

enum
{
  PROP_WORKSPACE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PosaWindow, posa_window, ADW_TYPE_APPLICATION_WINDOW)

static void
show_content (PosaWindow *self, gpointer page)
{
  adw_navigation_split_view_set_content (self->split, ADW_NAVIGATION_PAGE (page));
  adw_navigation_split_view_set_show_content (self->split, TRUE);
}

/* Which of the three views: set-up as long as nobody knows this tablet, else the orders. */
static void
show_home (PosaWindow *self)
{
  gboolean enrolled = posa_workspace_is_enrolled (self->workspace);

  gtk_stack_set_visible_child_name (self->views, enrolled ? "home" : "enrol");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.sync", enrolled);
}

/* The model says so after every refresh; it means something on the first page only. */
static void
enrolled_cb (PosaWindow *self)
{
  if (!posa_workspace_is_enrolled (self->workspace) ||
      g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "enrol") != 0)
    return;
  show_home (self);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.sync", NULL);
}

/* The items are replaced when the lists are read anew: the page follows its order. */
static void
orders_changed_cb (PosaWindow *self)
{
  PosaOrderItem *shown = posa_order_page_get_order (self->order_page);

  if (shown == NULL)
    return;
  PosaOrderItem *order =
      posa_workspace_find_order (self->workspace, posa_item_get_text (shown, "id"));
  if (order != NULL)
    posa_order_page_set_order (self->order_page, order);
  else if (adw_navigation_split_view_get_content (self->split) ==
           ADW_NAVIGATION_PAGE (self->order_page))
    {
      adw_navigation_split_view_set_content (self->split, self->nothing_page);
      adw_navigation_split_view_set_show_content (self->split, FALSE);
    }
}

static void
job_left_cb (PosaWindow *self)
{
  posa_job_page_set_job (self->job_page, self->workspace, NULL);
  show_home (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->order_page));
}

static void
job_opened_cb (GObject *workspace, GAsyncResult *result, gpointer data)
{
  g_autoptr (PosaWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaJob)
      job = posa_workspace_open_job_finish (POSA_WORKSPACE (workspace), result, &error);

  if (job == NULL)
    {
      posa_message_show_error (GTK_WIDGET (self), _ ("The replacement cannot be opened"), error);
      return;
    }
  /* Shown first: what is set before the page is mapped would not be spoken. */
  gtk_stack_set_visible_child_name (self->views, "job");
  posa_job_page_set_job (self->job_page, self->workspace, job);
}

static void
show_order_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PosaWindow *self = POSA_WINDOW (widget);
  PosaOrderItem *order =
      posa_workspace_find_order (self->workspace, g_variant_get_string (parameter, NULL));

  if (order == NULL)
    return;
  posa_order_page_set_order (self->order_page, order);
  show_content (self, self->order_page);
  gtk_widget_grab_focus (GTK_WIDGET (self->order_page));
}

static void
start_order_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PosaWindow *self = POSA_WINDOW (widget);

  posa_workspace_open_job_async (self->workspace, g_variant_get_string (parameter, NULL),
                                 job_opened_cb, g_object_ref (self));
}

static void
show_report_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  posa_message_show_report (widget, POSA_WINDOW (widget)->workspace,
                            g_variant_get_string (parameter, NULL));
}

static void
show_outbox_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PosaWindow *self = POSA_WINDOW (widget);

  show_content (self, self->outbox_page);
}

static void
synced_cb (GObject *workspace, GAsyncResult *result, gpointer data)
{
  g_autoptr (PosaWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *summary =
      posa_workspace_sync_finish (POSA_WORKSPACE (workspace), result, &error);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.sync", TRUE);
  if (summary == NULL)
    summary = g_strdup_printf ("%s. %s", error->message, posa_error_get_advice (error));
  posa_outbox_page_say (self->outbox_page, summary);
}

/* Says something at once, whatever the network does then. */
static void
sync_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PosaWindow *self = POSA_WINDOW (widget);

  gtk_widget_action_set_enabled (widget, "win.sync", FALSE);
  posa_outbox_page_say (self->outbox_page, _ ("Asking the portal…"));
  show_content (self, self->outbox_page);
  posa_workspace_sync_async (self->workspace, POSA_SYNC_EVERYTHING, NULL, synced_cb,
                             g_object_ref (self));
}

static void
settings_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PosaWindow *self = POSA_WINDOW (widget);

  adw_dialog_present (posa_settings_dialog_new (self->workspace, self->settings), widget);
}

gboolean
posa_window_may_close (PosaWindow *self)
{
  g_return_val_if_fail (POSA_IS_WINDOW (self), TRUE);

  const char *obstacle = posa_job_page_get_obstacle (self->job_page);

  if (obstacle == NULL)
    return TRUE;
  posa_message_show (GTK_WIDGET (self), _ ("Posa stays open"), obstacle, _ ("Understood"));
  return FALSE;
}

static gboolean
posa_window_close_request (GtkWindow *window)
{
  if (!posa_window_may_close (POSA_WINDOW (window)))
    return GDK_EVENT_STOP;
  return GTK_WINDOW_CLASS (posa_window_parent_class)->close_request (window);
}

static void
posa_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_WINDOW (object)->workspace);
}

static void
posa_window_dispose (GObject *object)
{
  PosaWindow *self = POSA_WINDOW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), POSA_TYPE_WINDOW);
  g_clear_object (&self->auto_sync);
  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (posa_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, views);
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, split);
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, enrol_page);
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, orders_page);
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, order_page);
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, outbox_page);
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, nothing_page);
  gtk_widget_class_bind_template_child (widget_class, PosaWindow, job_page);
  gtk_widget_class_bind_template_callback (widget_class, job_left_cb);
  gtk_widget_class_install_action (widget_class, "win.show-order", "s", show_order_cb);
  gtk_widget_class_install_action (widget_class, "win.start-order", "s", start_order_cb);
  gtk_widget_class_install_action (widget_class, "win.show-report", "s", show_report_cb);
  gtk_widget_class_install_action (widget_class, "win.show-outbox", NULL, show_outbox_cb);
  gtk_widget_class_install_action (widget_class, "win.sync", NULL, sync_cb);
  gtk_widget_class_install_action (widget_class, "win.settings", NULL, settings_cb);
}

static void
posa_window_class_init (PosaWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = posa_window_get_property;
  object_class->dispose = posa_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = posa_window_close_request;
  properties[PROP_WORKSPACE] = g_param_spec_object ("workspace", NULL, NULL, POSA_TYPE_WORKSPACE,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (POSA_TYPE_ENROL_PAGE);
  g_type_ensure (POSA_TYPE_ORDERS_PAGE);
  g_type_ensure (POSA_TYPE_ORDER_PAGE);
  g_type_ensure (POSA_TYPE_OUTBOX_PAGE);
  g_type_ensure (POSA_TYPE_JOB_PAGE);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
posa_window_init (PosaWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PosaWindow *
posa_window_new (GtkApplication *application, PosaWorkspace *workspace, GSettings *settings)
{
  PosaWindow *self = g_object_new (POSA_TYPE_WINDOW, "application", application, NULL);

  self->workspace = g_object_ref (workspace);
  self->auto_sync = posa_auto_sync_new (workspace);
  self->settings = g_object_ref (settings);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WORKSPACE]);
  posa_look_attach (GTK_WINDOW (self), settings);
  g_signal_connect_object (workspace, "notify::enrolled", G_CALLBACK (enrolled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (posa_workspace_get_orders (workspace), "items-changed",
                           G_CALLBACK (orders_changed_cb), self, G_CONNECT_SWAPPED);
  show_home (self);

  /* A replacement that was cut short goes on where it was, without being asked for. */
  g_autofree char *open_order = posa_workspace_dup_open_order (workspace);
  if (open_order != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.start-order", "s", open_order);
  return self;
}
