/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* What the hands do next, as a pictogram, with the order's meter to compare. */
#define POSA_TYPE_STEP_PICTURE (posa_step_picture_get_type ())
G_DECLARE_FINAL_TYPE (PosaStepPicture, posa_step_picture, POSA, STEP_PICTURE, PosaStep)

/* Resource path of the pictogram for a state (nick); static, a general one when there is none. */
const char *posa_step_picture_get_resource (const char *state);

G_END_DECLS
