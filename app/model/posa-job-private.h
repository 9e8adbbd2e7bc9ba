/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-worker.h"
#include "domain/posa-work-order.h"
#include "model/posa-job.h"
#include "model/posa-work-context.h"

G_BEGIN_DECLS

/* Takes @context, whose run is open. */
PosaJob *posa_job_new (PosaWorker *worker, PosaWorkContext *context);

/* The lists of a job as rows; each fills the store anew. Pure but for the store. */
void posa_job_rows_fill_actions (GListStore *store, const PosaFlowSnapshot *snapshot);
void posa_job_rows_fill_readings (GListStore *store,
                                  const PosaReadingSet *reading,
                                  const PosaWorkOrder *order,
                                  GPtrArray *findings);
void posa_job_rows_fill_findings (GListStore *store, GPtrArray *findings);
void posa_job_rows_fill_verified (GListStore *store, GPtrArray *verified);

G_END_DECLS
