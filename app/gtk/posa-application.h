/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The application: opens the data folder, shows the window, refuses to quit while a customer has no
 * meter. Actions: app.about, app.quit. */
#define POSA_TYPE_APPLICATION (posa_application_get_type ())
G_DECLARE_FINAL_TYPE (PosaApplication, posa_application, POSA, APPLICATION, AdwApplication)

PosaApplication *posa_application_new (GSettings *settings);

G_END_DECLS
