/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Makes @window look as the settings say, and follow them: its place on the screen, sizes for
 * hands (posa-touch), the theme for direct sunlight. */
void posa_look_attach (GtkWindow *window, GSettings *settings);

G_END_DECLS
