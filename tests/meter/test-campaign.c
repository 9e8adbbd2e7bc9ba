/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The short form of the campaign over bad lines; ./dev bench faults runs the long one. */

#include "campaign.h"

#define N_SESSIONS 3
/* Far above what any of them takes: this catches one that does not end. */
#define DEADLINE_S 120

typedef struct
{
  guint fault;
  Campaign *campaign;
} Place;

static void
test_fault (gconstpointer data)
{
  const Place *place = data;
  const CampaignFault *fault = campaign_get_fault (place->fault);
  CampaignResult result = campaign_finish (place->campaign);

  g_assert_cmpuint (result.n_sessions, ==, N_SESSIONS);
  g_assert_cmpuint (result.n_wrong, ==, 0);
  g_assert_cmpuint (result.n_foreign, ==, 0);
  g_assert_cmpint (result.worst_us, <, DEADLINE_S * G_TIME_SPAN_SECOND);
  if (g_str_equal (fault->name, "unplug"))
    g_assert_cmpuint (result.n_errors[POSA_ERROR_PORT_LOST], ==, N_SESSIONS - result.n_complete);
  else
    g_assert_cmpuint (result.n_complete, >=, N_SESSIONS - 1);
}

int
main (int argc, char **argv)
{
  static const char *const jobs[] = { [CAMPAIGN_J1] = "j1", [CAMPAIGN_MODE_C] = "mode-c" };

  g_test_init (&argc, &argv, NULL);
  for (guint job = 0; job < G_N_ELEMENTS (jobs); job++)
    for (guint i = 0; i < campaign_get_n_faults (); i++)
      {
        g_autofree char *name =
            g_strdup_printf ("/campaign/%s/%s", jobs[job], campaign_get_fault (i)->name);
        Place *place = g_new0 (Place, 1);

        *place =
            (Place) { i, campaign_start ((CampaignJob) job, campaign_get_fault (i), N_SESSIONS) };
        g_test_add_data_func_full (name, place, test_fault, g_free);
      }
  return g_test_run ();
}
