/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "get-request-normal" for C0 01 as IEC 62056-5-3 calls it; static, NULL when nothing begins so.
 * @choice is the byte behind the tag, and does not matter for most tags. */
const char *posa_apdu_name (guint8 tag, guint8 choice);
gboolean posa_apdu_is_tag (guint8 tag);

G_END_DECLS
