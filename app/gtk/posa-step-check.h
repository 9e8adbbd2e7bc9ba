/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* The old meter's readings beside the last known ones, with what was found odd about them. A remark
 * is accepted with a reason. */
#define POSA_TYPE_STEP_CHECK (posa_step_check_get_type ())
G_DECLARE_FINAL_TYPE (PosaStepCheck, posa_step_check, POSA, STEP_CHECK, PosaStep)

G_END_DECLS
