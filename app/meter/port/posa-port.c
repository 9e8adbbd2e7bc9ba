/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port.h"

#include "base/posa-error.h"
#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-fd.h"
#include "meter/port/posa-port-serial.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Majors of pseudo-terminal slaves (Documentation/admin-guide/devices.txt of the kernel). */
#define PTY_MAJOR_FIRST 136
#define PTY_MAJOR_LAST  143

#define MAX_CHATTER_US G_USEC_PER_SEC

typedef struct
{
  PosaPort *inner;
  PosaClock *clock;
} PosaPortPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PosaPort, posa_port, G_TYPE_OBJECT)

static PosaPortPrivate *
priv_of (PosaPort *self)
{
  return posa_port_get_instance_private (self);
}

static void
close_inner (PosaPort *self)
{
  if (priv_of (self)->inner != NULL)
    posa_port_close (priv_of (self)->inner);
}

static void
posa_port_finalize (GObject *object)
{
  PosaPortPrivate *priv = priv_of (POSA_PORT (object));

  g_clear_object (&priv->inner);
  g_clear_object (&priv->clock);
  G_OBJECT_CLASS (posa_port_parent_class)->finalize (object);
}

static void
posa_port_class_init (PosaPortClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_port_finalize;
  klass->close = close_inner;
}

static void
posa_port_init (PosaPort *self)
{
  priv_of (self)->clock = g_object_ref (posa_clock_get_system ());
}

void
posa_port_take_clock (PosaPort *self, PosaClock *clock)
{
  g_set_object (&priv_of (self)->clock, clock);
  g_object_unref (clock);
}

void
posa_port_take_inner (PosaPort *self, PosaPort *inner)
{
  priv_of (self)->inner = inner;
  posa_port_take_clock (self, g_object_ref (posa_port_get_clock (inner)));
}

PosaPort *
posa_port_get_inner (PosaPort *self)
{
  return priv_of (self)->inner;
}

PosaClock *
posa_port_get_clock (PosaPort *self)
{
  return priv_of (self)->clock;
}

gboolean
posa_port_set_line (PosaPort *self, PosaLineSettings settings, GError **error)
{
  return POSA_PORT_GET_CLASS (self)->set_line (self, settings, error);
}

gboolean
posa_port_send (PosaPort *self,
                const guint8 *data,
                gsize size,
                GCancellable *cancellable,
                GError **error)
{
  return POSA_PORT_GET_CLASS (self)->send (self, data, size, cancellable, error);
}

gssize
posa_port_receive (PosaPort *self,
                   guint8 *data,
                   gsize size,
                   gint64 deadline_us,
                   GCancellable *cancellable,
                   GError **error)
{
  return POSA_PORT_GET_CLASS (self)->receive (self, data, size, deadline_us, cancellable, error);
}

gboolean
posa_port_drain (PosaPort *self, gint64 silence_us, GCancellable *cancellable, GError **error)
{
  PosaClock *clock = posa_port_get_clock (self);
  gint64 give_up = posa_clock_get_monotonic (clock) + silence_us + MAX_CHATTER_US;

  for (gint64 now; (now = posa_clock_get_monotonic (clock)) < give_up;)
    {
      guint8 waste[256];
      gssize n =
          posa_port_receive (self, waste, sizeof waste, now + silence_us, cancellable, error);
      if (n <= 0)
        return n == 0;
    }
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_LINE_NOISE, "the line does not fall silent");
  return FALSE;
}

void
posa_port_close (PosaPort *self)
{
  POSA_PORT_GET_CLASS (self)->close (self);
}

PosaPort *
posa_port_open_device (const char *path, GError **error)
{
  struct stat info;
  char real[PATH_MAX];

  /* libserialport before 0.1.2 does not follow the links of udev. */
  if (realpath (path, real) == NULL || stat (real, &info) != 0)
    {
      posa_port_fd_set_open_error (path, errno, error);
      return NULL;
    }
  if (!S_ISCHR (info.st_mode))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_PORT_MISSING, "%s: not a serial device", path);
      return NULL;
    }
  if (major (info.st_rdev) >= PTY_MAJOR_FIRST && major (info.st_rdev) <= PTY_MAJOR_LAST)
    return posa_port_fd_open (real, error);
  return posa_port_serial_open (real, error);
}

PosaPort *
posa_port_open (const char *path, GError **error)
{
  PosaPort *device = posa_port_open_device (path, error);

  return device != NULL ? posa_port_echo_new (device) : NULL;
}
