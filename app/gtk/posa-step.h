/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What stands between the zone bar and the primary button while a job shows one page of its flow.
 * A step shows properties of the job and collects the answer that goes with the primary action; it
 * never decides where the job goes.
 *
 * Properties: job PosaJob, order PosaOrderItem, workspace PosaWorkspace (construct only) · ready b
 * (the primary action may be pressed). */
#define POSA_TYPE_STEP (posa_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (PosaStep, posa_step, POSA, STEP, AdwBin)

struct _PosaStepClass
{
  AdwBinClass parent_class;

  /* Puts what was collected into @answer; strings are borrowed from the step. NULL: nothing. */
  void (*fill_answer) (PosaStep *self, PosaJobAnswer *answer);
};

PosaJob *posa_step_get_job (PosaStep *self);             /* borrowed */
PosaWorkspace *posa_step_get_workspace (PosaStep *self); /* borrowed */
gboolean posa_step_is_ready (PosaStep *self);
void posa_step_set_ready (PosaStep *self, gboolean ready);
void posa_step_fill_answer (PosaStep *self, PosaJobAnswer *answer);

G_END_DECLS
