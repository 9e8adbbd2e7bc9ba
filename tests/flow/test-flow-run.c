/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-rig.h"

#include "store/posa-event-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-reading-store.h"
#include "store/posa-report-store.h"

/* Replacements on a real store with simulated meters as processes of their own: the whole way, and
 * troubles with the hardware. */

/* ---- the whole way ---- */

static void
test_whole_replacement (Rig *f, gconstpointer data)
{
  g_autoptr (GPtrArray) outbox = NULL;
  g_autoptr (GPtrArray) readings = NULL;
  g_autoptr (GError) error = NULL;

  rig_open_job (f);
  rig_assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_null (f->at->hint);
  rig_assert_order_is (f, POSA_ORDER_IN_PROGRESS);
  rig_go_to (f, POSA_FLOW_CUT);
  g_assert_false (f->at->dark);
  g_assert_cmpuint (f->at->zone, ==, POSA_ZONE_AMBER);
  g_assert_cmpuint (f->at->removal->registers->len, ==, 9);
  rig_go_to (f, POSA_FLOW_REMOVE_FIT);
  g_assert_true (f->at->dark);
  g_assert_cmpint (f->at->dark_us, >, 0);
  rig_assert_job_is (f, "REMOVE_FIT", "RED", TRUE);
  rig_go_to (f, POSA_FLOW_SIGN);
  g_assert_false (f->at->dark);
  rig_assert_no_report (f);
  rig_go_to (f, POSA_FLOW_DONE);
  rig_assert_job_is (f, "DONE", "GREEN", FALSE);
  rig_assert_order_is (f, POSA_ORDER_DONE);
  rig_check_report (f);
  g_assert_cmpuint (rig_custody_of (f, SITE_OLD_SERIAL), ==, POSA_METER_REMOVED_ON_VAN);
  g_assert_cmpuint (rig_custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_INSTALLED);
  g_assert_cmpuint (rig_custody_of (f, SITE_SPARE_SERIAL), ==, POSA_METER_ON_VAN);
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
test_reopened_at_every_step (Rig *f, gconstpointer data)
{
  PosaFlowState before;
  gint64 dark_us;

  rig_open_job (f);
  while (!f->at->end)
    {
      g_autoptr (GError) error = NULL;

      rig_take (f, site_crew_step (f->run, f->at, &error));
      g_assert_no_error (error);
      before = f->at->state;
      dark_us = f->at->dark_us;
      rig_close_job (f);
      rig_open_job (f);
      g_assert_cmpuint (f->at->state, ==, before);
      g_assert_true ((f->at->hint == NULL) == f->at->end);
      g_assert_cmpint (f->at->dark_us, >=, dark_us);
    }
  rig_assert_at (f, POSA_FLOW_DONE);
  rig_check_report (f);
}

/* ---- hardware troubles ---- */

static void
test_second_reading_fails (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_SECOND_READING);
  f->site->services.old_port = "/nonexistent/port";
  rig_perform (f);
  rig_assert_at (f, POSA_FLOW_SECOND_READING);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_PORT_MISSING);
  g_assert_nonnull (f->at->advice);
  rig_send (f, POSA_FLOW_EVENT_GO_ON, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_SECOND_READING);
  rig_send (f, POSA_FLOW_EVENT_GO_ON, POSA_FLOW_KEY_REASON, "head fell into the water");
  rig_assert_at (f, POSA_FLOW_REMOVE_FIT);
  g_assert_null (f->at->error_text);
  rig_go_to (f, POSA_FLOW_DONE);
  g_autoptr (GBytes) pdf = posa_report_store_get_pdf (f->site->store, f->at->report_id, NULL);
  g_autoptr (GBytes) ca = site_read_ca (f->folder);
  g_autoptr (PosaReportVerdict) verdict = posa_report_verify (pdf, ca, NULL);
  g_assert_null (verdict->report->second);
  g_assert_cmpstr (verdict->report->second_reason, ==, "head fell into the water");
}

static void
test_cancelled (Rig *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaOperation) operation = posa_operation_new ("reading");
  g_autoptr (PosaFlowSnapshot) none = NULL;

  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_READ_OLD);
  posa_operation_cancel (operation);
  none = posa_flow_run_perform (f->run, operation, &error);
  g_assert_null (none);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  rig_take (f, posa_flow_run_get_snapshot (f->run));
  rig_assert_at (f, POSA_FLOW_READ_OLD);
  g_assert_cmpint (f->at->error_code, ==, -1);
}

static void
test_new_meter_dead_is_swapped (Rig *f, gconstpointer data)
{
  g_autoptr (SiteMeter) spare = NULL;

  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_ENERGISE);
  /* What answers is not the meter that was chosen: as if another one were under the head. */
  spare = site_meter_start_new (f->folder, SITE_SPARE_SERIAL);
  f->site->services.new_port = site_meter_get_port (spare);
  rig_perform (f);
  rig_assert_at (f, POSA_FLOW_ENERGISE);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_WRONG_METER);
  rig_send (f, POSA_FLOW_EVENT_SWAP, POSA_FLOW_KEY_REASON, "no display");
  rig_assert_at (f, POSA_FLOW_SWAP_NEW);
  g_assert_null (f->at->new_serial);
  g_assert_cmpuint (rig_custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_FAULTY);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, SITE_NEW_SERIAL);
  rig_assert_at (f, POSA_FLOW_SWAP_NEW);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, SITE_SPARE_SERIAL);
  rig_assert_at (f, POSA_FLOW_REMOVE_FIT);
  rig_go_to (f, POSA_FLOW_DONE);
  g_assert_cmpuint (rig_custody_of (f, SITE_SPARE_SERIAL), ==, POSA_METER_INSTALLED);
  g_assert_cmpuint (rig_custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_FAULTY);
}

static void
test_sign_without_key (Rig *f, gconstpointer data)
{
  PosaReportKey *key = f->site->services.key;

  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_SIGN);
  f->site->services.key = NULL;
  rig_perform (f);
  rig_assert_at (f, POSA_FLOW_SIGN);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_KEY_MISSING);
  rig_assert_no_report (f);
  f->site->services.key = key;
  rig_go_to (f, POSA_FLOW_DONE);
  rig_check_report (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  /* The settings are those of the old meter. */
#define ADD(name, settings, func)                                                                  \
  g_test_add ("/flow/run/" name, Rig, settings, rig_set_up, func, rig_tear_down)

  ADD ("whole", NULL, test_whole_replacement);
  ADD ("reopened", NULL, test_reopened_at_every_step);
  ADD ("second-reading-fails", NULL, test_second_reading_fails);
  ADD ("cancelled", NULL, test_cancelled);
  ADD ("swap", NULL, test_new_meter_dead_is_swapped);
  ADD ("sign-without-key", NULL, test_sign_without_key);
  return g_test_run ();
}
