/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-client-private.h"

#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-initiate.h"

#define MAX_TEMPORARY_FAILURES 3
#define TEMPORARY_FAILURE_US   G_USEC_PER_SEC

/* An attribute in a list: its descriptor, no selection; in ACCESS with a choice before and null
 * data behind. Heads of both, with the count of elements. */
#define LIST_ELEMENT   10
#define LIST_HEAD      4
#define ACCESS_ELEMENT 11
#define ACCESS_HEAD    8

/* What one message asks for; all borrowed. */
typedef struct
{
  const PosaCosemTarget *targets;
  guint n;
  const PosaCosemSelection *selection; /* of a single one; NULL = the whole attribute */
} Wanted;

/* Several attributes at once: how the meter lets us. */
typedef enum
{
  LISTS_NONE,
  LISTS_GET,
  LISTS_ACCESS
} Lists;

static Lists
get_lists (const PosaDlmsClient *self)
{
  if (self->lists_refused)
    return LISTS_NONE;
  if ((self->conformance & POSA_CONFORMANCE_MULTIPLE) != 0)
    return LISTS_GET;
  return (self->conformance & POSA_CONFORMANCE_ACCESS) != 0 ? LISTS_ACCESS : LISTS_NONE;
}

static PosaApdu *
build_get (PosaDlmsClient *self, const Wanted *wanted)
{
  PosaApduKind kind = wanted->n > 1 ? POSA_APDU_GET_LIST_REQUEST : POSA_APDU_GET_REQUEST;
  PosaApdu *get = posa_apdu_new (kind, posa_dlms_client_next_invoke_id (self));

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
  return get;
}

static PosaApdu *
build_access (PosaDlmsClient *self, const Wanted *wanted)
{
  PosaApdu *access =
      posa_apdu_new (POSA_APDU_ACCESS_REQUEST, posa_dlms_client_next_long_invoke_id (self));

  for (guint i = 0; i < wanted->n; i++)
    {
      posa_apdu_add_spec (access, (PosaApduSpec) { .target = wanted->targets[i],
                                                   .access = POSA_APDU_ACCESS_GET });
      posa_apdu_add_item (access, 0, NULL);
    }
  return access;
}

/* The answer has an item for each. */
static PosaApdu *
ask (PosaDlmsClient *self, const Wanted *wanted, GCancellable *cancellable, GError **error)
{
  gboolean is_access = wanted->n > 1 && get_lists (self) == LISTS_ACCESS;
  g_autoptr (PosaApdu) request = is_access ? build_access (self, wanted) : build_get (self, wanted);
  g_autoptr (PosaApdu) answer = posa_dlms_client_call (self, request, cancellable, error);

  if (answer == NULL)
    return NULL;
  if (answer->items->len != wanted->n)
    {
      posa_dlms_client_set_wrong_answer (error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

static gboolean
wait_for_meter (PosaDlmsClient *self, GCancellable *cancellable, GError **error)
{
  PosaClock *clock = posa_port_get_clock (self->port);

  return posa_clock_sleep_until (clock, posa_clock_get_monotonic (clock) + TEMPORARY_FAILURE_US,
                                 cancellable, error);
}

static PosaCosemValue *
get_one (PosaDlmsClient *self, const Wanted *wanted, GCancellable *cancellable, GError **error)
{
  const PosaCosemTarget *target = wanted->targets;

  for (int i = 0;; i++)
    {
      g_autoptr (PosaApdu) answer = ask (self, wanted, cancellable, error);

      if (answer == NULL)
        {
          g_autofree char *name = posa_obis_format (target->obis);
          g_prefix_error (error, "reading %s, attribute %d: ", name, target->index);
          return NULL;
        }
      PosaApduItem *item = &g_array_index (answer->items, PosaApduItem, 0);
      if (item->result != POSA_DLMS_TEMPORARY_FAILURE || i == MAX_TEMPORARY_FAILURES)
        {
          if (item->value == NULL)
            posa_dlms_set_result_error ("reading", *target, item->result, error);
          return g_steal_pointer (&item->value);
        }
      if (!wait_for_meter (self, cancellable, error))
        return NULL;
    }
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

/* ---- lists ---- */

/* A list being read: which of the targets have no answer yet, and the answers. */
typedef struct
{
  const PosaCosemTarget *targets;
  GArray *open; /* guint, indices of the targets */
  PosaApdu *all;
} Reading;

static guint
next_share (PosaDlmsClient *self, guint n)
{
  Lists lists = get_lists (self);
  gboolean is_access = lists == LISTS_ACCESS;
  PosaDlmsRoom room = posa_dlms_client_get_room (self, G_MAXUINT16);

  if (lists == LISTS_NONE)
    return 1;
  return posa_dlms_room_share (&room, is_access ? ACCESS_HEAD : LIST_HEAD,
                               is_access ? ACCESS_ELEMENT : LIST_ELEMENT, n);
}

/* Asks for @n of the open ones from @at on. */
static gboolean
ask_share (PosaDlmsClient *self,
           Reading *reading,
           guint at,
           guint n,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GArray) targets = g_array_sized_new (FALSE, FALSE, sizeof (PosaCosemTarget), n);
  const guint *open = (const guint *) reading->open->data + at;

  for (guint i = 0; i < n; i++)
    g_array_append_val (targets, reading->targets[open[i]]);
  const Wanted wanted = { (const PosaCosemTarget *) targets->data, n, NULL };
  g_autoptr (PosaApdu) answer = ask (self, &wanted, cancellable, error);
  if (answer == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      PosaApduItem *from = &g_array_index (answer->items, PosaApduItem, i);
      PosaApduItem *to = &g_array_index (reading->all->items, PosaApduItem, open[i]);

      to->result = from->result;
      to->value = from->result == POSA_DLMS_SUCCESS ? g_steal_pointer (&from->value) : NULL;
    }
  return TRUE;
}

gboolean
posa_dlms_client_is_list_refusal (const PosaDlmsClient *self, const GError *error)
{
  return posa_dlms_client_is_open (self) &&
         (g_error_matches (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED) ||
          g_error_matches (error, POSA_ERROR, POSA_ERROR_INVALID_DATA));
}

/* Once through all that are open. A meter that refuses lists although it granted them gets single
 * requests from then on. */
static gboolean
ask_open (PosaDlmsClient *self, Reading *reading, GCancellable *cancellable, GError **error)
{
  guint n = 0;

  for (guint at = 0; at < reading->open->len; at += n)
    {
      g_autoptr (GError) local = NULL;

      n = next_share (self, reading->open->len - at);
      if (ask_share (self, reading, at, n, cancellable, &local))
        continue;
      if (n == 1 || !posa_dlms_client_is_list_refusal (self, local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_debug ("the meter takes no lists: %s", local->message);
      self->lists_refused = TRUE;
      n = 0;
    }
  return TRUE;
}

/* Leaves open what the meter could not give for the moment. */
static void
keep_temporary (Reading *reading)
{
  g_autoptr (GArray) done = g_steal_pointer (&reading->open);

  reading->open = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < done->len; i++)
    {
      guint index = g_array_index (done, guint, i);

      if (posa_apdu_get_item (reading->all, index)->result == POSA_DLMS_TEMPORARY_FAILURE)
        g_array_append_val (reading->open, index);
    }
}

static gboolean
ask_patiently (PosaDlmsClient *self, Reading *reading, GCancellable *cancellable, GError **error)
{
  for (int i = 0; i <= MAX_TEMPORARY_FAILURES; i++)
    {
      if (i > 0 && !wait_for_meter (self, cancellable, error))
        return FALSE;
      if (!ask_open (self, reading, cancellable, error))
        return FALSE;
      keep_temporary (reading);
      if (reading->open->len == 0)
        break;
    }
  return TRUE;
}

PosaApdu *
posa_dlms_client_get_list (PosaDlmsClient *self,
                           const PosaCosemTarget *targets,
                           guint n_targets,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (PosaApdu) all = posa_apdu_new (POSA_APDU_GET_LIST_RESPONSE, 0);
  Reading reading = { targets, g_array_new (FALSE, FALSE, sizeof (guint)), all };

  for (guint i = 0; i < n_targets; i++)
    {
      posa_apdu_add_item (all, POSA_DLMS_OTHER_REASON, NULL);
      g_array_append_val (reading.open, i);
    }
  gboolean done = ask_patiently (self, &reading, cancellable, error);
  g_array_unref (reading.open);
  return done ? g_steal_pointer (&all) : NULL;
}
