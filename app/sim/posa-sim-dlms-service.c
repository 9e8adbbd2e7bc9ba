/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-cursor.h"
#include "meter/codec/posa-initiate.h"
#include "sim/posa-sim-2g-objects.h"
#include "sim/posa-sim-dlms-private.h"

/* What a request needs to have been granted. */
static const guint32 needed[POSA_N_APDU_KINDS] = {
  [POSA_APDU_GET_REQUEST] = POSA_CONFORMANCE_GET,
  [POSA_APDU_GET_NEXT] = POSA_CONFORMANCE_BLOCK_GET,
  [POSA_APDU_GET_LIST_REQUEST] = POSA_CONFORMANCE_GET | POSA_CONFORMANCE_MULTIPLE,
  [POSA_APDU_SET_REQUEST] = POSA_CONFORMANCE_SET,
  [POSA_APDU_SET_FIRST_BLOCK] = POSA_CONFORMANCE_SET | POSA_CONFORMANCE_BLOCK_SET,
  [POSA_APDU_SET_BLOCK] = POSA_CONFORMANCE_SET | POSA_CONFORMANCE_BLOCK_SET,
  [POSA_APDU_SET_LIST_REQUEST] = POSA_CONFORMANCE_SET | POSA_CONFORMANCE_MULTIPLE,
  [POSA_APDU_SET_LIST_FIRST_BLOCK] = POSA_CONFORMANCE_SET | POSA_CONFORMANCE_MULTIPLE |
                                     POSA_CONFORMANCE_BLOCK_SET,
  [POSA_APDU_ACTION_REQUEST] = POSA_CONFORMANCE_ACTION,
  [POSA_APDU_ACTION_NEXT] = POSA_CONFORMANCE_ACTION | POSA_CONFORMANCE_BLOCK_ACTION,
  [POSA_APDU_ACTION_LIST_REQUEST] = POSA_CONFORMANCE_ACTION | POSA_CONFORMANCE_MULTIPLE,
  [POSA_APDU_ACTION_FIRST_BLOCK] = POSA_CONFORMANCE_ACTION | POSA_CONFORMANCE_BLOCK_ACTION,
  [POSA_APDU_ACTION_LIST_FIRST_BLOCK] = POSA_CONFORMANCE_ACTION | POSA_CONFORMANCE_MULTIPLE |
                                        POSA_CONFORMANCE_BLOCK_ACTION,
  [POSA_APDU_ACTION_BLOCK] = POSA_CONFORMANCE_ACTION | POSA_CONFORMANCE_BLOCK_ACTION,
  [POSA_APDU_ACCESS_REQUEST] = POSA_CONFORMANCE_ACCESS,
};

/* ---- one attribute or method ---- */

static void
add_reading (PosaSimDlms *self, const PosaApduSpec *spec, PosaApdu *response)
{
  PosaCosemValue *value = NULL;
  guint8 result = POSA_DLMS_SCOPE_VIOLATED;

  if (self->meter->fault == POSA_SIM_FAULT_TEMPORARY && ++self->n_reads % 7 == 0)
    result = POSA_DLMS_TEMPORARY_FAILURE;
  else if (spec->selection == NULL || (self->conformance & POSA_CONFORMANCE_SELECTIVE) != 0)
    result = posa_sim_meter_read (self->meter, self->access, spec->target, spec->selector,
                                  spec->selection, &value);
  PosaCosemValue *own = result == POSA_DLMS_SUCCESS ? posa_sim_dlms_describe (self, spec->target)
                                                    : NULL;
  if (own != NULL)
    posa_cosem_value_free (value);
  posa_apdu_add_item (response, result, own != NULL ? own : value);
}

static guint8
write_one (PosaSimDlms *self, const PosaApduSpec *spec, const PosaApduItem *item)
{
  return spec != NULL && item != NULL && item->value != NULL
             ? posa_sim_meter_write (self->meter, self->access, spec->target, item->value)
             : POSA_DLMS_TYPE_UNMATCHED;
}

static guint8
act_one (PosaSimDlms *self, const PosaApduSpec *spec, const PosaApduItem *item)
{
  return posa_sim_meter_act (self->meter, self->access, spec->target,
                             item != NULL ? item->value : NULL);
}

/* ---- services ---- */

static PosaApdu *
handle_get (PosaSimDlms *self, const PosaApdu *request)
{
  gboolean is_list = request->kind == POSA_APDU_GET_LIST_REQUEST;
  PosaApdu *response =
      posa_apdu_new (is_list ? POSA_APDU_GET_LIST_RESPONSE : POSA_APDU_GET_RESPONSE,
                     request->invoke_id);

  g_byte_array_set_size (self->pending, 0);
  for (guint i = 0; i < request->specs->len; i++)
    add_reading (self, posa_apdu_get_spec (request, i), response);
  return posa_sim_dlms_cut_answer (self, response);
}

static PosaApdu *
handle_set (PosaSimDlms *self, const PosaApdu *request)
{
  PosaApdu *response = posa_apdu_new (POSA_APDU_SET_RESPONSE, request->invoke_id);

  response->result =
      write_one (self, posa_apdu_get_spec (request, 0), posa_apdu_get_item (request, 0));
  return response;
}

static PosaApdu *
handle_set_list (PosaSimDlms *self, const PosaApdu *request)
{
  PosaApdu *response = posa_apdu_new (POSA_APDU_SET_LIST_RESPONSE, request->invoke_id);

  for (guint i = 0; i < request->specs->len; i++)
    posa_apdu_add_item (
        response,
        write_one (self, posa_apdu_get_spec (request, i), posa_apdu_get_item (request, i)), NULL);
  return response;
}

static gboolean
is_hls_reply (const PosaCosemTarget *target)
{
  return target->class_id == POSA_DLMS_CLASS_ASSOCIATION && target->index == 1 &&
         posa_obis_equal (target->obis, POSA_SIM_OBIS_ASSOCIATION);
}

static PosaApdu *
handle_action (PosaSimDlms *self, const PosaApdu *request)
{
  const PosaApduSpec *spec = posa_apdu_get_spec (request, 0);

  if (self->state == POSA_SIM_ASSOCIATION_PENDING)
    return is_hls_reply (&spec->target) ? posa_sim_dlms_reply_to_hls (self, request) : NULL;
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACTION_RESPONSE, request->invoke_id);
  response->result = act_one (self, spec, posa_apdu_get_item (request, 0));
  return posa_sim_dlms_cut_answer (self, response);
}

static PosaApdu *
handle_action_list (PosaSimDlms *self, const PosaApdu *request)
{
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACTION_LIST_RESPONSE, request->invoke_id);

  for (guint i = 0; i < request->specs->len; i++)
    posa_apdu_add_item (
        response, act_one (self, posa_apdu_get_spec (request, i), posa_apdu_get_item (request, i)),
        NULL);
  return posa_sim_dlms_cut_answer (self, response);
}

static PosaApdu *
handle_access (PosaSimDlms *self, const PosaApdu *request)
{
  PosaApdu *response = posa_apdu_new (POSA_APDU_ACCESS_RESPONSE, request->invoke_id);

  for (guint i = 0; i < request->specs->len; i++)
    {
      const PosaApduSpec *spec = posa_apdu_get_spec (request, i);
      const PosaApduItem *item = posa_apdu_get_item (request, i);

      posa_apdu_add_spec (response, (PosaApduSpec) { .access = spec->access });
      if (spec->access == POSA_APDU_ACCESS_GET)
        add_reading (self, spec, response);
      else if (spec->access == POSA_APDU_ACCESS_SET)
        posa_apdu_add_item (response, write_one (self, spec, item), NULL);
      else
        posa_apdu_add_item (response, act_one (self, spec, item), NULL);
    }
  return posa_sim_dlms_cut_answer (self, response);
}

static PosaApdu *
serve_open (PosaSimDlms *self, const PosaApdu *request)
{
  switch (request->kind)
    {
    case POSA_APDU_GET_REQUEST:
    case POSA_APDU_GET_LIST_REQUEST:
      return handle_get (self, request);
    case POSA_APDU_GET_NEXT:
    case POSA_APDU_ACTION_NEXT:
      return posa_sim_dlms_next_answer (self, request);
    case POSA_APDU_SET_REQUEST:
      return handle_set (self, request);
    case POSA_APDU_SET_LIST_REQUEST:
      return handle_set_list (self, request);
    case POSA_APDU_ACTION_REQUEST:
      return handle_action (self, request);
    case POSA_APDU_ACTION_LIST_REQUEST:
      return handle_action_list (self, request);
    case POSA_APDU_SET_FIRST_BLOCK:
    case POSA_APDU_SET_LIST_FIRST_BLOCK:
    case POSA_APDU_SET_BLOCK:
    case POSA_APDU_ACTION_FIRST_BLOCK:
    case POSA_APDU_ACTION_LIST_FIRST_BLOCK:
    case POSA_APDU_ACTION_BLOCK:
      return posa_sim_dlms_take_block (self, request);
    case POSA_APDU_ACCESS_REQUEST:
      return handle_access (self, request);
    default:
      return NULL;
    }
}

PosaApdu *
posa_sim_dlms_serve (PosaSimDlms *self, const PosaApdu *request)
{
  guint32 need = needed[request->kind];
  gboolean is_list = request->kind == POSA_APDU_GET_LIST_REQUEST;

  if (need == 0 || (self->conformance & need) != need)
    return NULL;
  if (self->state == POSA_SIM_ASSOCIATION_PENDING)
    return request->kind == POSA_APDU_ACTION_REQUEST ? handle_action (self, request) : NULL;
  if (self->state != POSA_SIM_ASSOCIATION_OPEN ||
      (is_list && self->meter->fault == POSA_SIM_FAULT_REFUSE_LIST))
    return NULL;
  return serve_open (self, request);
}
