/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-canvas.h"

#include <pango/pangocairo.h>

#define FONT_FAMILY "Inter, Adwaita Sans, DejaVu Sans" /* the second is the first, in GNOME */
#define TOP         42.0
#define HEAD_HEIGHT 26.0
#define BOTTOM      (POSA_PAGE_HEIGHT - 62.0)
#define CELL_PAD_X  4.0
#define CELL_PAD_Y  2.1
#define COLUMNS_MAX 8
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

/* What is drawn waits in a list for each page: the foot names the number of pages, which is known
 * only at the end, and shaping text is by far the dearest part, so it is done once. */
typedef struct
{
  PangoLayout *layout; /* NULL: a filled rectangle */
  const Colour *colour;
  double x, y, width, height;
} Mark;

struct _PosaReportCanvas
{
  cairo_t *cr;
  const PosaReportFrame *frame;
  PangoContext *context;
  PangoLayout *layouts[POSA_N_STYLES]; /* to copy from */
  double baselines[POSA_N_STYLES];
  PangoAttrList *features[2]; /* by alignment */
  GPtrArray *pages;           /* GArray of Mark */
  GArray *page;               /* the last of them */
  double y;
  const PosaReportColumn *columns; /* of the table being drawn, else NULL */
  guint n_columns;
};

static void
clear_mark_cb (gpointer data)
{
  Mark *mark = data;

  g_clear_object (&mark->layout);
}

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
make_features (const char *features)
{
  PangoAttrList *list = pango_attr_list_new ();

  pango_attr_list_insert (list, pango_attr_font_features_new (features));
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

static PangoLayout *
make_text (PosaReportCanvas *self,
           PosaReportStyle style,
           double width,
           PosaReportAlign align,
           const char *text)
{
  g_autofree char *shown = restrict_characters (text);
  PangoLayout *layout = pango_layout_copy (self->layouts[style]);
  /* The number of a report is a name, not a figure in a column. */
  gboolean figures = align == POSA_ALIGN_RIGHT && style != POSA_STYLE_NUMBER;

  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_alignment (layout,
                              align == POSA_ALIGN_RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_attributes (layout, self->features[figures]);
  pango_layout_set_text (layout, shown, -1);
  return layout;
}

static double
get_height (PangoLayout *layout)
{
  PangoRectangle extents;

  pango_layout_get_extents (layout, NULL, &extents);
  return (double) extents.height / PANGO_SCALE;
}

/* Consumes @layout; returns its height. */
static double
put_text (PosaReportCanvas *self, PosaReportStyle style, double x, double y, PangoLayout *layout)
{
  const Mark mark = { .layout = layout,
                      .colour = styles[style].colour,
                      .x = POSA_PAGE_MARGIN + x,
                      .y = y };

  g_array_append_val (self->page, mark);
  return get_height (layout);
}

static void
put_rectangle (PosaReportCanvas *self, double y, double height, const Colour *colour)
{
  const Mark mark = { .colour = colour,
                      .x = POSA_PAGE_MARGIN,
                      .y = y,
                      .width = POSA_CONTENT_WIDTH,
                      .height = height };

  g_array_append_val (self->page, mark);
}

static void
put_line (PosaReportCanvas *self, double y, double thickness, const Colour *colour)
{
  put_rectangle (self, y - thickness / 2, thickness, colour);
}

static void
begin_page (PosaReportCanvas *self)
{
  self->page = g_array_new (FALSE, TRUE, sizeof (Mark));
  g_array_set_clear_func (self->page, clear_mark_cb);
  g_ptr_array_add (self->pages, self->page);
  self->y = TOP;
  if (self->pages->len == 1)
    return;
  put_text (self, POSA_STYLE_LABEL, 0, TOP - 8,
            make_text (self, POSA_STYLE_LABEL, POSA_CONTENT_WIDTH, POSA_ALIGN_LEFT,
                       self->frame->head));
  put_line (self, TOP + 6, 0.6, &line);
  self->y = TOP + HEAD_HEIGHT;
}

/* Draws the foot of page @n, counted from 1, into its list. */
static void
put_foot (PosaReportCanvas *self, guint n)
{
  const double y = BOTTOM + 14;
  const double number_width = 90;
  g_autofree char *number =
      g_strdup_printf ("%s %u %s %u", self->frame->page, n, self->frame->of, self->pages->len);

  self->page = g_ptr_array_index (self->pages, n - 1);
  put_line (self, y, 0.6, &line);
  for (guint i = 0; i < G_N_ELEMENTS (self->frame->foot); i++)
    put_text (self, POSA_STYLE_LABEL, 0, y + 5 + 10 * i,
              make_text (self, POSA_STYLE_LABEL, POSA_CONTENT_WIDTH - number_width, POSA_ALIGN_LEFT,
                         self->frame->foot[i]));
  put_text (self, POSA_STYLE_LABEL, POSA_CONTENT_WIDTH - number_width, y + 5,
            make_text (self, POSA_STYLE_LABEL, number_width, POSA_ALIGN_RIGHT, number));
}

static void
draw_mark (PosaReportCanvas *self, const Mark *mark)
{
  cairo_set_source_rgb (self->cr, mark->colour->red, mark->colour->green, mark->colour->blue);
  if (mark->layout != NULL)
    {
      cairo_move_to (self->cr, mark->x, mark->y);
      pango_cairo_show_layout (self->cr, mark->layout);
      return;
    }
  cairo_rectangle (self->cr, mark->x, mark->y, mark->width, mark->height);
  cairo_fill (self->cr);
}

PosaReportCanvas *
posa_report_canvas_new (cairo_t *cr, const PosaReportFrame *frame)
{
  PosaReportCanvas *self = g_new0 (PosaReportCanvas, 1);

  self->cr = cr;
  self->frame = frame;
  self->context = make_context (cr, frame->language);
  self->features[FALSE] = make_features ("calt=0");
  self->features[TRUE] = make_features ("tnum=1, calt=0");
  for (guint i = 0; i < POSA_N_STYLES; i++)
    {
      self->layouts[i] = make_layout (self->context, i);
      self->baselines[i] = (double) pango_layout_get_baseline (self->layouts[i]) / PANGO_SCALE;
    }
  self->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  begin_page (self);
  return self;
}

void
posa_report_canvas_free (PosaReportCanvas *self)
{
  g_ptr_array_unref (self->pages);
  for (guint i = 0; i < POSA_N_STYLES; i++)
    g_object_unref (self->layouts[i]);
  pango_attr_list_unref (self->features[FALSE]);
  pango_attr_list_unref (self->features[TRUE]);
  g_object_unref (self->context);
  g_free (self);
}

void
posa_report_canvas_finish (PosaReportCanvas *self)
{
  for (guint n = 1; n <= self->pages->len; n++)
    {
      put_foot (self, n);
      for (guint i = 0; i < self->page->len; i++)
        draw_mark (self, &g_array_index (self->page, Mark, i));
      cairo_show_page (self->cr);
    }
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
  return put_text (self, style, x, self->y + dy, make_text (self, style, width, align, text));
}

void
posa_report_canvas_move (PosaReportCanvas *self, double dy)
{
  self->y += dy;
}

void
posa_report_canvas_need (PosaReportCanvas *self, double height)
{
  if (self->y + height > BOTTOM)
    begin_page (self);
}

void
posa_report_canvas_box (PosaReportCanvas *self, double height)
{
  put_rectangle (self, self->y, height, &tint);
}

void
posa_report_canvas_rule (PosaReportCanvas *self, double dy)
{
  put_line (self, self->y + dy, 1.4, &accent);
}

void
posa_report_canvas_heading (PosaReportCanvas *self, const char *text, double keep)
{
  posa_report_canvas_need (self, keep);
  posa_report_canvas_paragraph (self, POSA_STYLE_HEADING, text);
  self->y += 4;
}

void
posa_report_canvas_paragraph (PosaReportCanvas *self, PosaReportStyle style, const char *text)
{
  PangoLayout *layout = make_text (self, style, POSA_CONTENT_WIDTH, POSA_ALIGN_LEFT, text);

  posa_report_canvas_need (self, get_height (layout));
  self->y += put_text (self, style, 0, self->y, layout);
}

static void
put_table_head (PosaReportCanvas *self)
{
  const double height = 14;
  double x = 0;

  posa_report_canvas_box (self, height);
  for (guint i = 0; i < self->n_columns; i++)
    {
      const PosaReportColumn *column = &self->columns[i];
      posa_report_canvas_text (self, POSA_STYLE_LABEL, x + CELL_PAD_X, 2.8,
                               column->width - 2 * CELL_PAD_X, column->align, column->title);
      x += column->width;
    }
  self->y += height;
}

void
posa_report_canvas_table (PosaReportCanvas *self, const PosaReportColumn *columns, guint n)
{
  g_return_if_fail (n <= COLUMNS_MAX);
  self->columns = columns;
  self->n_columns = n;
  put_table_head (self);
}

/* Makes the texts of a row; returns its height. */
static double
make_row (PosaReportCanvas *self, const char *const *cells, PangoLayout **layouts)
{
  double height = get_height (self->layouts[POSA_STYLE_BODY]);

  for (guint i = 0; i < self->n_columns; i++)
    {
      const PosaReportColumn *column = &self->columns[i];
      layouts[i] = cells[i] != NULL
                       ? make_text (self, column->style, column->width - 2 * CELL_PAD_X,
                                    column->align, cells[i])
                       : NULL;
      if (layouts[i] != NULL)
        height = MAX (height, get_height (layouts[i]));
    }
  return height + 2 * CELL_PAD_Y;
}

void
posa_report_canvas_row (PosaReportCanvas *self, const char *const *cells, guint group)
{
  PangoLayout *layouts[COLUMNS_MAX];
  const double height = make_row (self, cells, layouts);
  const guint n_pages = self->pages->len;
  double x = CELL_PAD_X;

  if (self->y + height * MAX (group, 1) > BOTTOM)
    put_line (self, self->y, 0.5, &strong_line);
  posa_report_canvas_need (self, height * MAX (group, 1));
  if (self->pages->len != n_pages)
    put_table_head (self);
  else
    put_line (self, self->y, 0.5, group > 0 ? &strong_line : &line);
  for (guint i = 0; i < self->n_columns; i++)
    {
      PosaReportStyle style = self->columns[i].style;
      /* All cells of a row stand on the base line of the body text. */
      double y = self->y + CELL_PAD_Y + self->baselines[POSA_STYLE_BODY] - self->baselines[style];
      if (layouts[i] != NULL)
        put_text (self, style, x, y, layouts[i]);
      x += self->columns[i].width;
    }
  self->y += height;
}

void
posa_report_canvas_end_table (PosaReportCanvas *self)
{
  put_line (self, self->y, 0.5, &strong_line);
  self->columns = NULL;
  self->n_columns = 0;
}
