/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

G_BEGIN_DECLS

/* Delivers finished work by itself, and fetches what the office changed: at once when an item joins
 * the outbox or a network appears, else every few minutes. A failure is not shown: the items tell
 * their state in the outbox, each with its own next try. Main thread. */
#define POSA_TYPE_AUTO_SYNC (posa_auto_sync_get_type ())
G_DECLARE_FINAL_TYPE (PosaAutoSync, posa_auto_sync, POSA, AUTO_SYNC, GObject)

/* Works until it is freed; keeps no reference on @workspace, which must outlive it. */
PosaAutoSync *posa_auto_sync_new (PosaWorkspace *workspace);

G_END_DECLS
