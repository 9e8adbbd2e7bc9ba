/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-reading-set.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

/* Reading sets, append-only. */
typedef struct
{
  char *id; /* UUIDv7 */
  char *order_id;
  PosaReadingSet *reading;
} PosaReadingEntry;

void posa_reading_entry_free (PosaReadingEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaReadingEntry, posa_reading_entry_free)

/* The same id with the same content again is no fault; with other content, CONFLICT. */
gboolean posa_reading_store_add (PosaStore *store,
                                 const char *id,
                                 const char *order_id,
                                 const PosaReadingSet *reading,
                                 GError **error);
PosaReadingSet *posa_reading_store_get (PosaStore *store, const char *id, GError **error);
/* PosaReadingEntry (owned), in the order taken. */
GPtrArray *posa_reading_store_list (PosaStore *store, const char *order_id, GError **error);

G_END_DECLS
