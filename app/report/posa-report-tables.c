/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-tables.h"

#define TABLE_HEAD 32.0 /* heading and head of a table */

typedef PosaReportDrawing Drawing;

static const char *
words (const Drawing *self, PosaReportText text)
{
  return posa_report_text (self->language, text);
}

static gboolean
is_replaced (const PosaReplacementReport *report)
{
  return report->activation != NULL && report->outcome != POSA_OUTCOME_RESTORED_OLD;
}

static const char *
method_words (const Drawing *self, PosaReadingMethod method)
{
  return words (self, method == POSA_READING_DISPLAY ? POSA_TEXT_DISPLAY : POSA_TEXT_OPTICAL);
}

static char *
format_taken (const Drawing *self, const PosaReadingSet *reading)
{
  g_autofree char *date = posa_report_format_date (self->language, reading->taken_us);
  g_autofree char *time = posa_report_format_time (reading->taken_us);

  return g_strdup_printf ("%s, %s – %s", date, time, method_words (self, reading->method));
}

static char *
format_clock (const Drawing *self, const PosaReadingSet *reading)
{
  if (reading->meter_clock_us == 0)
    return g_strdup (words (self, POSA_TEXT_NOT_READ));
  g_autofree char *date = posa_report_format_date (self->language, reading->meter_clock_us);
  g_autofree char *time = posa_report_format_time (reading->meter_clock_us);
  g_autofree char *drift =
      posa_report_format_drift (self->language, posa_reading_set_get_drift_s (reading));

  return g_strdup_printf ("%s, %s (%s)", date, time, drift);
}

static char *
format_status (const Drawing *self, const PosaReadingSet *reading)
{
  if (reading->status_raw == NULL)
    return g_strdup (words (self, POSA_TEXT_NOT_READ));
  g_autofree char *flags = g_strjoinv (", ", reading->status_flags);

  return g_strdup_printf ("%s – %s", reading->status_raw,
                          *flags != '\0' ? flags : words (self, POSA_TEXT_STATUS_CLEAR));
}

static char *
format_profile (const PosaReadingSet *reading)
{
  return reading->profile_id != NULL
             ? g_strdup_printf ("%s %s (%.12s)", reading->profile_id,
                                reading->profile_version != NULL ? reading->profile_version : "",
                                reading->profile_sha256 != NULL ? reading->profile_sha256 : "")
             : NULL;
}

/* One value of the comparison of both meters; NULL when there is no such meter. */
static char *
format_plate (const Drawing *self, PosaReportText row, const PosaReadingSet *reading)
{
  if (reading == NULL)
    return NULL;
  switch (row)
    {
    case POSA_TEXT_SERIAL:
      return g_strdup (reading->meter.serial);
    case POSA_TEXT_MANUFACTURER:
      return g_strdup (reading->meter.manufacturer);
    case POSA_TEXT_MODEL:
      return g_strdup (reading->meter.model);
    case POSA_TEXT_KIND:
      return g_strdup (posa_report_text_kind (self->language, reading->meter.kind));
    case POSA_TEXT_FIRMWARE:
      return g_strdup (reading->meter.firmware);
    case POSA_TEXT_CUSTOMER_NUMBER:
      return g_strdup (reading->meter.customer_number);
    case POSA_TEXT_READ_AT:
      return format_taken (self, reading);
    case POSA_TEXT_CLOCK:
      return format_clock (self, reading);
    case POSA_TEXT_STATUS:
      return format_status (self, reading);
    default:
      return format_profile (reading);
    }
}

void
posa_report_tables_draw_meters (const PosaReportDrawing *self)
{
  static const PosaReportText rows[] = { POSA_TEXT_SERIAL,   POSA_TEXT_MANUFACTURER,
                                         POSA_TEXT_MODEL,    POSA_TEXT_KIND,
                                         POSA_TEXT_FIRMWARE, POSA_TEXT_CUSTOMER_NUMBER,
                                         POSA_TEXT_READ_AT,  POSA_TEXT_CLOCK,
                                         POSA_TEXT_STATUS,   POSA_TEXT_PROFILE };
  const guint n_rows = G_N_ELEMENTS (rows);
  const gboolean replaced = is_replaced (self->report);
  const PosaReportColumn columns[] = {
    { "", 105.276, POSA_ALIGN_LEFT, POSA_STYLE_LABEL },
    { words (self, replaced ? POSA_TEXT_REMOVED_METER : POSA_TEXT_OLD_METER), 200, POSA_ALIGN_LEFT,
      POSA_STYLE_BODY },
    { words (self, POSA_TEXT_NEW_METER), 200, POSA_ALIGN_LEFT, POSA_STYLE_BODY }
  };
  const guint n_columns = self->report->activation != NULL ? 3 : 2;

  posa_report_canvas_heading (self->canvas, words (self, POSA_TEXT_METERS),
                              TABLE_HEAD + n_rows * POSA_ROW_HEIGHT);
  posa_report_canvas_table (self->canvas, columns, n_columns);
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *old = format_plate (self, rows[i], self->report->removal);
      g_autofree char *new = format_plate (self, rows[i], self->report->activation);
      const char *cells[] = { words (self, rows[i]), old != NULL ? old : "–",
                              new != NULL ? new : "–" };
      posa_report_canvas_row (self->canvas, cells, 0);
    }
  posa_report_canvas_end_table (self->canvas);
  posa_report_canvas_move (self->canvas, POSA_SECTION_GAP);
}

static char *
format_tier (const Drawing *self, const PosaRegister *value)
{
  g_autofree char *tier = value->tier == 0 ? g_strdup (words (self, POSA_TEXT_TOTAL))
                                           : g_strdup_printf ("T%u", value->tier);

  if (value->captured_us == 0)
    return g_steal_pointer (&tier);
  g_autofree char *date = posa_report_format_date (self->language, value->captured_us);
  g_autofree char *time = posa_report_format_time (value->captured_us);
  return g_strdup_printf ("%s – %s, %.5s", tier, date, time);
}

/* The value of the same register in the second reading; NULL when it was not read again. */
static char *
format_second (const Drawing *self, const PosaReadingSet *second, const PosaRegister *value)
{
  const PosaRegister *again =
      second != NULL ? posa_registers_find (second->registers, value->quantity, value->tier) : NULL;

  return again != NULL ? posa_report_format_value (self->language, again) : NULL;
}

/* Number of registers of one quantity from @i on; 0 when @i is not the first of them. */
static guint
count_group (GPtrArray *registers, guint i)
{
  const PosaRegister *first = g_ptr_array_index (registers, i);
  const PosaRegister *above = i > 0 ? g_ptr_array_index (registers, i - 1) : NULL;
  guint n = 0;

  if (above != NULL && above->quantity == first->quantity)
    return 0;
  for (; i + n < registers->len; n++)
    {
      const PosaRegister *next = g_ptr_array_index (registers, i + n);
      if (next->quantity != first->quantity)
        break;
    }
  return n;
}

static void
draw_register (const Drawing *self,
               const PosaReadingSet *reading,
               const PosaReadingSet *second,
               guint i)
{
  const PosaRegister *value = g_ptr_array_index (reading->registers, i);
  const guint group = count_group (reading->registers, i);
  g_autofree char *tier = format_tier (self, value);
  g_autofree char *obis = posa_obis_format (value->obis);
  g_autofree char *number = posa_report_format_value (self->language, value);
  g_autofree char *again = format_second (self, second, value);
  const char *cells[] = { group > 0 ? posa_report_text_quantity (self->language, value->quantity)
                                    : NULL,
                          tier,
                          obis,
                          number,
                          posa_report_text_unit (value->quantity),
                          method_words (self, reading->method),
                          again };

  posa_report_canvas_row (self->canvas, cells, group);
}

/* Stands above the table, where a page break cannot part it from its column. */
static void
draw_second (const Drawing *self)
{
  const PosaReplacementReport *report = self->report;
  g_autofree char *taken = report->second != NULL ? format_taken (self, report->second) : NULL;
  const char *said = taken != NULL ? taken : report->second_reason;

  if (said == NULL)
    return;
  g_autofree char *text = g_strdup_printf (
      "%s %s", words (self, taken != NULL ? POSA_TEXT_SECOND_TAKEN : POSA_TEXT_SECOND_MISSING),
      said);
  posa_report_canvas_paragraph (self->canvas, POSA_STYLE_LABEL, text);
  posa_report_canvas_move (self->canvas, 4);
}

static void
draw_readings (const Drawing *self,
               PosaReportText heading,
               const PosaReadingSet *reading,
               const PosaReadingSet *second)
{
  const PosaReportColumn columns[] = {
    { words (self, POSA_TEXT_QUANTITY), 128.276, POSA_ALIGN_LEFT, POSA_STYLE_BODY },
    { words (self, POSA_TEXT_TIER), 110, POSA_ALIGN_LEFT, POSA_STYLE_BODY },
    { words (self, POSA_TEXT_OBIS), 48, POSA_ALIGN_LEFT, POSA_STYLE_LABEL },
    { words (self, POSA_TEXT_READING), 68, POSA_ALIGN_RIGHT, POSA_STYLE_STRONG },
    { words (self, POSA_TEXT_UNIT), 34, POSA_ALIGN_LEFT, POSA_STYLE_BODY },
    { words (self, POSA_TEXT_METHOD), 52, POSA_ALIGN_LEFT, POSA_STYLE_LABEL },
    { second != NULL ? words (self, POSA_TEXT_SECOND_READING) : "", 65, POSA_ALIGN_RIGHT,
      POSA_STYLE_BODY }
  };

  posa_report_canvas_heading (self->canvas, words (self, heading),
                              TABLE_HEAD + MIN (reading->registers->len, 9) * POSA_ROW_HEIGHT);
  if (reading == self->report->removal)
    draw_second (self);
  posa_report_canvas_table (self->canvas, columns, G_N_ELEMENTS (columns));
  for (guint i = 0; i < reading->registers->len; i++)
    draw_register (self, reading, second, i);
  posa_report_canvas_end_table (self->canvas);
}

void
posa_report_tables_draw_readings (const PosaReportDrawing *self)
{
  const PosaReplacementReport *report = self->report;

  if (report->removal != NULL)
    {
      draw_readings (self,
                     is_replaced (report) ? POSA_TEXT_REMOVAL_READINGS : POSA_TEXT_OLD_READINGS,
                     report->removal, report->second);
      posa_report_canvas_move (self->canvas, POSA_SECTION_GAP);
    }
  if (report->activation != NULL)
    {
      draw_readings (self, POSA_TEXT_ACTIVATION_READINGS, report->activation, NULL);
      posa_report_canvas_move (self->canvas, POSA_SECTION_GAP);
    }
}

/* The driver lets pass only what is right, but a clock goes on between writing and reading. */
static const char *
check_words (const Drawing *self, const PosaVerifiedValue *value)
{
  if (value->written == NULL)
    return NULL;
  if (g_strcmp0 (value->written, value->read_back) == 0)
    return words (self, POSA_TEXT_EQUAL);
  return words (self, g_strcmp0 (value->name, "clock") == 0 ? POSA_TEXT_WITHIN_TOLERANCE
                                                            : POSA_TEXT_DIFFERENT);
}

void
posa_report_tables_draw_verified (const PosaReportDrawing *self)
{
  GPtrArray *values = self->report->verified;
  const PosaReportColumn columns[] = {
    { words (self, POSA_TEXT_PARAMETER), 105.276, POSA_ALIGN_LEFT, POSA_STYLE_BODY },
    { words (self, POSA_TEXT_BEFORE), 115, POSA_ALIGN_LEFT, POSA_STYLE_BODY },
    { words (self, POSA_TEXT_WRITTEN), 115, POSA_ALIGN_LEFT, POSA_STYLE_BODY },
    { words (self, POSA_TEXT_READ_BACK), 115, POSA_ALIGN_LEFT, POSA_STYLE_STRONG },
    { words (self, POSA_TEXT_CHECK), 55, POSA_ALIGN_LEFT, POSA_STYLE_LABEL }
  };

  if (values->len == 0)
    return;
  posa_report_canvas_heading (self->canvas, words (self, POSA_TEXT_VERIFIED),
                              TABLE_HEAD + MIN (values->len, 8) * POSA_ROW_HEIGHT);
  posa_report_canvas_table (self->canvas, columns, G_N_ELEMENTS (columns));
  for (guint i = 0; i < values->len; i++)
    {
      const PosaVerifiedValue *value = g_ptr_array_index (values, i);
      g_autofree char *before = posa_report_format_parameter_value (self->language, value->before);
      g_autofree char *written =
          posa_report_format_parameter_value (self->language, value->written);
      g_autofree char *back = posa_report_format_parameter_value (self->language, value->read_back);
      const char *cells[] = { posa_report_text_parameter (self->language, value->name), before,
                              written, back, check_words (self, value) };
      posa_report_canvas_row (self->canvas, cells, 0);
    }
  posa_report_canvas_end_table (self->canvas);
  posa_report_canvas_move (self->canvas, POSA_SECTION_GAP);
}
