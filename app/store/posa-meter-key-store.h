/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Keys that this device gave to meters (meters.md 6.6), wrapped under its storage key. Each call is
 * a transaction of its own: durable when it returns. */
typedef enum
{
  POSA_METER_KEY_PENDING, /* the meter may have them or not */
  POSA_METER_KEY_ACTIVE   /* the meter has them */
} PosaMeterKeyState;

/* FALSE and @error unset: there are none. The caller owns @wrapped. */
gboolean posa_meter_key_store_get (PosaStore *store,
                                   const char *serial,
                                   PosaMeterKeyState state,
                                   GBytes **wrapped,
                                   GError **error);
/* Notes that @wrapped is on its way to the meter; NULL notes that the meter did not take what was.
 * CONFLICT while others are on their way. */
gboolean posa_meter_key_store_set_pending (PosaStore *store,
                                           const char *serial,
                                           GBytes *wrapped,
                                           gint64 wall_us,
                                           GError **error);
/* The meter has the pending keys. NOT_FOUND when there are none. */
gboolean
posa_meter_key_store_promote (PosaStore *store, const char *serial, gint64 wall_us, GError **error);

G_END_DECLS
