/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-cursor.h"
#include "meter/codec/posa-gbt.h"
#include "meter/codec/posa-initiate.h"
#include "sim/posa-sim-dlms-private.h"

/* Length of a block's contents. */
#define LENGTH_BYTES 3
#define MAX_INCOMING (64 * 1024)

static gsize
get_limit (const PosaSimDlms *self)
{
  gsize limit = self->meter->max_pdu;

  return self->client_pdu != 0 ? MIN (limit, self->client_pdu) : limit;
}

/* The block behind the one that the client has. */
static void
put_next (PosaSimDlms *self, GByteArray *answer)
{
  gsize room = get_limit (self) - POSA_GBT_HEAD - LENGTH_BYTES;
  gsize at = MIN (self->outgoing->len, (gsize) self->acked * room);
  PosaGbt block = { .window = 1,
                    .number = (guint16) (self->acked + 1),
                    .ack = self->taken,
                    .data = self->outgoing->data + at,
                    .size = MIN (room, self->outgoing->len - at) };

  block.last = at + block.size == self->outgoing->len;
  posa_gbt_encode (&block, answer);
}

void
posa_sim_dlms_put_in_blocks (PosaSimDlms *self, GByteArray *answer)
{
  if ((self->conformance & POSA_CONFORMANCE_GENERAL_BLOCK) == 0 ||
      self->state != POSA_SIM_ASSOCIATION_OPEN || answer->len <= get_limit (self))
    return;
  g_byte_array_set_size (self->outgoing, 0);
  posa_put_bytes (self->outgoing, answer->data, answer->len);
  g_byte_array_set_size (answer, 0);
  self->acked = 0;
  put_next (self, answer);
}

/* A block of a request that is not whole yet. */
static void
acknowledge (PosaSimDlms *self, GByteArray *answer)
{
  const PosaGbt block = { .window = 1, .number = self->taken, .ack = self->taken };

  posa_gbt_encode (&block, answer);
}

gboolean
posa_sim_dlms_take_transfer (PosaSimDlms *self, const GByteArray *apdu, GByteArray *answer)
{
  PosaGbt block;

  if ((self->conformance & POSA_CONFORMANCE_GENERAL_BLOCK) == 0 ||
      self->state != POSA_SIM_ASSOCIATION_OPEN ||
      !posa_gbt_decode (apdu->data, apdu->len, &block, NULL))
    {
      posa_sim_dlms_put_exception (self, POSA_DLMS_EXCEPTION_NOT_SUPPORTED, answer);
      return FALSE;
    }
  if (block.size == 0)
    {
      self->acked = block.ack;
      put_next (self, answer);
      return FALSE;
    }
  if (block.number == 1)
    {
      self->taken = 0;
      g_byte_array_set_size (self->whole, 0);
    }
  gboolean next = block.number == self->taken + 1 && self->whole->len + block.size <= MAX_INCOMING;
  if (next)
    {
      self->taken++;
      posa_put_bytes (self->whole, block.data, block.size);
    }
  if (next && block.last)
    return TRUE;
  acknowledge (self, answer);
  return FALSE;
}
