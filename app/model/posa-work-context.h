/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "flow/posa-flow-run.h"

G_BEGIN_DECLS

/* All that the work on one order needs, opened and used in the work thread only: a writing store,
 * the device's keys, the run. */
typedef struct _PosaWorkContext PosaWorkContext;

/* Opens the device's data in @folder for meter work; no order yet. */
PosaWorkContext *posa_work_context_open (const char *folder, GError **error);
void posa_work_context_free (PosaWorkContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaWorkContext, posa_work_context_free)

PosaStore *posa_work_context_get_store (PosaWorkContext *self);     /* borrowed */
PosaKeyring *posa_work_context_get_keyring (PosaWorkContext *self); /* borrowed */
/* Opens the job of an order, resuming where it stands; the run is owned by the context. */
gboolean posa_work_context_open_run (PosaWorkContext *self, const char *order_id, GError **error);
PosaFlowRun *posa_work_context_get_run (PosaWorkContext *self); /* borrowed, NULL before */
/* What the front end starts with, taken over from the opening: owned by the caller. */
PosaFlowSnapshot *posa_work_context_steal_snapshot (PosaWorkContext *self);
PosaWorkOrder *posa_work_context_steal_order (PosaWorkContext *self);
/* Reads the optical heads' paths anew: the crew may have chosen others meanwhile. */
gboolean posa_work_context_refresh_ports (PosaWorkContext *self, GError **error);

G_END_DECLS
