/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "flow/posa-flow-facts.h"

G_BEGIN_DECLS

/* One button beside the primary one. */
typedef struct
{
  PosaFlowEvent event;
  PosaFlowNeeds needs;
  const char *label; /* translated, static */
} PosaFlowAction;

/* What a front end knows of a job: a plain value, complete, independent of the run. Strings are
 * owned, or static where it says so. */
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
  PosaOutcome outcome; /* of an end, or of a replacement that is complete; NONE before */

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

/* @resumed: nothing has happened since the job was opened again. @refusal: NULL, or of the last
 * event. */
PosaFlowSnapshot *posa_flow_snapshot_new (const PosaWorkOrder *order,
                                          const PosaFlowFacts *facts,
                                          PosaFlowStamp now,
                                          gboolean resumed,
                                          const char *refusal);
void posa_flow_snapshot_free (PosaFlowSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaFlowSnapshot, posa_flow_snapshot_free)

G_END_DECLS
