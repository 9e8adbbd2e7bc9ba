/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow/posa-flow-evidence.h"

#include "base/posa-error.h"

typedef struct
{
  char *name;
  char *value;
} Entry;

struct _PosaFlowEvidence
{
  GPtrArray *entries; /* Entry */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  g_free (entry->value);
  g_free (entry);
}

static Entry *
find (const PosaFlowEvidence *self, const char *name)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (g_str_equal (entry->name, name))
        return entry;
    }
  return NULL;
}

PosaFlowEvidence *
posa_flow_evidence_new (void)
{
  PosaFlowEvidence *self = g_new0 (PosaFlowEvidence, 1);

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

PosaFlowEvidence *
posa_flow_evidence_copy (const PosaFlowEvidence *self)
{
  PosaFlowEvidence *copy = posa_flow_evidence_new ();

  for (guint i = 0; self != NULL && i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      posa_flow_evidence_set (copy, entry->name, entry->value);
    }
  return copy;
}

void
posa_flow_evidence_free (PosaFlowEvidence *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_free (self);
}

void
posa_flow_evidence_set (PosaFlowEvidence *self, const char *name, const char *value)
{
  Entry *entry = find (self, name);

  if (value == NULL || *value == '\0')
    {
      if (entry != NULL)
        g_ptr_array_remove (self->entries, entry);
    }
  else if (entry != NULL)
    g_set_str (&entry->value, value);
  else
    {
      entry = g_new0 (Entry, 1);
      entry->name = g_strdup (name);
      entry->value = g_strdup (value);
      g_ptr_array_add (self->entries, entry);
    }
}

void
posa_flow_evidence_set_int (PosaFlowEvidence *self, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  posa_flow_evidence_set (self, name, text);
}

const char *
posa_flow_evidence_get (const PosaFlowEvidence *self, const char *name)
{
  Entry *entry = self != NULL ? find (self, name) : NULL;

  return entry != NULL ? entry->value : NULL;
}

gint64
posa_flow_evidence_get_int (const PosaFlowEvidence *self, const char *name, gint64 absent)
{
  const char *text = posa_flow_evidence_get (self, name);
  gint64 value;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL))
    return absent;
  return value;
}

char *
posa_flow_evidence_to_text (const PosaFlowEvidence *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  for (guint i = 0; self != NULL && i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      posa_json_add_string (builder, entry->name, entry->value);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return posa_json_to_text (root, FALSE);
}

PosaFlowEvidence *
posa_flow_evidence_from_text (const char *text, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, error);
  g_autoptr (PosaFlowEvidence) self = posa_flow_evidence_new ();
  g_autoptr (GList) names = NULL;
  PosaJsonCursor root;

  if (document == NULL)
    return NULL;
  root = posa_json_root (document);
  if (root.node != NULL && JSON_NODE_HOLDS_OBJECT (root.node))
    names = json_object_get_members (json_node_get_object (root.node));
  else
    posa_json_fault (root, "expected an object");
  for (GList *l = names; l != NULL; l = l->next)
    posa_flow_evidence_set (self, l->data, posa_json_string (root, l->data));
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}
