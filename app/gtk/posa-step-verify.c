/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-verify.h"

#include "gtk/posa-closures.h"
#include "gtk/posa-step-picture.h"
#include "gtk/posa-row.h"

struct _PosaStepVerify
{
  PosaStep parent_instance;

  GtkPicture *picture;
  GtkListBox *verified;
};

G_DEFINE_FINAL_TYPE (PosaStepVerify, posa_step_verify, POSA_TYPE_STEP)

static void
posa_step_verify_constructed (GObject *object)
{
  PosaStepVerify *self = POSA_STEP_VERIFY (object);
  PosaStep *step = POSA_STEP (object);

  G_OBJECT_CLASS (posa_step_verify_parent_class)->constructed (object);

  gtk_picture_set_resource (self->picture, posa_step_picture_get_resource (
                                               posa_job_get_state (posa_step_get_job (step))));
  posa_row_bind_list (self->verified, posa_step_get_job (step), "verified", posa_row_new_for_value);
}

static void
posa_step_verify_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_STEP_VERIFY);
  G_OBJECT_CLASS (posa_step_verify_parent_class)->dispose (object);
}

static void
posa_step_verify_class_init (PosaStepVerifyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = posa_step_verify_constructed;
  G_OBJECT_CLASS (klass)->dispose = posa_step_verify_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-step-verify.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaStepVerify, picture);
  gtk_widget_class_bind_template_child (widget_class, PosaStepVerify, verified);
  gtk_widget_class_bind_template_callback (widget_class, posa_closure_has_items);
}

static void
posa_step_verify_init (PosaStepVerify *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
