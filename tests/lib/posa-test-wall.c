/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-wall.h"

#include <dlfcn.h>
#include <sys/time.h>

static __thread gint64 offset_us;

void
posa_test_wall_shift (gint64 us)
{
  offset_us = us;
}

/* The program's own, in the place of the C library's: g_get_real_time() comes here. */
int
gettimeofday (struct timeval *restrict tv, void *restrict tz)
{
  int (*next) (struct timeval *, void *) =
      (int (*) (struct timeval *, void *)) dlsym (RTLD_NEXT, "gettimeofday");
  int result = next (tv, tz);
  gint64 us = tv->tv_sec * G_USEC_PER_SEC + tv->tv_usec + offset_us;

  tv->tv_sec = (time_t) (us / G_USEC_PER_SEC);
  tv->tv_usec = (suseconds_t) (us % G_USEC_PER_SEC);
  return result;
}
