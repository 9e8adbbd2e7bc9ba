/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* For LD_PRELOAD in tests: makes pseudo-terminals pass for serial devices, so that libserialport
 * itself, unchanged, can be tried end to end. It needs three things that a pseudo-terminal lacks: a
 * place below /sys/class/tty, modem lines, and a device number that posa_port_open() does not take
 * for a pseudo-terminal's. The state of the modem lines goes to the file $POSA_SHIM_LOG. */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SERIAL_MAJOR 188 /* of /dev/ttyUSB* */
#define MAX_FDS      256

static int modem_lines[MAX_FDS];

static int
begins_with (const char *path, const char *start)
{
  return path != NULL && strncmp (path, start, strlen (start)) == 0;
}

static int
is_pty (int fd)
{
  struct stat info;

  return fd >= 0 && fd < MAX_FDS && fstat (fd, &info) == 0 && S_ISCHR (info.st_mode) &&
         major (info.st_rdev) >= 136 && major (info.st_rdev) <= 143;
}

static void
log_modem_lines (int fd)
{
  const char *path = getenv ("POSA_SHIM_LOG");
  FILE *file = path != NULL ? fopen (path, "we") : NULL;

  if (file == NULL)
    return;
  fprintf (file, "dtr=%d rts=%d\n", (modem_lines[fd] & TIOCM_DTR) != 0,
           (modem_lines[fd] & TIOCM_RTS) != 0);
  fclose (file);
}

int
ioctl (int fd, unsigned long request, ...)
{
  int (*next) (int, unsigned long, ...) =
      (int (*) (int, unsigned long, ...)) dlsym (RTLD_NEXT, "ioctl");
  va_list args;

  va_start (args, request);
  int *bits = va_arg (args, int *);
  va_end (args);
  if ((request != TIOCMGET && request != TIOCMSET && request != TIOCMBIS && request != TIOCMBIC) ||
      !is_pty (fd))
    return next (fd, request, bits);
  if (request == TIOCMGET)
    *bits = modem_lines[fd] | TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
  else if (request == TIOCMSET)
    modem_lines[fd] = *bits;
  else if (request == TIOCMBIS)
    modem_lines[fd] |= *bits;
  else
    modem_lines[fd] &= ~*bits;
  log_modem_lines (fd);
  return 0;
}

int
stat64 (const char *path, struct stat64 *info)
{
  int (*next) (const char *, struct stat64 *) =
      (int (*) (const char *, struct stat64 *)) dlsym (RTLD_NEXT, "stat64");
  int result = next (path, info);

  if (result == 0 && begins_with (path, "/dev/pts/"))
    info->st_rdev = makedev (SERIAL_MAJOR, 0);
  return result;
}

int
lstat64 (const char *path, struct stat64 *info)
{
  int (*next) (const char *, struct stat64 *) =
      (int (*) (const char *, struct stat64 *)) dlsym (RTLD_NEXT, "lstat64");

  if (!begins_with (path, "/sys/class/tty/pts/"))
    return next (path, info);
  memset (info, 0, sizeof *info);
  info->st_mode = S_IFLNK | 0777;
  return 0;
}

/* The compiler calls the one name or the other, by the size of a file offset: the records are the
 * same on the 64-bit machines where the tests run. */
int
stat (const char *path, struct stat *info)
{
  return stat64 (path, (struct stat64 *) info);
}

int
lstat (const char *path, struct stat *info)
{
  return lstat64 (path, (struct stat64 *) info);
}

ssize_t
readlink (const char *path, char *buffer, size_t size)
{
  static const char target[] = "../../devices/virtual/tty/pts";
  ssize_t (*next) (const char *, char *, size_t) =
      (ssize_t (*) (const char *, char *, size_t)) dlsym (RTLD_NEXT, "readlink");

  if (!begins_with (path, "/sys/class/tty/pts/"))
    return next (path, buffer, size);
  size_t n = sizeof target - 1 < size ? sizeof target - 1 : size;
  memcpy (buffer, target, n);
  return (ssize_t) n;
}

/* What a build with _FORTIFY_SOURCE calls. */
ssize_t __readlink_chk (const char *path, char *buffer, size_t size, size_t space);

ssize_t
__readlink_chk (const char *path, char *buffer, size_t size, size_t space)
{
  return readlink (path, buffer, size < space ? size : space);
}
