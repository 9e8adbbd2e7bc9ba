/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-register.h"
#include "domain/posa-tariff-table.h"

G_BEGIN_DECLS

#define POSA_LIMITER_MAX_STEPS 8

/* Above @above_per_mille thousandths of the contractual power the supply opens after @trip_s. */
typedef struct
{
  guint above_per_mille, trip_s;
} PosaLimiterStep;

/* Power limiter (delibera 292/06, Art. 4.2 f to h): the higher the excess, the sooner it opens. Up
 * to the first step it never does. */
typedef struct
{
  gboolean enabled;
  guint n_steps;
  PosaLimiterStep steps[POSA_LIMITER_MAX_STEPS]; /* ascending excess, descending time */
} PosaLimiter;

/* Art. 4.2 m) vii: voltage of one week, in tenths of a volt. */
typedef struct
{
  gint64 since_us; /* begin of the week, µs UTC; 0 = not read */
  guint min_dv, max_dv;
  guint within_per_mille; /* samples within 10 % of the nominal voltage */
} PosaVoltageStats;

/* What a meter says beside its registers. What was not read is NULL, 0 or as said. */
typedef struct
{
  PosaTariffTable *tariff_table;
  guint default_tiers[POSA_N_QUANTITIES]; /* where it counts without its time; 0 = not read */
  guint active_tier;                      /* that counts now; 0 = not read */
  PosaLimiter *limiter;
  gint64 contract_power_w, available_power_w; /* 0 = not read */
  gboolean has_max_demand;                    /* whether max_demand_enabled was read */
  gboolean max_demand_enabled;
  PosaVoltageStats *voltage;
  gint64 power_w; /* imported now; -1 = not read */
} PosaMeterFacts;

PosaMeterFacts *posa_meter_facts_new (void); /* nothing read */
void posa_meter_facts_free (PosaMeterFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaMeterFacts, posa_meter_facts_free)

/* INVALID_DATA when the steps do not ascend in excess and descend in time. */
gboolean posa_limiter_check (const PosaLimiter *self, GError **error);

/* {"tariff_table","default_tiers":{QUANTITY:TIER},"active_tier",
 *  "limiter":{"enabled","steps":[{"above_per_mille","trip_s"}]},"contract_power_w",
 *  "available_power_w","max_demand_enabled","voltage":{"since","min_dv","max_dv",
 *  "within_per_mille"},"power_w"}, only what was read. */
void posa_meter_facts_to_json (const PosaMeterFacts *self, JsonBuilder *builder);
PosaMeterFacts *posa_meter_facts_from_json (PosaJsonCursor object); /* NULL after a fault */

G_END_DECLS
