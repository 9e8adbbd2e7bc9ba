/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The frame of a replacement: zone bar, title, the step of the moment, one primary button.
 *
 * Action: job.leave.
 * Signal: leave, when the crew may and wants to go back to the orders. */
#define POSA_TYPE_JOB_PAGE (posa_job_page_get_type ())
G_DECLARE_FINAL_TYPE (PosaJobPage, posa_job_page, POSA, JOB_PAGE, AdwNavigationPage)

/* @job NULL: no replacement is shown. */
void posa_job_page_set_job (PosaJobPage *self, PosaWorkspace *workspace, PosaJob *job);
/* NULL when the page may be left now, else a translated sentence that says why not; static. */
const char *posa_job_page_get_obstacle (PosaJobPage *self);

G_END_DECLS
