/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-objects.h"

#include "sim/posa-sim-value.h"

#define UNIT_W    27
#define UNIT_VAR  29
#define UNIT_WH   30
#define UNIT_VARH 32
#define UNIT_A    33
#define UNIT_V    35
#define UNIT_HZ   44
#define UNIT_NONE 255

#define DEMAND_PERIOD_S 900

#define BIT(n) ((guint16) (1u << (n)))

static PosaCosemValue *
integer (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

static void
add_register (PosaSimMeter *self, PosaObis obis, PosaCosemValue *value, int scaler, int unit)
{
  PosaSimObject *object = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_REGISTER, 0, obis, 3);

  posa_sim_object_set (object, 2, value);
  posa_sim_object_set (object, 3, posa_sim_value_scaler (scaler, unit));
}

/* A+ of the six bands and their total. */
static void
add_active_import (PosaSimMeter *self, const guint32 energy[6])
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
}

/* A-, R+, R- and the four quadrants of reactive energy: a share of A+ in each band, as the
 * household that it was tried with had it. */
static void
add_other_energy (PosaSimMeter *self, const guint32 energy[6])
{
  static const struct
  {
    guint8 channel, percent;
    int unit;
  } shares[] = { { 2, 5, UNIT_WH },    { 3, 32, UNIT_VARH }, { 4, 9, UNIT_VARH },
                 { 5, 30, UNIT_VARH }, { 6, 2, UNIT_VARH },  { 7, 1, UNIT_VARH },
                 { 8, 8, UNIT_VARH } };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      guint32 total = 0;

      for (guint8 tier = 1; tier <= 6; tier++)
        {
          guint32 value = (guint32) ((guint64) energy[tier - 1] * shares[i].percent / 100);

          total += value;
          add_register (self, POSA_OBIS (1, 0, shares[i].channel, 8, tier, 255),
                        integer (POSA_COSEM_UINT32, value), 0, shares[i].unit);
        }
      add_register (self, POSA_OBIS (1, 0, shares[i].channel, 8, 0, 255),
                    integer (POSA_COSEM_UINT32, total), 0, shares[i].unit);
    }
}

/* Voltage, current and power of phase @phase, which counts from 0. */
static void
add_phase (PosaSimMeter *self, guint phase)
{
  const guint8 step = (guint8) (phase * 20);

  add_register (self, POSA_OBIS (1, 0, 32 + step, 7, 0, 255),
                integer (POSA_COSEM_UINT16, 2301 + phase * 7), -1, UNIT_V);
  add_register (self, POSA_OBIS (1, 0, 31 + step, 7, 0, 255), integer (POSA_COSEM_UINT16, 0), -2,
                UNIT_A);
  add_register (self, POSA_OBIS (1, 0, 21 + step, 7, 0, 255), integer (POSA_COSEM_UINT32, 0), 0,
                UNIT_W);
}

static void
add_instantaneous (PosaSimMeter *self)
{
  add_register (self, POSA_SIM_OBIS_POWER, integer (POSA_COSEM_UINT32, 0), (int) self->power_scaler,
                UNIT_W);
  add_register (self, POSA_OBIS (1, 0, 2, 7, 0, 255), integer (POSA_COSEM_UINT32, 0), 0, UNIT_W);
  add_register (self, POSA_OBIS (1, 0, 3, 7, 0, 255), integer (POSA_COSEM_UINT32, 0), 0, UNIT_VAR);
  add_register (self, POSA_OBIS (1, 0, 13, 7, 0, 255), integer (POSA_COSEM_UINT16, 1000), -3,
                UNIT_NONE);
  add_register (self, POSA_OBIS (1, 0, 14, 7, 0, 255), integer (POSA_COSEM_UINT16, 5000), -2,
                UNIT_HZ);
  for (guint phase = 0; phase < (self->three_phase ? 3U : 1U); phase++)
    add_phase (self, phase);
}

/* Maximum demand of each band and of all, W, with the time of its capture: that of the trial in
 * the works where something was drawn. */
static void
add_max_demand (PosaSimMeter *self, const guint32 energy[6])
{
  guint32 most = 0;

  for (guint8 tier = 1; tier <= 7; tier++)
    {
      guint32 watt = tier <= 6 ? energy[tier - 1] * 2 : most;
      PosaSimObject *demand = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_EXTENDED_REGISTER, 0,
                                                  POSA_OBIS (1, 0, 1, 6, tier % 7, 255), 5);
      PosaCosemTime time = posa_sim_meter_stamp (self, G_GINT64_CONSTANT (1788253200000000) +
                                                           tier % 7 * G_TIME_SPAN_HOUR);

      most = MAX (most, watt);
      posa_sim_object_set (demand, 2, integer (POSA_COSEM_UINT32, watt));
      posa_sim_object_set (demand, 3, posa_sim_value_scaler (0, UNIT_W));
      posa_sim_object_set (demand, 4, integer (POSA_COSEM_UINT8, 0));
      posa_sim_object_set (demand, 5, posa_cosem_time_to_value (&time));
      demand->methods = BIT (1);
    }
}

/* The demand of the quarter hour that runs, and of the last one. */
static void
add_demand (PosaSimMeter *self)
{
  PosaSimObject *demand =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_DEMAND_REGISTER, 0, POSA_SIM_OBIS_DEMAND, 9);
  gint64 period_us = DEMAND_PERIOD_S * G_USEC_PER_SEC;
  PosaCosemTime start =
      posa_sim_meter_stamp (self, posa_sim_meter_get_time (self) / period_us * period_us);

  posa_sim_object_set (demand, 2, integer (POSA_COSEM_UINT32, 0));
  posa_sim_object_set (demand, 3, integer (POSA_COSEM_UINT32, 0));
  posa_sim_object_set (demand, 4, posa_sim_value_scaler (0, UNIT_W));
  posa_sim_object_set (demand, 5, integer (POSA_COSEM_UINT8, 0));
  posa_sim_object_set (demand, 6, posa_cosem_time_to_value (&start));
  posa_sim_object_set (demand, 7, posa_cosem_time_to_value (&start));
  posa_sim_object_set (demand, 8, integer (POSA_COSEM_UINT32, DEMAND_PERIOD_S));
  posa_sim_object_set (demand, 9, integer (POSA_COSEM_UINT16, 1));
  demand->writable = BIT (8);
  demand->methods = BIT (1) | BIT (2);
}

void
posa_sim_2g_add_energy (PosaSimMeter *self, const guint32 energy[6])
{
  add_active_import (self, energy);
  if (self->three_phase)
    add_other_energy (self, energy);
  add_instantaneous (self);
  add_max_demand (self, energy);
  add_demand (self);
}
