/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "flow/posa-flow-facts.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  PosaFlowEvent event;
  PosaFlowState to;
  const PosaFlowEvidence *evidence;
  PosaFlowStamp stamp;
} Step;

static int
worst_first_cb (gconstpointer a, gconstpointer b)
{
  const PosaFinding *x = *(PosaFinding *const *) a;
  const PosaFinding *y = *(PosaFinding *const *) b;

  return (int) y->severity - (int) x->severity;
}

PosaFlowFacts *
posa_flow_facts_new (void)
{
  PosaFlowFacts *self = g_new0 (PosaFlowFacts, 1);

  self->faulty_serials = g_new0 (char *, 1);
  self->verified = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_verified_value_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
posa_flow_facts_free (PosaFlowFacts *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->removal, posa_reading_set_free);
  g_clear_pointer (&self->second, posa_reading_set_free);
  g_clear_pointer (&self->activation, posa_reading_set_free);
  g_clear_pointer (&self->continuity, posa_reading_set_free);
  g_free (self->second_reason);
  g_free (self->new_serial);
  g_strfreev (self->faulty_serials);
  g_ptr_array_unref (self->verified);
  g_ptr_array_unref (self->notes);
  g_free (self->cut_boot_id);
  g_free (self->report_id);
  g_free (self->report_number);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
take_reading (PosaReadingSet **slot, const Step *step, GError **error)
{
  const char *text = posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_READING);
  PosaReadingSet *reading = posa_reading_set_from_text (text != NULL ? text : "", error);

  if (reading == NULL)
    {
      g_prefix_error (error, "reading of the event: ");
      return FALSE;
    }
  g_clear_pointer (slot, posa_reading_set_free);
  *slot = reading;
  return TRUE;
}

static gboolean
take_verified (PosaFlowFacts *self, const Step *step, GError **error)
{
  const char *text = posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_VERIFIED);
  GPtrArray *verified = posa_flow_verified_from_text (text != NULL ? text : "", error);

  if (verified == NULL)
    {
      g_prefix_error (error, "verified values of the event: ");
      return FALSE;
    }
  g_ptr_array_unref (self->verified);
  self->verified = verified;
  return TRUE;
}

/* What a reason was given for, in the words of the screen. */
static void
note_reason (PosaFlowFacts *self, const Step *step)
{
  const char *reason = posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_REASON);
  const char *findings = posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_FINDINGS);
  const PosaFlowEdge *edge = posa_flow_table_find (self->state, step->event);
  const char *about = findings;

  if (reason == NULL)
    return;
  if (about == NULL && step->event == POSA_FLOW_EVENT_WITHDRAW)
    about = _ ("Withdrawn by the office");
  else if (about == NULL && edge != NULL && edge->label != NULL)
    about = _ (edge->label);
  g_ptr_array_add (self->notes, g_strdup_printf ("%s: %s", about != NULL ? about : "", reason));
}

static void
mark_faulty (PosaFlowFacts *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (self->new_serial == NULL)
    return;
  g_strv_builder_addv (builder, (const char **) self->faulty_serials);
  g_strv_builder_take (builder, g_steal_pointer (&self->new_serial));
  g_strfreev (self->faulty_serials);
  self->faulty_serials = g_strv_builder_end (builder);
}

/* The exchange starts again: what the new meter said and was told before no longer counts. */
static void
forget_commissioning (PosaFlowFacts *self)
{
  g_clear_pointer (&self->activation, posa_reading_set_free);
  g_ptr_array_set_size (self->verified, 0);
  self->relay_tested = FALSE;
}

static void
switch_off (PosaFlowFacts *self, PosaFlowStamp stamp)
{
  self->cut_us = stamp.wall_us;
  self->cut_monotonic_us = stamp.monotonic_us;
  g_set_str (&self->cut_boot_id, stamp.boot_id);
}

static void
switch_on (PosaFlowFacts *self, PosaFlowStamp stamp)
{
  if (self->cut_us == 0)
    return;
  self->dark_total_us = posa_flow_facts_get_dark_us (self, stamp);
  self->restored_us = stamp.wall_us;
}

static gboolean
apply_done (PosaFlowFacts *self, const Step *step, GError **error)
{
  switch (self->state)
    {
    case POSA_FLOW_READ_OLD:
      return take_reading (&self->removal, step, error);
    case POSA_FLOW_SECOND_READING:
      return take_reading (&self->second, step, error);
    case POSA_FLOW_REREAD_OLD:
      return take_reading (&self->continuity, step, error);
    case POSA_FLOW_COMMISSION:
      return take_reading (&self->activation, step, error) && take_verified (self, step, error);
    case POSA_FLOW_LIMITER_TEST:
      self->relay_tested = TRUE;
      return TRUE;
    case POSA_FLOW_SIGN:
      g_set_str (&self->report_id, posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_REPORT));
      g_set_str (&self->report_number,
                 posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_NUMBER));
      return TRUE;
    default:
      return TRUE;
    }
}

static void
apply_confirm (PosaFlowFacts *self, const Step *step)
{
  switch (self->state)
    {
    case POSA_FLOW_PRECHECK_NEW:
    case POSA_FLOW_SWAP_NEW:
      g_set_str (&self->new_serial, posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_SERIAL));
      break;
    case POSA_FLOW_CUT:
      switch_off (self, step->stamp);
      break;
    case POSA_FLOW_CLOSE_UP:
    case POSA_FLOW_SWITCH_BACK:
      switch_on (self, step->stamp);
      break;
    default:
      break;
    }
}

static GError *
error_of (const PosaFlowEvidence *evidence)
{
  const char *nick = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_CODE);
  const char *text = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_ERROR);

  for (int code = 0; code < POSA_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (POSA_ERROR, code, text != NULL ? text : "");

      if (g_strcmp0 (posa_error_get_nick (error), nick) == 0)
        return g_steal_pointer (&error);
    }
  return g_error_new_literal (POSA_ERROR, POSA_ERROR_FAILED, text != NULL ? text : "");
}

static gboolean
apply_event (PosaFlowFacts *self, const Step *step, GError **error)
{
  switch (step->event)
    {
    case POSA_FLOW_EVENT_DONE:
      return apply_done (self, step, error);
    case POSA_FLOW_EVENT_CONFIRM:
      apply_confirm (self, step);
      break;
    case POSA_FLOW_EVENT_REREAD:
      g_clear_pointer (&self->removal, posa_reading_set_free);
      break;
    case POSA_FLOW_EVENT_GO_ON:
      if (self->state == POSA_FLOW_SECOND_READING)
        g_set_str (&self->second_reason,
                   posa_flow_evidence_get (step->evidence, POSA_FLOW_KEY_REASON));
      break;
    case POSA_FLOW_EVENT_ABORT:
      self->outcome = (PosaOutcome) posa_flow_evidence_get_int (step->evidence,
                                                                POSA_FLOW_KEY_OUTCOME,
                                                                POSA_OUTCOME_NONE);
      break;
    case POSA_FLOW_EVENT_SWAP:
      mark_faulty (self);
      break;
    case POSA_FLOW_EVENT_WITHDRAW:
      self->withdrawn = TRUE;
      break;
    default:
      break;
    }
  return TRUE;
}

static PosaOutcome
outcome_in (const PosaFlowFacts *self, PosaFlowState state)
{
  switch (state)
    {
    case POSA_FLOW_SIGN:
      return self->removal != NULL && self->removal->method == POSA_READING_DISPLAY
                 ? POSA_OUTCOME_REPLACED_MANUAL_READING
                 : POSA_OUTCOME_REPLACED;
    case POSA_FLOW_FROZEN_TAMPER:
      return POSA_OUTCOME_TAMPER_SUSPECTED;
    case POSA_FLOW_LIFE_SUPPORT:
      return POSA_OUTCOME_LIFE_SUPPORT;
    case POSA_FLOW_RESTORED_OLD:
      return self->outcome != POSA_OUTCOME_NONE ? self->outcome : POSA_OUTCOME_RESTORED_OLD;
    case POSA_FLOW_MADE_SAFE:
      return POSA_OUTCOME_MADE_SAFE;
    default:
      return self->outcome;
    }
}

static void
enter (PosaFlowFacts *self, const Step *step)
{
  if (step->to == POSA_FLOW_REMOVE_FIT || step->to == POSA_FLOW_REFIT_OLD)
    forget_commissioning (self);
  self->outcome = outcome_in (self, step->to);
  if (self->finished_us == 0 &&
      (step->to == POSA_FLOW_SIGN || posa_flow_state_get_info (step->to)->end))
    self->finished_us = step->stamp.wall_us;
  self->state = step->to;
}

gboolean
posa_flow_facts_apply (PosaFlowFacts *self,
                       PosaFlowEvent event,
                       PosaFlowState to,
                       const PosaFlowEvidence *evidence,
                       PosaFlowStamp stamp,
                       GError **error)
{
  Step step = { event, to, evidence, stamp };

  if (!apply_event (self, &step, error))
    return FALSE;
  note_reason (self, &step);
  if (self->started_us == 0)
    self->started_us = stamp.wall_us;
  if (event == POSA_FLOW_EVENT_FAILED || to != self->state)
    g_clear_error (&self->error);
  if (event == POSA_FLOW_EVENT_FAILED)
    self->error = error_of (evidence);
  if (to != self->state)
    enter (self, &step);
  return TRUE;
}

gint64
posa_flow_facts_get_dark_us (const PosaFlowFacts *self, PosaFlowStamp now)
{
  if (self->cut_us == 0)
    return 0;
  if (self->restored_us != 0)
    return self->dark_total_us;
  if (g_strcmp0 (self->cut_boot_id, now.boot_id) == 0)
    return MAX (now.monotonic_us - self->cut_monotonic_us, 0);
  return MAX (now.wall_us - self->cut_us, 0);
}

GPtrArray *
posa_flow_facts_find (const PosaFlowFacts *self, const PosaWorkOrder *order)
{
  GPtrArray *findings;

  if (self->removal == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) posa_finding_free);
  findings = posa_reading_check_identity (self->removal, order);
  g_ptr_array_extend_and_steal (findings, posa_reading_check_registers (self->removal, order));
  g_ptr_array_sort (findings, worst_first_cb);
  return findings;
}

gboolean
posa_flow_facts_has_warning (const PosaFlowFacts *self, const PosaWorkOrder *order)
{
  g_autoptr (GPtrArray) findings = posa_flow_facts_find (self, order);

  for (guint i = 0; i < findings->len; i++)
    {
      const PosaFinding *finding = g_ptr_array_index (findings, i);

      if (finding->severity == POSA_SEVERITY_WARNING)
        return TRUE;
    }
  return FALSE;
}

char *
posa_flow_verified_to_text (GPtrArray *verified)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  posa_verified_values_to_json (verified, builder);
  root = json_builder_get_root (builder);
  return posa_json_to_text (root, FALSE);
}

GPtrArray *
posa_flow_verified_from_text (const char *text, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, error);
  g_autoptr (GPtrArray) verified = NULL;

  if (document == NULL)
    return NULL;
  verified = posa_verified_values_from_json (posa_json_root (document));
  return posa_json_check (document, error) ? g_steal_pointer (&verified) : NULL;
}
