/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What is told over the page that is open. */

/* @answer is the only button. */
void
posa_message_show (GtkWidget *parent, const char *heading, const char *body, const char *answer);
/* What went wrong and what to do about it. */
void posa_message_show_error (GtkWidget *parent, const char *heading, const GError *error);
/* The signed report of an order, in the program that shows PDF files here; a message where there
 * is none. */
void posa_message_show_report (GtkWidget *parent, PosaWorkspace *workspace, const char *order_id);

G_END_DECLS
