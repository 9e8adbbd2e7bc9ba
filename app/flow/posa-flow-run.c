/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow/posa-flow-run.h"

#include "flow/posa-flow-guards.h"
#include "flow/posa-flow-journal.h"
#include "stock/posa-stock.h"

struct _PosaFlowRun
{
  PosaFlowJournal *journal;
  char *refusal;      /* of the last event */
  gboolean untouched; /* nothing has happened since the job was opened again */
};

static PosaFlowState
get_state (PosaFlowRun *self)
{
  return self->journal->facts->state;
}

/* ---- context of the guards ---- */

/* The stock's rule decides; the asset only tells in which words to say no. */
static gboolean
look_up_meter (PosaFlowRun *self,
               const PosaFlowEvidence *evidence,
               PosaFlowContext *context,
               GError **error)
{
  const char *serial = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_SERIAL);
  const PosaFlowServices *services = self->journal->services;
  PosaMeterKind wanted = posa_meter_kind_get_successor (context->order->old_kind);
  g_autoptr (PosaMeterAsset) fit = NULL;
  g_autoptr (PosaMeterAsset) asset = NULL;
  g_autoptr (GError) refusal = NULL;

  context->stock = POSA_FLOW_STOCK_UNKNOWN;
  if (serial == NULL)
    return TRUE;
  fit = posa_stock_check_new_meter (services->store, serial, context->order, services->crew_id,
                                    &refusal);
  if (fit == NULL && !g_error_matches (refusal, POSA_ERROR, POSA_ERROR_STOCK_MISMATCH))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  asset = posa_meter_asset_store_get (services->store, serial, NULL);
  if (asset == NULL)
    return TRUE;
  context->new_kind = asset->kind;
  context->stock = fit != NULL || asset->kind != wanted ? POSA_FLOW_STOCK_OURS
                                                        : POSA_FLOW_STOCK_ELSEWHERE;
  return TRUE;
}

static gboolean
make_context (PosaFlowRun *self,
              const PosaFlowEdge *edge,
              const PosaFlowEvidence *evidence,
              PosaFlowContext *context,
              GError **error)
{
  *context = (PosaFlowContext) { .order = self->journal->order, .facts = self->journal->facts };
  if (edge == NULL || (edge->needs & POSA_FLOW_NEEDS_SERIAL) == 0)
    return TRUE;
  context->disk_low = !posa_store_check_space (self->journal->services->store, NULL);
  return look_up_meter (self, evidence, context, error);
}

/* ---- steps ---- */

/* What a reason stands for is durable with the reason. */
static void
add_findings (PosaFlowRun *self, const PosaFlowEdge *edge, PosaFlowEvidence *evidence)
{
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *text = NULL;

  if (edge->guard != posa_flow_guard_readings)
    return;
  findings = posa_flow_facts_find (self->journal->facts, self->journal->order);
  text = posa_findings_to_text (findings);
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_FINDINGS, text);
}

/* Takes the edge of @event, or remembers and notes why not. FALSE: nothing durable happened. */
static gboolean
step (PosaFlowRun *self, PosaFlowEvent event, const PosaFlowEvidence *evidence, GError **error)
{
  const PosaFlowEdge *edge = posa_flow_table_find (get_state (self), event);
  g_autoptr (PosaFlowEvidence) full = posa_flow_evidence_copy (evidence);
  PosaFlowContext context;

  g_clear_pointer (&self->refusal, g_free);
  if (!make_context (self, edge, full, &context, error))
    return FALSE;
  edge = posa_flow_step (get_state (self), event, &context, full, &self->refusal);
  if (edge == NULL)
    return posa_flow_journal_note_refusal (self->journal, event, full, self->refusal, error);
  add_findings (self, edge, full);
  if (!posa_flow_journal_take (self->journal, edge, full, error))
    return FALSE;
  self->untouched = FALSE;
  return TRUE;
}

/* The office's withdrawal comes before whatever else was to happen (field-work.md 6.3). @stops:
 * the way is another one now, and what was to happen does not. */
static gboolean
apply_withdrawal (PosaFlowRun *self, gboolean *stops, GError **error)
{
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();
  g_autofree char *reason = NULL;
  gboolean withdrawn = FALSE;
  PosaFlowState before = get_state (self);

  *stops = FALSE;
  if (posa_flow_state_get_info (before)->end)
    return TRUE;
  if (!posa_flow_journal_is_withdrawn (self->journal, &withdrawn, &reason, error))
    return FALSE;
  if (!withdrawn)
    return TRUE;
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_REASON, reason != NULL ? reason : "—");
  if (!step (self, POSA_FLOW_EVENT_WITHDRAW, evidence, error))
    return FALSE;
  *stops = get_state (self) != before;
  return TRUE;
}

static gboolean
fail_unknown (PosaFlowRun *self, const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED, "the step \"%s\" has no %s",
               posa_flow_state_get_info (get_state (self))->nick, what);
  return FALSE;
}

static gboolean
record_failure (PosaFlowRun *self, const GError *failure, GError **error)
{
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();

  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_CODE, posa_error_get_nick (failure));
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_ERROR, failure->message);
  return step (self, POSA_FLOW_EVENT_FAILED, evidence, error);
}

/* What hardware brought and a guard refused is a failure of the action, with the guard's words. */
static gboolean
record_refused_result (PosaFlowRun *self, GError **error)
{
  const PosaFlowEdge *edge = posa_flow_table_find (get_state (self), POSA_FLOW_EVENT_DONE);
  gboolean wrong_meter = edge->guard == posa_flow_guard_right_meter ||
                         edge->guard == posa_flow_guard_energised;
  g_autoptr (GError) failure = g_error_new_literal (
      POSA_ERROR, wrong_meter ? POSA_ERROR_WRONG_METER : POSA_ERROR_GUARD_FAILED, self->refusal);

  return record_failure (self, failure, error);
}

static gboolean
perform_effect (PosaFlowRun *self, PosaFlowEffect effect, PosaOperation *operation, GError **error)
{
  PosaFlowWork work = posa_flow_journal_get_work (self->journal);
  PosaFlowState before = get_state (self);
  g_autoptr (GError) failure = NULL;
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_effect_run (effect, &work, operation, &failure);

  if (evidence != NULL && step (self, POSA_FLOW_EVENT_DONE, evidence, &failure))
    return self->refusal == NULL || record_refused_result (self, error);
  if (g_error_matches (failure, POSA_ERROR, POSA_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  /* A commit that failed and yet is there (trust.md I10): the step was taken. */
  return get_state (self) != before || record_failure (self, failure, error);
}

PosaFlowRun *
posa_flow_run_open (const PosaFlowServices *services, const char *order_id, GError **error)
{
  g_autoptr (PosaFlowRun) self = g_new0 (PosaFlowRun, 1);
  gboolean stops;

  self->journal = posa_flow_journal_open (services, order_id, error);
  if (self->journal == NULL)
    return NULL;
  self->untouched = self->journal->resumed;
  if (!apply_withdrawal (self, &stops, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
posa_flow_run_free (PosaFlowRun *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->journal, posa_flow_journal_free);
  g_free (self->refusal);
  g_free (self);
}

PosaFlowSnapshot *
posa_flow_run_get_snapshot (PosaFlowRun *self)
{
  return posa_flow_snapshot_new (self->journal->order, self->journal->facts,
                                 posa_flow_journal_get_now (self->journal), self->untouched,
                                 self->refusal);
}

PosaFlowSnapshot *
posa_flow_run_send (PosaFlowRun *self,
                    PosaFlowEvent event,
                    const PosaFlowEvidence *evidence,
                    GError **error)
{
  gboolean stops;

  if (!posa_flow_event_is_of_crew (event) || posa_flow_table_find (get_state (self), event) == NULL)
    {
      fail_unknown (self, posa_flow_event_to_nick (event), error);
      return NULL;
    }
  if (!apply_withdrawal (self, &stops, error) || (!stops && !step (self, event, evidence, error)))
    return NULL;
  return posa_flow_run_get_snapshot (self);
}

PosaFlowSnapshot *
posa_flow_run_perform (PosaFlowRun *self, PosaOperation *operation, GError **error)
{
  PosaFlowEffect effect = posa_flow_state_get_info (get_state (self))->effect;
  gboolean stops;

  if (effect == POSA_FLOW_EFFECT_NONE)
    {
      fail_unknown (self, "action of its own", error);
      return NULL;
    }
  if (!apply_withdrawal (self, &stops, error) ||
      (!stops && !perform_effect (self, effect, operation, error)))
    return NULL;
  return posa_flow_run_get_snapshot (self);
}
