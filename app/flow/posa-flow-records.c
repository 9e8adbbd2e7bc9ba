/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "flow/posa-flow-effects.h"

#include "domain/posa-uuid.h"
#include "stock/posa-stock.h"
#include "store/posa-outbox-store.h"
#include "store/posa-report-store.h"

#include <glib/gi18n-lib.h>

static PosaClock *
get_clock (const PosaFlowWork *work)
{
  return work->services->clock != NULL ? work->services->clock : posa_clock_get_system ();
}

static PosaReadingSet *
copy_reading (const PosaReadingSet *reading, GError **error)
{
  g_autofree char *text = posa_reading_set_to_text (reading, FALSE);

  return posa_reading_set_from_text (text, error);
}

/* What the customer is to know beside the figures: reasons, remarks, faulty meters. */
static void
add_notes (PosaReplacementReport *report, const PosaFlowWork *work)
{
  g_autoptr (GPtrArray) findings = posa_flow_facts_find (work->facts, work->order);

  for (guint i = 0; i < findings->len; i++)
    {
      const PosaFinding *finding = g_ptr_array_index (findings, i);

      /* Those that a reason was given for stand in the notes of the job with their reason. */
      if (finding->severity == POSA_SEVERITY_INFO)
        g_ptr_array_add (report->notes, g_strdup (finding->text));
    }
  for (guint i = 0; i < work->facts->notes->len; i++)
    g_ptr_array_add (report->notes, g_strdup (g_ptr_array_index (work->facts->notes, i)));
  for (char **serial = work->facts->faulty_serials; *serial != NULL; serial++)
    g_ptr_array_add (report->notes, g_strdup_printf (_ ("New meter %s was found faulty and taken "
                                                        "back."),
                                                     *serial));
}

static void
add_verified (PosaReplacementReport *report, const PosaFlowWork *work)
{
  for (guint i = 0; i < work->facts->verified->len; i++)
    {
      const PosaVerifiedValue *value = g_ptr_array_index (work->facts->verified, i);

      g_ptr_array_add (report->verified,
                       posa_verified_value_new (value->name, value->before, value->written,
                                                value->read_back));
    }
}

static void
set_identity (PosaReplacementReport *report, const PosaFlowWork *work)
{
  const PosaFlowServices *services = work->services;

  report->id = posa_uuid_new (get_clock (work));
  report->number =
      g_strdup_printf ("%s-%06" G_GINT64_FORMAT, services->device_id, report->device_sequence);
  report->device_id = g_strdup (services->device_id);
  report->crew_id = g_strdup (services->crew_id);
  report->operator_badge = g_strdup (services->operator_badge);
  report->operator_name = g_strdup (services->operator_name);
  report->contractor = g_strdup (services->contractor);
  report->locale = g_strdup (services->locale != NULL ? services->locale : "it");
  report->program_version = g_strdup (POSA_VERSION);
}

/* The dark time is the monotonic clock's: its end is written as the beginning plus what was
 * measured, so that a wall clock set in between does not change it. */
static void
set_times (PosaReplacementReport *report, const PosaFlowFacts *facts)
{
  report->started_us = facts->started_us;
  report->cut_us = facts->cut_us;
  report->restored_us = facts->cut_us + facts->dark_total_us;
  report->finished_us = MAX (facts->finished_us, report->restored_us);
}

static PosaReplacementReport *
build_report (const PosaFlowWork *work, GError **error)
{
  const PosaFlowFacts *facts = work->facts;
  g_autoptr (PosaReplacementReport) report = posa_replacement_report_new ();

  if (!posa_report_store_next (work->services->store, &report->device_sequence,
                               &report->previous_sha256, error))
    return NULL;
  set_identity (report, work);
  set_times (report, facts);
  report->outcome = facts->outcome;
  g_clear_pointer (&report->order, posa_work_order_free);
  report->order = posa_work_order_copy (work->order);
  report->second_reason = g_strdup (facts->second_reason);
  g_clear_pointer (&report->removal, posa_reading_set_free);
  g_clear_pointer (&report->activation, posa_reading_set_free);
  report->removal = copy_reading (facts->removal, error);
  if (report->removal == NULL)
    return NULL;
  report->activation = copy_reading (facts->activation, error);
  if (report->activation == NULL)
    return NULL;
  if (facts->second != NULL && (report->second = copy_reading (facts->second, error)) == NULL)
    return NULL;
  add_verified (report, work);
  add_notes (report, work);
  return g_steal_pointer (&report);
}

static gboolean
sign (const PosaFlowWork *work, PosaFlowEvidence *evidence, GError **error)
{
  g_autoptr (PosaReplacementReport) report = build_report (work, error);
  g_autoptr (GBytes) pdf = NULL;
  PosaReportEntry entry = { 0 };

  if (report == NULL)
    return FALSE;
  if (work->services->key == NULL)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_KEY_MISSING,
                           "this device has no key to sign reports with; it is not enrolled");
      return FALSE;
    }
  pdf = posa_report_produce (report, work->services->key, work->now.wall_us, error);
  if (pdf == NULL)
    return FALSE;
  entry.id = report->id;
  entry.number = report->number;
  entry.sequence = report->device_sequence;
  entry.order_id = work->order->id;
  entry.previous_sha256 = report->previous_sha256;
  entry.created_us = work->now.wall_us;
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_REPORT, report->id);
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_NUMBER, report->number);
  return posa_report_store_add (work->services->store, &entry, pdf, error);
}

static PosaStockMove
make_move (const PosaFlowWork *work)
{
  return (PosaStockMove) { .crew_id = work->services->crew_id,
                           .actor = work->services->operator_badge,
                           .document = work->order->id,
                           .wall_us = work->now.wall_us };
}

static gboolean
record_custody (const PosaFlowWork *work, GError **error)
{
  PosaStockMove move = make_move (work);

  return posa_stock_record_replacement (work->services->store, work->order, work->facts->new_serial,
                                        &move, get_clock (work), error);
}

gboolean
posa_flow_effect_record (PosaFlowEffect effect,
                         const PosaFlowWork *work,
                         PosaFlowEvidence *evidence,
                         GError **error)
{
  switch (effect)
    {
    case POSA_FLOW_EFFECT_SIGN:
      return sign (work, evidence, error);
    case POSA_FLOW_EFFECT_CUSTODY:
      return record_custody (work, error);
    case POSA_FLOW_EFFECT_QUEUE:
      return posa_outbox_store_add (work->services->store, work->facts->report_id,
                                    work->now.wall_us, error);
    case POSA_FLOW_EFFECT_NONE:
    case POSA_FLOW_EFFECT_READ_OLD:
    case POSA_FLOW_EFFECT_SECOND_READING:
    case POSA_FLOW_EFFECT_PROBE_NEW:
    case POSA_FLOW_EFFECT_COMMISSION:
    case POSA_FLOW_EFFECT_TEST_RELAY:
    case POSA_FLOW_EFFECT_REREAD_OLD:
    case POSA_N_FLOW_EFFECTS:
    default:
      return TRUE;
    }
}

gboolean
posa_flow_record_faulty (const PosaFlowWork *work, GError **error)
{
  PosaStockMove move = make_move (work);

  return work->facts->new_serial == NULL ||
         posa_stock_record_faulty (work->services->store, work->facts->new_serial, &move,
                                   get_clock (work), error);
}
