/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Base of the rows of all list models: an object that is nothing but its construct-only properties,
 * declared by a table in class_init. Immutable, so it may be read from any thread. */
#define POSA_TYPE_ITEM (posa_item_get_type ())
G_DECLARE_DERIVABLE_TYPE (PosaItem, posa_item, POSA, ITEM, GObject)

struct _PosaItemClass
{
  GObjectClass parent_class;
};

/* One property; @type is G_TYPE_STRING, G_TYPE_BOOLEAN or G_TYPE_UINT. A string is never NULL. */
typedef struct
{
  const char *name;
  GType type;
} PosaItemProperty;

void posa_item_class_install (PosaItemClass *klass,
                              const PosaItemProperty *properties,
                              guint n_properties);
/* Value of a string property; borrowed. */
const char *posa_item_get_text (gpointer self, const char *property);

G_END_DECLS
