/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-calendar.h"

#include <string.h>

#define SEASON      "S1"
#define WEEK        "W1"
#define SUNDAY_TYPE (POSA_TARIFF_DAY_TYPES - 1)

static PosaCosemValue *
octets (const void *data, gsize size)
{
  return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, data, size);
}

static gboolean
days_equal (const PosaTariffTable *table, guint x, guint y)
{
  if (table->n_intervals[x] != table->n_intervals[y])
    return FALSE;
  for (guint i = 0; i < table->n_intervals[x]; i++)
    if (table->intervals[x][i].start_minute != table->intervals[y][i].start_minute ||
        table->intervals[x][i].tier != table->intervals[y][i].tier)
      return FALSE;
  return TRUE;
}

/* 1 to 7, Monday to Sunday: that of the first equal working day. */
static guint8
day_id (const PosaTariffTable *table, guint type)
{
  for (guint i = 0; i < type && type != SUNDAY_TYPE; i++)
    if (days_equal (table, i, type))
      return (guint8) (i + 1);
  return (guint8) (type + 1);
}

static PosaCosemValue *
build_seasons (void)
{
  /* From the first of January of every year. */
  static const guint8 start[] = { 0xFF, 0xFF, 1, 1, 0xFF, 0, 0, 0, 0, 0x80, 0x00, 0x00 };
  PosaCosemValue *seasons = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
  PosaCosemValue *season = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  posa_cosem_value_append (season, octets (SEASON, strlen (SEASON)));
  posa_cosem_value_append (season, octets (start, sizeof start));
  posa_cosem_value_append (season, octets (WEEK, strlen (WEEK)));
  posa_cosem_value_append (seasons, season);
  return seasons;
}

static PosaCosemValue *
build_weeks (const PosaTariffTable *table)
{
  PosaCosemValue *weeks = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
  PosaCosemValue *week = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  posa_cosem_value_append (week, octets (WEEK, strlen (WEEK)));
  for (guint type = 0; type < POSA_TARIFF_DAY_TYPES; type++)
    posa_cosem_value_append (week,
                             posa_cosem_value_new_integer (POSA_COSEM_UINT8, day_id (table, type)));
  posa_cosem_value_append (weeks, week);
  return weeks;
}

static PosaCosemValue *
build_switch (const PosaTariffInterval *interval, PosaObis scripts)
{
  const guint8 time[] = { (guint8) (interval->start_minute / 60),
                          (guint8) (interval->start_minute % 60), 0, 0 };
  const guint8 name[] = { scripts.a, scripts.b, scripts.c, scripts.d, scripts.e, scripts.f };
  PosaCosemValue *action = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  posa_cosem_value_append (action, octets (time, sizeof time));
  posa_cosem_value_append (action, octets (name, sizeof name));
  posa_cosem_value_append (action,
                           posa_cosem_value_new_integer (POSA_COSEM_UINT16, interval->tier));
  return action;
}

static PosaCosemValue *
build_days (const PosaTariffTable *table, PosaObis scripts)
{
  PosaCosemValue *days = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint type = 0; type < POSA_TARIFF_DAY_TYPES; type++)
    {
      if (day_id (table, type) != type + 1)
        continue;
      PosaCosemValue *day = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);
      PosaCosemValue *schedule = posa_cosem_value_new_container (POSA_COSEM_ARRAY);
      for (guint i = 0; i < table->n_intervals[type]; i++)
        posa_cosem_value_append (schedule, build_switch (&table->intervals[type][i], scripts));
      posa_cosem_value_append (day, posa_cosem_value_new_integer (POSA_COSEM_UINT8, type + 1));
      posa_cosem_value_append (day, schedule);
      posa_cosem_value_append (days, day);
    }
  return days;
}

PosaCosemValue *
posa_dlms_calendar_build (const PosaTariffTable *table, PosaObis scripts, PosaDlmsCalendarPart part)
{
  switch (part)
    {
    case POSA_DLMS_CALENDAR_NAME:
      return posa_cosem_value_new_text (table->id);
    case POSA_DLMS_CALENDAR_SEASONS:
      return build_seasons ();
    case POSA_DLMS_CALENDAR_WEEKS:
      return build_weeks (table);
    case POSA_DLMS_CALENDAR_DAYS:
    case POSA_DLMS_N_CALENDAR_PARTS:
    default:
      return build_days (table, scripts);
    }
}

char *
posa_dlms_calendar_describe (const PosaCosemValue *name, const PosaCosemValue *days)
{
  g_autofree char *text = posa_cosem_value_dup_text (name);
  guint n = 0;

  for (guint i = 0; i < posa_cosem_value_get_n_items (days); i++)
    n += posa_cosem_value_get_n_items (
        posa_cosem_value_get_item (posa_cosem_value_get_item (days, i), 1));
  return g_strdup_printf ("%s, %u switch times", text != NULL ? text : "?", n);
}
