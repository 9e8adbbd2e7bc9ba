/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A reason in words: one tap on a usual one, or typed. The keyboards of tablets are hard to hit
 * with gloves, so the usual ones come first.
 *
 * Property: text s. */
#define POSA_TYPE_REASON_ENTRY (posa_reason_entry_get_type ())
G_DECLARE_FINAL_TYPE (PosaReasonEntry, posa_reason_entry, POSA, REASON_ENTRY, AdwBin)

const char *posa_reason_entry_get_text (PosaReasonEntry *self); /* borrowed, "" for none */
/* Offers the usual reasons for a state or an event (nick); none for one that it does not know. */
void posa_reason_entry_set_topic (PosaReasonEntry *self, const char *topic);

G_END_DECLS
