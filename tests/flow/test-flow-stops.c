/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-rig.h"

/* Where the work must not go on, and how it ends without a replacement. */

/* ---- hard stops ---- */

static void
test_wrong_serial (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, "05812345679");
  rig_assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_nonnull (strstr (f->at->refusal, "05812345679"));
  rig_go_to (f, POSA_FLOW_READ_OLD);
  rig_perform (f);
  rig_assert_at (f, POSA_FLOW_READ_OLD);
  g_assert_cmpint (f->at->error_code, ==, POSA_ERROR_WRONG_METER);
  g_assert_null (f->at->removal);
  rig_send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "300");
  rig_assert_at (f, POSA_FLOW_ABORTED);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_SERIAL_DIFFERS);
  rig_assert_order_is (f, POSA_ORDER_ABORTED);
  rig_assert_no_report (f);
}

static void
test_life_support (Rig *f, gconstpointer data)
{
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  order->revision = 2;
  order->life_support = TRUE;
  site_apply_order (f->site->store, order);
  rig_open_job (f);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_nonnull (f->at->refusal);
  rig_send (f, POSA_FLOW_EVENT_LIFE_SUPPORT, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_LIFE_SUPPORT);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_LIFE_SUPPORT);
}

/* Worst first: the stop stands at the head, and no reason opens it. */
static void
stop_at_readings (Rig *f, PosaFindingCode code)
{
  const PosaFinding *worst;

  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_CHECK_READINGS);
  g_assert_cmpuint (f->at->findings->len, >, 0);
  worst = g_ptr_array_index (f->at->findings, 0);
  g_assert_cmpstr (posa_finding_code_to_string (worst->code), ==,
                   posa_finding_code_to_string (code));
  g_assert_cmpuint (worst->severity, ==, POSA_SEVERITY_STOP);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_REASON, "looks fine to me");
  rig_assert_at (f, POSA_FLOW_CHECK_READINGS);
  g_assert_nonnull (f->at->refusal);
  rig_send (f, POSA_FLOW_EVENT_REREAD, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_READ_OLD);
  g_assert_null (f->at->removal);
  rig_go_to (f, POSA_FLOW_CHECK_READINGS);
  rig_send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "500");
  rig_assert_at (f, POSA_FLOW_ABORTED);
}

static void
test_below_billing (Rig *f, gconstpointer data)
{
  stop_at_readings (f, POSA_FINDING_BELOW_BILLING);
}

static void
test_bands_disagree (Rig *f, gconstpointer data)
{
  stop_at_readings (f, POSA_FINDING_BANDS_DISAGREE);
}

static void
test_remark_needs_reason (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_CHECK_READINGS);
  g_assert_true ((f->at->primary_needs & POSA_FLOW_NEEDS_REASON) != 0);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_CHECK_READINGS);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_REASON, "seal is whole, seen by the office");
  rig_assert_at (f, POSA_FLOW_PRECHECK_NEW);
  g_assert_cmpuint (f->at->notes->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (f->at->notes, 0), "seal is whole"));
}

static void
test_not_in_stock (Rig *f, gconstpointer data)
{
  const char *const serials[] = { "UNKNOWN", SITE_OTHER_SERIAL, SITE_THREE_SERIAL };

  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_PRECHECK_NEW);
  for (guint i = 0; i < G_N_ELEMENTS (serials); i++)
    {
      rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, serials[i]);
      rig_assert_at (f, POSA_FLOW_PRECHECK_NEW);
      g_assert_nonnull (strstr (f->at->refusal, serials[i]));
    }
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_SERIAL, SITE_NEW_SERIAL);
  rig_assert_at (f, POSA_FLOW_CUT);
  g_assert_null (f->at->refusal);
}

/* Nobody leaves RED without supply, and no event of another step is taken. */
static void
test_red_is_closed (Rig *f, gconstpointer data)
{
  const PosaFlowEvent events[] = { POSA_FLOW_EVENT_ABORT,        POSA_FLOW_EVENT_TAMPER,
                                   POSA_FLOW_EVENT_LIFE_SUPPORT, POSA_FLOW_EVENT_REREAD,
                                   POSA_FLOW_EVENT_DONE,         POSA_FLOW_EVENT_WITHDRAW };

  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_REMOVE_FIT);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaFlowSnapshot) none = posa_flow_run_send (f->run, events[i], NULL, &error);

      g_assert_null (none);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED);
    }
  rig_assert_job_is (f, "REMOVE_FIT", "RED", TRUE);
}

/* ---- leaving ---- */

static void
test_abort_in_amber (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_SECOND_READING);
  rig_send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "700");
  rig_assert_at (f, POSA_FLOW_SECOND_READING);
  g_assert_nonnull (f->at->refusal);
  rig_send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "410");
  rig_assert_at (f, POSA_FLOW_SWITCH_BACK);
  g_assert_true (f->at->dark);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_RESTORED_OLD);
  g_assert_false (f->at->dark);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_INSTALLATION_UNFIT);
  rig_assert_job_is (f, "RESTORED_OLD", "GREEN", FALSE);
  rig_assert_order_is (f, POSA_ORDER_ABORTED);
  g_assert_cmpuint (rig_custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_ON_VAN);
  rig_assert_no_report (f);
}

static void
test_tamper_freezes (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_INSPECT);
  rig_send (f, POSA_FLOW_EVENT_TAMPER, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_INSPECT);
  rig_send (f, POSA_FLOW_EVENT_TAMPER, POSA_FLOW_KEY_REASON, "seal cut");
  rig_assert_at (f, POSA_FLOW_FROZEN_TAMPER);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_TAMPER_SUSPECTED);
}

static void
test_emergency_refit (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_ENERGISE);
  rig_send (f, POSA_FLOW_EVENT_REFIT, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_REFIT_OLD);
  rig_send (f, POSA_FLOW_EVENT_BACK, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_REMOVE_FIT);
  rig_send (f, POSA_FLOW_EVENT_REFIT, NULL, NULL);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_REREAD_OLD);
  rig_assert_job_is (f, "REREAD_OLD", "RED", TRUE);
  rig_perform (f);
  rig_assert_at (f, POSA_FLOW_SWITCH_BACK);
  g_assert_true (f->at->dark);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_RESTORED_OLD);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_RESTORED_OLD);
  g_assert_cmpuint (rig_custody_of (f, SITE_NEW_SERIAL), ==, POSA_METER_ON_VAN);
}

static void
test_made_safe (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_REMOVE_FIT);
  rig_send (f, POSA_FLOW_EVENT_MAKE_SAFE, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_MAKE_SAFE);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_MAKE_SAFE);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_KEY_REASON, "base burnt; Rossi of the office");
  rig_assert_at (f, POSA_FLOW_MADE_SAFE);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_MADE_SAFE);
  g_assert_true (f->at->dark);
  rig_assert_job_is (f, "MADE_SAFE", "AMBER", FALSE);
}

/* ---- the office withdraws, field-work.md 6.3 ---- */

static void
test_withdrawn_before_start (Rig *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaFlowRun) none = NULL;

  rig_withdraw_order (f);
  none = posa_flow_run_open (&f->site->services, SITE_ORDER, &error);
  g_assert_null (none);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED);
}

static void
test_withdrawn_in_green (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_CHECK_READINGS);
  rig_withdraw_order (f);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_WITHDRAWN);
  rig_assert_order_is (f, POSA_ORDER_WITHDRAWN);
  g_assert_nonnull (strstr (g_ptr_array_index (f->at->notes, 0), "moved out"));
}

static void
test_withdrawn_in_amber (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_SECOND_READING);
  rig_withdraw_order (f);
  rig_close_job (f);
  rig_open_job (f);
  rig_assert_at (f, POSA_FLOW_SWITCH_BACK);
  rig_send (f, POSA_FLOW_EVENT_CONFIRM, NULL, NULL);
  rig_assert_at (f, POSA_FLOW_RESTORED_OLD);
}

static void
test_withdrawn_in_red (Rig *f, gconstpointer data)
{
  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_REMOVE_FIT);
  rig_withdraw_order (f);
  rig_go_to (f, POSA_FLOW_DONE);
  rig_assert_order_is (f, POSA_ORDER_DONE);
  rig_check_report (f);
  /* Noted once, not at each step. */
  g_assert_cmpuint (f->at->notes->len, ==, 1);
}

/* The office assigns the order again after a visit in vain. */
static void
test_assigned_again (Rig *f, gconstpointer data)
{
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  rig_open_job (f);
  rig_go_to (f, POSA_FLOW_CHECK_READINGS);
  rig_send (f, POSA_FLOW_EVENT_ABORT, POSA_FLOW_KEY_OUTCOME, "200");
  rig_close_job (f);
  rig_open_job (f);
  rig_assert_at (f, POSA_FLOW_ABORTED);
  rig_close_job (f);
  order->revision = 2;
  site_apply_order (f->site->store, order);
  rig_open_job (f);
  rig_assert_at (f, POSA_FLOW_IDENTIFY);
  g_assert_null (f->at->removal);
  g_assert_cmpuint (f->at->outcome, ==, POSA_OUTCOME_NONE);
  rig_go_to (f, POSA_FLOW_DONE);
  rig_check_report (f);
}

static void
test_unknown_order (Rig *f, gconstpointer data)
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
  g_test_add ("/flow/run/" name, Rig, settings, rig_set_up, func, rig_tear_down)

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
  ADD ("withdrawn-before", NULL, test_withdrawn_before_start);
  ADD ("withdrawn-green", NULL, test_withdrawn_in_green);
  ADD ("withdrawn-amber", NULL, test_withdrawn_in_amber);
  ADD ("withdrawn-red", NULL, test_withdrawn_in_red);
  ADD ("assigned-again", NULL, test_assigned_again);
  ADD ("unknown-order", NULL, test_unknown_order);
  return g_test_run ();
}
