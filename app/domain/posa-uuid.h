/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-clock.h"

G_BEGIN_DECLS

/* A new UUID version 7 (RFC 9562): sorts by time of creation. Free with g_free(). */
char *posa_uuid_new (PosaClock *clock);
gboolean posa_uuid_is_valid (const char *text);

G_END_DECLS
