/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow/posa-flow-guards.h"

/* Each hard stop by itself, the pure step over every pair of state and event, and the facts. */

/* ---- guards ---- */

typedef struct
{
  PosaWorkOrder *order;
  PosaFlowFacts *facts;
  PosaFlowContext context;
  PosaFlowEvidence *evidence;
} Fixture;

static PosaReadingSet *
make_reading (const char *serial, const char *customer_number, gint64 t1, gint64 t2)
{
  PosaReadingSet *reading = posa_reading_set_new ();
  gint64 values[] = { t1 + t2, t1, t2, 0, 0 };

  reading->meter.serial = g_strdup (serial);
  reading->meter.customer_number = g_strdup (customer_number);
  reading->meter.kind = POSA_METER_KIND_M1;
  reading->taken_us = G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC;
  reading->meter_clock_us = reading->device_clock_us = reading->taken_us;
  for (guint tier = 0; tier <= 4; tier++)
    {
      g_ptr_array_add (reading->registers,
                       posa_register_new (POSA_OBIS (1, 0, 1, 8, (guint8) tier, 255),
                                          POSA_QUANTITY_ACTIVE_IMPORT, tier, values[tier]));
      if (tier > 0)
        g_ptr_array_add (reading->registers,
                         posa_register_new (POSA_OBIS (1, 0, 1, 6, (guint8) tier, 255),
                                            POSA_QUANTITY_MAX_DEMAND_IMPORT, tier, 1500));
    }
  return reading;
}

static void
set_reading (Fixture *f, PosaReadingSet *reading)
{
  g_autofree char *text = posa_reading_set_to_text (reading, FALSE);

  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_READING, text);
  posa_reading_set_free (reading);
}

static void
fixture_set_up (Fixture *f, gconstpointer data)
{
  f->order = posa_work_order_new ();
  g_set_str (&f->order->id, "W-000001");
  g_set_str (&f->order->pod, "IT001E12345678");
  g_set_str (&f->order->customer_number, "123456780");
  g_set_str (&f->order->old_serial, "05812345");
  f->order->old_kind = POSA_METER_KIND_M1;
  f->order->contract_power_w = 3000;
  f->order->available_power_w = 3300;
  f->order->last_billing_us = G_GINT64_CONSTANT (1789000000) * G_USEC_PER_SEC;
  for (guint tier = 0; tier <= 2; tier++)
    g_ptr_array_add (f->order->last_billing,
                     posa_register_new (POSA_OBIS (1, 0, 1, 8, (guint8) tier, 255),
                                        POSA_QUANTITY_ACTIVE_IMPORT, tier,
                                        tier == 0 ? 2000000 : 1000000));
  f->facts = posa_flow_facts_new ();
  f->facts->removal = make_reading ("05812345", "123456780", 1100000, 1200000);
  f->evidence = posa_flow_evidence_new ();
  f->context = (PosaFlowContext) { f->order, f->facts, POSA_FLOW_STOCK_OURS,
                                   posa_meter_kind_get_successor (POSA_METER_KIND_M1), FALSE };
}

static void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  posa_work_order_free (f->order);
  posa_flow_facts_free (f->facts);
  posa_flow_evidence_free (f->evidence);
}

static void
assert_goes (Fixture *f, PosaFlowState from, PosaFlowEvent event, PosaFlowState to)
{
  g_autofree char *refusal = NULL;
  const PosaFlowEdge *edge = posa_flow_step (from, event, &f->context, f->evidence, &refusal);

  g_assert_cmpstr (refusal, ==, NULL);
  g_assert_nonnull (edge);
  g_assert_cmpuint (edge->to, ==, to);
}

static void
assert_refused (Fixture *f, PosaFlowState from, PosaFlowEvent event, const char *about)
{
  g_autofree char *refusal = NULL;
  const PosaFlowEdge *edge = posa_flow_step (from, event, &f->context, f->evidence, &refusal);

  g_assert_null (edge);
  g_assert_nonnull (refusal);
  if (strstr (refusal, about) == NULL)
    g_error ("“%s” does not speak of “%s”", refusal, about);
}

/* Every pair of state and event: an edge, or a refusal with words, never both, never neither. */
static void
test_step_is_total (Fixture *f, gconstpointer data)
{
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    for (guint e = 0; e < POSA_N_FLOW_EVENTS; e++)
      {
        g_autofree char *refusal = NULL;
        const PosaFlowEdge *edge;

        f->facts->state = s;
        edge = posa_flow_step (s, e, &f->context, f->evidence, &refusal);
        g_assert_true ((edge == NULL) == (refusal != NULL));
        if (edge == NULL && posa_flow_table_find (s, e) == NULL)
          g_assert_nonnull (strstr (refusal, posa_flow_event_to_nick (e)));
      }
}

static void
test_guard_identify (Fixture *f, gconstpointer data)
{
  assert_goes (f, POSA_FLOW_IDENTIFY, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_INSPECT);
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, "05812345");
  assert_goes (f, POSA_FLOW_IDENTIFY, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_INSPECT);
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, "5812345");
  assert_refused (f, POSA_FLOW_IDENTIFY, POSA_FLOW_EVENT_CONFIRM, "Wrong meter");
}

static void
test_guard_life_support (Fixture *f, gconstpointer data)
{
  f->order->life_support = TRUE;
  assert_refused (f, POSA_FLOW_IDENTIFY, POSA_FLOW_EVENT_CONFIRM, "Life-support");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, "N1");
  assert_refused (f, POSA_FLOW_PRECHECK_NEW, POSA_FLOW_EVENT_CONFIRM, "Life-support");
}

static void
test_guard_wrong_meter (Fixture *f, gconstpointer data)
{
  f->facts->state = POSA_FLOW_READ_OLD;
  assert_refused (f, POSA_FLOW_READ_OLD, POSA_FLOW_EVENT_DONE, "No reading");
  set_reading (f, make_reading ("05812345", "123456780", 1100000, 1200000));
  assert_goes (f, POSA_FLOW_READ_OLD, POSA_FLOW_EVENT_DONE, POSA_FLOW_CHECK_READINGS);
  set_reading (f, make_reading ("05812346", "123456780", 1100000, 1200000));
  assert_refused (f, POSA_FLOW_READ_OLD, POSA_FLOW_EVENT_DONE, "05812346");
  set_reading (f, make_reading ("05812345", "123456790", 1100000, 1200000));
  assert_refused (f, POSA_FLOW_READ_OLD, POSA_FLOW_EVENT_DONE, "123456790");
}

static void
test_guard_readings (Fixture *f, gconstpointer data)
{
  assert_goes (f, POSA_FLOW_CHECK_READINGS, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_PRECHECK_NEW);

  /* Below the last billing. */
  posa_reading_set_free (f->facts->removal);
  f->facts->removal = make_reading ("05812345", "123456780", 900000, 1200000);
  assert_refused (f, POSA_FLOW_CHECK_READINGS, POSA_FLOW_EVENT_CONFIRM, "lower");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_REASON, "no reason opens a hard stop");
  assert_refused (f, POSA_FLOW_CHECK_READINGS, POSA_FLOW_EVENT_CONFIRM, "lower");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_REASON, NULL);

  /* Bands that do not add up. */
  posa_reading_set_free (f->facts->removal);
  f->facts->removal = make_reading ("05812345", "123456780", 1100000, 1200000);
  ((PosaRegister *) g_ptr_array_index (f->facts->removal->registers, 0))->value += 5000;
  assert_refused (f, POSA_FLOW_CHECK_READINGS, POSA_FLOW_EVENT_CONFIRM, "office");

  /* A remark opens with a reason. */
  posa_reading_set_free (f->facts->removal);
  f->facts->removal = make_reading ("05812345", "123456780", 1100000, 1200000000);
  assert_refused (f, POSA_FLOW_CHECK_READINGS, POSA_FLOW_EVENT_CONFIRM, "say why");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_REASON, "workshop in the cellar");
  assert_goes (f, POSA_FLOW_CHECK_READINGS, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_PRECHECK_NEW);
}

static void
test_guard_new_meter (Fixture *f, gconstpointer data)
{
  const PosaFlowState states[] = { POSA_FLOW_PRECHECK_NEW, POSA_FLOW_SWAP_NEW };
  const PosaFlowState to[] = { POSA_FLOW_CUT, POSA_FLOW_REMOVE_FIT };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, NULL);
      assert_refused (f, states[i], POSA_FLOW_EVENT_CONFIRM, "Choose");
      posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, "N1");
      assert_goes (f, states[i], POSA_FLOW_EVENT_CONFIRM, to[i]);
      f->context.stock = POSA_FLOW_STOCK_ELSEWHERE;
      assert_refused (f, states[i], POSA_FLOW_EVENT_CONFIRM, "van");
      f->context.stock = POSA_FLOW_STOCK_UNKNOWN;
      assert_refused (f, states[i], POSA_FLOW_EVENT_CONFIRM, "stock");
      f->context.stock = POSA_FLOW_STOCK_OURS;
      f->context.new_kind = POSA_METER_KIND_G2_THREE;
      assert_refused (f, states[i], POSA_FLOW_EVENT_CONFIRM, "kind");
      f->context.new_kind = POSA_METER_KIND_G2_SINGLE;
      g_strfreev (f->facts->faulty_serials);
      f->facts->faulty_serials = g_strsplit ("N0,N1", ",", 0);
      assert_refused (f, states[i], POSA_FLOW_EVENT_CONFIRM, "faulty");
      g_strfreev (f->facts->faulty_serials);
      f->facts->faulty_serials = g_new0 (char *, 1);
    }
}

static void
test_guard_before_cut (Fixture *f, gconstpointer data)
{
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, "N1");
  f->context.disk_low = TRUE;
  assert_refused (f, POSA_FLOW_PRECHECK_NEW, POSA_FLOW_EVENT_CONFIRM, "space");
  f->context.disk_low = FALSE;
  g_clear_pointer (&f->facts->removal, posa_reading_set_free);
  assert_refused (f, POSA_FLOW_PRECHECK_NEW, POSA_FLOW_EVENT_CONFIRM, "not been read");
}

static void
test_guard_before_red (Fixture *f, gconstpointer data)
{
  f->facts->state = POSA_FLOW_SECOND_READING;
  assert_refused (f, POSA_FLOW_SECOND_READING, POSA_FLOW_EVENT_DONE, "chosen");
  f->facts->new_serial = g_strdup ("N1");
  assert_refused (f, POSA_FLOW_SECOND_READING, POSA_FLOW_EVENT_GO_ON, "reason");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_REASON, "head fell off");
  assert_goes (f, POSA_FLOW_SECOND_READING, POSA_FLOW_EVENT_GO_ON, POSA_FLOW_REMOVE_FIT);
  g_clear_pointer (&f->facts->removal, posa_reading_set_free);
  assert_refused (f, POSA_FLOW_SECOND_READING, POSA_FLOW_EVENT_GO_ON, "must be read");
}

static void
test_guard_outcome (Fixture *f, gconstpointer data)
{
  const struct
  {
    int code;
    gboolean good;
  } rows[] = { { 0, FALSE },  { 100, FALSE }, { 110, FALSE }, { 200, TRUE },  { 300, TRUE },
               { 430, TRUE }, { 610, TRUE },  { 700, FALSE }, { 710, FALSE }, { 999, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      posa_flow_evidence_set_int (f->evidence, POSA_FLOW_KEY_OUTCOME, rows[i].code);
      if (rows[i].good)
        assert_goes (f, POSA_FLOW_INSPECT, POSA_FLOW_EVENT_ABORT, POSA_FLOW_ABORTED);
      else
        assert_refused (f, POSA_FLOW_INSPECT, POSA_FLOW_EVENT_ABORT, "why");
    }
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_OUTCOME, "200x");
  assert_refused (f, POSA_FLOW_INSPECT, POSA_FLOW_EVENT_ABORT, "why");
}

static void
test_guard_energised (Fixture *f, gconstpointer data)
{
  f->facts->new_serial = g_strdup ("N1");
  assert_refused (f, POSA_FLOW_ENERGISE, POSA_FLOW_EVENT_DONE, "nothing");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, "N2");
  assert_refused (f, POSA_FLOW_ENERGISE, POSA_FLOW_EVENT_DONE, "N2");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_SERIAL, "N1");
  assert_goes (f, POSA_FLOW_ENERGISE, POSA_FLOW_EVENT_DONE, POSA_FLOW_COMMISSION);
}

static void
test_guard_commissioned (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray)
      verified = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_verified_value_free);
  g_autofree char *without = NULL;
  g_autofree char *with = NULL;

  f->facts->new_serial = g_strdup ("N1");
  g_ptr_array_add (verified, posa_verified_value_new ("clock", NULL, "a", "a"));
  without = posa_flow_verified_to_text (verified);
  g_ptr_array_add (verified, posa_verified_value_new ("supply", "off", "on", "on"));
  with = posa_flow_verified_to_text (verified);

  assert_refused (f, POSA_FLOW_COMMISSION, POSA_FLOW_EVENT_DONE, "No reading");
  set_reading (f, make_reading ("N1", NULL, 0, 1000));
  assert_refused (f, POSA_FLOW_COMMISSION, POSA_FLOW_EVENT_DONE, "supplies");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_VERIFIED, without);
  assert_refused (f, POSA_FLOW_COMMISSION, POSA_FLOW_EVENT_DONE, "supplies");
  posa_flow_evidence_set (f->evidence, POSA_FLOW_KEY_VERIFIED, with);
  assert_goes (f, POSA_FLOW_COMMISSION, POSA_FLOW_EVENT_DONE, POSA_FLOW_LIMITER_TEST);
  set_reading (f, make_reading ("N2", NULL, 0, 1000));
  assert_refused (f, POSA_FLOW_COMMISSION, POSA_FLOW_EVENT_DONE, "N2");
}

static void
test_guard_continuity (Fixture *f, gconstpointer data)
{
  assert_refused (f, POSA_FLOW_REREAD_OLD, POSA_FLOW_EVENT_DONE, "No reading");
  set_reading (f, make_reading ("05812345", "123456780", 1100000, 1200000));
  assert_goes (f, POSA_FLOW_REREAD_OLD, POSA_FLOW_EVENT_DONE, POSA_FLOW_SWITCH_BACK);
  set_reading (f, make_reading ("05812345", "123456780", 1099000, 1200000));
  assert_refused (f, POSA_FLOW_REREAD_OLD, POSA_FLOW_EVENT_DONE, "went back");
  set_reading (f, make_reading ("05812346", "123456780", 1100000, 1200000));
  assert_refused (f, POSA_FLOW_REREAD_OLD, POSA_FLOW_EVENT_DONE, "05812346");
}

static void
test_guard_complete (Fixture *f, gconstpointer data)
{
  assert_refused (f, POSA_FLOW_CLOSE_UP, POSA_FLOW_EVENT_CONFIRM, "missing");
  f->facts->activation = make_reading ("N1", NULL, 0, 0);
  f->facts->cut_us = 1;
  assert_refused (f, POSA_FLOW_CLOSE_UP, POSA_FLOW_EVENT_CONFIRM, "missing");
  f->facts->second_reason = g_strdup ("head fell off");
  assert_goes (f, POSA_FLOW_CLOSE_UP, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_SIGN);
}

/* ---- facts ---- */

static void
test_dark_time (void)
{
  g_autoptr (PosaFlowFacts) facts = posa_flow_facts_new ();
  PosaFlowStamp cut = { 1000 * G_USEC_PER_SEC, 50 * G_USEC_PER_SEC, "boot-a" };
  PosaFlowStamp same_boot = { 500 * G_USEC_PER_SEC, 110 * G_USEC_PER_SEC, "boot-a" };
  PosaFlowStamp next_boot = { 1090 * G_USEC_PER_SEC, 5 * G_USEC_PER_SEC, "boot-b" };
  PosaFlowStamp earlier = { 10 * G_USEC_PER_SEC, 5 * G_USEC_PER_SEC, "boot-b" };

  facts->state = POSA_FLOW_CUT;
  g_assert_cmpint (posa_flow_facts_get_dark_us (facts, cut), ==, 0);
  g_assert_true (posa_flow_facts_apply (facts, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_SECOND_READING,
                                        NULL, cut, NULL));
  /* A wall clock that was set back does not matter within one boot. */
  g_assert_cmpint (posa_flow_facts_get_dark_us (facts, same_boot), ==, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (posa_flow_facts_get_dark_us (facts, next_boot), ==, 90 * G_USEC_PER_SEC);
  g_assert_cmpint (posa_flow_facts_get_dark_us (facts, earlier), ==, 0);

  facts->state = POSA_FLOW_SWITCH_BACK;
  g_assert_true (posa_flow_facts_apply (facts, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_RESTORED_OLD,
                                        NULL, same_boot, NULL));
  g_assert_cmpint (posa_flow_facts_get_dark_us (facts, next_boot), ==, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (facts->outcome, ==, POSA_OUTCOME_RESTORED_OLD);
}

static void
test_evidence_round_trip (void)
{
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();
  g_autoptr (PosaFlowEvidence) copy = NULL;
  g_autoptr (PosaFlowEvidence) bad = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;

  posa_flow_evidence_set (evidence, "reason", "a \"quoted\" \\ reason\nè");
  posa_flow_evidence_set_int (evidence, "outcome", -5);
  posa_flow_evidence_set (evidence, "gone", "x");
  posa_flow_evidence_set (evidence, "gone", NULL);
  text = posa_flow_evidence_to_text (evidence);
  copy = posa_flow_evidence_from_text (text, &error);
  g_assert_no_error (error);
  again = posa_flow_evidence_to_text (copy);
  g_assert_cmpstr (text, ==, again);
  g_assert_cmpint (posa_flow_evidence_get_int (copy, "outcome", 0), ==, -5);
  g_assert_null (posa_flow_evidence_get (copy, "gone"));
  bad = posa_flow_evidence_from_text ("{\"a\":1}", &error);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_null (bad);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD_GUARD(name, func)                                                                      \
  g_test_add ("/flow/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

  ADD_GUARD ("step/total", test_step_is_total);
  ADD_GUARD ("guard/identify", test_guard_identify);
  ADD_GUARD ("guard/life-support", test_guard_life_support);
  ADD_GUARD ("guard/wrong-meter", test_guard_wrong_meter);
  ADD_GUARD ("guard/readings", test_guard_readings);
  ADD_GUARD ("guard/new-meter", test_guard_new_meter);
  ADD_GUARD ("guard/before-cut", test_guard_before_cut);
  ADD_GUARD ("guard/before-red", test_guard_before_red);
  ADD_GUARD ("guard/outcome", test_guard_outcome);
  ADD_GUARD ("guard/energised", test_guard_energised);
  ADD_GUARD ("guard/commissioned", test_guard_commissioned);
  ADD_GUARD ("guard/complete", test_guard_complete);
  ADD_GUARD ("guard/continuity", test_guard_continuity);
  g_test_add_func ("/flow/facts/dark-time", test_dark_time);
  g_test_add_func ("/flow/facts/evidence", test_evidence_round_trip);
  return g_test_run ();
}
