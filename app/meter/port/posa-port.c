/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port.h"

#include "base/posa-error.h"

#define MAX_CHATTER_US G_USEC_PER_SEC

G_DEFINE_INTERFACE (PosaPort, posa_port, G_TYPE_OBJECT)

static void
posa_port_default_init (PosaPortInterface *iface)
{
}

gboolean
posa_port_set_line (PosaPort *self, PosaLineSettings settings, GError **error)
{
  return POSA_PORT_GET_IFACE (self)->set_line (self, settings, error);
}

gboolean
posa_port_send (PosaPort *self,
                const guint8 *data,
                gsize size,
                GCancellable *cancellable,
                GError **error)
{
  return POSA_PORT_GET_IFACE (self)->send (self, data, size, cancellable, error);
}

gssize
posa_port_receive (PosaPort *self,
                   guint8 *data,
                   gsize size,
                   gint64 deadline_us,
                   GCancellable *cancellable,
                   GError **error)
{
  return POSA_PORT_GET_IFACE (self)->receive (self, data, size, deadline_us, cancellable, error);
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
  POSA_PORT_GET_IFACE (self)->close (self);
}

PosaClock *
posa_port_get_clock (PosaPort *self)
{
  return POSA_PORT_GET_IFACE (self)->get_clock (self);
}
