/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-line.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "meter/codec/posa-parity.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
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

struct _PosaSimLine
{
  PosaSimLineOptions options;
  char *link_path;
  GRand *rand;
  int master;
  int signals;
  gboolean stopped;
  guint baud;
  gboolean seven_even;
  gint64 free_at; /* monotonic µs at which the line has carried the last character */
  guint64 sent;
  gint64 hole_until;
};

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

/* Waits until @until (monotonic µs, negative: for ever), for @events of the master when they are
 * not 0, or for a signal. Returns what the master has. */
static short
wait_until (PosaSimLine *self, short events, gint64 until)
{
  struct pollfd fds[] = { { .fd = self->signals, .events = POLLIN },
                          { .fd = events != 0 ? self->master : -1, .events = events } };
  gint64 left = until < 0 ? 0 : MAX (0, until - now_us ());
  struct timespec timeout = { left / G_USEC_PER_SEC, left % G_USEC_PER_SEC * 1000 };

  if (ppoll (fds, G_N_ELEMENTS (fds), until < 0 ? NULL : &timeout, NULL) > 0 && fds[0].revents != 0)
    take_signals (self);
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

/* What becomes of @byte between two sides of the same speed, or of different ones. */
static guint8
transport (PosaSimLine *self, guint8 byte, gboolean same_speed)
{
  if (!same_speed)
    return (guint8) g_rand_int_range (self->rand, 0, 256);
  if (self->options.noise <= 0 || g_rand_double (self->rand) >= self->options.noise)
    return byte;
  /* A glitch flips one bit as often as it wrecks the whole character. */
  if (g_rand_boolean (self->rand))
    return byte ^ (guint8) (1 << g_rand_int_range (self->rand, 0, 8));
  return byte ^ (guint8) g_rand_int_range (self->rand, 1, 256);
}

static void
put_raw (PosaSimLine *self, guint8 byte)
{
  gint64 give_up = now_us () + G_USEC_PER_SEC;

  /* A client that hung up hears nothing, and one that does not read overruns its buffer. */
  while (!self->stopped && (wait_until (self, POLLOUT, give_up) & POLLHUP) == 0)
    if (write (self->master, &byte, 1) == 1 || errno != EAGAIN || now_us () >= give_up)
      return;
}

static gboolean
in_hole (PosaSimLine *self)
{
  return now_us () < self->hole_until;
}

/* Nobody is there: what they left behind would not have stayed on a real line either. */
static void
await_client (PosaSimLine *self, gint64 deadline)
{
  ioctl (self->master, TCFLSH, TCIOFLUSH);
  sleep_until (self, MIN (deadline, now_us () + NO_CLIENT_POLL_US));
}

/* Has the line carry *@byte from the client; FALSE when it gets lost. */
static gboolean
carry_from_client (PosaSimLine *self, guint8 *byte)
{
  guint client_baud = get_client_baud (self);

  carry_character (self, client_baud > 0 ? client_baud : self->baud);
  if (self->options.echo)
    put_raw (self, *byte);
  *byte = transport (self, *byte, client_baud == self->baud);
  if (self->seven_even)
    *byte = posa_parity_decode (*byte);
  return !in_hole (self);
}

int
posa_sim_line_read (PosaSimLine *self, gint64 timeout_us)
{
  gint64 deadline = timeout_us < 0 ? G_MAXINT64 : now_us () + timeout_us;

  while (!self->stopped)
    {
      guint8 byte;
      short events = wait_until (self, POLLIN, timeout_us < 0 ? -1 : deadline);
      gboolean gone = (events & (POLLHUP | POLLERR)) != 0;
      if (!gone && (events & POLLIN) != 0 && read (self->master, &byte, 1) == 1)
        {
          if (carry_from_client (self, &byte))
            return byte;
          continue;
        }
      if (now_us () >= deadline)
        return POSA_SIM_SILENCE;
      if (gone)
        await_client (self, deadline);
    }
  return POSA_SIM_STOPPED;
}

void
posa_sim_line_write (PosaSimLine *self, const void *data, gsize size)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < size && !self->stopped; i++)
    {
      carry_character (self, self->baud);
      if (++self->sent == self->options.hole_at)
        self->hole_until = now_us () + (gint64) self->options.hole_ms * 1000;
      if (in_hole (self))
        continue;
      guint8 byte = self->seven_even ? posa_parity_encode (bytes[i]) : bytes[i];
      put_raw (self, transport (self, byte, get_client_baud (self) == self->baud));
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
  g_clear_pointer (&self->link_path, g_free);
  return FALSE;
}

PosaSimLine *
posa_sim_line_new (const PosaSimLineOptions *options, GError **error)
{
  g_autoptr (PosaSimLine) self = g_new0 (PosaSimLine, 1);

  self->master = -1;
  self->options = *options;
  self->link_path = g_strdup (options->link_path);
  self->rand = g_rand_new_with_seed ((guint32) (options->seed ^ (options->seed >> 32)));
  self->signals = open_signals ();
  self->baud = 300;
  self->seven_even = TRUE;
  /* The default slack of 50 µs a wait would be half a character at 115200. */
  prctl (PR_SET_TIMERSLACK, 1000UL);
  if (!open_master (self, error) || !make_link (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
posa_sim_line_free (PosaSimLine *self)
{
  if (self->link_path != NULL)
    unlink (self->link_path);
  if (self->master >= 0)
    close (self->master);
  if (self->signals >= 0)
    close (self->signals);
  g_rand_free (self->rand);
  g_free (self->link_path);
  g_free (self);
}
