/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-meter-private.h"

G_BEGIN_DECLS

/* A meter that speaks IEC 62056-21 mode C, as its profile says. */
#define POSA_TYPE_IEC_METER (posa_iec_meter_get_type ())
G_DECLARE_FINAL_TYPE (PosaIecMeter, posa_iec_meter, POSA, IEC_METER, PosaMeter)

/* Signs on at 300 baud, @tries times, and chooses one of @profiles. @address is the device's; NULL
 * for any that listens, else those that profiles name. UNSUPPORTED when none matches. */
PosaMeter *posa_iec_meter_open (PosaPort *port,
                                GPtrArray *profiles,
                                const char *address,
                                guint tries,
                                PosaOperation *operation,
                                GError **error);

G_END_DECLS
