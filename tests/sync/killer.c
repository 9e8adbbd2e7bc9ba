/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* A preload that kills its process, as a dead battery would, at the POSA_KILL_AT-th call that moves
 * data to the disk or the network: before the call is made. */

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

static void
count (void)
{
  static atomic_long calls;
  const char *text = getenv ("POSA_KILL_AT");
  long kill_at = text != NULL ? strtol (text, NULL, 10) : 0;

  if (kill_at > 0 && atomic_fetch_add (&calls, 1) + 1 == kill_at)
    raise (SIGKILL);
}

ssize_t
pwrite64 (int fd, const void *data, size_t size, off64_t offset)
{
  count ();
  return REAL (pwrite64) (fd, data, size, offset);
}

int
fdatasync (int fd)
{
  count ();
  return REAL (fdatasync) (fd);
}

int
fsync (int fd)
{
  count ();
  return REAL (fsync) (fd);
}

ssize_t
send (int fd, const void *data, size_t size, int flags)
{
  count ();
  return REAL (send) (fd, data, size, flags);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  count ();
  return REAL (sendmsg) (fd, message, flags);
}

int
rename (const char *from, const char *to)
{
  count ();
  return REAL (rename) (from, to);
}
