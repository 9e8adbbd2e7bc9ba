/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "campaign.h"

#include "meter/posa-meter.h"
#include "posa-test-j1.h"
#include "posa-test-keyring.h"
#include "posa-test-sim.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

/* Most of the time they wait. */
#define N_THREADS 8
/* Without pace only the client's own bytes take time, and waits. */
#define BAUD "115200"
/* A prime, so that as many sessions as there are bytes have a place at every one, and a few of them
 * at places that lie apart. */
#define STRIDE 1000003

static const CampaignFault faults[] = {
  { "none", "" },
  { "flips", "--noise=6e-4" },
  { "lost", "--lose=3e-4" },
  { "inserted", "--insert=3e-4" },
  { "hole", "--hole=700 --at=@" },
  { "echo", "--echo" },
  { "echo-flips", "--echo --noise=6e-4" },
  { "split", "--split=16" },
  { "late", "--late=0.02" },
  { "unplug", "--unplug=@" },
  { "all", "--noise=2e-4 --lose=1e-4 --insert=1e-4 --late=0.005 --echo --split=16" },
};

/* What the meters are, and bytes of a clean session: "@" is one of them. */
static const struct
{
  const char *name, *meter;
  guint n_bytes;
} jobs[] = {
  [CAMPAIGN_J1] = { "J1", "2g --no-pace --seed=1 --set baud=" BAUD, 4064 },
  [CAMPAIGN_MODE_C] = { "mode C", "1g --kind=m3b --no-pace --seed=1", 1702 },
};

struct _Campaign
{
  CampaignJob job;
  const CampaignFault *fault;
  GMutex lock;
  GCond progress;
  guint n_wanted;
  CampaignResult result;
};

typedef struct
{
  Campaign *campaign;
  guint seed;
} Session;

typedef enum
{
  OUTCOME_COMPLETE,
  OUTCOME_WRONG,
  OUTCOME_ERROR
} Outcome;

static PosaTestSim *
start_meter (CampaignJob job, const CampaignFault *fault, guint seed)
{
  g_autofree char *place =
      g_strdup_printf ("%" G_GUINT64_FORMAT, 1 + (guint64) seed * STRIDE % jobs[job].n_bytes);
  g_autofree char *line =
      g_strdup_printf ("%s --fault-seed=%u %s", jobs[job].meter, seed, fault->arguments);
  g_auto (GStrv) parts = g_strsplit (line, "@", -1);
  g_autofree char *whole = g_strjoinv (place, parts);
  g_auto (GStrv) arguments = g_strsplit (g_strchomp (whole), " ", -1);

  return posa_test_sim_start_argv ((const char *const *) arguments);
}

/* ---- J1 ---- */

static PosaTestJ1 *
run_j1 (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), error);
  const PosaTestJ1Options options = { .baud = (guint) g_ascii_strtoull (BAUD, NULL, 10),
                                      .max_info = 128,
                                      .keyring = POSA_KEYRING (keyring) };
  PosaLineStats stats = { 0 };

  return port != NULL ? posa_test_j1_run (port, &options, &stats, NULL, error) : NULL;
}

/* What the same meter says over a clean line; what it says of its registers is what it has. */
static PosaTestJ1 *
read_truth (void)
{
  g_autoptr (PosaTestSim) sim = start_meter (CAMPAIGN_J1, &faults[0], 1);
  g_autoptr (GError) error = NULL;
  PosaTestJ1 *truth = run_j1 (sim, &error);

  g_assert_no_error (error);
  for (guint tier = 0; tier <= 6; tier++)
    {
      g_autofree char *path = g_strdup_printf ("registers/1-0:1.8.%u", tier);
      gint64 value = 0;

      g_assert_true (posa_cosem_value_get_integer (
          posa_apdu_get_item (truth->registers, tier)->value, &value));
      g_assert_cmpint (value, ==, posa_test_sim_get_int (sim, path));
    }
  return truth;
}

static gboolean
is_true_job (const PosaTestJ1 *job)
{
  static PosaTestJ1 *truth;

  if (g_once_init_enter_pointer (&truth))
    g_once_init_leave_pointer (&truth, read_truth ());
  if (posa_test_j1_equal (job, truth))
    return TRUE;
  /* The day whose profile is read may be another by now. */
  g_autoptr (PosaTestJ1) again = read_truth ();
  return posa_test_j1_equal (job, again);
}

static Outcome
try_j1 (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaTestJ1) job = run_j1 (sim, error);

  if (job == NULL)
    return OUTCOME_ERROR;
  return is_true_job (job) ? OUTCOME_COMPLETE : OUTCOME_WRONG;
}

/* ---- mode C ---- */

static gboolean
is_true (PosaTestSim *sim, const PosaReadingSet *reading)
{
  g_autofree char *text = posa_test_sim_dump (sim);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *dump = json_node_get_object (root);
  JsonObject *registers = json_object_get_object_member (dump, "registers");

  for (guint i = 0; i < reading->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (reading->registers, i);
      g_autofree char *code = g_strdup_printf ("%u.%u.%u", reg->obis.c, reg->obis.d, reg->obis.e);

      if (!json_object_has_member (registers, code) ||
          json_object_get_int_member (registers, code) != reg->value)
        return FALSE;
    }
  return strcmp (reading->meter.serial, json_object_get_string_member (dump, "serial")) == 0 &&
         strcmp (reading->meter.customer_number,
                 json_object_get_string_member (dump, "customer_number")) == 0;
}

static Outcome
try_mode_c (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), error);
  g_autoptr (PosaMeter) meter =
      port != NULL ? posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, error)
                   : NULL;
  g_autoptr (PosaReadingSet)
      reading = meter != NULL ? posa_meter_read (meter, POSA_READING_CHECK, NULL, error) : NULL;

  if (reading == NULL)
    return OUTCOME_ERROR;
  return is_true (sim, reading) ? OUTCOME_COMPLETE : OUTCOME_WRONG;
}

/* ---- all ---- */

static void
count (Campaign *self, Outcome outcome, const GError *error, gint64 took_us)
{
  CampaignResult *result = &self->result;

  g_mutex_lock (&self->lock);
  result->n_sessions++;
  result->n_complete += outcome == OUTCOME_COMPLETE;
  result->n_wrong += outcome == OUTCOME_WRONG;
  if (outcome == OUTCOME_ERROR && error->domain == POSA_ERROR)
    result->n_errors[error->code]++;
  else if (outcome == OUTCOME_ERROR)
    result->n_foreign++;
  result->worst_us = MAX (result->worst_us, took_us);
  result->total_us += took_us;
  g_cond_signal (&self->progress);
  g_mutex_unlock (&self->lock);
}

static void
run_session (gpointer data, gpointer user_data)
{
  g_autofree Session *session = data;
  Campaign *self = session->campaign;
  g_autoptr (PosaTestSim) sim = start_meter (self->job, self->fault, session->seed);
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_monotonic_time ();
  Outcome outcome = self->job == CAMPAIGN_J1 ? try_j1 (sim, &error) : try_mode_c (sim, &error);
  gint64 took_us = g_get_monotonic_time () - started;

  if (outcome != OUTCOME_COMPLETE && !g_error_matches (error, POSA_ERROR, POSA_ERROR_PORT_LOST))
    g_test_message ("%s, %s, seed %u: %s", jobs[self->job].name, self->fault->name, session->seed,
                    outcome == OUTCOME_WRONG ? "WRONG" : error->message);
  count (self, outcome, error, took_us);
}

guint
campaign_get_n_faults (void)
{
  return G_N_ELEMENTS (faults);
}

const CampaignFault *
campaign_get_fault (guint i)
{
  return &faults[i];
}

Campaign *
campaign_start (CampaignJob job, const CampaignFault *fault, guint n)
{
  static GThreadPool *pool;
  Campaign *self = g_new0 (Campaign, 1);

  *self = (Campaign) { .job = job, .fault = fault, .n_wanted = n };
  g_mutex_init (&self->lock);
  g_cond_init (&self->progress);
  /* Exclusive threads: a meter dies with the thread that started it. */
  if (pool == NULL)
    pool = g_thread_pool_new (run_session, NULL, N_THREADS, TRUE, NULL);
  for (guint i = 0; i < n; i++)
    {
      Session *session = g_new0 (Session, 1);

      *session = (Session) { self, i + 1 };
      g_thread_pool_push (pool, session, NULL);
    }
  return self;
}

CampaignResult
campaign_finish (Campaign *self)
{
  g_mutex_lock (&self->lock);
  while (self->result.n_sessions < self->n_wanted)
    g_cond_wait (&self->progress, &self->lock);
  CampaignResult result = self->result;
  g_mutex_unlock (&self->lock);
  g_cond_clear (&self->progress);
  g_mutex_clear (&self->lock);
  g_free (self);
  return result;
}

void
campaign_print_heading (void)
{
  printf ("%-7s %-11s %8s %8s %7s %6s %8s %8s  %s\n", "job", "fault", "sessions", "complete", "",
          "wrong", "mean s", "worst s", "errors");
}

void
campaign_print (CampaignJob job, const CampaignFault *fault, const CampaignResult *result)
{
  guint n = MAX (result->n_sessions, 1);

  printf ("%-7s %-11s %8u %8u %6.1f%% %6u %8.2f %8.2f ", jobs[job].name, fault->name,
          result->n_sessions, result->n_complete, 100.0 * result->n_complete / n, result->n_wrong,
          (double) result->total_us / 1e6 / n, (double) result->worst_us / 1e6);
  for (guint code = 0; code < POSA_N_ERRORS; code++)
    if (result->n_errors[code] > 0)
      {
        const GError error = { .domain = POSA_ERROR, .code = (int) code };

        printf (" %s %u", posa_error_get_nick (&error), result->n_errors[code]);
      }
  if (result->n_foreign > 0)
    printf (" foreign %u", result->n_foreign);
  printf ("\n");
  fflush (stdout);
}
