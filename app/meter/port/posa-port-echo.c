/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-echo.h"

#include <string.h>

#define SURE_LENGTH   4           /* an echo of so many bytes is no accident */
#define LAST_BYTES_US (20 * 1000) /* USB converters deliver every 16 ms */

struct _PosaPortEcho
{
  PosaPort parent_instance;
  GByteArray *sent;   /* since the last receive; its echo is not complete yet */
  gsize matched;      /* so much of it came back */
  gboolean known;     /* a whole echo was seen: this head has one */
  GByteArray *answer; /* received and not given out yet */
};

G_DEFINE_FINAL_TYPE (PosaPortEcho, posa_port_echo, POSA_TYPE_PORT)

static void
forget_echo (PosaPortEcho *self)
{
  g_byte_array_set_size (self->sent, 0);
  self->matched = 0;
}

/* What looked like the beginning of an echo was the beginning of an answer. */
static void
release_matched (PosaPortEcho *self)
{
  if (!self->known)
    g_byte_array_append (self->answer, self->sent->data, (guint) self->matched);
  forget_echo (self);
}

static void
take_byte (PosaPortEcho *self, guint8 byte)
{
  gboolean pending = self->matched < self->sent->len;

  /* On a head known to echo, a byte that differs is an echo damaged on the way. */
  if (pending && (self->known || byte == self->sent->data[self->matched]))
    {
      if (++self->matched < self->sent->len)
        return;
      self->known = self->known || self->sent->len >= SURE_LENGTH;
      forget_echo (self);
      return;
    }
  if (pending)
    release_matched (self);
  g_byte_array_append (self->answer, &byte, 1);
}

/* One receive of the inner port, sorted into echo and answer; 1, 0 silence, -1 error. */
static int
take_more (PosaPortEcho *self, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  PosaPort *inner = posa_port_get_inner (POSA_PORT (self));
  guint8 bytes[512];
  gssize n = posa_port_receive (inner, bytes, sizeof bytes, deadline_us, cancellable, error);

  for (gssize i = 0; i < n; i++)
    take_byte (self, bytes[i]);
  return n > 0 ? 1 : (int) n;
}

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  PosaPortEcho *self = POSA_PORT_ECHO (port);
  gint64 deadline = posa_clock_get_monotonic (posa_port_get_clock (port)) + LAST_BYTES_US;

  /* The echo comes at the speed of the send: the last of it is on its way now or never. What comes
   * at the new speed is an answer, even when it equals the request (mode E does that). */
  while (self->matched < self->sent->len)
    {
      int taken = take_more (self, deadline, NULL, error);
      if (taken < 0)
        return FALSE;
      if (taken == 0)
        break;
    }
  release_matched (self);
  return posa_port_set_line (posa_port_get_inner (port), settings, error);
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  PosaPortEcho *self = POSA_PORT_ECHO (port);

  /* Whoever asks again has given up what is left of the last answer. */
  g_byte_array_set_size (self->answer, 0);
  g_byte_array_append (self->sent, data, (guint) size);
  return posa_port_send (posa_port_get_inner (port), data, size, cancellable, error);
}

static gssize
receive (PosaPort *port,
         guint8 *data,
         gsize size,
         gint64 deadline_us,
         GCancellable *cancellable,
         GError **error)
{
  PosaPortEcho *self = POSA_PORT_ECHO (port);

  while (self->answer->len == 0)
    {
      int taken = take_more (self, deadline_us, cancellable, error);
      if (taken < 0)
        return -1;
      if (taken > 0)
        continue;
      release_matched (self);
      if (self->answer->len == 0)
        return 0;
    }
  gsize n = MIN (size, self->answer->len);
  memcpy (data, self->answer->data, n);
  g_byte_array_remove_range (self->answer, 0, (guint) n);
  return (gssize) n;
}

static void
posa_port_echo_finalize (GObject *object)
{
  PosaPortEcho *self = POSA_PORT_ECHO (object);

  g_byte_array_unref (self->sent);
  g_byte_array_unref (self->answer);
  G_OBJECT_CLASS (posa_port_echo_parent_class)->finalize (object);
}

static void
posa_port_echo_class_init (PosaPortEchoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_port_echo_finalize;
  POSA_PORT_CLASS (klass)->set_line = set_line;
  POSA_PORT_CLASS (klass)->send = send_bytes;
  POSA_PORT_CLASS (klass)->receive = receive;
}

static void
posa_port_echo_init (PosaPortEcho *self)
{
  self->sent = g_byte_array_new ();
  self->answer = g_byte_array_new ();
}

PosaPort *
posa_port_echo_new (PosaPort *inner)
{
  PosaPort *self = g_object_new (POSA_TYPE_PORT_ECHO, NULL);

  posa_port_take_inner (self, inner);
  return self;
}
