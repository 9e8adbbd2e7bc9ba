/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-clock.h"
#include "base/posa-operation.h"
#include "flow/posa-flow-facts.h"
#include "meter/posa-keyring.h"
#include "report/posa-report.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

/* What the work of a job needs from around it. All pointers borrowed by the run. */
typedef struct
{
  PosaStore *store;      /* a writing handle of the work thread */
  PosaKeyring *keyring;  /* keys and counters of the new meters */
  PosaReportKey *key;    /* signs the reports; NULL: signing fails with KEY_MISSING */
  PosaClock *clock;      /* NULL: the system's */
  const char *old_port;  /* device path of the optical head at the old meter */
  const char *new_port;  /* at the new meter; NULL or "": the same head */
  const char *device_id; /* as enrolled */
  const char *crew_id, *operator_badge, *operator_name, *contractor;
  const char *locale; /* "it" or "en": language of the report's page */
} PosaFlowServices;

/* What an effect works on; all borrowed. */
typedef struct
{
  const PosaFlowServices *services;
  const PosaWorkOrder *order;
  const PosaFlowFacts *facts;
  PosaFlowStamp now;
} PosaFlowWork;

/* The part of an effect that talks to a meter: blocks, changes nothing in the store but the
 * invocation counters. Returns the evidence for POSA_FLOW_EVENT_DONE; empty for the effects that
 * are only records. NULL and WRONG_METER when another meter answers than the step is about, or any
 * error of the meter layer, with what was being done in front. */
PosaFlowEvidence *posa_flow_effect_run (PosaFlowEffect effect,
                                        const PosaFlowWork *work,
                                        PosaOperation *operation,
                                        GError **error);

/* The part of an effect that is rows: the signed report, the custody of both meters, the outbox.
 * Part of the caller's transaction, so it happens once, with the step that it belongs to. Adds what
 * it made to @evidence. */
gboolean posa_flow_effect_record (PosaFlowEffect effect,
                                  const PosaFlowWork *work,
                                  PosaFlowEvidence *evidence,
                                  GError **error);

/* The chosen new meter is faulty: its custody. Part of the caller's transaction. */
gboolean posa_flow_record_faulty (const PosaFlowWork *work, GError **error);

G_END_DECLS
