/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What one signed report costs, beside what the same bytes cost elsewhere in the same run: a
 * durable write (the floor for anything that is kept), a SHA-256 of the file (the floor for
 * anything that is verified) and poppler's pdfsig (a whole process that only checks the signature).
 */

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "posa-test-signer.h"
#include "report/posa-report-page.h"

#define ROUNDS 60

typedef struct
{
  PosaTestSigner *signer;
  PosaReplacementReport *report;
  GBytes *pdf;
} Bench;

static void
produce (Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes)
      pdf = posa_report_produce (self->report, self->signer->key, POSA_TEST_TIME_US, &error);

  g_assert_no_error (error);
}

static void
draw (Bench *self)
{
  g_autoptr (GBytes) pages = posa_report_page_render (self->report, NULL);

  g_assert_nonnull (pages);
}

static void
verify (Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportVerdict) verdict = posa_test_signer_verify (self->signer, self->pdf, &error);

  g_assert_no_error (error);
}

static void
refuse (Bench *self)
{
  g_autoptr (GBytes) half = g_bytes_new_from_bytes (self->pdf, 0, g_bytes_get_size (self->pdf) / 2);

  g_assert_null (posa_test_signer_verify (self->signer, half, NULL));
}

static void
hash (Bench *self)
{
  g_autofree char *text = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->pdf);

  g_assert_nonnull (text);
}

static void
write_durably (Bench *self)
{
  g_autofree char *path = posa_test_signer_path (self->signer, "durable");
  gsize size;
  const void *data = g_bytes_get_data (self->pdf, &size);
  int fd = open (path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

  g_assert_cmpint (write (fd, data, size), ==, size);
  g_assert_cmpint (fdatasync (fd), ==, 0);
  close (fd);
}

static void
run_pdfsig (Bench *self)
{
  const char *argv[] = { "pdfsig", "-nssdir", ".", "report.pdf", NULL };

  g_spawn_sync (self->signer->folder, (char **) argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, NULL, NULL);
}

typedef struct
{
  const char *name;
  void (*work) (Bench *);
  double wall[ROUNDS], cpu[ROUNDS]; /* ms */
} Task;

static double
get_cpu_ms (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

static int
compare_times (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
get_median (double *times)
{
  qsort (times, ROUNDS, sizeof times[0], compare_times);
  return times[ROUNDS / 2];
}

/* All tasks in turn in every round, so that a busy machine is as unfair to one as to the other. */
static void
measure (Bench *self, Task *tasks, guint n)
{
  for (guint t = 0; t < n; t++)
    tasks[t].work (self);
  for (guint i = 0; i < ROUNDS; i++)
    for (guint t = 0; t < n; t++)
      {
        const double cpu = get_cpu_ms ();
        const gint64 wall = g_get_monotonic_time ();
        tasks[t].work (self);
        tasks[t].wall[i] = (double) (g_get_monotonic_time () - wall) / 1000;
        tasks[t].cpu[i] = get_cpu_ms () - cpu;
      }
}

static void
run_kind (PosaTestSigner *signer, PosaMeterKind kind)
{
  enum
  {
    PRODUCE,
    DRAW,
    VERIFY,
    REFUSE,
    WRITE,
    HASH,
    PDFSIG,
    N_TASKS
  };
  Task tasks[N_TASKS] = {
    [PRODUCE] = { "produce (draw, sign)", produce },
    [DRAW] = { "  of it: draw the pages", draw },
    [VERIFY] = { "verify (and redraw)", verify },
    [REFUSE] = { "refuse half a file", refuse },
    [WRITE] = { "peer: durable write", write_durably },
    [HASH] = { "peer: SHA-256 of the file", hash },
    [PDFSIG] = { "peer: pdfsig, a process", run_pdfsig },
  };
  Bench self = { .signer = signer,
                 .report = posa_test_report_new (kind, "it"),
                 .pdf = posa_test_signer_produce (signer, kind, "it") };
  double wall[N_TASKS], cpu[N_TASKS];

  posa_test_signer_write (signer, "report.pdf", self.pdf);
  measure (&self, tasks, N_TASKS);
  g_print ("%s: %u registers, %" G_GSIZE_FORMAT " bytes; medians of %d rounds\n",
           posa_meter_kind_to_string (kind), self.report->removal->registers->len,
           g_bytes_get_size (self.pdf), ROUNDS);
  for (guint t = 0; t < N_TASKS; t++)
    {
      wall[t] = MAX (get_median (tasks[t].wall), 0.001);
      cpu[t] = MAX (get_median (tasks[t].cpu), 0.001);
      g_print ("  %-26s wall %8.3f ms   cpu %8.3f ms\n", tasks[t].name, wall[t], cpu[t]);
    }
  g_print ("  ratios, wall: produce / durable write %.2f, verify / pdfsig %.2f\n",
           wall[PRODUCE] / wall[WRITE], wall[VERIFY] / wall[PDFSIG]);
  g_print ("  ratios, cpu: produce / SHA-256 %.1f, verify / SHA-256 %.1f, without drawing %.1f and "
           "%.1f, refuse / SHA-256 %.2f\n\n",
           cpu[PRODUCE] / cpu[HASH], cpu[VERIFY] / cpu[HASH],
           (cpu[PRODUCE] - cpu[DRAW]) / cpu[HASH], (cpu[VERIFY] - cpu[DRAW]) / cpu[HASH],
           cpu[REFUSE] / cpu[HASH]);
  posa_replacement_report_free (self.report);
  g_bytes_unref (self.pdf);
}

int
main (void)
{
  g_autoptr (PosaTestSigner) signer = posa_test_signer_new ();

  run_kind (signer, POSA_METER_KIND_M1);
  run_kind (signer, POSA_METER_KIND_M3B);
  return 0;
}
