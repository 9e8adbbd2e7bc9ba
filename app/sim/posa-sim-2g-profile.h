/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-2g-meter.h"

G_BEGIN_DECLS

/* What a simulated 2G meter remembers: load profile of quarter hours (60 days), profile of days
 * (60) and of billing periods (12 months), and what happened (24 events in each of three logs).
 * Nothing is stored: each row follows from the seed and
 * its own time, so that the same row is the same in every process. The values of days and months
 * grow evenly up to the present registers; the curve of quarter hours is its own. Rows are stamped
 * at the end of their period, with the zone that the clock has. */

/* Adds the profiles and the registers that their columns name. Takes `profile_channels` of
 * the settings: names of the load profile's channels with commas between (A+ A- R1 R2 R3 R4 V1 V2
 * V3), default A+; `profile_nulls=yes`: values equal to those of the row above, and clocks that
 * follow from the capture period, are null; and `profile_sort=fifo` or `lifo`: the oldest row
 * first, or the newest. */
gboolean posa_sim_2g_add_profiles (PosaSimMeter *self, const PosaSimSetup *setup, GError **error);

/* The buffer of the profile @object as a GET asks for it: @selector 0 all, 1 by range of the clock,
 * 2 by entry; @selection is the selector's parameter. A data-access-result. */
guint8 posa_sim_2g_profile_read (PosaSimMeter *self,
                                 const PosaSimObject *object,
                                 guint8 selector,
                                 const PosaCosemValue *selection,
                                 PosaCosemValue **value);

G_END_DECLS
