/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-loads.h"

G_BEGIN_DECLS

/* Gives the loads their months anew: those that suit their seasons, their size and their work, then
 * months in a row to neighbours. @effort is the number of exchanges that are tried. */
void posa_month_order_find (PosaLoads *loads, PosaRandom *random, guint effort);

G_END_DECLS
