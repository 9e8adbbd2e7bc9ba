/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-action-dialog.h"

#include "gtk/posa-primary-button.h"
#include "gtk/posa-reason-entry.h"
#include "gtk/posa-row.h"

#include <glib/gi18n.h>

struct _PosaActionDialog
{
  AdwDialog parent_instance;

  AdwNavigationView *view;
  GtkListBox *actions;
  AdwNavigationPage *answer_page;
  GtkListBox *outcomes;
  PosaReasonEntry *reason;
  PosaPrimaryButton *confirm_button;

  PosaJobAction *action; /* the one chosen */
  PosaOutcome outcome;
};

static guint chosen_signal;

G_DEFINE_FINAL_TYPE (PosaActionDialog, posa_action_dialog, ADW_TYPE_DIALOG)

static gboolean
needs (PosaActionDialog *self, const char *what)
{
  gboolean value = FALSE;

  g_object_get (self->action, what, &value, NULL);
  return value;
}

static void
update_ready (PosaActionDialog *self)
{
  gboolean ready = self->action != NULL;

  if (ready && needs (self, "needs-outcome"))
    ready = self->outcome != POSA_OUTCOME_NONE;
  if (ready && needs (self, "needs-reason"))
    ready = *posa_reason_entry_get_text (self->reason) != '\0';
  gtk_widget_set_sensitive (GTK_WIDGET (self->confirm_button), ready);
}

static void
confirm (PosaActionDialog *self)
{
  g_object_ref (self);
  adw_dialog_force_close (ADW_DIALOG (self));
  g_signal_emit (self, chosen_signal, 0);
  g_object_unref (self);
}

static GtkWidget *
make_row (const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "target");
  return row;
}

/* Every action is confirmed on a page of its own: none happens by a single slip of the finger. */
static void
action_activated_cb (PosaActionDialog *self, GtkListBoxRow *row)
{
  PosaJobAction *action = g_object_get_data (G_OBJECT (row), "action");

  g_set_object (&self->action, action);
  adw_navigation_page_set_title (self->answer_page, posa_item_get_text (action, "label"));
  posa_reason_entry_set_topic (self->reason, posa_item_get_text (action, "event"));
  gtk_widget_set_visible (GTK_WIDGET (self->reason), needs (self, "needs-reason"));
  gtk_widget_set_visible (GTK_WIDGET (self->outcomes), needs (self, "needs-outcome"));
  posa_primary_button_set_label (self->confirm_button, posa_item_get_text (action, "label"));
  posa_primary_button_set_guarded (self->confirm_button, needs (self, "hold"));
  update_ready (self);
  adw_navigation_view_push (self->view, self->answer_page);
}

static void
outcome_activated_cb (PosaActionDialog *self, GtkListBoxRow *row)
{
  posa_row_choose (POSA_ROW (row));
  self->outcome = (PosaOutcome) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "outcome"));
  update_ready (self);
}

/* Reasons for leaving; what the flow reaches by itself is not a choice. */
static gboolean
is_reason_to_leave (PosaOutcome outcome)
{
  return outcome >= POSA_OUTCOME_CUSTOMER_ABSENT && outcome < POSA_OUTCOME_RESTORED_OLD;
}

static void
fill_outcomes (PosaActionDialog *self)
{
  for (const PosaOutcome *outcome = posa_outcome_list (); *outcome != POSA_OUTCOME_NONE; outcome++)
    if (is_reason_to_leave (*outcome))
      {
        GtkWidget *row = posa_row_new_for_choice (posa_outcome_get_label (*outcome));

        g_object_set_data (G_OBJECT (row), "outcome", GINT_TO_POINTER (*outcome));
        gtk_list_box_append (self->outcomes, row);
      }
}

static GtkWidget *
create_action_row_cb (gpointer item, gpointer data)
{
  GtkWidget *row = make_row (posa_item_get_text (item, "label"));
  gboolean destructive = FALSE;

  g_object_get (item, "destructive", &destructive, NULL);
  if (destructive)
    gtk_widget_add_css_class (row, "emergency");
  g_object_set_data_full (G_OBJECT (row), "action", g_object_ref (item), g_object_unref);
  return row;
}

AdwDialog *
posa_action_dialog_new (PosaJob *job)
{
  PosaActionDialog *self = g_object_new (POSA_TYPE_ACTION_DIALOG, NULL);
  g_autoptr (GListModel) actions = NULL;

  g_object_get (job, "actions", &actions, NULL);
  gtk_list_box_bind_model (self->actions, actions, create_action_row_cb, NULL, NULL);
  return ADW_DIALOG (self);
}

const char *
posa_action_dialog_get_answer (PosaActionDialog *self, PosaJobAnswer *answer)
{
  g_return_val_if_fail (POSA_IS_ACTION_DIALOG (self) && self->action != NULL, NULL);

  answer->outcome = self->outcome;
  answer->reason = posa_reason_entry_get_text (self->reason);
  return posa_item_get_text (self->action, "event");
}

static void
posa_action_dialog_dispose (GObject *object)
{
  PosaActionDialog *self = POSA_ACTION_DIALOG (object);

  g_clear_object (&self->action);
  G_OBJECT_CLASS (posa_action_dialog_parent_class)->dispose (object);
}

static void
posa_action_dialog_class_init (PosaActionDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = posa_action_dialog_dispose;
  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (POSA_TYPE_PRIMARY_BUTTON);
  g_type_ensure (POSA_TYPE_REASON_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/posa/Posa/posa-action-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaActionDialog, view);
  gtk_widget_class_bind_template_child (widget_class, PosaActionDialog, actions);
  gtk_widget_class_bind_template_child (widget_class, PosaActionDialog, answer_page);
  gtk_widget_class_bind_template_child (widget_class, PosaActionDialog, outcomes);
  gtk_widget_class_bind_template_child (widget_class, PosaActionDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, PosaActionDialog, confirm_button);
  gtk_widget_class_bind_template_callback (widget_class, action_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, outcome_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_ready);
  gtk_widget_class_bind_template_callback (widget_class, confirm);
}

static void
posa_action_dialog_init (PosaActionDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_outcomes (self);
}
