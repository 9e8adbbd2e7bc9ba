/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-load-profile.h"

#include <glib/gi18n-lib.h>

#include "base/posa-error.h"
#include "meter/codec/posa-cosem-time.h"
#include "meter/driver/posa-dlms-batch.h"
#include "meter/driver/posa-dlms-shape.h"

/* One answer holds a week of quarter hours at most: what a decoder takes, and what is lost of it
 * when no row can be saved. */
#define MAX_ROWS 672
/* Of a row with its clock, for the progress. */
#define ROW_BYTES(n_columns) (16 + 4 * (n_columns))

#define ATTRIBUTE_ENTRIES_IN_USE 7 /* of a profile, IEC 62056-6-2 clause 4.3.6 */

#define CLOCK_INVALID  0x01
#define CLOCK_DOUBTFUL 0x02

/* The rows of one profile on their way to intervals. */
typedef struct
{
  const PosaDlmsProfileReader *reader;
  PosaDlmsShape shape;
  gboolean recalled;                   /* the shape is from an earlier visit */
  gboolean whole;                      /* rows come with all their columns */
  guint layout[POSA_DLMS_MAX_COLUMNS]; /* columns of the shape that a row has */
  guint n_layout;
  PosaLoadInterval above; /* the row before: null stands for its value */
  PosaLoadProfile *out;
  gint64 done_us, total_us; /* of the time that is asked for */
  guint expected_rows;      /* of the answer that is on its way */
} Rows;

static gboolean
set_invalid (const Rows *self, const char *what, GError **error)
{
  g_autofree char *code = posa_obis_format (self->reader->profile->dlms.load_profile);

  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "load profile %s: %s", code, what);
  return FALSE;
}

/* ---- rows ---- */

/* µs UTC of a stamp. Without a deviation the stamp says itself whether it is summer time, so that
 * the hour that comes twice in October is not mixed up. */
static gboolean
stamp_to_utc (const PosaDlmsProfileReader *reader,
              const PosaCosemValue *value,
              gint64 *wall_us,
              guint8 *status)
{
  PosaCosemTime time;

  if (!posa_cosem_time_from_value (value, &time))
    return FALSE;
  *status = time.status == 0xFF ? 0 : time.status;
  if (time.deviation == POSA_COSEM_NO_DEVIATION && time.status != 0xFF)
    time.deviation = (gint16) (-(gint) reader->profile->dlms.utc_offset -
                               ((time.status & POSA_COSEM_TIME_SUMMER) != 0 ? 60 : 0));
  return posa_cosem_time_to_utc (&time, wall_us);
}

static gboolean
take_clock (Rows *self, const PosaCosemValue *value, PosaLoadInterval *interval, GError **error)
{
  const gint64 period_us = self->shape.period_s * G_USEC_PER_SEC;
  guint8 status = 0;

  if (value->tag == POSA_COSEM_NULL && self->above.end_us != 0 && self->shape.row_step != 0)
    interval->end_us = self->above.end_us + self->shape.row_step * period_us;
  else if (!stamp_to_utc (self->reader, value, &interval->end_us, &status))
    return set_invalid (self, "a row does not say when it is of", error);
  if ((status & (CLOCK_INVALID | CLOCK_DOUBTFUL)) != 0)
    interval->flags |= POSA_LOAD_CLOCK_DOUBT;
  /* The clock was set, or the supply failed: the period was closed before its time. */
  if (interval->end_us % period_us != 0)
    interval->flags |= POSA_LOAD_INCOMPLETE;
  return TRUE;
}

static gboolean
take_energy (Rows *self,
             const PosaDlmsColumn *column,
             const PosaCosemValue *value,
             gint64 above,
             gint64 *out,
             GError **error)
{
  gint64 raw = 0, resolution = 1;

  *out = self->above.end_us != 0 ? above : POSA_LOAD_NO_VALUE;
  if (value->tag == POSA_COSEM_NULL)
    return TRUE;
  return (posa_cosem_value_get_integer (value, &raw) && raw >= 0 &&
          posa_dlms_scale (raw, column->scaler, out, &resolution)) ||
         set_invalid (self, "a value is no number that counts energy", error);
}

static gboolean
take_cell (Rows *self,
           const PosaDlmsColumn *column,
           const PosaCosemValue *value,
           guint *channel,
           PosaLoadInterval *interval,
           GError **error)
{
  gint64 status = 0;

  switch (column->kind)
    {
    case POSA_DLMS_COLUMN_CLOCK:
      return take_clock (self, value, interval, error);
    case POSA_DLMS_COLUMN_STATUS:
      if (posa_cosem_value_get_integer (value, &status) && status != 0)
        interval->flags |= POSA_LOAD_OTHER_DOUBT;
      return TRUE;
    case POSA_DLMS_COLUMN_ENERGY:
      if (!take_energy (self, column, value, self->above.values[*channel],
                        &interval->values[*channel], error))
        return FALSE;
      ++*channel;
      return TRUE;
    default:
      return TRUE;
    }
}

static gboolean
take_row (Rows *self, const PosaCosemValue *row, GError **error)
{
  PosaLoadInterval interval = { 0 };
  guint channel = 0;

  if (posa_cosem_value_get_n_items (row) != self->n_layout)
    return set_invalid (self, "a row has not the columns that were asked for", error);
  for (guint i = 0; i < self->n_layout; i++)
    if (!take_cell (self, &self->shape.columns[self->layout[i]], posa_cosem_value_get_item (row, i),
                    &channel, &interval, error))
      return FALSE;
  self->above = interval;
  return posa_load_profile_add (self->out, &interval, error);
}

static gboolean
take_rows (Rows *self, const PosaCosemValue *rows, GError **error)
{
  self->above = (PosaLoadInterval) { 0 };
  if (rows->tag != POSA_COSEM_ARRAY)
    return set_invalid (self, "the meter gives no rows", error);
  for (guint i = 0; i < posa_cosem_value_get_n_items (rows); i++)
    if (!take_row (self, posa_cosem_value_get_item (rows, i), error))
      return FALSE;
  return TRUE;
}

/* ---- asking ---- */

static void
progress_cb (gpointer data, gsize n_bytes)
{
  const Rows *self = data;
  double part = (double) n_bytes / (ROW_BYTES (self->n_layout) * MAX (self->expected_rows, 1));
  double asked_us = (double) self->expected_rows * self->shape.period_s * G_USEC_PER_SEC;

  posa_operation_report (self->reader->operation,
                         MIN (((double) self->done_us + MIN (part, 1) * asked_us) /
                                  (double) MAX (self->total_us, 1),
                              1),
                         "%s", _ ("Reading the load profile"));
}

static PosaCosemValue *
stamp_value (gint64 wall_us)
{
  PosaCosemTime time = posa_cosem_time_from_utc_italy (wall_us);

  return posa_cosem_time_to_value (&time);
}

static PosaCosemSelection *
make_selection (const Rows *self, gint64 first_us, gint64 last_us)
{
  PosaCosemTarget columns[POSA_DLMS_MAX_COLUMNS];
  guint n = posa_dlms_shape_get_targets (&self->shape, columns);
  gboolean all = n == self->shape.n_columns && !self->recalled;

  return posa_cosem_selection_new_range (
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_CLOCK, self->reader->profile->dlms.clock, 2),
      stamp_value (first_us), stamp_value (last_us), columns, all ? 0 : n);
}

/* What has come stays, also of an answer that was cut. */
static gboolean
read_selected (Rows *self, const PosaCosemSelection *selection, GError **error)
{
  const PosaDlmsProfileReader *reader = self->reader;
  const PosaCosemTarget buffer =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE, reader->profile->dlms.load_profile, 2);

  posa_dlms_client_set_progress (reader->client, progress_cb, self);
  g_autoptr (PosaCosemValue) rows =
      posa_dlms_client_get_selected (reader->client, buffer, selection,
                                     posa_operation_peek_cancellable (reader->operation), error);
  posa_dlms_client_set_progress (reader->client, NULL, NULL);
  if (rows != NULL)
    return take_rows (self, rows, error);
  g_autoptr (PosaCosemValue) partial = posa_dlms_client_take_partial (reader->client);
  if (partial != NULL)
    take_rows (self, partial, NULL);
  return FALSE;
}

/* The intervals that end from @first_us to @last_us. */
static gboolean
read_range (Rows *self, gint64 first_us, gint64 last_us, GError **error)
{
  g_autoptr (PosaCosemSelection) selection = make_selection (self, first_us, last_us);

  return read_selected (self, selection, error);
}

static gboolean
read_gap (Rows *self, const PosaLoadGap *gap, GError **error)
{
  const gint64 period_us = self->shape.period_s * G_USEC_PER_SEC;
  const gint64 step_us = MAX_ROWS * period_us;

  for (gint64 at = gap->from_us; at < gap->to_us; at += step_us)
    {
      gint64 last_us = MIN (at + step_us, gap->to_us);

      self->expected_rows = (guint) ((last_us - at) / period_us);
      if (!read_range (self, at + period_us, last_us, error))
        return FALSE;
      self->done_us += last_us - at;
    }
  return TRUE;
}

/* Knows the shape and tells @out of it. */
static gboolean
prepare (Rows *self, GError **error)
{
  const PosaDlmsProfileReader *reader = self->reader;
  const PosaObis obis = reader->profile->dlms.load_profile;
  PosaLoadChannel channels[POSA_DLMS_MAX_COLUMNS];
  guint n_channels = 0;

  self->recalled = posa_dlms_shape_recall (reader->model_key, obis, &self->shape);
  if (!self->recalled &&
      !posa_dlms_shape_read (reader->client, obis, &self->shape,
                             posa_operation_peek_cancellable (reader->operation), error))
    return FALSE;
  gboolean all = self->whole ||
                 posa_dlms_shape_get_targets (&self->shape, (PosaCosemTarget[24]) { 0 }) ==
                     self->shape.n_columns;
  self->n_layout = 0;
  for (guint i = 0; i < self->shape.n_columns; i++)
    {
      const PosaDlmsColumn *column = &self->shape.columns[i];

      if (all || column->kind != POSA_DLMS_COLUMN_OTHER)
        self->layout[self->n_layout++] = i;
      if (column->kind == POSA_DLMS_COLUMN_ENERGY)
        channels[n_channels++] = (PosaLoadChannel) { column->target.obis, column->quantity };
    }
  if (n_channels > POSA_LOAD_MAX_CHANNELS)
    return set_invalid (self, "too many channels", error);
  if (!posa_load_profile_set_shape (self->out, self->shape.period_s, channels, n_channels, error))
    return FALSE;
  posa_dlms_shape_remember (reader->model_key, obis, &self->shape);
  return TRUE;
}

static gboolean
read_gaps (Rows *self, gint64 from_us, gint64 to_us, GError **error)
{
  g_autoptr (GArray) gaps = posa_load_profile_find_gaps (self->out, from_us, to_us);

  self->done_us = self->total_us = 0;
  for (guint i = 0; i < gaps->len; i++)
    {
      const PosaLoadGap *gap = &g_array_index (gaps, PosaLoadGap, i);
      self->total_us += gap->to_us - gap->from_us;
    }
  for (guint i = 0; i < gaps->len; i++)
    if (!read_gap (self, &g_array_index (gaps, PosaLoadGap, i), error))
      return FALSE;
  return TRUE;
}

/* Whether the meter refused a request that named the columns of an earlier visit. */
static gboolean
is_refused (const Rows *self, const GError *error)
{
  return self->recalled && posa_dlms_client_is_open (self->reader->client) &&
         (g_error_matches (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED) ||
          g_error_matches (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED) ||
          g_error_matches (error, POSA_ERROR, POSA_ERROR_FAILED));
}

gboolean
posa_dlms_load_profile_read (const PosaDlmsProfileReader *self,
                             gint64 from_us,
                             gint64 to_us,
                             PosaLoadProfile *out,
                             GError **error)
{
  g_autoptr (GError) local = NULL;
  Rows rows = { .reader = self, .out = out };

  posa_operation_report (self->operation, 0, "%s", _ ("Reading the load profile"));
  if (!prepare (&rows, error))
    return FALSE;
  if (read_gaps (&rows, from_us, to_us, &local))
    return TRUE;
  if (is_refused (&rows, local))
    {
      posa_dlms_shape_forget (self->model_key, self->profile->dlms.load_profile);
      return prepare (&rows, error) && read_gaps (&rows, from_us, to_us, error);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* ---- the last rows ---- */

static gboolean
get_n_rows (Rows *self, gint64 *n, GError **error)
{
  const PosaDlmsProfileReader *reader = self->reader;
  g_autoptr (PosaCosemValue)
      value = posa_dlms_client_get (reader->client,
                                    POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE,
                                                       reader->profile->dlms.load_profile,
                                                       ATTRIBUTE_ENTRIES_IN_USE),
                                    posa_operation_peek_cancellable (reader->operation), error);

  return value != NULL &&
         (posa_cosem_value_get_integer (value, n) ||
          set_invalid (self, "the meter does not say how many rows it has", error));
}

/* Those from @first to @last, in the meter's order, counted from 1. */
static gboolean
read_rows (Rows *self, gint64 first, gint64 last, GError **error)
{
  const gint64 period_us = self->shape.period_s * G_USEC_PER_SEC;

  self->total_us = (last - first + 1) * period_us;
  for (gint64 at = first; at <= last; at += MAX_ROWS)
    {
      gint64 end = MIN (at + MAX_ROWS - 1, last);
      g_autoptr (PosaCosemSelection)
          selection = posa_cosem_selection_new_entries ((guint32) at, (guint32) end, 1, 0);

      self->expected_rows = (guint) (end - at + 1);
      if (!read_selected (self, selection, error))
        return FALSE;
      self->done_us += self->expected_rows * period_us;
    }
  return TRUE;
}

/* Rows by number do not name their columns, so none are recalled from another visit. */
gboolean
posa_dlms_load_profile_read_last (const PosaDlmsProfileReader *self,
                                  guint n,
                                  PosaLoadProfile *out,
                                  GError **error)
{
  PosaDlmsProfileReader fresh = *self;
  Rows rows = { .reader = &fresh, .out = out, .whole = TRUE };
  gint64 n_rows = 0;

  fresh.model_key = NULL;
  posa_operation_report (self->operation, 0, "%s", _ ("Reading the load profile"));
  if (!prepare (&rows, error))
    return FALSE;
  if (rows.shape.row_step == 0)
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the rows of the load profile are not in the order of time; read them "
                           "by time");
      return FALSE;
    }
  if (!get_n_rows (&rows, &n_rows, error))
    return FALSE;
  n_rows = CLAMP (n_rows, 0, G_MAXUINT32);
  return rows.shape.row_step < 0 ? read_rows (&rows, 1, MIN (n, n_rows), error)
                                 : read_rows (&rows, MAX (1, n_rows - n + 1), n_rows, error);
}

/* ---- log books ---- */

/* A row of a log: when, and the first number beside it. */
static gboolean
take_event (const PosaDlmsProfileReader *self,
            PosaObis log,
            const PosaCosemValue *row,
            GPtrArray *events)
{
  gint64 time_us = 0, code = 0, number = 0;
  gboolean has_code = FALSE;
  guint8 status = 0;

  for (guint i = 0; i < posa_cosem_value_get_n_items (row); i++)
    {
      const PosaCosemValue *cell = posa_cosem_value_get_item (row, i);

      if (time_us == 0 && stamp_to_utc (self, cell, &time_us, &status))
        continue;
      if (!has_code && posa_cosem_value_get_integer (cell, &number))
        {
          code = number;
          has_code = TRUE;
        }
    }
  if (has_code)
    g_ptr_array_add (events, posa_meter_event_new (
                                 time_us, code, posa_profile_get_event (self->profile, code), log));
  return has_code;
}

static gboolean
read_log (const PosaDlmsProfileReader *self,
          PosaObis log,
          gint64 from_us,
          gint64 to_us,
          GPtrArray *events,
          GError **error)
{
  g_autoptr (PosaCosemSelection) selection = posa_cosem_selection_new_range (
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock, 2),
      stamp_value (from_us), stamp_value (to_us), NULL, 0);
  g_autoptr (PosaCosemValue) rows =
      posa_dlms_client_get_selected (self->client,
                                     POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE, log, 2), selection,
                                     posa_operation_peek_cancellable (self->operation), error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < posa_cosem_value_get_n_items (rows); i++)
    if (!take_event (self, log, posa_cosem_value_get_item (rows, i), events))
      {
        g_autofree char *code = posa_obis_format (log);
        g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                     "log book %s: a row has no event code", code);
        return FALSE;
      }
  return TRUE;
}

GPtrArray *
posa_dlms_events_read (const PosaDlmsProfileReader *self,
                       gint64 from_us,
                       gint64 to_us,
                       GError **error)
{
  g_autoptr (GPtrArray) events = posa_meter_events_new ();
  const GArray *logs = self->profile->dlms.event_logs;

  if (logs == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED, "profile %s names no log book",
                   self->profile->id);
      return NULL;
    }
  for (guint i = 0; i < logs->len; i++)
    {
      posa_operation_report (self->operation, (double) i / logs->len, "%s",
                             _ ("Reading the log books"));
      if (!read_log (self, g_array_index (logs, PosaObis, i), from_us, to_us, events, error))
        return NULL;
    }
  return g_steal_pointer (&events);
}
