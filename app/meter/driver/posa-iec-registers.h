/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-reading-set.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* What an IEC 62056-21 meter has given (an array of PosaIecDataSet), as the profile understands it.
 * What is wrong is INVALID_DATA; what is not there is INVALID_DATA naming it, or a missing item of
 * the reading, as the profile says. */

/* The value of the first of the codes "A;B" that is there, without spaces around it; NULL when none
 * has one, or @codes is NULL. */
char *posa_iec_dup_text (GPtrArray *sets, const char *codes);

/* FALSE with the error, or TRUE with a new missing item of @reading. */
gboolean posa_iec_note_missing (const PosaProfile *profile,
                                PosaReadingSet *reading,
                                const char *code,
                                const char *what,
                                GError **error);

/* The number of @set in the base unit of @want, with as many digits as it must have: one that has
 * lost a digit is a wrong number, not a small one. */
gboolean posa_iec_get_register (const PosaIecDataSet *set,
                                const PosaProfileRegister *want,
                                gint64 *value,
                                gint64 *resolution,
                                GError **error);

/* Current registers; only the totals of energy when @totals_only. */
gboolean posa_iec_take_registers (const PosaProfile *profile,
                                  GPtrArray *sets,
                                  gboolean totals_only,
                                  PosaReadingSet *reading,
                                  GError **error);
/* The last frozen copy, with its instant and reason. */
gboolean posa_iec_take_frozen (const PosaProfile *profile,
                               GPtrArray *sets,
                               PosaReadingSet *reading,
                               GError **error);
/* The codes of the frozen copy, once @sets has its number; adds new strings to @codes. */
void posa_iec_list_frozen (const PosaProfile *profile, GPtrArray *sets, GPtrArray *codes);

G_END_DECLS
