/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The patterns of [match], with * and ?. Pure. */

/* Whether some text fits both. */
gboolean posa_profile_pattern_overlaps (const char *x, const char *y);
/* Whether all that fits @narrow fits @wide too. */
gboolean posa_profile_pattern_covers (const char *wide, const char *narrow);
/* Whether two profiles claim the same meters, by FLAG id (without case) and identification, and
 * neither plainly is the wider one, for what the other leaves over. */
gboolean posa_profile_pattern_conflicts (const char *x_manufacturer,
                                         const char *x_ident,
                                         const char *y_manufacturer,
                                         const char *y_ident);

G_END_DECLS
