/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Installs the log writer: one line per message on stderr with time and level; keys (32 or more
 * hex digits in a row) and PODs are masked, so that a log can leave the tablet. */
void posa_log_init (void);
/* The masking itself; free with g_free(). */
char *posa_log_redact (const char *message);

G_END_DECLS
