/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-line.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "meter/codec/posa-parity.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define BITS_PER_CHARACTER 10    /* start, eight (or seven and parity), stop */
#define NO_CLIENT_POLL_US  10000 /* how often to look for a client while none is there */
#define PAUSE_US           2000  /* less is this program's own delay between two characters */
#define BURST_BYTES        62    /* what a common converter sends to the host at a time, at most */
#define LATE_US            (2600 * 1000)  /* longer than clients wait for an answer */
#define UNPLUGGED_US       G_USEC_PER_SEC /* until somebody puts the plug in again */

struct _PosaSimLine
{
  PosaSimLineOptions options;
  char *link_path;
  PosaSimFaults *faults;
  int master; /* -1 while unplugged */
  int signals;
  gboolean stopped;
  gboolean flushed; /* nobody is there, and nothing is left of who was */
  guint baud;
  gboolean seven_even;
  gint64 free_at; /* monotonic µs at which the line has carried the last character */
  guint64 sent;   /* by the meter */
  guint64 passed; /* of both sides */
  gint64 hole_until;
  int behind;        /* a byte that arrived with the last one, -1 none */
  gboolean answered; /* since the client's last byte */
  GByteArray *burst; /* in the converter, on their way to the client */
  gsize burst_size;
  gint64 burst_at; /* when they reach the client at the latest */
  gint64 plug_at;  /* when the device is there again */
};

static gboolean plug_in (PosaSimLine *self, GError **error);

static gint64
now_us (void)
{
  return posa_clock_get_monotonic (posa_clock_get_system ());
}

static gint64
character_us (guint baud)
{
  return BITS_PER_CHARACTER * G_USEC_PER_SEC / baud;
}

static void
take_signals (PosaSimLine *self)
{
  struct signalfd_siginfo info;

  while (read (self->signals, &info, sizeof info) == sizeof info)
    {
      if (info.ssi_signo != SIGUSR1)
        self->stopped = TRUE;
      else if (self->options.dump != NULL)
        self->options.dump (self->options.dump_data);
    }
}

/* Writes to the client what no converter holds back. */
static void
put_raw (PosaSimLine *self, const guint8 *bytes, gsize size)
{
  gint64 give_up = now_us () + G_USEC_PER_SEC;

  /* A client that hung up hears nothing, and one that does not read overruns its buffer. */
  while (size > 0 && self->master >= 0 && !self->stopped && now_us () < give_up)
    {
      struct pollfd fd = { .fd = self->master, .events = POLLOUT };
      struct timespec patience = { 0, 100 * 1000 * 1000 };
      if (ppoll (&fd, 1, &patience, NULL) > 0 && (fd.revents & POLLHUP) != 0)
        return;
      gssize n = write (self->master, bytes, size);
      if (n < 0 && errno != EAGAIN)
        return;
      bytes += MAX (n, 0);
      size -= (gsize) MAX (n, 0);
    }
}

static void
deliver_burst (PosaSimLine *self)
{
  put_raw (self, self->burst->data, self->burst->len);
  g_byte_array_set_size (self->burst, 0);
}

/* What shall happen by itself, whatever the meter waits for. */
static void
do_what_is_due (PosaSimLine *self)
{
  if (self->burst->len > 0 && now_us () >= self->burst_at)
    deliver_burst (self);
  if (self->master < 0 && now_us () >= self->plug_at && !plug_in (self, NULL))
    self->stopped = TRUE;
}

static gint64
get_next_due (PosaSimLine *self)
{
  if (self->master < 0)
    return self->plug_at;
  return self->burst->len > 0 ? self->burst_at : G_MAXINT64;
}

/* Waits until @until (monotonic µs), for @events of the master when they are not 0, or for a
 * signal; perhaps not so long. Returns what the master has. */
static short
wait_until (PosaSimLine *self, short events, gint64 until)
{
  struct pollfd fds[] = { { .fd = self->signals, .events = POLLIN },
                          { .fd = events != 0 ? self->master : -1, .events = events } };
  until = MIN (until, get_next_due (self));
  gint64 left = MAX (0, until - now_us ());
  struct timespec timeout = { left / G_USEC_PER_SEC, left % G_USEC_PER_SEC * 1000 };

  if (ppoll (fds, G_N_ELEMENTS (fds), until == G_MAXINT64 ? NULL : &timeout, NULL) > 0 &&
      fds[0].revents != 0)
    take_signals (self);
  do_what_is_due (self);
  return fds[1].revents;
}

static gboolean
sleep_until (PosaSimLine *self, gint64 until)
{
  while (!self->stopped && now_us () < until)
    wait_until (self, 0, until);
  return !self->stopped;
}

static guint
get_client_baud (PosaSimLine *self)
{
  struct termios2 settings;

  return ioctl (self->master, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}

/* The time of one character, from the end of the one before, or from now after a pause. */
static void
carry_character (PosaSimLine *self, guint baud)
{
  gint64 now = now_us ();

  if (!self->options.pace)
    return;
  if (now - self->free_at > PAUSE_US)
    self->free_at = now;
  self->free_at += character_us (baud);
  sleep_until (self, self->free_at);
}

/* Hands a byte to the client, through the converter if there is one. */
static void
put (PosaSimLine *self, guint8 byte)
{
  if (self->options.faults.split_ms == 0)
    {
      put_raw (self, &byte, 1);
      return;
    }
  if (self->burst->len == 0)
    {
      self->burst_at = now_us () + (gint64) self->options.faults.split_ms * 1000;
      /* Without pace all would come at once: the dice say where the bursts end. */
      self->burst_size = self->options.pace ? BURST_BYTES
                                            : posa_sim_faults_get_burst (self->faults, BURST_BYTES);
    }
  g_byte_array_append (self->burst, &byte, 1);
  if (self->burst->len < self->burst_size)
    return;
  if (!self->options.pace)
    sleep_until (self, self->burst_at);
  deliver_burst (self);
}

static gboolean
in_hole (PosaSimLine *self)
{
  return now_us () < self->hole_until;
}

/* One more byte goes over the line; FALSE when it, or its cable, does not get through. */
static gboolean
count_byte (PosaSimLine *self)
{
  if (self->master >= 0 && ++self->passed == self->options.faults.unplug_at)
    {
      g_byte_array_set_size (self->burst, 0);
      unlink (self->link_path);
      close (self->master);
      self->master = -1;
      self->plug_at = now_us () + UNPLUGGED_US;
    }
  return self->master >= 0 && !in_hole (self);
}

/* Nobody is there: what they left behind would not have stayed on a real line either. Once, as what
 * comes later is the next client's. */
static void
await_client (PosaSimLine *self, gint64 deadline)
{
  if (self->master >= 0 && !self->flushed)
    ioctl (self->master, TCFLSH, TCIOFLUSH);
  self->flushed = TRUE;
  sleep_until (self, MIN (deadline, now_us () + NO_CLIENT_POLL_US));
}

/* Has the line carry @byte from the client. Returns what arrives, -1 when nothing does. */
static int
carry_from_client (PosaSimLine *self, guint8 byte)
{
  guint client_baud = get_client_baud (self);
  guint8 arrived[2];

  carry_character (self, client_baud > 0 ? client_baud : self->baud);
  self->answered = FALSE;
  if (!count_byte (self))
    return -1;
  if (self->options.echo)
    put (self, byte);
  gsize n = posa_sim_faults_carry (self->faults, byte, client_baud == self->baud, arrived);
  for (gsize i = 0; self->seven_even && i < n; i++)
    arrived[i] = posa_parity_decode (arrived[i]);
  self->behind = n == 2 ? arrived[1] : -1;
  return n > 0 ? arrived[0] : -1;
}

/* The next byte that has come already, -1 none. */
static int
take_byte (PosaSimLine *self, gboolean readable)
{
  int byte = self->behind;
  guint8 octet;

  self->behind = -1;
  if (byte >= 0)
    return byte;
  if (!readable || read (self->master, &octet, 1) != 1)
    return -1;
  return carry_from_client (self, octet);
}

int
posa_sim_line_read (PosaSimLine *self, gint64 timeout_us)
{
  gint64 deadline = timeout_us < 0 ? G_MAXINT64 : now_us () + timeout_us;

  while (!self->stopped)
    {
      short events = 0;
      if (self->behind < 0)
        events = wait_until (self, POLLIN, deadline);
      gboolean gone = self->master < 0 || (events & (POLLHUP | POLLERR)) != 0;
      self->flushed = self->flushed && gone;
      int byte = take_byte (self, !gone && (events & POLLIN) != 0);
      if (byte >= 0)
        return byte;
      if (now_us () >= deadline)
        return POSA_SIM_SILENCE;
      if (gone)
        await_client (self, deadline);
    }
  return POSA_SIM_STOPPED;
}

static void
carry_to_client (PosaSimLine *self, guint8 byte)
{
  guint8 arrived[2];

  if (self->seven_even)
    byte = posa_parity_encode (byte);
  gsize n =
      posa_sim_faults_carry (self->faults, byte, get_client_baud (self) == self->baud, arrived);
  for (gsize i = 0; i < n; i++)
    put (self, arrived[i]);
}

void
posa_sim_line_write (PosaSimLine *self, const void *data, gsize size)
{
  const guint8 *bytes = data;

  if (!self->answered && posa_sim_faults_is_late (self->faults))
    sleep_until (self, now_us () + LATE_US);
  self->answered = TRUE;
  for (gsize i = 0; i < size && !self->stopped; i++)
    {
      carry_character (self, self->baud);
      if (++self->sent == self->options.faults.hole_at)
        self->hole_until = now_us () + (gint64) self->options.faults.hole_ms * 1000;
      if (count_byte (self))
        carry_to_client (self, bytes[i]);
    }
}

gboolean
posa_sim_line_wait (PosaSimLine *self, gint64 us)
{
  return sleep_until (self, now_us () + us);
}

void
posa_sim_line_wait_for_speed (PosaSimLine *self, gint64 timeout_us)
{
  gint64 deadline = now_us () + timeout_us;

  if (self->options.pace)
    return;
  while (!self->stopped && now_us () < deadline && get_client_baud (self) != self->baud)
    sleep_until (self, now_us () + 1000);
}

void
posa_sim_line_set_speed (PosaSimLine *self, guint baud, gboolean seven_even)
{
  self->baud = baud;
  self->seven_even = seven_even;
}

gboolean
posa_sim_line_is_stopped (PosaSimLine *self)
{
  return self->stopped;
}

gboolean
posa_sim_line_has_pace (PosaSimLine *self)
{
  return self->options.pace;
}

static int
open_signals (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGHUP);
  sigaddset (&set, SIGUSR1);
  sigprocmask (SIG_BLOCK, &set, NULL);
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* No echo and no line editing, whatever the client forgets to set. */
static void
make_raw (int master)
{
  struct termios2 settings;

  if (ioctl (master, TCGETS2, &settings) != 0)
    return;
  settings.c_iflag = settings.c_oflag = settings.c_lflag = 0;
  ioctl (master, TCSETS2, &settings);
}

static gboolean
open_master (PosaSimLine *self, GError **error)
{
  self->master = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (self->master < 0 || grantpt (self->master) != 0 || unlockpt (self->master) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "cannot make a pseudo-terminal: %s",
                   g_strerror (errno));
      return FALSE;
    }
  make_raw (self->master);
  return TRUE;
}

static gboolean
make_link (PosaSimLine *self, GError **error)
{
  const char *slave = ptsname (self->master);

  /* A link left over from a process that was killed is replaced, a file is not. */
  if (g_file_test (self->link_path, G_FILE_TEST_IS_SYMLINK))
    unlink (self->link_path);
  if (slave != NULL && symlink (slave, self->link_path) == 0)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "%s: cannot make the link: %s", self->link_path,
               g_strerror (errno));
  g_clear_fd (&self->master, NULL);
  return FALSE;
}

static gboolean
plug_in (PosaSimLine *self, GError **error)
{
  return open_master (self, error) && make_link (self, error);
}

PosaSimLine *
posa_sim_line_new (const PosaSimLineOptions *options, GError **error)
{
  g_autoptr (PosaSimLine) self = g_new0 (PosaSimLine, 1);

  self->master = -1;
  self->options = *options;
  self->link_path = g_strdup (options->link_path);
  self->faults = posa_sim_faults_new (&options->faults);
  self->burst = g_byte_array_new ();
  self->behind = -1;
  self->signals = open_signals ();
  self->baud = 300;
  self->seven_even = TRUE;
  /* The default slack of 50 µs a wait would be half a character at 115200. */
  prctl (PR_SET_TIMERSLACK, 1000UL);
  if (!plug_in (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
posa_sim_line_free (PosaSimLine *self)
{
  if (self->master >= 0)
    unlink (self->link_path);
  g_clear_fd (&self->master, NULL);
  g_clear_fd (&self->signals, NULL);
  g_byte_array_unref (self->burst);
  posa_sim_faults_free (self->faults);
  g_free (self->link_path);
  g_free (self);
}
