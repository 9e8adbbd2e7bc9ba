/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-items.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Registers as a table (last known, now, difference, verdict); two lines each where it is narrow.
 *
 * Property: model GListModel of PosaReadingRow. */
#define POSA_TYPE_READINGS_VIEW (posa_readings_view_get_type ())
G_DECLARE_FINAL_TYPE (PosaReadingsView, posa_readings_view, POSA, READINGS_VIEW, AdwBin)

G_END_DECLS
