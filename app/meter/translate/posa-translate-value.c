/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-translate-value.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-cosem-time.h"
#include "meter/translate/posa-cosem-names.h"

#include <string.h>

#define OBIS_BYTES 6
#define MAX_SCALER 18

static const struct
{
  PosaCosemTag tag;
  const char *name;
} types[] = {
  { POSA_COSEM_NULL, "null-data" },
  { POSA_COSEM_ARRAY, "array" },
  { POSA_COSEM_STRUCTURE, "structure" },
  { POSA_COSEM_BOOLEAN, "boolean" },
  { POSA_COSEM_BIT_STRING, "bit-string" },
  { POSA_COSEM_INT32, "double-long" },
  { POSA_COSEM_UINT32, "double-long-unsigned" },
  { POSA_COSEM_OCTET_STRING, "octet-string" },
  { POSA_COSEM_VISIBLE_STRING, "visible-string" },
  { POSA_COSEM_UTF8_STRING, "utf8-string" },
  { POSA_COSEM_BCD, "bcd" },
  { POSA_COSEM_INT8, "integer" },
  { POSA_COSEM_INT16, "long" },
  { POSA_COSEM_UINT8, "unsigned" },
  { POSA_COSEM_UINT16, "long-unsigned" },
  { POSA_COSEM_INT64, "long64" },
  { POSA_COSEM_UINT64, "long64-unsigned" },
  { POSA_COSEM_ENUM, "enum" },
  { POSA_COSEM_FLOAT32, "float32" },
  { POSA_COSEM_FLOAT64, "float64" },
  { POSA_COSEM_DATE_TIME, "date-time" },
  { POSA_COSEM_DATE, "date" },
  { POSA_COSEM_TIME, "time" },
  { POSA_COSEM_DELTA_INT8, "delta-integer" },
  { POSA_COSEM_DELTA_INT16, "delta-long" },
  { POSA_COSEM_DELTA_INT32, "delta-double-long" },
  { POSA_COSEM_DELTA_UINT8, "delta-unsigned" },
  { POSA_COSEM_DELTA_UINT16, "delta-long-unsigned" },
  { POSA_COSEM_DELTA_UINT32, "delta-double-long-unsigned" },
  { POSA_COSEM_DONT_CARE, "dont-care" },
};

const char *
posa_translate_type_name (PosaCosemTag tag)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].tag == tag)
      return types[i].name;
  return "unknown type";
}

gboolean
posa_translate_get_scaler (const PosaCosemValue *value, gint8 *scaler, guint8 *unit)
{
  const PosaCosemValue *first = posa_cosem_value_get_item (value, 0);
  const PosaCosemValue *second = posa_cosem_value_get_item (value, 1);

  if (posa_cosem_value_get_n_items (value) != 2 || first->tag != POSA_COSEM_INT8 ||
      second->tag != POSA_COSEM_ENUM)
    return FALSE;
  *scaler = (gint8) first->integer;
  *unit = (guint8) second->integer;
  return posa_cosem_unit_name (*unit) != NULL;
}

char *
posa_translate_scale (gint64 number, gint8 scaler, guint8 unit)
{
  const char *name = posa_cosem_unit_name (unit);
  guint64 size = number < 0 ? -(guint64) number : (guint64) number;
  g_autoptr (GString) text = g_string_new (NULL);

  if (scaler < -MAX_SCALER || scaler > MAX_SCALER)
    {
      g_string_printf (text, "%" G_GINT64_FORMAT "e%d", number, scaler);
      number = 0;
    }
  else
    g_string_printf (text, "%0*" G_GUINT64_FORMAT, scaler < 0 ? 1 - scaler : 1, size);
  if (scaler < 0 && scaler >= -MAX_SCALER)
    g_string_insert_c (text, (gssize) text->len + scaler, '.');
  for (gint8 i = 0; i < scaler && scaler <= MAX_SCALER && size != 0; i++)
    g_string_append_c (text, '0');
  if (number < 0)
    g_string_prepend_c (text, '-');
  if (name != NULL && *name != '\0')
    g_string_append_printf (text, " %s", name);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ---- times ---- */

static gboolean
is_within (guint8 value, guint8 least, guint8 most)
{
  return value == 0xFF || (value >= least && value <= most);
}

static gboolean
is_plausible (const PosaCosemTime *time)
{
  return (time->year == 0xFFFF || (time->year >= 1970 && time->year < 2200)) &&
         (is_within (time->month, 1, 12) || time->month >= 0xFD) &&
         (is_within (time->day, 1, 31) || time->day >= 0xFD) && is_within (time->weekday, 1, 7) &&
         is_within (time->hour, 0, 23) && is_within (time->minute, 0, 59) &&
         is_within (time->second, 0, 59) && is_within (time->hundredths, 0, 99);
}

static void
append_field (GString *out, guint value, guint any, int width)
{
  if (value == any)
    g_string_append (out, "**");
  else
    g_string_append_printf (out, "%0*u", width, value);
}

static void
append_day (GString *out, guint8 month, guint8 day)
{
  if (month == 0xFD || month == 0xFE)
    g_string_append (out, month == 0xFE ? "begin of summer time" : "end of summer time");
  else
    append_field (out, month, 0xFF, 2);
  if (day == 0xFD || day == 0xFE)
    g_string_append (out, day == 0xFE ? "-last" : "-last but one");
  else
    {
      g_string_append_c (out, '-');
      append_field (out, day, 0xFF, 2);
    }
}

static void
append_weekday (GString *out, guint8 weekday)
{
  static const char *const days[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday" };

  if (weekday >= 1 && weekday <= G_N_ELEMENTS (days))
    g_string_append_printf (out, " %s", days[weekday - 1]);
}

static char *
format_time (const PosaCosemTime *time)
{
  GString *out = g_string_new (NULL);

  append_field (out, time->year, 0xFFFF, 4);
  g_string_append_c (out, '-');
  append_day (out, time->month, time->day);
  append_weekday (out, time->weekday);
  g_string_append_c (out, ' ');
  append_field (out, time->hour, 0xFF, 2);
  g_string_append_c (out, ':');
  append_field (out, time->minute, 0xFF, 2);
  g_string_append_c (out, ':');
  append_field (out, time->second, 0xFF, 2);
  if (time->deviation != POSA_COSEM_NO_DEVIATION)
    g_string_append_printf (out, ", UTC = local %+d min", time->deviation);
  if (time->status != 0xFF && (time->status & POSA_COSEM_TIME_SUMMER) != 0)
    g_string_append (out, ", summer time");
  return g_string_free (out, FALSE);
}

/* ---- what bytes mean ---- */

/* What the bytes say beyond their hex; free, NULL for nothing. */
static char *
explain_bytes (const PosaCosemValue *value, const guint8 *data, gsize size)
{
  g_autofree char *text = posa_cosem_value_dup_text (value);
  PosaCosemTime time;

  if (posa_cosem_time_from_value (value, &time) && is_plausible (&time))
    return format_time (&time);
  if (size == OBIS_BYTES && data[5] == 0xFF)
    {
      PosaObis obis = POSA_OBIS (data[0], data[1], data[2], data[3], data[4], data[5]);
      g_autofree char *code = posa_obis_format (obis);
      const char *name = posa_cosem_object_name (obis);

      return g_strjoin (" ", code, name, NULL);
    }
  return text != NULL && size > 0 ? g_strdup_printf ("\"%s\"", text) : NULL;
}

static void
add_bits (PosaTree *parent, const char *name, const PosaCosemValue *value)
{
  g_autoptr (GString) bits = g_string_new (NULL);
  gsize size = 0;
  const guint8 *data = posa_cosem_value_get_bytes (value, &size);

  for (gint64 i = 0; i < value->integer && (gsize) (i / 8) < size; i++)
    g_string_append_c (bits, (data[i / 8] & 0x80 >> i % 8) != 0 ? '1' : '0');
  posa_tree_add (parent, name, "bit-string %s", bits->str);
}

static void
add_bytes (PosaTree *parent, const char *name, const PosaCosemValue *value)
{
  gsize size = 0;
  const guint8 *data = posa_cosem_value_get_bytes (value, &size);
  g_autofree char *hex = posa_hex_encode (data, size);
  g_autofree char *meaning = explain_bytes (value, data, size);

  posa_tree_add (parent, name, "%s %s%s%s", posa_translate_type_name (value->tag), hex,
                 meaning != NULL ? " = " : "", meaning != NULL ? meaning : "");
}

static void
add_container (PosaTree *parent, const char *name, const PosaCosemValue *value)
{
  gint8 scaler = 0;
  guint8 unit = 0;
  guint n = posa_cosem_value_get_n_items (value);

  if (posa_translate_get_scaler (value, &scaler, &unit))
    {
      posa_tree_add (parent, name, "structure scaler %d, unit %u %s", scaler, unit,
                     posa_cosem_unit_name (unit));
      return;
    }
  PosaTree *tree =
      posa_tree_add (parent, name, "%s of %u", posa_translate_type_name (value->tag), n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i + 1);

      posa_translate_value (tree, number, posa_cosem_value_get_item (value, i));
    }
}

static void
add_number (PosaTree *parent, const char *name, const PosaCosemValue *value)
{
  const char *type = posa_translate_type_name (value->tag);

  if (value->tag == POSA_COSEM_UINT64)
    posa_tree_add (parent, name, "%s %" G_GUINT64_FORMAT, type, (guint64) value->integer);
  else if (value->tag == POSA_COSEM_FLOAT32)
    {
      guint32 bits = (guint32) value->integer;
      float number = 0;

      memcpy (&number, &bits, sizeof number);
      posa_tree_add (parent, name, "%s %.9g", type, (double) number);
    }
  else if (value->tag == POSA_COSEM_FLOAT64)
    {
      double number = 0;

      memcpy (&number, &value->integer, sizeof number);
      posa_tree_add (parent, name, "%s %.17g", type, number);
    }
  else
    posa_tree_add (parent, name, "%s %" G_GINT64_FORMAT, type, value->integer);
}

void
posa_translate_value (PosaTree *parent, const char *name, const PosaCosemValue *value)
{
  if (value->items != NULL)
    add_container (parent, name, value);
  else if (value->tag == POSA_COSEM_BIT_STRING)
    add_bits (parent, name, value);
  else if (value->bytes != NULL)
    add_bytes (parent, name, value);
  else if (value->tag == POSA_COSEM_NULL || value->tag == POSA_COSEM_DONT_CARE)
    posa_tree_add (parent, name, "%s", posa_translate_type_name (value->tag));
  else
    add_number (parent, name, value);
}

void
posa_translate_secret (PosaTree *parent, const char *name, const PosaCosemValue *value)
{
  posa_tree_add (parent, name, "%s, not shown", posa_translate_type_name (value->tag));
}
