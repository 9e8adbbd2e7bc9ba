/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/port/posa-tape.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "base/posa-file.h"

#include <string.h>

#define MAX_FILE    (16 * 1024 * 1024)
#define MAX_SECONDS (24 * 3600)

static const char *const verbs[] = { [POSA_TAPE_LINE] = "line",
                                     [POSA_TAPE_TX] = "tx",
                                     [POSA_TAPE_RX] = "rx",
                                     [POSA_TAPE_IDLE] = "idle",
                                     [POSA_TAPE_LOST] = "lost" };

const char *
posa_tape_verb_to_string (PosaTapeVerb verb)
{
  return verbs[verb];
}

static void
event_free (gpointer data)
{
  PosaTapeEvent *event = data;

  g_clear_pointer (&event->bytes, g_bytes_unref);
  g_free (event);
}

/* "12.345678" in µs; a leading and a trailing part of digits only. */
static gboolean
parse_seconds (const char *text, gint64 *us)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 2);
  guint64 seconds, fraction;

  if (g_strv_length (parts) != 2 || strlen (parts[1]) != 6 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, MAX_SECONDS, &seconds, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, G_USEC_PER_SEC - 1, &fraction, NULL))
    return FALSE;
  *us = (gint64) (seconds * G_USEC_PER_SEC + fraction);
  return TRUE;
}

static gboolean
parse_line_settings (const char *text, PosaLineSettings *out)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", 2);
  guint64 baud;

  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 300, 115200, &baud, NULL))
    return FALSE;
  gboolean seven = strcmp (parts[1], "7E1") == 0;
  *out = seven ? POSA_LINE_7E1 ((guint) baud) : POSA_LINE_8N1 ((guint) baud);
  return seven || strcmp (parts[1], "8N1") == 0;
}

static gboolean
parse_argument (PosaTapeEvent *event, const char *text)
{
  if (event->verb == POSA_TAPE_LINE)
    return text != NULL && parse_line_settings (text, &event->line);
  if (event->verb != POSA_TAPE_TX && event->verb != POSA_TAPE_RX)
    return text == NULL;
  event->bytes = text != NULL ? posa_hex_decode (text, NULL) : NULL;
  return event->bytes != NULL && g_bytes_get_size (event->bytes) > 0;
}

static gboolean
parse_event (PosaTape *self, const char *text, guint number)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  PosaTapeEvent *event = g_new0 (PosaTapeEvent, 1);
  guint n = g_strv_length (words);

  g_ptr_array_add (self->events, event);
  event->number = number;
  if (n < 2 || !parse_seconds (words[0], &event->at_us))
    return FALSE;
  while (event->verb < POSA_N_TAPE_VERBS && strcmp (words[1], verbs[event->verb]) != 0)
    event->verb++;
  return event->verb < POSA_N_TAPE_VERBS && parse_argument (event, words[2]);
}

static gboolean
parse_text_line (PosaTape *self, const char *text, guint number)
{
  if (number == 1)
    return strcmp (text, "posa-tape 1") == 0;
  if (*text == '\0' || *text == '#')
    return TRUE;
  if (!g_str_has_prefix (text, "start "))
    return parse_event (self, text, number);
  self->start_us = posa_time_parse (text + strlen ("start "), NULL);
  return self->start_us > 0;
}

PosaTape *
posa_tape_parse (const char *text, gsize size, GError **error)
{
  g_autoptr (PosaTape) self = g_new0 (PosaTape, 1);
  g_autofree char *copy = g_strndup (text, size);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);

  self->events = g_ptr_array_new_with_free_func (event_free);
  for (guint i = 0; lines[i] != NULL || i == 0; i++)
    if (lines[i] == NULL || !parse_text_line (self, lines[i], i + 1))
      {
        g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "tape, line %u: not understood",
                     i + 1);
        return NULL;
      }
  return g_steal_pointer (&self);
}

PosaTape *
posa_tape_load (const char *path, GError **error)
{
  g_autoptr (GBytes) content = posa_file_read (path, MAX_FILE, error);

  if (content == NULL)
    return NULL;
  PosaTape *self =
      posa_tape_parse (g_bytes_get_data (content, NULL), g_bytes_get_size (content), error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", path);
  return self;
}

void
posa_tape_free (PosaTape *self)
{
  g_ptr_array_unref (self->events);
  g_free (self);
}
