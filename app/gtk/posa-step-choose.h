/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* Which new meter: one tap on the list of this van's meters, or its serial typed twice or scanned.
 *
 * Property: stock GListModel of PosaStockItem. */
#define POSA_TYPE_STEP_CHOOSE (posa_step_choose_get_type ())
G_DECLARE_FINAL_TYPE (PosaStepChoose, posa_step_choose, POSA, STEP_CHOOSE, PosaStep)

G_END_DECLS
