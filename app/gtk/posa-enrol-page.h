/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "model/posa-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* First start: the address of the portal, the code from the office, and what tells the portal from
 * an impostor (its certificate's fingerprint, or the office's certificate as a file).
 *
 * Property: workspace PosaWorkspace. */
#define POSA_TYPE_ENROL_PAGE (posa_enrol_page_get_type ())
G_DECLARE_FINAL_TYPE (PosaEnrolPage, posa_enrol_page, POSA, ENROL_PAGE, AdwNavigationPage)

G_END_DECLS
