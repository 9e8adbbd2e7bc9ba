/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-profile.h"

#include <string.h>

#include "base/posa-error.h"
#include "sim/posa-sim-2g-objects.h"
#include "sim/posa-sim-value.h"

#define QUARTER_S     900
#define DAY_S         86400
#define KEPT_DAYS     60
#define KEPT_MONTHS   12
#define KEPT_EVENTS   24
#define QUARTERS_KEPT (KEPT_DAYS * DAY_S / QUARTER_S)

#define SORT_FIFO 1
#define SORT_LIFO 2

#define UNIT_WH   30
#define UNIT_VARH 32
#define UNIT_V    35

#define MAX_COLUMNS 12
#define N_LOGS      3 /* standard, fraud, supply */

/* A column of the load profile: what a quarter hour counted, or its mean voltage in 0.1 V. */
typedef struct
{
  const char *name;
  PosaObis obis;
  int scaler, unit;
  guint percent; /* of the household's curve; 0 a voltage */
} Channel;

static const Channel channels[] = {
  { "A+", { 1, 0, 1, 29, 0, 255 }, 0, UNIT_WH, 100 },
  { "A-", { 1, 0, 2, 29, 0, 255 }, 0, UNIT_WH, 12 },
  { "R1", { 1, 0, 5, 29, 0, 255 }, 0, UNIT_VARH, 35 },
  { "R2", { 1, 0, 6, 29, 0, 255 }, 0, UNIT_VARH, 3 },
  { "R3", { 1, 0, 7, 29, 0, 255 }, 0, UNIT_VARH, 2 },
  { "R4", { 1, 0, 8, 29, 0, 255 }, 0, UNIT_VARH, 9 },
  { "V1", { 1, 0, 32, 27, 0, 255 }, -1, UNIT_V, 0 },
  { "V2", { 1, 0, 52, 27, 0, 255 }, -1, UNIT_V, 0 },
  { "V3", { 1, 0, 72, 27, 0, 255 }, -1, UNIT_V, 0 },
};

/* W that a household draws, by the hour of the day in UTC. */
static const guint16 household[24] = { 210, 180, 160, 160, 170, 260, 480, 620, 450, 380, 360, 520,
                                       610, 430, 370, 390, 540, 820, 980, 940, 760, 560, 390, 270 };

/* ---- values ---- */

/* A number that follows from what it is asked for, and looks like chance. */
static guint64
mix (guint64 seed, gint64 quarter, guint channel)
{
  guint64 x = seed * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) + (guint64) quarter * 16 + channel;

  x = (x ^ x >> 30) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  x = (x ^ x >> 27) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return x ^ x >> 31;
}

/* @quarter counts from 1970. */
static gint64
channel_value (const PosaSimMeter *self, guint channel, gint64 quarter)
{
  guint64 chance = mix (self->seed, quarter, channel);
  const Channel *of = &channels[channel];

  if (of->percent == 0)
    return 2250 + (gint64) (chance % 101);
  guint watt = household[quarter / (3600 / QUARTER_S) % 24];
  return (gint64) (watt * (75 + chance % 51) / 100 * of->percent / 100 / 4);
}

static const PosaObis *
column_obis (const PosaCosemValue *column, PosaObis *obis)
{
  gsize size = 0;
  const guint8 *name = posa_cosem_value_get_bytes (posa_cosem_value_get_item (column, 1), &size);

  if (name == NULL || size != 6)
    return NULL;
  *obis = POSA_OBIS (name[0], name[1], name[2], name[3], name[4], name[5]);
  return obis;
}

static gint64
get_integer (const PosaCosemValue *value)
{
  gint64 integer = 0;

  posa_cosem_value_get_integer (value, &integer);
  return integer;
}

/* ---- rows ---- */

/* One GET of a buffer. Rows count from the oldest, or the newest (LIFO). */
typedef struct
{
  PosaSimMeter *meter;
  const PosaSimObject *object;
  gint64 now_us;
  guint n_rows;
  guint first, n_selected;
  guint columns[MAX_COLUMNS], n_columns;
} Query;

/* The instant at which the meter's clock shows @local_us. */
static gint64
local_to_utc (PosaSimMeter *self, gint64 local_us)
{
  const PosaCosemValue *zone =
      posa_sim_cosem_get (self->cosem, POSA_DLMS_CLASS_CLOCK, POSA_SIM_OBIS_CLOCK, 3);
  gint64 standard_us = local_us + get_integer (zone) * 60 * G_USEC_PER_SEC;
  PosaCosemTime time = posa_sim_meter_stamp (self, standard_us);

  return local_us + (gint64) time.deviation * 60 * G_USEC_PER_SEC;
}

static gint64
month_end (PosaSimMeter *self, gint64 local_us, guint back)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc_usec (local_us);
  g_autoptr (GDateTime) first =
      g_date_time_new_utc (g_date_time_get_year (now), g_date_time_get_month (now), 1, 0, 0, 0);
  g_autoptr (GDateTime) end = g_date_time_add_months (first, -(int) back);

  return local_to_utc (self, g_date_time_to_unix_usec (end));
}

static gboolean
is_event_log (const PosaSimObject *object)
{
  return object->obis.c == 99 && object->obis.d == 98;
}

/* Something happened in one hour of every other day. */
static gint64
event_time (const Query *self, guint back)
{
  gint64 day = self->now_us / G_TIME_SPAN_DAY - 2 * (gint64) back - 1;
  guint64 chance = mix (self->meter->seed, day, 32 + self->object->obis.e);

  return (day * DAY_S + (gint64) (chance % DAY_S)) * G_USEC_PER_SEC;
}

/* When the period of @row ended, µs UTC. */
static gint64
row_time (const Query *self, guint row)
{
  gint64 period_us = get_integer (self->object->values[4]) * G_USEC_PER_SEC;
  gboolean is_lifo = get_integer (self->object->values[5]) == SORT_LIFO;
  guint back = is_lifo ? row : self->n_rows - 1 - row;

  if (is_event_log (self->object))
    return event_time (self, back);
  if (period_us == QUARTER_S * G_USEC_PER_SEC)
    return (self->now_us / period_us - back) * period_us;
  gint64 deviation = posa_sim_meter_stamp (self->meter, self->now_us).deviation;
  gint64 local_us = self->now_us - deviation * 60 * G_USEC_PER_SEC;
  if (period_us == 0)
    return month_end (self->meter, local_us, back);
  return local_to_utc (self->meter, (local_us / period_us - back) * period_us);
}

/* The present value, less the older the row is. */
static PosaCosemValue *
register_value (const Query *self, const PosaCosemValue *present, guint row)
{
  gint64 integer = 0;

  if (!posa_cosem_value_get_integer (present, &integer))
    return posa_cosem_value_new_null ();
  return posa_cosem_value_new_integer (present->tag, integer * (row + 1) / (self->n_rows + 1));
}

/* What the log number @log notes at @end_us. */
static gint64
event_code (const PosaSimMeter *self, guint8 log, gint64 end_us)
{
  static const guint8 codes[N_LOGS][4] = { { 1, 2, 4, 5 }, { 40, 41, 42, 43 }, { 59, 60, 61, 62 } };

  return codes[log % N_LOGS][mix (self->seed, end_us / G_USEC_PER_SEC, 64) % 4];
}

static PosaCosemValue *
cell (const Query *self, guint row, guint column)
{
  const PosaCosemValue *object = posa_cosem_value_get_item (self->object->values[3], column);
  guint16 class_id = (guint16) get_integer (posa_cosem_value_get_item (object, 0));
  guint attribute = (guint) get_integer (posa_cosem_value_get_item (object, 2));
  gint64 end_us = row_time (self, row);
  PosaObis obis = { 0 };

  column_obis (object, &obis);
  if (class_id == POSA_DLMS_CLASS_DATA)
    return posa_cosem_value_new_integer (POSA_COSEM_UINT8,
                                         event_code (self->meter, obis.e, end_us));
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    if (posa_obis_equal (obis, channels[i].obis))
      return posa_cosem_value_new_integer (
          POSA_COSEM_UINT16,
          channel_value (self->meter, i, end_us / (QUARTER_S * G_USEC_PER_SEC) - 1));
  if (class_id != POSA_DLMS_CLASS_CLOCK && attribute == 2)
    return register_value (self, posa_sim_cosem_get (self->meter->cosem, class_id, obis, attribute),
                           row);
  /* The clock; a maximum was captured when its period ended. */
  PosaCosemTime time = posa_sim_meter_stamp (self->meter, end_us);
  return posa_cosem_time_to_value (&time);
}

/* What can be left out since the row above and the capture period say it. */
static void
thin_out (const Query *self, PosaCosemValue *row, const PosaCosemValue *above, guint number)
{
  gint64 period_us = get_integer (self->object->values[4]) * G_USEC_PER_SEC;

  for (guint i = 0; i < row->items->len; i++)
    {
      PosaCosemValue *value = g_ptr_array_index (row->items, i);
      gboolean is_time = value->tag == POSA_COSEM_OCTET_STRING;
      gboolean known =
          is_time ? ABS (row_time (self, number) - row_time (self, number - 1)) == period_us
                  : posa_cosem_value_equal (value, posa_cosem_value_get_item (above, i));

      if (!known)
        continue;
      posa_cosem_value_free (value);
      row->items->pdata[i] = posa_cosem_value_new_null ();
    }
}

static PosaCosemValue *
make_row (const Query *self, guint number)
{
  PosaCosemValue *row = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  for (guint i = 0; i < self->n_columns; i++)
    posa_cosem_value_append (row, cell (self, number, self->columns[i]));
  return row;
}

static PosaCosemValue *
make_buffer (const Query *self)
{
  PosaCosemValue *buffer = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
  g_autoptr (PosaCosemValue) above = NULL;

  for (guint i = 0; i < self->n_selected; i++)
    {
      PosaCosemValue *row = make_row (self, self->first + i);
      PosaCosemValue *whole = posa_cosem_value_copy (row);

      if (above != NULL && self->meter->profile_nulls)
        thin_out (self, row, above, self->first + i);
      posa_cosem_value_free (above);
      above = whole;
      posa_cosem_value_append (buffer, row);
    }
  return buffer;
}

/* ---- selection ---- */

static void
select_all_columns (Query *self)
{
  self->n_columns = MIN (posa_cosem_value_get_n_items (self->object->values[3]), MAX_COLUMNS);
  for (guint i = 0; i < self->n_columns; i++)
    self->columns[i] = i;
}

/* @wanted lists capture objects; none stands for all. */
static gboolean
select_columns (Query *self, const PosaCosemValue *wanted)
{
  const PosaCosemValue *captured = self->object->values[3];

  if (wanted == NULL || wanted->tag != POSA_COSEM_ARRAY || wanted->items->len > MAX_COLUMNS)
    return FALSE;
  select_all_columns (self);
  for (guint i = 0; i < wanted->items->len; i++)
    {
      guint at = 0;

      while (at < posa_cosem_value_get_n_items (captured) &&
             !posa_cosem_value_equal (posa_cosem_value_get_item (captured, at),
                                      posa_cosem_value_get_item (wanted, i)))
        at++;
      if (at == posa_cosem_value_get_n_items (captured))
        return FALSE;
      self->columns[i] = at;
      self->n_columns = i + 1;
    }
  return TRUE;
}

/* An end of a range; without a deviation it is the meter's own time. */
static gboolean
range_end (const Query *self, const PosaCosemValue *value, gint64 *wall_us)
{
  PosaCosemTime time;

  if (!posa_cosem_time_from_value (value, &time))
    return FALSE;
  gboolean is_local = time.deviation == POSA_COSEM_NO_DEVIATION;
  if (is_local)
    time.deviation = 0;
  if (!posa_cosem_time_to_utc (&time, wall_us))
    return FALSE;
  if (is_local)
    *wall_us = local_to_utc (self->meter, *wall_us);
  return TRUE;
}

static gboolean
select_range (Query *self, const PosaCosemValue *selection)
{
  const PosaCosemValue *by = posa_cosem_value_get_item (selection, 0);
  gint64 from_us = 0, to_us = 0;
  PosaObis obis;

  if (posa_cosem_value_get_n_items (selection) != 4 || column_obis (by, &obis) == NULL ||
      !posa_obis_equal (obis, POSA_SIM_OBIS_CLOCK) ||
      !range_end (self, posa_cosem_value_get_item (selection, 1), &from_us) ||
      !range_end (self, posa_cosem_value_get_item (selection, 2), &to_us) ||
      !select_columns (self, posa_cosem_value_get_item (selection, 3)))
    return FALSE;
  self->n_selected = 0;
  for (guint row = 0; row < self->n_rows; row++)
    {
      gint64 end_us = row_time (self, row);

      if (end_us < from_us || end_us > to_us)
        continue;
      if (self->n_selected++ == 0)
        self->first = row;
    }
  return TRUE;
}

/* Both ends count from 1 and are inclusive; 0 as the later end is the last. */
static gboolean
select_entries (Query *self, const PosaCosemValue *selection)
{
  gint64 from = 0, to = 0, from_column = 0, to_column = 0;

  select_all_columns (self);
  if (posa_cosem_value_get_n_items (selection) != 4 ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (selection, 0), &from) ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (selection, 1), &to) ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (selection, 2), &from_column) ||
      !posa_cosem_value_get_integer (posa_cosem_value_get_item (selection, 3), &to_column) ||
      from < 1 || from_column < 1)
    return FALSE;
  to = to == 0 ? self->n_rows : MIN (to, self->n_rows);
  to_column = to_column == 0 ? self->n_columns : MIN (to_column, self->n_columns);
  self->first = (guint) (from - 1);
  self->n_selected = (guint) MAX (to - from + 1, 0);
  self->n_columns = (guint) MAX (to_column - from_column + 1, 0);
  for (guint i = 0; i < self->n_columns; i++)
    self->columns[i] = (guint) from_column - 1 + i;
  return TRUE;
}

guint8
posa_sim_2g_profile_read (PosaSimMeter *self,
                          const PosaSimObject *object,
                          guint8 selector,
                          const PosaCosemValue *selection,
                          PosaCosemValue **value)
{
  Query query = { .meter = self,
                  .object = object,
                  .now_us = posa_sim_meter_get_time (self),
                  .n_rows = (guint) get_integer (object->values[7]) };

  query.n_selected = query.n_rows;
  select_all_columns (&query);
  if ((selector == 1 && !select_range (&query, selection)) ||
      (selector == 2 && !select_entries (&query, selection)))
    return POSA_DLMS_TYPE_UNMATCHED;
  if (selector > 2)
    return POSA_DLMS_SCOPE_VIOLATED;
  *value = make_buffer (&query);
  return POSA_DLMS_SUCCESS;
}

/* ---- objects ---- */

static PosaCosemValue *
capture_object (guint16 class_id, PosaObis obis, gint8 attribute)
{
  return POSA_SIM_VALUE_STRUCTURE (posa_cosem_value_new_integer (POSA_COSEM_UINT16, class_id),
                                   posa_sim_value_name (obis),
                                   posa_cosem_value_new_integer (POSA_COSEM_INT8, attribute),
                                   posa_cosem_value_new_integer (POSA_COSEM_UINT16, 0));
}

/* The first column is the clock; takes @columns, which has the others. */
static PosaSimObject *
add_profile (PosaSimMeter *self,
             PosaObis obis,
             guint period_s,
             guint n_rows,
             PosaCosemValue *columns)
{
  PosaSimObject *profile = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_PROFILE, 1, obis, 8);

  g_ptr_array_insert (columns->items, 0,
                      capture_object (POSA_DLMS_CLASS_CLOCK, POSA_SIM_OBIS_CLOCK, 2));
  posa_sim_object_set (profile, 3, columns);
  posa_sim_object_set (profile, 4, posa_cosem_value_new_integer (POSA_COSEM_UINT32, period_s));
  posa_sim_object_set (profile, 5, posa_cosem_value_new_integer (POSA_COSEM_ENUM, SORT_FIFO));
  posa_sim_object_set (profile, 6, capture_object (POSA_DLMS_CLASS_CLOCK, POSA_SIM_OBIS_CLOCK, 2));
  posa_sim_object_set (profile, 7, posa_cosem_value_new_integer (POSA_COSEM_UINT32, n_rows));
  posa_sim_object_set (profile, 8, posa_cosem_value_new_integer (POSA_COSEM_UINT32, n_rows));
  return profile;
}

static void
add_channel (PosaSimMeter *self, guint channel)
{
  const Channel *of = &channels[channel];
  gint64 quarter = posa_sim_meter_get_time (self) / (QUARTER_S * G_USEC_PER_SEC);
  PosaSimObject *object =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_REGISTER, 0, of->obis, 3);

  posa_sim_object_set (object, 2,
                       posa_cosem_value_new_integer (POSA_COSEM_UINT16,
                                                     channel_value (self, channel, quarter)));
  posa_sim_object_set (object, 3, posa_sim_value_scaler (of->scaler, of->unit));
}

/* The columns that @names list, as capture objects; NULL for an unknown or a repeated name. */
static PosaCosemValue *
take_channels (PosaSimMeter *self, const char *names)
{
  g_autoptr (PosaCosemValue) columns = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
  g_auto (GStrv) parts = g_strsplit (names, ",", 0);
  guint seen = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      guint channel = 0;

      while (channel < G_N_ELEMENTS (channels) && strcmp (parts[i], channels[channel].name) != 0)
        channel++;
      if (channel == G_N_ELEMENTS (channels) || (seen & 1u << channel) != 0)
        return NULL;
      seen |= 1u << channel;
      add_channel (self, channel);
      posa_cosem_value_append (columns, capture_object (POSA_DLMS_CLASS_REGISTER,
                                                        channels[channel].obis, 2));
    }
  return g_steal_pointer (&columns);
}

/* A+ of all bands, then of each. */
static PosaCosemValue *
energy_columns (void)
{
  PosaCosemValue *columns = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint8 tier = 0; tier <= 6; tier++)
    posa_cosem_value_append (columns, capture_object (POSA_DLMS_CLASS_REGISTER,
                                                      POSA_OBIS (1, 0, 1, 8, tier, 255), 2));
  return columns;
}

/* The log books, and the object with the code of the event that comes next to each. */
static void
add_event_logs (PosaSimMeter *self)
{
  for (guint8 log = 0; log < N_LOGS; log++)
    {
      PosaObis code = POSA_OBIS (0, 0, 96, 11, log, 255);
      PosaSimObject *object = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_DATA, 0, code, 2);
      PosaCosemValue *columns = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

      posa_sim_object_set (object, 2, posa_cosem_value_new_integer (POSA_COSEM_UINT8, 0));
      posa_cosem_value_append (columns, capture_object (POSA_DLMS_CLASS_DATA, code, 2));
      add_profile (self, POSA_OBIS (0, 0, 99, 98, log, 255), 0, KEPT_EVENTS, columns);
    }
}

gboolean
posa_sim_2g_add_profiles (PosaSimMeter *self, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *names = posa_sim_setup_take (setup, "profile_channels");
  g_autofree char *nulls = posa_sim_setup_take (setup, "profile_nulls");
  g_autofree char *sort = posa_sim_setup_take (setup, "profile_sort");
  PosaCosemValue *columns = take_channels (self, names != NULL ? names : "A+");
  gboolean is_lifo = g_strcmp0 (sort, "lifo") == 0;

  if (columns == NULL || (nulls != NULL && strcmp (nulls, "yes") != 0) ||
      (sort != NULL && !is_lifo && strcmp (sort, "fifo") != 0))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE,
                   "--set profile_channels takes A+ A- R1 R2 R3 R4 V1 V2 V3 with commas between, "
                   "profile_nulls yes, profile_sort fifo or lifo");
      posa_cosem_value_free (columns);
      return FALSE;
    }
  self->profile_nulls = nulls != NULL;
  PosaSimObject *curve =
      add_profile (self, POSA_SIM_OBIS_LOAD_PROFILE, QUARTER_S, QUARTERS_KEPT, columns);
  if (is_lifo)
    posa_sim_object_set (curve, 5, posa_cosem_value_new_integer (POSA_COSEM_ENUM, SORT_LIFO));
  add_profile (self, POSA_SIM_OBIS_DAILY_PROFILE, DAY_S, KEPT_DAYS, energy_columns ());
  columns = energy_columns ();
  posa_cosem_value_append (columns, capture_object (POSA_DLMS_CLASS_EXTENDED_REGISTER,
                                                    POSA_SIM_OBIS_MAX_DEMAND, 2));
  posa_cosem_value_append (columns, capture_object (POSA_DLMS_CLASS_EXTENDED_REGISTER,
                                                    POSA_SIM_OBIS_MAX_DEMAND, 5));
  add_profile (self, POSA_SIM_OBIS_BILLING_PROFILE, 0, KEPT_MONTHS, columns);
  add_event_logs (self);
  return TRUE;
}
