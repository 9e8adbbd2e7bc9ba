/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-key-file.h"
#include "meter/translate/posa-tree.h"

G_BEGIN_DECLS

/* Decodes captured bytes of an optical port: a tape, or hex with or without spaces, where lines
 * that begin with # say nothing. A line that begins an HDLC frame or a message of IEC 62056-21 may
 * go on in the next; else each is one APDU, with or without LLC, or one value in A-XDR. What cannot
 * be decoded is a fault in the tree, with its place. Pure.
 *
 * @keys NULL for none. Passwords and keys are not in the tree. INVALID_DATA naming the line when
 * @text is neither a tape nor hex. */
PosaTree *posa_translate (const char *text, gsize size, const PosaKeyFile *keys, GError **error);

G_END_DECLS
