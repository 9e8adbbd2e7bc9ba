/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/posa-key-file.h"
#include "meter/translate/posa-tree.h"

G_BEGIN_DECLS

/* Translates APDUs in the order of their conversation: an answer is named by the question before
 * it, blocks are joined, system titles and dedicated keys are learned from the association. */
typedef struct _PosaTranslateApdu PosaTranslateApdu;

/* @keys is borrowed, NULL for none. */
PosaTranslateApdu *posa_translate_apdu_new (const PosaKeyFile *keys);
void posa_translate_apdu_free (PosaTranslateApdu *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTranslateApdu, posa_translate_apdu_free)

void
posa_translate_apdu_add (PosaTranslateApdu *self, PosaTree *parent, const guint8 *data, gsize size);

G_END_DECLS
