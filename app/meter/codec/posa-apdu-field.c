/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-apdu-field.h"

#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"

/* A list beyond this cannot come from one APDU of 64 KiB with a sensible meter behind it. */
#define MAX_LIST 4096
/* Specifications of ACCESS with a selection are those without and this more. */
#define ACCESS_SELECTED 3

/* A count that is bounded, whatever is announced. */
static gboolean
read_count (PosaReader *reader, gsize *count, GError **error)
{
  *count = posa_axdr_read_length (reader);
  if (*count <= MAX_LIST)
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
               "a list of %" G_GSIZE_FORMAT " elements is too long", *count);
  return FALSE;
}

/* ---- what a request is about ---- */

static void
put_target (const PosaCosemTarget *target, GByteArray *out)
{
  const guint8 name[] = { target->obis.a, target->obis.b, target->obis.c,
                          target->obis.d, target->obis.e, target->obis.f };

  posa_put_u16_be (out, target->class_id);
  posa_put_bytes (out, name, sizeof name);
  posa_put_u8 (out, (guint8) target->index);
}

static PosaCosemTarget
read_target (PosaReader *reader)
{
  PosaCosemTarget target = { .class_id = posa_reader_u16_be (reader) };

  target.obis.a = posa_reader_u8 (reader);
  target.obis.b = posa_reader_u8 (reader);
  target.obis.c = posa_reader_u8 (reader);
  target.obis.d = posa_reader_u8 (reader);
  target.obis.e = posa_reader_u8 (reader);
  target.obis.f = posa_reader_u8 (reader);
  target.index = (gint8) posa_reader_u8 (reader);
  return target;
}

static void
put_selection (const PosaApduSpec *spec, GByteArray *out)
{
  posa_put_u8 (out, spec->selector);
  posa_axdr_write (spec->selection, out);
}

static gboolean
read_selection (PosaApduSpec *spec, PosaReader *reader, GError **error)
{
  spec->selector = posa_reader_u8 (reader);
  spec->selection = posa_axdr_read (reader, error);
  return spec->selection != NULL;
}

static void
put_one_target (const PosaApdu *self, GByteArray *out)
{
  put_target (&posa_apdu_get_spec (self, 0)->target, out);
}

static gboolean
read_one_target (PosaApdu *self, PosaReader *reader, GError **error)
{
  posa_apdu_add_target (self, read_target (reader));
  return TRUE;
}

static void
put_spec (const PosaApduSpec *spec, GByteArray *out)
{
  put_target (&spec->target, out);
  posa_put_u8 (out, spec->selection != NULL);
  if (spec->selection != NULL)
    put_selection (spec, out);
}

static void
put_selected (const PosaApdu *self, GByteArray *out)
{
  put_spec (posa_apdu_get_spec (self, 0), out);
}

static gboolean
read_selected (PosaApdu *self, PosaReader *reader, GError **error)
{
  PosaApduSpec spec = { .target = read_target (reader) };

  if (posa_reader_u8 (reader) != 0 && !read_selection (&spec, reader, error))
    return FALSE;
  posa_apdu_add_spec (self, spec);
  return TRUE;
}

static void
put_targets (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->specs->len);
  for (guint i = 0; i < self->specs->len; i++)
    put_target (&posa_apdu_get_spec (self, i)->target, out);
}

static void
put_selecteds (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->specs->len);
  for (guint i = 0; i < self->specs->len; i++)
    put_spec (posa_apdu_get_spec (self, i), out);
}

/* @read_one for each that is announced, and there. */
static gboolean
read_counted (PosaApdu *self,
              PosaReader *reader,
              gboolean (*read_one) (PosaApdu *self, PosaReader *reader, GError **error),
              GError **error)
{
  gsize count = 0;

  if (!read_count (reader, &count, error))
    return FALSE;
  for (gsize i = 0; i < count && !reader->failed; i++)
    if (!read_one (self, reader, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_targets (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_one_target, error);
}

static gboolean
read_selecteds (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_selected, error);
}

static void
put_accesses (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->specs->len);
  for (guint i = 0; i < self->specs->len; i++)
    {
      const PosaApduSpec *spec = posa_apdu_get_spec (self, i);
      gboolean selected = spec->selection != NULL && spec->access != POSA_APDU_ACCESS_ACTION;

      posa_put_u8 (out, (guint8) (spec->access + (selected ? ACCESS_SELECTED : 0)));
      put_target (&spec->target, out);
      if (selected)
        put_selection (spec, out);
    }
}

static gboolean
set_unknown_access (guint8 choice, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "ACCESS: unknown specification %u",
               choice);
  return FALSE;
}

static gboolean
read_access (PosaApdu *self, PosaReader *reader, GError **error)
{
  guint8 choice = posa_reader_u8 (reader);
  gboolean selected = choice > POSA_APDU_ACCESS_ACTION;
  PosaApduSpec spec = { .access = selected ? choice - ACCESS_SELECTED : choice };

  if (choice < POSA_APDU_ACCESS_GET || choice > POSA_APDU_ACCESS_SET + ACCESS_SELECTED)
    return reader->failed || set_unknown_access (choice, error);
  spec.target = read_target (reader);
  if (selected && !read_selection (&spec, reader, error))
    return FALSE;
  posa_apdu_add_spec (self, spec);
  return TRUE;
}

static gboolean
read_accesses (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_access, error);
}

/* The answer to ACCESS has the data of all, then the result of each. */
static void
put_outcomes (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->specs->len);
  for (guint i = 0; i < self->specs->len; i++)
    {
      const PosaApduItem *item = posa_apdu_get_item (self, i);

      posa_put_u8 (out, posa_apdu_get_spec (self, i)->access);
      posa_put_u8 (out, item != NULL ? item->result : POSA_DLMS_OTHER_REASON);
    }
}

static gboolean
read_outcome (PosaApdu *self, PosaReader *reader, GError **error)
{
  PosaApduSpec spec = { .access = posa_reader_u8 (reader) };
  guint8 result = posa_reader_u8 (reader);

  if (spec.access < POSA_APDU_ACCESS_GET || spec.access > POSA_APDU_ACCESS_ACTION)
    return reader->failed || set_unknown_access (spec.access, error);
  if (self->specs->len < self->items->len)
    g_array_index (self->items, PosaApduItem, self->specs->len).result = result;
  else
    posa_apdu_add_item (self, result, NULL);
  posa_apdu_add_spec (self, spec);
  return TRUE;
}

static gboolean
read_outcomes (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_outcome, error);
}

/* The question may be repeated in the answer; ours do not. */
static void
put_no_accesses (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, 0);
}

static gboolean
read_no_accesses (PosaApdu *self, PosaReader *reader, GError **error)
{
  g_autoptr (PosaApdu) repeated = posa_apdu_new (POSA_APDU_ACCESS_REQUEST, 0);

  return posa_reader_u8 (reader) == 0 || read_accesses (repeated, reader, error);
}

/* ---- data and results ---- */

static void
put_data (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_write (posa_apdu_get_item (self, 0)->value, out);
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
put_optional_data (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->items->len > 0);
  if (self->items->len > 0)
    put_data (self, out);
}

static gboolean
read_optional_data (PosaApdu *self, PosaReader *reader, GError **error)
{
  return posa_reader_u8 (reader) == 0 || read_data (self, reader, error);
}

/* Null for what has none: the n-th belongs to the n-th specification. */
static void
put_datas (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    {
      const PosaApduItem *item = posa_apdu_get_item (self, i);

      if (item->value != NULL)
        posa_axdr_write (item->value, out);
      else
        posa_put_u8 (out, POSA_COSEM_NULL);
    }
}

static gboolean
read_datas (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_data, error);
}

/* 00 data, or 01 result. */
static void
put_any_item (const PosaApduItem *item, GByteArray *out)
{
  posa_put_u8 (out, item->value == NULL);
  if (item->value == NULL)
    posa_put_u8 (out, item->result);
  else
    posa_axdr_write (item->value, out);
}

static void
put_item (const PosaApdu *self, GByteArray *out)
{
  put_any_item (posa_apdu_get_item (self, 0), out);
}

static gboolean
read_item (PosaApdu *self, PosaReader *reader, GError **error)
{
  if (posa_reader_u8 (reader) == 0)
    return read_data (self, reader, error);
  posa_apdu_add_item (self, posa_reader_u8 (reader), NULL);
  return TRUE;
}

static void
put_items (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    put_any_item (posa_apdu_get_item (self, i), out);
}

static gboolean
read_items (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_item, error);
}

static void
put_optional_item (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->items->len > 0);
  if (self->items->len > 0)
    put_item (self, out);
}

static gboolean
read_optional_item (PosaApdu *self, PosaReader *reader, GError **error)
{
  return posa_reader_u8 (reader) == 0 || read_item (self, reader, error);
}

static void
put_action_items (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    {
      const PosaApduItem *item = posa_apdu_get_item (self, i);

      posa_put_u8 (out, item->result);
      posa_put_u8 (out, item->value != NULL);
      if (item->value != NULL)
        put_any_item (item, out);
    }
}

/* The result is the method's; why it returns no data, if it says so, is of no use. */
static gboolean
read_action_item (PosaApdu *self, PosaReader *reader, GError **error)
{
  guint8 result = posa_reader_u8 (reader);

  if (posa_reader_u8 (reader) == 0)
    posa_apdu_add_item (self, result, NULL);
  else if (!read_item (self, reader, error))
    return FALSE;
  else
    g_array_index (self->items, PosaApduItem, self->items->len - 1).result = result;
  return TRUE;
}

static gboolean
read_action_items (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_action_item, error);
}

static void
put_result (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->result);
}

static gboolean
read_result (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->result = posa_reader_u8 (reader);
  return TRUE;
}

static void
put_results (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    posa_put_u8 (out, posa_apdu_get_item (self, i)->result);
}

static gboolean
read_one_result (PosaApdu *self, PosaReader *reader, GError **error)
{
  posa_apdu_add_item (self, posa_reader_u8 (reader), NULL);
  return TRUE;
}

static gboolean
read_results (PosaApdu *self, PosaReader *reader, GError **error)
{
  return read_counted (self, reader, read_one_result, error);
}

/* ---- blocks ---- */

static void
put_block (const PosaApdu *self, GByteArray *out)
{
  posa_put_u32_be (out, self->block);
}

static gboolean
read_block (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->block = posa_reader_u32_be (reader);
  return TRUE;
}

static void
put_last (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->last);
}

static gboolean
read_last (PosaApdu *self, PosaReader *reader, GError **error)
{
  self->last = posa_reader_u8 (reader) != 0;
  return TRUE;
}

static void
put_raw (const PosaApdu *self, GByteArray *out)
{
  posa_axdr_put_length (out, self->raw->len);
  posa_put_bytes (out, self->raw->data, self->raw->len);
}

static gboolean
read_raw (PosaApdu *self, PosaReader *reader, GError **error)
{
  gsize size = posa_axdr_read_length (reader);
  const guint8 *data = posa_reader_bytes (reader, size);

  if (data != NULL)
    posa_put_bytes (self->raw, data, size);
  return TRUE;
}

static void
put_raw_or_result (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->result != POSA_DLMS_SUCCESS);
  if (self->result != POSA_DLMS_SUCCESS)
    put_result (self, out);
  else
    put_raw (self, out);
}

static gboolean
read_raw_or_result (PosaApdu *self, PosaReader *reader, GError **error)
{
  return posa_reader_u8 (reader) != 0 ? read_result (self, reader, error)
                                      : read_raw (self, reader, error);
}

/* ---- the rest ---- */

static void
put_optional_time (const PosaApdu *self, GByteArray *out)
{
  posa_put_u8 (out, self->raw->len > 0);
  if (self->raw->len > 0)
    put_raw (self, out);
}

static gboolean
read_optional_time (PosaApdu *self, PosaReader *reader, GError **error)
{
  return posa_reader_u8 (reader) == 0 || read_raw (self, reader, error);
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

const PosaApduField posa_apdu_field_target = { put_one_target, read_one_target };
const PosaApduField posa_apdu_field_selected = { put_selected, read_selected };
const PosaApduField posa_apdu_field_targets = { put_targets, read_targets };
const PosaApduField posa_apdu_field_selecteds = { put_selecteds, read_selecteds };
const PosaApduField posa_apdu_field_accesses = { put_accesses, read_accesses };
const PosaApduField posa_apdu_field_outcomes = { put_outcomes, read_outcomes };
const PosaApduField posa_apdu_field_no_accesses = { put_no_accesses, read_no_accesses };
const PosaApduField posa_apdu_field_data = { put_data, read_data };
const PosaApduField posa_apdu_field_optional_data = { put_optional_data, read_optional_data };
const PosaApduField posa_apdu_field_datas = { put_datas, read_datas };
const PosaApduField posa_apdu_field_item = { put_item, read_item };
const PosaApduField posa_apdu_field_items = { put_items, read_items };
const PosaApduField posa_apdu_field_optional_item = { put_optional_item, read_optional_item };
const PosaApduField posa_apdu_field_action_items = { put_action_items, read_action_items };
const PosaApduField posa_apdu_field_result = { put_result, read_result };
const PosaApduField posa_apdu_field_results = { put_results, read_results };
const PosaApduField posa_apdu_field_block = { put_block, read_block };
const PosaApduField posa_apdu_field_last = { put_last, read_last };
const PosaApduField posa_apdu_field_raw = { put_raw, read_raw };
const PosaApduField posa_apdu_field_raw_or_result = { put_raw_or_result, read_raw_or_result };
const PosaApduField posa_apdu_field_time = { put_raw, read_raw };
const PosaApduField posa_apdu_field_optional_time = { put_optional_time, read_optional_time };
const PosaApduField posa_apdu_field_exception = { put_exception, read_exception };
const PosaApduField posa_apdu_field_service_error = { put_service_error, read_service_error };
