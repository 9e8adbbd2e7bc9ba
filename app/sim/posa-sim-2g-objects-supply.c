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

static void
add_limiter (PosaSimMeter *self)
{
  PosaSimObject *limiter =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_LIMITER, 0, POSA_SIM_OBIS_LIMITER, 11);
  const PosaObis scripts = POSA_SIM_OBIS_SUPPLY_SCRIPTS;

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

/* Watches the voltage: the scripts of the supply are run when it leaves its band. */
static void
add_register_monitor (PosaSimMeter *self)
{
  PosaSimObject *monitor = posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_REGISTER_MONITOR, 0,
                                               POSA_SIM_OBIS_MONITOR, 4);
  const PosaObis scripts = POSA_SIM_OBIS_SUPPLY_SCRIPTS;

  posa_sim_object_set (monitor, 2, POSA_SIM_VALUE_ARRAY (integer (POSA_COSEM_UINT16, 2530)));
  posa_sim_object_set (monitor, 3,
                       posa_sim_value_watched (POSA_DLMS_CLASS_REGISTER,
                                               POSA_OBIS (1, 0, 32, 7, 0, 255), 2));
  posa_sim_object_set (monitor, 4,
                       POSA_SIM_VALUE_ARRAY (
                           POSA_SIM_VALUE_STRUCTURE (posa_sim_value_script (scripts, 1),
                                                     posa_sim_value_script (scripts, 0))));
  monitor->writable = BIT (2) | BIT (4);
}

/* Script 1 opens the relay, script 2 closes it. */
static void
add_supply_scripts (PosaSimMeter *self)
{
  PosaSimObject *table =
      posa_sim_cosem_add (self->cosem, POSA_DLMS_CLASS_SCRIPTS, 0, POSA_SIM_OBIS_SUPPLY_SCRIPTS, 2);
  PosaCosemValue *scripts = posa_cosem_value_new_container (POSA_COSEM_ARRAY);

  for (guint id = 1; id <= 2; id++)
    posa_cosem_value_append (
        scripts, POSA_SIM_VALUE_STRUCTURE (
                     integer (POSA_COSEM_UINT16, id),
                     POSA_SIM_VALUE_ARRAY (POSA_SIM_VALUE_STRUCTURE (
                         integer (POSA_COSEM_ENUM, 2),
                         integer (POSA_COSEM_UINT16, POSA_DLMS_CLASS_DISCONNECT),
                         posa_sim_value_name (POSA_SIM_OBIS_DISCONNECT),
                         integer (POSA_COSEM_INT8, id), integer (POSA_COSEM_INT8, 0)))));
  posa_sim_object_set (table, 2, scripts);
  table->methods = BIT (1);
}

void
posa_sim_2g_add_supply (PosaSimMeter *self)
{
  add_limiter (self);
  add_register_monitor (self);
  add_relay (self);
  add_supply_scripts (self);
}
