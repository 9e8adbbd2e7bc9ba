/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-report.h"

#include "gtk/posa-row.h"

struct _PosaStepReport
{
  PosaStep parent_instance;

  GtkListBox *readings;
  GtkListBox *activation;
  GtkListBox *verified;
};

G_DEFINE_FINAL_TYPE (PosaStepReport, posa_step_report, POSA_TYPE_STEP)

static void
posa_step_report_constructed (GObject *object)
{
  PosaStepReport *self = POSA_STEP_REPORT (object);
  PosaJob *job = posa_step_get_job (POSA_STEP (self));

  G_OBJECT_CLASS (posa_step_report_parent_class)->constructed (object);
  posa_row_bind_list (self->readings, job, "readings", posa_row_new_for_reading);
  posa_row_bind_list (self->activation, job, "activation", posa_row_new_for_reading);
  posa_row_bind_list (self->verified, job, "verified", posa_row_new_for_value);
}

static void
posa_step_report_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_STEP_REPORT);
  G_OBJECT_CLASS (posa_step_report_parent_class)->dispose (object);
}

static void
posa_step_report_class_init (PosaStepReportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = posa_step_report_constructed;
  G_OBJECT_CLASS (klass)->dispose = posa_step_report_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-step-report.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaStepReport, readings);
  gtk_widget_class_bind_template_child (widget_class, PosaStepReport, activation);
  gtk_widget_class_bind_template_child (widget_class, PosaStepReport, verified);
}

static void
posa_step_report_init (PosaStepReport *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
