/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-fd.h"

#include "base/posa-error.h"
#include "meter/codec/posa-parity.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define BITS_PER_CHARACTER 10                   /* 7E1 and 8N1 alike */
#define WRITE_SLACK_US     (2 * G_USEC_PER_SEC) /* of a device that does not take bytes */

typedef struct
{
  char *path;
  int fd;
  gboolean lost;
  PosaLineSettings line;
} PosaPortFdPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (PosaPortFd, posa_port_fd, POSA_TYPE_PORT)

static PosaPortFdPrivate *
priv_of (gpointer self)
{
  return posa_port_fd_get_instance_private (POSA_PORT_FD (self));
}

static gboolean
set_lost (PosaPortFdPrivate *priv, GError **error)
{
  priv->lost = TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST, "%s: the device was unplugged", priv->path);
  return FALSE;
}

static gboolean
check_open (PosaPortFdPrivate *priv, GError **error)
{
  if (priv->fd >= 0 && !priv->lost)
    return TRUE;
  return set_lost (priv, error);
}

/* Waits for @events until @deadline_us. 1 when the device has something to say (perhaps that it is
 * gone), 0 at the deadline, -1 CANCELLED. */
static int
wait_for (PosaPortFdPrivate *priv,
          short events,
          gint64 deadline_us,
          GCancellable *cancellable,
          GError **error)
{
  PosaClock *clock = posa_clock_get_system ();
  GPollFD cancel_fd = { .fd = -1 };
  gboolean cancel_made = g_cancellable_make_pollfd (cancellable, &cancel_fd);
  int ready = 0;

  while (!g_cancellable_is_cancelled (cancellable))
    {
      gint64 left = MAX (0, deadline_us - posa_clock_get_monotonic (clock));
      struct timespec timeout = { left / G_USEC_PER_SEC, left % G_USEC_PER_SEC * 1000 };
      struct pollfd fds[] = { { .fd = priv->fd, .events = events },
                              { .fd = cancel_fd.fd, .events = POLLIN } };
      if (ppoll (fds, G_N_ELEMENTS (fds), &timeout, NULL) > 0 && fds[0].revents != 0)
        ready = 1;
      if (ready == 1 || left == 0)
        break;
    }
  if (cancel_made)
    g_cancellable_release_fd (cancellable);
  if (!g_cancellable_is_cancelled (cancellable))
    return ready;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_CANCELLED, "cancelled");
  return -1;
}

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  PosaPortFdPrivate *priv = priv_of (port);

  if (!check_open (priv, error))
    return FALSE;
  if (settings.baud != priv->line.baud && !POSA_PORT_FD_GET_CLASS (port)->set_baud (
                                              POSA_PORT_FD (port), priv->fd, settings.baud, error))
    return FALSE;
  priv->line = settings;
  return TRUE;
}

static gboolean
write_all (PosaPortFdPrivate *priv,
           const GByteArray *bytes,
           gint64 deadline_us,
           GCancellable *cancellable,
           GError **error)
{
  for (gsize done = 0; done < bytes->len;)
    {
      int ready = wait_for (priv, POLLOUT, deadline_us, cancellable, error);
      if (ready < 0)
        return FALSE;
      if (ready == 0)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT,
                       "%s: the device takes no more characters", priv->path);
          return FALSE;
        }
      gssize n = write (priv->fd, bytes->data + done, bytes->len - done);
      if (n < 0 && errno != EAGAIN && errno != EINTR)
        return set_lost (priv, error);
      done += (gsize) MAX (n, 0);
    }
  return TRUE;
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  PosaPortFdPrivate *priv = priv_of (port);
  PosaClock *clock = posa_clock_get_system ();
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint) size);

  if (!check_open (priv, error))
    return FALSE;
  g_byte_array_append (bytes, data, (guint) size);
  for (gsize i = 0; priv->line.data_bits == 7 && i < size; i++)
    bytes->data[i] = posa_parity_encode (bytes->data[i]);

  gint64 line_us = (gint64) size * BITS_PER_CHARACTER * G_USEC_PER_SEC / priv->line.baud;
  gint64 sent_at = posa_clock_get_monotonic (clock) + line_us;
  if (!write_all (priv, bytes, sent_at + WRITE_SLACK_US, cancellable, error))
    return FALSE;
  if (!POSA_PORT_FD_GET_CLASS (port)->drain (POSA_PORT_FD (port), priv->fd))
    return set_lost (priv, error);
  /* USB converters say "drained" while characters are still in their own buffer. */
  return posa_clock_sleep_until (clock, sent_at, cancellable, error);
}

static gssize
receive (PosaPort *port,
         guint8 *data,
         gsize size,
         gint64 deadline_us,
         GCancellable *cancellable,
         GError **error)
{
  PosaPortFdPrivate *priv = priv_of (port);
  gssize n = -1;

  if (!check_open (priv, error))
    return -1;
  while (n < 0)
    {
      int ready = wait_for (priv, POLLIN, deadline_us, cancellable, error);
      if (ready <= 0)
        return ready;
      n = read (priv->fd, data, size);
      /* A hung-up terminal reads as empty for ever. */
      if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        {
          set_lost (priv, error);
          return -1;
        }
    }
  for (gssize i = 0; priv->line.data_bits == 7 && i < n; i++)
    data[i] = posa_parity_decode (data[i]);
  return n;
}

static void
close_port (PosaPort *port)
{
  PosaPortFdPrivate *priv = priv_of (port);

  if (priv->fd < 0)
    return;
  /* Closing does not end the lock while a child that another thread is about to start has a copy.
   */
  flock (priv->fd, LOCK_UN);
  POSA_PORT_FD_GET_CLASS (port)->release (POSA_PORT_FD (port), priv->fd);
  priv->fd = -1;
}

static gboolean
pty_set_baud (PosaPortFd *self, int fd, guint baud, GError **error)
{
  static const struct
  {
    guint baud;
    speed_t code;
  } speeds[] = { { 300, B300 },     { 600, B600 },      { 1200, B1200 },   { 2400, B2400 },
                 { 4800, B4800 },   { 9600, B9600 },    { 19200, B19200 }, { 38400, B38400 },
                 { 57600, B57600 }, { 115200, B115200 } };
  struct termios settings;
  guint i = 0;

  while (i < G_N_ELEMENTS (speeds) && speeds[i].baud != baud)
    i++;
  if (i == G_N_ELEMENTS (speeds))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "%u baud: no such speed", baud);
      return FALSE;
    }
  if (tcgetattr (fd, &settings) != 0)
    return set_lost (priv_of (self), error);
  cfmakeraw (&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  cfsetspeed (&settings, speeds[i].code);
  return tcsetattr (fd, TCSANOW, &settings) == 0 || set_lost (priv_of (self), error);
}

static gboolean
pty_drain (PosaPortFd *self, int fd)
{
  return tcdrain (fd) == 0;
}

static void
pty_release (PosaPortFd *self, int fd)
{
  close (fd);
}

static void
posa_port_fd_finalize (GObject *object)
{
  close_port (POSA_PORT (object));
  g_free (priv_of (object)->path);
  G_OBJECT_CLASS (posa_port_fd_parent_class)->finalize (object);
}

static void
posa_port_fd_class_init (PosaPortFdClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_port_fd_finalize;
  POSA_PORT_CLASS (klass)->set_line = set_line;
  POSA_PORT_CLASS (klass)->send = send_bytes;
  POSA_PORT_CLASS (klass)->receive = receive;
  POSA_PORT_CLASS (klass)->close = close_port;
  klass->set_baud = pty_set_baud;
  klass->drain = pty_drain;
  klass->release = pty_release;
}

static void
posa_port_fd_init (PosaPortFd *self)
{
  priv_of (self)->fd = -1;
}

static void
set_denied (const char *path, GError **error)
{
  struct stat info;
  const struct group *group = stat (path, &info) == 0 ? getgrgid (info.st_gid) : NULL;

  g_set_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED,
               "%s: permission denied; the device is for group \"%s\": add this user to it", path,
               group != NULL ? group->gr_name : "dialout");
}

void
posa_port_fd_set_open_error (const char *path, int error_number, GError **error)
{
  if (error_number == EBUSY || error_number == EWOULDBLOCK)
    g_set_error (error, POSA_ERROR, POSA_ERROR_PORT_BUSY, "%s: another program uses this device",
                 path);
  else if (error_number == EACCES || error_number == EPERM)
    set_denied (path, error);
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_PORT_MISSING, "%s: %s", path,
                 g_strerror (error_number));
}

gboolean
posa_port_fd_adopt (PosaPortFd *self, int fd, const char *path, GError **error)
{
  PosaPortFdPrivate *priv = priv_of (self);

  priv->fd = fd;
  priv->path = g_strdup (path);
  /* The kernel lets the administrator pass TIOCEXCL, so it alone would not do. */
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  posa_port_fd_set_open_error (path, errno, error);
  return FALSE;
}

PosaPort *
posa_port_fd_open (const char *path, GError **error)
{
  g_autoptr (PosaPortFd) self = g_object_new (POSA_TYPE_PORT_FD, NULL);
  int fd = open (path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

  if (fd < 0)
    {
      posa_port_fd_set_open_error (path, errno, error);
      return NULL;
    }
  if (!posa_port_fd_adopt (self, fd, path, error) ||
      !posa_port_set_line (POSA_PORT (self), POSA_LINE_7E1 (300), error))
    return NULL;
  return POSA_PORT (g_steal_pointer (&self));
}
