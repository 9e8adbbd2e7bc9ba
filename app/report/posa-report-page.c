/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-page.h"

#include <cairo-pdf.h>

#include "base/posa-error.h"
#include "report/posa-pdf-update.h"
#include "report/posa-report-canvas.h"
#include "report/posa-report-sections.h"
#include "report/posa-report-text.h"

static cairo_status_t
append_cb (void *closure, const unsigned char *data, unsigned int size)
{
  g_byte_array_append (closure, data, size);
  return CAIRO_STATUS_SUCCESS;
}

/* Cairo would write the present time; the date of the file is Info's, which the update replaces. */
static cairo_surface_t *
make_surface (GByteArray *out)
{
  cairo_surface_t *surface =
      cairo_pdf_surface_create_for_stream (append_cb, out, POSA_PAGE_WIDTH, POSA_PAGE_HEIGHT);

  cairo_pdf_surface_restrict_to_version (surface, CAIRO_PDF_VERSION_1_4);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
  return surface;
}

typedef void (*DrawFunc) (cairo_t *cr, gconstpointer data);

static GBytes *
render (DrawFunc draw, gconstpointer data, GError **error)
{
  GByteArray *out = g_byte_array_new ();
  cairo_surface_t *surface = make_surface (out);
  cairo_t *cr = cairo_create (surface);

  draw (cr, data);
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  g_autoptr (GBytes) pdf = g_byte_array_free_to_bytes (out);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_steal_pointer (&pdf);
  g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "drawing the report: %s",
               cairo_status_to_string (status));
  return NULL;
}

static void
draw_report (cairo_t *cr, gconstpointer data)
{
  const PosaReplacementReport *report = data;
  PosaReportLanguage language = posa_report_language_from_locale (report->locale);
  g_autofree char *head =
      g_strdup_printf ("%s  %s", posa_report_text (language, POSA_TEXT_TITLE), report->number);
  g_autofree char *foot = g_strdup_printf ("%s  –  %s %s", report->number,
                                           posa_report_text (language, POSA_TEXT_SIGNED_BY),
                                           report->device_id);
  PosaReportFrame frame = { .head = head,
                            .foot = { foot, posa_report_text (language, POSA_TEXT_HOW_TO_VERIFY) },
                            .page = posa_report_text (language, POSA_TEXT_PAGE),
                            .of = posa_report_text (language, POSA_TEXT_OF),
                            .language = posa_report_language_get_tag (language) };
  g_autoptr (PosaReportCanvas) canvas = posa_report_canvas_new (cr, &frame);

  posa_report_sections_draw (canvas, report, language);
  posa_report_canvas_finish (canvas);
}

GBytes *
posa_report_page_render (const PosaReplacementReport *report, GError **error)
{
  return render (draw_report, report, error);
}

/* Every character that the canvas lets through, in every style. */
static void
draw_specimen (cairo_t *cr, gconstpointer data)
{
  PosaReportFrame frame = { .head = "",
                            .foot = { "", "" },
                            .page = "",
                            .of = "",
                            .language = "en" };
  g_autoptr (PosaReportCanvas) canvas = posa_report_canvas_new (cr, &frame);
  g_autoptr (GString) text = g_string_new ("–—‘’“”•…→−€≠ ");

  for (gunichar c = 0x20; c < 0x180; c++)
    if (g_unichar_isprint (c))
      g_string_append_unichar (text, c);
  for (guint style = 0; style < POSA_N_STYLES; style++)
    posa_report_canvas_paragraph (canvas, style, text->str);
  posa_report_canvas_finish (canvas);
}

const char *
posa_report_page_get_rendering (void)
{
  static char *rendering;

  if (g_once_init_enter_pointer (&rendering))
    {
      g_autoptr (GBytes) page = render (draw_specimen, NULL, NULL);
      g_autoptr (GBytes) bytes = page != NULL ? g_steal_pointer (&page) : g_bytes_new (NULL, 0);
      g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
      g_once_init_leave_pointer (&rendering, g_strndup (hash, POSA_PDF_RENDERING_SIZE));
    }
  return rendering;
}
