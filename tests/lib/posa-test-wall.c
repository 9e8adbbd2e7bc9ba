/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-wall.h"

struct _PosaTestWall
{
  GObject parent_instance;
  PosaPort *port;
  PosaClock *clock;
};

static void port_iface_init (PosaPortInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PosaTestWall,
                               posa_test_wall,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (POSA_TYPE_PORT, port_iface_init))

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  return posa_port_set_line (POSA_TEST_WALL (port)->port, settings, error);
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  return posa_port_send (POSA_TEST_WALL (port)->port, data, size, cancellable, error);
}

static gssize
receive (PosaPort *port,
         guint8 *data,
         gsize size,
         gint64 deadline_us,
         GCancellable *cancellable,
         GError **error)
{
  return posa_port_receive (POSA_TEST_WALL (port)->port, data, size, deadline_us, cancellable,
                            error);
}

static void
close_port (PosaPort *port)
{
  posa_port_close (POSA_TEST_WALL (port)->port);
}

static PosaClock *
get_clock (PosaPort *port)
{
  return POSA_TEST_WALL (port)->clock;
}

static void
port_iface_init (PosaPortInterface *iface)
{
  iface->set_line = set_line;
  iface->send = send_bytes;
  iface->receive = receive;
  iface->close = close_port;
  iface->get_clock = get_clock;
}

static void
posa_test_wall_finalize (GObject *object)
{
  PosaTestWall *self = POSA_TEST_WALL (object);

  g_clear_object (&self->port);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (posa_test_wall_parent_class)->finalize (object);
}

static void
posa_test_wall_class_init (PosaTestWallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_test_wall_finalize;
}

static void
posa_test_wall_init (PosaTestWall *self)
{
}

PosaPort *
posa_test_wall_new (PosaPort *port, gint64 offset_us)
{
  PosaTestWall *self = g_object_new (POSA_TYPE_TEST_WALL, NULL);

  self->port = port;
  self->clock = posa_clock_new_shifted (offset_us);
  return POSA_PORT (self);
}
