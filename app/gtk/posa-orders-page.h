/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The orders of the day, in the order of their time bands, with delivery at the bottom.
 *
 * Property: workspace PosaWorkspace. Activates win.show-order (s), win.show-outbox, win.sync. */
#define POSA_TYPE_ORDERS_PAGE (posa_orders_page_get_type ())
G_DECLARE_FINAL_TYPE (PosaOrdersPage, posa_orders_page, POSA, ORDERS_PAGE, AdwNavigationPage)

G_END_DECLS
