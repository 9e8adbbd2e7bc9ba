/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What is on its way to the portal, each item's state in words, and "Sync now".
 *
 * Property: workspace PosaWorkspace. Activates win.sync. */
#define POSA_TYPE_OUTBOX_PAGE (posa_outbox_page_get_type ())
G_DECLARE_FINAL_TYPE (PosaOutboxPage, posa_outbox_page, POSA, OUTBOX_PAGE, AdwNavigationPage)

/* What the sync says: "Asking the portal…" at once, later what came of it. */
void posa_outbox_page_say (PosaOutboxPage *self, const char *text);

G_END_DECLS
