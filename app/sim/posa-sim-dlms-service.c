/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-dlms-private.h"

#include "base/posa-cursor.h"
#include "sim/posa-sim-2g-objects.h"

/* Head of a block and protection, beside its piece of data. */
#define BLOCK_OVERHEAD 48

/* @busy: the fault to show, nothing can be had for the moment. */
static void
add_reading (PosaSimDlms *self, const PosaApduSpec *spec, gboolean busy, PosaApdu *response)
{
  PosaCosemValue *value = NULL;
  guint8 result = busy ? POSA_DLMS_TEMPORARY_FAILURE
                       : posa_sim_meter_read (self->meter, self->access, spec->target,
                                              spec->selector, spec->selection, &value);

  posa_apdu_add_item (response, result, value);
}

/* The next piece of a long answer. */
static PosaApdu *
next_block (PosaSimDlms *self)
{
  PosaApdu *block = posa_apdu_new (POSA_APDU_GET_BLOCK, self->pending_invoke);
  guint16 limit = self->meter->max_pdu;

  if (self->client_pdu != 0)
    limit = MIN (limit, self->client_pdu);
  gsize size = MIN (self->pending->len, (gsize) MAX (limit, BLOCK_OVERHEAD + 16) - BLOCK_OVERHEAD);
  block->block = ++self->block;
  posa_put_bytes (block->raw, self->pending->data, size);
  g_byte_array_remove_range (self->pending, 0, (guint) size);
  block->last = self->pending->len == 0;
  return block;
}

/* An answer that does not fit becomes the first of its blocks. */
static PosaApdu *
cut_answer (PosaSimDlms *self, PosaApdu *response)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  guint head = response->kind == POSA_APDU_GET_RESPONSE ? 4 : 3;
  guint16 limit = self->meter->max_pdu;

  if (self->client_pdu != 0)
    limit = MIN (limit, self->client_pdu);
  posa_apdu_encode (response, whole);
  if (whole->len + BLOCK_OVERHEAD / 2 <= limit)
    return response;
  g_byte_array_set_size (self->pending, 0);
  posa_put_bytes (self->pending, whole->data + head, whole->len - head);
  self->pending_invoke = (guint8) response->invoke_id;
  self->block = 0;
  posa_apdu_free (response);
  return next_block (self);
}

static PosaApdu *
handle_get (PosaSimDlms *self, const PosaApdu *request)
{
  gboolean is_list = request->kind == POSA_APDU_GET_LIST_REQUEST;
  gboolean busy = self->meter->fault == POSA_SIM_FAULT_TEMPORARY && ++self->n_gets % 7 == 0;
  PosaApdu *response =
      posa_apdu_new (is_list ? POSA_APDU_GET_LIST_RESPONSE : POSA_APDU_GET_RESPONSE,
                     request->invoke_id);

  g_byte_array_set_size (self->pending, 0);
  for (guint i = 0; i < request->specs->len; i++)
    add_reading (self, posa_apdu_get_spec (request, i), busy, response);
  return cut_answer (self, response);
}

static PosaApdu *
handle_next (PosaSimDlms *self, const PosaApdu *request)
{
  if (self->pending->len > 0 && request->block == self->block)
    return next_block (self);
  PosaApdu *error = posa_apdu_new (POSA_APDU_GET_BLOCK, request->invoke_id);
  error->last = TRUE;
  error->block = request->block;
  error->result = self->pending->len > 0 ? POSA_DLMS_BLOCK_NUMBER_INVALID : POSA_DLMS_NO_LONG_GET;
  g_byte_array_set_size (self->pending, 0);
  return error;
}

static PosaApdu *
handle_set (PosaSimDlms *self, const PosaApdu *request)
{
  PosaApdu *response = posa_apdu_new (POSA_APDU_SET_RESPONSE, request->invoke_id);

  response->result = posa_sim_meter_write (self->meter, self->access,
                                           posa_apdu_get_spec (request, 0)->target,
                                           posa_apdu_get_item (request, 0)->value);
  return response;
}

static PosaApdu *
handle_action (PosaSimDlms *self, const PosaApdu *request)
{
  PosaCosemTarget target = posa_apdu_get_spec (request, 0)->target;
  const PosaApduItem *item = posa_apdu_get_item (request, 0);

  if (target.class_id == POSA_DLMS_CLASS_ASSOCIATION && target.index == 1 &&
      posa_obis_equal (target.obis, POSA_SIM_OBIS_ASSOCIATION) &&
      self->state == POSA_SIM_ASSOCIATION_PENDING)
    return posa_sim_dlms_reply_to_hls (self, request);
  if (self->state != POSA_SIM_ASSOCIATION_OPEN)
    return NULL;
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  response->result =
      posa_sim_meter_act (self->meter, self->access, target, item != NULL ? item->value : NULL);
  return response;
}

PosaApdu *
posa_sim_dlms_serve (PosaSimDlms *self, const PosaApdu *request)
{
  if (request->kind == POSA_APDU_ACTION_REQUEST)
    return handle_action (self, request);
  if (self->state != POSA_SIM_ASSOCIATION_OPEN)
    return NULL;
  switch (request->kind)
    {
    case POSA_APDU_GET_REQUEST:
    case POSA_APDU_GET_LIST_REQUEST:
      return handle_get (self, request);
    case POSA_APDU_GET_NEXT:
      return handle_next (self, request);
    case POSA_APDU_SET_REQUEST:
      return self->access == POSA_SIM_ACCESS_INSTALLER ? handle_set (self, request) : NULL;
    default:
      return NULL;
    }
}
