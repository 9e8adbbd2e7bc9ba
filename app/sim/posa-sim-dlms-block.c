/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-cursor.h"
#include "meter/codec/posa-initiate.h"
#include "sim/posa-sim-dlms-private.h"

/* Of a block of an answer, behind its head: whether it is the last, number, choice, length. */
#define BLOCK_HEAD 9
/* What a meter keeps of a long request. */
#define MAX_INCOMING (64 * 1024)

/* ---- answers ---- */

/* Bytes of a plain APDU for which there is room: in the meter's buffer, and at the client. */
static gsize
get_room (const PosaSimDlms *self)
{
  gsize limit = self->meter->max_pdu;

  if (self->client_pdu != 0)
    limit = MIN (limit, self->client_pdu);
  gsize overhead = posa_sim_dlms_get_overhead (self, limit);
  return limit > overhead + 2 * BLOCK_HEAD ? limit - overhead : 2 * BLOCK_HEAD;
}

static PosaApdu *
next_block (PosaSimDlms *self, guint32 invoke_id)
{
  PosaApdu *block = posa_apdu_new (self->pending_kind, invoke_id);
  gsize room = get_room (self) - posa_apdu_get_head_size (self->pending_kind) - BLOCK_HEAD;
  gsize size = MIN (self->pending->len, room);

  block->block = ++self->block;
  posa_put_bytes (block->raw, self->pending->data, size);
  g_byte_array_remove_range (self->pending, 0, (guint) size);
  block->last = self->pending->len == 0;
  return block;
}

static gboolean
is_action (PosaApduKind kind)
{
  return kind == POSA_APDU_ACTION_RESPONSE || kind == POSA_APDU_ACTION_LIST_RESPONSE;
}

PosaApdu *
posa_sim_dlms_cut_answer (PosaSimDlms *self, PosaApdu *response)
{
  g_autoptr (PosaApdu) answer = response;
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  guint32 needed = is_action (answer->kind) ? POSA_CONFORMANCE_BLOCK_ACTION
                                            : POSA_CONFORMANCE_BLOCK_GET;

  posa_apdu_encode (answer, whole);
  gboolean general = (self->conformance & (POSA_CONFORMANCE_GENERAL_BLOCK | needed)) ==
                     POSA_CONFORMANCE_GENERAL_BLOCK;
  if (whole->len <= get_room (self) || general)
    return g_steal_pointer (&answer);
  if (answer->kind == POSA_APDU_ACCESS_RESPONSE || (self->conformance & needed) == 0)
    return NULL;
  /* The choice of data before that of a single GET is not in its blocks. */
  gsize head = posa_apdu_get_head_size (answer->kind) + (answer->kind == POSA_APDU_GET_RESPONSE);
  g_byte_array_set_size (self->pending, 0);
  posa_put_bytes (self->pending, whole->data + head, whole->len - head);
  self->pending_kind = is_action (answer->kind) ? POSA_APDU_ACTION_RESPONSE_BLOCK
                                                : POSA_APDU_GET_BLOCK;
  self->block = 0;
  return next_block (self, answer->invoke_id);
}

PosaApdu *
posa_sim_dlms_next_answer (PosaSimDlms *self, const PosaApdu *request)
{
  gboolean is_get = request->kind == POSA_APDU_GET_NEXT;
  gboolean fits = is_get == (self->pending_kind == POSA_APDU_GET_BLOCK);

  if (self->pending->len > 0 && fits && request->block == self->block)
    return next_block (self, request->invoke_id);
  PosaApdu *error =
      posa_apdu_new (is_get ? POSA_APDU_GET_BLOCK : POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  error->last = TRUE;
  error->block = request->block;
  error->result = self->pending->len > 0 ? POSA_DLMS_BLOCK_NUMBER_INVALID : POSA_DLMS_NO_LONG_GET;
  g_byte_array_set_size (self->pending, 0);
  return error;
}

/* ---- requests ---- */

/* The whole request that a first block begins. */
static PosaApduKind
get_whole_kind (PosaApduKind first)
{
  switch (first)
    {
    case POSA_APDU_SET_FIRST_BLOCK:
      return POSA_APDU_SET_REQUEST;
    case POSA_APDU_SET_LIST_FIRST_BLOCK:
      return POSA_APDU_SET_LIST_REQUEST;
    case POSA_APDU_ACTION_FIRST_BLOCK:
      return POSA_APDU_ACTION_REQUEST;
    case POSA_APDU_ACTION_LIST_FIRST_BLOCK:
      return POSA_APDU_ACTION_LIST_REQUEST;
    default:
      return POSA_N_APDU_KINDS;
    }
}

/* Starts the joined request with the specifications of its first block. */
static void
begin_request (PosaSimDlms *self, const PosaApdu *first, PosaApduKind whole)
{
  PosaApdu bare = *first;
  g_autoptr (GByteArray) nothing = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const gsize behind = 6; /* last, number, empty contents */

  bare.raw = nothing;
  posa_apdu_encode (&bare, bytes);
  gsize head = posa_apdu_get_head_size (first->kind);
  g_byte_array_set_size (self->incoming, 0);
  posa_put_bytes (self->incoming, bytes->data + head, bytes->len - head - behind);
  if (whole == POSA_APDU_ACTION_REQUEST)
    posa_put_u8 (self->incoming, 1); /* there is a parameter */
  self->incoming_kind = whole;
  self->incoming_block = 0;
}

static gboolean
is_set (PosaApduKind kind)
{
  return kind == POSA_APDU_SET_BLOCK || kind == POSA_APDU_SET_FIRST_BLOCK ||
         kind == POSA_APDU_SET_LIST_FIRST_BLOCK;
}

static PosaApdu *
refuse_block (PosaSimDlms *self, const PosaApdu *block, guint8 result)
{
  PosaApdu *answer =
      posa_apdu_new (is_set (block->kind) ? POSA_APDU_SET_LAST_RESPONSE : POSA_APDU_ACTION_RESPONSE,
                     block->invoke_id);

  answer->block = block->block;
  answer->result = result;
  g_byte_array_set_size (self->incoming, 0);
  return answer;
}

/* The answer to the last block tells which it was. */
static PosaApdu *
finish_request (PosaSimDlms *self, const PosaApdu *block)
{
  g_autoptr (PosaApdu)
      whole = posa_apdu_decode_body (self->incoming_kind, block->invoke_id, self->incoming->data,
                                     self->incoming->len, NULL);

  g_byte_array_set_size (self->incoming, 0);
  if (whole == NULL)
    return refuse_block (self, block, POSA_DLMS_TYPE_UNMATCHED);
  PosaApdu *answer = posa_sim_dlms_serve (self, whole);
  if (answer == NULL)
    return NULL;
  if (answer->kind == POSA_APDU_SET_RESPONSE)
    answer->kind = POSA_APDU_SET_LAST_RESPONSE;
  else if (answer->kind == POSA_APDU_SET_LIST_RESPONSE)
    answer->kind = POSA_APDU_SET_LIST_LAST_RESPONSE;
  answer->block = block->block;
  return answer;
}

PosaApdu *
posa_sim_dlms_take_block (PosaSimDlms *self, const PosaApdu *block)
{
  PosaApduKind whole = get_whole_kind (block->kind);

  if (whole != POSA_N_APDU_KINDS)
    begin_request (self, block, whole);
  if (self->incoming->len == 0)
    return refuse_block (self, block, POSA_DLMS_NO_LONG_SET);
  if (block->block != ++self->incoming_block)
    return refuse_block (self, block, POSA_DLMS_BLOCK_NUMBER_INVALID);
  if (self->incoming->len + block->raw->len > MAX_INCOMING)
    return refuse_block (self, block, POSA_DLMS_LONG_SET_ABORTED);
  posa_put_bytes (self->incoming, block->raw->data, block->raw->len);
  if (block->last)
    return finish_request (self, block);
  PosaApdu *answer = posa_apdu_new (is_set (block->kind) ? POSA_APDU_SET_BLOCK_RESPONSE
                                                         : POSA_APDU_ACTION_BLOCK_RESPONSE,
                                    block->invoke_id);
  answer->block = block->block;
  return answer;
}
