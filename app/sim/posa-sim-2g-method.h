/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-2g-meter.h"

G_BEGIN_DECLS

/* What the methods of a simulated 2G meter's objects do. Who may call one has been checked; an
 * action-result. */
guint8 posa_sim_2g_act (PosaSimMeter *self,
                        PosaSimObject *object,
                        gint8 method,
                        const PosaCosemValue *parameter);

/* The drive of the relay may have arrived since the last look. */
void posa_sim_2g_move_relay (PosaSimMeter *self);
/* Sets the clock, µs UTC. */
void posa_sim_2g_set_clock (PosaSimMeter *self, gint64 wall_us);

G_END_DECLS
