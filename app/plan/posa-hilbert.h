/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The points' numbers in the order in which Hilbert's curve visits them, so that neighbours in it
 * are neighbours in the plane; ties by number. Free with g_free(). */
gint32 *posa_hilbert_order (const double *x, const double *y, gint32 n);

G_END_DECLS
