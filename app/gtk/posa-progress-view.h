/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Meter work in progress: a bar, what is being done now, and each step that is behind. The cancel
 * button stops the operation.
 *
 * Property: operation PosaOperation or NULL. */
#define POSA_TYPE_PROGRESS_VIEW (posa_progress_view_get_type ())
G_DECLARE_FINAL_TYPE (PosaProgressView, posa_progress_view, POSA, PROGRESS_VIEW, AdwBin)

void posa_progress_view_set_operation (PosaProgressView *self, PosaOperation *operation);

G_END_DECLS
