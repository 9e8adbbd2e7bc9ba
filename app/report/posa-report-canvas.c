/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-canvas.h"

#include <pango/pangocairo.h>

#define FONT_FAMILY "Inter, DejaVu Sans"
#define TOP         42.0
#define HEAD_HEIGHT 26.0
#define BOTTOM      (POSA_PAGE_HEIGHT - 62.0)
#define CELL_PAD_X  4.0
#define CELL_PAD_Y  2.6
#define TEXT_MAX    2000 /* bytes of one text */
#define LINES_MAX   24   /* lines of one text; the rest is in report.json */

typedef struct
{
  double red, green, blue;
} Colour;

static const Colour ink = { 0.11, 0.13, 0.16 };
static const Colour grey = { 0.38, 0.42, 0.46 };
static const Colour accent = { 0.05, 0.33, 0.42 };
static const Colour line = { 0.84, 0.86, 0.88 };
static const Colour strong_line = { 0.55, 0.59, 0.62 };
static const Colour tint = { 0.945, 0.957, 0.965 };

static const struct
{
  double size;
  PangoWeight weight;
  const Colour *colour;
} styles[POSA_N_STYLES] = {
  [POSA_STYLE_TITLE] = { 20.0, PANGO_WEIGHT_SEMIBOLD, &ink },
  [POSA_STYLE_NUMBER] = { 11.0, PANGO_WEIGHT_SEMIBOLD, &ink },
  [POSA_STYLE_HEADING] = { 10.5, PANGO_WEIGHT_SEMIBOLD, &accent },
  [POSA_STYLE_BODY] = { 8.6, PANGO_WEIGHT_NORMAL, &ink },
  [POSA_STYLE_STRONG] = { 8.6, PANGO_WEIGHT_SEMIBOLD, &ink },
  [POSA_STYLE_LABEL] = { 7.2, PANGO_WEIGHT_NORMAL, &grey },
  [POSA_STYLE_BIG] = { 13.0, PANGO_WEIGHT_SEMIBOLD, &ink },
};

struct _PosaReportCanvas
{
  cairo_t *cr;
  const PosaReportFrame *frame;
  PangoContext *context;
  PangoLayout *layouts[POSA_N_STYLES];
  PangoAttrList *features[2]; /* by alignment */
  double y;
  guint page;
  const PosaReportColumn *columns; /* of the table being drawn, else NULL */
  guint n_columns;
};

/* Nothing of the machine's screen may get into the page: no hinting, no rounding, its own scale
 * and language. */
static PangoContext *
make_context (cairo_t *cr, const char *language)
{
  PangoContext *context = pango_cairo_create_context (cr);
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_cairo_context_set_resolution (context, 72.0);
  pango_context_set_round_glyph_positions (context, FALSE);
  pango_context_set_language (context, pango_language_from_string (language));
  pango_context_set_base_dir (context, PANGO_DIRECTION_LTR);
  return context;
}

/* Figures of one width in columns of numbers only: they would also widen hyphens. No contextual
 * forms, which turn "--" or "->" into something else. */
static PangoAttrList *
make_features (PosaReportAlign align)
{
  PangoAttrList *list = pango_attr_list_new ();

  pango_attr_list_insert (list, pango_attr_font_features_new (
                                    align == POSA_ALIGN_RIGHT ? "tnum=1, calt=0" : "calt=0"));
  return list;
}

static PangoLayout *
make_layout (PangoContext *context, PosaReportStyle style)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font = pango_font_description_new ();

  pango_font_description_set_family_static (font, FONT_FAMILY);
  pango_font_description_set_weight (font, styles[style].weight);
  pango_font_description_set_absolute_size (font, styles[style].size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_height (layout, -LINES_MAX);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

/* Only characters that the fonts certainly have: what comes from meters and people may hold signs
 * that turn the direction of writing or that no installed font knows. report.json keeps them. */
static char *
restrict_characters (const char *text)
{
  static const gunichar others[] = { 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D,
                                     0x2022, 0x2026, 0x2192, 0x2212, 0x20AC, 0x2260 };
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && out->len < TEXT_MAX; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean known = (c >= 0x20 && c < 0x7F) || (c >= 0xA0 && c < 0x180 && c != 0xAD);
      for (guint i = 0; !known && i < G_N_ELEMENTS (others); i++)
        known = c == others[i];
      g_string_append_unichar (out, known ? c : c < 0x20 ? ' ' : '?');
    }
  return g_string_free_and_steal (out);
}

static void
set_colour (PosaReportCanvas *self, const Colour *colour)
{
  cairo_set_source_rgb (self->cr, colour->red, colour->green, colour->blue);
}

static double
prepare_text (PosaReportCanvas *self,
              PosaReportStyle style,
              double width,
              PosaReportAlign align,
              const char *text)
{
  g_autofree char *shown = restrict_characters (text);
  PangoLayout *layout = self->layouts[style];
  PangoRectangle extents;

  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_alignment (layout,
                              align == POSA_ALIGN_RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_attributes (
      layout, self->features[style == POSA_STYLE_NUMBER ? POSA_ALIGN_LEFT : align]);
  pango_layout_set_text (layout, shown, -1);
  pango_layout_get_extents (layout, NULL, &extents);
  return (double) extents.height / PANGO_SCALE;
}

static double
draw_text_at (PosaReportCanvas *self,
              PosaReportStyle style,
              double x,
              double y,
              double width,
              PosaReportAlign align,
              const char *text)
{
  double height = prepare_text (self, style, width, align, text);

  set_colour (self, styles[style].colour);
  cairo_move_to (self->cr, POSA_PAGE_MARGIN + x, y);
  pango_cairo_show_layout (self->cr, self->layouts[style]);
  return height;
}

static void
draw_line_at (PosaReportCanvas *self, double y, const Colour *colour, double thickness)
{
  set_colour (self, colour);
  cairo_set_line_width (self->cr, thickness);
  cairo_move_to (self->cr, POSA_PAGE_MARGIN, y);
  cairo_line_to (self->cr, POSA_PAGE_MARGIN + POSA_CONTENT_WIDTH, y);
  cairo_stroke (self->cr);
}

static void
begin_page (PosaReportCanvas *self)
{
  self->page++;
  self->y = TOP;
  if (self->page == 1)
    return;
  draw_text_at (self, POSA_STYLE_LABEL, 0, TOP - 8, POSA_CONTENT_WIDTH, POSA_ALIGN_LEFT,
                self->frame->head);
  draw_line_at (self, TOP + 6, &line, 0.6);
  self->y = TOP + HEAD_HEIGHT;
}

static void
end_page (PosaReportCanvas *self)
{
  const double y = BOTTOM + 14;
  const double number_width = 90;
  g_autofree char *number = g_strdup_printf ("%s %u %s %u", self->frame->page, self->page,
                                             self->frame->of, self->frame->n_pages);

  draw_line_at (self, y, &line, 0.6);
  for (guint i = 0; i < G_N_ELEMENTS (self->frame->foot); i++)
    draw_text_at (self, POSA_STYLE_LABEL, 0, y + 5 + 10 * i, POSA_CONTENT_WIDTH - number_width,
                  POSA_ALIGN_LEFT, self->frame->foot[i]);
  draw_text_at (self, POSA_STYLE_LABEL, POSA_CONTENT_WIDTH - number_width, y + 5, number_width,
                POSA_ALIGN_RIGHT, number);
  cairo_show_page (self->cr);
}

PosaReportCanvas *
posa_report_canvas_new (cairo_t *cr, const PosaReportFrame *frame)
{
  PosaReportCanvas *self = g_new0 (PosaReportCanvas, 1);

  self->cr = cr;
  self->frame = frame;
  self->context = make_context (cr, frame->language);
  for (guint i = 0; i < POSA_N_STYLES; i++)
    self->layouts[i] = make_layout (self->context, i);
  self->features[POSA_ALIGN_LEFT] = make_features (POSA_ALIGN_LEFT);
  self->features[POSA_ALIGN_RIGHT] = make_features (POSA_ALIGN_RIGHT);
  begin_page (self);
  return self;
}

void
posa_report_canvas_free (PosaReportCanvas *self)
{
  for (guint i = 0; i < POSA_N_STYLES; i++)
    g_object_unref (self->layouts[i]);
  pango_attr_list_unref (self->features[POSA_ALIGN_LEFT]);
  pango_attr_list_unref (self->features[POSA_ALIGN_RIGHT]);
  g_object_unref (self->context);
  g_free (self);
}

guint
posa_report_canvas_finish (PosaReportCanvas *self)
{
  end_page (self);
  return self->page;
}

double
posa_report_canvas_text (PosaReportCanvas *self,
                         PosaReportStyle style,
                         double x,
                         double dy,
                         double width,
                         PosaReportAlign align,
                         const char *text)
{
  return draw_text_at (self, style, x, self->y + dy, width, align, text);
}

void
posa_report_canvas_move (PosaReportCanvas *self, double dy)
{
  self->y += dy;
}

void
posa_report_canvas_need (PosaReportCanvas *self, double height)
{
  if (self->y + height <= BOTTOM)
    return;
  end_page (self);
  begin_page (self);
}

void
posa_report_canvas_box (PosaReportCanvas *self, double height)
{
  set_colour (self, &tint);
  cairo_rectangle (self->cr, POSA_PAGE_MARGIN, self->y, POSA_CONTENT_WIDTH, height);
  cairo_fill (self->cr);
}

void
posa_report_canvas_rule (PosaReportCanvas *self, double dy, gboolean strong)
{
  draw_line_at (self, self->y + dy, strong ? &accent : &line, strong ? 1.4 : 0.6);
}

void
posa_report_canvas_heading (PosaReportCanvas *self, const char *text, double keep)
{
  posa_report_canvas_need (self, keep);
  self->y += draw_text_at (self, POSA_STYLE_HEADING, 0, self->y, POSA_CONTENT_WIDTH,
                           POSA_ALIGN_LEFT, text) +
             4;
}

void
posa_report_canvas_paragraph (PosaReportCanvas *self, PosaReportStyle style, const char *text)
{
  double height = prepare_text (self, style, POSA_CONTENT_WIDTH, POSA_ALIGN_LEFT, text);

  posa_report_canvas_need (self, height);
  self->y += draw_text_at (self, style, 0, self->y, POSA_CONTENT_WIDTH, POSA_ALIGN_LEFT, text);
}

static void
draw_table_head (PosaReportCanvas *self)
{
  const double height = 14;
  double x = 0;

  posa_report_canvas_box (self, height);
  for (guint i = 0; i < self->n_columns; i++)
    {
      const PosaReportColumn *column = &self->columns[i];
      draw_text_at (self, POSA_STYLE_LABEL, x + CELL_PAD_X, self->y + 2.8,
                    column->width - 2 * CELL_PAD_X, column->align, column->title);
      x += column->width;
    }
  self->y += height;
}

void
posa_report_canvas_table (PosaReportCanvas *self, const PosaReportColumn *columns, guint n)
{
  self->columns = columns;
  self->n_columns = n;
  draw_table_head (self);
}

static double
get_baseline (PosaReportCanvas *self, PosaReportStyle style)
{
  prepare_text (self, style, -1, POSA_ALIGN_LEFT, "0");
  return (double) pango_layout_get_baseline (self->layouts[style]) / PANGO_SCALE;
}

static double
measure_row (PosaReportCanvas *self, const char *const *cells)
{
  double height = prepare_text (self, POSA_STYLE_BODY, -1, POSA_ALIGN_LEFT, "0");

  for (guint i = 0; i < self->n_columns; i++)
    if (cells[i] != NULL)
      height = MAX (height, prepare_text (self, self->columns[i].style,
                                          self->columns[i].width - 2 * CELL_PAD_X,
                                          self->columns[i].align, cells[i]));
  return height + 2 * CELL_PAD_Y;
}

static void
draw_cells (PosaReportCanvas *self, const char *const *cells)
{
  const double baseline = get_baseline (self, POSA_STYLE_BODY);
  double x = 0;

  for (guint i = 0; i < self->n_columns; i++)
    {
      const PosaReportColumn *column = &self->columns[i];
      if (cells[i] != NULL)
        draw_text_at (self, column->style, x + CELL_PAD_X,
                      self->y + CELL_PAD_Y + baseline - get_baseline (self, column->style),
                      column->width - 2 * CELL_PAD_X, column->align, cells[i]);
      x += column->width;
    }
}

void
posa_report_canvas_row (PosaReportCanvas *self, const char *const *cells, guint group)
{
  const double height = measure_row (self, cells);
  const guint page = self->page;

  posa_report_canvas_need (self, height * MAX (group, 1));
  if (self->page != page)
    draw_table_head (self);
  else
    draw_line_at (self, self->y, group > 0 ? &strong_line : &line, 0.5);
  draw_cells (self, cells);
  self->y += height;
}

void
posa_report_canvas_end_table (PosaReportCanvas *self)
{
  draw_line_at (self, self->y, &strong_line, 0.5);
  self->columns = NULL;
  self->n_columns = 0;
}
