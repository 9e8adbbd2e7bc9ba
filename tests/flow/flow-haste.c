/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include <dlfcn.h>
#include <glib.h>
#include <poll.h>
#include <time.h>

/* Linked into a test that talks to simulators without pace: the short sleeps in which the program
 * lets the line carry its bytes take no time; the clock is put forward instead. Waits for an
 * answer, and longer sleeps in which a meter really does something, stay as they are. */

#define SHORT_NS G_GINT64_CONSTANT (190000000)
#define SECOND   G_GINT64_CONSTANT (1000000000)

static gint64 ahead_ns;

int
clock_gettime (clockid_t clock_id, struct timespec *tp)
{
  int (*next) (clockid_t, struct timespec *) =
      (int (*) (clockid_t, struct timespec *)) dlsym (RTLD_NEXT, "clock_gettime");
  int result = next (clock_id, tp);
  gint64 now;

  if (result != 0 || clock_id != CLOCK_BOOTTIME)
    return result;
  now = tp->tv_sec * SECOND + tp->tv_nsec + ahead_ns;
  tp->tv_sec = (time_t) (now / SECOND);
  tp->tv_nsec = (long) (now % SECOND);
  return 0;
}

/* The clock sleeps with one descriptor at most, for the cancel; waits for a line have two. */
int
ppoll (struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *ss)
{
  int (*next) (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *) =
      (int (*) (struct pollfd *, nfds_t, const struct timespec *,
                const sigset_t *)) dlsym (RTLD_NEXT, "ppoll");
  const struct timespec none = { 0 };
  gint64 ns = timeout != NULL ? timeout->tv_sec * SECOND + timeout->tv_nsec : G_MAXINT64;

  if (nfds > 1 || ns > SHORT_NS)
    return next (fds, nfds, timeout, ss);
  ahead_ns += ns;
  return next (fds, nfds, &none, ss);
}
