/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The text of cairo's pages in the order in which it was drawn, without any white space and in
 * normal form KC: what two renderings of the same words have in common when their fonts differ.
 * Only for pages whose signature holds. INVALID_DATA when there is more than plain text and
 * rectangles on them, or when they are not of cairo's shape. Free with g_free(). */
char *posa_pdf_text_extract (GBytes *pages, GError **error);

G_END_DECLS
