/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-names.h"

#include <string.h>

#define FIRST_SLOTS 1024
/* Offsets are 32 bits wide. */
#define MAX_TEXT (G_MAXUINT32 - G_MAXUINT16)

struct _PosaNames
{
  GByteArray *text; /* zero-terminated */
  GArray *starts;   /* guint32 in it */
  gint32 *slots;    /* open addressing: id, or -1 */
  gsize n_slots;    /* power of two */
};

static gint32 *
make_slots (gsize n)
{
  gint32 *slots = g_new (gint32, n);

  memset (slots, 0xFF, n * sizeof *slots);
  return slots;
}

PosaNames *
posa_names_new (void)
{
  PosaNames *self = g_new0 (PosaNames, 1);

  self->text = g_byte_array_new ();
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->slots = make_slots (FIRST_SLOTS);
  self->n_slots = FIRST_SLOTS;
  return self;
}

void
posa_names_free (PosaNames *self)
{
  g_byte_array_unref (self->text);
  g_array_unref (self->starts);
  g_free (self->slots);
  g_free (self);
}

gint32
posa_names_get_n (const PosaNames *self)
{
  return (gint32) self->starts->len;
}

const char *
posa_names_get (const PosaNames *self, gint32 id)
{
  return (const char *) self->text->data + g_array_index (self->starts, guint32, id);
}

/* FNV-1a, with its high bits folded into those that choose the slot. */
static guint64
hash (const char *name)
{
  guint64 value = G_GUINT64_CONSTANT (14695981039346656037);

  for (const guint8 *at = (const guint8 *) name; *at != 0; at++)
    value = (value ^ *at) * G_GUINT64_CONSTANT (1099511628211);
  return value ^ (value >> 29);
}

/* The slot of @name, or the free one that it would get. */
static gint32 *
find_slot (const PosaNames *self, const char *name)
{
  gsize mask = self->n_slots - 1, at = hash (name) & mask;

  while (self->slots[at] >= 0 && strcmp (posa_names_get (self, self->slots[at]), name) != 0)
    at = (at + 1) & mask;
  return &self->slots[at];
}

static void
grow (PosaNames *self)
{
  g_free (self->slots);
  self->n_slots *= 2;
  self->slots = make_slots (self->n_slots);
  for (gint32 id = 0; id < posa_names_get_n (self); id++)
    *find_slot (self, posa_names_get (self, id)) = id;
}

gint32
posa_names_add (PosaNames *self, const char *name)
{
  gint32 *slot = find_slot (self, name);
  gint32 id = posa_names_get_n (self);
  gsize size = strlen (name) + 1;
  guint32 start = self->text->len;

  if (*slot >= 0)
    return *slot;
  if (id == G_MAXINT32 || start + size > MAX_TEXT)
    return -1;
  *slot = id;
  g_array_append_val (self->starts, start);
  g_byte_array_append (self->text, (const guint8 *) name, (guint) size);
  if ((gsize) id + 1 > self->n_slots / 3 * 2)
    grow (self);
  return id;
}

void
posa_names_seal (PosaNames *self)
{
  g_clear_pointer (&self->slots, g_free);
}
