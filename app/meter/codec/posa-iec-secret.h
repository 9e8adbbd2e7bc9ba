/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Command P2 (IEC 62056-21, 6.5.2): the operand is what a maker's algorithm makes of the seed that
 * the meter sends with P0. Makers do not publish theirs; who has one adds it to the table, and a
 * profile chooses it by name ([access] algorithm=). "simulator" is this project's own, known to
 * posa-sim alone. */

/* The text to put into the parentheses of P2; free with g_free(). */
typedef char *(*PosaIecSecretFunc) (const char *seed, const char *password);

/* NULL when there is no algorithm of that name. */
PosaIecSecretFunc posa_iec_secret_find (const char *name);

G_END_DECLS
