/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "gtk/posa-step.h"

G_BEGIN_DECLS

/* Which template shows which page of the flow table. */

/* The step for the present page of @job, an order of @workspace; floating. */
GtkWidget *posa_step_pages_new_step (PosaWorkspace *workspace, PosaJob *job);
gboolean posa_step_pages_know (const char *page);

G_END_DECLS
