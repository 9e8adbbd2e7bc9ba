/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-reading-set.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* Tariff table, default registers, limiter, powers, flags and voltage statistics out of @sets
 * (array of PosaIecDataSet) into the facts of @reading. INVALID_DATA for what is wrong, and for
 * what the profile names and the meter does not give unless the profile only wants that noted. */
gboolean posa_iec_take_facts (const PosaProfile *profile,
                              GPtrArray *sets,
                              PosaReadingSet *reading,
                              GError **error);

/* The codes that posa_iec_take_facts() looks for; adds new strings to @codes. */
void posa_iec_list_facts (const PosaProfile *profile, GPtrArray *codes);

G_END_DECLS
