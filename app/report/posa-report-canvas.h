/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* A4 pages filled from top to bottom: text in a few styles, tables that go on over a page break,
 * a running head and foot. Lengths in points; a canvas belongs to one thread. */
typedef struct _PosaReportCanvas PosaReportCanvas;

#define POSA_PAGE_WIDTH    595.276
#define POSA_PAGE_HEIGHT   841.89
#define POSA_PAGE_MARGIN   45.0
#define POSA_CONTENT_WIDTH (POSA_PAGE_WIDTH - 2 * POSA_PAGE_MARGIN)

typedef enum
{
  POSA_STYLE_TITLE,
  POSA_STYLE_NUMBER, /* of the report, beside the title */
  POSA_STYLE_HEADING,
  POSA_STYLE_BODY,
  POSA_STYLE_STRONG,
  POSA_STYLE_LABEL, /* small and grey above or beside a value */
  POSA_STYLE_BIG,
  POSA_N_STYLES
} PosaReportStyle;

typedef enum
{
  POSA_ALIGN_LEFT,
  POSA_ALIGN_RIGHT
} PosaReportAlign;

typedef struct
{
  const char *title;
  double width;
  PosaReportAlign align;
  PosaReportStyle style;
} PosaReportColumn;

/* What stands on every page; borrowed. */
typedef struct
{
  const char *head; /* on the pages after the first */
  const char *foot[2];
  const char *page, *of; /* "Page", "of" */
  const char *language;  /* "it" */
} PosaReportFrame;

PosaReportCanvas *posa_report_canvas_new (cairo_t *cr, const PosaReportFrame *frame);
void posa_report_canvas_free (PosaReportCanvas *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaReportCanvas, posa_report_canvas_free)

/* Draws all pages. */
void posa_report_canvas_finish (PosaReportCanvas *self);

/* Text at @x from the left margin and @dy below the current line; wraps at @width. Returns its
 * height; the line does not move. */
double posa_report_canvas_text (PosaReportCanvas *self,
                                PosaReportStyle style,
                                double x,
                                double dy,
                                double width,
                                PosaReportAlign align,
                                const char *text);
void posa_report_canvas_move (PosaReportCanvas *self, double dy);
/* Starts a new page unless @height fits on this one. */
void posa_report_canvas_need (PosaReportCanvas *self, double height);
/* A tinted box from the current line down, under what is drawn later. */
void posa_report_canvas_box (PosaReportCanvas *self, double height);
/* A strong line across the content at @dy. */
void posa_report_canvas_rule (PosaReportCanvas *self, double dy);

#define POSA_ROW_HEIGHT 16.0 /* of a row whose cells take one line; a little more than it needs */

/* Section heading that stays with at least @keep points of what follows. */
void posa_report_canvas_heading (PosaReportCanvas *self, const char *text, double keep);
/* A paragraph over the whole width; moves below it. */
void posa_report_canvas_paragraph (PosaReportCanvas *self, PosaReportStyle style, const char *text);

/* A table: the head is drawn again after a page break. @columns must outlive the rows. */
void posa_report_canvas_table (PosaReportCanvas *self, const PosaReportColumn *columns, guint n);
/* One row; a cell may be NULL. @group: the number of rows of the group that begins here, which gets
 * a stronger line above and is kept on one page; 0 for the rows within. */
void posa_report_canvas_row (PosaReportCanvas *self, const char *const *cells, guint group);
void posa_report_canvas_end_table (PosaReportCanvas *self);

G_END_DECLS
