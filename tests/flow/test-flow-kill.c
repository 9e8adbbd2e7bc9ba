/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"

#include "store/posa-event-store.h"
#include "store/posa-job-store.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-reading-store.h"
#include "store/posa-report-store.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* One replacement, killed at every point of its way, not at a sample. A process works until the
 * first point of a kind, and dies; the next one resumes, and dies at the same point or, when that
 * did not bring the job further, at the one after it; and so on until a process comes to the end.
 * So each commit, each write of a commit, each message to a meter was once the last thing that a
 * process did, all of them in one and the same job. */

#define MAX_PROCESSES 3000
#define NOT_BEGUN     (-1)

typedef struct
{
  char *folder;
  SiteMeter *old_meter, *new_meter;
  guint n_killed;
  guint kills_at[POSA_N_FLOW_STATES];    /* that left the job in that state where they found it */
  gboolean stood_at[POSA_N_FLOW_STATES]; /* a process ended there */
} Chain;

static PosaFlowState
state_of_row (const char *name)
{
  g_autofree char *nick = g_strdelimit (g_ascii_strdown (name, -1), "_", '-');
  PosaFlowState state = POSA_N_FLOW_STATES;

  g_assert_true (posa_flow_state_from_nick (nick, &state));
  return state;
}

/* Where the job stands by its row. */
static int
read_state (const Chain *chain)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (chain->folder, "posa.db", NULL);
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_autoptr (PosaJobEntry) job = NULL;

  g_assert_no_error (error);
  job = posa_job_store_get (store, SITE_ORDER, &error);
  if (job == NULL)
    g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
  return job != NULL ? (int) state_of_row (job->state) : NOT_BEGUN;
}

/* Runs one process. TRUE: killed, as it was told; FALSE: it came to the end. */
static gboolean
run_victim (Chain *chain, const char *kill_at, int expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher)
      launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GSubprocess) victim = NULL;
  g_autofree char *path =
      g_build_filename (g_getenv ("POSA_BUILDDIR"), "tests", "flow", "flow-victim", NULL);
  g_autofree char *output = NULL;

  g_subprocess_launcher_setenv (launcher, "POSA_VICTIM_KILL", kill_at, TRUE);
  victim = g_subprocess_launcher_spawn (launcher, &error, path, chain->folder,
                                        site_meter_get_port (chain->old_meter),
                                        site_meter_get_port (chain->new_meter), NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (victim, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  /* The resumed process stands, by its events, at the very step that the last one made durable. */
  if (output != NULL && *output != '\0')
    g_assert_cmpstr (g_strchomp (output), ==,
                     posa_flow_state_get_info ((PosaFlowState) MAX (expected, 0))->nick);
  if (g_subprocess_get_if_exited (victim))
    {
      g_assert_cmpint (g_subprocess_get_exit_status (victim), ==, 0);
      return FALSE;
    }
  g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
  return TRUE;
}

static void
run_chain (Chain *chain, const char *kind)
{
  int at = read_state (chain);
  guint point = 1;

  for (chain->n_killed = 0; chain->n_killed < MAX_PROCESSES; chain->n_killed++)
    {
      g_autofree char *kill_at = g_strdup_printf ("%s:%u", kind, point);
      int before = at;

      if (!run_victim (chain, kill_at, before))
        return;
      at = read_state (chain);
      g_assert_cmpint (at, >=, before);
      if (at != NOT_BEGUN)
        chain->stood_at[at] = TRUE;
      if (at == before && at != NOT_BEGUN)
        chain->kills_at[at]++;
      point = at == before ? point + 1 : 1;
    }
  g_error ("no end after %u processes", chain->n_killed);
}

/* ---- what must hold at the end ---- */

static void
check_step (const PosaEvent *event, PosaFlowState from)
{
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_from_text (event->payload, NULL);
  const PosaFlowStateInfo *info = posa_flow_state_get_info (from);

  g_assert_cmpstr (posa_flow_evidence_get (evidence, "from"), ==, info->nick);
  g_assert_cmpstr (event->type, ==, info->effect != POSA_FLOW_EFFECT_NONE ? "done" : "confirm");
}

static void
check_events (PosaStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = posa_event_store_list (store, SITE_ORDER, 0, &error);
  guint n_steps = 0;

  g_assert_no_error (error);
  posa_event_store_verify_chain (store, &error);
  g_assert_no_error (error);
  /* One opening, then each edge of the straight way once and in its order. A failed try of a
   * hardware action is noted and changes nothing. */
  for (guint i = 0; i < events->len; i++)
    {
      const PosaEvent *event = g_ptr_array_index (events, i);

      if (g_str_equal (event->type, "failed"))
        continue;
      if (n_steps == 0)
        g_assert_cmpstr (event->type, ==, "opened");
      else
        check_step (event, n_steps - 1);
      n_steps++;
    }
  g_assert_cmpuint (n_steps, ==, 1 + POSA_FLOW_N_STEPS);
}

static void
check_report (const Chain *chain, PosaStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reports = posa_report_store_list (store, &error);
  g_autoptr (GPtrArray) outbox = posa_outbox_store_list (store, &error);
  const PosaReportEntry *entry;
  const PosaOutboxItem *item;
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GBytes) ca = site_read_ca (chain->folder);
  g_autoptr (PosaReportVerdict) verdict = NULL;

  g_assert_cmpuint (reports->len, ==, 1);
  g_assert_cmpuint (outbox->len, ==, 1);
  entry = g_ptr_array_index (reports, 0);
  item = g_ptr_array_index (outbox, 0);
  g_assert_cmpint (entry->sequence, ==, 1);
  g_assert_cmpstr (item->id, ==, entry->id);
  pdf = posa_report_store_get_pdf (store, entry->id, &error);
  verdict = posa_report_verify (pdf, ca, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (verdict->report->removal->meter.serial, ==, SITE_OLD_SERIAL);
  g_assert_cmpstr (verdict->report->activation->meter.serial, ==, SITE_NEW_SERIAL);
  g_assert_nonnull (verdict->report->second);
}

static void
check_meters (PosaStore *store)
{
  const struct
  {
    const char *serial;
    PosaMeterState state;
    guint moves;
  } rows[] = { { SITE_OLD_SERIAL, POSA_METER_REMOVED_ON_VAN, 1 },
               { SITE_NEW_SERIAL, POSA_METER_INSTALLED, 2 },
               { SITE_SPARE_SERIAL, POSA_METER_ON_VAN, 1 } };
  g_autoptr (GPtrArray) readings = posa_reading_store_list (store, SITE_ORDER, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PosaMeterAsset) asset = posa_meter_asset_store_get (store, rows[i].serial, NULL);
      g_autoptr (GPtrArray)
          moves = posa_meter_asset_store_list_custody (store, rows[i].serial, NULL);

      g_assert_cmpuint (asset->state, ==, rows[i].state);
      g_assert_cmpuint (moves->len, ==, rows[i].moves);
    }
  g_assert_cmpuint (readings->len, ==, 3);
}

/* The meter lists each nonce that it saw: key, title and counter. */
static void
check_nonces (PosaJsonCursor list)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = posa_json_length (list);

  g_assert_cmpuint (n, >, 20);
  for (guint i = 0; i < n; i++)
    g_assert_true (
        g_hash_table_add (seen, (gpointer) posa_json_string_value (posa_json_at (list, i))));
}

/* What the meter itself says: it is commissioned, it never saw an invocation counter twice, and the
 * next one that the device would use is above all that it saw. */
static void
check_new_meter (const Chain *chain, const Site *site)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = site_meter_dump (chain->new_meter);
  g_autoptr (PosaJsonDocument) dump = posa_json_parse (text, -1, &error);
  PosaJsonCursor root = posa_json_root (dump);
  g_auto (PosaMeterKeys) keys = { 0 };
  guint32 next = 0;

  g_assert_cmpint (posa_json_int (root, "relay_closed"), ==, 1);
  g_assert_cmpint (posa_json_int (root, "contract_power_w"), ==, 3000);
  g_assert_cmpstr (posa_json_string (root, "customer_number"), ==, SITE_CUSTOMER_NUMBER);
  g_assert_cmpint (posa_json_int (root, "refused"), ==, 0);
  check_nonces (posa_json_array (root, "nonces"));
  posa_keyring_get_keys (site->keyring, SITE_NEW_SERIAL, POSA_KEYS_CURRENT, &keys, &error);
  posa_keyring_reserve_counter (site->keyring, SITE_NEW_SERIAL, &keys.encryption, 0, 1, &next,
                                &error);
  g_assert_cmpint (posa_json_int (root, "client_counter"), <, next);
  posa_json_check (dump, &error);
  g_assert_no_error (error);
}

static void
check_end (const Chain *chain)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Site) site = site_open (chain->folder, NULL, NULL);
  g_autoptr (PosaOrderEntry) order = posa_order_store_get (site->store, SITE_ORDER, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (order->state, ==, POSA_ORDER_DONE);
  check_events (site->store);
  check_report (chain, site->store);
  check_meters (site->store);
  check_new_meter (chain, site);
}

/* ---- tests ---- */

static void
chain_set_up (Chain *chain, gconstpointer data)
{
  chain->folder = site_folder_new ();
  site_create (chain->folder);
  chain->old_meter = site_meter_start_old (chain->folder, NULL);
  chain->new_meter = site_meter_start_new (chain->folder, SITE_NEW_SERIAL);
}

static void
chain_tear_down (Chain *chain, gconstpointer data)
{
  site_meter_stop (chain->old_meter);
  site_meter_stop (chain->new_meter);
  site_folder_remove (chain->folder);
  g_free (chain->folder);
}

static void
report_chain (const Chain *chain, gconstpointer kind)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint s = 0; s <= POSA_FLOW_DONE; s++)
    g_string_append_printf (text, " %s %u", posa_flow_state_get_info (s)->nick, chain->kills_at[s]);
  g_test_message ("%s: %u processes killed; without progress at%s", (const char *) kind,
                  chain->n_killed, text->str);
}

/* Killed at each commit: a process ended in every state of the way. */
static void
test_every_commit (Chain *chain, gconstpointer kind)
{
  run_chain (chain, kind);
  report_chain (chain, kind);
  for (guint s = POSA_FLOW_IDENTIFY; s <= POSA_FLOW_DONE; s++)
    g_assert_true (chain->stood_at[s]);
  check_end (chain);
}

/* Killed while a commit is being written: every step was repeated. */
static void
test_every_torn_commit (Chain *chain, gconstpointer kind)
{
  run_chain (chain, kind);
  report_chain (chain, kind);
  for (guint s = POSA_FLOW_IDENTIFY; s < POSA_FLOW_DONE; s++)
    g_assert_cmpuint (chain->kills_at[s], >=, 2);
  check_end (chain);
}

/* Killed at every message to a meter: in the middle of each hardware action. */
static void
test_every_message (Chain *chain, gconstpointer kind)
{
  run_chain (chain, kind);
  report_chain (chain, kind);
  for (guint s = 0; s < POSA_FLOW_SIGN; s++)
    if (posa_flow_state_get_info (s)->effect != POSA_FLOW_EFFECT_NONE)
      g_assert_cmpuint (chain->kills_at[s], >=, 2);
  check_end (chain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/flow/kill/before-commit", Chain, "before", chain_set_up, test_every_commit,
              chain_tear_down);
  g_test_add ("/flow/kill/after-commit", Chain, "after", chain_set_up, test_every_commit,
              chain_tear_down);
  g_test_add ("/flow/kill/torn-commit", Chain, "torn", chain_set_up, test_every_torn_commit,
              chain_tear_down);
  g_test_add ("/flow/kill/message", Chain, "line", chain_set_up, test_every_message,
              chain_tear_down);
  return g_test_run ();
}
