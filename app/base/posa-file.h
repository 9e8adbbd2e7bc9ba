/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads a whole file of at most @limit bytes; errors name the path. */
GBytes *posa_file_read (const char *path, gsize limit, GError **error);
/* Writes and fsyncs a temporary file beside @path, then renames it: the old or the new content is
 * there, never half of it. @mode as for chmod (0600 for keys). */
gboolean posa_file_write (const char *path, GBytes *content, int mode, GError **error);

G_END_DECLS
