/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client-private.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-initiate.h"

#define MAX_BLOCKS 4096
/* Of a block without contents: whether it is the last, its number, a length of one byte. */
#define BLOCK_HEAD 6
#define NONE       POSA_N_APDU_KINDS

/* The messages of a service, IEC 62056-5-3 clauses 9.3.7 to 9.3.9: blocks of a request that is too
 * long for the meter, and of an answer that is. */
typedef struct
{
  PosaApduKind request, first_block, block, block_answer;
  PosaApduKind answer, last_answer; /* the second one to a request in blocks */
  PosaApduKind answer_block, next;
  guint32 conformance; /* that blocks of a request need */
} Service;

static const Service services[] = {
  { POSA_APDU_GET_REQUEST, NONE, NONE, NONE, POSA_APDU_GET_RESPONSE, NONE, POSA_APDU_GET_BLOCK,
    POSA_APDU_GET_NEXT, 0 },
  { POSA_APDU_GET_LIST_REQUEST, NONE, NONE, NONE, POSA_APDU_GET_LIST_RESPONSE, NONE,
    POSA_APDU_GET_BLOCK, POSA_APDU_GET_NEXT, 0 },
  { POSA_APDU_SET_REQUEST, POSA_APDU_SET_FIRST_BLOCK, POSA_APDU_SET_BLOCK,
    POSA_APDU_SET_BLOCK_RESPONSE, POSA_APDU_SET_RESPONSE, POSA_APDU_SET_LAST_RESPONSE, NONE, NONE,
    POSA_CONFORMANCE_BLOCK_SET },
  { POSA_APDU_SET_LIST_REQUEST, POSA_APDU_SET_LIST_FIRST_BLOCK, POSA_APDU_SET_BLOCK,
    POSA_APDU_SET_BLOCK_RESPONSE, POSA_APDU_SET_LIST_RESPONSE, POSA_APDU_SET_LIST_LAST_RESPONSE,
    NONE, NONE, POSA_CONFORMANCE_BLOCK_SET },
  { POSA_APDU_ACTION_REQUEST, POSA_APDU_ACTION_FIRST_BLOCK, POSA_APDU_ACTION_BLOCK,
    POSA_APDU_ACTION_BLOCK_RESPONSE, POSA_APDU_ACTION_RESPONSE, NONE,
    POSA_APDU_ACTION_RESPONSE_BLOCK, POSA_APDU_ACTION_NEXT, POSA_CONFORMANCE_BLOCK_ACTION },
  { POSA_APDU_ACTION_LIST_REQUEST, POSA_APDU_ACTION_LIST_FIRST_BLOCK, POSA_APDU_ACTION_BLOCK,
    POSA_APDU_ACTION_BLOCK_RESPONSE, POSA_APDU_ACTION_LIST_RESPONSE, NONE,
    POSA_APDU_ACTION_RESPONSE_BLOCK, POSA_APDU_ACTION_NEXT, POSA_CONFORMANCE_BLOCK_ACTION },
  { POSA_APDU_ACCESS_REQUEST, NONE, NONE, NONE, POSA_APDU_ACCESS_RESPONSE, NONE, NONE, NONE, 0 },
};

static const Service *
find_service (PosaApduKind request)
{
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (services[i].request == request)
      return &services[i];
  g_return_val_if_reached (NULL);
}

/* ---- long answers ---- */

/* The meter has lost its place in the answer: asking from the beginning can help. */
static gboolean
is_out_of_step (const PosaApdu *block)
{
  return block->result == POSA_DLMS_LONG_GET_ABORTED || block->result == POSA_DLMS_NO_LONG_GET ||
         block->result == POSA_DLMS_BLOCK_NUMBER_INVALID;
}

static gboolean
take_block (PosaDlmsClient *self, const PosaApdu *block, guint32 expected, GError **error)
{
  if (block->result != POSA_DLMS_SUCCESS || block->block != expected || expected > MAX_BLOCKS)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "long answer of the meter: block %u came in the place of %u (%s)", block->block,
                   expected, posa_dlms_result_describe (block->result));
      return FALSE;
    }
  posa_put_bytes (self->arrived, block->raw->data, block->raw->len);
  if (self->progress != NULL)
    self->progress (self->progress_data, self->arrived->len);
  return TRUE;
}

/* Joins the blocks from *@block on, which is replaced by each that follows; what has come stays in
 * ->arrived. */
static gboolean
join_blocks (PosaDlmsClient *self,
             const Service *service,
             PosaApdu **block,
             GCancellable *cancellable,
             GError **error)
{
  for (guint32 expected = 1;; expected++)
    {
      if (!take_block (self, *block, expected, error))
        return FALSE;
      if ((*block)->last)
        return TRUE;
      g_autoptr (PosaApdu) next = posa_apdu_new (service->next, (*block)->invoke_id);
      next->block = expected;
      g_clear_pointer (block, posa_apdu_free);
      *block = posa_dlms_client_request (self, next, service->answer_block, cancellable, error);
      if (*block == NULL)
        return FALSE;
    }
}

/* The answer that the joined blocks make up. That of a single GET lacks the choice of data. */
static PosaApdu *
decode_joined (PosaDlmsClient *self, const Service *service, guint32 invoke_id, GError **error)
{
  const GByteArray *raw = self->arrived;

  if (service->answer != POSA_APDU_GET_RESPONSE)
    return posa_apdu_decode_body (service->answer, invoke_id, raw->data, raw->len, error);
  PosaCosemValue *value = posa_axdr_decode (raw->data, raw->len, error);
  if (value == NULL)
    return NULL;
  PosaApdu *answer = posa_apdu_new (service->answer, invoke_id);
  posa_apdu_add_item (answer, POSA_DLMS_SUCCESS, value);
  return answer;
}

/* ---- long requests ---- */

/* Bytes of contents in @room, behind their length. */
static gsize
contents_of (gsize room)
{
  if (room < 0x81)
    return room - 1;
  return room < 0x102 ? room - 2 : room - 3;
}

static void
copy_specs (const PosaApdu *from, PosaApdu *to)
{
  for (guint i = 0; i < from->specs->len; i++)
    {
      PosaApduSpec spec = *posa_apdu_get_spec (from, i);

      if (spec.selection != NULL)
        spec.selection = posa_cosem_value_copy (spec.selection);
      posa_apdu_add_spec (to, spec);
    }
}

/* A request on its way in blocks. */
typedef struct
{
  const Service *service;
  const PosaApdu *request;
  const guint8 *values; /* that the blocks carry */
  gsize size, at;
} Sending;

/* The next block, as large as @room. */
static PosaApdu *
cut_block (Sending *sending, guint32 number, gsize room)
{
  const Service *service = sending->service;
  gboolean first = number == 1;
  PosaApdu *block =
      posa_apdu_new (first ? service->first_block : service->block, sending->request->invoke_id);
  g_autoptr (GByteArray) empty = g_byte_array_new ();

  if (first)
    copy_specs (sending->request, block);
  posa_apdu_encode (block, empty);
  gsize size = room > empty->len + 1 ? contents_of (room - empty->len + 1) : 1;
  size = MIN (size, sending->size - sending->at);
  block->block = number;
  block->last = sending->at + size == sending->size;
  posa_put_bytes (block->raw, sending->values + sending->at, size);
  sending->at += size;
  return block;
}

/* Behind head and specifications; the choice whether a method has a parameter is not repeated. */
static void
find_values (Sending *sending, const GByteArray *plain)
{
  g_autoptr (PosaApdu)
      block = posa_apdu_new (sending->service->first_block, sending->request->invoke_id);
  g_autoptr (GByteArray) empty = g_byte_array_new ();

  copy_specs (sending->request, block);
  posa_apdu_encode (block, empty);
  gsize before = empty->len - BLOCK_HEAD + (sending->request->kind == POSA_APDU_ACTION_REQUEST);
  sending->values = plain->data + before;
  sending->size = plain->len - before;
}

/* The answer to the last block, or an earlier one that ends it. */
static PosaApdu *
send_blocks (PosaDlmsClient *self,
             const Service *service,
             const PosaApdu *request,
             const GByteArray *plain,
             GCancellable *cancellable,
             GError **error)
{
  PosaDlmsRoom room = posa_dlms_client_get_room (self, G_MAXUINT16);
  Sending sending = { .service = service, .request = request };

  if (service->first_block == NONE || (self->conformance & service->conformance) == 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "the meter takes no message of %u bytes (its limit is %u)", plain->len,
                   self->max_pdu);
      return NULL;
    }
  find_values (&sending, plain);
  for (guint32 number = 1;; number++)
    {
      g_autoptr (PosaApdu) block = cut_block (&sending, number, posa_dlms_room_get_even (&room));
      g_autoptr (PosaApdu)
          answer = posa_dlms_client_request (self, block, NONE, cancellable, error);

      if (answer == NULL || block->last || answer->kind != service->block_answer)
        return g_steal_pointer (&answer);
      if (answer->block != number)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "long request: the meter acknowledges block %u instead of %u", answer->block,
                       number);
          return NULL;
        }
    }
}

/* ---- one service ---- */

static PosaApdu *
call_once (PosaDlmsClient *self,
           const PosaApdu *request,
           gboolean *out_of_step,
           GCancellable *cancellable,
           GError **error)
{
  const Service *service = find_service (request->kind);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (PosaApdu) answer = NULL;

  *out_of_step = FALSE;
  g_byte_array_set_size (self->arrived, 0);
  posa_apdu_encode (request, plain);
  PosaDlmsRoom room = posa_dlms_client_get_room (self, plain->len);
  if (plain->len <= posa_dlms_room_get_most (&room) ||
      (self->conformance & POSA_CONFORMANCE_GENERAL_BLOCK) != 0)
    answer = posa_dlms_client_request (self, request, NONE, cancellable, error);
  else
    answer = send_blocks (self, service, request, plain, cancellable, error);
  if (answer != NULL && answer->kind == service->answer_block)
    {
      g_autoptr (PosaApdu) block = g_steal_pointer (&answer);

      if (join_blocks (self, service, &block, cancellable, error))
        answer = decode_joined (self, service, request->invoke_id, error);
      else
        *out_of_step = block != NULL && is_out_of_step (block);
    }
  if (answer != NULL && answer->kind == service->last_answer)
    answer->kind = service->answer;
  return g_steal_pointer (&answer);
}

PosaApdu *
posa_dlms_client_call (PosaDlmsClient *self,
                       const PosaApdu *request,
                       GCancellable *cancellable,
                       GError **error)
{
  gboolean out_of_step = FALSE;
  g_autoptr (GError) local = NULL;
  g_autoptr (PosaApdu) answer = call_once (self, request, &out_of_step, cancellable, &local);

  /* Only a GET may be put a second time without harm. */
  if (out_of_step && find_service (request->kind)->answer_block == POSA_APDU_GET_BLOCK)
    {
      g_clear_error (&local);
      answer = call_once (self, request, &out_of_step, cancellable, &local);
    }
  if (answer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_byte_array_set_size (self->arrived, 0);
  if (answer->kind != find_service (request->kind)->answer)
    {
      posa_dlms_client_set_wrong_answer (error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

/* ---- writing and calling ---- */

static void
prefix_target (const char *what, PosaCosemTarget target, GError **error)
{
  g_autofree char *name = posa_obis_format (target.obis);

  g_prefix_error (error, "%s %s, index %d: ", what, name, target.index);
}

static PosaApdu *
set_one (PosaDlmsClient *self,
         PosaCosemTarget target,
         const PosaCosemValue *value,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (PosaApdu)
      set = posa_apdu_new (POSA_APDU_SET_REQUEST, posa_dlms_client_next_invoke_id (self));

  posa_apdu_add_target (set, target);
  posa_apdu_add_item (set, 0, posa_cosem_value_copy (value));
  PosaApdu *answer = posa_dlms_client_call (self, set, cancellable, error);
  if (answer == NULL)
    prefix_target ("writing", target, error);
  return answer;
}

gboolean
posa_dlms_client_set (PosaDlmsClient *self,
                      PosaCosemTarget target,
                      const PosaCosemValue *value,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (PosaApdu) answer = set_one (self, target, value, cancellable, error);

  if (answer == NULL)
    return FALSE;
  if (answer->result != POSA_DLMS_SUCCESS)
    posa_dlms_set_result_error ("writing", target, answer->result, error);
  return answer->result == POSA_DLMS_SUCCESS;
}

gboolean
posa_dlms_client_act (PosaDlmsClient *self,
                      PosaCosemTarget method,
                      const PosaCosemValue *parameter,
                      PosaCosemValue **returned,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (PosaApdu)
      action = posa_apdu_new (POSA_APDU_ACTION_REQUEST, posa_dlms_client_next_invoke_id (self));

  if (returned != NULL)
    *returned = NULL;
  posa_apdu_add_target (action, method);
  if (parameter != NULL)
    posa_apdu_add_item (action, 0, posa_cosem_value_copy (parameter));
  g_autoptr (PosaApdu) answer = posa_dlms_client_call (self, action, cancellable, error);
  if (answer == NULL)
    {
      prefix_target ("method of", method, error);
      return FALSE;
    }
  if (answer->result != POSA_DLMS_SUCCESS)
    posa_dlms_set_result_error ("method of", method, answer->result, error);
  else if (returned != NULL && answer->items->len > 0)
    *returned = g_steal_pointer (&g_array_index (answer->items, PosaApduItem, 0).value);
  return answer->result == POSA_DLMS_SUCCESS;
}

/* Targets and values of @list sent as one; the answer has an item for each. */
static PosaApdu *
call_list (PosaDlmsClient *self,
           PosaApduKind kind,
           const PosaCosemTarget *targets,
           const PosaCosemValue *const *values,
           guint n,
           GCancellable *cancellable,
           GError **error)
{
  if ((self->conformance & POSA_CONFORMANCE_MULTIPLE) == 0)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the meter takes one at a time only");
      return NULL;
    }
  g_autoptr (PosaApdu) list = posa_apdu_new (kind, posa_dlms_client_next_invoke_id (self));
  for (guint i = 0; i < n; i++)
    {
      posa_apdu_add_target (list, targets[i]);
      posa_apdu_add_item (list, 0, posa_cosem_value_copy (values[i]));
    }
  g_autoptr (PosaApdu) answer = posa_dlms_client_call (self, list, cancellable, error);
  if (answer == NULL)
    return NULL;
  if (answer->items->len != n)
    {
      posa_dlms_client_set_wrong_answer (error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

/* The same one after the other. */
static PosaApdu *
set_each (PosaDlmsClient *self,
          const PosaCosemTarget *targets,
          const PosaCosemValue *const *values,
          guint n,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (PosaApdu) all = posa_apdu_new (POSA_APDU_SET_LIST_RESPONSE, 0);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PosaApdu) answer = set_one (self, targets[i], values[i], cancellable, error);

      if (answer == NULL)
        return NULL;
      posa_apdu_add_item (all, answer->result, NULL);
    }
  return g_steal_pointer (&all);
}

PosaApdu *
posa_dlms_client_set_list (PosaDlmsClient *self,
                           const PosaCosemTarget *targets,
                           const PosaCosemValue *const *values,
                           guint n,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GError) local = NULL;

  if (n > 1 && !self->lists_refused)
    {
      PosaApdu *answer =
          call_list (self, POSA_APDU_SET_LIST_REQUEST, targets, values, n, cancellable, &local);

      if (answer != NULL)
        return answer;
      if (!posa_dlms_client_is_list_refusal (self, local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          prefix_target ("writing a list from", targets[0], error);
          return NULL;
        }
    }
  return set_each (self, targets, values, n, cancellable, error);
}

PosaApdu *
posa_dlms_client_act_list (PosaDlmsClient *self,
                           const PosaCosemTarget *methods,
                           const PosaCosemValue *const *parameters,
                           guint n,
                           GCancellable *cancellable,
                           GError **error)
{
  return call_list (self, POSA_APDU_ACTION_LIST_REQUEST, methods, parameters, n, cancellable,
                    error);
}
