/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-2g-meter.h"

G_BEGIN_DECLS

/* Image transfer (class 18) of a simulated 2G meter. An image for it begins with "PSA2GFW " and has
 * the SHA-256 of all before it as its last 32 bytes; without that it fails its verification. */

void posa_sim_2g_add_image_transfer (PosaSimMeter *self);
guint8 posa_sim_2g_image_act (PosaSimMeter *self,
                              PosaSimObject *object,
                              gint8 method,
                              const PosaCosemValue *parameter);

G_END_DECLS
