/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-apdu.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"

/* A list beyond this cannot come from one APDU of 64 KiB with a sensible meter behind it. */
#define MAX_LIST 4096

typedef void (*EncodeFunc) (const PosaApdu *self, GByteArray *out);
typedef gboolean (*DecodeFunc) (PosaApdu *self, PosaReader *reader, GError **error);

/* How a kind begins on the wire, and its body behind tag, choice and invoke id. */
typedef struct
{
  guint8 tag, choice;
  EncodeFunc encode;
  DecodeFunc decode;
} KindInfo;

static void
item_clear_cb (gpointer item)
{
  posa_cosem_value_free (((PosaApduItem *) item)->value);
}

PosaApdu *
posa_apdu_new (PosaApduKind kind, guint8 invoke_id)
{
  PosaApdu *self = g_new0 (PosaApdu, 1);

  self->kind = kind;
  self->invoke_id = invoke_id;
  self->targets = g_array_new (FALSE, TRUE, sizeof (PosaCosemTarget));
  self->items = g_array_new (FALSE, TRUE, sizeof (PosaApduItem));
  g_array_set_clear_func (self->items, item_clear_cb);
  self->raw = g_byte_array_new ();
  return self;
}

void
posa_apdu_free (PosaApdu *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->targets);
  g_array_unref (self->items);
  g_byte_array_unref (self->raw);
  g_clear_pointer (&self->selection, posa_cosem_value_free);
  g_free (self);
}

void
posa_apdu_add_target (PosaApdu *self, PosaCosemTarget target)
{
  g_array_append_val (self->targets, target);
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

const PosaCosemTarget *
posa_apdu_get_target (const PosaApdu *self, guint i)
{
  return i < self->targets->len ? &g_array_index (self->targets, PosaCosemTarget, i) : NULL;
}

static void
put_target (GByteArray *out, const PosaCosemTarget *target)
{
  const guint8 name[] = { target->obis.a, target->obis.b, target->obis.c,
                          target->obis.d, target->obis.e, target->obis.f };

  posa_put_u16_be (out, target->class_id);
  posa_put_bytes (out, name, sizeof name);
  posa_put_u8 (out, (guint8) target->index);
}

static void
read_target (PosaApdu *self, PosaReader *reader)
{
  PosaCosemTarget target = { .class_id = posa_reader_u16_be (reader) };

  target.obis.a = posa_reader_u8 (reader);
  target.obis.b = posa_reader_u8 (reader);
  target.obis.c = posa_reader_u8 (reader);
  target.obis.d = posa_reader_u8 (reader);
  target.obis.e = posa_reader_u8 (reader);
  target.obis.f = posa_reader_u8 (reader);
  target.index = (gint8) posa_reader_u8 (reader);
  posa_apdu_add_target (self, target);
}

/* Optional selector with its parameter. */
static void
put_selection (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->selection != NULL);
  if (self->selection == NULL)
    return;
  posa_put_u8 (out, self->selector);
  posa_axdr_write (self->selection, out);
}

static gboolean
read_selection (PosaApdu *self, PosaReader *reader, GError **error)
{
  if (posa_reader_u8 (reader) == 0)
    return TRUE;
  g_clear_pointer (&self->selection, posa_cosem_value_free);
  self->selector = posa_reader_u8 (reader);
  self->selection = posa_axdr_read (reader, error);
  return self->selection != NULL;
}

/* 00 data, or 01 result. */
static void
put_item (GByteArray *out, const PosaApduItem *item)
{
  posa_put_u8 (out, item->value == NULL);
  if (item->value == NULL)
    posa_put_u8 (out, item->result);
  else
    posa_axdr_write (item->value, out);
}

static gboolean
read_item (PosaApdu *self, PosaReader *reader, GError **error)
{
  PosaCosemValue *value = NULL;

  if (posa_reader_u8 (reader) != 0)
    {
      posa_apdu_add_item (self, posa_reader_u8 (reader), NULL);
      return TRUE;
    }
  value = posa_axdr_read (reader, error);
  if (value == NULL)
    return FALSE;
  posa_apdu_add_item (self, POSA_DLMS_SUCCESS, value);
  return TRUE;
}

static gboolean
read_data (PosaApdu *self, PosaReader *reader, GError **error)
{
  PosaCosemValue *value = posa_axdr_read (reader, error);

  if (value == NULL)
    return FALSE;
  posa_apdu_add_item (self, POSA_DLMS_SUCCESS, value);
  return TRUE;
}

static void
put_get_request (const PosaApdu *self, GByteArray *out)
{
  put_target (out, posa_apdu_get_target (self, 0));
  put_selection (self, out);
}

static gboolean
read_get_request (PosaApdu *self, PosaReader *reader, GError **error)
{
  read_target (self, reader);
  return read_selection (self, reader, error);
}

static void
put_block_number (const PosaApdu *self, GByteArray *out)
{
  posa_put_u32_be (out, self->block);
}

static gboolean
read_block_number (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->block = posa_reader_u32_be (reader);
  return TRUE;
}

static void
put_get_list_request (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->targets->len);
  for (guint i = 0; i < self->targets->len; i++)
    {
      put_target (out, posa_apdu_get_target (self, i));
      posa_put_u8 (out, 0);
    }
}

static gboolean
read_get_list_request (PosaApdu *self, PosaReader *reader, GError **error)
{
  gsize count = posa_axdr_read_length (reader);

  for (gsize i = 0; i < MIN (count, MAX_LIST) && !reader->failed; i++)
    {
      read_target (self, reader);
      if (!read_selection (self, reader, error))
        return FALSE;
    }
  return count <= MAX_LIST;
}

static void
put_get_response (const PosaApdu *self, GByteArray *out)
{
  put_item (out, posa_apdu_get_item (self, 0));
}

static void
put_get_block (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->last);
  posa_put_u32_be (out, self->block);
  posa_put_u8 (out, self->result != POSA_DLMS_SUCCESS);
  if (self->result != POSA_DLMS_SUCCESS)
    {
      posa_put_u8 (out, self->result);
      return;
    }
  posa_axdr_put_length (out, self->raw->len);
  posa_put_bytes (out, self->raw->data, self->raw->len);
}

static gboolean
read_get_block (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->last = posa_reader_u8 (reader) != 0;
  self->block = posa_reader_u32_be (reader);
  if (posa_reader_u8 (reader) != 0)
    {
      self->result = posa_reader_u8 (reader);
      return TRUE;
    }
  gsize size = posa_axdr_read_length (reader);
  const guint8 *data = posa_reader_bytes (reader, size);
  if (data != NULL)
    posa_put_bytes (self->raw, data, size);
  return TRUE;
}

static void
put_get_list_response (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    put_item (out, posa_apdu_get_item (self, i));
}

static gboolean
read_get_list_response (PosaApdu *self, PosaReader *reader, GError **error)
{
  gsize count = posa_axdr_read_length (reader);

  for (gsize i = 0; i < MIN (count, MAX_LIST) && !reader->failed; i++)
    if (!read_item (self, reader, error))
      return FALSE;
  return count <= MAX_LIST;
}

static void
put_set_request (const PosaApdu *self, GByteArray *out)
{
  put_target (out, posa_apdu_get_target (self, 0));
  put_selection (self, out);
  posa_axdr_write (posa_apdu_get_item (self, 0)->value, out);
}

static gboolean
read_set_request (PosaApdu *self, PosaReader *reader, GError **error)
{
  read_target (self, reader);
  return read_selection (self, reader, error) && read_data (self, reader, error);
}

static void
put_set_response (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->result);
}

static gboolean
read_set_response (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->result = posa_reader_u8 (reader);
  return TRUE;
}

static void
put_action_request (const PosaApdu *self, GByteArray *out)
{
  const PosaApduItem *parameter = posa_apdu_get_item (self, 0);

  put_target (out, posa_apdu_get_target (self, 0));
  posa_put_u8 (out, parameter != NULL);
  if (parameter != NULL)
    posa_axdr_write (parameter->value, out);
}

static gboolean
read_action_request (PosaApdu *self, PosaReader *reader, GError **error)
{
  read_target (self, reader);
  return posa_reader_u8 (reader) == 0 || read_data (self, reader, error);
}

static void
put_action_response (const PosaApdu *self, GByteArray *out)
{
  const PosaApduItem *returned = posa_apdu_get_item (self, 0);

  posa_put_u8 (out, self->result);
  posa_put_u8 (out, returned != NULL);
  if (returned != NULL)
    put_item (out, returned);
}

static gboolean
read_action_response (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->result = posa_reader_u8 (reader);
  return posa_reader_u8 (reader) == 0 || read_item (self, reader, error);
}

static void
put_exception (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->state);
  posa_put_u8 (out, self->service);
  if (self->service == POSA_DLMS_EXCEPTION_COUNTER)
    posa_put_u32_be (out, self->counter);
}

static gboolean
read_exception (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->state = posa_reader_u8 (reader);
  self->service = posa_reader_u8 (reader);
  if (self->service == POSA_DLMS_EXCEPTION_COUNTER)
    self->counter = posa_reader_u32_be (reader);
  return TRUE;
}

static void
put_service_error (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, 1); /* of the initiate service */
  posa_put_u8 (out, self->state);
  posa_put_u8 (out, self->service);
}

static gboolean
read_service_error (PosaApdu *self, PosaReader *reader, GError **error)
{
  posa_reader_u8 (reader);
  self->state = posa_reader_u8 (reader);
  self->service = posa_reader_u8 (reader);
  return TRUE;
}

static void
put_nothing (const PosaApdu *self, GByteArray *out)
{
}

static gboolean
read_nothing (PosaApdu *self, PosaReader *reader, GError **error)
{
  return TRUE;
}

/* Choice 0: the tag has no choice and no invoke id behind it. */
static const KindInfo kinds[POSA_N_APDU_KINDS] = {
  [POSA_APDU_GET_REQUEST] = { 0xC0, 1, put_get_request, read_get_request },
  [POSA_APDU_GET_NEXT] = { 0xC0, 2, put_block_number, read_block_number },
  [POSA_APDU_GET_LIST_REQUEST] = { 0xC0, 3, put_get_list_request, read_get_list_request },
  [POSA_APDU_GET_RESPONSE] = { 0xC4, 1, put_get_response, read_item },
  [POSA_APDU_GET_BLOCK] = { 0xC4, 2, put_get_block, read_get_block },
  [POSA_APDU_GET_LIST_RESPONSE] = { 0xC4, 3, put_get_list_response, read_get_list_response },
  [POSA_APDU_SET_REQUEST] = { 0xC1, 1, put_set_request, read_set_request },
  [POSA_APDU_SET_RESPONSE] = { 0xC5, 1, put_set_response, read_set_response },
  [POSA_APDU_ACTION_REQUEST] = { 0xC3, 1, put_action_request, read_action_request },
  [POSA_APDU_ACTION_RESPONSE] = { 0xC7, 1, put_action_response, read_action_response },
  [POSA_APDU_EXCEPTION] = { 0xD8, 0, put_exception, read_exception },
  [POSA_APDU_SERVICE_ERROR] = { 0x0E, 0, put_service_error, read_service_error },
  [POSA_APDU_NOTIFICATION] = { 0x0F, 0, put_nothing, read_nothing },
};

void
posa_apdu_encode (const PosaApdu *self, GByteArray *out)
{
  const KindInfo *info = &kinds[self->kind];

  posa_put_u8 (out, info->tag);
  if (info->choice != 0)
    {
      posa_put_u8 (out, info->choice);
      posa_put_u8 (out, self->invoke_id);
    }
  info->encode (self, out);
}

static int
find_kind (guint8 tag, guint8 choice)
{
  if (tag == 0xC2) /* event notification */
    return POSA_APDU_NOTIFICATION;
  for (int i = 0; i < POSA_N_APDU_KINDS; i++)
    if (kinds[i].tag == tag && (kinds[i].choice == 0 || kinds[i].choice == choice))
      return i;
  return -1;
}

PosaApdu *
posa_apdu_decode (const guint8 *data, gsize size, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  guint8 tag = posa_reader_u8 (&reader);
  guint8 choice = posa_reader_peek_u8 (&reader);
  int kind = find_kind (tag, choice);

  if (kind < 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                   "DLMS message %02X %02X is not known here", tag, choice);
      return NULL;
    }
  g_autoptr (PosaApdu) self = posa_apdu_new ((PosaApduKind) kind, 0);
  if (kinds[kind].choice != 0)
    {
      posa_reader_u8 (&reader);
      self->invoke_id = posa_reader_u8 (&reader);
    }
  if (!kinds[kind].decode (self, &reader, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "DLMS message %02X %02X: too long",
                     tag, choice);
      return NULL;
    }
  if (!reader.failed)
    return g_steal_pointer (&self);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "DLMS message %02X %02X: too short", tag,
               choice);
  return NULL;
}

PosaApdu *
posa_apdu_decode_list (const guint8 *data, gsize size, GError **error)
{
  PosaReader reader;
  posa_reader_init (&reader, data, size);
  g_autoptr (PosaApdu) self = posa_apdu_new (POSA_APDU_GET_LIST_RESPONSE, 0);
  g_autoptr (GError) local = NULL;

  if (read_get_list_response (self, &reader, &local) && !reader.failed)
    return g_steal_pointer (&self);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "answer to a list: %s",
               local != NULL ? local->message : "too short");
  return NULL;
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
    case POSA_DLMS_NO_LONG_GET:
      return "no long get in progress";
    case POSA_DLMS_BLOCK_NUMBER_INVALID:
      return "block number invalid";
    default:
      return "other reason";
    }
}
