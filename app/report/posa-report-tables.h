/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "report/posa-report-canvas.h"
#include "report/posa-report-text.h"

G_BEGIN_DECLS

#define POSA_SECTION_GAP 13.0

typedef struct
{
  PosaReportCanvas *canvas;
  const PosaReplacementReport *report;
  PosaReportLanguage language;
} PosaReportDrawing;

/* The sections that are tables; each draws nothing when the report has nothing for it. */

/* Plate data of both meters side by side. */
void posa_report_tables_draw_meters (const PosaReportDrawing *self);
/* Every register of the removed meter with its second reading, then those of the new meter. */
void posa_report_tables_draw_readings (const PosaReportDrawing *self);
/* What was written to the new meter and read back. */
void posa_report_tables_draw_verified (const PosaReportDrawing *self);

G_END_DECLS
