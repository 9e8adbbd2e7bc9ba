/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-replacement-report.h"

G_BEGIN_DECLS

/* The pages of a report as PDF 1.4 (the last version for which cairo writes a classical
 * cross-reference table): A4, fonts embedded, in the language of report->locale. Depends on
 * @report, the program version and the machine's fonts and text libraries, and on nothing else: not
 * on the time, the process's locale or the thread. */
GBytes *posa_report_page_render (const PosaReplacementReport *report, GError **error);

/* What this machine makes of a fixed page, as POSA_PDF_RENDERING_SIZE hex characters: where two
 * machines agree on it, they draw the same bytes for the same report. Static. */
const char *posa_report_page_get_rendering (void);

G_END_DECLS
