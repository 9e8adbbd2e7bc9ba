/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-translate-apdu-private.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-apdu.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-dlms-security.h"
#include "meter/codec/posa-gbt.h"
#include "meter/translate/posa-apdu-names.h"
#include "meter/translate/posa-cosem-names.h"
#include "meter/translate/posa-translate-value.h"

#include <openssl/crypto.h>
#include <string.h>

#define TAG_INITIATE_REQUEST  0x01
#define TAG_INITIATE_RESPONSE 0x08

/* What stands in a ciphered APDU cannot be ciphered again more often than the standard nests it. */
#define MAX_DEPTH  4
#define MAX_JOINED (1024 * 1024)

typedef struct
{
  gint8 scaler;
  guint8 unit;
} Scale;

/* ---- targets ---- */

/* "3 register, 1-0:1.8.0 active energy in, 2 value" */
static void
add_target (PosaTree *parent, const PosaCosemTarget *target, gboolean method)
{
  g_autofree char *code = posa_obis_format (target->obis);
  const char *class_name = posa_cosem_class_name (target->class_id);
  const char *object_name = posa_cosem_object_name (target->obis);
  const char *member = method ? posa_cosem_method_name (target->class_id, target->index)
                              : posa_cosem_attribute_name (target->class_id, target->index);

  posa_tree_add (parent, method ? "method" : "attribute", "%u%s%s, %s%s%s, %d%s%s",
                 target->class_id, class_name != NULL ? " " : "",
                 class_name != NULL ? class_name : "", code, object_name != NULL ? " " : "",
                 object_name != NULL ? object_name : "", target->index, member != NULL ? " " : "",
                 member != NULL ? member : "");
}

/* Passwords and keys travel in these, and are nobody's business here. */
static gboolean
is_secret (const PosaCosemTarget *target, gboolean method)
{
  static const struct
  {
    guint16 class_id;
    gint8 index;
    gboolean method;
  } secrets[] = {
    { 15, 7, FALSE }, { 15, 2, TRUE }, { 19, 7, FALSE }, { 19, 8, FALSE },
    { 19, 9, FALSE }, { 64, 2, TRUE }, { 64, 3, TRUE },
  };

  for (guint i = 0; target != NULL && i < G_N_ELEMENTS (secrets); i++)
    if (secrets[i].class_id == target->class_id && secrets[i].index == target->index &&
        secrets[i].method == method)
      return TRUE;
  return FALSE;
}

/* ---- values and their scales ---- */

static guint64
scale_key (const PosaCosemTarget *target)
{
  guint64 key = target->class_id;
  const guint8 code[] = { target->obis.a, target->obis.b, target->obis.c,
                          target->obis.d, target->obis.e, target->obis.f };

  for (guint i = 0; i < sizeof code; i++)
    key = key << 8 | code[i];
  return key;
}

/* Keeps what a register says of its scale; the next value of it is told in its unit. */
static void
learn_scale (PosaTranslateApdu *self, const PosaCosemTarget *target, const PosaCosemValue *value)
{
  Scale scale;

  if (!posa_translate_get_scaler (value, &scale.scaler, &scale.unit))
    return;
  guint64 *key = g_new (guint64, 1);
  *key = scale_key (target);
  g_hash_table_replace (self->scales, key, g_memdup2 (&scale, sizeof scale));
}

/* Attributes that count in the scale of their object. */
static gboolean
is_scaled (const PosaCosemTarget *target)
{
  return ((target->class_id == 3 || target->class_id == 4) && target->index == 2) ||
         (target->class_id == 5 && (target->index == 2 || target->index == 3));
}

static void
add_scaled (PosaTranslateApdu *self,
            PosaTree *parent,
            const PosaCosemTarget *target,
            const PosaCosemValue *value)
{
  guint64 key = scale_key (target);
  const Scale *scale = g_hash_table_lookup (self->scales, &key);
  gint64 number = 0;

  learn_scale (self, target, value);
  if (scale == NULL || !is_scaled (target) || !posa_cosem_value_get_integer (value, &number))
    return;
  g_autofree char *text = posa_translate_scale (number, scale->scaler, scale->unit);
  posa_tree_add (parent, "quantity", "%s", text);
}

static void
add_value (PosaTranslateApdu *self,
           PosaTree *parent,
           const PosaCosemTarget *target,
           gboolean method,
           const PosaCosemValue *value)
{
  if (is_secret (target, method))
    posa_translate_secret (parent, "data", value);
  else
    posa_translate_value (parent, "data", value);
  if (target != NULL && !method)
    add_scaled (self, parent, target, value);
}

/* ---- services ---- */

static gboolean
is_response_tag (guint8 tag)
{
  return tag == 0xC4 || tag == 0xC5 || tag == 0xC7 || tag == 0xDA;
}

static gboolean
is_method (const PosaApduSpec *spec, guint8 tag)
{
  return tag == 0xC3 || tag == 0xC7 || spec->access == POSA_APDU_ACCESS_ACTION;
}

static const PosaTranslateAsked *
get_asked (PosaTranslateApdu *self, guint i)
{
  return i < self->asked->len ? &g_array_index (self->asked, PosaTranslateAsked, i) : NULL;
}

/* Each result of an answer with what was asked, each value of a request with where it goes. */
static void
add_items (PosaTranslateApdu *self, PosaTree *parent, const PosaApdu *apdu, guint8 tag)
{
  for (guint i = 0; i < apdu->items->len; i++)
    {
      const PosaApduItem *item = posa_apdu_get_item (apdu, i);
      const PosaTranslateAsked *asked = get_asked (self, i);
      const PosaCosemTarget *target = asked != NULL ? &asked->target : NULL;

      if (is_response_tag (tag) && asked != NULL)
        add_target (parent, target, asked->method);
      if (item->value == NULL || item->result != POSA_DLMS_SUCCESS)
        posa_tree_add (parent, "result", "%u %s", item->result,
                       posa_dlms_result_describe (item->result));
      if (item->value != NULL)
        add_value (self, parent, target, asked != NULL && asked->method, item->value);
    }
}

/* The values of a request with a list: their number, then one after the other. */
static void
add_joined_list (PosaTranslateApdu *self, PosaTree *parent, GError **error)
{
  PosaReader reader;

  posa_reader_init (&reader, self->joined->data, self->joined->len);
  gsize n = posa_axdr_read_length (&reader);
  for (gsize i = 0; i < n; i++)
    {
      const PosaTranslateAsked *asked = get_asked (self, (guint) MIN (i, G_MAXUINT));
      g_autoptr (PosaCosemValue) value = posa_axdr_read (&reader, error);

      if (value == NULL)
        return;
      add_value (self, parent, asked != NULL ? &asked->target : NULL,
                 asked != NULL && asked->method, value);
    }
}

static void
add_joined_body (PosaTranslateApdu *self, PosaTree *parent, guint8 tag, GError **error)
{
  PosaApduKind kind = tag == 0xC4  ? POSA_APDU_GET_LIST_RESPONSE
                      : self->list ? POSA_APDU_ACTION_LIST_RESPONSE
                                   : POSA_APDU_ACTION_RESPONSE;
  g_autoptr (PosaApdu)
      whole = posa_apdu_decode_body (kind, 0, self->joined->data, self->joined->len, error);

  if (whole != NULL)
    add_items (self, parent, whole, tag);
}

/* The blocks of a message make one value, one list of values, or the body of the short form. */
static void
add_joined (PosaTranslateApdu *self, PosaTree *parent, guint8 tag)
{
  g_autoptr (GError) error = NULL;
  PosaTree *tree = posa_tree_add (parent, "joined blocks", "%u bytes", self->joined->len);
  const PosaTranslateAsked *asked = get_asked (self, 0);

  if (tag == 0xC7 || (tag == 0xC4 && self->list))
    add_joined_body (self, tree, tag, &error);
  else if (self->list)
    add_joined_list (self, tree, &error);
  else
    {
      g_autoptr (PosaCosemValue)
          value = posa_axdr_decode (self->joined->data, self->joined->len, &error);

      if (value != NULL)
        add_value (self, tree, asked != NULL ? &asked->target : NULL,
                   asked != NULL && asked->method, value);
    }
  if (error != NULL)
    posa_tree_add_fault (tree, "data", error->message);
}

static void
add_piece (PosaTranslateApdu *self, PosaTree *parent, const PosaApdu *apdu, guint8 tag)
{
  posa_tree_add (parent, "piece", "%u bytes", apdu->raw->len);
  if (apdu->block <= 1)
    g_byte_array_set_size (self->joined, 0);
  if (self->joined->len < MAX_JOINED)
    posa_put_bytes (self->joined, apdu->raw->data, apdu->raw->len);
  if (apdu->last)
    {
      add_joined (self, parent, tag);
      g_byte_array_set_size (self->joined, 0);
    }
}

static gboolean
has_block (PosaApduKind kind)
{
  static const PosaApduKind kinds[] = {
    POSA_APDU_GET_NEXT,
    POSA_APDU_GET_BLOCK,
    POSA_APDU_SET_FIRST_BLOCK,
    POSA_APDU_SET_BLOCK,
    POSA_APDU_SET_LIST_FIRST_BLOCK,
    POSA_APDU_SET_BLOCK_RESPONSE,
    POSA_APDU_SET_LAST_RESPONSE,
    POSA_APDU_SET_LIST_LAST_RESPONSE,
    POSA_APDU_ACTION_NEXT,
    POSA_APDU_ACTION_FIRST_BLOCK,
    POSA_APDU_ACTION_LIST_FIRST_BLOCK,
    POSA_APDU_ACTION_BLOCK,
    POSA_APDU_ACTION_RESPONSE_BLOCK,
    POSA_APDU_ACTION_BLOCK_RESPONSE,
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i] == kind)
      return TRUE;
  return FALSE;
}

/* Results that are no items: of a SET, of an ACTION, of a refused block. */
static gboolean
has_result (const PosaApdu *apdu)
{
  return apdu->kind == POSA_APDU_SET_RESPONSE || apdu->kind == POSA_APDU_SET_LAST_RESPONSE ||
         apdu->kind == POSA_APDU_ACTION_RESPONSE ||
         (apdu->kind == POSA_APDU_GET_BLOCK && apdu->result != POSA_DLMS_SUCCESS);
}

static void
add_specs (PosaTranslateApdu *self, PosaTree *parent, const PosaApdu *apdu, guint8 tag)
{
  /* An answer to ACCESS repeats the kinds of access, not the targets. */
  if (apdu->specs->len == 0 || is_response_tag (tag))
    return;
  g_array_set_size (self->asked, 0);
  self->list = apdu->kind == POSA_APDU_GET_LIST_REQUEST ||
               apdu->kind == POSA_APDU_SET_LIST_FIRST_BLOCK ||
               apdu->kind == POSA_APDU_ACTION_LIST_REQUEST ||
               apdu->kind == POSA_APDU_ACTION_LIST_FIRST_BLOCK;
  for (guint i = 0; i < apdu->specs->len; i++)
    {
      const PosaApduSpec *spec = posa_apdu_get_spec (apdu, i);
      PosaTranslateAsked asked = { spec->target, is_method (spec, tag) };

      g_array_append_val (self->asked, asked);
      add_target (parent, &spec->target, asked.method);
      if (spec->selection != NULL)
        {
          posa_tree_add (parent, "selector", "%u", spec->selector);
          posa_translate_value (parent, "selection", spec->selection);
        }
    }
}

/* ACCESS and notifications: a long invoke id, and perhaps a time. */
static void
add_long_head (PosaTree *parent, const PosaApdu *apdu)
{
  if (apdu->kind != POSA_APDU_EVENT_NOTIFICATION)
    posa_tree_add (parent, "invoke id", "%u", apdu->invoke_id & 0xFFFFFF);
  if (apdu->raw->len == 0)
    return;
  g_autoptr (PosaCosemValue)
      time = posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, apdu->raw->data, apdu->raw->len);
  posa_translate_value (parent, "time", time);
}

static gboolean
has_long_head (PosaApduKind kind)
{
  return kind == POSA_APDU_ACCESS_REQUEST || kind == POSA_APDU_ACCESS_RESPONSE ||
         kind == POSA_APDU_DATA_NOTIFICATION || kind == POSA_APDU_EVENT_NOTIFICATION;
}

static void
add_service (PosaTranslateApdu *self, PosaTree *parent, const PosaApdu *apdu, guint8 tag)
{
  if (has_long_head (apdu->kind))
    add_long_head (parent, apdu);
  else
    posa_tree_add (parent, "invoke id", "%u%s%s", apdu->invoke_id & 0x0F,
                   (apdu->invoke_id & 0x40) != 0 ? ", confirmed" : "",
                   (apdu->invoke_id & 0x80) != 0 ? ", high priority" : "");
  add_specs (self, parent, apdu, tag);
  if (has_block (apdu->kind))
    posa_tree_add (parent, "block", "%u%s", apdu->block, apdu->last ? ", the last" : "");
  if (has_result (apdu))
    posa_tree_add (parent, "result", "%u %s", apdu->result,
                   posa_dlms_result_describe (apdu->result));
  else if (has_block (apdu->kind) && apdu->raw->len > 0)
    add_piece (self, parent, apdu, tag);
  add_items (self, parent, apdu, tag);
}

static void
add_exception (PosaTree *parent, const PosaApdu *apdu)
{
  static const char *const services[] = {
    "",
    "operation not possible",
    "service not supported",
    "other reason",
    "PDU too long",
    "deciphering error",
    "invocation counter error",
  };

  posa_tree_add (parent, "state", "%u%s", apdu->state,
                 apdu->state == 1   ? " service not allowed"
                 : apdu->state == 2 ? " service unknown"
                                    : "");
  posa_tree_add (parent, "error", "%u %s", apdu->service,
                 apdu->service < G_N_ELEMENTS (services) ? services[apdu->service] : "");
  if (apdu->service == POSA_DLMS_EXCEPTION_COUNTER)
    posa_tree_add (parent, "expected counter", "%08X", apdu->counter);
}

/* Servers in the field append bytes to what they mean; what is encoded again shows how many. */
static void
add_left_over (PosaTree *parent, const PosaApdu *apdu, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();

  posa_apdu_encode (apdu, again);
  if (again->len < size && memcmp (again->data, data, again->len) == 0)
    posa_tree_add_hex (parent, "left over", data + again->len, size - again->len);
}

static void
add_apdu (PosaTranslateApdu *self, PosaTree *parent, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaApdu) apdu = posa_apdu_decode (data, size, &error);

  if (apdu == NULL)
    {
      posa_tree_add_fault (parent, "not decoded", error->message);
      posa_tree_add_hex (parent, "bytes", data, size);
      return;
    }
  if (apdu->kind == POSA_APDU_EXCEPTION)
    add_exception (parent, apdu);
  else if (apdu->kind == POSA_APDU_SERVICE_ERROR)
    posa_tree_add (parent, "error", "class %u, value %u", apdu->state, apdu->service);
  else
    add_service (self, parent, apdu, data[0]);
  add_left_over (parent, apdu, data, size);
}

/* A piece of any APDU, and how far the other side's pieces have come. */
static void
add_transfer (PosaTranslateApdu *self, PosaTree *parent, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  PosaGbt block;

  if (!posa_gbt_decode (data, size, &block, &error))
    {
      posa_tree_add_fault (parent, "not decoded", error->message);
      return;
    }
  posa_tree_add (parent, "block", "%u%s%s, window %u, acknowledges %u", block.number,
                 block.last ? ", the last" : "", block.streaming ? ", streaming" : "", block.window,
                 block.ack);
  if (block.size == 0)
    return;
  posa_tree_add (parent, "piece", "%" G_GSIZE_FORMAT " bytes", block.size);
  if (block.number <= 1)
    g_byte_array_set_size (self->transferred, 0);
  if (self->transferred->len < MAX_JOINED)
    posa_put_bytes (self->transferred, block.data, block.size);
  if (!block.last)
    return;
  g_autoptr (GByteArray) whole = g_steal_pointer (&self->transferred);
  self->transferred = g_byte_array_new ();
  posa_translate_apdu_add (self, parent, whole->data, whole->len);
}

/* ---- all of them ---- */

void
posa_translate_apdu_add (PosaTranslateApdu *self, PosaTree *parent, const guint8 *data, gsize size)
{
  guint8 tag = size > 0 ? data[0] : 0;
  const char *name = size > 0 ? posa_apdu_name (tag, size > 1 ? data[1] : 0) : NULL;

  if (name == NULL || self->depth == MAX_DEPTH)
    {
      posa_tree_add_fault (parent, "not decoded",
                           size == 0      ? "empty"
                           : name == NULL ? "no message begins like this"
                                          : "nested too deep");
      posa_tree_add_hex (parent, "bytes", data, size);
      return;
    }
  PosaTree *tree = posa_tree_add (parent, name, NULL);
  self->depth++;
  if (tag == TAG_INITIATE_REQUEST || tag == TAG_INITIATE_RESPONSE)
    posa_translate_add_initiate (self, tree, data, size);
  else if (tag >= POSA_ACSE_AARQ && tag <= POSA_ACSE_RLRE)
    posa_translate_add_acse (self, tree, data, size);
  else if (posa_dlms_is_ciphered (tag) || tag == POSA_DLMS_GENERAL_SIGNING)
    posa_translate_add_protected (self, tree, data, size);
  else if (tag == POSA_GBT_TAG)
    add_transfer (self, tree, data, size);
  else
    add_apdu (self, tree, data, size);
  self->depth--;
}

PosaTranslateApdu *
posa_translate_apdu_new (const PosaKeyFile *keys)
{
  PosaTranslateApdu *self = g_new0 (PosaTranslateApdu, 1);

  self->has_keys = keys != NULL;
  if (keys != NULL)
    self->keys = *keys;
  self->asked = g_array_new (FALSE, TRUE, sizeof (PosaTranslateAsked));
  self->joined = g_byte_array_new ();
  self->transferred = g_byte_array_new ();
  self->scales = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
posa_translate_apdu_free (PosaTranslateApdu *self)
{
  if (self == NULL)
    return;
  OPENSSL_cleanse (&self->keys, sizeof self->keys);
  g_array_unref (self->asked);
  g_byte_array_unref (self->joined);
  g_byte_array_unref (self->transferred);
  g_hash_table_unref (self->scales);
  g_free (self);
}
