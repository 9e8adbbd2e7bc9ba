/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-items.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Values of the new meter as written and read back.
 *
 * Property: model GListModel of PosaVerifiedRow. */
#define POSA_TYPE_VERIFIED_VIEW (posa_verified_view_get_type ())
G_DECLARE_FINAL_TYPE (PosaVerifiedView, posa_verified_view, POSA, VERIFIED_VIEW, AdwBin)

G_END_DECLS
