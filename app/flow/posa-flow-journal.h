/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "flow/posa-flow-effects.h"

G_BEGIN_DECLS

/* The durable side of one job: its frozen order and its facts, folded from the order's events. It
 * writes each step with all that belongs to it in one transaction, then folds again, so that what
 * the program believes is always what a restart would find. Work thread. */
typedef struct
{
  const PosaFlowServices *services; /* borrowed */
  PosaWorkOrder *order;             /* as the job began with it */
  PosaFlowFacts *facts;
  char *boot_id;
  gboolean resumed; /* the job was there before this opening */
} PosaFlowJournal;

/* NOT_FOUND; GUARD_FAILED for an order that the office withdrew before it was begun. */
PosaFlowJournal *
posa_flow_journal_open (const PosaFlowServices *services, const char *order_id, GError **error);
void posa_flow_journal_free (PosaFlowJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaFlowJournal, posa_flow_journal_free)

PosaFlowStamp posa_flow_journal_get_now (const PosaFlowJournal *self);
PosaFlowWork posa_flow_journal_get_work (const PosaFlowJournal *self);

/* Takes @edge: event, state, records of the effect, order's state, reading; all or nothing. After
 * an error the facts are folded again: a failed commit is unknown, not undone (trust.md I10). */
gboolean posa_flow_journal_take (PosaFlowJournal *self,
                                 const PosaFlowEdge *edge,
                                 const PosaFlowEvidence *evidence,
                                 GError **error);
/* Notes an event that a guard refused; the state stays. */
gboolean posa_flow_journal_note_refusal (PosaFlowJournal *self,
                                         PosaFlowEvent event,
                                         const PosaFlowEvidence *evidence,
                                         const char *refusal,
                                         GError **error);
/* Whether the office has withdrawn the order and the job does not know yet. @reason: free. */
gboolean posa_flow_journal_is_withdrawn (PosaFlowJournal *self,
                                         gboolean *withdrawn,
                                         char **reason,
                                         GError **error);

G_END_DECLS
