/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Does one replacement as a crew without troubles would, and kills itself, with SIGKILL, at a
 * chosen system call: POSA_VICTIM_KILL=KIND:N, the N-th of its kind in this process. KIND is
 * "before" a commit is on the disk, "after" it, "torn" in the middle of writing one, or "line" when
 * something is to go to a meter; "sick" does not kill, but the disk fails a commit. The switch is
 * here and not in the product: this program's own write, pwrite64 and fdatasync stand before the C
 * library's. Prints the step at which it starts.
 */

/* A meter whose last talk broke off in the middle may need another try, as it does with a crew. */
#define MAX_TRIES 3

static char kind[16];
static guint left; /* 0: no kill */
static guint log_writes;

/* Whether this is the chosen one. */
static gboolean
is_due (const char *which)
{
  if (left == 0 || strcmp (which, kind) != 0)
    return FALSE;
  left--;
  return left == 0;
}

static void
reach (const char *which)
{
  if (is_due (which))
    kill (getpid (), SIGKILL);
}

static gboolean
is_log (int fd)
{
  char link[64], path[512];
  gssize size;

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  size = readlink (link, path, sizeof path - 1);
  return size > 4 && memcmp (path + size - 4, "-wal", 4) == 0;
}

int
fdatasync (int fildes)
{
  int (*next) (int) = (int (*) (int)) dlsym (RTLD_NEXT, "fdatasync");
  gboolean log = left > 0 && is_log (fildes);
  int result;

  if (log)
    reach ("before");
  if (log && is_due ("sick"))
    {
      errno = EIO;
      return -1;
    }
  result = next (fildes);
  log_writes = 0;
  if (log)
    reach ("after");
  return result;
}

ssize_t
pwrite64 (int fd, const void *buf, size_t n, off64_t offset)
{
  ssize_t (*next) (int, const void *, size_t, off64_t) =
      (ssize_t (*) (int, const void *, size_t, off64_t)) dlsym (RTLD_NEXT, "pwrite64");

  /* A frame of the log is two writes, a header and a page: the first two of each commit. */
  if (left > 0 && is_log (fd))
    {
      log_writes++;
      if (log_writes <= 2)
        reach ("torn");
    }
  return next (fd, buf, n, offset);
}

ssize_t
write (int fd, const void *buf, size_t n)
{
  ssize_t (*next) (int, const void *, size_t) =
      (ssize_t (*) (int, const void *, size_t)) dlsym (RTLD_NEXT, "write");

  if (left > 0 && isatty (fd))
    reach ("line");
  return next (fd, buf, n);
}

static void
arm (const char *text)
{
  const char *colon = text != NULL ? strchr (text, ':') : NULL;
  guint64 number;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT, &number, NULL))
    return;
  g_strlcpy (kind, text, MIN (sizeof kind, (gsize) (colon - text) + 1));
  left = (guint) number;
}

/* POSA_VICTIM_EVENT: takes this one event, with what it needs, instead of going on to the end. A
 * withdrawal has been taken by then, by the opening. */
static PosaFlowSnapshot *
take_event (PosaFlowRun *run, const PosaFlowSnapshot *at, const char *nick, GError **error)
{
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();
  PosaFlowEvent event = POSA_N_FLOW_EVENTS;

  posa_flow_event_from_nick (nick, &event);
  if (event == POSA_FLOW_EVENT_WITHDRAW)
    return posa_flow_run_get_snapshot (run);
  if (!posa_flow_event_is_of_crew (event))
    return posa_flow_run_perform (run, NULL, error);
  posa_flow_evidence_set (evidence, POSA_FLOW_KEY_REASON, "because");
  posa_flow_evidence_set_int (evidence, POSA_FLOW_KEY_OUTCOME, POSA_OUTCOME_INSTALLATION_UNFIT);
  if (at->primary_needs & POSA_FLOW_NEEDS_SERIAL)
    posa_flow_evidence_set (evidence, POSA_FLOW_KEY_SERIAL, SITE_SPARE_SERIAL);
  return posa_flow_run_send (run, event, evidence, error);
}

/* POSA_VICTIM_UNABLE: what is only records cannot be done either. Nothing of the product is bent
 * for it: the device lacks its key, the crew's badge, or the number of the report. */
static void
make_unable (Site *site)
{
  if (g_getenv ("POSA_VICTIM_UNABLE") == NULL)
    return;
  site->services.key = NULL;
  site->services.operator_badge = NULL;
}

static int
complain (const PosaFlowSnapshot *at, const char *text)
{
  g_printerr ("flow-victim: %s: %s\n", at != NULL ? at->nick : "opening", text);
  return 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (Site) site = NULL;
  g_autoptr (PosaFlowRun) run = NULL;
  g_autoptr (PosaFlowSnapshot) at = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 4)
    return 2;
  site = site_open (argv[1], argv[2], argv[3]);
  make_unable (site);
  arm (g_getenv ("POSA_VICTIM_KILL"));
  run = posa_flow_run_open (&site->services, SITE_ORDER, &error);
  if (run == NULL)
    return complain (NULL, error->message);
  at = posa_flow_run_get_snapshot (run);
  printf ("%s\n", at->nick);
  fflush (stdout);
  if (g_getenv ("POSA_VICTIM_EVENT") != NULL)
    {
      g_autoptr (PosaFlowSnapshot)
          last = take_event (run, at, g_getenv ("POSA_VICTIM_EVENT"), &error);

      return last != NULL ? 0 : complain (at, error->message);
    }
  for (guint tries = 0; !at->end;)
    {
      PosaFlowSnapshot *next = site_crew_step (run, at, &error);

      if (next == NULL)
        return complain (at, error->message);
      posa_flow_snapshot_free (at);
      at = next;
      tries = at->error_text != NULL ? tries + 1 : 0;
      if (at->refusal != NULL || tries == MAX_TRIES)
        return complain (at, at->refusal != NULL ? at->refusal : at->error_text);
    }
  return 0;
}
