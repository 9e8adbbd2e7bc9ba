/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-clock.h"

#include "base/posa-error.h"

#include <poll.h>
#include <time.h>

struct _PosaClock
{
  GObject parent_instance;
  gboolean fake;
  GMutex lock;
  gint64 wall;      /* fake only */
  gint64 monotonic; /* fake only */
};

G_DEFINE_FINAL_TYPE (PosaClock, posa_clock, G_TYPE_OBJECT)

static void
posa_clock_finalize (GObject *object)
{
  g_mutex_clear (&POSA_CLOCK (object)->lock);
  G_OBJECT_CLASS (posa_clock_parent_class)->finalize (object);
}

static void
posa_clock_class_init (PosaClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_clock_finalize;
}

static void
posa_clock_init (PosaClock *self)
{
  g_mutex_init (&self->lock);
}

PosaClock *
posa_clock_get_system (void)
{
  static PosaClock *clock;

  if (g_once_init_enter_pointer (&clock))
    g_once_init_leave_pointer (&clock, g_object_new (POSA_TYPE_CLOCK, NULL));
  return clock;
}

PosaClock *
posa_clock_new_fake (gint64 wall_us)
{
  PosaClock *self = g_object_new (POSA_TYPE_CLOCK, NULL);

  self->fake = TRUE;
  self->wall = wall_us;
  self->monotonic = G_USEC_PER_SEC;
  return self;
}

static gint64
read_hand (PosaClock *self, const gint64 *hand)
{
  g_mutex_lock (&self->lock);
  gint64 value = *hand;
  g_mutex_unlock (&self->lock);
  return value;
}

gint64
posa_clock_get_monotonic (PosaClock *self)
{
  struct timespec now;

  if (self->fake)
    return read_hand (self, &self->monotonic);
  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
posa_clock_get_wall (PosaClock *self)
{
  return self->fake ? read_hand (self, &self->wall) : g_get_real_time ();
}

void
posa_clock_advance (PosaClock *self, gint64 us)
{
  g_return_if_fail (self->fake && us >= 0);
  g_mutex_lock (&self->lock);
  self->monotonic += us;
  self->wall += us;
  g_mutex_unlock (&self->lock);
}

static gboolean
sleep_real (PosaClock *self, gint64 until, GCancellable *cancellable)
{
  GPollFD poll_fd = { .fd = -1 };
  gboolean have_fd = g_cancellable_make_pollfd (cancellable, &poll_fd);

  for (gint64 left; (left = until - posa_clock_get_monotonic (self)) > 0;)
    {
      struct timespec wait = { left / G_USEC_PER_SEC, left % G_USEC_PER_SEC * 1000 };
      struct pollfd fd = { .fd = poll_fd.fd, .events = POLLIN };
      ppoll (&fd, have_fd ? 1 : 0, &wait, NULL);
      if (g_cancellable_is_cancelled (cancellable))
        break;
    }
  if (have_fd)
    g_cancellable_release_fd (cancellable);
  return !g_cancellable_is_cancelled (cancellable);
}

gboolean
posa_clock_sleep_until (PosaClock *self,
                        gint64 monotonic_us,
                        GCancellable *cancellable,
                        GError **error)
{
  gboolean slept = !g_cancellable_is_cancelled (cancellable);

  if (slept && self->fake)
    posa_clock_advance (self, MAX (0, monotonic_us - posa_clock_get_monotonic (self)));
  else if (slept)
    slept = sleep_real (self, monotonic_us, cancellable);
  if (!slept)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_CANCELLED, "cancelled");
  return slept;
}

GTimeZone *
posa_time_get_italy (void)
{
  static GTimeZone *zone;

  if (g_once_init_enter_pointer (&zone))
    {
      GTimeZone *rome = g_time_zone_new_identifier ("Europe/Rome");
      g_once_init_leave_pointer (&zone, rome != NULL ? rome : g_time_zone_new_local ());
    }
  return zone;
}

char *
posa_time_format (gint64 wall_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (wall_us);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, posa_time_get_italy ());
  g_autofree char *date = g_date_time_format (local, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *offset = g_date_time_format (local, "%:z");

  return g_strdup_printf ("%s.%03d%s", date, g_date_time_get_microsecond (local) / 1000, offset);
}

gint64
posa_time_parse (const char *text, GError **error)
{
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (time == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "\"%s\" is no ISO 8601 time with an offset", text != NULL ? text : "");
      return -1;
    }
  return g_date_time_to_unix_usec (time);
}
