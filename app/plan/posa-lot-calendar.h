/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-lot.h"

G_BEGIN_DECLS

/* What the calendar says of the months of a plan, numbered from 0. */

/* Year and month (1 to 12) of plan month @month. */
void posa_lot_get_month (const PosaLot *self, guint month, guint *year, guint *calendar_month);
guint posa_lot_count_workdays (const PosaLot *self, guint month);
/* Seconds that all crews together can work in it. */
gint64 posa_lot_get_capacity (const PosaLot *self, guint month);
/* The plan months, as bits, in which a season (bits of the calendar's months) allows work. */
guint64 posa_lot_get_allowed (const PosaLot *self, guint16 season);

G_END_DECLS
