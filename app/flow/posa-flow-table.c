/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "flow/posa-flow-table.h"

#include "flow/posa-flow-guards.h"

#include <glib/gi18n-lib.h>

#define ST(name)   POSA_FLOW_##name
#define EV(name)   POSA_FLOW_EVENT_##name
#define WITH(name) POSA_FLOW_NEEDS_##name

/* Texts of buttons that several states share. */
#define TEXT_ABORT     N_ ("Leave Without Replacing")
#define TEXT_TAMPER    N_ ("Tampering Suspected")
#define TEXT_LIFE      N_ ("Life-Support Equipment Here")
#define TEXT_REREAD    N_ ("Read Again")
#define TEXT_SWAP      N_ ("New Meter Is Faulty")
#define TEXT_REFIT     N_ ("Emergency: Put the Old Meter Back")
#define TEXT_MAKE_SAFE N_ ("Emergency: Make Safe")
#define TEXT_BACK      N_ ("Back to the Exchange")

/* clang-format off */
#define STATE(zone, nick, effect, automatic, step, label, instruction, primary, page) \
  { nick, POSA_ZONE_##zone, POSA_FLOW_EFFECT_##effect, automatic, step, FALSE, label, instruction, primary, page }
#define END(zone, nick, label, instruction) \
  { nick, POSA_ZONE_##zone, POSA_FLOW_EFFECT_NONE, FALSE, 0, TRUE, label, instruction, NULL, "end" }

static const PosaFlowStateInfo states[POSA_N_FLOW_STATES] = {
  [ST (IDENTIFY)] = STATE (GREEN, "identify", NONE, FALSE, 1, N_ ("Find the meter"),
    N_ ("Compare the serial number on the plate with the order. Tell the customer about the short interruption."),
    NULL, "identify"),
  [ST (INSPECT)] = STATE (GREEN, "inspect", NONE, FALSE, 2, N_ ("Look before you touch"),
    N_ ("Seals whole, no traces of heat, no tampering, room to work."),
    NULL, "inspect"),
  [ST (READ_OLD)] = STATE (GREEN, "read-old", READ_OLD, FALSE, 3, N_ ("Read the old meter"),
    N_ ("Seat the optical head on the old meter and leave it there."),
    N_ ("Read the Meter"), "read"),
  [ST (CHECK_READINGS)] = STATE (GREEN, "check-readings", NONE, FALSE, 4, N_ ("Check the readings"),
    N_ ("Compare with the last billing. A remark needs a reason; a stop needs the office."),
    NULL, "check"),
  [ST (PRECHECK_NEW)] = STATE (GREEN, "precheck-new", NONE, FALSE, 5, N_ ("Take the new meter"),
    N_ ("Choose the serial number that is on the plate of the new meter. It must come from this van and be undamaged."),
    NULL, "new-meter"),
  [ST (CUT)] = STATE (AMBER, "cut", NONE, FALSE, 6, N_ ("Switch the customer off"),
    N_ ("Open the customer's main switch. The timer starts."),
    NULL, "cut"),
  [ST (SECOND_READING)] = STATE (AMBER, "second-reading", SECOND_READING, TRUE, 7, N_ ("Second reading"),
    N_ ("The totals are read once more. Keep the head on the old meter."),
    N_ ("Read the Totals"), "read"),
  [ST (REMOVE_FIT)] = STATE (RED, "remove-fit", NONE, FALSE, 8, N_ ("Exchange the meters"),
    N_ ("Take the old meter off the base and fit the new one."),
    NULL, "exchange"),
  [ST (ENERGISE)] = STATE (RED, "energise", PROBE_NEW, FALSE, 9, N_ ("Give supply to the new meter"),
    N_ ("Close the main switch of the base, seat the optical head on the new meter."),
    N_ ("Find the New Meter"), "hardware"),
  [ST (COMMISSION)] = STATE (RED, "commission", COMMISSION, TRUE, 10, N_ ("Commission the new meter"),
    N_ ("Keep the head on the new meter. Every value is written and read back."),
    N_ ("Commission"), "hardware"),
  [ST (LIMITER_TEST)] = STATE (AMBER, "limiter-test", TEST_RELAY, FALSE, 11, N_ ("Test the limiter"),
    N_ ("The meter opens and closes its switch for two seconds. Tell the customer."),
    N_ ("Test the Switch"), "hardware"),
  [ST (CLOSE_UP)] = STATE (AMBER, "close-up", NONE, FALSE, 12, N_ ("Close up"),
    N_ ("Fit cover and seals, close the customer's main switch, see that there is load."),
    NULL, "close-up"),
  [ST (SIGN)] = STATE (GREEN, "sign", SIGN, FALSE, 13, N_ ("Sign the report"),
    N_ ("This is the report as the customer will get it."),
    N_ ("Sign"), "report"),
  [ST (CUSTODY)] = STATE (GREEN, "custody", CUSTODY, FALSE, 14, N_ ("Take the old meter along"),
    N_ ("Label the old meter and put it in the van. It is kept until the office has the report."),
    N_ ("Old Meter Is in the Van"), "custody"),
  [ST (QUEUE)] = STATE (GREEN, "queue", QUEUE, TRUE, 15, N_ ("Hand over to delivery"),
    N_ ("The report is put in the queue for the portal."),
    N_ ("Queue the Report"), "done"),
  [ST (DONE)] = { "done", POSA_ZONE_GREEN, POSA_FLOW_EFFECT_NONE, FALSE, 15, TRUE, N_ ("Done"),
    N_ ("Saved on this tablet. It is sent as soon as there is a network."), NULL, "done" },

  [ST (SWAP_NEW)] = STATE (RED, "swap-new", NONE, FALSE, 0, N_ ("Take another new meter"),
    N_ ("Take the faulty meter off and choose the next one from the van."),
    NULL, "new-meter"),
  [ST (REFIT_OLD)] = STATE (RED, "refit-old", NONE, FALSE, 0, N_ ("Put the old meter back"),
    N_ ("Take the new meter off, put the old one on its base and give it supply."),
    NULL, "exchange"),
  [ST (REREAD_OLD)] = STATE (RED, "reread-old", REREAD_OLD, FALSE, 0, N_ ("Prove that the old meter counts"),
    N_ ("Seat the optical head on the old meter. Its totals are compared with those before the removal."),
    N_ ("Read the Meter"), "read"),
  [ST (SWITCH_BACK)] = STATE (AMBER, "switch-back", NONE, FALSE, 0, N_ ("Switch the customer back on"),
    N_ ("Close the customer's main switch, see that there is load, fit the seals."),
    NULL, "close-up"),
  [ST (MAKE_SAFE)] = STATE (RED, "make-safe", NONE, FALSE, 0, N_ ("Make the place safe"),
    N_ ("Isolate and cover the base, keep people away, call the office. Write down who took the call."),
    NULL, "exchange"),

  [ST (ABORTED)] = END (GREEN, "aborted", N_ ("Left without replacing"),
    N_ ("Nothing was changed. The outcome is saved on this tablet; tell the office.")),
  [ST (WITHDRAWN)] = END (GREEN, "withdrawn", N_ ("Withdrawn by the office"),
    N_ ("The office withdrew this order. Nothing was changed; tell the customer.")),
  [ST (FROZEN_TAMPER)] = END (GREEN, "frozen-tamper", N_ ("Frozen"),
    N_ ("Do not touch anything. Call the office.")),
  [ST (LIFE_SUPPORT)] = END (GREEN, "life-support", N_ ("Not switched off"),
    N_ ("Life-support equipment: the supply stays on. Tell the office, which arranges another visit.")),
  [ST (RESTORED_OLD)] = END (GREEN, "restored-old", N_ ("Old meter in place"),
    N_ ("The customer is supplied through the old meter. The outcome is saved on this tablet; tell the office.")),
  [ST (MADE_SAFE)] = END (AMBER, "made-safe", N_ ("Made safe"),
    N_ ("The customer is without supply. Stay reachable until the office takes over.")),
};

/* The program's own edges have no label. An edge that was not taken because the program died is
 * resumed by its policy: hardware is read again or asked first, a person's act is asked for. */
#define ASK  POSA_RESUME_ASK_CREW
#define REDO POSA_RESUME_REDO
#define VRFY POSA_RESUME_VERIFY_THEN_REDO

#define NOTED(state, event) { ST (state), EV (event), NULL, ST (state), REDO, NULL, WITH (NOTHING) }
#define FAILED_STAYS(state) NOTED (state, FAILED)
/* field-work.md 6.3: RED or done, the work stands and the withdrawal is only noted. */
#define WORK_STANDS(state) NOTED (state, WITHDRAW)
#define WITHDRAW_TO(state, to) \
  { ST (state), EV (WITHDRAW), NULL, ST (to), REDO, NULL, WITH (NOTHING) }
/* Nothing has been changed yet: the crew may leave, or must. */
#define BEFORE_CUT(state) \
  { ST (state), EV (ABORT), posa_flow_guard_outcome, ST (ABORTED), ASK, TEXT_ABORT, WITH (OUTCOME) }, \
  { ST (state), EV (LIFE_SUPPORT), NULL, ST (LIFE_SUPPORT), ASK, TEXT_LIFE, WITH (HOLD) }, \
  { ST (state), EV (TAMPER), posa_flow_guard_reason, ST (FROZEN_TAMPER), ASK, TEXT_TAMPER, WITH (REASON) }, \
  WITHDRAW_TO (state, WITHDRAWN)
/* Customer off, old meter in place: leaving goes through switching on again. */
#define BEFORE_RED(state) \
  { ST (state), EV (ABORT), posa_flow_guard_outcome, ST (SWITCH_BACK), ASK, TEXT_ABORT, WITH (OUTCOME) }, \
  WITHDRAW_TO (state, SWITCH_BACK)
#define EMERGENCY(state) \
  { ST (state), EV (REFIT), NULL, ST (REFIT_OLD), ASK, TEXT_REFIT, WITH (HOLD) }, \
  { ST (state), EV (MAKE_SAFE), NULL, ST (MAKE_SAFE), ASK, TEXT_MAKE_SAFE, WITH (HOLD) }

static const PosaFlowEdge edges[] = {
  { ST (IDENTIFY), EV (CONFIRM), posa_flow_guard_identify, ST (INSPECT), ASK,
    N_ ("Serial Number Is Right"), WITH (NOTHING) },
  BEFORE_CUT (IDENTIFY),

  { ST (INSPECT), EV (CONFIRM), NULL, ST (READ_OLD), ASK, N_ ("All in Order"), WITH (NOTHING) },
  BEFORE_CUT (INSPECT),

  { ST (READ_OLD), EV (DONE), posa_flow_guard_right_meter, ST (CHECK_READINGS), REDO, NULL, WITH (NOTHING) },
  FAILED_STAYS (READ_OLD),
  BEFORE_CUT (READ_OLD),

  { ST (CHECK_READINGS), EV (CONFIRM), posa_flow_guard_readings, ST (PRECHECK_NEW), ASK,
    N_ ("Readings Are Right"), WITH (NOTHING) },
  { ST (CHECK_READINGS), EV (REREAD), NULL, ST (READ_OLD), ASK, TEXT_REREAD, WITH (NOTHING) },
  BEFORE_CUT (CHECK_READINGS),

  { ST (PRECHECK_NEW), EV (CONFIRM), posa_flow_guard_before_cut, ST (CUT), ASK,
    N_ ("Use This Meter"), WITH (SERIAL) },
  { ST (PRECHECK_NEW), EV (REREAD), NULL, ST (READ_OLD), ASK, TEXT_REREAD, WITH (NOTHING) },
  BEFORE_CUT (PRECHECK_NEW),

  { ST (CUT), EV (CONFIRM), NULL, ST (SECOND_READING), ASK, N_ ("Customer Is Off"), WITH (HOLD) },
  BEFORE_RED (CUT),

  { ST (SECOND_READING), EV (DONE), posa_flow_guard_before_red, ST (REMOVE_FIT), REDO, NULL, WITH (NOTHING) },
  FAILED_STAYS (SECOND_READING),
  { ST (SECOND_READING), EV (GO_ON), posa_flow_guard_before_red, ST (REMOVE_FIT), ASK,
    N_ ("Go On Without"), WITH (REASON) },
  BEFORE_RED (SECOND_READING),

  { ST (REMOVE_FIT), EV (CONFIRM), posa_flow_guard_before_red, ST (ENERGISE), ASK,
    N_ ("New Meter Is Fitted"), WITH (NOTHING) },
  { ST (REMOVE_FIT), EV (SWAP), posa_flow_guard_reason, ST (SWAP_NEW), ASK, TEXT_SWAP, WITH (REASON) },
  EMERGENCY (REMOVE_FIT),
  WORK_STANDS (REMOVE_FIT),

  { ST (ENERGISE), EV (DONE), posa_flow_guard_energised, ST (COMMISSION), REDO, NULL, WITH (NOTHING) },
  FAILED_STAYS (ENERGISE),
  { ST (ENERGISE), EV (SWAP), posa_flow_guard_reason, ST (SWAP_NEW), ASK, TEXT_SWAP, WITH (REASON) },
  EMERGENCY (ENERGISE),
  WORK_STANDS (ENERGISE),

  { ST (COMMISSION), EV (DONE), posa_flow_guard_commissioned, ST (LIMITER_TEST), VRFY, NULL, WITH (NOTHING) },
  FAILED_STAYS (COMMISSION),
  { ST (COMMISSION), EV (SWAP), posa_flow_guard_reason, ST (SWAP_NEW), ASK, TEXT_SWAP, WITH (REASON) },
  EMERGENCY (COMMISSION),
  WORK_STANDS (COMMISSION),

  { ST (LIMITER_TEST), EV (DONE), NULL, ST (CLOSE_UP), VRFY, NULL, WITH (NOTHING) },
  FAILED_STAYS (LIMITER_TEST),
  { ST (LIMITER_TEST), EV (GO_ON), posa_flow_guard_reason, ST (CLOSE_UP), ASK,
    N_ ("Go On Without"), WITH (REASON) },
  EMERGENCY (LIMITER_TEST),
  WORK_STANDS (LIMITER_TEST),

  { ST (CLOSE_UP), EV (CONFIRM), posa_flow_guard_complete, ST (SIGN), ASK,
    N_ ("Closed Up, Customer Is On"), WITH (NOTHING) },
  EMERGENCY (CLOSE_UP),
  WORK_STANDS (CLOSE_UP),

  { ST (SIGN), EV (DONE), NULL, ST (CUSTODY), VRFY, NULL, WITH (NOTHING) },
  FAILED_STAYS (SIGN),
  WORK_STANDS (SIGN),

  { ST (CUSTODY), EV (DONE), NULL, ST (QUEUE), VRFY, NULL, WITH (NOTHING) },
  FAILED_STAYS (CUSTODY),
  WORK_STANDS (CUSTODY),

  { ST (QUEUE), EV (DONE), NULL, ST (DONE), VRFY, NULL, WITH (NOTHING) },
  FAILED_STAYS (QUEUE),
  WORK_STANDS (QUEUE),

  { ST (SWAP_NEW), EV (CONFIRM), posa_flow_guard_new_meter, ST (REMOVE_FIT), ASK,
    N_ ("Use This Meter"), WITH (SERIAL) },
  EMERGENCY (SWAP_NEW),
  WORK_STANDS (SWAP_NEW),

  { ST (REFIT_OLD), EV (CONFIRM), NULL, ST (REREAD_OLD), ASK, N_ ("Old Meter Is Back"), WITH (NOTHING) },
  { ST (REFIT_OLD), EV (BACK), NULL, ST (REMOVE_FIT), ASK, TEXT_BACK, WITH (NOTHING) },
  { ST (REFIT_OLD), EV (MAKE_SAFE), NULL, ST (MAKE_SAFE), ASK, TEXT_MAKE_SAFE, WITH (HOLD) },
  WORK_STANDS (REFIT_OLD),

  { ST (REREAD_OLD), EV (DONE), posa_flow_guard_continuity, ST (SWITCH_BACK), REDO, NULL, WITH (NOTHING) },
  FAILED_STAYS (REREAD_OLD),
  { ST (REREAD_OLD), EV (REFIT), NULL, ST (REFIT_OLD), ASK, N_ ("Seat the Old Meter Again"), WITH (NOTHING) },
  { ST (REREAD_OLD), EV (MAKE_SAFE), NULL, ST (MAKE_SAFE), ASK, TEXT_MAKE_SAFE, WITH (HOLD) },
  WORK_STANDS (REREAD_OLD),

  { ST (SWITCH_BACK), EV (CONFIRM), NULL, ST (RESTORED_OLD), ASK, N_ ("Customer Is On"), WITH (NOTHING) },
  { ST (SWITCH_BACK), EV (MAKE_SAFE), NULL, ST (MAKE_SAFE), ASK, TEXT_MAKE_SAFE, WITH (HOLD) },
  WORK_STANDS (SWITCH_BACK),

  { ST (MAKE_SAFE), EV (CONFIRM), posa_flow_guard_reason, ST (MADE_SAFE), ASK,
    N_ ("Made Safe, Office Informed"), WITH (REASON) },
  { ST (MAKE_SAFE), EV (REFIT), NULL, ST (REFIT_OLD), ASK, TEXT_REFIT, WITH (NOTHING) },
  WORK_STANDS (MAKE_SAFE),
};
/* clang-format on */

/* Indexed by PosaFlowEvent. */
static const char *const event_nicks[POSA_N_FLOW_EVENTS] = {
  "confirm", "reread",    "go-on", "abort", "tamper", "life-support", "swap",
  "refit",   "make-safe", "back",  "done",  "failed", "withdraw",
};

const PosaFlowStateInfo *
posa_flow_state_get_info (PosaFlowState state)
{
  g_return_val_if_fail ((guint) state < POSA_N_FLOW_STATES, NULL);
  return &states[state];
}

const PosaFlowEdge *
posa_flow_table_get_edges (guint *n_edges)
{
  *n_edges = G_N_ELEMENTS (edges);
  return edges;
}

const PosaFlowEdge *
posa_flow_table_find (PosaFlowState state, PosaFlowEvent event)
{
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (edges[i].from == state && edges[i].event == event)
      return &edges[i];
  return NULL;
}

PosaResume
posa_flow_state_get_resume (PosaFlowState state)
{
  const PosaFlowStateInfo *info = posa_flow_state_get_info (state);
  PosaFlowEvent primary = info->effect != POSA_FLOW_EFFECT_NONE ? POSA_FLOW_EVENT_DONE
                                                                : POSA_FLOW_EVENT_CONFIRM;
  const PosaFlowEdge *edge = posa_flow_table_find (state, primary);

  return edge != NULL ? edge->resume : POSA_RESUME_NONE;
}

gboolean
posa_flow_state_from_nick (const char *nick, PosaFlowState *out)
{
  for (guint i = 0; i < POSA_N_FLOW_STATES; i++)
    if (g_strcmp0 (states[i].nick, nick) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

const char *
posa_flow_event_to_nick (PosaFlowEvent event)
{
  g_return_val_if_fail ((guint) event < POSA_N_FLOW_EVENTS, NULL);
  return event_nicks[event];
}

gboolean
posa_flow_event_from_nick (const char *nick, PosaFlowEvent *out)
{
  for (guint i = 0; i < POSA_N_FLOW_EVENTS; i++)
    if (g_strcmp0 (event_nicks[i], nick) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
posa_flow_event_is_of_crew (PosaFlowEvent event)
{
  return event < POSA_FLOW_EVENT_DONE;
}

const char *
posa_zone_to_nick (PosaZone zone)
{
  static const char *const nicks[POSA_N_ZONES] = { "green", "amber", "red" };

  g_return_val_if_fail ((guint) zone < POSA_N_ZONES, NULL);
  return nicks[zone];
}

const PosaFlowEdge *
posa_flow_step (PosaFlowState state,
                PosaFlowEvent event,
                const PosaFlowContext *context,
                const PosaFlowEvidence *evidence,
                char **refusal)
{
  const PosaFlowEdge *edge = posa_flow_table_find (state, event);

  if (edge == NULL)
    *refusal = g_strdup_printf (_ ("“%s” does not belong to the step “%s”."),
                                posa_flow_event_to_nick (event), _ (states[state].label));
  else
    *refusal = edge->guard != NULL ? edge->guard (context, evidence) : NULL;
  return *refusal == NULL ? edge : NULL;
}
