/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-objects.h"

#include "sim/posa-sim-value.h"

#define BIT(n) ((guint16) (1u << (n)))

static PosaCosemValue *
integer (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

/* One season, one week, one day that is T1 from midnight. */
static void
add_calendar (PosaSimMeter *self)
{
  static const guint8 any_time[12] = { 0xFF, 0xFF, 1, 1, 0xFF, 0, 0, 0, 0xFF, 0x80, 0, 0xFF };
  static const guint8 midnight[4] = { 0, 0, 0, 0 };
  PosaSimObject *calendar =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_CALENDAR, 0, POSA_SIM_OBIS_CALENDAR, 10);
  PosaCosemValue *week = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  posa_cosem_value_append (week, posa_sim_value_octets ("W", 1));
  for (int day = 0; day < 7; day++)
    posa_cosem_value_append (week, integer (POSA_COSEM_UINT8, 1));
  posa_sim_object_set (calendar, 2, posa_cosem_value_new_text ("FACTORY"));
  posa_sim_object_set (calendar, 3,
                       POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
                           posa_sim_value_octets ("S", 1),
                           posa_sim_value_octets (any_time, sizeof any_time),
                           posa_sim_value_octets ("W", 1))));
  posa_sim_object_set (calendar, 4, POSA_SIM_VALUE_ARRAY (week));
  posa_sim_object_set (calendar, 5,
                       POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
                           integer (POSA_COSEM_UINT8, 1),
                           POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
                               posa_sim_value_octets (midnight, sizeof midnight),
                               posa_sim_value_name (POSA_SIM_OBIS_TARIFF_SCRIPTS),
                               integer (POSA_COSEM_UINT16, 1))))));
  for (guint i = 2; i <= 5; i++)
    posa_sim_object_set (calendar, i + 4, posa_cosem_value_copy (calendar->values[i]));
  posa_sim_object_set (calendar, 6, posa_cosem_value_new_text (""));
  posa_sim_object_set (calendar, 10, posa_sim_value_octets (any_time, sizeof any_time));
  calendar->writable = BIT (6) | BIT (7) | BIT (8) | BIT (9) | BIT (10);
  calendar->methods = BIT (1);
}

/* The fixed holidays of Italy take day 7, that of Sundays. */
static void
add_special_days (PosaSimMeter *self)
{
  static const guint8 days[][2] = { { 1, 1 },  { 1, 6 },  { 4, 25 }, { 5, 1 },   { 6, 2 },
                                    { 8, 15 }, { 11, 1 }, { 12, 8 }, { 12, 25 }, { 12, 26 } };
  PosaSimObject *table = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SPECIAL_DAYS, 0,
                                             POSA_SIM_OBIS_SPECIAL_DAYS, 2);
  PosaCosemValue *entries = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      const guint8 date[5] = { 0xFF, 0xFF, days[i][0], days[i][1], 0xFF };

      posa_cosem_value_append (entries,
                               POSA_SIM_VALUE_STRUCTURE (integer (POSA_COSEM_UINT16, i + 1),
                                                         posa_sim_value_octets (date, sizeof date),
                                                         integer (POSA_COSEM_UINT8, 7)));
    }
  posa_sim_object_set (table, 2, entries);
  table->writable = BIT (2);
  table->methods = BIT (1) | BIT (2);
}

/* Script @id sets the band of the registers to count in: a script a band. */
static void
add_tariff_scripts (PosaSimMeter *self)
{
  PosaSimObject *table =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SCRIPTS, 0, POSA_SIM_OBIS_TARIFF_SCRIPTS, 2);
  PosaCosemValue *scripts = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint tier = 1; tier <= 6; tier++)
    posa_cosem_value_append (
        scripts,
        POSA_SIM_VALUE_STRUCTURE (
            integer (POSA_COSEM_UINT16, tier),
            POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
                integer (POSA_COSEM_ENUM, 1), integer (POSA_COSEM_UINT16, POSA_DLMS_CLASS_DATA),
                posa_sim_value_name (POSA_SIM_OBIS_ACTIVE_TIER), integer (POSA_COSEM_INT8, 2),
                integer (POSA_COSEM_UINT8, tier)))));
  posa_sim_object_set (table, 2, scripts);
  table->methods = BIT (1);
}

/* An empty schedule (class 10): what it could do, the calendar does. */
static void
add_schedule (PosaSimMeter *self)
{
  PosaSimObject *schedule =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SCHEDULE, 0, POSA_SIM_OBIS_SCHEDULE, 2);

  posa_sim_object_set (schedule, 2, posa_cosem_value_new_container (POSA_COSEM_ARRAY));
  schedule->writable = BIT (2);
  schedule->methods = BIT (2) | BIT (3);
}

void
posa_sim_2g_add_tariff (PosaSimMeter *self)
{
  add_calendar (self);
  add_special_days (self);
  add_tariff_scripts (self);
  add_schedule (self);
}
