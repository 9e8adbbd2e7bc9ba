/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"
#include "kill-switch.h"

#include <stdio.h>

/* Does one replacement as a crew without troubles would, and kills itself where POSA_VICTIM_KILL
 * says (kill-switch.h). Prints the step at which it starts. */

/* A meter whose last talk broke off in the middle may need another try, as it does with a crew. */
#define MAX_TRIES 3

/* POSA_VICTIM_EVENT: takes this one event, with what it needs, instead of going on to the end. A
 * withdrawal has been taken by then, by the opening. */
static PosaFlowSnapshot *
take_event (PosaFlowRun *run, const PosaFlowSnapshot *at, const char *nick, GError **error)
{
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();
  PosaFlowEvent event = POSA_N_FLOW_EVENTS;

  posa_flow_event_from_nick (nick, &event);
  if (event == POSA_FLOW_EVENT_WITHDRAW)
    return posa_flow_run_get_snapshot (run);
  if (!posa_flow_event_is_of_crew (event))
    return posa_flow_run_perform (run, NULL, error);
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_REASON, "because");
  posa_flow_evidence_set_int (evidence, POSA_FLOW_KEY_OUTCOME, POSA_OUTCOME_INSTALLATION_UNFIT);
  if (at->primary_needs & POSA_FLOW_NEEDS_SERIAL)
    posa_flow_evidence_set (evidence, POSA_FLOW_KEY_SERIAL, SITE_SPARE_SERIAL);
  return posa_flow_run_send (run, event, evidence, error);
}

/* POSA_VICTIM_UNABLE: what is only records cannot be done either. Nothing of the product is bent
 * for it: the device lacks its key, the crew's badge, or the number of the report. */
static void
make_unable (Site *site)
{
  if (g_getenv ("POSA_VICTIM_UNABLE") == NULL)
    return;
  site->services.key = NULL;
  site->services.operator_badge = NULL;
}

static int
complain (const PosaFlowSnapshot *at, const char *text)
{
  g_printerr ("flow-victim: %s: %s\n", at != NULL ? at->nick : "opening", text);
  return 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (Site) site = NULL;
  g_autoptr (PosaFlowRun) run = NULL;
  g_autoptr (PosaFlowSnapshot) at = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 4)
    return 2;
  site = site_open (argv[1], argv[2], argv[3]);
  make_unable (site);
  kill_switch_arm (g_getenv ("POSA_VICTIM_KILL"));
  run = posa_flow_run_open (&site->services, SITE_ORDER, &error);
  if (run == NULL)
    return complain (NULL, error->message);
  at = posa_flow_run_get_snapshot (run);
  printf ("%s\n", at->nick);
  fflush (stdout);
  if (g_getenv ("POSA_VICTIM_EVENT") != NULL)
    {
      g_autoptr (PosaFlowSnapshot)
          last = take_event (run, at, g_getenv ("POSA_VICTIM_EVENT"), &error);

      return last != NULL ? 0 : complain (at, error->message);
    }
  for (guint tries = 0; !at->end;)
    {
      PosaFlowSnapshot *next = site_crew_step (run, at, &error);

      if (next == NULL)
        return complain (at, error->message);
      posa_flow_snapshot_free (at);
      at = next;
      tries = at->error_text != NULL ? tries + 1 : 0;
      if (at->refusal != NULL || tries == MAX_TRIES)
        return complain (at, at->refusal != NULL ? at->refusal : at->error_text);
    }
  return 0;
}
