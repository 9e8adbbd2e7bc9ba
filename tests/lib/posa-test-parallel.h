/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* g_test_add_data_func() for a row that mostly waits: it runs from now on, in a thread of its own
 * beside a few others, and its turn is when it has ended. What it asserts ends the whole program.
 */
void posa_test_add_parallel (const char *path, gconstpointer row, GTestDataFunc func);

G_END_DECLS
