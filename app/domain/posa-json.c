/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-json.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"

#include <math.h>

#define SIZE_MAX_BYTES (8 * 1024 * 1024)
#define DEPTH_MAX      32
#define TIME_END       G_GINT64_CONSTANT (7258118400000000) /* the year 2200 */
#define DIGITS_MAX     18 /* every integer of so many digits fits in 64 bits */

struct _PosaJsonDocument
{
  JsonParser *parser;
  GError *fault;
};

/* What the tokens alone show, before anything is built from them. */
typedef struct
{
  guint depth;
  guint digits;
  guint n_members;
  gboolean in_string;
  gboolean in_escape;
  gboolean in_word; /* a number, true, false, null */
  gboolean is_real;
} Scan;

static PosaJsonCursor
nowhere (PosaJsonDocument *document)
{
  return (PosaJsonCursor) { document, NULL };
}

static const char *
scan_string (Scan *scan, const char *text)
{
  if (scan->in_escape)
    {
      scan->in_escape = FALSE;
      /* A NUL would silently cut the string. */
      if (g_str_has_prefix (text, "u0000"))
        return "the character NUL";
    }
  else if (*text == '\\')
    scan->in_escape = TRUE;
  else if (*text == '"')
    scan->in_string = FALSE;
  return NULL;
}

static const char *
scan_token (Scan *scan, char c)
{
  if (!g_ascii_isalnum (c) && strchr ("+-.", c) == NULL)
    scan->in_word = FALSE;
  else if (!scan->in_word)
    {
      scan->in_word = TRUE;
      scan->is_real = FALSE;
      scan->digits = 0;
    }
  if (c == '"')
    scan->in_string = TRUE;
  else if ((guchar) c > 0x7f)
    return "a foreign character outside a string";
  else if ((c == '{' || c == '[') && ++scan->depth > DEPTH_MAX)
    return "nested too deep";
  else if ((c == '}' || c == ']') && scan->depth > 0)
    scan->depth--;
  else if (c == ':')
    scan->n_members++;
  else if (c == '.' || c == 'e' || c == 'E')
    scan->is_real = TRUE;
  else if (g_ascii_isdigit (c) && ++scan->digits > DIGITS_MAX && !scan->is_real)
    return "a number of too many digits";
  return NULL;
}

static gboolean
scan_text (const char *text, gsize size, guint *n_members, GError **error)
{
  Scan scan = { 0 };

  for (gsize i = 0; i < size; i++)
    {
      const char *fault = scan.in_string ? scan_string (&scan, text + i)
                                         : scan_token (&scan, text[i]);
      if (fault != NULL)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "JSON, byte %" G_GSIZE_FORMAT ": %s", i, fault);
          return FALSE;
        }
    }
  *n_members = scan.n_members;
  return TRUE;
}

/* All that the parser kept; fewer than were written when an object names one twice. */
static guint
count_members (JsonNode *node)
{
  guint n = 0;

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        n += count_members (json_array_get_element (array, i));
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        n += 1 + count_members (member);
    }
  return n;
}

PosaJsonDocument *
posa_json_parse (const char *text, gssize size, GError **error)
{
  gsize length = size < 0 ? strlen (text) : (gsize) size;

  if (length > SIZE_MAX_BYTES || !g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "JSON: %s",
                   length > SIZE_MAX_BYTES ? "larger than 8 MiB" : "not UTF-8");
      return NULL;
    }
  /* A copy ends in NUL, whatever the caller's buffer does; an empty GBytes has no address. */
  g_autofree char *copy = g_strndup (text != NULL ? text : "", length);
  guint n_members = 0;
  if (!scan_text (copy, length, &n_members, error))
    return NULL;

  g_autoptr (PosaJsonDocument) self = g_new0 (PosaJsonDocument, 1);
  self->parser = json_parser_new ();
  json_parser_set_strict (self->parser, TRUE);
  g_autoptr (GError) local = NULL;
  if (!json_parser_load_from_data (self->parser, copy, (gssize) length, &local))
    g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "JSON: %s", local->message);
  else if (json_parser_get_root (self->parser) == NULL)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "JSON: empty");
  else if (count_members (json_parser_get_root (self->parser)) != n_members)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                         "JSON: an object names a member twice");
  else
    return g_steal_pointer (&self);
  return NULL;
}

void
posa_json_document_free (PosaJsonDocument *self)
{
  g_object_unref (self->parser);
  g_clear_error (&self->fault);
  g_free (self);
}

PosaJsonCursor
posa_json_root (PosaJsonDocument *self)
{
  return (PosaJsonCursor) { self, json_parser_get_root (self->parser) };
}

gboolean
posa_json_check (PosaJsonDocument *self, GError **error)
{
  if (self->fault == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->fault);
  return FALSE;
}

/* Appends the path from @node down to @wanted; FALSE when it is not below. Only a fault asks. */
static gboolean
find_path (JsonNode *node, JsonNode *wanted, GString *path)
{
  gsize length = path->len;

  if (node == wanted)
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          g_string_append_printf (path, "[%u]", i);
          if (find_path (json_array_get_element (array, i), wanted, path))
            return TRUE;
          g_string_truncate (path, length);
        }
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &name, &member))
        {
          g_string_append_printf (path, "%s%s", length > 0 ? "." : "", name);
          if (find_path (member, wanted, path))
            return TRUE;
          g_string_truncate (path, length);
        }
    }
  return FALSE;
}

/* @member may be NULL. */
static void
set_fault (PosaJsonCursor at, const char *member, const char *text)
{
  g_autoptr (GString) path = g_string_new (NULL);

  if (at.document == NULL || at.document->fault != NULL)
    return;
  if (at.node != NULL)
    find_path (json_parser_get_root (at.document->parser), at.node, path);
  if (member != NULL)
    g_string_append_printf (path, "%s%s", path->len > 0 ? "." : "", member);
  g_set_error (&at.document->fault, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s%s%s", path->str,
               path->len > 0 ? ": " : "", text);
}

void
posa_json_fault (PosaJsonCursor at, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  set_fault (at, NULL, text);
}

static JsonNode *
lookup (PosaJsonCursor object, const char *member)
{
  if (object.node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (object.node))
    {
      posa_json_fault (object, "expected an object");
      return NULL;
    }
  return json_object_get_member (json_node_get_object (object.node), member);
}

gboolean
posa_json_has (PosaJsonCursor object, const char *member)
{
  JsonNode *node = lookup (object, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

PosaJsonCursor
posa_json_member (PosaJsonCursor object, const char *member)
{
  JsonNode *node = lookup (object, member);

  if (node == NULL && object.node != NULL)
    set_fault (object, member, "missing");
  return (PosaJsonCursor) { object.document, node };
}

static PosaJsonCursor
expect (PosaJsonCursor at, gboolean holds, const char *what)
{
  if (at.node == NULL || holds)
    return at;
  posa_json_fault (at, "expected %s", what);
  return nowhere (at.document);
}

static gboolean
holds_value (PosaJsonCursor at, GType type)
{
  return at.node != NULL && JSON_NODE_HOLDS_VALUE (at.node) &&
         json_node_get_value_type (at.node) == type;
}

PosaJsonCursor
posa_json_object (PosaJsonCursor object, const char *member)
{
  PosaJsonCursor at = posa_json_member (object, member);

  return expect (at, at.node != NULL && JSON_NODE_HOLDS_OBJECT (at.node), "an object");
}

PosaJsonCursor
posa_json_array (PosaJsonCursor object, const char *member)
{
  PosaJsonCursor at = posa_json_member (object, member);

  return expect (at, at.node != NULL && JSON_NODE_HOLDS_ARRAY (at.node), "an array");
}

guint
posa_json_length (PosaJsonCursor array)
{
  if (array.node == NULL || !JSON_NODE_HOLDS_ARRAY (array.node))
    {
      expect (array, FALSE, "an array");
      return 0;
    }
  return json_array_get_length (json_node_get_array (array.node));
}

PosaJsonCursor
posa_json_at (PosaJsonCursor array, guint i)
{
  if (i >= posa_json_length (array))
    {
      if (array.node != NULL)
        posa_json_fault (array, "needs at least %u elements", i + 1);
      return nowhere (array.document);
    }
  return (PosaJsonCursor) { array.document,
                            json_array_get_element (json_node_get_array (array.node), i) };
}

gboolean
posa_json_is_null (PosaJsonCursor at)
{
  return at.node != NULL && JSON_NODE_HOLDS_NULL (at.node);
}

const char *
posa_json_string_value (PosaJsonCursor string)
{
  string = expect (string, holds_value (string, G_TYPE_STRING), "a string");
  return string.node != NULL ? json_node_get_string (string.node) : NULL;
}

const char *
posa_json_string (PosaJsonCursor object, const char *member)
{
  return posa_json_string_value (posa_json_member (object, member));
}

char *
posa_json_dup_string_or_null (PosaJsonCursor object, const char *member)
{
  return posa_json_has (object, member) ? g_strdup (posa_json_string (object, member)) : NULL;
}

gint64
posa_json_int_value (PosaJsonCursor integer)
{
  integer = expect (integer, holds_value (integer, G_TYPE_INT64), "an integer");
  return integer.node != NULL ? json_node_get_int (integer.node) : 0;
}

gint64
posa_json_int (PosaJsonCursor object, const char *member)
{
  return posa_json_int_value (posa_json_member (object, member));
}

gint64
posa_json_int_or (PosaJsonCursor object, const char *member, gint64 absent)
{
  return posa_json_has (object, member) ? posa_json_int (object, member) : absent;
}

double
posa_json_double (PosaJsonCursor object, const char *member)
{
  PosaJsonCursor at = posa_json_member (object, member);
  gboolean is_number = holds_value (at, G_TYPE_INT64) || holds_value (at, G_TYPE_DOUBLE);

  at = expect (at, is_number && isfinite (json_node_get_double (at.node)), "a number");
  return at.node != NULL ? json_node_get_double (at.node) : 0;
}

gboolean
posa_json_bool (PosaJsonCursor object, const char *member)
{
  PosaJsonCursor at = posa_json_member (object, member);

  at = expect (at, holds_value (at, G_TYPE_BOOLEAN), "true or false");
  return at.node != NULL && json_node_get_boolean (at.node);
}

gint64
posa_json_time (PosaJsonCursor object, const char *member)
{
  PosaJsonCursor at = posa_json_member (object, member);
  const char *text = posa_json_string_value (at);
  g_autoptr (GError) local = NULL;
  gint64 time = text != NULL ? posa_time_parse (text, &local) : 0;

  if (local != NULL)
    posa_json_fault (at, "%s", local->message);
  else if (text != NULL && (time <= 0 || time >= TIME_END))
    posa_json_fault (at, "outside the years 1970 to 2199");
  return local == NULL ? time : 0;
}

gint64
posa_json_time_or_0 (PosaJsonCursor object, const char *member)
{
  return posa_json_has (object, member) ? posa_json_time (object, member) : 0;
}
