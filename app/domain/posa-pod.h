/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* POD: "IT", three digits of the DSO, "E", eight characters; a 15th control character may follow
 * and is opaque (no public algorithm). */

/* Normalises (upper case, no spaces, dots, hyphens) and checks @text; NULL and INVALID_DATA else.
 * @control (out, optional, free) gets the 15th character or NULL. Free with g_free(). */
char *posa_pod_parse (const char *text, char **control, GError **error);

/* Whether a nine-digit customer number as shown by the meter belongs to @pod: its first eight
 * digits equal characters 7..14 of the POD (domain.md 2.3). */
gboolean posa_pod_matches_customer_number (const char *pod, const char *customer_number);

G_END_DECLS
