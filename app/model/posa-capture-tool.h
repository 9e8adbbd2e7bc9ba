/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Decodes captured bytes (see meter/translate/posa-translate.h) into an indented text, or JSON with
 * @as_json; ciphered messages with the keys of the file @key_path, NULL for none. @whole: whether
 * everything could be decoded. Free with g_free(). NULL and INVALID_DATA when @text is no capture,
 * errors of posa_key_file_load(). */
char *posa_capture_tool_translate (const char *text,
                                   gsize size,
                                   const char *key_path,
                                   gboolean as_json,
                                   gboolean *whole,
                                   GError **error);

G_END_DECLS
