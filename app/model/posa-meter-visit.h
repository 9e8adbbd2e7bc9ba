/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-meter.h"
#include "model/posa-meter-place.h"

G_BEGIN_DECLS

/* One visit to a meter outside of the workflow: opened with the keys of the key file that the place
 * names, else of the stock, one thing done, signed off. Blocking, a thread of its own. Errors:
 * those of posa_meter_access_open(), posa_port_open(), posa_meter_open() and of the function of
 * PosaMeter that has the same name. */

/* Also when it fails @profile has what came, and the same call goes on from there. */
gboolean posa_meter_visit_load_profile (const PosaMeterPlace *place,
                                        gint64 from_us,
                                        gint64 to_us,
                                        PosaLoadProfile *profile,
                                        PosaOperation *operation,
                                        GError **error);
gboolean posa_meter_visit_last_intervals (const PosaMeterPlace *place,
                                          guint n,
                                          PosaLoadProfile *profile,
                                          PosaOperation *operation,
                                          GError **error);
GPtrArray *posa_meter_visit_events (const PosaMeterPlace *place,
                                    gint64 from_us,
                                    gint64 to_us,
                                    PosaOperation *operation,
                                    GError **error);
typedef enum
{
  POSA_CLOCK_VISIT_READ,
  POSA_CLOCK_VISIT_SET,         /* of a meter of this crew's stock or of its orders */
  POSA_CLOCK_VISIT_SET_STRANGER /* of any */
} PosaClockVisit;

/* Reads the clock into both times of @out, or sets it: a wrong time spoils what a meter bills, so
 * that of a stranger is set only when that is what was asked for. GUARD_FAILED for a stranger. */
gboolean posa_meter_visit_clock (const PosaMeterPlace *place,
                                 PosaClockVisit what,
                                 PosaClockChange *out,
                                 PosaOperation *operation,
                                 GError **error);
/* Gives the meter the keys of the file @key_path (ek, ak; kek: the master key that it has), which
 * only its owner may read. Needs an enrolled device: that is where the keys are kept, and where
 * those before them come from, so the place must name no key file. */
gboolean posa_meter_visit_keys (const PosaMeterPlace *place,
                                const char *key_path,
                                PosaOperation *operation,
                                GError **error);
/* Reads the firmware file @path and sends it. USAGE when its SHA-256 is not @sha256 (hex), or it is
 * empty or larger than any meter takes. */
gboolean posa_meter_visit_firmware (const PosaMeterPlace *place,
                                    const char *path,
                                    const char *sha256,
                                    const char *identification,
                                    gboolean activate,
                                    PosaOperation *operation,
                                    GError **error);

/* How long @n_bytes of firmware take over the optical port at 9600 baud, seconds. */
guint posa_meter_visit_estimate_s (gsize n_bytes);
/* Reads and checks the file alone; free with g_bytes_unref(). */
GBytes *posa_meter_visit_load_firmware (const char *path, const char *sha256, GError **error);

G_END_DECLS
