/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* What goes into the report: readings of the old meter and values of the new one. */
#define POSA_TYPE_STEP_REPORT (posa_step_report_get_type ())
G_DECLARE_FINAL_TYPE (PosaStepReport, posa_step_report, POSA, STEP_REPORT, PosaStep)

G_END_DECLS
