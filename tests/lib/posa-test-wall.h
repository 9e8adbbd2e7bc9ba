/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/port/posa-port.h"

G_BEGIN_DECLS

/* A port on a device whose time of day is wrong, or that lives in another year. */
#define POSA_TYPE_TEST_WALL (posa_test_wall_get_type ())
G_DECLARE_FINAL_TYPE (PosaTestWall, posa_test_wall, POSA, TEST_WALL, GObject)

/* Takes @port; @offset_us is what the wall time differs from the machine's. */
PosaPort *posa_test_wall_new (PosaPort *port, gint64 offset_us);

G_END_DECLS
