/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "flow/posa-flow-snapshot.h"

#include <glib/gi18n-lib.h>

/* A reading that went into the facts came from text, so it goes there and back. */
static PosaReadingSet *
copy_reading (const PosaReadingSet *reading)
{
  g_autofree char *text = NULL;

  if (reading == NULL)
    return NULL;
  text = posa_reading_set_to_text (reading, FALSE);
  return posa_reading_set_from_text (text, NULL);
}

static GPtrArray *
copy_verified (GPtrArray *verified)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_verified_value_free);

  for (guint i = 0; i < verified->len; i++)
    {
      const PosaVerifiedValue *value = g_ptr_array_index (verified, i);

      g_ptr_array_add (copy, posa_verified_value_new (value->name, value->before, value->written,
                                                      value->read_back));
    }
  return copy;
}

static GPtrArray *
copy_notes (GPtrArray *notes)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < notes->len; i++)
    g_ptr_array_add (copy, g_strdup (g_ptr_array_index (notes, i)));
  return copy;
}

static const char *
get_hint (PosaFlowState state)
{
  switch (posa_flow_state_get_resume (state))
    {
    case POSA_RESUME_REDO:
      return _ ("The work was interrupted here. Nothing is lost; the action is done again.");
    case POSA_RESUME_VERIFY_THEN_REDO:
      return _ ("The work was interrupted here. What is already in place is found and kept; the "
                "rest is done.");
    case POSA_RESUME_ASK_CREW:
      return _ ("The work was interrupted here. Look at the place: what this screen asks for may "
                "be done already.");
    case POSA_RESUME_NONE:
    case POSA_N_RESUMES:
    default:
      return NULL;
    }
}

static void
set_primary (PosaFlowSnapshot *self, const PosaWorkOrder *order, const PosaFlowFacts *facts)
{
  const PosaFlowStateInfo *info = posa_flow_state_get_info (self->state);
  const PosaFlowEdge *edge = posa_flow_table_find (self->state, POSA_FLOW_EVENT_CONFIRM);

  self->effect = info->effect;
  self->automatic = info->automatic;
  self->primary = POSA_FLOW_EVENT_CONFIRM;
  if (info->effect != POSA_FLOW_EFFECT_NONE)
    self->primary_label = _ (info->primary_label);
  else if (edge != NULL)
    {
      self->primary_label = _ (edge->label);
      self->primary_needs = edge->needs;
    }
  /* Remarks need their reason only when there are some. */
  if (self->state == POSA_FLOW_CHECK_READINGS && posa_flow_facts_has_warning (facts, order))
    self->primary_needs |= POSA_FLOW_NEEDS_REASON;
}

static void
add_actions (PosaFlowSnapshot *self)
{
  guint n_edges;
  const PosaFlowEdge *edges = posa_flow_table_get_edges (&n_edges);

  self->actions = g_array_new (FALSE, FALSE, sizeof (PosaFlowAction));
  for (guint i = 0; i < n_edges; i++)
    {
      PosaFlowAction action = { edges[i].event, edges[i].needs, NULL };

      if (edges[i].from != self->state || !posa_flow_event_is_of_crew (edges[i].event) ||
          edges[i].event == POSA_FLOW_EVENT_CONFIRM)
        continue;
      action.label = _ (edges[i].label);
      g_array_append_val (self->actions, action);
    }
}

static void
set_facts (PosaFlowSnapshot *self, const PosaWorkOrder *order, const PosaFlowFacts *facts)
{
  self->outcome = facts->outcome;
  self->removal = copy_reading (facts->removal);
  self->second = copy_reading (facts->second);
  self->activation = copy_reading (facts->activation);
  self->findings = posa_flow_facts_find (facts, order);
  self->verified = copy_verified (facts->verified);
  self->notes = copy_notes (facts->notes);
  self->new_serial = g_strdup (facts->new_serial);
  self->report_id = g_strdup (facts->report_id);
  self->report_number = g_strdup (facts->report_number);
}

PosaFlowSnapshot *
posa_flow_snapshot_new (const PosaWorkOrder *order,
                        const PosaFlowFacts *facts,
                        PosaFlowStamp now,
                        gboolean resumed,
                        const char *refusal)
{
  PosaFlowSnapshot *self = g_new0 (PosaFlowSnapshot, 1);
  const PosaFlowStateInfo *info = posa_flow_state_get_info (facts->state);

  self->order_id = g_strdup (order->id);
  self->state = facts->state;
  self->zone = info->zone;
  self->nick = info->nick;
  self->page = info->page;
  self->label = _ (info->label);
  self->instruction = _ (info->instruction);
  self->step = info->step;
  self->end = info->end;
  self->dark = facts->cut_us != 0 && facts->restored_us == 0;
  self->dark_wall_us = facts->cut_us;
  self->dark_us = posa_flow_facts_get_dark_us (facts, now);
  self->refusal = g_strdup (refusal);
  self->error_code = -1;
  if (facts->error != NULL)
    {
      self->error_code = facts->error->code;
      self->error_text = g_strdup (facts->error->message);
      self->advice = posa_error_get_advice (facts->error);
    }
  if (resumed)
    self->hint = get_hint (facts->state);
  set_primary (self, order, facts);
  add_actions (self);
  set_facts (self, order, facts);
  return self;
}

void
posa_flow_snapshot_free (PosaFlowSnapshot *self)
{
  if (self == NULL)
    return;
  g_free (self->order_id);
  g_clear_pointer (&self->actions, g_array_unref);
  g_clear_pointer (&self->removal, posa_reading_set_free);
  g_clear_pointer (&self->second, posa_reading_set_free);
  g_clear_pointer (&self->activation, posa_reading_set_free);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_clear_pointer (&self->verified, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self->new_serial);
  g_free (self->report_id);
  g_free (self->report_number);
  g_free (self->refusal);
  g_free (self->error_text);
  g_free (self);
}
