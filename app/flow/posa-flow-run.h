/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "flow/posa-flow-effects.h"
#include "flow/posa-flow-table.h"

G_BEGIN_DECLS

/* One button beside the primary one. */
typedef struct
{
  PosaFlowEvent event;
  PosaFlowNeeds needs;
  const char *label; /* translated, static */
} PosaFlowAction;

/* What a front end knows of a job: a plain value, complete, independent of the run. All strings
 * owned, or static where it says so. Readings are borrowed by nobody else: copies. */
typedef struct
{
  char *order_id;
  PosaFlowState state;
  PosaZone zone;
  const char *nick;        /* of the state; static */
  const char *page;        /* static */
  const char *label;       /* translated, static */
  const char *instruction; /* translated, static */
  guint step;              /* 1..POSA_FLOW_N_STEPS, 0 aside */
  gboolean end;

  PosaFlowEffect effect;     /* not NONE: the primary action is posa_flow_run_perform() */
  gboolean automatic;        /* perform without waiting for a press */
  const char *primary_label; /* translated, static; NULL: nothing to press */
  PosaFlowEvent primary;     /* when effect is NONE and primary_label is set: event to send */
  PosaFlowNeeds primary_needs;
  GArray *actions; /* PosaFlowAction: what else the crew may do */

  gboolean dark;       /* the customer is without supply now */
  gint64 dark_wall_us; /* when it began, wall; 0 = never */
  gint64 dark_us;      /* how long, until now or until restored: monotonic within one boot of the
                          device, wall time across boots */
  PosaOutcome outcome; /* of an end; of a replacement REPLACED; NONE before */

  PosaReadingSet *removal, *second, *activation; /* NULL until taken */
  GPtrArray *findings;             /* PosaFinding on the removal reading; never NULL */
  GPtrArray *verified;             /* PosaVerifiedValue; never NULL */
  GPtrArray *notes;                /* char*: reasons given, things recorded */
  char *new_serial;                /* NULL until chosen */
  char *report_id, *report_number; /* NULL until signed */

  char *refusal;      /* why the last event was not accepted; NULL */
  int error_code;     /* PosaErrorCode of the last hardware action that failed in this state; -1 */
  char *error_text;   /* its message; NULL */
  const char *advice; /* what to do about it; translated, static; NULL */
  const char *hint;   /* after a resume: what happened and what to look at; translated, static */
} PosaFlowSnapshot;

void posa_flow_snapshot_free (PosaFlowSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaFlowSnapshot, posa_flow_snapshot_free)

/* One job being done. Lives in the work thread; the services are borrowed and must outlive it.
 *
 * Each function below commits the event and the new state in one transaction before it returns.
 * A refusal by a guard and a failed hardware action are answers, not errors: the snapshot tells.
 * NULL and *error mean that nothing durable happened: DISK_FULL, DAMAGED, CANCELLED, FAILED,
 * GUARD_FAILED for an event that the state does not have. */
typedef struct _PosaFlowRun PosaFlowRun;

/* Opens the job of an order at its durable state, or begins one. NOT_FOUND: no such order.
 * An order that ended without a replacement is begun anew. If the office has withdrawn the order,
 * the withdrawal is applied by the zone (field-work.md 6.3). */
PosaFlowRun *posa_flow_run_open (PosaFlowServices *services, const char *order_id, GError **error);
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
