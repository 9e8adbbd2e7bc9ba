/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-items.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* One line of a short list inside a page that scrolls as a whole: icon, title, value, detail below.
 * GtkListView cannot be used there: it does not know its height before it is as wide as it will be.
 *
 * Properties: icon-name s, icon-label s (what the icon means), title s, value s, detail s; an empty
 * text takes no room. */
#define POSA_TYPE_ROW (posa_row_get_type ())
G_DECLARE_FINAL_TYPE (PosaRow, posa_row, POSA, ROW, GtkListBoxRow)

/* Rows for the items of the model; floating. */
GtkWidget *posa_row_new_for_finding (PosaFindingRow *finding);
GtkWidget *posa_row_new_for_reading (PosaReadingRow *reading);
GtkWidget *posa_row_new_for_value (PosaVerifiedRow *value);
/* One to choose from. */
GtkWidget *posa_row_new_for_meter (PosaStockItem *meter);

/* One to choose from, with @title only. */
GtkWidget *posa_row_new_for_choice (const char *title);
/* Marks @row, and no other of its list, as the chosen one. A list's own selection follows the
 * keyboard focus: nothing must be chosen because the focus came by. */
void posa_row_choose (PosaRow *row);

/* Shows list @property of @source (a job) in @box; @row_new is one of the functions above. */
void posa_row_bind_list (GtkListBox *box, gpointer source, const char *property, gpointer row_new);

G_END_DECLS
