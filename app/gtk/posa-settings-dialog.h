/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The optical heads and how the screen looks. */
#define POSA_TYPE_SETTINGS_DIALOG (posa_settings_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PosaSettingsDialog,
                      posa_settings_dialog,
                      POSA,
                      SETTINGS_DIALOG,
                      AdwPreferencesDialog)

AdwDialog *posa_settings_dialog_new (PosaWorkspace *workspace, GSettings *settings);

G_END_DECLS
