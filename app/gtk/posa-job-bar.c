/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-job-bar.h"

#include "gtk/posa-action-dialog.h"
#include "gtk/posa-primary-button.h"

#include <glib/gi18n.h>

struct _PosaJobBar
{
  AdwBin parent_instance;

  GtkButton *other_button;
  GtkLabel *other_label;
  PosaPrimaryButton *primary_button;

  PosaStep *step;
};

enum
{
  SIGNAL_ACTED,
  SIGNAL_LEAVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PosaJobBar, posa_job_bar, ADW_TYPE_BIN)

static void
update_other (PosaJobBar *self, PosaJob *job)
{
  gboolean red = g_str_equal (posa_job_get_zone (job), "red");
  g_autoptr (GListModel) actions = NULL;

  g_object_get (job, "actions", &actions, NULL);
  gtk_label_set_label (self->other_label, red ? _ ("EMERGENCY") : _ ("Problem"));
  if (red)
    gtk_widget_add_css_class (GTK_WIDGET (self->other_button), "emergency");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->other_button), "emergency");
  gtk_widget_set_sensitive (GTK_WIDGET (self->other_button), !posa_job_is_busy (job));
  gtk_widget_set_visible (GTK_WIDGET (self->other_button),
                          !posa_job_is_finished (job) && g_list_model_get_n_items (actions) > 0);
}

void
posa_job_bar_update (PosaJobBar *self)
{
  g_return_if_fail (POSA_IS_JOB_BAR (self));

  if (self->step == NULL)
    return;
  PosaJob *job = posa_step_get_job (self->step);
  gboolean finished = posa_job_is_finished (job);
  g_autofree char *label = NULL;
  gboolean hold = FALSE;

  g_object_get (job, "primary-label", &label, "hold", &hold, NULL);
  posa_primary_button_set_label (self->primary_button, finished ? _ ("Back to the orders") : label);
  posa_primary_button_set_guarded (self->primary_button, hold && !finished);
  gtk_widget_set_sensitive (GTK_WIDGET (self->primary_button),
                            !posa_job_is_busy (job) && posa_step_is_ready (self->step));
  gtk_widget_set_visible (GTK_WIDGET (self->primary_button), finished || *label != '\0');
  update_other (self, job);
}

void
posa_job_bar_set_step (PosaJobBar *self, PosaStep *step)
{
  g_return_if_fail (POSA_IS_JOB_BAR (self));

  g_set_object (&self->step, step);
  if (step != NULL)
    g_signal_connect_object (step, "notify::ready", G_CALLBACK (posa_job_bar_update), self,
                             G_CONNECT_SWAPPED);
  posa_job_bar_update (self);
}

gboolean
posa_job_bar_press (PosaJobBar *self)
{
  g_return_val_if_fail (POSA_IS_JOB_BAR (self), FALSE);

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->primary_button)))
    return FALSE;
  posa_primary_button_press (self->primary_button);
  return TRUE;
}

static void
finished_cb (GObject *job, GAsyncResult *result, gpointer data)
{
  g_autoptr (PosaJobBar) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = posa_job_finish (POSA_JOB (job), result, &error);

  /* The page may show another job by now, or none. */
  if (self->step == NULL || posa_step_get_job (self->step) != POSA_JOB (job))
    return;
  /* The error is a property of the job and shown by the page; here it is spoken. */
  if (!done)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), error->message,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
  g_signal_emit (self, signals[SIGNAL_ACTED], 0);
}

static void
advance_cb (PosaJobBar *self)
{
  PosaJob *job = posa_step_get_job (self->step);
  PosaJobAnswer answer = { 0 };

  if (posa_job_is_finished (job))
    {
      g_signal_emit (self, signals[SIGNAL_LEAVE], 0);
      return;
    }
  posa_step_fill_answer (self->step, &answer);
  posa_job_advance_async (job, &answer, finished_cb, g_object_ref (self));
}

static void
chosen_cb (PosaJobBar *self, PosaActionDialog *dialog)
{
  PosaJobAnswer answer = { 0 };
  const char *event = posa_action_dialog_get_answer (dialog, &answer);

  posa_job_act_async (posa_step_get_job (self->step), event, &answer, finished_cb,
                      g_object_ref (self));
}

static void
other_cb (PosaJobBar *self)
{
  AdwDialog *dialog = posa_action_dialog_new (posa_step_get_job (self->step));

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* The two answers get the room of the other button. */
static void
armed_cb (PosaJobBar *self)
{
  gboolean armed = FALSE;

  g_object_get (self->primary_button, "armed", &armed, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->other_button), !armed);
}

static gboolean
posa_job_bar_grab_focus (GtkWidget *widget)
{
  GtkWidget *button = GTK_WIDGET (POSA_JOB_BAR (widget)->primary_button);

  return gtk_widget_get_sensitive (button) && gtk_widget_grab_focus (button);
}

static void
posa_job_bar_dispose (GObject *object)
{
  g_clear_object (&POSA_JOB_BAR (object)->step);
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_JOB_BAR);
  G_OBJECT_CLASS (posa_job_bar_parent_class)->dispose (object);
}

static void
posa_job_bar_class_init (PosaJobBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = posa_job_bar_dispose;
  widget_class->grab_focus = posa_job_bar_grab_focus;
  signals[SIGNAL_ACTED] = g_signal_new ("acted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LEAVE] = g_signal_new ("leave", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (POSA_TYPE_PRIMARY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-job-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaJobBar, other_button);
  gtk_widget_class_bind_template_child (widget_class, PosaJobBar, other_label);
  gtk_widget_class_bind_template_child (widget_class, PosaJobBar, primary_button);
  gtk_widget_class_bind_template_callback (widget_class, advance_cb);
  gtk_widget_class_bind_template_callback (widget_class, other_cb);
  gtk_widget_class_bind_template_callback (widget_class, armed_cb);
}

static void
posa_job_bar_init (PosaJobBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
