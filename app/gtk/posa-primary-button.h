/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The one primary action of a screen, at the bottom, at least 19 mm high.
 *
 * With "guarded" set it must be held for 1.5 s. Who cannot hold (keyboard, screen reader, shaking
 * glove) presses once, and gets two buttons to choose from: go back, or do it.
 *
 * Properties: label s, guarded b, armed b (read-only: it shows the two buttons and wants room).
 * Signal: activated, when the person means it. */
#define POSA_TYPE_PRIMARY_BUTTON (posa_primary_button_get_type ())
G_DECLARE_FINAL_TYPE (PosaPrimaryButton, posa_primary_button, POSA, PRIMARY_BUTTON, AdwBin)

#define POSA_PRIMARY_BUTTON_HOLD_MS 1500

void posa_primary_button_set_label (PosaPrimaryButton *self, const char *label);
void posa_primary_button_set_guarded (PosaPrimaryButton *self, gboolean guarded);
/* One short press by the keyboard. */
void posa_primary_button_press (PosaPrimaryButton *self);
/* Back to the single button. */
void posa_primary_button_disarm (PosaPrimaryButton *self);

G_END_DECLS
