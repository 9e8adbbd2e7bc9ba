/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-job-page.h"

#include "gtk/posa-closures.h"
#include "gtk/posa-job-bar.h"
#include "gtk/posa-message.h"
#include "gtk/posa-progress-view.h"
#include "gtk/posa-step-pages.h"
#include "gtk/posa-zone-bar.h"

#include <glib/gi18n.h>

struct _PosaJobPage
{
  AdwNavigationPage parent_instance;

  AdwWindowTitle *window_title;
  PosaZoneBar *zone_bar;
  GtkScrolledWindow *scroller;
  GtkProgressBar *step_bar;
  GtkStack *stack;
  AdwBin *step_bin;
  PosaJobBar *job_bar;

  PosaWorkspace *workspace;
  PosaJob *job;
  char *state; /* whose step is shown */
};

enum
{
  PROP_JOB = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint leave_signal;

G_DEFINE_FINAL_TYPE (PosaJobPage, posa_job_page, ADW_TYPE_NAVIGATION_PAGE)

static void
show_step (PosaJobPage *self)
{
  GtkWidget *step = posa_step_pages_new_step (self->workspace, self->job);
  guint position = 0, n_steps = 1;

  g_object_get (self->job, "step", &position, "n-steps", &n_steps, NULL);
  gtk_progress_bar_set_fraction (self->step_bar, (double) position / MAX (n_steps, 1));

  adw_bin_set_child (self->step_bin, step);
  posa_job_bar_set_step (self->job_bar, POSA_STEP (step));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

/* The primary button when it can be pressed, else what the step asks for first. */
static void
focus_next (PosaJobPage *self)
{
  if (!gtk_widget_grab_focus (GTK_WIDGET (self->job_bar)) && !posa_job_is_busy (self->job) &&
      gtk_widget_get_focus_child (GTK_WIDGET (self->step_bin)) == NULL)
    gtk_widget_child_focus (GTK_WIDGET (self->step_bin), GTK_DIR_TAB_FORWARD);
}

/* All properties of a job change, and are notified, at once. */
static void
job_changed_cb (PosaJobPage *self)
{
  gboolean other_step = g_set_str (&self->state, posa_job_get_state (self->job));

  if (other_step)
    show_step (self);
  posa_job_bar_update (self->job_bar);
  gtk_stack_set_visible_child_name (self->stack, posa_job_is_busy (self->job) ? "work" : "step");
  if (other_step)
    focus_next (self);
}

static void
leave (PosaJobPage *self)
{
  g_signal_emit (self, leave_signal, 0);
}

/* Enter is the primary action, except on a row that can be chosen: that one gets it from the
 * window. Ctrl+Enter is it everywhere. */
static gboolean
enter_cb (GtkWidget *widget, GVariant *everywhere, gpointer data)
{
  PosaJobPage *self = POSA_JOB_PAGE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (GTK_IS_LIST_BOX_ROW (focus) && !g_variant_get_boolean (everywhere))
    return GDK_EVENT_PROPAGATE;
  return posa_job_bar_press (self->job_bar) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static void
leave_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PosaJobPage *self = POSA_JOB_PAGE (widget);
  const char *obstacle = posa_job_page_get_obstacle (self);

  if (obstacle == NULL)
    {
      leave (self);
      return;
    }
  posa_message_show (widget, _ ("Not now"), obstacle, _ ("Go on with the work"));
}

const char *
posa_job_page_get_obstacle (PosaJobPage *self)
{
  g_return_val_if_fail (POSA_IS_JOB_PAGE (self), NULL);

  if (self->job == NULL || posa_job_is_finished (self->job))
    return NULL;
  if (g_str_equal (posa_job_get_zone (self->job), "red"))
    return _ ("The customer has no meter: finish the exchange, put the old meter back, or make the "
              "place safe. Until then this screen stays open.");
  if (posa_job_is_busy (self->job))
    return _ ("A meter is being worked on. Wait for the end, or stop it first.");
  return NULL;
}

static void
show_order (PosaJobPage *self)
{
  PosaOrderItem *order =
      posa_workspace_find_order (self->workspace, posa_job_get_order_id (self->job));

  if (order == NULL)
    return;
  g_autofree char *subtitle =
      g_strdup_printf (_ ("Meter %s"), posa_item_get_text (order, "old-serial"));
  adw_window_title_set_title (self->window_title, posa_item_get_text (order, "address"));
  adw_window_title_set_subtitle (self->window_title, subtitle);
}

void
posa_job_page_set_job (PosaJobPage *self, PosaWorkspace *workspace, PosaJob *job)
{
  g_return_if_fail (POSA_IS_JOB_PAGE (self));

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_pointer (&self->state, g_free);
  adw_bin_set_child (self->step_bin, NULL);
  posa_job_bar_set_step (self->job_bar, NULL);
  g_set_object (&self->workspace, workspace);
  g_set_object (&self->job, job);
  posa_zone_bar_set_job (self->zone_bar, job);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOB]);
  if (job == NULL)
    return;
  show_order (self);
  g_signal_connect_swapped (job, "notify::state", G_CALLBACK (job_changed_cb), self);
  job_changed_cb (self);
}

static void
posa_job_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, POSA_JOB_PAGE (object)->job);
}

static void
posa_job_page_dispose (GObject *object)
{
  PosaJobPage *self = POSA_JOB_PAGE (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->state, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), POSA_TYPE_JOB_PAGE);
  G_OBJECT_CLASS (posa_job_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-job-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaJobPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PosaJobPage, zone_bar);
  gtk_widget_class_bind_template_child (widget_class, PosaJobPage, step_bar);
  gtk_widget_class_bind_template_child (widget_class, PosaJobPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, PosaJobPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PosaJobPage, step_bin);
  gtk_widget_class_bind_template_child (widget_class, PosaJobPage, job_bar);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_text);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_step);
  gtk_widget_class_bind_template_callback (widget_class, focus_next);
  gtk_widget_class_bind_template_callback (widget_class, leave);
}

static void
posa_job_page_class_init (PosaJobPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = posa_job_page_get_property;
  object_class->dispose = posa_job_page_dispose;
  properties[PROP_JOB] = g_param_spec_object ("job", NULL, NULL, POSA_TYPE_JOB,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  leave_signal = g_signal_new ("leave", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);

  g_type_ensure (POSA_TYPE_ZONE_BAR);
  g_type_ensure (POSA_TYPE_JOB_BAR);
  g_type_ensure (POSA_TYPE_PROGRESS_VIEW);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "job.leave", NULL, leave_action_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, enter_cb, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, enter_cb, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, enter_cb, "b",
                                TRUE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "job.leave", NULL);
}

static void
posa_job_page_init (PosaJobPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
