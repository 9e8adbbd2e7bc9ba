/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The campaign over bad lines: faults [N [JOB [FAULT…]]], N sessions (1000) of each job, j1 and
 * mode-c, over each kind of fault. Fails when a value was wrong, and when fewer than 99 % got
 * through bit flips alone. */

#include "campaign.h"

#include <stdlib.h>

static gboolean
is_wanted (const char *name, char **names)
{
  return *names == NULL || g_strv_contains ((const char *const *) names, name);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { [CAMPAIGN_J1] = "j1", [CAMPAIGN_MODE_C] = "mode-c" };
  guint n = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 1000;
  const char *only = argc > 2 ? argv[2] : NULL;
  char **wanted = argv + MIN (argc, 3);
  gboolean good = n > 0;

  campaign_print_heading ();
  for (guint job = 0; job < G_N_ELEMENTS (names); job++)
    for (guint i = 0; i < campaign_get_n_faults (); i++)
      {
        const CampaignFault *fault = campaign_get_fault (i);

        if ((only != NULL && !g_str_equal (only, names[job])) || !is_wanted (fault->name, wanted))
          continue;
        CampaignResult result = campaign_finish (campaign_start ((CampaignJob) job, fault, n));
        campaign_print ((CampaignJob) job, fault, &result);
        good = good && result.n_wrong == 0 && result.n_foreign == 0;
        if (g_str_equal (fault->name, "flips"))
          good = good && result.n_complete * 100 >= n * 99;
      }
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
