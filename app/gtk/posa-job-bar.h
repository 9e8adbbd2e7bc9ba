/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* The bottom of a replacement: the primary action of the step, and the way to everything else. It
 * hands what is pressed to the job.
 *
 * Signals: acted, when what was pressed is done or failed · leave, at an end, back to the orders.
 */
#define POSA_TYPE_JOB_BAR (posa_job_bar_get_type ())
G_DECLARE_FINAL_TYPE (PosaJobBar, posa_job_bar, POSA, JOB_BAR, AdwBin)

/* The step whose answer goes with the primary action; NULL: there is no replacement. */
void posa_job_bar_set_step (PosaJobBar *self, PosaStep *step);
/* Follows the job. */
void posa_job_bar_update (PosaJobBar *self);
/* Presses the primary action by the keyboard; FALSE when it cannot be pressed now. */
gboolean posa_job_bar_press (PosaJobBar *self);

G_END_DECLS
