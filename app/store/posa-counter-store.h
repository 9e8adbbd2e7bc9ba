/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"

G_BEGIN_DECLS

/* DLMS invocation counters per meter and key: a number is given out once for a key, whatever
 * happens (meters.md 6.3). @key_id tells keys apart; a new key starts anew, the same key of another
 * meter goes on. */

/* Reserves @count numbers for @key_id, none below @at_least; on the disk before this returns,
 * therefore FAILED inside an open transaction. KEY_MISSING when the 32 bits are used up. */
gboolean posa_counter_store_reserve (PosaStore *store,
                                     const char *serial,
                                     const char *key_id,
                                     guint32 at_least,
                                     guint32 count,
                                     guint32 *first,
                                     GError **error);
/* Last counter accepted from the meter; -1 = none. */
gboolean posa_counter_store_get_peer (PosaStore *store,
                                      const char *serial,
                                      const char *key_id,
                                      gint64 *last_seen,
                                      GError **error);
/* CONFLICT when it would go back: a replayed answer. */
gboolean posa_counter_store_set_peer (PosaStore *store,
                                      const char *serial,
                                      const char *key_id,
                                      guint32 last_seen,
                                      GError **error);

G_END_DECLS
