/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times as meters write them, by a format of their makers: YYYY or YY year, MM month, DD day, hh
 * hour, mm minute, ss second, Z season (0 winter, 1 summer, 2 UTC); every other character stands
 * for itself. The time is Italian local time; without Z the doubtful hour in autumn is read as
 * summer time. */

/* µs UTC, or -1 and INVALID_DATA. */
gint64 posa_iec_time_parse (const char *format, const char *text, GError **error);
/* Free with g_free(). */
char *posa_iec_time_format (const char *format, gint64 wall_us);

G_END_DECLS
