/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-1g-state.h"

G_BEGIN_DECLS

/* What has gone through a simulated 1G meter: its hours, and from them its registers. */

#define POSA_SIM_1G_PROFILE_DAYS 36 /* delibera 292/06, Art. 4.2 e */

/* The tier of the meter's own table at @wall_us. */
guint posa_sim_1g_get_tier (PosaSim1g *self, gint64 wall_us);

/* 36 days of hours up to now, without those of @gap (COUNT hours from the FIRST on). */
void posa_sim_1g_make_profile (PosaSim1g *self, guint gap_first, guint gap_count);

/* Registers at the begin of the month, then the same with what the hours since have added. */
void posa_sim_1g_make_registers (PosaSim1g *self, GRand *rand);
/* The frozen copy of the energy registers, of what the current ones are now. */
void posa_sim_1g_make_frozen (PosaSim1g *self);

G_END_DECLS
