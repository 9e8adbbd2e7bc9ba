/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/driver/posa-hdlc-link.h"

G_BEGIN_DECLS

/* Carries whole APDUs over a link, those too long for the meter by general block transfer (IEC
 * 62056-5-3 clause 9.3.13). Answers may come so whatever is asked; of a window that comes without
 * being asked for block by block, what is missing is asked for again.
 *
 * @limit: longer requests go in blocks of that size; 0 = none does. The errors of the link; after
 * INVALID_DATA too the link lives. */
gboolean posa_dlms_transfer (PosaHdlcLink *link,
                             gsize limit,
                             const GByteArray *request,
                             GByteArray *answer,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
