/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-parallel.h"

static GMutex mutex;
static GCond left;
static guint free_places = 4; /* more at once starve one another until meters seem silent */

typedef struct
{
  gconstpointer row;
  GTestDataFunc func;
  GThread *thread;
} Job;

static gpointer
run_cb (gpointer data)
{
  const Job *job = data;

  g_mutex_lock (&mutex);
  while (free_places == 0)
    g_cond_wait (&left, &mutex);
  free_places--;
  g_mutex_unlock (&mutex);
  job->func (job->row);
  g_mutex_lock (&mutex);
  free_places++;
  g_cond_signal (&left);
  g_mutex_unlock (&mutex);
  return NULL;
}

static void
join_cb (gconstpointer data)
{
  g_thread_join (((const Job *) data)->thread);
}

void
posa_test_add_parallel (const char *path, gconstpointer row, GTestDataFunc func)
{
  Job *job = g_new (Job, 1);

  job->row = row;
  job->func = func;
  job->thread = g_thread_new ("row", run_cb, job);
  g_test_add_data_func_full (path, job, join_cb, g_free);
}
