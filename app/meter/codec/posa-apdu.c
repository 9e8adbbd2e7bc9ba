/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-apdu.h"

#include "base/posa-error.h"
#include "meter/codec/posa-apdu-field.h"

#define MAX_FIELDS 5
/* Tag, choice and an invoke id of one byte; the tag and one of four; the tag alone. */
#define HEAD_SIZE       3
#define LONG_INVOKE     0xFF
#define LONG_HEAD_SIZE  5
#define SHORT_HEAD_SIZE 1

/* How a kind begins on the wire, and its body behind that. */
typedef struct
{
  guint8 tag, choice;
  const PosaApduField *fields[MAX_FIELDS];
} KindInfo;

#define TARGET        &posa_apdu_field_target
#define SELECTED      &posa_apdu_field_selected
#define TARGETS       &posa_apdu_field_targets
#define SELECTEDS     &posa_apdu_field_selecteds
#define ACCESSES      &posa_apdu_field_accesses
#define OUTCOMES      &posa_apdu_field_outcomes
#define NO_ACCESSES   &posa_apdu_field_no_accesses
#define DATA          &posa_apdu_field_data
#define OPTIONAL_DATA &posa_apdu_field_optional_data
#define DATAS         &posa_apdu_field_datas
#define ITEM          &posa_apdu_field_item
#define ITEMS         &posa_apdu_field_items
#define OPTIONAL_ITEM &posa_apdu_field_optional_item
#define ACTION_ITEMS  &posa_apdu_field_action_items
#define RESULT        &posa_apdu_field_result
#define RESULTS       &posa_apdu_field_results
#define BLOCK         &posa_apdu_field_block
#define LAST          &posa_apdu_field_last
#define RAW           &posa_apdu_field_raw
#define RAW_OR_RESULT &posa_apdu_field_raw_or_result
#define TIME          &posa_apdu_field_time
#define OPTIONAL_TIME &posa_apdu_field_optional_time
#define EXCEPTION     &posa_apdu_field_exception
#define SERVICE_ERROR &posa_apdu_field_service_error

/* Choice 0: the tag has no choice and no invoke id behind it. */
static const KindInfo kinds[POSA_N_APDU_KINDS] = {
  [POSA_APDU_GET_REQUEST] = { 0xC0, 1, { SELECTED } },
  [POSA_APDU_GET_NEXT] = { 0xC0, 2, { BLOCK } },
  [POSA_APDU_GET_LIST_REQUEST] = { 0xC0, 3, { SELECTEDS } },
  [POSA_APDU_GET_RESPONSE] = { 0xC4, 1, { ITEM } },
  [POSA_APDU_GET_BLOCK] = { 0xC4, 2, { LAST, BLOCK, RAW_OR_RESULT } },
  [POSA_APDU_GET_LIST_RESPONSE] = { 0xC4, 3, { ITEMS } },
  [POSA_APDU_SET_REQUEST] = { 0xC1, 1, { SELECTED, DATA } },
  [POSA_APDU_SET_FIRST_BLOCK] = { 0xC1, 2, { SELECTED, LAST, BLOCK, RAW } },
  [POSA_APDU_SET_BLOCK] = { 0xC1, 3, { LAST, BLOCK, RAW } },
  [POSA_APDU_SET_LIST_REQUEST] = { 0xC1, 4, { SELECTEDS, DATAS } },
  [POSA_APDU_SET_LIST_FIRST_BLOCK] = { 0xC1, 5, { SELECTEDS, LAST, BLOCK, RAW } },
  [POSA_APDU_SET_RESPONSE] = { 0xC5, 1, { RESULT } },
  [POSA_APDU_SET_BLOCK_RESPONSE] = { 0xC5, 2, { BLOCK } },
  [POSA_APDU_SET_LAST_RESPONSE] = { 0xC5, 3, { RESULT, BLOCK } },
  [POSA_APDU_SET_LIST_LAST_RESPONSE] = { 0xC5, 4, { RESULTS, BLOCK } },
  [POSA_APDU_SET_LIST_RESPONSE] = { 0xC5, 5, { RESULTS } },
  [POSA_APDU_ACTION_REQUEST] = { 0xC3, 1, { TARGET, OPTIONAL_DATA } },
  [POSA_APDU_ACTION_NEXT] = { 0xC3, 2, { BLOCK } },
  [POSA_APDU_ACTION_LIST_REQUEST] = { 0xC3, 3, { TARGETS, DATAS } },
  [POSA_APDU_ACTION_FIRST_BLOCK] = { 0xC3, 4, { TARGET, LAST, BLOCK, RAW } },
  [POSA_APDU_ACTION_LIST_FIRST_BLOCK] = { 0xC3, 5, { TARGETS, LAST, BLOCK, RAW } },
  [POSA_APDU_ACTION_BLOCK] = { 0xC3, 6, { LAST, BLOCK, RAW } },
  [POSA_APDU_ACTION_RESPONSE] = { 0xC7, 1, { RESULT, OPTIONAL_ITEM } },
  [POSA_APDU_ACTION_RESPONSE_BLOCK] = { 0xC7, 2, { LAST, BLOCK, RAW } },
  [POSA_APDU_ACTION_LIST_RESPONSE] = { 0xC7, 3, { ACTION_ITEMS } },
  [POSA_APDU_ACTION_BLOCK_RESPONSE] = { 0xC7, 4, { BLOCK } },
  [POSA_APDU_ACCESS_REQUEST] = { 0xD9, LONG_INVOKE, { TIME, ACCESSES, DATAS } },
  [POSA_APDU_ACCESS_RESPONSE] = { 0xDA, LONG_INVOKE, { TIME, NO_ACCESSES, DATAS, OUTCOMES } },
  [POSA_APDU_DATA_NOTIFICATION] = { 0x0F, LONG_INVOKE, { TIME, DATA } },
  [POSA_APDU_EVENT_NOTIFICATION] = { 0xC2, 0, { OPTIONAL_TIME, TARGET, DATA } },
  [POSA_APDU_EXCEPTION] = { 0xD8, 0, { EXCEPTION } },
  [POSA_APDU_SERVICE_ERROR] = { 0x0E, 0, { SERVICE_ERROR } },
};

static void
spec_clear_cb (gpointer spec)
{
  posa_cosem_value_free (((PosaApduSpec *) spec)->selection);
}

static void
item_clear_cb (gpointer item)
{
  posa_cosem_value_free (((PosaApduItem *) item)->value);
}

PosaApdu *
posa_apdu_new (PosaApduKind kind, guint32 invoke_id)
{
  PosaApdu *self = g_new0 (PosaApdu, 1);

  self->kind = kind;
  self->invoke_id = invoke_id;
  self->specs = g_array_new (FALSE, TRUE, sizeof (PosaApduSpec));
  self->items = g_array_new (FALSE, TRUE, sizeof (PosaApduItem));
  g_array_set_clear_func (self->specs, spec_clear_cb);
  g_array_set_clear_func (self->items, item_clear_cb);
  self->raw = g_byte_array_new ();
  return self;
}

void
posa_apdu_free (PosaApdu *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->specs);
  g_array_unref (self->items);
  g_byte_array_unref (self->raw);
  g_free (self);
}

void
posa_apdu_add_target (PosaApdu *self, PosaCosemTarget target)
{
  posa_apdu_add_spec (self, (PosaApduSpec) { .target = target });
}

void
posa_apdu_add_spec (PosaApdu *self, PosaApduSpec spec)
{
  g_array_append_val (self->specs, spec);
}

void
posa_apdu_add_item (PosaApdu *self, guint8 result, PosaCosemValue *value)
{
  PosaApduItem item = { .result = result, .value = value };

  g_array_append_val (self->items, item);
}

const PosaApduItem *
posa_apdu_get_item (const PosaApdu *self, guint i)
{
  return i < self->items->len ? &g_array_index (self->items, PosaApduItem, i) : NULL;
}

const PosaApduSpec *
posa_apdu_get_spec (const PosaApdu *self, guint i)
{
  return i < self->specs->len ? &g_array_index (self->specs, PosaApduSpec, i) : NULL;
}

gsize
posa_apdu_get_head_size (PosaApduKind kind)
{
  guint8 choice = kinds[kind].choice;

  return choice == LONG_INVOKE ? LONG_HEAD_SIZE : choice == 0 ? SHORT_HEAD_SIZE : HEAD_SIZE;
}

void
posa_apdu_encode (const PosaApdu *self, GByteArray *out)
{
  const KindInfo *info = &kinds[self->kind];

  posa_put_u8 (out, info->tag);
  if (info->choice == LONG_INVOKE)
    posa_put_u32_be (out, self->invoke_id);
  else if (info->choice != 0)
    {
      posa_put_u8 (out, info->choice);
      posa_put_u8 (out, (guint8) self->invoke_id);
    }
  for (guint i = 0; i < MAX_FIELDS && info->fields[i] != NULL; i++)
    info->fields[i]->put (self, out);
}

static int
find_kind (guint8 tag, guint8 choice)
{
  for (int i = 0; i < POSA_N_APDU_KINDS; i++)
    if (kinds[i].tag == tag &&
        (kinds[i].choice == 0 || kinds[i].choice == LONG_INVOKE || kinds[i].choice == choice))
      return i;
  return -1;
}

gboolean
posa_apdu_is_notification (guint8 tag)
{
  return tag == kinds[POSA_APDU_DATA_NOTIFICATION].tag ||
         tag == kinds[POSA_APDU_EVENT_NOTIFICATION].tag;
}

/* The fields of @kind from behind its head. */
static PosaApdu *
read_body (PosaApduKind kind, guint32 invoke_id, PosaReader *reader, GError **error)
{
  const KindInfo *info = &kinds[kind];
  g_autoptr (PosaApdu) self = posa_apdu_new (kind, invoke_id);

  for (guint i = 0; i < MAX_FIELDS && info->fields[i] != NULL; i++)
    if (!info->fields[i]->read (self, reader, error))
      {
        g_prefix_error (error, "DLMS message %02X: ", info->tag);
        return NULL;
      }
  if (!reader->failed)
    return g_steal_pointer (&self);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "DLMS message %02X: too short",
               info->tag);
  return NULL;
}

PosaApdu *
posa_apdu_decode (const guint8 *data, gsize size, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  guint8 tag = posa_reader_u8 (&reader);
  guint8 choice = posa_reader_peek_u8 (&reader);
  int kind = find_kind (tag, choice);
  guint32 invoke_id = 0;

  if (kind < 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "DLMS message %02X %02X is not known here", tag, choice);
      return NULL;
    }
  if (kinds[kind].choice == LONG_INVOKE)
    invoke_id = posa_reader_u32_be (&reader);
  else if (kinds[kind].choice != 0)
    {
      posa_reader_u8 (&reader);
      invoke_id = posa_reader_u8 (&reader);
    }
  return read_body ((PosaApduKind) kind, invoke_id, &reader, error);
}

PosaApdu *
posa_apdu_decode_body (PosaApduKind kind,
                       guint32 invoke_id,
                       const guint8 *data,
                       gsize size,
                       GError **error)
{
  PosaReader reader;

  posa_reader_init (&reader, data, size);
  return read_body (kind, invoke_id, &reader, error);
}

const char *
posa_dlms_result_describe (guint8 result)
{
  switch (result)
    {
    case POSA_DLMS_SUCCESS:
      return "success";
    case POSA_DLMS_HARDWARE_FAULT:
      return "hardware fault";
    case POSA_DLMS_TEMPORARY_FAILURE:
      return "temporary failure";
    case POSA_DLMS_READ_WRITE_DENIED:
      return "read-write denied";
    case POSA_DLMS_OBJECT_UNDEFINED:
      return "object undefined";
    case POSA_DLMS_CLASS_INCONSISTENT:
      return "object class inconsistent";
    case POSA_DLMS_OBJECT_UNAVAILABLE:
      return "object unavailable";
    case POSA_DLMS_TYPE_UNMATCHED:
      return "type unmatched";
    case POSA_DLMS_SCOPE_VIOLATED:
      return "scope of access violated";
    case POSA_DLMS_BLOCK_UNAVAILABLE:
      return "block unavailable";
    case POSA_DLMS_LONG_GET_ABORTED:
      return "long get aborted";
    case POSA_DLMS_LONG_SET_ABORTED:
      return "long set aborted";
    case POSA_DLMS_NO_LONG_SET:
      return "no long set in progress";
    case POSA_DLMS_NO_LONG_GET:
      return "no long get in progress";
    case POSA_DLMS_BLOCK_NUMBER_INVALID:
      return "block number invalid";
    default:
      return "other reason";
    }
}
