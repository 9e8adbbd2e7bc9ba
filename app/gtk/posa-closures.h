/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the templates compute from model properties: tiny pure functions, called by name from
 * Blueprint. The first argument is the widget that binds; none of them looks at it. Strings
 * returned as char * are new, the caller frees. NULL texts count as "". */

/* "0:41", "12:05" */
char *posa_closure_dark_time (gpointer self, gint64 seconds);
/* Zone nick to words, to what one may do in it, and to an icon that differs in shape. */
char *posa_closure_zone_name (gpointer self, const char *zone);
char *posa_closure_zone_meaning (gpointer self, const char *zone);
char *posa_closure_zone_icon (gpointer self, const char *zone);
/* Verdict of a reading or severity of a finding to icon and word. */
char *posa_closure_verdict_icon (gpointer self, const char *verdict);
char *posa_closure_verdict_name (gpointer self, const char *verdict);
/* State nick of an order or an outbox item to an icon. */
char *posa_closure_state_icon (gpointer self, const char *state);
/* A finding as one line that says its severity in words. */
char *posa_closure_finding (gpointer self, const char *severity, const char *text);
gboolean posa_closure_has_text (gpointer self, const char *text);
gboolean posa_closure_has_items (gpointer self, GListModel *list);
/* "Delivery: 2 not received yet" */
char *posa_closure_unsent (gpointer self, guint count);
/* "Step 4 of 15", "" off the straight way. */
char *posa_closure_step (gpointer self, guint step, guint n_steps);
/* "Last known 12.345,678 kWh, difference 3,210 kWh"; "" when nothing was known before. */
char *posa_closure_reading_detail (gpointer self, const char *before, const char *delta);

G_END_DECLS
