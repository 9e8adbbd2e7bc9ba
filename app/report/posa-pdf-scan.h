/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-cursor.h"

G_BEGIN_DECLS

/* What the readers of PDF bytes share. They know one spelling, so they compare more than parse. */

/* Moves past @text; fails when something else stands there. */
gboolean posa_pdf_accept (PosaReader *reader, const char *text);
/* Moves past the next occurrence of @text; fails when there is none. */
gboolean posa_pdf_skip_to (PosaReader *reader, const char *text);
/* A decimal number of at most ten digits; fails when there is no digit. */
guint64 posa_pdf_read_number (PosaReader *reader);

G_END_DECLS
