/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "fuzz-port.h"

#include <string.h>

#define START_US G_GINT64_CONSTANT (1795860872000000) /* 2026-11-28 */
/* Far more than the longest work of a meter; an endless loop gets there soon, as time is fake. */
#define MAX_CALLS 400000
#define MAX_US    (G_GINT64_CONSTANT (4) * 3600 * G_USEC_PER_SEC)
#define BYTE_US   1042 /* at 9600 baud */

struct _FuzzPort
{
  PosaPort parent_instance;
  gint64 started;
  FuzzAnswer answer;
  gpointer data;
  GByteArray *line; /* on its way to the client */
  guint n_calls;
};

G_DEFINE_FINAL_TYPE (FuzzPort, fuzz_port, POSA_TYPE_PORT)

static gint64
now_us (FuzzPort *self)
{
  return posa_clock_get_monotonic (posa_port_get_clock (POSA_PORT (self)));
}

static void
pass_us (FuzzPort *self, gint64 us)
{
  posa_clock_advance (posa_port_get_clock (POSA_PORT (self)), us);
}

static void
count (FuzzPort *self)
{
  gint64 passed = now_us (self) - self->started;

  if (++self->n_calls > MAX_CALLS || passed > MAX_US)
    g_error ("the session does not end: %u calls, %" G_GINT64_FORMAT " s", self->n_calls,
             passed / G_USEC_PER_SEC);
}

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  count (FUZZ_PORT (port));
  return TRUE;
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  FuzzPort *self = FUZZ_PORT (port);

  count (self);
  pass_us (self, (gint64) size * BYTE_US);
  self->answer (self->data, data, size, self->line);
  return TRUE;
}

static gssize
receive (PosaPort *port,
         guint8 *data,
         gsize size,
         gint64 deadline_us,
         GCancellable *cancellable,
         GError **error)
{
  FuzzPort *self = FUZZ_PORT (port);
  gsize n = MIN (size, self->line->len);

  count (self);
  if (n == 0)
    {
      pass_us (self, MAX (0, deadline_us - now_us (self)));
      return 0;
    }
  memcpy (data, self->line->data, n);
  g_byte_array_remove_range (self->line, 0, (guint) n);
  pass_us (self, (gint64) n * BYTE_US);
  return (gssize) n;
}

static void
fuzz_port_finalize (GObject *object)
{
  FuzzPort *self = FUZZ_PORT (object);

  g_byte_array_unref (self->line);
  G_OBJECT_CLASS (fuzz_port_parent_class)->finalize (object);
}

static void
fuzz_port_class_init (FuzzPortClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fuzz_port_finalize;
  POSA_PORT_CLASS (klass)->set_line = set_line;
  POSA_PORT_CLASS (klass)->send = send_bytes;
  POSA_PORT_CLASS (klass)->receive = receive;
}

static void
fuzz_port_init (FuzzPort *self)
{
}

PosaPort *
fuzz_port_new (FuzzAnswer answer, gpointer data)
{
  FuzzPort *self = g_object_new (FUZZ_TYPE_PORT, NULL);

  posa_port_take_clock (POSA_PORT (self), posa_clock_new_fake (START_US));
  self->started = now_us (self);
  self->answer = answer;
  self->data = data;
  self->line = g_byte_array_new ();
  return POSA_PORT (self);
}

FuzzStep
fuzz_step_read (PosaReader *input)
{
  FuzzStep step = { .silent = posa_reader_remaining (input) == 0 };

  if (step.silent)
    return step;
  step.how = posa_reader_u8 (input);
  gsize size = posa_reader_remaining (input) >= 2 ? posa_reader_u16_be (input) : 0;
  step.size = MIN (size, posa_reader_remaining (input));
  step.data = posa_reader_bytes (input, step.size);
  return step;
}
