/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"

#include "store/posa-job-store.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-reading-store.h"
#include "store/posa-report-store.h"

/* Replacements on a real store with simulated meters as processes of their own. */

typedef struct
{
  char *folder;
  SiteMeter *old_meter, *new_meter;
  Site *site;
  PosaFlowRun *run;
  PosaFlowSnapshot *at;
} Fixture;

static void
open_job (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->run = posa_flow_run_open (&f->site->services, SITE_ORDER, &error);
  g_assert_no_error (error);
  f->at = posa_flow_run_get_snapshot (f->run);
}

static void
close_job (Fixture *f)
{
  g_clear_pointer (&f->at, posa_flow_snapshot_free);
  g_clear_pointer (&f->run, posa_flow_run_free);
}

static void
fixture_set_up (Fixture *f, gconstpointer data)
{
  f->folder = site_folder_new ();
  site_create (f->folder);
  f->old_meter = site_meter_start_old (f->folder, data);
  f->new_meter = site_meter_start_new (f->folder, SITE_NEW_SERIAL);
  f->site =
      site_open (f->folder, site_meter_get_port (f->old_meter), site_meter_get_port (f->new_meter));
}

static void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  close_job (f);
  site_close (f->site);
  site_meter_stop (f->old_meter);
  g_clear_pointer (&f->new_meter, site_meter_stop);
  site_folder_remove (f->folder);
  g_free (f->folder);
}

static void
take (Fixture *f, PosaFlowSnapshot *next)
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

static void
send (Fixture *f, PosaFlowEvent event, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaFlowEvidence) evidence = evidence_of (name, value);
  PosaFlowSnapshot *next = posa_flow_run_send (f->run, event, evidence, &error);

  g_assert_no_error (error);
  take (f, next);
}

static void
perform (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  PosaFlowSnapshot *next = posa_flow_run_perform (f->run, NULL, &error);

  g_assert_no_error (error);
  take (f, next);
}

static void
assert_at (Fixture *f, PosaFlowState state)
{
  if (f->at->refusal != NULL)
    g_test_message ("refused: %s", f->at->refusal);
  if (f->at->error_text != NULL)
    g_test_message ("failed: %s", f->at->error_text);
  g_assert_cmpstr (f->at->nick, ==, posa_flow_state_get_info (state)->nick);
}

/* The way of a crew without troubles up to @state. */
static void
go_to (Fixture *f, PosaFlowState state)
{
  for (guint i = 0; i < 40 && f->at->state != state; i++)
    {
      g_autoptr (GError) error = NULL;
      PosaFlowSnapshot *next = site_crew_step (f->run, f->at, &error);

      g_assert_no_error (error);
      g_assert_nonnull (next);
      g_assert_cmpstr (next->refusal, ==, NULL);
      g_assert_cmpstr (next->error_text, ==, NULL);
      take (f, next);
    }
  assert_at (f, state);
}

static PosaMeterState
custody_of (Fixture *f, const char *serial)
{
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_store_get (f->site->store, serial, NULL);

  return asset != NULL ? asset->state : POSA_N_METER_STATES;
}

static void
assert_order_is (Fixture *f, PosaOrderState state)
{
  g_autoptr (PosaOrderEntry) entry = posa_order_store_get (f->site->store, SITE_ORDER, NULL);

  g_assert_cmpstr (posa_order_state_to_string (entry->state), ==,
                   posa_order_state_to_string (state));
}

static void
assert_job_is (Fixture *f, const char *state, const char *zone, gboolean open)
{
  g_autoptr (PosaJobEntry) job = posa_job_store_get (f->site->store, SITE_ORDER, NULL);

  g_assert_cmpstr (job->state, ==, state);
  g_assert_cmpstr (job->zone, ==, zone);
  g_assert_true (job->open == open);
}

static void
assert_no_report (Fixture *f)
{
  g_autoptr (GPtrArray) reports = posa_report_store_list (f->site->store, NULL);
  g_autoptr (GPtrArray) outbox = posa_outbox_store_list (f->site->store, NULL);

  g_assert_cmpuint (reports->len, ==, 0);
  g_assert_cmpuint (outbox->len, ==, 0);
}

static void
withdraw_order (Fixture *f)
{
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  order->revision = 2;
  order->cancelled = TRUE;
  order->cancel_reason = g_strdup ("customer moved out");
  site_apply_order (f->site->store, order);
}

/* ---- the whole way ---- */

static void
check_report (Fixture *f)
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

static void
test_whole_replacement (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) outbox = NULL;
  g_autoptr (GPtrArray) readings = NULL;
  g_autoptr (GError) error = NULL;

  open_job (f);
  assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_null (f->at->hint);
  assert_order_is (f, POSA_ORDER_IN_PROGRESS);
  go_to (f, POSA_FLOW_CUT);
  g_assert_false (f->at->dark);
  g_assert_cmpuint (f->at->zone, ==, POSA_ZONE_AMBER);
  g_assert_cmpuint (f->at->removal->registers->len, ==, 9);
  go_to (f, POSA_FLOW_REMOVE_FIT);
  g_assert_true (f->at->dark);
  g_assert_cmpint (f->at->dark_us, >, 0);
  assert_job_is (f, "REMOVE_FIT", "RED", TRUE);
  go_to (f, POSA_FLOW_SIGN);
  g_assert_false (f->at->dark);
  assert_no_report (f);
  go_to (f, POSA_FLOW_DONE);
  assert_job_is (f, "DONE", "GREEN", FALSE);
  assert_order_is (f, POSA_ORDER_DONE);
  check_report (f);
  g_assert_cmpuint (custody_of (f, SITE_OLD_SERIAL), ==, POSA_METER_REMOVED_ON_VAN);
  g_assert_cmpuint (custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_INSTALLED);
  g_assert_cmpuint (custody_of (f, SITE_SPARE_SERIAL), ==, POSA_METER_ON_VAN);
  outbox = posa_outbox_store_list (f->site->store, NULL);
  g_assert_cmpuint (outbox->len, ==, 1);
  readings = posa_reading_store_list (f->site->store, SITE_ORDER, NULL);
  g_assert_cmpuint (readings->len, ==, 3);
  posa_event_store_verify_chain (f->site->store, &error);
  g_assert_no_error (error);
  g_assert_null (site_crew_step (f->run, f->at, NULL));
}

/* Closed and opened at every step: it stands where it stood, says so, and ends the same. */
static void
test_reopened_at_every_step (Fixture *f, gconstpointer data)
{
  PosaFlowState before;
  gint64 dark_us;

  open_job (f);
  while (!f->at->end)
    {
      g_autoptr (GError) error = NULL;

      take (f, site_crew_step (f->run, f->at, &error));
      g_assert_no_error (error);
      before = f->at->state;
      dark_us = f->at->dark_us;
      close_job (f);
      open_job (f);
      g_assert_cmpuint (f->at->state, ==, before);
      g_assert_true ((f->at->hint == NULL) == f->at->end);
      g_assert_cmpint (f->at->dark_us, >=, dark_us);
    }
  assert_at (f, POSA_FLOW_DONE);
  check_report (f);
}

/* ---- hard stops ---- */

static void
test_wrong_serial (Fixture *f, gconstpointer data)
{
  open_job (f);
  send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, "05812345679");
  assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_nonnull (strstr (f->at->refusal, "05812345679"));
  go_to (f, POSA_FLOW_READ_OLD);
  perform (f);
  assert_at (f, POSA_FLOW_READ_OLD);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_WRONG_METER);
  g_assert_null (f->at->removal);
  send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "300");
  assert_at (f, POSA_FLOW_ABORTED);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_SERIAL_DIFFERS);
  assert_order_is (f, POSA_ORDER_ABORTED);
  assert_no_report (f);
}

static void
test_life_support (Fixture *f, gconstpointer data)
{
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  order->revision = 2;
  order->life_support = TRUE;
  site_apply_order (f->site->store, order);
  open_job (f);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_nonnull (f->at->refusal);
  send (f, POSA_FLOW_EVENT_LIFE_SUPPORT, NULL, NULL);
  assert_at (f, POSA_FLOW_LIFE_SUPPORT);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_LIFE_SUPPORT);
}

/* Worst first: the stop stands at the head, and no reason opens it. */
static void
stop_at_readings (Fixture *f, PosaFindingCode code)
{
  const PosaFinding *worst;

  open_job (f);
  go_to (f, POSA_FLOW_CHECK_READINGS);
  g_assert_cmpuint (f->at->findings->len, >, 0);
  worst = g_ptr_array_index (f->at->findings, 0);
  g_assert_cmpstr (posa_finding_code_to_string (worst->code), ==,
                   posa_finding_code_to_string (code));
  g_assert_cmpuint (worst->severity, ==, POSA_SEVERITY_STOP);
  send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_REASON, "looks fine to me");
  assert_at (f, POSA_FLOW_CHECK_READINGS);
  g_assert_nonnull (f->at->refusal);
  send (f, POSA_FLOW_EVENT_REREAD, NULL, NULL);
  assert_at (f, POSA_FLOW_READ_OLD);
  g_assert_null (f->at->removal);
  go_to (f, POSA_FLOW_CHECK_READINGS);
  send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "500");
  assert_at (f, POSA_FLOW_ABORTED);
}

static void
test_below_billing (Fixture *f, gconstpointer data)
{
  stop_at_readings (f, POSA_FINDING_BELOW_BILLING);
}

static void
test_bands_disagree (Fixture *f, gconstpointer data)
{
  stop_at_readings (f, POSA_FINDING_BANDS_DISAGREE);
}

static void
test_remark_needs_reason (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_CHECK_READINGS);
  g_assert_true ((f->at->primary_needs & POSA_FLOW_NEEDS_REASON) != 0);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_CHECK_READINGS);
  send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_REASON, "seal is whole, seen by the office");
  assert_at (f, POSA_FLOW_PRECHECK_NEW);
  g_assert_cmpuint (f->at->notes->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (f->at->notes, 0), "seal is whole"));
}

static void
test_not_in_stock (Fixture *f, gconstpointer data)
{
  const char *const serials[] = { "UNKNOWN", SITE_OTHER_SERIAL, SITE_THREE_SERIAL };

  open_job (f);
  go_to (f, POSA_FLOW_PRECHECK_NEW);
  for (guint i = 0; i < G_N_ELEMENTS (serials); i++)
    {
      send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, serials[i]);
      assert_at (f, POSA_FLOW_PRECHECK_NEW);
      g_assert_nonnull (strstr (f->at->refusal, serials[i]));
    }
  send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, SITE_NEW_SERIAL);
  assert_at (f, POSA_FLOW_CUT);
  g_assert_null (f->at->refusal);
}

/* Nobody leaves RED without supply, and no event of another step is taken. */
static void
test_red_is_closed (Fixture *f, gconstpointer data)
{
  const PosaFlowEvent events[] = { POSA_FLOW_EVENT_ABORT,        POSA_FLOW_EVENT_TAMPER,
                                   POSA_FLOW_EVENT_LIFE_SUPPORT, POSA_FLOW_EVENT_REREAD,
                                   POSA_FLOW_EVENT_DONE,         POSA_FLOW_EVENT_WITHDRAW };

  open_job (f);
  go_to (f, POSA_FLOW_REMOVE_FIT);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaFlowSnapshot) none = posa_flow_run_send (f->run, events[i], NULL, &error);

      g_assert_null (none);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED);
    }
  assert_job_is (f, "REMOVE_FIT", "RED", TRUE);
}

/* ---- leaving ---- */

static void
test_abort_in_amber (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_SECOND_READING);
  send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "700");
  assert_at (f, POSA_FLOW_SECOND_READING);
  g_assert_nonnull (f->at->refusal);
  send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "410");
  assert_at (f, POSA_FLOW_SWITCH_BACK);
  g_assert_true (f->at->dark);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_RESTORED_OLD);
  g_assert_false (f->at->dark);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_INSTALLATION_UNFIT);
  assert_job_is (f, "RESTORED_OLD", "GREEN", FALSE);
  assert_order_is (f, POSA_ORDER_ABORTED);
  g_assert_cmpuint (custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_ON_VAN);
  assert_no_report (f);
}

static void
test_tamper_freezes (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_INSPECT);
  send (f, POSA_FLOW_EVENT_TAMPER, NULL, NULL);
  assert_at (f, POSA_FLOW_INSPECT);
  send (f, POSA_FLOW_EVENT_TAMPER, POSA_FLOW_KEY_REASON, "seal cut");
  assert_at (f, POSA_FLOW_FROZEN_TAMPER);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_TAMPER_SUSPECTED);
}

static void
test_emergency_refit (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_ENERGISE);
  send (f, POSA_FLOW_EVENT_REFIT, NULL, NULL);
  assert_at (f, POSA_FLOW_REFIT_OLD);
  send (f, POSA_FLOW_EVENT_BACK, NULL, NULL);
  assert_at (f, POSA_FLOW_REMOVE_FIT);
  send (f, POSA_FLOW_EVENT_REFIT, NULL, NULL);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_REREAD_OLD);
  assert_job_is (f, "REREAD_OLD", "RED", TRUE);
  perform (f);
  assert_at (f, POSA_FLOW_SWITCH_BACK);
  g_assert_true (f->at->dark);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_RESTORED_OLD);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_RESTORED_OLD);
  g_assert_cmpuint (custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_ON_VAN);
}

static void
test_made_safe (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_REMOVE_FIT);
  send (f, POSA_FLOW_EVENT_MAKE_SAFE, NULL, NULL);
  assert_at (f, POSA_FLOW_MAKE_SAFE);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_MAKE_SAFE);
  send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_REASON, "base burnt; Rossi of the office");
  assert_at (f, POSA_FLOW_MADE_SAFE);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_MADE_SAFE);
  g_assert_true (f->at->dark);
  assert_job_is (f, "MADE_SAFE", "AMBER", FALSE);
}

/* ---- hardware troubles ---- */

static void
test_second_reading_fails (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_SECOND_READING);
  f->site->services.old_port = "/nonexistent/port";
  perform (f);
  assert_at (f, POSA_FLOW_SECOND_READING);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_PORT_MISSING);
  g_assert_nonnull (f->at->advice);
  send (f, POSA_FLOW_EVENT_GO_ON, NULL, NULL);
  assert_at (f, POSA_FLOW_SECOND_READING);
  send (f, POSA_FLOW_EVENT_GO_ON, POSA_FLOW_KEY_REASON, "head fell into the water");
  assert_at (f, POSA_FLOW_REMOVE_FIT);
  g_assert_null (f->at->error_text);
  go_to (f, POSA_FLOW_DONE);
  g_autoptr (GBytes) pdf = posa_report_store_get_pdf (f->site->store, f->at->report_id, NULL);
  g_autoptr (GBytes) ca = site_read_ca (f->folder);
  g_autoptr (PosaReportVerdict) verdict = posa_report_verify (pdf, ca, NULL);
  g_assert_null (verdict->report->second);
  g_assert_cmpstr (verdict->report->second_reason, ==, "head fell into the water");
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaOperation) operation = posa_operation_new ("reading");
  g_autoptr (PosaFlowSnapshot) none = NULL;

  open_job (f);
  go_to (f, POSA_FLOW_READ_OLD);
  posa_operation_cancel (operation);
  none = posa_flow_run_perform (f->run, operation, &error);
  g_assert_null (none);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  take (f, posa_flow_run_get_snapshot (f->run));
  assert_at (f, POSA_FLOW_READ_OLD);
  g_assert_cmpint (f->at->error_code, ==, -1);
}

static void
test_new_meter_dead_is_swapped (Fixture *f, gconstpointer data)
{
  g_autoptr (SiteMeter) spare = NULL;

  open_job (f);
  go_to (f, POSA_FLOW_ENERGISE);
  /* What answers is not the meter that was chosen: as if another one were under the head. */
  spare = site_meter_start_new (f->folder, SITE_SPARE_SERIAL);
  f->site->services.new_port = site_meter_get_port (spare);
  perform (f);
  assert_at (f, POSA_FLOW_ENERGISE);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_WRONG_METER);
  send (f, POSA_FLOW_EVENT_SWAP, POSA_FLOW_KEY_REASON, "no display");
  assert_at (f, POSA_FLOW_SWAP_NEW);
  g_assert_null (f->at->new_serial);
  g_assert_cmpuint (custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_FAULTY);
  send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, SITE_NEW_SERIAL);
  assert_at (f, POSA_FLOW_SWAP_NEW);
  send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, SITE_SPARE_SERIAL);
  assert_at (f, POSA_FLOW_REMOVE_FIT);
  go_to (f, POSA_FLOW_DONE);
  g_assert_cmpuint (custody_of (f, SITE_SPARE_SERIAL), ==, POSA_METER_INSTALLED);
  g_assert_cmpuint (custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_FAULTY);
}

static void
test_sign_without_key (Fixture *f, gconstpointer data)
{
  PosaReportKey *key = f->site->services.key;

  open_job (f);
  go_to (f, POSA_FLOW_SIGN);
  f->site->services.key = NULL;
  perform (f);
  assert_at (f, POSA_FLOW_SIGN);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_KEY_MISSING);
  assert_no_report (f);
  f->site->services.key = key;
  go_to (f, POSA_FLOW_DONE);
  check_report (f);
}

/* ---- the office withdraws, field-work.md 6.3 ---- */

static void
test_withdrawn_before_start (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaFlowRun) none = NULL;

  withdraw_order (f);
  none = posa_flow_run_open (&f->site->services, SITE_ORDER, &error);
  g_assert_null (none);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED);
}

static void
test_withdrawn_in_green (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_CHECK_READINGS);
  withdraw_order (f);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_WITHDRAWN);
  assert_order_is (f, POSA_ORDER_WITHDRAWN);
  g_assert_nonnull (strstr (g_ptr_array_index (f->at->notes, 0), "moved out"));
}

static void
test_withdrawn_in_amber (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_SECOND_READING);
  withdraw_order (f);
  close_job (f);
  open_job (f);
  assert_at (f, POSA_FLOW_SWITCH_BACK);
  send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  assert_at (f, POSA_FLOW_RESTORED_OLD);
}

static void
test_withdrawn_in_red (Fixture *f, gconstpointer data)
{
  open_job (f);
  go_to (f, POSA_FLOW_REMOVE_FIT);
  withdraw_order (f);
  go_to (f, POSA_FLOW_DONE);
  assert_order_is (f, POSA_ORDER_DONE);
  check_report (f);
  /* Noted once, not at each step. */
  g_assert_cmpuint (f->at->notes->len, ==, 1);
}

/* The office assigns the order again after a visit in vain. */
static void
test_assigned_again (Fixture *f, gconstpointer data)
{
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  open_job (f);
  go_to (f, POSA_FLOW_CHECK_READINGS);
  send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "200");
  close_job (f);
  open_job (f);
  assert_at (f, POSA_FLOW_ABORTED);
  close_job (f);
  order->revision = 2;
  site_apply_order (f->site->store, order);
  open_job (f);
  assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_null (f->at->removal);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_NONE);
  go_to (f, POSA_FLOW_DONE);
  check_report (f);
}

static void
test_unknown_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaFlowRun) none = posa_flow_run_open (&f->site->services, "W-999999", &error);

  g_assert_null (none);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  /* The settings are those of the old meter. */
#define ADD(name, settings, func)                                                                  \
  g_test_add ("/flow/run/" name, Fixture, settings, fixture_set_up, func, fixture_tear_down)

  ADD ("whole", NULL, test_whole_replacement);
  ADD ("reopened", NULL, test_reopened_at_every_step);
  ADD ("wrong-serial", "serial=05812345679", test_wrong_serial);
  ADD ("wrong-customer", "customer_number=471108160", test_wrong_serial);
  ADD ("life-support", NULL, test_life_support);
  ADD ("below-billing", "register.1.8.0=3900000,register.1.8.1=600000", test_below_billing);
  ADD ("bands", "register.1.8.0=4500000", test_bands_disagree);
  ADD ("remark", "status=00000001", test_remark_needs_reason);
  ADD ("not-in-stock", NULL, test_not_in_stock);
  ADD ("red-is-closed", NULL, test_red_is_closed);
  ADD ("abort-in-amber", NULL, test_abort_in_amber);
  ADD ("tamper", NULL, test_tamper_freezes);
  ADD ("refit", NULL, test_emergency_refit);
  ADD ("made-safe", NULL, test_made_safe);
  ADD ("second-reading-fails", NULL, test_second_reading_fails);
  ADD ("cancelled", NULL, test_cancelled);
  ADD ("swap", NULL, test_new_meter_dead_is_swapped);
  ADD ("sign-without-key", NULL, test_sign_without_key);
  ADD ("withdrawn-before", NULL, test_withdrawn_before_start);
  ADD ("withdrawn-green", NULL, test_withdrawn_in_green);
  ADD ("withdrawn-amber", NULL, test_withdrawn_in_amber);
  ADD ("withdrawn-red", NULL, test_withdrawn_in_red);
  ADD ("assigned-again", NULL, test_assigned_again);
  ADD ("unknown-order", NULL, test_unknown_order);
  return g_test_run ();
}
