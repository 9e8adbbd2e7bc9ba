/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The one window: set-up, then orders beside their pages, then the replacement alone. While the
 * customer has no meter it lets nobody out.
 *
 * Actions: win.show-order s, win.start-order s, win.show-report s, win.show-outbox, win.sync,
 * win.settings. */
#define POSA_TYPE_WINDOW (posa_window_get_type ())
G_DECLARE_FINAL_TYPE (PosaWindow, posa_window, POSA, WINDOW, AdwApplicationWindow)

PosaWindow *
posa_window_new (GtkApplication *application, PosaWorkspace *workspace, GSettings *settings);
/* Asks to go; FALSE when a dialog now tells why not. */
gboolean posa_window_may_close (PosaWindow *self);

G_END_DECLS
