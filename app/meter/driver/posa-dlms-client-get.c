/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client-private.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-initiate.h"

#define MAX_PER_LIST           12
#define MAX_BLOCKS             4096
#define MAX_TEMPORARY_FAILURES 3
#define TEMPORARY_FAILURE_US   G_USEC_PER_SEC

/* What one GET asks for; all borrowed. */
typedef struct
{
  const PosaCosemTarget *targets;
  guint n;
  const PosaCosemSelection *selection; /* of each; NULL = the whole attribute */
} Wanted;

/* Joins the blocks that follow @first; what has come stays in ->arrived. */
static gboolean
join_blocks (PosaDlmsClient *self, const PosaApdu *first, GCancellable *cancellable, GError **error)
{
  g_autoptr (PosaApdu) owned = NULL;
  const PosaApdu *block = first;

  for (guint32 expected = 1;; expected++)
    {
      if (block->result != POSA_DLMS_SUCCESS || block->block != expected || expected > MAX_BLOCKS)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "long answer of the meter: block %u came in the place of %u (%s)",
                       block->block, expected, posa_dlms_result_describe (block->result));
          return FALSE;
        }
      posa_put_bytes (self->arrived, block->raw->data, block->raw->len);
      if (self->progress != NULL)
        self->progress (self->progress_data, self->arrived->len);
      if (block->last)
        return TRUE;
      g_autoptr (PosaApdu) next = posa_apdu_new (POSA_APDU_GET_NEXT, first->invoke_id);
      next->block = expected;
      g_clear_pointer (&owned, posa_apdu_free);
      owned = posa_dlms_client_request (self, next, POSA_APDU_GET_BLOCK, cancellable, error);
      if (owned == NULL)
        return FALSE;
      block = owned;
    }
}

/* The blocks of a long answer as the answer that they make up. */
static PosaApdu *
take_long_answer (PosaDlmsClient *self,
                  const PosaApdu *first,
                  gboolean is_list,
                  GCancellable *cancellable,
                  GError **error)
{
  if (!join_blocks (self, first, cancellable, error))
    return NULL;
  const GByteArray *raw = self->arrived;
  if (is_list)
    return posa_apdu_decode_body (POSA_APDU_GET_LIST_RESPONSE, first->invoke_id, raw->data,
                                  raw->len, error);
  PosaCosemValue *value = posa_axdr_decode (raw->data, raw->len, error);
  if (value == NULL)
    return NULL;
  PosaApdu *answer = posa_apdu_new (POSA_APDU_GET_RESPONSE, first->invoke_id);
  posa_apdu_add_item (answer, POSA_DLMS_SUCCESS, value);
  return answer;
}

/* One GET of one or several targets; the answer has an item for each. */
static PosaApdu *
get_once (PosaDlmsClient *self, const Wanted *wanted, GCancellable *cancellable, GError **error)
{
  gboolean is_list = wanted->n > 1;
  g_autoptr (PosaApdu)
      get = posa_apdu_new (is_list ? POSA_APDU_GET_LIST_REQUEST : POSA_APDU_GET_REQUEST,
                           posa_dlms_client_next_invoke_id (self));

  for (guint i = 0; i < wanted->n; i++)
    {
      PosaApduSpec spec = { .target = wanted->targets[i] };

      if (wanted->selection != NULL)
        {
          spec.selector = wanted->selection->selector;
          spec.selection = posa_cosem_value_copy (wanted->selection->parameter);
        }
      posa_apdu_add_spec (get, spec);
    }
  g_byte_array_set_size (self->arrived, 0);
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_request (self, get, POSA_N_APDU_KINDS, cancellable, error);
  if (answer != NULL && answer->kind == POSA_APDU_GET_BLOCK)
    {
      g_autoptr (PosaApdu) first = g_steal_pointer (&answer);
      answer = take_long_answer (self, first, is_list, cancellable, error);
    }
  if (answer == NULL)
    return NULL;
  g_byte_array_set_size (self->arrived, 0);
  if (answer->items->len != wanted->n ||
      answer->kind != (is_list ? POSA_APDU_GET_LIST_RESPONSE : POSA_APDU_GET_RESPONSE))
    {
      posa_dlms_client_set_wrong_answer (error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

static gboolean
has_temporary_failure (const PosaApdu *answer)
{
  for (guint i = 0; i < answer->items->len; i++)
    if (posa_apdu_get_item (answer, i)->result == POSA_DLMS_TEMPORARY_FAILURE)
      return TRUE;
  return FALSE;
}

static PosaApdu *
get_patiently (PosaDlmsClient *self,
               const Wanted *wanted,
               GCancellable *cancellable,
               GError **error)
{
  PosaClock *clock = posa_port_get_clock (self->port);

  for (int i = 0;; i++)
    {
      g_autoptr (PosaApdu) answer = get_once (self, wanted, cancellable, error);

      if (answer == NULL)
        return NULL;
      if (i == MAX_TEMPORARY_FAILURES || !has_temporary_failure (answer))
        return g_steal_pointer (&answer);
      if (!posa_clock_sleep_until (clock, posa_clock_get_monotonic (clock) + TEMPORARY_FAILURE_US,
                                   cancellable, error))
        return NULL;
    }
}

static PosaCosemValue *
get_one (PosaDlmsClient *self, const Wanted *wanted, GCancellable *cancellable, GError **error)
{
  const PosaCosemTarget *target = wanted->targets;
  g_autoptr (PosaApdu) answer = get_patiently (self, wanted, cancellable, error);

  if (answer == NULL)
    {
      g_autofree char *name = posa_obis_format (target->obis);
      g_prefix_error (error, "reading %s, attribute %d: ", name, target->index);
      return NULL;
    }
  PosaApduItem *item = &g_array_index (answer->items, PosaApduItem, 0);
  if (item->value == NULL)
    posa_dlms_set_result_error ("reading", *target, item->result, error);
  return g_steal_pointer (&item->value);
}

PosaCosemValue *
posa_dlms_client_get (PosaDlmsClient *self,
                      PosaCosemTarget target,
                      GCancellable *cancellable,
                      GError **error)
{
  const Wanted wanted = { &target, 1, NULL };

  return get_one (self, &wanted, cancellable, error);
}

PosaCosemValue *
posa_dlms_client_get_selected (PosaDlmsClient *self,
                               PosaCosemTarget target,
                               const PosaCosemSelection *selection,
                               GCancellable *cancellable,
                               GError **error)
{
  const Wanted wanted = { &target, 1, selection };

  if ((self->conformance & POSA_CONFORMANCE_SELECTIVE) != 0)
    return get_one (self, &wanted, cancellable, error);
  g_autofree char *name = posa_obis_format (target.obis);
  g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
               "reading %s, attribute %d: the meter gives it as a whole only", name, target.index);
  return NULL;
}

PosaCosemValue *
posa_dlms_client_take_partial (PosaDlmsClient *self)
{
  PosaCosemValue *rows = posa_axdr_decode_partial (self->arrived->data, self->arrived->len);

  g_byte_array_set_size (self->arrived, 0);
  return rows;
}

void
posa_dlms_client_set_progress (PosaDlmsClient *self, PosaDlmsProgress progress, gpointer data)
{
  self->progress = progress;
  self->progress_data = data;
}

PosaApdu *
posa_dlms_client_get_list (PosaDlmsClient *self,
                           const PosaCosemTarget *targets,
                           guint n_targets,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (PosaApdu) all = posa_apdu_new (POSA_APDU_GET_LIST_RESPONSE, 0);
  guint per_request = (self->conformance & POSA_CONFORMANCE_MULTIPLE) != 0 ? MAX_PER_LIST : 1;

  for (guint at = 0; at < n_targets; at += per_request)
    {
      const Wanted wanted = { targets + at, MIN (per_request, n_targets - at), NULL };
      g_autoptr (PosaApdu) part = get_patiently (self, &wanted, cancellable, error);

      if (part == NULL)
        return NULL;
      for (guint i = 0; i < part->items->len; i++)
        {
          PosaApduItem *item = &g_array_index (part->items, PosaApduItem, i);
          posa_apdu_add_item (all, item->result, g_steal_pointer (&item->value));
        }
    }
  return g_steal_pointer (&all);
}
