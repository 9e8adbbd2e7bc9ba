/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"

G_BEGIN_DECLS

/* Facts of the field, append-only: the schema refuses change and deletion, numbers have no gap, and
 * each row holds the SHA-256 of the one before. */
typedef struct
{
  char *id;       /* UUIDv7 */
  char *order_id; /* NULL: of the device, not of an order */
  char *type;     /* "opened", "readings-taken", … */
  char *payload;  /* JSON text */
  gint64 wall_us;
  gint64 monotonic_us;
  char *boot_id;
  /* Set by the store. */
  gint64 sequence; /* 1, 2, 3 … of this device */
  char *prev_sha256;
  char *sha256;
} PosaEvent;

PosaEvent *posa_event_new (void);
void posa_event_free (PosaEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaEvent, posa_event_free)

/* Appends and fills in sequence and hashes. */
gboolean posa_event_store_append (PosaStore *store, PosaEvent *event, GError **error);
/* PosaEvent (owned) of one order, or of all with NULL, in sequence, after sequence @after. */
GPtrArray *
posa_event_store_list (PosaStore *store, const char *order_id, gint64 after, GError **error);
/* DAMAGED names the first event that does not fit. */
gboolean posa_event_store_verify_chain (PosaStore *store, GError **error);

G_END_DECLS
