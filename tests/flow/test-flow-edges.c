/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"

#include "base/posa-file.h"
#include "store/posa-event-store.h"
#include "store/posa-job-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-report-store.h"

#include <glib/gstdio.h>
#include <signal.h>

/* Every edge of the table, one by one, side ways too: from a job that stands at its beginning, a
 * process takes it and is killed while the commit is half written, and just after it. What stands
 * then is the beginning with nothing added, or the end with exactly one event more.
 *
 * The hardware actions of the straight way that succeed are test-flow-kill's. */

#define DATABASE_LIMIT (64 * 1024 * 1024)
#define MAX_COMMITS    8 /* of one step: the log's header, counters, the step */

typedef struct
{
  char *folder;
  char *database;
  SiteMeter *old_meter, *new_meter;
} World;

/* ---- jobs that stand at each state ---- */

static char *
snapshot_path (const World *world, PosaFlowState state)
{
  return g_strdup_printf ("%s/at-%s", world->folder, posa_flow_state_get_info (state)->nick);
}

static void
copy_file (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = posa_file_read (from, DATABASE_LIMIT, &error);

  g_assert_no_error (error);
  g_file_set_contents (to, g_bytes_get_data (content, NULL), (gssize) g_bytes_get_size (content),
                       &error);
  g_assert_no_error (error);
}

static void
save_state (const World *world, PosaFlowState state)
{
  g_autofree char *path = snapshot_path (world, state);

  copy_file (world->database, path);
}

static void
restore_state (const World *world, PosaFlowState state)
{
  g_autofree char *path = snapshot_path (world, state);
  g_autofree char *log = g_strconcat (world->database, "-wal", NULL);
  g_autofree char *index = g_strconcat (world->database, "-shm", NULL);

  g_remove (log);
  g_remove (index);
  copy_file (path, world->database);
}

/* One step of a crew without troubles; the closed database is one file. */
static PosaFlowState
step_on (const World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_open (world->folder, site_meter_get_port (world->old_meter),
                                     site_meter_get_port (world->new_meter));
  g_autoptr (PosaFlowRun) run = posa_flow_run_open (&site->services, SITE_ORDER, &error);
  g_autoptr (PosaFlowSnapshot) at = posa_flow_run_get_snapshot (run);
  g_autoptr (PosaFlowSnapshot) next = site_crew_step (run, at, &error);

  g_assert_no_error (error);
  return next->state;
}

static void
begin_job (const World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_open (world->folder, NULL, NULL);
  g_autoptr (PosaFlowRun) run = posa_flow_run_open (&site->services, SITE_ORDER, &error);

  g_assert_no_error (error);
}

/* The side states follow from these by one event of the crew each. */
static void
save_side_state (const World *world, PosaFlowState from, PosaFlowEvent event, PosaFlowState to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();

  restore_state (world, from);
  {
    g_autoptr (Site) site = site_open (world->folder, NULL, NULL);
    g_autoptr (PosaFlowRun) run = posa_flow_run_open (&site->services, SITE_ORDER, &error);
    g_autoptr (PosaFlowSnapshot) next = NULL;

    posa_flow_evidence_set (evidence, POSA_FLOW_KEY_REASON, "because");
    posa_flow_evidence_set_int (evidence, POSA_FLOW_KEY_OUTCOME, 410);
    next = posa_flow_run_send (run, event, evidence, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (next->state, ==, to);
  }
  save_state (world, to);
}

static void
world_set_up (World *world, gconstpointer data)
{
  PosaFlowState state = POSA_FLOW_IDENTIFY;

  world->folder = site_folder_new ();
  world->database = g_build_filename (world->folder, "posa.db", NULL);
  site_create (world->folder);
  world->old_meter = site_meter_start_old (world->folder, NULL);
  world->new_meter = site_meter_start_new (world->folder, SITE_NEW_SERIAL);
  begin_job (world);
  save_state (world, state);
  while (state != POSA_FLOW_DONE)
    {
      state = step_on (world);
      save_state (world, state);
    }
  save_side_state (world, POSA_FLOW_REMOVE_FIT, POSA_FLOW_EVENT_SWAP, POSA_FLOW_SWAP_NEW);
  save_side_state (world, POSA_FLOW_REMOVE_FIT, POSA_FLOW_EVENT_REFIT, POSA_FLOW_REFIT_OLD);
  save_side_state (world, POSA_FLOW_REFIT_OLD, POSA_FLOW_EVENT_CONFIRM, POSA_FLOW_REREAD_OLD);
  save_side_state (world, POSA_FLOW_CUT, POSA_FLOW_EVENT_ABORT, POSA_FLOW_SWITCH_BACK);
  save_side_state (world, POSA_FLOW_REMOVE_FIT, POSA_FLOW_EVENT_MAKE_SAFE, POSA_FLOW_MAKE_SAFE);
}

static void
world_tear_down (World *world, gconstpointer data)
{
  site_meter_stop (world->old_meter);
  site_meter_stop (world->new_meter);
  site_folder_remove (world->folder);
  g_free (world->folder);
  g_free (world->database);
}

/* ---- one edge ---- */

static void
withdraw_order (PosaStore *store)
{
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  order->revision = 2;
  order->cancelled = TRUE;
  order->cancel_reason = g_strdup ("customer moved out");
  site_apply_order (store, order);
}

/* Somebody else queued the report: an item cannot be queued twice. */
static void
queue_report (PosaStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportEntry) report = posa_report_store_get_of_order (store, SITE_ORDER, &error);

  g_assert_no_error (error);
  posa_outbox_store_add (store, report->id, 1, &error);
  g_assert_no_error (error);
}

/* What must be so that the edge is taken: the office withdrew, the action cannot succeed. */
static void
arrange (const World *world, const PosaFlowEdge *edge)
{
  g_autoptr (Site) site = site_open (world->folder, NULL, NULL);

  if (edge->event == POSA_FLOW_EVENT_WITHDRAW)
    withdraw_order (site->store);
  if (edge->event == POSA_FLOW_EVENT_FAILED && edge->from == POSA_FLOW_QUEUE)
    queue_report (site->store);
}

typedef struct
{
  PosaFlowState state;
  guint n_events;
} Standing;

static Standing
read_standing (const World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaStore) store = posa_store_open (world->database, POSA_STORE_READ_WRITE, &error);
  g_autoptr (PosaJobEntry) job = posa_job_store_get (store, SITE_ORDER, &error);
  g_autoptr (GPtrArray) events = posa_event_store_list (store, SITE_ORDER, 0, &error);
  g_autofree char *nick = g_strdelimit (g_ascii_strdown (job->state, -1), "_", '-');
  Standing standing = { .n_events = events->len };

  posa_event_store_verify_chain (store, &error);
  g_assert_no_error (error);
  g_assert_true (posa_flow_state_from_nick (nick, &standing.state));
  g_assert_true (job->open == !posa_flow_state_get_info (standing.state)->end);
  return standing;
}

typedef enum
{
  KILLED,
  DONE_WELL,
  COMPLAINED /* an error was returned to the caller */
} Fate;

static Fate
run_victim (const World *world, const PosaFlowEdge *edge, const char *kill_at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher)
      launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) victim = NULL;
  g_autofree char *path =
      g_build_filename (g_getenv ("POSA_BUILDDIR"), "tests", "flow", "flow-victim", NULL);
  gboolean fails = edge->event == POSA_FLOW_EVENT_FAILED;

  g_subprocess_launcher_setenv (launcher, "POSA_VICTIM_KILL", kill_at, TRUE);
  g_subprocess_launcher_setenv (launcher, "POSA_VICTIM_EVENT",
                                posa_flow_event_to_nick (edge->event), TRUE);
  if (fails)
    g_subprocess_launcher_setenv (launcher, "POSA_VICTIM_UNABLE", "1", TRUE);
  victim = g_subprocess_launcher_spawn (
      launcher, &error, path, world->folder,
      fails ? "/nonexistent/port" : site_meter_get_port (world->old_meter),
      fails ? "/nonexistent/port" : site_meter_get_port (world->new_meter), NULL);
  g_assert_no_error (error);
  g_subprocess_wait (victim, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_exited (victim))
    return g_subprocess_get_exit_status (victim) == 0 ? DONE_WELL : COMPLAINED;
  g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
  return KILLED;
}

/* The step that a new process sees, from the events alone. */
static PosaFlowState
resume (const World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_open (world->folder, NULL, NULL);
  g_autoptr (PosaFlowRun) run = posa_flow_run_open (&site->services, SITE_ORDER, &error);
  g_autoptr (PosaFlowSnapshot) at = NULL;

  g_assert_no_error (error);
  at = posa_flow_run_get_snapshot (run);
  g_assert_true ((at->hint != NULL) == !at->end);
  return at->state;
}

static void
check_edge (const World *world, const PosaFlowEdge *edge)
{
  Standing before, now;

  g_test_message ("%s: %s", posa_flow_state_get_info (edge->from)->nick,
                  posa_flow_event_to_nick (edge->event));
  restore_state (world, edge->from);
  arrange (world, edge);
  before = read_standing (world);
  g_assert_cmpuint (before.state, ==, edge->from);

  g_assert_cmpint (run_victim (world, edge, "torn:1"), ==, KILLED);
  now = read_standing (world);
  g_assert_cmpuint (now.state, ==, edge->from);
  g_assert_cmpuint (now.n_events, ==, before.n_events);

  for (guint i = 1; now.n_events == before.n_events; i++)
    {
      g_autofree char *kill_at = g_strdup_printf ("after:%u", i);

      g_assert_cmpuint (i, <=, MAX_COMMITS);
      g_assert_cmpint (run_victim (world, edge, kill_at), ==, KILLED);
      now = read_standing (world);
    }
  g_assert_cmpuint (now.n_events, ==, before.n_events + 1);
  g_assert_cmpuint (now.state, ==, edge->to);
  g_assert_cmpuint (resume (world), ==, edge->to);
}

/* The disk fails the commit: an error is returned, and the step is unknown, not undone (trust.md
 * I10). Whatever a new process finds, the same event ends in the same state, and was taken once. */
static void
check_edge_on_sick_disk (const World *world, const PosaFlowEdge *edge, guint which)
{
  g_autofree char *sick = g_strdup_printf ("sick:%u", which);
  Standing before, now;

  restore_state (world, edge->from);
  arrange (world, edge);
  before = read_standing (world);
  g_assert_cmpint (run_victim (world, edge, sick), ==, COMPLAINED);
  now = read_standing (world);
  if (now.n_events == before.n_events)
    {
      g_assert_cmpuint (now.state, ==, edge->from);
      g_assert_cmpint (run_victim (world, edge, ""), ==, DONE_WELL);
      now = read_standing (world);
    }
  g_assert_cmpuint (now.n_events, ==, before.n_events + 1);
  g_assert_cmpuint (now.state, ==, edge->to);
}

/* What test-flow-kill takes. */
static gboolean
is_straight_hardware (const PosaFlowEdge *edge)
{
  return edge->event == POSA_FLOW_EVENT_DONE && edge->from <= POSA_FLOW_QUEUE;
}

static void
test_every_edge (World *world, gconstpointer data)
{
  guint n_edges;
  const PosaFlowEdge *edges = posa_flow_table_get_edges (&n_edges);

  for (guint i = 0; i < n_edges; i++)
    if (!is_straight_hardware (&edges[i]))
      check_edge (world, &edges[i]);
}

/* The first write of the log after an opening is its header, the second the commit. */
static void
test_sick_disk (World *world, gconstpointer data)
{
  guint n_edges;
  const PosaFlowEdge *edges = posa_flow_table_get_edges (&n_edges);

  for (guint i = 0; i < n_edges; i++)
    for (guint which = 1; which <= 2; which++)
      if (posa_flow_event_is_of_crew (edges[i].event))
        check_edge_on_sick_disk (world, &edges[i], which);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/flow/kill/every-edge", World, NULL, world_set_up, test_every_edge, world_tear_down);
  g_test_add ("/flow/kill/sick-disk", World, NULL, world_set_up, test_sick_disk, world_tear_down);
  return g_test_run ();
}
