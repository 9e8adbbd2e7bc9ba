/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/translate/posa-tree.h"

#include "base/posa-cursor.h"

/* Captured bytes may be anything: what a terminal could take for more than text is shown as \xNN.
 */
static char *
dup_printable (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_isprint (*c))
      g_string_append_c (out, *c);
    else
      g_string_append_printf (out, "\\x%02X", (guint8) *c);
  return g_string_free (out, FALSE);
}

PosaTree *
posa_tree_new (const char *name, const char *text)
{
  PosaTree *self = g_new0 (PosaTree, 1);

  self->name = dup_printable (name);
  self->text = text != NULL ? dup_printable (text) : NULL;
  return self;
}

void
posa_tree_free (PosaTree *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->text);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self);
}

static PosaTree *
append (PosaTree *self, PosaTree *item)
{
  if (self->items == NULL)
    self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_tree_free);
  g_ptr_array_add (self->items, item);
  return item;
}

PosaTree *
posa_tree_add (PosaTree *self, const char *name, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  if (format != NULL)
    text = g_strdup_vprintf (format, args);
  va_end (args);
  return append (self, posa_tree_new (name, text));
}

void
posa_tree_add_fault (PosaTree *self, const char *name, const char *why)
{
  append (self, posa_tree_new (name, why))->fault = TRUE;
}

void
posa_tree_add_hex (PosaTree *self, const char *name, const guint8 *data, gsize size)
{
  g_autofree char *hex = posa_hex_encode (data, size);

  append (self, posa_tree_new (name, hex));
}

gboolean
posa_tree_is_faulty (const PosaTree *self)
{
  for (guint i = 0; self->items != NULL && i < self->items->len; i++)
    if (posa_tree_is_faulty (g_ptr_array_index (self->items, i)))
      return TRUE;
  return self->fault;
}

static void
print (const PosaTree *self, guint depth, GString *out)
{
  g_string_append_printf (out, "%*s%s%s%s%s\n", (int) (2 * depth), "", self->fault ? "! " : "",
                          self->name, self->text != NULL ? ": " : "",
                          self->text != NULL ? self->text : "");
  for (guint i = 0; self->items != NULL && i < self->items->len; i++)
    print (g_ptr_array_index (self->items, i), depth + 1, out);
}

char *
posa_tree_to_text (const PosaTree *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; self->items != NULL && i < self->items->len; i++)
    print (g_ptr_array_index (self->items, i), 0, out);
  return g_string_free (out, FALSE);
}

static void
build (const PosaTree *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, self->name);
  if (self->text != NULL)
    {
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, self->text);
    }
  if (self->fault)
    {
      json_builder_set_member_name (builder, "fault");
      json_builder_add_boolean_value (builder, TRUE);
    }
  if (self->items != NULL)
    {
      json_builder_set_member_name (builder, "items");
      json_builder_begin_array (builder);
      for (guint i = 0; i < self->items->len; i++)
        build (g_ptr_array_index (self->items, i), builder);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

char *
posa_tree_to_json (const PosaTree *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  build (self, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
