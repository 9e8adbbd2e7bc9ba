/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-check.h"

#include "gtk/posa-closures.h"
#include "gtk/posa-reason-entry.h"
#include "gtk/posa-row.h"

struct _PosaStepCheck
{
  PosaStep parent_instance;

  GtkListBox *findings;
  GtkListBox *readings;
  PosaReasonEntry *reason;
};

G_DEFINE_FINAL_TYPE (PosaStepCheck, posa_step_check, POSA_TYPE_STEP)

/* A remark is accepted with a reason. */
static gboolean
has_remark (gpointer self, GListModel *findings)
{
  for (guint i = 0; findings != NULL && i < g_list_model_get_n_items (findings); i++)
    {
      g_autoptr (GObject) finding = g_list_model_get_item (findings, i);

      if (g_str_equal (posa_item_get_text (finding, "severity"), "warning"))
        return TRUE;
    }
  return FALSE;
}

static void
fill_answer (PosaStep *step, PosaJobAnswer *answer)
{
  answer->reason = posa_reason_entry_get_text (POSA_STEP_CHECK (step)->reason);
}

static void
posa_step_check_constructed (GObject *object)
{
  PosaStepCheck *self = POSA_STEP_CHECK (object);
  PosaStep *step = POSA_STEP (object);

  G_OBJECT_CLASS (posa_step_check_parent_class)->constructed (object);
  PosaJob *job = posa_step_get_job (step);

  posa_row_bind_list (self->findings, job, "findings", posa_row_new_for_finding);
  posa_row_bind_list (self->readings, job, "readings", posa_row_new_for_reading);
  posa_reason_entry_set_topic (self->reason, posa_job_get_state (job));
}

static void
posa_step_check_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_STEP_CHECK);
  G_OBJECT_CLASS (posa_step_check_parent_class)->dispose (object);
}

static void
posa_step_check_class_init (PosaStepCheckClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = posa_step_check_constructed;
  G_OBJECT_CLASS (klass)->dispose = posa_step_check_dispose;
  POSA_STEP_CLASS (klass)->fill_answer = fill_answer;
  g_type_ensure (POSA_TYPE_REASON_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-step-check.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaStepCheck, findings);
  gtk_widget_class_bind_template_child (widget_class, PosaStepCheck, readings);
  gtk_widget_class_bind_template_child (widget_class, PosaStepCheck, reason);
  gtk_widget_class_bind_template_callback (widget_class, has_remark);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_items);
}

static void
posa_step_check_init (PosaStepCheck *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
