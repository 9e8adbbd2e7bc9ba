/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-error.h"

G_BEGIN_DECLS

/* Many sessions over bad lines, each with a simulated meter of its own, side by side. What counts:
 * a session ends in time, completely or with an error; and whatever it reports is true. */
typedef enum
{
  CAMPAIGN_J1,    /* job J1 of posa-test-j1.h */
  CAMPAIGN_MODE_C /* the whole reading of a 1G meter */
} CampaignJob;

typedef struct
{
  const char *name;
  const char *arguments; /* of posa-sim, separated by spaces; "@" is a byte of the session */
} CampaignFault;

/* What became of the sessions of one fault. */
typedef struct
{
  guint n_sessions, n_complete, n_wrong;
  guint n_errors[POSA_N_ERRORS];
  guint n_foreign; /* errors of another domain */
  gint64 worst_us, total_us;
} CampaignResult;

/* So many, in the order of campaign_get_fault(). */
guint campaign_get_n_faults (void);
const CampaignFault *campaign_get_fault (guint i);

/* @n sessions with the seeds from 1 on; those of several campaigns run side by side. */
typedef struct _Campaign Campaign;

Campaign *campaign_start (CampaignJob job, const CampaignFault *fault, guint n);
/* Waits for its end, and frees it. */
CampaignResult campaign_finish (Campaign *self);
/* One line for each result, under a heading. */
void campaign_print_heading (void);
void campaign_print (CampaignJob job, const CampaignFault *fault, const CampaignResult *result);

G_END_DECLS
