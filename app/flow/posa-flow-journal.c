/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "flow/posa-flow-journal.h"

#include "domain/posa-uuid.h"
#include "store/posa-job-store.h"
#include "store/posa-order-store.h"
#include "store/posa-reading-store.h"

#define TYPE_OPENED  "opened"
#define TYPE_REFUSED "refused"
#define KEY_FROM     "from"
#define KEY_TO       "to"
#define KEY_EVENT    "event"
#define KEY_REFUSAL  "refusal"

static PosaClock *
get_clock (const PosaFlowJournal *self)
{
  return self->services->clock != NULL ? self->services->clock : posa_clock_get_system ();
}

/* Tells the boots of the device apart: the monotonic clock means something within one only. */
static char *
read_boot_id (void)
{
  char *text = NULL;

  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
    return g_strdup ("unknown");
  return g_strchomp (text);
}

PosaFlowStamp
posa_flow_journal_get_now (const PosaFlowJournal *self)
{
  return (PosaFlowStamp) { .wall_us = posa_clock_get_wall (get_clock (self)),
                           .monotonic_us = posa_clock_get_monotonic (get_clock (self)),
                           .boot_id = self->boot_id };
}

PosaFlowWork
posa_flow_journal_get_work (const PosaFlowJournal *self)
{
  return (PosaFlowWork) { .services = self->services,
                          .order = self->order,
                          .facts = self->facts,
                          .now = posa_flow_journal_get_now (self) };
}

/* ---- folding ---- */

static gboolean
fold_event (PosaFlowFacts **facts, const PosaEvent *row, GError **error)
{
  PosaFlowStamp stamp = { row->wall_us, row->monotonic_us, row->boot_id };
  g_autoptr (PosaFlowEvidence) evidence = NULL;
  PosaFlowEvent event;
  PosaFlowState to;

  if (g_str_equal (row->type, TYPE_OPENED))
    {
      /* A later job at the same order starts from nothing. */
      posa_flow_facts_free (*facts);
      *facts = posa_flow_facts_new ();
      (*facts)->started_us = row->wall_us;
      return TRUE;
    }
  /* Refusals, and what other parts note of the order, change no fact. */
  if (!posa_flow_event_from_nick (row->type, &event))
    return TRUE;
  evidence = posa_flow_evidence_from_text (row->payload, error);
  if (evidence == NULL)
    return FALSE;
  if (!posa_flow_state_from_nick (posa_flow_evidence_get (evidence, KEY_TO), &to))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_SCHEMA_NEWER,
                   "event of a step that this program does not know");
      return FALSE;
    }
  return posa_flow_facts_apply (*facts, event, to, evidence, stamp, error);
}

static gboolean
fold (PosaFlowJournal *self, GError **error)
{
  g_autoptr (GPtrArray)
      events = posa_event_store_list (self->services->store, self->order->id, 0, error);
  g_autoptr (PosaFlowFacts) facts = posa_flow_facts_new ();

  if (events == NULL)
    return FALSE;
  for (guint i = 0; i < events->len; i++)
    {
      const PosaEvent *row = g_ptr_array_index (events, i);

      if (!fold_event (&facts, row, error))
        {
          g_prefix_error (error, "order %s, event %" G_GINT64_FORMAT ": ", self->order->id,
                          row->sequence);
          return FALSE;
        }
    }
  posa_flow_facts_free (self->facts);
  self->facts = g_steal_pointer (&facts);
  return TRUE;
}

/* ---- writing ---- */

/* "READ_OLD": the store's way to write the name of a state. */
static char *
store_name (const char *nick)
{
  return g_strdelimit (g_ascii_strup (nick, -1), "-", '_');
}

static PosaEvent *
make_event (const PosaFlowJournal *self,
            const char *type,
            const PosaFlowEvidence *evidence,
            PosaFlowStamp now)
{
  PosaEvent *event = posa_event_new ();

  event->id = posa_uuid_new (get_clock (self));
  event->order_id = g_strdup (self->order->id);
  event->type = g_strdup (type);
  event->payload = posa_flow_evidence_to_text (evidence);
  event->wall_us = now.wall_us;
  event->monotonic_us = now.monotonic_us;
  event->boot_id = g_strdup (now.boot_id);
  return event;
}

static gboolean
save_job (PosaFlowJournal *self,
          PosaFlowState state,
          PosaEvent *event,
          PosaFlowStamp now,
          GError **error)
{
  const PosaFlowStateInfo *info = posa_flow_state_get_info (state);
  g_autoptr (PosaJobEntry) job = posa_job_entry_new ();

  g_set_str (&job->order_id, self->order->id);
  g_free (job->state);
  job->state = store_name (info->nick);
  g_free (job->zone);
  job->zone = store_name (posa_zone_to_nick (info->zone));
  job->open = !info->end;
  job->since_wall_us = now.wall_us;
  job->since_monotonic_us = now.monotonic_us;
  g_set_str (&job->since_boot_id, now.boot_id);
  g_set_str (&job->data, "{}"); /* the events have it all */
  g_clear_pointer (&job->order, posa_work_order_free);
  job->order = posa_work_order_copy (self->order);
  return posa_job_store_save (self->services->store, job, event, error);
}

static PosaOrderState
order_state_in (PosaFlowState state)
{
  if (state == POSA_FLOW_DONE)
    return POSA_ORDER_DONE;
  if (state == POSA_FLOW_WITHDRAWN)
    return POSA_ORDER_WITHDRAWN;
  return posa_flow_state_get_info (state)->end ? POSA_ORDER_ABORTED : POSA_ORDER_IN_PROGRESS;
}

/* Besides the evidence of the event, readings stand in a table of their own for those who look for
 * readings, not for the course of a job. */
static gboolean
save_reading (PosaFlowJournal *self,
              const char *event_id,
              const PosaFlowEvidence *evidence,
              GError **error)
{
  const char *text = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_READING);
  g_autoptr (PosaReadingSet) reading = NULL;

  if (text == NULL)
    return TRUE;
  reading = posa_reading_set_from_text (text, error);
  return reading != NULL &&
         posa_reading_store_add (self->services->store, event_id, self->order->id, reading, error);
}

static gboolean
write_rows (PosaFlowJournal *self,
            const PosaFlowEdge *edge,
            const PosaFlowEvidence *evidence,
            GError **error)
{
  PosaFlowWork work = posa_flow_journal_get_work (self);
  g_autoptr (PosaFlowEvidence) payload = posa_flow_evidence_copy (evidence);
  g_autoptr (PosaEvent) event = NULL;

  if (edge->event == POSA_FLOW_EVENT_DONE &&
      !posa_flow_effect_record (posa_flow_state_get_info (edge->from)->effect, &work, payload,
                                error))
    return FALSE;
  if (edge->event == POSA_FLOW_EVENT_SWAP && !posa_flow_record_faulty (&work, error))
    return FALSE;
  posa_flow_evidence_set (payload, KEY_FROM, posa_flow_state_get_info (edge->from)->nick);
  posa_flow_evidence_set (payload, KEY_TO, posa_flow_state_get_info (edge->to)->nick);
  event = make_event (self, posa_flow_event_to_nick (edge->event), payload, work.now);
  return save_reading (self, event->id, payload, error) &&
         posa_order_store_set_state (self->services->store, self->order->id,
                                     order_state_in (edge->to), error) &&
         save_job (self, edge->to, event, work.now, error);
}

gboolean
posa_flow_journal_take (PosaFlowJournal *self,
                        const PosaFlowEdge *edge,
                        const PosaFlowEvidence *evidence,
                        GError **error)
{
  PosaTransaction *transaction = posa_transaction_begin (self->services->store, error);

  if (transaction == NULL)
    return FALSE;
  if (!write_rows (self, edge, evidence, error))
    {
      posa_transaction_rollback (transaction);
      return FALSE;
    }
  if (!posa_transaction_commit (transaction, error))
    {
      fold (self, NULL);
      return FALSE;
    }
  return fold (self, error);
}

gboolean
posa_flow_journal_note_refusal (PosaFlowJournal *self,
                                PosaFlowEvent event,
                                const PosaFlowEvidence *evidence,
                                const char *refusal,
                                GError **error)
{
  g_autoptr (PosaFlowEvidence) payload = posa_flow_evidence_copy (evidence);
  g_autoptr (PosaEvent) row = NULL;

  posa_flow_evidence_set (payload, KEY_FROM, posa_flow_state_get_info (self->facts->state)->nick);
  posa_flow_evidence_set (payload, KEY_EVENT, posa_flow_event_to_nick (event));
  posa_flow_evidence_set (payload, KEY_REFUSAL, refusal);
  row = make_event (self, TYPE_REFUSED, payload, posa_flow_journal_get_now (self));
  return posa_event_store_append (self->services->store, row, error);
}

/* ---- opening ---- */

static gboolean
begin (PosaFlowJournal *self, const PosaOrderEntry *entry, GError **error)
{
  PosaFlowStamp now = posa_flow_journal_get_now (self);
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();
  g_autoptr (PosaEvent) event = NULL;
  g_autoptr (PosaTransaction) transaction = NULL;

  if (entry->order->cancelled || entry->state == POSA_ORDER_WITHDRAWN)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED,
                   "order %s was withdrawn by the office: %s", self->order->id,
                   entry->order->cancel_reason != NULL ? entry->order->cancel_reason : "");
      return FALSE;
    }
  posa_flow_evidence_set (evidence, "operator", self->services->operator_badge);
  posa_flow_evidence_set (evidence, "crew", self->services->crew_id);
  posa_flow_evidence_set (evidence, "program", POSA_VERSION);
  event = make_event (self, TYPE_OPENED, evidence, now);
  transaction = posa_transaction_begin (self->services->store, error);
  return transaction != NULL &&
         posa_order_store_set_state (self->services->store, self->order->id, POSA_ORDER_IN_PROGRESS,
                                     error) &&
         save_job (self, POSA_FLOW_IDENTIFY, event, now, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

/* The last job at the order, NULL for none; FALSE for an error. */
static gboolean
find_job (const PosaFlowServices *services,
          const char *order_id,
          PosaJobEntry **job,
          GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *job = posa_job_store_get (services->store, order_id, &local_error);
  if (*job != NULL || g_error_matches (local_error, POSA_ERROR, POSA_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

PosaFlowJournal *
posa_flow_journal_open (const PosaFlowServices *services, const char *order_id, GError **error)
{
  g_autoptr (PosaFlowJournal) self = g_new0 (PosaFlowJournal, 1);
  g_autoptr (PosaOrderEntry) entry = posa_order_store_get (services->store, order_id, error);
  g_autoptr (PosaJobEntry) job = NULL;

  self->services = services;
  self->facts = posa_flow_facts_new ();
  self->boot_id = read_boot_id ();
  if (entry == NULL || !find_job (services, order_id, &job, error))
    return NULL;
  /* Only the office assigns an order again that ended without a replacement. */
  self->resumed = job != NULL && (job->open || entry->state != POSA_ORDER_ASSIGNED);
  self->order = posa_work_order_copy (self->resumed ? job->order : entry->order);
  if ((!self->resumed && !begin (self, entry, error)) || !fold (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
posa_flow_journal_free (PosaFlowJournal *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->order, posa_work_order_free);
  g_clear_pointer (&self->facts, posa_flow_facts_free);
  g_free (self->boot_id);
  g_free (self);
}

gboolean
posa_flow_journal_is_withdrawn (PosaFlowJournal *self,
                                gboolean *withdrawn,
                                char **reason,
                                GError **error)
{
  g_autoptr (PosaOrderEntry)
      entry = posa_order_store_get (self->services->store, self->order->id, error);

  if (entry == NULL)
    return FALSE;
  *withdrawn = entry->order->cancelled && !self->facts->withdrawn;
  *reason = *withdrawn ? g_strdup (entry->order->cancel_reason) : NULL;
  return TRUE;
}
