/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a translation says: a name, a text to it, and what belongs under it. A fault is a place that
 * could not be decoded; its text says why. */
typedef struct _PosaTree PosaTree;
struct _PosaTree
{
  char *name;
  char *text; /* NULL for none */
  gboolean fault;
  GPtrArray *items; /* PosaTree, NULL for none */
};

/* @text NULL for none. */
PosaTree *posa_tree_new (const char *name, const char *text);
void posa_tree_free (PosaTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTree, posa_tree_free)

/* The new item, borrowed. @format NULL for no text. */
PosaTree *posa_tree_add (PosaTree *self, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void posa_tree_add_fault (PosaTree *self, const char *name, const char *why);
/* Upper-case hex. */
void posa_tree_add_hex (PosaTree *self, const char *name, const guint8 *data, gsize size);

/* Whether there is a fault anywhere. */
gboolean posa_tree_is_faulty (const PosaTree *self);

/* The items, each deeper by two spaces; faults begin with "! ". Free with g_free(). */
char *posa_tree_to_text (const PosaTree *self);
/* {"name", "text"?, "fault"?: true, "items"?: […]}; free with g_free(). */
char *posa_tree_to_json (const PosaTree *self);

G_END_DECLS
