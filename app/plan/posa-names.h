/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Texts, each once, numbered from 0 in the order in which they came: what a register of a million
 * points needs about 30 bytes each for. */
typedef struct _PosaNames PosaNames;

PosaNames *posa_names_new (void);
void posa_names_free (PosaNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaNames, posa_names_free)

/* The number of @name, which is added when it is new; -1 when there is no room for it. */
gint32 posa_names_add (PosaNames *self, const char *name);
gint32 posa_names_get_n (const PosaNames *self);
/* Borrowed until the next one is added. */
const char *posa_names_get (const PosaNames *self, gint32 id);
/* No more is looked up or added: frees what only that needs. */
void posa_names_seal (PosaNames *self);

G_END_DECLS
