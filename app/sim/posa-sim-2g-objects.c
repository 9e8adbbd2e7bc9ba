/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-objects.h"

#include "sim/posa-sim-2g-image.h"
#include "sim/posa-sim-value.h"

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
add_identity (PosaSimMeter *self, guint32 status)
{
  add_data (self, POSA_SIM_OBIS_LOGICAL_NAME, TRUE, FALSE, posa_cosem_value_new_text (self->name));
  add_data (self, POSA_SIM_OBIS_SERIAL, TRUE, FALSE, posa_cosem_value_new_text (self->serial));
  add_data (self, POSA_SIM_OBIS_FIRMWARE, FALSE, FALSE, posa_cosem_value_new_text ("2G.1.04"));
  add_data (self, POSA_SIM_OBIS_COUNTER, TRUE, FALSE, integer (POSA_COSEM_UINT32, 0));
  add_data (self, POSA_SIM_OBIS_STATUS, FALSE, FALSE, integer (POSA_COSEM_UINT32, status));
  add_data (self, POSA_SIM_OBIS_CUSTOMER, FALSE, TRUE, posa_sim_value_octets ("", 0));
  add_data (self, POSA_SIM_OBIS_CONTRACT_POWER, FALSE, TRUE, integer (POSA_COSEM_UINT32, 0));
  add_data (self, POSA_SIM_OBIS_LIMITER_ENABLED, FALSE, TRUE, integer (POSA_COSEM_BOOLEAN, 1));
  add_data (self, POSA_SIM_OBIS_ACTIVE_TIER, FALSE, FALSE, integer (POSA_COSEM_UINT8, 1));
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
  clock->methods = BIT (1) | BIT (2) | BIT (3) | BIT (4) | BIT (5) | BIT (6);
}

void
posa_sim_2g_build (PosaSimMeter *self, const guint32 energy[6], guint32 status)
{
  add_identity (self, status);
  add_clock (self);
  posa_sim_2g_add_energy (self, energy);
  posa_sim_2g_add_tariff (self);
  posa_sim_2g_add_supply (self);
  posa_sim_2g_add_set_up (self);
  posa_sim_2g_add_image_transfer (self);
}
