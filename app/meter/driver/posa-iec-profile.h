/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "meter/driver/posa-iec-profile-parser.h"
#include "meter/driver/posa-iec-session.h"

G_BEGIN_DECLS

/* Asks for the intervals of @gap in a session that is in programming mode, and has @parser take
 * each as it comes; reports the share of @whole that is there. INVALID_DATA, the session's errors.
 */
gboolean posa_iec_profile_read (PosaIecSession *session,
                                const PosaProfile *profile,
                                PosaIecProfileParser *parser,
                                const PosaLoadGap *gap,
                                const PosaLoadGap *whole,
                                PosaOperation *operation,
                                GError **error);

G_END_DECLS
