/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-worker.h"

#include "base/posa-error.h"

struct _PosaWorker
{
  GObject parent_instance;
  GThread *thread;
  GAsyncQueue *jobs;
};

G_DEFINE_FINAL_TYPE (PosaWorker, posa_worker, G_TYPE_OBJECT)

typedef struct
{
  GTask *task; /* NULL ends the thread */
  PosaOperation *operation;
  PosaWork work;
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
} Job;

static void
job_run (Job *job)
{
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = posa_operation_peek_cancellable (job->operation);

  if (g_cancellable_is_cancelled (cancellable))
    {
      g_task_return_new_error_literal (job->task, POSA_ERROR, POSA_ERROR_CANCELLED,
                                       "cancelled before it started");
      return;
    }
  gpointer result = job->work (job->data, job->operation, &error);
  if (error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&error));
  else
    g_task_return_pointer (job->task, result, job->result_free);
}

static void
job_free (Job *job)
{
  if (job->data_free != NULL)
    job->data_free (job->data);
  g_clear_object (&job->operation);
  g_clear_object (&job->task);
  g_free (job);
}

static gpointer
thread_main (gpointer data)
{
  g_autoptr (GAsyncQueue) jobs = data;

  for (;;)
    {
      Job *job = g_async_queue_pop (jobs);
      gboolean last = job->task == NULL;
      if (!last)
        job_run (job);
      job_free (job);
      if (last)
        return NULL;
    }
}

void
posa_worker_stop (PosaWorker *self)
{
  if (self->thread == NULL)
    return;
  g_async_queue_push (self->jobs, g_new0 (Job, 1));
  /* The last reference may be that of a job's own result, dropped in the thread itself. */
  if (self->thread == g_thread_self ())
    g_thread_unref (g_steal_pointer (&self->thread));
  else
    g_thread_join (g_steal_pointer (&self->thread));
}

static void
posa_worker_dispose (GObject *object)
{
  posa_worker_stop (POSA_WORKER (object));
  G_OBJECT_CLASS (posa_worker_parent_class)->dispose (object);
}

static void
posa_worker_finalize (GObject *object)
{
  g_async_queue_unref (POSA_WORKER (object)->jobs);
  G_OBJECT_CLASS (posa_worker_parent_class)->finalize (object);
}

static void
posa_worker_class_init (PosaWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = posa_worker_dispose;
  G_OBJECT_CLASS (klass)->finalize = posa_worker_finalize;
}

static void
posa_worker_init (PosaWorker *self)
{
  self->jobs = g_async_queue_new ();
}

PosaWorker *
posa_worker_new (const char *name)
{
  PosaWorker *self = g_object_new (POSA_TYPE_WORKER, NULL);

  self->thread = g_thread_new (name, thread_main, g_async_queue_ref (self->jobs));
  return self;
}

void
posa_worker_push (PosaWorker *self,
                  PosaOperation *operation,
                  PosaWork work,
                  gpointer data,
                  GDestroyNotify data_free,
                  GDestroyNotify result_free,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (job->task, posa_worker_push);
  job->operation = operation != NULL ? g_object_ref (operation) : NULL;
  job->work = work;
  job->data = data;
  job->data_free = data_free;
  job->result_free = result_free;
  g_async_queue_push (self->jobs, job);
}

gpointer
posa_worker_finish (PosaWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
