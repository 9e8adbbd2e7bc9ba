/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Has the calling thread live on a device whose time of day differs by @us from the machine's; 0
 * ends that. Other threads and processes do not notice. */
void posa_test_wall_shift (gint64 us);

G_END_DECLS
