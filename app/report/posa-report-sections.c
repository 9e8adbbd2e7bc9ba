/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-sections.h"

#include "report/posa-report-tables.h"

typedef PosaReportDrawing Drawing;

static const char *
words (const Drawing *self, PosaReportText text)
{
  return posa_report_text (self->language, text);
}

static void
draw_title (const Drawing *self)
{
  PosaReportCanvas *canvas = self->canvas;
  g_autofree char *date = posa_report_format_date (self->language, self->report->finished_us);

  posa_report_canvas_text (canvas, POSA_STYLE_TITLE, 0, 0, 330, POSA_ALIGN_LEFT,
                           words (self, POSA_TEXT_TITLE));
  posa_report_canvas_text (canvas, POSA_STYLE_LABEL, 0, 25, 330, POSA_ALIGN_LEFT,
                           words (self, POSA_TEXT_SUBTITLE));
  posa_report_canvas_text (canvas, POSA_STYLE_NUMBER, 330, 6, POSA_CONTENT_WIDTH - 330,
                           POSA_ALIGN_RIGHT, self->report->number);
  posa_report_canvas_text (canvas, POSA_STYLE_LABEL, 330, 25, POSA_CONTENT_WIDTH - 330,
                           POSA_ALIGN_RIGHT, date);
  posa_report_canvas_rule (canvas, 41);
  posa_report_canvas_move (canvas, 51);
}

/* A label above its value; returns the height. */
static double
draw_fact (const Drawing *self, double x, double width, PosaReportText label, const char *value)
{
  posa_report_canvas_text (self->canvas, POSA_STYLE_LABEL, x, 0, width, POSA_ALIGN_LEFT,
                           words (self, label));
  return 10 + posa_report_canvas_text (self->canvas, POSA_STYLE_BODY, x, 10, width, POSA_ALIGN_LEFT,
                                       value != NULL && *value != '\0' ? value : "–");
}

typedef struct
{
  PosaReportText label;
  const char *value;
} Fact;

static void
draw_fact_line (const Drawing *self, const Fact *facts)
{
  static const double x[] = { 0, 190, 350 };
  static const double width[] = { 180, 150, POSA_CONTENT_WIDTH - 350 };
  double height = 0;

  for (guint i = 0; i < G_N_ELEMENTS (x); i++)
    {
      double drawn = draw_fact (self, x[i], width[i], facts[i].label, facts[i].value);
      height = MAX (height, drawn);
    }
  posa_report_canvas_move (self->canvas, height + 6);
}

static char *
format_operator (const Drawing *self)
{
  const PosaReplacementReport *report = self->report;

  if (report->operator_name == NULL || *report->operator_name == '\0')
    return g_strdup_printf ("%s %s", words (self, POSA_TEXT_BADGE), report->operator_badge);
  return g_strdup_printf ("%s, %s %s", report->operator_name, words (self, POSA_TEXT_BADGE),
                          report->operator_badge);
}

static void
draw_facts (const Drawing *self)
{
  const PosaReplacementReport *report = self->report;
  g_autofree char *date = posa_report_format_date (self->language, report->finished_us);
  g_autofree char *start = posa_report_format_time (report->started_us);
  g_autofree char *end = posa_report_format_time (report->finished_us);
  g_autofree char *times = g_strdup_printf ("%s – %s", start, end);
  g_autofree char *outcome =
      g_strdup_printf ("%s (%d)", posa_report_text_outcome (self->language, report->outcome),
                       (int) report->outcome);
  g_autofree char *duration = posa_report_format_duration (
      MAX (0, report->finished_us - report->started_us) / G_USEC_PER_SEC);
  g_autofree char *address = posa_work_order_format_address (report->order);
  g_autofree char *badge = format_operator (self);
  const Fact lines[][3] = {
    { { POSA_TEXT_ADDRESS, address },
      { POSA_TEXT_POD, report->order->pod },
      { POSA_TEXT_CUSTOMER_NUMBER, report->order->customer_number } },
    { { POSA_TEXT_DATE, date }, { POSA_TEXT_TIME, times }, { POSA_TEXT_ORDER, report->order->id } },
    { { POSA_TEXT_OPERATOR, badge },
      { POSA_TEXT_CONTRACTOR, report->contractor },
      { POSA_TEXT_DEVICE, report->device_id } },
    { { POSA_TEXT_OUTCOME, outcome },
      { POSA_TEXT_CREW, report->crew_id },
      { POSA_TEXT_WORK_DURATION, duration } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    draw_fact_line (self, lines[i]);
}

/* In seconds, which is how it is judged, and readable when it was long. */
static char *
format_dark (const Drawing *self)
{
  const gint64 dark_s = posa_replacement_report_get_dark_s (self->report);
  g_autofree char *seconds = posa_report_format_integer (self->language, dark_s);
  g_autofree char *duration = posa_report_format_duration (dark_s);
  const char *unit = words (self, dark_s == 1 ? POSA_TEXT_SECOND : POSA_TEXT_SECONDS);

  return dark_s < 60 ? g_strdup_printf ("%s %s", seconds, unit)
                     : g_strdup_printf ("%s %s  (%s)", seconds, unit, duration);
}

static void
draw_interruption_times (const Drawing *self)
{
  const PosaReplacementReport *report = self->report;
  g_autofree char *cut = posa_report_format_time (report->cut_us);
  const gboolean is_restored = report->restored_us > 0 && report->outcome != POSA_OUTCOME_MADE_SAFE;
  g_autofree char *restored = is_restored ? posa_report_format_time (report->restored_us)
                                          : g_strdup (words (self, POSA_TEXT_NOT_RESTORED));
  g_autofree char *dark = is_restored ? format_dark (self) : g_strdup ("–");
  const struct
  {
    PosaReportText label;
    const char *value;
    double x, width;
  } parts[] = { { POSA_TEXT_CUT, cut, 140, 90 },
                { POSA_TEXT_RESTORED, restored, 240, 100 },
                { POSA_TEXT_DURATION, dark, 340, POSA_CONTENT_WIDTH - 348 } };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      posa_report_canvas_text (self->canvas, POSA_STYLE_LABEL, parts[i].x, 6, parts[i].width,
                               POSA_ALIGN_LEFT, words (self, parts[i].label));
      posa_report_canvas_text (self->canvas, POSA_STYLE_STRONG, parts[i].x, 16, parts[i].width,
                               POSA_ALIGN_LEFT, parts[i].value);
    }
}

static void
draw_interruption (const Drawing *self)
{
  const double height = 34;

  posa_report_canvas_move (self->canvas, 3);
  posa_report_canvas_box (self->canvas, height);
  posa_report_canvas_text (self->canvas, POSA_STYLE_STRONG, 8, 11, 130, POSA_ALIGN_LEFT,
                           words (self, POSA_TEXT_INTERRUPTION));
  if (self->report->cut_us == 0)
    posa_report_canvas_text (self->canvas, POSA_STYLE_BODY, 150, 11, POSA_CONTENT_WIDTH - 158,
                             POSA_ALIGN_LEFT, words (self, POSA_TEXT_NOT_CUT));
  else
    draw_interruption_times (self);
  posa_report_canvas_move (self->canvas, height + POSA_SECTION_GAP);
}

static void
draw_notes (const Drawing *self)
{
  GPtrArray *notes = self->report->notes;

  if (notes->len == 0)
    return;
  posa_report_canvas_heading (self->canvas, words (self, POSA_TEXT_NOTES), 40);
  for (guint i = 0; i < notes->len; i++)
    {
      g_autofree char *line =
          g_strdup_printf ("•  %s", (const char *) g_ptr_array_index (notes, i));
      posa_report_canvas_paragraph (self->canvas, POSA_STYLE_BODY, line);
      posa_report_canvas_move (self->canvas, 2);
    }
  posa_report_canvas_move (self->canvas, POSA_SECTION_GAP - 2);
}

/* What ties this file to the device's chain of reports, and what the signature means. */
static void
draw_identity (const Drawing *self)
{
  const PosaReplacementReport *report = self->report;
  const char *previous = report->previous_sha256;
  g_autofree char *number = posa_report_format_integer (self->language, report->device_sequence);
  g_autofree char *line =
      g_strdup_printf ("%s %s  •  %s %s  •  %s: %s", words (self, POSA_TEXT_REPORT_ID), report->id,
                       words (self, POSA_TEXT_SEQUENCE), number, words (self, POSA_TEXT_PREVIOUS),
                       previous != NULL ? previous : words (self, POSA_TEXT_PREVIOUS_NONE));

  posa_report_canvas_heading (self->canvas, words (self, POSA_TEXT_IDENTITY), 52);
  posa_report_canvas_paragraph (self->canvas, POSA_STYLE_LABEL, words (self, POSA_TEXT_SIGNATURE));
  posa_report_canvas_move (self->canvas, 3);
  posa_report_canvas_paragraph (self->canvas, POSA_STYLE_LABEL, line);
}

void
posa_report_sections_draw (PosaReportCanvas *canvas,
                           const PosaReplacementReport *report,
                           PosaReportLanguage language)
{
  const Drawing drawing = { canvas, report, language };

  draw_title (&drawing);
  draw_facts (&drawing);
  draw_interruption (&drawing);
  posa_report_tables_draw_meters (&drawing);
  posa_report_tables_draw_readings (&drawing);
  posa_report_tables_draw_verified (&drawing);
  draw_notes (&drawing);
  draw_identity (&drawing);
}
