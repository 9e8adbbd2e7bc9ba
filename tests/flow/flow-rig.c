/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-rig.h"

#include "store/posa-job-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-report-store.h"

void
rig_open_job (Rig *f)
{
  g_autoptr (GError) error = NULL;

  f->run = posa_flow_run_open (&f->site->services, SITE_ORDER, &error);
  g_assert_no_error (error);
  f->at = posa_flow_run_get_snapshot (f->run);
}

void
rig_close_job (Rig *f)
{
  g_clear_pointer (&f->at, posa_flow_snapshot_free);
  g_clear_pointer (&f->run, posa_flow_run_free);
}

void
rig_set_up (Rig *f, gconstpointer data)
{
  f->folder = site_folder_new ();
  site_create (f->folder);
  f->old_meter = site_meter_start_old (f->folder, data);
  f->new_meter = site_meter_start_new (f->folder, SITE_NEW_SERIAL);
  f->site =
      site_open (f->folder, site_meter_get_port (f->old_meter), site_meter_get_port (f->new_meter));
}

void
rig_tear_down (Rig *f, gconstpointer data)
{
  rig_close_job (f);
  site_close (f->site);
  site_meter_stop (f->old_meter);
  g_clear_pointer (&f->new_meter, site_meter_stop);
  site_folder_remove (f->folder);
  g_free (f->folder);
}

void
rig_take (Rig *f, PosaFlowSnapshot *next)
{
  posa_flow_snapshot_free (f->at);
  f->at = next;
}

static PosaFlowEvidence *
evidence_of (const char *name, const char *value)
{
  PosaFlowEvidence *evidence = posa_flow_evidence_new ();

  if (name != NULL)
    posa_flow_evidence_set (evidence, name, value);
  return evidence;
}

void
rig_send (Rig *f, PosaFlowEvent event, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaFlowEvidence) evidence = evidence_of (name, value);
  PosaFlowSnapshot *next = posa_flow_run_send (f->run, event, evidence, &error);

  g_assert_no_error (error);
  rig_take (f, next);
}

void
rig_perform (Rig *f)
{
  g_autoptr (GError) error = NULL;
  PosaFlowSnapshot *next = posa_flow_run_perform (f->run, NULL, &error);

  g_assert_no_error (error);
  rig_take (f, next);
}

void
rig_assert_at (Rig *f, PosaFlowState state)
{
  if (f->at->refusal != NULL)
    g_test_message ("refused: %s", f->at->refusal);
  if (f->at->error_text != NULL)
    g_test_message ("failed: %s", f->at->error_text);
  g_assert_cmpstr (f->at->nick, ==, posa_flow_state_get_info (state)->nick);
}

/* The way of a crew without troubles up to @state. */
void
rig_go_to (Rig *f, PosaFlowState state)
{
  for (guint i = 0; i < 40 && f->at->state != state; i++)
    {
      g_autoptr (GError) error = NULL;
      PosaFlowSnapshot *next = site_crew_step (f->run, f->at, &error);

      g_assert_no_error (error);
      g_assert_nonnull (next);
      g_assert_cmpstr (next->refusal, ==, NULL);
      g_assert_cmpstr (next->error_text, ==, NULL);
      rig_take (f, next);
    }
  rig_assert_at (f, state);
}

PosaMeterState
rig_custody_of (Rig *f, const char *serial)
{
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_store_get (f->site->store, serial, NULL);

  return asset != NULL ? asset->state : POSA_N_METER_STATES;
}

void
rig_assert_order_is (Rig *f, PosaOrderState state)
{
  g_autoptr (PosaOrderEntry) entry = posa_order_store_get (f->site->store, SITE_ORDER, NULL);

  g_assert_cmpstr (posa_order_state_to_string (entry->state), ==,
                   posa_order_state_to_string (state));
}

void
rig_assert_job_is (Rig *f, const char *state, const char *zone, gboolean open)
{
  g_autoptr (PosaJobEntry) job = posa_job_store_get (f->site->store, SITE_ORDER, NULL);

  g_assert_cmpstr (job->state, ==, state);
  g_assert_cmpstr (job->zone, ==, zone);
  g_assert_true (job->open == open);
}

void
rig_assert_no_report (Rig *f)
{
  g_autoptr (GPtrArray) reports = posa_report_store_list (f->site->store, NULL);
  g_autoptr (GPtrArray) outbox = posa_outbox_store_list (f->site->store, NULL);

  g_assert_cmpuint (reports->len, ==, 0);
  g_assert_cmpuint (outbox->len, ==, 0);
}

void
rig_withdraw_order (Rig *f)
{
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  order->revision = 2;
  order->cancelled = TRUE;
  order->cancel_reason = g_strdup ("customer moved out");
  site_apply_order (f->site->store, order);
}

void
rig_check_report (Rig *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportEntry)
      entry = posa_report_store_get_of_order (f->site->store, SITE_ORDER, &error);
  g_autoptr (GBytes) pdf = posa_report_store_get_pdf (f->site->store, entry->id, &error);
  g_autoptr (GBytes) ca = site_read_ca (f->folder);
  g_autoptr (PosaReportVerdict) verdict = posa_report_verify (pdf, ca, &error);
  const PosaReplacementReport *report;

  g_assert_no_error (error);
  report = verdict->report;
  g_assert_cmpstr (report->number, ==, SITE_DEVICE "-000001");
  g_assert_cmpstr (report->number, ==, f->at->report_number);
  g_assert_cmpint (report->device_sequence, ==, 1);
  g_assert_null (report->previous_sha256);
  g_assert_cmpuint (report->outcome, ==, POSA_OUTCOME_REPLACED);
  g_assert_cmpstr (report->removal->meter.serial, ==, SITE_OLD_SERIAL);
  g_assert_cmpuint (report->removal->registers->len, ==, 9);
  g_assert_cmpint (
      posa_registers_find (report->removal->registers, POSA_QUANTITY_ACTIVE_IMPORT, 0)->value, ==,
      4400000);
  g_assert_cmpint (
      posa_registers_find (report->second->registers, POSA_QUANTITY_ACTIVE_IMPORT, 0)->value, ==,
      4400000);
  g_assert_cmpstr (report->activation->meter.serial, ==, SITE_NEW_SERIAL);
  g_assert_cmpuint (report->verified->len, >=, 6);
  g_assert_cmpint (report->cut_us, <, report->restored_us);
  g_assert_cmpint (report->restored_us, <=, report->finished_us);
  g_assert_cmpint (report->started_us, <, report->cut_us);
}
