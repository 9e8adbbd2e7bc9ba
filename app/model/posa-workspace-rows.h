/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-items.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

/* Reads a list of the store into rows for people. FALSE: the list is as it was. */
gboolean posa_workspace_rows_load_orders (GListStore *list, PosaStore *store, GError **error);
gboolean
posa_workspace_rows_load_outbox (GListStore *list, PosaStore *store, guint *unsent, GError **error);
gboolean posa_workspace_rows_load_stock (GListStore *list, PosaStore *store, GError **error);

G_END_DECLS
