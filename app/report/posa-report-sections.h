/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "report/posa-report-canvas.h"
#include "report/posa-report-text.h"

G_BEGIN_DECLS

/* The content of a report, section by section (domain.md 1H). */
void posa_report_sections_draw (PosaReportCanvas *canvas,
                                const PosaReplacementReport *report,
                                PosaReportLanguage language);

G_END_DECLS
