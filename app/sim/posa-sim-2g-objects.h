/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sim/posa-sim-2g-meter.h"

G_BEGIN_DECLS

/* The names of the simulated 2G meter's objects; data/profiles/posa-2g-single.profile has the same.
 * 0-0:94.39.x are country codes of Italy: x is this simulator's choice. */
#define POSA_SIM_OBIS_SERIAL          POSA_OBIS (0, 0, 96, 1, 0, 255)
#define POSA_SIM_OBIS_CUSTOMER        POSA_OBIS (0, 0, 96, 1, 10, 255)
#define POSA_SIM_OBIS_LOGICAL_NAME    POSA_OBIS (0, 0, 42, 0, 0, 255)
#define POSA_SIM_OBIS_FIRMWARE        POSA_OBIS (1, 0, 0, 2, 0, 255)
#define POSA_SIM_OBIS_STATUS          POSA_OBIS (0, 0, 96, 5, 0, 255)
#define POSA_SIM_OBIS_COUNTER         POSA_OBIS (0, 0, 43, 1, 3, 255)
#define POSA_SIM_OBIS_SECURITY        POSA_OBIS (0, 0, 43, 0, 3, 255)
#define POSA_SIM_OBIS_ASSOCIATION     POSA_OBIS (0, 0, 40, 0, 0, 255)
#define POSA_SIM_OBIS_SAP             POSA_OBIS (0, 0, 41, 0, 0, 255)
#define POSA_SIM_OBIS_HDLC            POSA_OBIS (0, 0, 22, 0, 0, 255)
#define POSA_SIM_OBIS_CLOCK           POSA_OBIS (0, 0, 1, 0, 0, 255)
#define POSA_SIM_OBIS_CALENDAR        POSA_OBIS (0, 0, 13, 0, 0, 255)
#define POSA_SIM_OBIS_SPECIAL_DAYS    POSA_OBIS (0, 0, 11, 0, 0, 255)
#define POSA_SIM_OBIS_TARIFF_SCRIPTS  POSA_OBIS (0, 0, 10, 0, 100, 255)
#define POSA_SIM_OBIS_LIMITER         POSA_OBIS (0, 0, 17, 0, 0, 255)
#define POSA_SIM_OBIS_CONTRACT_POWER  POSA_OBIS (0, 0, 94, 39, 20, 255)
#define POSA_SIM_OBIS_LIMITER_ENABLED POSA_OBIS (0, 0, 94, 39, 21, 255)
#define POSA_SIM_OBIS_DISCONNECT      POSA_OBIS (0, 0, 96, 3, 10, 255)
#define POSA_SIM_OBIS_POWER           POSA_OBIS (1, 0, 1, 7, 0, 255)
#define POSA_SIM_OBIS_ACTIVE_TIER     POSA_OBIS (0, 0, 96, 14, 0, 255)
#define POSA_SIM_OBIS_SCHEDULE        POSA_OBIS (0, 0, 12, 0, 0, 255)
#define POSA_SIM_OBIS_SUPPLY_SCRIPTS  POSA_OBIS (0, 0, 10, 0, 106, 255)
#define POSA_SIM_OBIS_MONITOR         POSA_OBIS (0, 0, 16, 1, 0, 255)
#define POSA_SIM_OBIS_LOCAL_PORT      POSA_OBIS (0, 0, 20, 0, 0, 255)
#define POSA_SIM_OBIS_PUSH            POSA_OBIS (0, 0, 25, 9, 0, 255)
#define POSA_SIM_OBIS_IMAGE_TRANSFER  POSA_OBIS (0, 0, 44, 0, 0, 255)
#define POSA_SIM_OBIS_DEMAND          POSA_OBIS (1, 0, 1, 4, 0, 255)
#define POSA_SIM_OBIS_MAX_DEMAND      POSA_OBIS (1, 0, 1, 6, 0, 255)
#define POSA_SIM_OBIS_LOAD_PROFILE    POSA_OBIS (1, 0, 99, 1, 0, 255)
#define POSA_SIM_OBIS_DAILY_PROFILE   POSA_OBIS (1, 0, 99, 2, 0, 255)
#define POSA_SIM_OBIS_BILLING_PROFILE POSA_OBIS (0, 0, 98, 1, 0, 255)

/* Fills the meter with its objects, in the state of delivery. @energy are the values of T1..T6. */
void posa_sim_2g_build (PosaSimMeter *self, const guint32 energy[6], guint32 status);

/* By theme; the logical name must be there. */
void posa_sim_2g_add_energy (PosaSimMeter *self, const guint32 energy[6]);
void posa_sim_2g_add_tariff (PosaSimMeter *self);
void posa_sim_2g_add_supply (PosaSimMeter *self);
void posa_sim_2g_add_set_up (PosaSimMeter *self);

G_END_DECLS
