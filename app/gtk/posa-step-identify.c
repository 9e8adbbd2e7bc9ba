/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-identify.h"

#include "gtk/posa-closures.h"

struct _PosaStepIdentify
{
  PosaStep parent_instance;
};

G_DEFINE_FINAL_TYPE (PosaStepIdentify, posa_step_identify, POSA_TYPE_STEP)

static void
posa_step_identify_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_STEP_IDENTIFY);
  G_OBJECT_CLASS (posa_step_identify_parent_class)->dispose (object);
}

static void
posa_step_identify_class_init (PosaStepIdentifyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = posa_step_identify_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/posa/Posa/posa-step-identify.ui");
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_text);
}

static void
posa_step_identify_init (PosaStepIdentify *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
