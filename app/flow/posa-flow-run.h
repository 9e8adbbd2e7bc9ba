/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "flow/posa-flow-effects.h"
#include "flow/posa-flow-snapshot.h"

G_BEGIN_DECLS

/* One job being done. Lives in the work thread; the services are borrowed and must outlive it.
 *
 * Each function below commits the event and the new state in one transaction before it returns.
 * A refusal by a guard and a failed hardware action are answers, not errors: the snapshot tells.
 * NULL and *error mean that nothing durable happened: DISK_FULL, DAMAGED, CANCELLED, FAILED,
 * GUARD_FAILED for an event that the state does not have. */
typedef struct _PosaFlowRun PosaFlowRun;

/* Opens the job of an order at its durable state, or begins one. NOT_FOUND: no such order.
 * A job that has ended is shown at its end, unless the office has assigned the order again since:
 * then a new one begins. If the office has withdrawn the order meanwhile, that is applied by the
 * zone first (field-work.md 6.3), here and before each event. */
PosaFlowRun *
posa_flow_run_open (const PosaFlowServices *services, const char *order_id, GError **error);
void posa_flow_run_free (PosaFlowRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaFlowRun, posa_flow_run_free)

/* Where the job stands now; owned by the caller. Never fails. */
PosaFlowSnapshot *posa_flow_run_get_snapshot (PosaFlowRun *self);
/* A crew event. @evidence may be NULL. */
PosaFlowSnapshot *posa_flow_run_send (PosaFlowRun *self,
                                      PosaFlowEvent event,
                                      const PosaFlowEvidence *evidence,
                                      GError **error);
/* Runs the hardware action of the current state; blocks. @operation may be NULL. Cancelled: NULL
 * and CANCELLED, the state stays. GUARD_FAILED when the state has no action. */
PosaFlowSnapshot *
posa_flow_run_perform (PosaFlowRun *self, PosaOperation *operation, GError **error);

G_END_DECLS
