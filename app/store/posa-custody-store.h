/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#pragma once

#include "store/posa-meter-asset-store.h"

G_BEGIN_DECLS

/* Inside this layer: appends an event after the open custody of its meter. */
gboolean
posa_custody_store_append (PosaStore *store, const PosaCustodyEvent *event, GError **error);

G_END_DECLS
