/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-transfer.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-gbt.h"

/* That we take in a row: the link holds none back. */
#define WINDOW POSA_GBT_MAX_WINDOW
/* Times that the same block is asked for, or sent, in vain. */
#define MAX_VAIN   3
#define MAX_ANSWER (64 * 1024)
/* Length of a block's contents. */
#define LENGTH_BYTES 3

/* One exchange in blocks. */
typedef struct
{
  PosaHdlcLink *link;
  guint16 sent, received; /* numbers of the last block, ours and theirs in order */
  guint vain;
  GCancellable *cancellable;
} Transfer;

static gboolean
is_block (const GByteArray *apdu)
{
  return apdu->len > 0 && apdu->data[0] == POSA_GBT_TAG;
}

static gboolean
set_invalid (const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "general block transfer: %s", what);
  return FALSE;
}

/* Sends @block; what comes back is in @raw. */
static gboolean
exchange (Transfer *self, const PosaGbt *block, GByteArray *raw, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  posa_gbt_encode (block, bytes);
  return posa_hdlc_link_exchange (self->link, bytes->data, bytes->len, raw, self->cancellable,
                                  error);
}

/* ---- answers ---- */

/* Behind the last block of a window: tells what came, so that the meter goes on from there. */
static gboolean
acknowledge (Transfer *self, GByteArray *raw, GError **error)
{
  const PosaGbt block = { .last = TRUE,
                          .window = WINDOW,
                          .number = ++self->sent,
                          .ack = self->received };

  return exchange (self, &block, raw, error);
}

/* FALSE when it is one too many that is not the next. */
static gboolean
take (Transfer *self, const PosaGbt *block, GByteArray *answer)
{
  if (block->number == (guint16) (self->received + 1))
    {
      self->received++;
      self->vain = 0;
      if (block->size > 0)
        posa_put_bytes (answer, block->data, block->size);
      return TRUE;
    }
  /* Those behind a gap of a window are of no use; at its end they are asked for again. */
  return block->streaming || ++self->vain <= MAX_VAIN;
}

/* Joins the blocks from that in @raw on. */
static gboolean
collect (Transfer *self, GByteArray *raw, GByteArray *answer, GError **error)
{
  g_byte_array_set_size (answer, 0);
  while (is_block (raw))
    {
      PosaGbt block;

      if (!posa_gbt_decode (raw->data, raw->len, &block, error))
        return FALSE;
      gboolean ends = block.last && block.number == (guint16) (self->received + 1);
      if (!take (self, &block, answer))
        return set_invalid ("a block that was lost does not come", error);
      if (ends)
        return TRUE;
      if (answer->len > MAX_ANSWER || self->received == G_MAXUINT16)
        return set_invalid ("the meter's answer does not end", error);
      if (block.streaming ? !posa_hdlc_link_poll (self->link, raw, self->cancellable, error)
                          : !acknowledge (self, raw, error))
        return FALSE;
    }
  /* Another APDU in its place: the meter has given up. */
  g_byte_array_set_size (answer, 0);
  posa_put_bytes (answer, raw->data, raw->len);
  return TRUE;
}

/* ---- requests ---- */

/* Sends all of @request; what follows its last block is in @raw. */
static gboolean
send_request (Transfer *self,
              gsize limit,
              const GByteArray *request,
              GByteArray *raw,
              GError **error)
{
  gsize size = limit > POSA_GBT_HEAD + LENGTH_BYTES ? limit - POSA_GBT_HEAD - LENGTH_BYTES : 1;
  guint16 n_blocks = (guint16) ((request->len + size - 1) / size);

  for (guint16 number = 1;;)
    {
      gsize at = (gsize) (number - 1) * size;
      PosaGbt block = { .last = number == n_blocks,
                        .window = WINDOW,
                        .number = number,
                        .data = request->data + at,
                        .size = MIN (size, request->len - at) };
      PosaGbt theirs;

      if (!exchange (self, &block, raw, error))
        return FALSE;
      self->sent = n_blocks;
      if (!is_block (raw))
        return TRUE;
      if (!posa_gbt_decode (raw->data, raw->len, &theirs, error))
        return FALSE;
      /* Their acknowledgements may have been counted or not: what follows is the first. */
      self->received = (guint16) (theirs.number - 1);
      if (theirs.ack == n_blocks)
        return TRUE;
      if (theirs.ack >= number)
        self->vain = 0;
      else if (++self->vain > MAX_VAIN)
        return set_invalid ("the meter does not take our blocks", error);
      number = (guint16) (MIN (theirs.ack, number) + 1);
    }
}

gboolean
posa_dlms_transfer (PosaHdlcLink *link,
                    gsize limit,
                    const GByteArray *request,
                    GByteArray *answer,
                    GCancellable *cancellable,
                    GError **error)
{
  Transfer self = { .link = link, .cancellable = cancellable };
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  gboolean is_long = limit != 0 && request->len > limit;

  if (!(is_long
            ? send_request (&self, limit, request, raw, error)
            : posa_hdlc_link_exchange (link, request->data, request->len, raw, cancellable, error)))
    return FALSE;
  return collect (&self, raw, answer, error);
}
