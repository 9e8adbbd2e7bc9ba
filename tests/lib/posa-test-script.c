/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-script.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

#define BITS_PER_CHARACTER 10

/* What arrives at a time. */
typedef struct
{
  gint64 due_us;
  GBytes *bytes;   /* NULL: the device is gone */
  gboolean asleep; /* or this machine is, while it waits */
} Arrival;

struct _PosaTestScript
{
  PosaPort parent_instance;
  const PosaTestScriptStep *steps;
  gint64 started_us;
  guint baud;
  gint64 line_free_us; /* the meter's last byte has passed */
  GQueue arrivals;
  GPtrArray *sent; /* hex */
  gboolean lost;
};

G_DEFINE_FINAL_TYPE (PosaTestScript, posa_test_script, POSA_TYPE_PORT)

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  g_clear_pointer (&arrival->bytes, g_bytes_unref);
  g_free (arrival);
}

static gint64
now_us (PosaTestScript *self)
{
  return posa_clock_get_monotonic (posa_port_get_clock (POSA_PORT (self)));
}

static void
pass_us (PosaTestScript *self, gint64 us)
{
  posa_clock_advance (posa_port_get_clock (POSA_PORT (self)), us);
}

static gint64
line_us (PosaTestScript *self, gsize n_bytes)
{
  return (gint64) n_bytes * BITS_PER_CHARACTER * G_USEC_PER_SEC / self->baud;
}

static gboolean
check_plugged (PosaTestScript *self, GError **error)
{
  if (!self->lost)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_PORT_LOST, "script: the device was unplugged");
  return FALSE;
}

static gboolean
set_line (PosaPort *port, PosaLineSettings settings, GError **error)
{
  PosaTestScript *self = POSA_TEST_SCRIPT (port);

  self->baud = settings.baud;
  return check_plugged (self, error);
}

static gboolean
send_bytes (PosaPort *port,
            const guint8 *data,
            gsize size,
            GCancellable *cancellable,
            GError **error)
{
  PosaTestScript *self = POSA_TEST_SCRIPT (port);
  char *hex = posa_hex_encode (data, size);
  const PosaTestScriptStep *step = self->steps;

  g_ptr_array_add (self->sent, hex);
  if (!check_plugged (self, error))
    return FALSE;
  pass_us (self, line_us (self, size));
  if (step->says == NULL)
    return TRUE;
  if (step->hears != NULL)
    {
      g_auto (GStrv) words = g_strsplit (step->hears, " ", -1);
      g_autofree char *expected = g_strjoinv ("", words);
      g_assert_cmpstr (hex, ==, expected);
    }
  self->steps++;
  posa_test_script_say (self, step->says);
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
  PosaTestScript *self = POSA_TEST_SCRIPT (port);
  Arrival *arrival = g_queue_peek_head (&self->arrivals);
  gboolean in_time = arrival != NULL && arrival->due_us <= MAX (deadline_us, now_us (self));

  if (!check_plugged (self, error))
    return -1;
  gint64 until = in_time ? arrival->due_us : deadline_us;
  pass_us (self, MAX (0, until - now_us (self)));
  if (!in_time)
    return 0;
  if (arrival->asleep)
    {
      pass_us (self, G_TIME_SPAN_HOUR);
      arrival_free (g_queue_pop_head (&self->arrivals));
      return 0;
    }
  if (arrival->bytes == NULL)
    {
      self->lost = TRUE;
      check_plugged (self, error);
      return -1;
    }

  gsize whole = g_bytes_get_size (arrival->bytes);
  gsize n = MIN (size, whole);
  memcpy (data, g_bytes_get_data (arrival->bytes, NULL), n);
  g_autoptr (GBytes) taken = arrival->bytes;
  arrival->bytes = g_bytes_new_from_bytes (taken, n, whole - n);
  if (n == whole)
    arrival_free (g_queue_pop_head (&self->arrivals));
  return (gssize) n;
}

static void
posa_test_script_finalize (GObject *object)
{
  PosaTestScript *self = POSA_TEST_SCRIPT (object);

  g_queue_clear_full (&self->arrivals, arrival_free);
  g_ptr_array_unref (self->sent);
  G_OBJECT_CLASS (posa_test_script_parent_class)->finalize (object);
}

static void
posa_test_script_class_init (PosaTestScriptClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = posa_test_script_finalize;
  POSA_PORT_CLASS (klass)->set_line = set_line;
  POSA_PORT_CLASS (klass)->send = send_bytes;
  POSA_PORT_CLASS (klass)->receive = receive;
}

static void
posa_test_script_init (PosaTestScript *self)
{
  posa_port_take_clock (POSA_PORT (self), posa_clock_new_fake (0));
  self->started_us = now_us (self);
  self->baud = 9600;
  self->sent = g_ptr_array_new_with_free_func (g_free);
}

PosaTestScript *
posa_test_script_new (const PosaTestScriptStep *steps)
{
  PosaTestScript *self = g_object_new (POSA_TYPE_TEST_SCRIPT, NULL);

  self->steps = steps;
  return self;
}

void
posa_test_script_say (PosaTestScript *self, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  self->line_free_us = MAX (self->line_free_us, now_us (self));
  for (char **word = list; *word != NULL; word++)
    {
      g_autoptr (GError) error = NULL;
      Arrival *arrival;

      if (**word == '\0')
        continue;
      if (**word == '+')
        {
          self->line_free_us += g_ascii_strtoll (*word + 1, NULL, 10) * 1000;
          continue;
        }
      arrival = g_new0 (Arrival, 1);
      arrival->asleep = g_str_equal (*word, "sleep");
      if (!arrival->asleep && !g_str_equal (*word, "lost"))
        {
          arrival->bytes = posa_hex_decode (*word, &error);
          g_assert_no_error (error);
          self->line_free_us += line_us (self, g_bytes_get_size (arrival->bytes));
        }
      arrival->due_us = self->line_free_us;
      g_queue_push_tail (&self->arrivals, arrival);
    }
}

guint
posa_test_script_get_n_sent (PosaTestScript *self)
{
  return self->sent->len;
}

const char *
posa_test_script_get_sent (PosaTestScript *self, guint i)
{
  g_assert_cmpuint (i, <, self->sent->len);
  return g_ptr_array_index (self->sent, i);
}

gint64
posa_test_script_get_elapsed_us (PosaTestScript *self)
{
  return now_us (self) - self->started_us;
}

void
posa_test_script_assert_done (PosaTestScript *self)
{
  g_assert_null (self->steps->says);
}
