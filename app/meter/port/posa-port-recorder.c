/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-port-recorder.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "base/posa-file.h"
#include "meter/port/posa-tape.h"

struct _PosaPortRecorder
{
  PosaPort parent_instance;
  GString *text;
  gint64 start; /* monotonic */
};

G_DEFINE_FINAL_TYPE (PosaPortRecorder, posa_port_recorder, POSA_TYPE_PORT)

/* @argument is taken, NULL for none. */
static void
note (PosaPortRecorder *self, PosaTapeVerb verb, char *argument)
{
  gint64 at = posa_clock_get_monotonic (posa_port_get_clock (POSA_PORT (self))) - self->start;

  g_string_append_printf (self->text, "%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT " %s%s%s\n",
                          at / G_USEC_PER_SEC, at % G_USEC_PER_SEC, posa_tape_verb_to_string (verb),
                          argument != NULL ? " " : "", argument != NULL ? argument : "");
  g_free (argument);
}

static void
note_failure (PosaPortRecorder *self, const GError *error)
{
  if (g_error_matches (error, POSA_ERROR, POSA_ERROR_PORT_LOST))
    note (self, POSA_TAPE_LOST, NULL);
}

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  PosaPortRecorder *self = POSA_PORT_RECORDER (port);

  note (self, POSA_TAPE_LINE,
        g_strdup_printf ("%u %s", settings.baud, settings.data_bits == 7 ? "7E1" : "8N1"));
  return posa_port_set_line (posa_port_get_inner (port), settings, error);
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  PosaPortRecorder *self = POSA_PORT_RECORDER (port);
  g_autoptr (GError) local_error = NULL;
  gboolean sent =
      posa_port_send (posa_port_get_inner (port), data, size, cancellable, &local_error);

  note (self, POSA_TAPE_TX, posa_hex_encode (data, size));
  if (!sent)
    {
      note_failure (self, local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
    }
  return sent;
}

static gssize
receive (PosaPort *port,
         guint8 *data,
         gsize size,
         gint64 deadline_us,
         GCancellable *cancellable,
         GError **error)
{
  PosaPortRecorder *self = POSA_PORT_RECORDER (port);
  g_autoptr (GError) local_error = NULL;
  gssize n = posa_port_receive (posa_port_get_inner (port), data, size, deadline_us, cancellable,
                                &local_error);

  if (n > 0)
    note (self, POSA_TAPE_RX, posa_hex_encode (data, (gsize) n));
  else if (n == 0)
    note (self, POSA_TAPE_IDLE, NULL);
  else
    {
      note_failure (self, local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
    }
  return n;
}

static void
posa_port_recorder_finalize (GObject *object)
{
  PosaPortRecorder *self = POSA_PORT_RECORDER (object);

  g_string_free (self->text, TRUE);
  G_OBJECT_CLASS (posa_port_recorder_parent_class)->finalize (object);
}

static void
posa_port_recorder_class_init (PosaPortRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_port_recorder_finalize;
  POSA_PORT_CLASS (klass)->set_line = set_line;
  POSA_PORT_CLASS (klass)->send = send_bytes;
  POSA_PORT_CLASS (klass)->receive = receive;
}

static void
posa_port_recorder_init (PosaPortRecorder *self)
{
}

PosaPortRecorder *
posa_port_recorder_new (PosaPort *inner)
{
  PosaPortRecorder *self = g_object_new (POSA_TYPE_PORT_RECORDER, NULL);
  PosaClock *clock = posa_port_get_clock (inner);
  g_autofree char *start = posa_time_format (posa_clock_get_wall (clock));

  posa_port_take_inner (POSA_PORT (self), inner);
  self->start = posa_clock_get_monotonic (clock);
  self->text = g_string_new ("posa-tape 1\n");
  g_string_append_printf (self->text, "start %s\n", start);
  return self;
}

gboolean
posa_port_recorder_save (PosaPortRecorder *self, const char *path, GError **error)
{
  g_autoptr (GBytes) content = g_bytes_new (self->text->str, self->text->len);

  return posa_file_write (path, content, 0600, error);
}
