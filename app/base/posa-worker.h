/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"

G_BEGIN_DECLS

/* One named thread that runs jobs in the order in which they were pushed (docs/adr/0002).
 * Jobs are blocking, straight-line code; the caller's main context gets the result. */
#define POSA_TYPE_WORKER (posa_worker_get_type ())
G_DECLARE_FINAL_TYPE (PosaWorker, posa_worker, POSA, WORKER, GObject)

/* Runs in the worker's thread. Returns a result, or NULL with *error set. */
typedef gpointer (*PosaWork) (gpointer data, PosaOperation *operation, GError **error);

PosaWorker *posa_worker_new (const char *name);

/* Queues @work; @callback runs in the caller's thread-default main context. @operation may be
 * NULL. @data is owned by the job (@data_free), the result by the GAsyncResult until finish
 * takes it (@result_free). A cancelled operation that has not started is not run. */
void posa_worker_push (PosaWorker *self,
                       PosaOperation *operation,
                       PosaWork work,
                       gpointer data,
                       GDestroyNotify data_free,
                       GDestroyNotify result_free,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
gpointer posa_worker_finish (PosaWorker *self, GAsyncResult *result, GError **error);
/* Lets the queued jobs end, then joins the thread. Called by dispose too. */
void posa_worker_stop (PosaWorker *self);

G_END_DECLS
