/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-iec-data.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* What a profile knows of the form of the data, against characters that the line lost, inserted or
 * changed in a way that the block check misses. */

/* Whether @set is written with just the digits that @want promises, if it does. INVALID_DATA. */
gboolean posa_iec_judge_register (const PosaProfileRegister *want,
                                  const PosaIecDataSet *set,
                                  GError **error);

/* Whether the form of @sets is so well known that a lost or inserted character would show: for the
 * @whole readout by its @size in characters, for a single answer by the digits of its register or
 * the format of its time. Digits changed alike show when bands do not make up their total. */
gboolean
posa_iec_judge_vouches (const PosaProfile *profile, GPtrArray *sets, gsize size, gboolean whole);

G_END_DECLS
