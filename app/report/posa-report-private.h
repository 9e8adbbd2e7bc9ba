/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "report/posa-report.h"

G_BEGIN_DECLS

/* The file of @report with an empty signature; shared by signing and by the verifier, which writes
 * the signed revision again. @rendering as of posa_report_page_get_rendering(). */
GBytes *posa_report_compose (const PosaReplacementReport *report,
                             GBytes *pages,
                             GBytes *json,
                             const char *rendering,
                             gint64 signed_us,
                             GError **error);

G_END_DECLS
