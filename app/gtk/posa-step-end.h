/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* How the visit ended, with the signed report when there is one. */
#define POSA_TYPE_STEP_END (posa_step_end_get_type ())
G_DECLARE_FINAL_TYPE (PosaStepEnd, posa_step_end, POSA, STEP_END, PosaStep)

G_END_DECLS
