/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "kill-switch.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* At the most; each message to a meter has an answer. */
#define ANSWER_MS 1000

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
  gboolean line = left > 0 && isatty (fd);
  struct pollfd answer = { .fd = fd, .events = POLLIN };
  ssize_t written;

  if (line)
    reach ("line");
  written = next (fd, buf, n);
  if (line && is_due ("heard") && poll (&answer, 1, ANSWER_MS) >= 0)
    kill (getpid (), SIGKILL);
  return written;
}

void
kill_switch_arm (const char *text)
{
  const char *colon = text != NULL ? strchr (text, ':') : NULL;
  guint64 number;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT, &number, NULL))
    return;
  g_strlcpy (kind, text, MIN (sizeof kind, (gsize) (colon - text) + 1));
  left = (guint) number;
}
