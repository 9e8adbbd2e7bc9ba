/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-hdlc.h"

G_BEGIN_DECLS

/* Cuts a stream of bytes into frames. The end of a frame comes from its length field, never from
 * searching the flag, since the flag may occur inside; a frame with a bad header, length or check
 * gives up one byte and the search goes on behind it. Memory is bounded by the longest frame. */
typedef struct _PosaHdlcDeframer PosaHdlcDeframer;

PosaHdlcDeframer *posa_hdlc_deframer_new (void);
void posa_hdlc_deframer_free (PosaHdlcDeframer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaHdlcDeframer, posa_hdlc_deframer_free)

void posa_hdlc_deframer_push (PosaHdlcDeframer *self, const guint8 *data, gsize size);
/* FALSE when more bytes are needed. The frame's information and @raw (may be NULL; the bytes
 * between the flags) live until the next call on @self. */
gboolean posa_hdlc_deframer_next (PosaHdlcDeframer *self, PosaHdlcFrame *out, GByteArray *raw);
/* Frames given up so far for a bad check. */
guint posa_hdlc_deframer_get_n_damaged (const PosaHdlcDeframer *self);
void posa_hdlc_deframer_clear (PosaHdlcDeframer *self);

G_END_DECLS
