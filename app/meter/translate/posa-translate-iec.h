/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/translate/posa-tree.h"

G_BEGIN_DECLS

/* Translates the message of IEC 62056-21 that begins at @data: request, identification, option,
 * data, command, acknowledgement. Returns how many bytes it took; 0 when it is not complete yet, or
 * no message at all. Passwords are not shown. */
gsize posa_translate_iec_add (PosaTree *parent, const guint8 *data, gsize size);

/* Whether a message can begin with @byte. */
gboolean posa_translate_iec_is_start (guint8 byte);

G_END_DECLS
