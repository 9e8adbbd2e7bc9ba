/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* The order's meter, as big as it can be, to compare with the plate. */
#define POSA_TYPE_STEP_IDENTIFY (posa_step_identify_get_type ())
G_DECLARE_FINAL_TYPE (PosaStepIdentify, posa_step_identify, POSA, STEP_IDENTIFY, PosaStep)

G_END_DECLS
