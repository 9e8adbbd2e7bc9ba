/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-meter-private.h"

G_BEGIN_DECLS

/* A meter that speaks DLMS/COSEM over HDLC, as its profile says. What everybody may read (who it
 * is) comes from a public association at opening; everything else from the installer's, which is
 * opened when it is needed and needs @keyring. */
#define POSA_TYPE_DLMS_METER (posa_dlms_meter_get_type ())
G_DECLARE_FINAL_TYPE (PosaDlmsMeter, posa_dlms_meter, POSA, DLMS_METER, PosaMeter)

/* Connects with the line of each DLMS profile of @profiles, and chooses the one of them by the
 * logical device name. @keyring may be NULL: then only the nameplate can be had.
 * With @signs_on the meter has answered a sign-on at 300 baud, and only that way of calling it is
 * tried. UNSUPPORTED when none matches. */
PosaMeter *posa_dlms_meter_open (PosaPort *port,
                                 GPtrArray *profiles,
                                 PosaKeyring *keyring,
                                 gboolean signs_on,
                                 PosaOperation *operation,
                                 GError **error);

G_END_DECLS
