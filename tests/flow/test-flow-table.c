/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow/posa-flow-guards.h"

/* Exhaustive checks of the two tables: every state, every edge, every pair of state and event. */

static const PosaFlowEdge *
get_edges (guint *n)
{
  return posa_flow_table_get_edges (n);
}

static void
mark_reachable (PosaFlowState state, gboolean *seen)
{
  guint n;
  const PosaFlowEdge *edges = get_edges (&n);

  if (seen[state])
    return;
  seen[state] = TRUE;
  for (guint i = 0; i < n; i++)
    if (edges[i].from == state)
      mark_reachable (edges[i].to, seen);
}

static void
test_every_state_is_reachable (void)
{
  gboolean seen[POSA_N_FLOW_STATES] = { FALSE };

  mark_reachable (POSA_FLOW_IDENTIFY, seen);
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    if (!seen[s])
      g_error ("%s cannot be reached", posa_flow_state_get_info (s)->nick);
}

/* From every state some end can be reached: nobody is ever stuck. */
static void
test_every_state_has_a_way_out (void)
{
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    {
      gboolean seen[POSA_N_FLOW_STATES] = { FALSE };
      guint ends = 0;

      mark_reachable (s, seen);
      for (guint t = 0; t < POSA_N_FLOW_STATES; t++)
        ends += seen[t] && posa_flow_state_get_info (t)->end;
      g_assert_cmpuint (ends, >, 0);
    }
}

static void
test_every_state_is_complete (void)
{
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    {
      const PosaFlowStateInfo *info = posa_flow_state_get_info (s);
      PosaFlowState back = POSA_N_FLOW_STATES;

      g_test_message ("state %s", info->nick);
      g_assert_true (info->nick != NULL && *info->nick != '\0');
      g_assert_true (posa_flow_state_from_nick (info->nick, &back));
      g_assert_cmpuint (back, ==, s);
      g_assert_true (info->label != NULL && *info->label != '\0');
      g_assert_true (info->instruction != NULL && *info->instruction != '\0');
      g_assert_true (info->page != NULL && *info->page != '\0');
      g_assert_cmpuint (info->zone, <, POSA_N_ZONES);
      /* An end has nothing to do and nothing to resume; all else has both. */
      g_assert_true (info->end == (posa_flow_state_get_resume (s) == POSA_RESUME_NONE));
      g_assert_true ((info->primary_label != NULL) == (info->effect != POSA_FLOW_EFFECT_NONE));
      g_assert_false (info->end && info->effect != POSA_FLOW_EFFECT_NONE);
      g_assert_false (info->automatic && info->effect == POSA_FLOW_EFFECT_NONE);
    }
}

static void
test_the_straight_way_counts_its_steps (void)
{
  for (guint s = POSA_FLOW_IDENTIFY; s <= POSA_FLOW_QUEUE; s++)
    g_assert_cmpuint (posa_flow_state_get_info (s)->step, ==, s + 1);
  g_assert_cmpuint (posa_flow_state_get_info (POSA_FLOW_QUEUE)->step, ==, POSA_FLOW_N_STEPS);
  for (guint s = POSA_FLOW_SWAP_NEW; s < POSA_N_FLOW_STATES; s++)
    g_assert_cmpuint (posa_flow_state_get_info (s)->step, ==, 0);
}

static void
test_every_edge_is_complete (void)
{
  guint n;
  const PosaFlowEdge *edges = get_edges (&n);

  for (guint i = 0; i < n; i++)
    {
      const PosaFlowEdge *edge = &edges[i];
      const PosaFlowStateInfo *from = posa_flow_state_get_info (edge->from);

      g_test_message ("%s: %s", from->nick, posa_flow_event_to_nick (edge->event));
      g_assert_false (from->end);
      g_assert_cmpuint (edge->resume, >, POSA_RESUME_NONE);
      g_assert_cmpuint (edge->resume, <, POSA_N_RESUMES);
      /* Only one row for a state and an event: the step is a function. */
      g_assert_true (posa_flow_table_find (edge->from, edge->event) == edge);
      /* What a person does has words; what the program does has none. */
      g_assert_true ((edge->label != NULL) == posa_flow_event_is_of_crew (edge->event));
      if (!posa_flow_event_is_of_crew (edge->event))
        g_assert_cmpuint (edge->needs, ==, POSA_FLOW_NEEDS_NOTHING);
      else
        g_assert_cmpuint (edge->resume, ==, POSA_RESUME_ASK_CREW);
      /* A need without a guard would be a wish. */
      if (edge->needs & ~POSA_FLOW_NEEDS_HOLD)
        g_assert_nonnull (edge->guard);
    }
}

static void
test_every_effect_is_used_once_and_can_fail (void)
{
  guint uses[POSA_N_FLOW_EFFECTS] = { 0 };

  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    {
      const PosaFlowStateInfo *info = posa_flow_state_get_info (s);
      const PosaFlowEdge *failed = posa_flow_table_find (s, POSA_FLOW_EVENT_FAILED);

      uses[info->effect]++;
      g_assert_true ((info->effect != POSA_FLOW_EFFECT_NONE) ==
                     (posa_flow_table_find (s, POSA_FLOW_EVENT_DONE) != NULL));
      g_assert_true ((info->effect != POSA_FLOW_EFFECT_NONE) == (failed != NULL));
      g_assert_true (failed == NULL || failed->to == s);
      /* Either the effect or the crew's confirmation leads on, never both. */
      g_assert_false (info->effect != POSA_FLOW_EFFECT_NONE &&
                      posa_flow_table_find (s, POSA_FLOW_EVENT_CONFIRM) != NULL);
    }
  for (guint e = POSA_FLOW_EFFECT_NONE + 1; e < POSA_N_FLOW_EFFECTS; e++)
    g_assert_cmpuint (uses[e], ==, 1);
}

/* The only three ways out of RED, each with its guard. */
static gboolean
is_exit_of_red (const PosaFlowEdge *edge)
{
  if (edge->from == POSA_FLOW_COMMISSION)
    return edge->event == POSA_FLOW_EVENT_DONE && edge->guard == posa_flow_guard_commissioned;
  if (edge->from == POSA_FLOW_REREAD_OLD)
    return edge->event == POSA_FLOW_EVENT_DONE && edge->guard == posa_flow_guard_continuity;
  return edge->from == POSA_FLOW_MAKE_SAFE && edge->to == POSA_FLOW_MADE_SAFE &&
         edge->guard == posa_flow_guard_reason;
}

/* The heart: RED is left only through a meter that answered, or through "made safe". */
static void
test_exits_of_red (void)
{
  guint n, exits = 0;
  const PosaFlowEdge *edges = get_edges (&n);

  for (guint i = 0; i < n; i++)
    {
      PosaZone from = posa_flow_state_get_info (edges[i].from)->zone;
      PosaZone to = posa_flow_state_get_info (edges[i].to)->zone;

      if (from != POSA_ZONE_RED || to == POSA_ZONE_RED)
        continue;
      exits++;
      g_assert_cmpuint (to, ==, POSA_ZONE_AMBER);
      g_assert_true (is_exit_of_red (&edges[i]));
    }
  g_assert_cmpuint (exits, ==, 3);
}

static void
test_red_has_no_abort_and_a_way_to_safety (void)
{
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    {
      if (posa_flow_state_get_info (s)->zone != POSA_ZONE_RED)
        continue;
      g_assert_null (posa_flow_table_find (s, POSA_FLOW_EVENT_ABORT));
      g_assert_null (posa_flow_table_find (s, POSA_FLOW_EVENT_TAMPER));
      g_assert_null (posa_flow_table_find (s, POSA_FLOW_EVENT_LIFE_SUPPORT));
      if (s != POSA_FLOW_MAKE_SAFE)
        g_assert_nonnull (posa_flow_table_find (s, POSA_FLOW_EVENT_MAKE_SAFE));
      g_assert_false (posa_flow_state_get_info (s)->end);
    }
}

/* A zone is entered by an edge of its own, never jumped over. */
static void
test_zones_are_entered_in_order (void)
{
  guint n;
  const PosaFlowEdge *edges = get_edges (&n);

  for (guint i = 0; i < n; i++)
    {
      PosaZone from = posa_flow_state_get_info (edges[i].from)->zone;
      PosaZone to = posa_flow_state_get_info (edges[i].to)->zone;

      g_assert_false (from == POSA_ZONE_GREEN && to == POSA_ZONE_RED);
      g_assert_false (from == POSA_ZONE_RED && to == POSA_ZONE_GREEN);
      /* Switching off asks everything that can still be asked. */
      if (from == POSA_ZONE_GREEN && to == POSA_ZONE_AMBER)
        g_assert_true (edges[i].guard == posa_flow_guard_before_cut);
      if (from == POSA_ZONE_AMBER && to == POSA_ZONE_RED && edges[i].to == POSA_FLOW_REMOVE_FIT)
        g_assert_true (edges[i].guard == posa_flow_guard_before_red);
    }
}

/* Each cell of the withdrawal rule, field-work.md 6.3. */
static void
test_withdrawal_by_zone (void)
{
  for (guint s = 0; s < POSA_N_FLOW_STATES; s++)
    {
      const PosaFlowStateInfo *info = posa_flow_state_get_info (s);
      const PosaFlowEdge *edge = posa_flow_table_find (s, POSA_FLOW_EVENT_WITHDRAW);

      g_assert_true ((edge == NULL) == info->end);
      if (s <= POSA_FLOW_PRECHECK_NEW)
        g_assert_cmpuint (edge->to, ==, POSA_FLOW_WITHDRAWN);
      else if (s == POSA_FLOW_CUT || s == POSA_FLOW_SECOND_READING)
        g_assert_cmpuint (edge->to, ==, POSA_FLOW_SWITCH_BACK);
      else if (edge != NULL)
        g_assert_cmpuint (edge->to, ==, s);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/table/reachable", test_every_state_is_reachable);
  g_test_add_func ("/flow/table/way-out", test_every_state_has_a_way_out);
  g_test_add_func ("/flow/table/states", test_every_state_is_complete);
  g_test_add_func ("/flow/table/steps", test_the_straight_way_counts_its_steps);
  g_test_add_func ("/flow/table/edges", test_every_edge_is_complete);
  g_test_add_func ("/flow/table/effects", test_every_effect_is_used_once_and_can_fail);
  g_test_add_func ("/flow/zones/red-exits", test_exits_of_red);
  g_test_add_func ("/flow/zones/red-safety", test_red_has_no_abort_and_a_way_to_safety);
  g_test_add_func ("/flow/zones/order", test_zones_are_entered_in_order);
  g_test_add_func ("/flow/zones/withdrawal", test_withdrawal_by_zone);
  return g_test_run ();
}
