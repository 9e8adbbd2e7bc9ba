/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* Work on the new meter: pictogram, and each value that was written and read back. */
#define POSA_TYPE_STEP_VERIFY (posa_step_verify_get_type ())
G_DECLARE_FINAL_TYPE (PosaStepVerify, posa_step_verify, POSA, STEP_VERIFY, PosaStep)

G_END_DECLS
