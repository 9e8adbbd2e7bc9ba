/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-translate.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/port/posa-tape.h"
#include "meter/translate/posa-apdu-names.h"
#include "meter/translate/posa-translate-apdu.h"
#include "meter/translate/posa-translate-hdlc.h"
#include "meter/translate/posa-translate-iec.h"
#include "meter/translate/posa-translate-value.h"

#include <string.h>

#define LLC_BYTES 3
#define TAPE_HEAD "posa-tape "

typedef struct
{
  PosaTree *tree; /* what is being filled; borrowed */
  PosaTranslateApdu *apdus;
  PosaTranslateHdlc *hdlc;
  GByteArray *pending; /* a message whose end has not come yet */
} Translation;

/* ---- bytes of a line ---- */

static gboolean
is_start (guint8 byte)
{
  return byte == POSA_HDLC_FLAG || posa_translate_iec_is_start (byte);
}

/* What is before the next possible start of a message is garbage. */
static gsize
skip_garbage (Translation *self, const guint8 *data, gsize size)
{
  gsize n = 0;

  while (n < size && !is_start (data[n]))
    n++;
  if (n > 0)
    {
      g_autofree char *hex = posa_hex_encode (data, n);

      posa_tree_add_fault (self->tree, "no message", hex);
    }
  return n;
}

/* Takes whole messages off the front of what is pending. */
static void
take_messages (Translation *self)
{
  gsize at = 0;

  for (gsize taken = 1; taken > 0 && at < self->pending->len; at += taken)
    {
      const guint8 *data = self->pending->data + at;
      gsize left = self->pending->len - at;

      taken = skip_garbage (self, data, left);
      if (taken == 0 && data[0] == POSA_HDLC_FLAG)
        taken = posa_translate_hdlc_add (self->hdlc, self->tree, data, left);
      else if (taken == 0)
        taken = posa_translate_iec_add (self->tree, data, left);
    }
  g_byte_array_remove_range (self->pending, 0, (guint) at);
}

/* What is pending up to the next frame, which a false length of this one may have swallowed. */
static gsize
cut_length (const GByteArray *pending)
{
  for (gsize i = 1; i + 1 < pending->len; i++)
    if (pending->data[i] == POSA_HDLC_FLAG && (pending->data[i + 1] & 0xF0) == 0xA0)
      return i;
  return pending->len;
}

/* Nothing more comes: what is left was cut. A flag alone closed the last frame. */
static void
end_messages (Translation *self)
{
  for (take_messages (self); self->pending->len > 0; take_messages (self))
    {
      gsize n = cut_length (self->pending);
      g_autofree char *hex = posa_hex_encode (self->pending->data, n);

      if (n > 1 || self->pending->data[0] != POSA_HDLC_FLAG)
        posa_tree_add_fault (self->tree, "cut off", hex);
      g_byte_array_remove_range (self->pending, 0, (guint) n);
    }
}

/* ---- tapes ---- */

/* A message is told where its last bytes were: with its direction, time and line of the tape. */
static void
add_event (Translation *self, PosaTree *root, const PosaTapeEvent *event, PosaTapeVerb *last)
{
  g_autofree char *name = g_strdup_printf ("line %u", event->number);
  gsize size = 0;

  if (event->verb != *last && self->pending->len > 0)
    end_messages (self);
  *last = event->verb;
  self->tree = posa_tree_add (root, name, "%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT " %s",
                              event->at_us / G_USEC_PER_SEC, event->at_us % G_USEC_PER_SEC,
                              posa_tape_verb_to_string (event->verb));
  if (event->verb == POSA_TAPE_LINE)
    posa_tree_add (self->tree, "speed", "%u baud %s", event->line.baud,
                   event->line.data_bits == 7 ? "7E1" : "8N1");
  if (event->bytes == NULL)
    return;
  const guint8 *data = g_bytes_get_data (event->bytes, &size);
  posa_put_bytes (self->pending, data, size);
  take_messages (self);
}

static gboolean
translate_tape (Translation *self, PosaTree *root, const char *text, gsize size, GError **error)
{
  g_autoptr (PosaTape) tape = posa_tape_parse (text, size, error);
  PosaTapeVerb last = POSA_N_TAPE_VERBS;

  if (tape == NULL)
    return FALSE;
  for (guint i = 0; i < tape->events->len; i++)
    {
      const PosaTapeEvent *event = g_ptr_array_index (tape->events, i);
      /* Waits and pieces of one message do not interrupt it. */
      if (event->verb != POSA_TAPE_IDLE)
        add_event (self, root, event, &last);
    }
  end_messages (self);
  return TRUE;
}

/* ---- hex ---- */

static gboolean
looks_like_iec (const guint8 *data, gsize size)
{
  if (data[0] == '/' || data[0] == POSA_IEC_NAK || (data[0] == POSA_IEC_ACK && size != 5))
    return TRUE;
  if (data[0] == POSA_IEC_SOH)
    return size > 2 && strchr ("PRWEB", data[1]) != NULL && data[1] != 0 &&
           g_ascii_isdigit (data[2]);
  return data[0] == POSA_IEC_STX && size > 3 && memchr (data, '(', size) != NULL &&
         (memchr (data, POSA_IEC_ETX, size) != NULL || memchr (data, POSA_IEC_EOT, size) != NULL);
}

/* An APDU, or else a value that fills the line. */
static void
add_bare (Translation *self, const guint8 *data, gsize size)
{
  PosaReader reader;

  if (size > LLC_BYTES && data[0] == 0xE6 && (data[1] == 0xE6 || data[1] == 0xE7) && data[2] == 0)
    {
      posa_tree_add (self->tree, "LLC", "%s", data[1] == 0xE6 ? "command" : "response");
      data += LLC_BYTES;
      size -= LLC_BYTES;
    }
  posa_reader_init (&reader, data, size);
  g_autoptr (PosaCosemValue) value = posa_axdr_read (&reader, NULL);
  if (value != NULL && posa_reader_remaining (&reader) == 0 &&
      (data[0] < 0x08 || !posa_apdu_is_tag (data[0])))
    posa_translate_value (self->tree, "value", value);
  else
    posa_translate_apdu_add (self->apdus, self->tree, data, size);
}

/* A frame behind garbage. */
static gboolean
has_frame (const guint8 *data, gsize size)
{
  for (gsize i = 0; i + 1 < size; i++)
    if (data[i] == POSA_HDLC_FLAG && (data[i + 1] & 0xF0) == 0xA0)
      return data[0] == POSA_HDLC_FLAG || !posa_apdu_is_tag (data[0]);
  return FALSE;
}

static void
add_bytes (Translation *self, const guint8 *data, gsize size)
{
  if (self->pending->len == 0 && !has_frame (data, size) && !looks_like_iec (data, size))
    {
      add_bare (self, data, size);
      return;
    }
  posa_put_bytes (self->pending, data, size);
  take_messages (self);
}

static gboolean
translate_hex (Translation *self, PosaTree *root, const char *text, gsize size, GError **error)
{
  g_autofree char *copy = g_strndup (text, size);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);

  self->tree = root;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (*line == '\0' || *line == '#')
        continue;
      g_autoptr (GBytes) bytes = posa_hex_decode (line, NULL);
      if (bytes == NULL)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "line %u: neither hex nor the head of a tape", i + 1);
          return FALSE;
        }
      add_bytes (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  end_messages (self);
  return TRUE;
}

PosaTree *
posa_translate (const char *text, gsize size, const PosaKeyFile *keys, GError **error)
{
  g_autoptr (PosaTree) root = posa_tree_new ("translation", NULL);
  g_autoptr (PosaTranslateApdu) apdus = posa_translate_apdu_new (keys);
  g_autoptr (PosaTranslateHdlc) hdlc = posa_translate_hdlc_new (apdus);
  g_autoptr (GByteArray) pending = g_byte_array_new ();
  Translation self = { .apdus = apdus, .hdlc = hdlc, .pending = pending };
  gboolean tape = size >= strlen (TAPE_HEAD) && memcmp (text, TAPE_HEAD, strlen (TAPE_HEAD)) == 0;

  gboolean done = tape ? translate_tape (&self, root, text, size, error)
                       : translate_hex (&self, root, text, size, error);
  return done ? g_steal_pointer (&root) : NULL;
}
