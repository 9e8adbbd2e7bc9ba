/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-report.h"

#include "gtk/posa-closures.h"
#include "gtk/posa-readings-view.h"
#include "gtk/posa-verified-view.h"

struct _PosaStepReport
{
  PosaStep parent_instance;
};

G_DEFINE_FINAL_TYPE (PosaStepReport, posa_step_report, POSA_TYPE_STEP)

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

  G_OBJECT_CLASS (klass)->dispose = posa_step_report_dispose;
  g_type_ensure (POSA_TYPE_READINGS_VIEW);
  g_type_ensure (POSA_TYPE_VERIFIED_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-step-report.ui");
}

static void
posa_step_report_init (PosaStepReport *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
