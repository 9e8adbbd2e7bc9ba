/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-replay.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

struct _PosaPortReplay
{
  PosaPort parent_instance;
  PosaTape *tape;
  gint64 start; /* monotonic */
  guint next;
  gsize taken;  /* bytes already given out of the next RX event */
  guint broken; /* line of the tape where it first was not as the program wants it; 0 = nowhere */
};

G_DEFINE_FINAL_TYPE (PosaPortReplay, posa_port_replay, POSA_TYPE_PORT)

static void
move_clock (PosaPortReplay *self, gint64 monotonic)
{
  PosaClock *clock = posa_port_get_clock (POSA_PORT (self));

  posa_clock_advance (clock, MAX (0, monotonic - posa_clock_get_monotonic (clock)));
}

static const PosaTapeEvent *
event_at (PosaPortReplay *self, guint i)
{
  return i < self->tape->events->len ? g_ptr_array_index (self->tape->events, i) : NULL;
}

static void
note_broken (PosaPortReplay *self)
{
  if (self->broken == 0)
    self->broken = posa_port_replay_get_line (self);
}

/* The next event, borrowed; NULL and PORT_LOST when the tape says so or has no more. */
static const PosaTapeEvent *
look (PosaPortReplay *self, GError **error)
{
  const PosaTapeEvent *event = event_at (self, self->next);

  if (event != NULL && event->verb != POSA_TAPE_LOST)
    return event;
  note_broken (self);
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_PORT_LOST,
                       event != NULL ? "the device was unplugged here" : "the tape ends here");
  return NULL;
}

static void
step (PosaPortReplay *self, const PosaTapeEvent *event)
{
  move_clock (self, self->start + event->at_us);
  self->next++;
  self->taken = 0;
}

static gboolean
set_mismatch (PosaPortReplay *self, const PosaTapeEvent *event, const char *what, GError **error)
{
  g_autofree char *hex =
      event->bytes != NULL
          ? posa_hex_encode (g_bytes_get_data (event->bytes, NULL), g_bytes_get_size (event->bytes))
          : g_strdup ("");

  note_broken (self);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
               "the tape has \"%s %s\" where the program %s",
               posa_tape_verb_to_string (event->verb), hex, what);
  return FALSE;
}

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  PosaPortReplay *self = POSA_PORT_REPLAY (port);
  const PosaTapeEvent *event = look (self, error);

  if (event == NULL)
    return FALSE;
  if (event->verb != POSA_TAPE_LINE || event->line.baud != settings.baud ||
      event->line.data_bits != settings.data_bits)
    {
      g_autofree char *what = g_strdup_printf ("sets %u baud", settings.baud);
      return set_mismatch (self, event, what, error);
    }
  step (self, event);
  return TRUE;
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  PosaPortReplay *self = POSA_PORT_REPLAY (port);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  const PosaTapeEvent *event = look (self, error);

  if (event == NULL)
    return FALSE;
  if (event->verb != POSA_TAPE_TX || !g_bytes_equal (event->bytes, bytes))
    {
      g_autofree char *hex = posa_hex_encode (data, size);
      g_autofree char *what = g_strdup_printf ("sends %s", hex);
      return set_mismatch (self, event, what, error);
    }
  step (self, event);
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
  PosaPortReplay *self = POSA_PORT_REPLAY (port);
  const PosaTapeEvent *event = look (self, error);

  if (event == NULL)
    return -1;
  if (event->verb == POSA_TAPE_IDLE)
    {
      move_clock (self, deadline_us);
      step (self, event);
      return 0;
    }
  if (event->verb != POSA_TAPE_RX)
    {
      set_mismatch (self, event, "waits for bytes", error);
      return -1;
    }
  gsize n = MIN (size, g_bytes_get_size (event->bytes) - self->taken);
  memcpy (data, (const guint8 *) g_bytes_get_data (event->bytes, NULL) + self->taken, n);
  self->taken += n;
  move_clock (self, self->start + event->at_us);
  if (self->taken == g_bytes_get_size (event->bytes))
    step (self, event);
  return (gssize) n;
}

static void
posa_port_replay_finalize (GObject *object)
{
  PosaPortReplay *self = POSA_PORT_REPLAY (object);

  g_clear_pointer (&self->tape, posa_tape_free);
  G_OBJECT_CLASS (posa_port_replay_parent_class)->finalize (object);
}

static void
posa_port_replay_class_init (PosaPortReplayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_port_replay_finalize;
  POSA_PORT_CLASS (klass)->set_line = set_line;
  POSA_PORT_CLASS (klass)->send = send_bytes;
  POSA_PORT_CLASS (klass)->receive = receive;
}

static void
posa_port_replay_init (PosaPortReplay *self)
{
}

guint
posa_port_replay_get_line (PosaPortReplay *self)
{
  const PosaTapeEvent *event = event_at (self, self->next);
  const PosaTapeEvent *last = event_at (self, self->tape->events->len - 1);

  if (self->broken != 0)
    return self->broken;
  return event != NULL ? event->number : last != NULL ? last->number : 1;
}

PosaPort *
posa_port_replay_new (PosaTape *tape)
{
  PosaPortReplay *self = g_object_new (POSA_TYPE_PORT_REPLAY, NULL);
  PosaClock *clock = posa_clock_new_fake (tape->start_us);

  self->tape = tape;
  self->start = posa_clock_get_monotonic (clock);
  posa_port_take_clock (POSA_PORT (self), clock);
  return POSA_PORT (self);
}
