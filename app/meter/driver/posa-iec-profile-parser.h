/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-load-profile.h"
#include "meter/posa-profile.h"

G_BEGIN_DECLS

/* Load profiles over IEC 62056-21 (meters.md 1.7): "P.01(from;to)" is answered by lines
 * "P.01(time)(status)(minutes)(columns)(code)(unit)…", each followed by lines of values, one for
 * every period from that time on. The status holds until the next such line. The answer comes in
 * blocks that may end anywhere; whole lines are taken at once, so that they stay when the rest
 * never comes. */
typedef struct _PosaIecProfileParser PosaIecProfileParser;

/* Gives @target the shape that @profile describes; intervals will go there. Borrows all three.
 * INVALID_DATA when @target has another shape. */
PosaIecProfileParser *
posa_iec_profile_parser_new (const PosaProfile *profile, PosaLoadProfile *target, GError **error);
void posa_iec_profile_parser_free (PosaIecProfileParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaIecProfileParser, posa_iec_profile_parser_free)

/* Before each answer: what was asked for. */
void posa_iec_profile_parser_begin (PosaIecProfileParser *self, PosaLoadGap asked);
/* INVALID_DATA for an answer that is none, or for another time than was asked for. */
gboolean posa_iec_profile_parser_feed (PosaIecProfileParser *self,
                                       const char *text,
                                       gboolean last,
                                       GError **error);
/* End of the next interval to come, µs UTC; 0 before the first. */
gint64 posa_iec_profile_parser_get_next_us (const PosaIecProfileParser *self);

G_END_DECLS
