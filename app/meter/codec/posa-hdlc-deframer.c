/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-hdlc-deframer.h"

#include <string.h>

#include "base/posa-cursor.h"

/* Two addresses of four bytes, format, control, header check. */
#define MAX_HEADER 13
/* One frame with its flags, and what one read may bring behind it. */
#define MAX_BUFFER (POSA_HDLC_MAX_FRAME + 2 + 4096)

struct _PosaHdlcDeframer
{
  GByteArray *buffer;
  GByteArray *frame; /* keeps the last frame alive for its borrower */
  guint n_damaged;
};

typedef enum
{
  HEADER_INCOMPLETE,
  HEADER_GOOD,
  HEADER_BAD
} HeaderState;

PosaHdlcDeframer *
posa_hdlc_deframer_new (void)
{
  PosaHdlcDeframer *self = g_new0 (PosaHdlcDeframer, 1);

  self->buffer = g_byte_array_new ();
  self->frame = g_byte_array_new ();
  return self;
}

void
posa_hdlc_deframer_free (PosaHdlcDeframer *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->buffer);
  g_byte_array_unref (self->frame);
  g_free (self);
}

static void
drop (PosaHdlcDeframer *self, gsize n)
{
  g_byte_array_remove_range (self->buffer, 0, (guint) MIN (n, self->buffer->len));
}

void
posa_hdlc_deframer_push (PosaHdlcDeframer *self, const guint8 *data, gsize size)
{
  /* A caller that never takes frames out must not make us grow. */
  if (size > MAX_BUFFER)
    {
      data += size - MAX_BUFFER;
      size = MAX_BUFFER;
    }
  if (self->buffer->len + size > MAX_BUFFER)
    drop (self, self->buffer->len + size - MAX_BUFFER);
  posa_put_bytes (self->buffer, data, size);
}

/* Moves the opening flag to the front; what precedes it is garbage or fill. */
static gboolean
find_flag (PosaHdlcDeframer *self)
{
  gsize at = 0;

  while (at < self->buffer->len && self->buffer->data[at] != POSA_HDLC_FLAG)
    at++;
  while (at + 1 < self->buffer->len && self->buffer->data[at + 1] == POSA_HDLC_FLAG)
    at++;
  drop (self, at);
  return self->buffer->len > 0;
}

/* Looks at the bytes behind the flag. The header has a check of its own, which tells a false start
 * within a few bytes: waiting for the length that garbage announces would stall the session. */
static HeaderState
look_at_header (const guint8 *data, gsize size, gsize *length)
{
  if (size >= 1 && (data[0] & 0xF0) != 0xA0)
    return HEADER_BAD;
  if (size < 2)
    return HEADER_INCOMPLETE;
  *length = (gsize) (data[0] & 0x07) << 8 | data[1];
  if (*length < 7)
    return HEADER_BAD;

  gsize at = 2;
  for (int address = 0; address < 2; address++)
    {
      while (at < size && at < MAX_HEADER && (data[at] & 1) == 0)
        at++;
      at++;
    }
  gsize head = at + 1; /* with the control byte */
  if (head + 2 > MAX_HEADER || head + 2 > *length)
    return HEADER_BAD;
  if (head + 2 > size)
    return HEADER_INCOMPLETE;
  guint16 check = (guint16) (data[head] | data[head + 1] << 8);
  return check == posa_hdlc_crc (data, head) ? HEADER_GOOD : HEADER_BAD;
}

gboolean
posa_hdlc_deframer_next (PosaHdlcDeframer *self, PosaHdlcFrame *out, GByteArray *raw)
{
  while (find_flag (self))
    {
      gsize length = 0;
      HeaderState state = look_at_header (self->buffer->data + 1, self->buffer->len - 1, &length);

      if (state == HEADER_INCOMPLETE)
        return FALSE;
      if (state == HEADER_BAD)
        {
          drop (self, 1);
          continue;
        }
      /* The closing flag is awaited too: only then is the line free. It stays in the buffer, as it
       * may open the next frame. */
      if (self->buffer->len < length + 2)
        return FALSE;
      g_byte_array_set_size (self->frame, 0);
      posa_put_bytes (self->frame, self->buffer->data + 1, length);
      if (!posa_hdlc_frame_decode (self->frame->data, length, out, NULL))
        {
          self->n_damaged++;
          drop (self, 1);
          continue;
        }
      drop (self, length + 1);
      if (raw != NULL)
        {
          g_byte_array_set_size (raw, 0);
          posa_put_bytes (raw, self->frame->data, length);
        }
      return TRUE;
    }
  return FALSE;
}

guint
posa_hdlc_deframer_get_n_damaged (const PosaHdlcDeframer *self)
{
  return self->n_damaged;
}

void
posa_hdlc_deframer_clear (PosaHdlcDeframer *self)
{
  g_byte_array_set_size (self->buffer, 0);
}
