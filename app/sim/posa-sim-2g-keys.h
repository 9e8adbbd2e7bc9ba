/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-2g-meter.h"

G_BEGIN_DECLS

/* Security setup (class 64) of a simulated 2G meter. */

/* Both methods: in force from the next request on, as the answer still goes in the old way.
 *
 * Method 1, security_activate: the policy can only grow. */
guint8 posa_sim_2g_strengthen (PosaSimMeter *self, const PosaCosemValue *policy);
/* Method 2, global_key_transfer: all keys of the array or none. */
guint8 posa_sim_2g_transfer_keys (PosaSimMeter *self, const PosaCosemValue *parameter);
/* Before each request of a client: what came so takes effect; @opens: the request opens an
 * association. */
void posa_sim_2g_take_security (PosaSimMeter *self, gboolean opens);
/* Whether keys were transferred that are not in force yet. */
gboolean posa_sim_2g_has_new_keys (const PosaSimMeter *self);

G_END_DECLS
