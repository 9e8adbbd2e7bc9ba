/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-loads.h"

G_BEGIN_DECLS

/* One run of simulated annealing: moves at the borders of the loads, that keep each connected. */
typedef struct
{
  double from, to; /* temperature, in the unit of the weights of edges */
  gint64 n_steps;
} PosaAnneal;

/* FALSE when cancelled. */
gboolean posa_anneal_run (const PosaAnneal *self,
                          PosaLoads *loads,
                          PosaRandom *random,
                          GCancellable *cancellable,
                          GError **error);

G_END_DECLS
