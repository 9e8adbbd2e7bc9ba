/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-iec-data.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"

#include <string.h>

#define MAX_DIGITS 12 /* fits a gint64 in millionths too */

typedef struct
{
  GPtrArray *sets;
  GString *address;  /* of the line so far */
  GString *content;  /* inside parentheses */
  gboolean inside;   /* … which are open */
  gboolean complete; /* address has had its first value: the next text begins a new one */
  guint index;
  guint line;
} Parser;

static void
data_set_free (gpointer data)
{
  PosaIecDataSet *set = data;

  g_free (set->address);
  g_free (set->value);
  g_free (set->unit);
  g_free (set);
}

static gboolean
set_invalid (const Parser *parser, const char *what, GError **error)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "data block, line %u: %s", parser->line,
               what);
  return FALSE;
}

static void
add_set (Parser *parser)
{
  PosaIecDataSet *set = g_new0 (PosaIecDataSet, 1);
  char *star = strchr (parser->content->str, '*');

  set->address = g_strstrip (g_strdup (parser->address->str));
  set->index = parser->index++;
  set->unit = g_strdup (star != NULL ? star + 1 : "");
  g_strstrip (set->unit);
  if (star != NULL)
    *star = '\0';
  set->value = g_strdup (parser->content->str);
  g_ptr_array_add (parser->sets, set);
  parser->complete = TRUE;
}

static gboolean
take_inside (Parser *parser, char c, GError **error)
{
  if (c == '(' || c == '\n' || c == '\r')
    return set_invalid (parser, "a parenthesis is not closed", error);
  if (c != ')')
    {
      g_string_append_c (parser->content, c);
      return TRUE;
    }
  add_set (parser);
  parser->inside = FALSE;
  return TRUE;
}

static void
begin_address (Parser *parser)
{
  g_string_truncate (parser->address, 0);
  parser->complete = FALSE;
  parser->index = 0;
}

static void
take_outside (Parser *parser, char c)
{
  if (c == '(')
    {
      g_string_truncate (parser->content, 0);
      parser->inside = TRUE;
      return;
    }
  if (c == '\n')
    {
      /* A line without parentheses says nothing; one that begins with them continues. */
      if (!parser->complete)
        begin_address (parser);
      parser->line++;
    }
  if (g_ascii_isspace (c))
    return;
  if (parser->complete)
    begin_address (parser);
  g_string_append_c (parser->address, c);
}

static gboolean
parse (Parser *parser, PosaReader *reader, GError **error)
{
  while (posa_reader_remaining (reader) > 0)
    {
      char c = (char) posa_reader_u8 (reader);
      if (!g_ascii_isprint (c) && c != '\r' && c != '\n')
        return set_invalid (parser, "a character that is not text", error);
      if (!parser->inside && c == '!')
        return TRUE;
      if (!parser->inside)
        take_outside (parser, c);
      else if (!take_inside (parser, c, error))
        return FALSE;
    }
  return !parser->inside || set_invalid (parser, "a parenthesis is not closed", error);
}

GPtrArray *
posa_iec_data_parse (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func (data_set_free);
  g_autoptr (GString) address = g_string_new (NULL);
  g_autoptr (GString) content = g_string_new (NULL);
  Parser parser = { .sets = sets, .address = address, .content = content, .line = 1 };
  PosaReader reader;

  posa_reader_init (&reader, data, size);
  return parse (&parser, &reader, error) ? g_steal_pointer (&sets) : NULL;
}

/* The part of a code that matters, without "A-B:" and "*255". */
static const char *
core_of (const char *code, gsize *size)
{
  const char *colon = strchr (code, ':');
  const char *core = colon != NULL ? colon + 1 : code;

  *size = strlen (core);
  if (g_str_has_suffix (core, "*255"))
    *size -= strlen ("*255");
  return core;
}

gboolean
posa_iec_code_equal (const char *x, const char *y)
{
  gsize x_size, y_size;
  const char *x_core = core_of (x, &x_size), *y_core = core_of (y, &y_size);

  return x_size == y_size && g_ascii_strncasecmp (x_core, y_core, x_size) == 0;
}

const PosaIecDataSet *
posa_iec_data_find (GPtrArray *sets, const char *code, guint index)
{
  for (guint i = 0; i < sets->len; i++)
    {
      const PosaIecDataSet *set = g_ptr_array_index (sets, i);
      if (set->index == index && posa_iec_code_equal (set->address, code))
        return set;
    }
  return NULL;
}

/* Splits "kWh" into the power of ten of its prefix and its base. */
static const char *
split_unit (const char *unit, guint *exponent)
{
  *exponent = unit[0] == 'k' ? 3 : unit[0] == 'M' ? 6 : 0;
  return *exponent > 0 ? unit + 1 : unit;
}

static gint64
power_of_ten (guint exponent)
{
  return exponent == 0 ? 1 : 10 * power_of_ten (exponent - 1);
}

typedef struct
{
  gint64 digits;    /* the number without its point */
  guint n_digits;   /* how many */
  guint n_decimals; /* behind the point */
} Number;

/* Reads "  0012.345" and returns what follows it, NULL when there is no number. */
static const char *
read_number (const char *text, Number *out)
{
  gboolean point = FALSE;

  *out = (Number) { 0 };
  while (*text == ' ')
    text++;
  text += *text == '+';
  for (; g_ascii_isdigit (*text) || (*text == '.' && !point); text++)
    {
      if (*text == '.')
        point = TRUE;
      else if (++out->n_digits <= MAX_DIGITS)
        {
          out->digits = out->digits * 10 + (*text - '0');
          out->n_decimals += point;
        }
    }
  while (*text == ' ')
    text++;
  return out->n_digits > 0 && out->n_digits <= MAX_DIGITS ? text : NULL;
}

gboolean
posa_iec_data_get_number (const PosaIecDataSet *set,
                          const char *unit,
                          gint64 *value,
                          gint64 *resolution,
                          GError **error)
{
  guint want_exponent, exponent;
  const char *base = split_unit (unit, &want_exponent);
  Number number;
  const char *rest = read_number (set->value, &number);
  gboolean one_unit = rest != NULL && (*rest == '\0' || *set->unit == '\0');
  const char *given = one_unit && *rest != '\0' ? rest : set->unit;

  if (*given == '\0')
    given = unit;
  if (!one_unit || g_ascii_strcasecmp (split_unit (given, &exponent), base) != 0)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: \"%s%s%s\" is no number of %s",
                   set->address, set->value, *set->unit != '\0' ? "*" : "", set->unit, unit);
      return FALSE;
    }
  if (number.n_decimals > exponent)
    *value = number.digits / power_of_ten (number.n_decimals - exponent);
  else
    *value = number.digits * power_of_ten (exponent - number.n_decimals);
  *resolution = number.n_decimals > exponent ? 1 : power_of_ten (exponent - number.n_decimals);
  return TRUE;
}
