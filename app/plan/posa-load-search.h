/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-loads.h"

#include "base/posa-operation.h"

G_BEGIN_DECLS

/* One search from the beginning: coarse level, then units. The result depends on @random alone.
 * NULL when cancelled. */
PosaLoads *posa_load_search_run (const PosaUnits *units,
                                 const PosaMonths *months,
                                 PosaRandom *random,
                                 GCancellable *cancellable,
                                 GError **error);
/* Makes loads even again that are nearly so. */
gboolean posa_load_search_finish (PosaLoads *self,
                                  PosaRandom *random,
                                  GCancellable *cancellable,
                                  GError **error);
/* Less is better; what must not be comes first: season, evenness, overtime, then gaps between
 * months in a row, then the cut. */
double posa_load_search_rate (const PosaLoads *self);

G_END_DECLS
