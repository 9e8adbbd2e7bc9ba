/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A serial typed by hand, twice, on keys for gloves: the on-screen keyboards of the desktops are
 * too small and not always there. A barcode reader that types into the field is welcome too.
 *
 * Properties: text s: the serial once both entries agree, "" before. */
#define POSA_TYPE_NUMBER_PAD (posa_number_pad_get_type ())
G_DECLARE_FINAL_TYPE (PosaNumberPad, posa_number_pad, POSA, NUMBER_PAD, AdwBin)

const char *posa_number_pad_get_text (PosaNumberPad *self); /* borrowed */
void posa_number_pad_clear (PosaNumberPad *self);

G_END_DECLS
