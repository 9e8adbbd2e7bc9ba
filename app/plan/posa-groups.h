/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Groups of the numbers 0 to n - 1 that only ever grow together (union-find). A group is known by
 * its lowest member. */
gint32 *posa_groups_new (gint32 n); /* each alone; free with g_free() */
gint32 posa_groups_find (gint32 *groups, gint32 member);
/* FALSE when they are one already. */
gboolean posa_groups_join (gint32 *groups, gint32 a, gint32 b);

G_END_DECLS
