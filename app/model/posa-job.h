/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-outcome.h"
#include "model/posa-items.h"

G_BEGIN_DECLS

/* One replacement, as a front end sees it: where it stands, what the screen says, what the crew may
 * do. Lives in the main thread; each action runs in the work thread, and the properties change only
 * after the new step is durable.
 *
 * Properties (read-only, notify):
 *   order-id s · state s (nick) · zone s ("green" "amber" "red") · page s (name of the page to
 * show) title s · instruction s · primary-label s ("" = nothing to press) · hint s (after a resume;
 * "" else) hardware b (the primary action talks to a meter) · serial-needed b (the primary action
 * needs the new meter's serial) · busy b · operation PosaOperation or NULL (while busy) error-text
 * s, error-advice s ("" = none) · finished b · dark b (customer without supply now) step u, n-steps
 * u (progress through the visit) · report-number s ("" until signed) actions, readings, findings,
 * verified: GListModel of PosaJobAction, PosaReadingRow, PosaFindingRow, PosaVerifiedRow */
#define POSA_TYPE_JOB (posa_job_get_type ())
G_DECLARE_FINAL_TYPE (PosaJob, posa_job, POSA, JOB, GObject)

const char *posa_job_get_order_id (PosaJob *self);
const char *posa_job_get_state (PosaJob *self);
const char *posa_job_get_zone (PosaJob *self);
const char *posa_job_get_page (PosaJob *self);
gboolean posa_job_is_busy (PosaJob *self);
gboolean posa_job_is_finished (PosaJob *self);
gboolean posa_job_needs_serial (PosaJob *self);
/* Seconds since the customer was switched off, 0 when supplied; counts through restarts. */
gint64 posa_job_get_dark_s (PosaJob *self);

/* What the crew gives with an action; copied. Members may be NULL or NONE. */
typedef struct
{
  const char *reason;     /* free text */
  const char *new_serial; /* scanned or typed */
  PosaOutcome outcome;    /* why the visit ends without a replacement */
} PosaJobAnswer;

/* Does the primary action of the current step: the crew's confirmation or the meter work. */
void posa_job_advance_async (PosaJob *self,
                             const PosaJobAnswer *answer,
                             GAsyncReadyCallback callback,
                             gpointer data);
/* Does a secondary action by its event nick. */
void posa_job_act_async (PosaJob *self,
                         const char *event,
                         const PosaJobAnswer *answer,
                         GAsyncReadyCallback callback,
                         gpointer data);
/* FALSE and the error when the step did not happen; error-text and error-advice are set as well. */
gboolean posa_job_finish (PosaJob *self, GAsyncResult *result, GError **error);
/* Cancels the meter work in progress; the step stays as it was. */
void posa_job_cancel (PosaJob *self);

G_END_DECLS
