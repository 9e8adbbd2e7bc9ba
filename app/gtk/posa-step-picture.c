/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-step-picture.h"

#include "gtk/posa-reason-entry.h"

#define PICTURES "/org/posa/Posa/steps/"

struct _PosaStepPicture
{
  PosaStep parent_instance;

  GtkPicture *picture;
  PosaReasonEntry *reason;
};

G_DEFINE_FINAL_TYPE (PosaStepPicture, posa_step_picture, POSA_TYPE_STEP)

/* Several states are the same thing to the hands. */
static const struct
{
  const char *state;
  const char *picture;
} pictures[] = {
  { "identify", PICTURES "identify.svg" },     { "inspect", PICTURES "inspect.svg" },
  { "read-old", PICTURES "read.svg" },         { "second-reading", PICTURES "read-dark.svg" },
  { "reread-old", PICTURES "read.svg" },       { "cut", PICTURES "cut.svg" },
  { "remove-fit", PICTURES "exchange.svg" },   { "swap-new", PICTURES "exchange.svg" },
  { "refit-old", PICTURES "refit.svg" },       { "energise", PICTURES "energise.svg" },
  { "commission", PICTURES "commission.svg" }, { "limiter-test", PICTURES "limiter.svg" },
  { "close-up", PICTURES "close-up.svg" },     { "switch-back", PICTURES "switch-on.svg" },
  { "make-safe", PICTURES "make-safe.svg" },   { "custody", PICTURES "custody.svg" },
  { "queue", PICTURES "queue.svg" },
};

const char *
posa_step_picture_get_resource (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++)
    if (g_strcmp0 (pictures[i].state, state) == 0)
      return pictures[i].picture;
  return PICTURES "identify.svg";
}

static void
fill_answer (PosaStep *step, PosaJobAnswer *answer)
{
  answer->reason = posa_reason_entry_get_text (POSA_STEP_PICTURE (step)->reason);
}

static void
posa_step_picture_constructed (GObject *object)
{
  PosaStepPicture *self = POSA_STEP_PICTURE (object);
  PosaJob *job = posa_step_get_job (POSA_STEP (self));
  const char *state = posa_job_get_state (job);

  G_OBJECT_CLASS (posa_step_picture_parent_class)->constructed (object);
  gtk_picture_set_resource (self->picture, posa_step_picture_get_resource (state));
  posa_reason_entry_set_topic (self->reason, state);
  g_object_bind_property (job, "reason-needed", self->reason, "visible", G_BINDING_SYNC_CREATE);
}

static void
posa_step_picture_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), POSA_TYPE_STEP_PICTURE);
  G_OBJECT_CLASS (posa_step_picture_parent_class)->dispose (object);
}

static void
posa_step_picture_class_init (PosaStepPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = posa_step_picture_constructed;
  G_OBJECT_CLASS (klass)->dispose = posa_step_picture_dispose;
  POSA_STEP_CLASS (klass)->fill_answer = fill_answer;
  g_type_ensure (POSA_TYPE_REASON_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/posa/Posa/posa-step-picture.ui");
  gtk_widget_class_bind_template_child (widget_class, PosaStepPicture, picture);
  gtk_widget_class_bind_template_child (widget_class, PosaStepPicture, reason);
}

static void
posa_step_picture_init (PosaStepPicture *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
