/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-items.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* One order: where, which meter, when, what to mind; and the button that starts or resumes it.
 *
 * Property: order PosaOrderItem or NULL. Activates win.start-order (s), win.show-report (s). */
#define POSA_TYPE_ORDER_PAGE (posa_order_page_get_type ())
G_DECLARE_FINAL_TYPE (PosaOrderPage, posa_order_page, POSA, ORDER_PAGE, AdwNavigationPage)

void posa_order_page_set_order (PosaOrderPage *self, PosaOrderItem *order);
PosaOrderItem *posa_order_page_get_order (PosaOrderPage *self); /* borrowed or NULL */

G_END_DECLS
