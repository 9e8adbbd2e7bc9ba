/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All time comes from here, and all sleeping goes through here, so that a replay or a test
 * runs at once on a fake clock. Immutable and thread-safe apart from the fake's own hands. */
#define POSA_TYPE_CLOCK (posa_clock_get_type ())
G_DECLARE_FINAL_TYPE (PosaClock, posa_clock, POSA, CLOCK, GObject)

/* The process-wide clock of the machine; borrowed. */
PosaClock *posa_clock_get_system (void);
/* A clock that moves only by posa_clock_advance() and by being slept on. @wall_us: UTC, µs since
 * 1970. */
PosaClock *posa_clock_new_fake (gint64 wall_us);

gint64
posa_clock_get_monotonic (PosaClock *self);   /* µs; never goes back, counts suspend (BOOTTIME) */
gint64 posa_clock_get_wall (PosaClock *self); /* µs since 1970, UTC */
void posa_clock_advance (PosaClock *self, gint64 us); /* fake clocks only */

/* Sleeps until @monotonic_us, or returns FALSE and CANCELLED at once when cancelled. */
gboolean posa_clock_sleep_until (PosaClock *self,
                                 gint64 monotonic_us,
                                 GCancellable *cancellable,
                                 GError **error);

/* Italy's local time, from the system's tables; the machine's own where those lack. Borrowed. */
GTimeZone *posa_time_get_italy (void);
/* The wall time as ISO 8601 with the offset of Italy's local time
 * ("2026-11-21T10:15:30.250+01:00"). */
char *posa_time_format (gint64 wall_us);
/* The same in reverse; -1 and INVALID_DATA when the text has no date, time and offset. */
gint64 posa_time_parse (const char *text, GError **error);

G_END_DECLS
