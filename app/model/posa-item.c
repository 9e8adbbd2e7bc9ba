/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-item.h"

typedef struct
{
  GHashTable *values; /* interned name -> GValue */
} PosaItemPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PosaItem, posa_item, G_TYPE_OBJECT)

static void
value_free (gpointer data)
{
  GValue *value = data;

  g_value_unset (value);
  g_free (value);
}

static void
posa_item_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PosaItemPrivate *priv = posa_item_get_instance_private (POSA_ITEM (object));
  GValue *copy = g_new0 (GValue, 1);

  g_value_init (copy, pspec->value_type);
  g_value_copy (value, copy);
  if (G_VALUE_HOLDS_STRING (copy) && g_value_get_string (copy) == NULL)
    g_value_set_static_string (copy, "");
  g_hash_table_replace (priv->values, (gpointer) pspec->name, copy);
}

static void
posa_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PosaItemPrivate *priv = posa_item_get_instance_private (POSA_ITEM (object));
  const GValue *held = g_hash_table_lookup (priv->values, pspec->name);

  if (held != NULL)
    g_value_copy (held, value);
}

static void
posa_item_finalize (GObject *object)
{
  PosaItemPrivate *priv = posa_item_get_instance_private (POSA_ITEM (object));

  g_hash_table_unref (priv->values);
  G_OBJECT_CLASS (posa_item_parent_class)->finalize (object);
}

static void
posa_item_class_init (PosaItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = posa_item_finalize;
}

static void
posa_item_init (PosaItem *self)
{
  PosaItemPrivate *priv = posa_item_get_instance_private (self);

  /* The names are those of the param specs, which live as long as the class. */
  priv->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, value_free);
}

static GParamSpec *
make_spec (const PosaItemProperty *property)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  if (property->type == G_TYPE_BOOLEAN)
    return g_param_spec_boolean (property->name, NULL, NULL, FALSE, flags);
  if (property->type == G_TYPE_UINT)
    return g_param_spec_uint (property->name, NULL, NULL, 0, G_MAXUINT, 0, flags);
  return g_param_spec_string (property->name, NULL, NULL, NULL, flags);
}

void
posa_item_class_install (PosaItemClass *klass,
                         const PosaItemProperty *properties,
                         guint n_properties)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  /* GObject does not let these two be inherited. */
  object_class->set_property = posa_item_set_property;
  object_class->get_property = posa_item_get_property;
  for (guint i = 0; i < n_properties; i++)
    g_object_class_install_property (object_class, i + 1, make_spec (&properties[i]));
}

const char *
posa_item_get_text (gpointer self, const char *property)
{
  PosaItemPrivate *priv = posa_item_get_instance_private (POSA_ITEM (self));
  const GValue *held = g_hash_table_lookup (priv->values, property);

  g_return_val_if_fail (held != NULL && G_VALUE_HOLDS_STRING (held), "");
  return g_value_get_string (held);
}
