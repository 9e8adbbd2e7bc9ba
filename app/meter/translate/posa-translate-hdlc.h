/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-hdlc.h"
#include "meter/translate/posa-translate-apdu.h"

G_BEGIN_DECLS

/* Translates HDLC frames, and the APDUs that their segments make together. */
typedef struct _PosaTranslateHdlc PosaTranslateHdlc;

PosaTranslateHdlc *posa_translate_hdlc_new (PosaTranslateApdu *apdus); /* borrowed */
void posa_translate_hdlc_free (PosaTranslateHdlc *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTranslateHdlc, posa_translate_hdlc_free)

/* The frame that begins with the flag at @data. Returns how many bytes it took, without its closing
 * flag, which may open the next one; 0 when its end has not come yet. */
gsize
posa_translate_hdlc_add (PosaTranslateHdlc *self, PosaTree *parent, const guint8 *data, gsize size);

G_END_DECLS
