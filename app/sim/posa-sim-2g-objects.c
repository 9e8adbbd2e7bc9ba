/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-objects.h"

#include <string.h>

#include "sim/posa-sim-value.h"

#define UNIT_W  27
#define UNIT_WH 30
#define UNIT_A  33
#define UNIT_V  35
#define UNIT_HZ 44

#define BIT(n) ((guint16) (1u << (n)))

static PosaCosemValue *
integer (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

static PosaSimObject *
add_data (PosaSimMeter *self,
          PosaObis obis,
          gboolean open,
          gboolean writable,
          PosaCosemValue *value)
{
  PosaSimObject *object = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_DATA, 0, obis, 2);

  posa_sim_object_set (object, 2, value);
  object->open = open ? BIT (2) : 0;
  object->writable = writable ? BIT (2) : 0;
  return object;
}

static void
add_register (PosaSimMeter *self, PosaObis obis, PosaCosemValue *value, int scaler, int unit)
{
  PosaSimObject *object = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_REGISTER, 0, obis, 3);

  posa_sim_object_set (object, 2, value);
  posa_sim_object_set (object, 3, posa_sim_value_scaler (scaler, unit));
}

static void
add_identity (PosaSimMeter *self, guint32 status)
{
  g_autofree char *name = g_strdup_printf ("PSA2G1%10.10s", self->serial);

  g_strdelimit (name, " ", '0');
  add_data (self, POSA_SIM_OBIS_LOGICAL_NAME, TRUE, FALSE, posa_cosem_value_new_text (name));
  add_data (self, POSA_SIM_OBIS_SERIAL, TRUE, FALSE, posa_cosem_value_new_text (self->serial));
  add_data (self, POSA_SIM_OBIS_FIRMWARE, FALSE, FALSE, posa_cosem_value_new_text ("2G.1.04"));
  add_data (self, POSA_SIM_OBIS_COUNTER, TRUE, FALSE, integer (POSA_COSEM_UINT32, 0));
  add_data (self, POSA_SIM_OBIS_STATUS, FALSE, FALSE, integer (POSA_COSEM_UINT32, status));
  add_data (self, POSA_SIM_OBIS_CUSTOMER, FALSE, TRUE, posa_sim_value_octets ("", 0));
  add_data (self, POSA_SIM_OBIS_CONTRACT_POWER, FALSE, TRUE, integer (POSA_COSEM_UINT32, 0));
  add_data (self, POSA_SIM_OBIS_LIMITER_ENABLED, FALSE, TRUE, integer (POSA_COSEM_BOOLEAN, 1));
}

static void
add_registers (PosaSimMeter *self, const guint32 energy[6])
{
  guint32 total = 0;

  for (guint8 tier = 1; tier <= 6; tier++)
    {
      total += energy[tier - 1];
      add_register (self, POSA_OBIS (1, 0, 1, 8, tier, 255),
                    integer (POSA_COSEM_UINT32, energy[tier - 1]), 0, UNIT_WH);
    }
  add_register (self, POSA_OBIS (1, 0, 1, 8, 0, 255), integer (POSA_COSEM_UINT32, total), 0,
                UNIT_WH);
  add_register (self, POSA_SIM_OBIS_POWER, integer (POSA_COSEM_UINT32, 0), (int) self->power_scaler,
                UNIT_W);
  add_register (self, POSA_OBIS (1, 0, 32, 7, 0, 255), integer (POSA_COSEM_UINT16, 2301), -1,
                UNIT_V);
  add_register (self, POSA_OBIS (1, 0, 31, 7, 0, 255), integer (POSA_COSEM_UINT16, 0), -2, UNIT_A);
  add_register (self, POSA_OBIS (1, 0, 14, 7, 0, 255), integer (POSA_COSEM_UINT16, 5000), -2,
                UNIT_HZ);
}

/* Maximum demand, with its time; nothing was drawn yet. */
static void
add_demand (PosaSimMeter *self)
{
  PosaSimObject *demand = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_EXTENDED_REGISTER, 0,
                                              POSA_SIM_OBIS_MAX_DEMAND, 5);

  posa_sim_object_set (demand, 2, integer (POSA_COSEM_UINT32, 0));
  posa_sim_object_set (demand, 3, posa_sim_value_scaler (0, UNIT_W));
  posa_sim_object_set (demand, 4, integer (POSA_COSEM_UINT8, 0));
  posa_sim_object_set (demand, 5, posa_sim_value_no_time ());
}

static void
add_clock (PosaSimMeter *self)
{
  PosaSimObject *clock =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_CLOCK, 0, POSA_SIM_OBIS_CLOCK, 9);

  posa_sim_object_set (clock, 3, integer (POSA_COSEM_INT16, 0));
  posa_sim_object_set (clock, 4, integer (POSA_COSEM_UINT8, 0));
  posa_sim_object_set (clock, 5, posa_sim_value_no_time ());
  posa_sim_object_set (clock, 6, posa_sim_value_no_time ());
  posa_sim_object_set (clock, 7, integer (POSA_COSEM_INT8, 0));
  posa_sim_object_set (clock, 8, integer (POSA_COSEM_BOOLEAN, 0));
  posa_sim_object_set (clock, 9, integer (POSA_COSEM_ENUM, 1));
  clock->open = BIT (2);
  clock->writable = BIT (2) | BIT (3) | BIT (5) | BIT (6) | BIT (7) | BIT (8);
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
}

static void
add_limiter (PosaSimMeter *self)
{
  PosaSimObject *limiter =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_LIMITER, 0, POSA_SIM_OBIS_LIMITER, 11);
  const PosaObis scripts = POSA_OBIS (0, 0, 10, 0, 106, 255);

  posa_sim_object_set (limiter, 2,
                       posa_sim_value_watched (POSA_DLMS_CLASS_REGISTER, POSA_SIM_OBIS_POWER, 2));
  posa_sim_object_set (limiter, 3, integer (POSA_COSEM_UINT32, 1000));
  posa_sim_object_set (limiter, 4, integer (POSA_COSEM_UINT32, 1000));
  posa_sim_object_set (limiter, 5, integer (POSA_COSEM_UINT32, 500));
  posa_sim_object_set (limiter, 6, integer (POSA_COSEM_UINT32, 120));
  posa_sim_object_set (limiter, 7, integer (POSA_COSEM_UINT32, 0));
  posa_sim_object_set (limiter, 8,
                       POSA_SIM_VALUE_STRUCTURE (integer (POSA_COSEM_UINT16, 0),
                                                 posa_sim_value_no_time (),
                                                 integer (POSA_COSEM_UINT32, 0)));
  posa_sim_object_set (limiter, 9, posa_cosem_value_new_container (POSA_COSEM_ARRAY));
  posa_sim_object_set (limiter, 10, integer (POSA_COSEM_BOOLEAN, 0));
  posa_sim_object_set (limiter, 11,
                       POSA_SIM_VALUE_STRUCTURE (posa_sim_value_script (scripts, 1),
                                                 posa_sim_value_script (scripts, 0)));
  limiter->writable = BIT (4) | BIT (5) | BIT (6) | BIT (7) | BIT (11);
}

static void
add_relay (PosaSimMeter *self)
{
  PosaSimObject *relay =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_DISCONNECT, 0, POSA_SIM_OBIS_DISCONNECT, 4);

  posa_sim_object_set (relay, 2, integer (POSA_COSEM_BOOLEAN, 0));
  posa_sim_object_set (relay, 3, integer (POSA_COSEM_ENUM, 0));
  posa_sim_object_set (relay, 4, integer (POSA_COSEM_ENUM, 4)); /* reconnects remotely, at once */
  relay->methods = BIT (1) | BIT (2);
}

static void
add_association (PosaSimMeter *self)
{
  static const guint8 context[7] = { 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x03 };
  static const guint8 mechanism[7] = { 0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x05 };
  static const guint8 conformance[3] = { 0x00, 0x12, 0x1D };
  PosaSimObject *association = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_ASSOCIATION, 1,
                                                   POSA_SIM_OBIS_ASSOCIATION, 9);

  posa_sim_object_set (association, 3,
                       POSA_SIM_VALUE_STRUCTURE (integer (POSA_COSEM_INT8, POSA_SIM_INSTALLER_SAP),
                                                 integer (POSA_COSEM_UINT16, 1)));
  posa_sim_object_set (association, 4, posa_sim_value_octets (context, sizeof context));
  posa_sim_object_set (association, 5,
                       POSA_SIM_VALUE_STRUCTURE (posa_cosem_value_new_bits (conformance, 24),
                                                 integer (POSA_COSEM_UINT16, self->max_pdu),
                                                 integer (POSA_COSEM_UINT16, self->max_pdu),
                                                 integer (POSA_COSEM_UINT8, 6),
                                                 integer (POSA_COSEM_INT8, 0),
                                                 posa_sim_value_octets ("", 0)));
  posa_sim_object_set (association, 6, posa_sim_value_octets (mechanism, sizeof mechanism));
  posa_sim_object_set (association, 8, integer (POSA_COSEM_ENUM, 2));
  posa_sim_object_set (association, 9, posa_sim_value_name (POSA_SIM_OBIS_SECURITY));
  association->open = BIT (2) | BIT (3) | BIT (4) | BIT (5) | BIT (6) | BIT (8);
  association->methods = BIT (1);
}

static void
add_set_up (PosaSimMeter *self)
{
  PosaSimObject *sap =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SAP, 0, POSA_SIM_OBIS_SAP, 2);
  PosaSimObject *hdlc =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_HDLC, 1, POSA_SIM_OBIS_HDLC, 9);
  PosaSimObject *security =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SECURITY, 0, POSA_SIM_OBIS_SECURITY, 5);

  posa_sim_object_set (
      sap, 2,
      POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
          integer (POSA_COSEM_UINT16, 1),
          posa_cosem_value_copy (posa_sim_cosem_get (self->cosem, POSA_DLMS_CLASS_DATA,
                                                     POSA_SIM_OBIS_LOGICAL_NAME, 2)))));
  sap->open = BIT (2);
  posa_sim_object_set (hdlc, 2, integer (POSA_COSEM_ENUM, 5)); /* 9600 */
  posa_sim_object_set (hdlc, 3, integer (POSA_COSEM_UINT8, 1));
  posa_sim_object_set (hdlc, 4, integer (POSA_COSEM_UINT8, 1));
  posa_sim_object_set (hdlc, 5, integer (POSA_COSEM_UINT16, self->max_info));
  posa_sim_object_set (hdlc, 6, integer (POSA_COSEM_UINT16, self->max_info));
  posa_sim_object_set (hdlc, 7, integer (POSA_COSEM_UINT16, 100));
  posa_sim_object_set (hdlc, 8, integer (POSA_COSEM_UINT16, self->inactivity_s));
  posa_sim_object_set (hdlc, 9, integer (POSA_COSEM_UINT16, 16));
  posa_sim_object_set (security, 2, integer (POSA_COSEM_ENUM, 3));
  posa_sim_object_set (security, 3, integer (POSA_COSEM_ENUM, 0));
  posa_sim_object_set (security, 4, posa_sim_value_octets ("", 0));
  posa_sim_object_set (security, 5,
                       posa_sim_value_octets (self->security.title, sizeof self->security.title));
}

void
posa_sim_2g_build (PosaSimMeter *self, const guint32 energy[6], guint32 status)
{
  add_identity (self, status);
  add_registers (self, energy);
  add_demand (self);
  add_clock (self);
  add_calendar (self);
  add_special_days (self);
  add_limiter (self);
  add_relay (self);
  add_association (self);
  add_set_up (self);
}
