/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-1g-history.h"

#include "base/posa-clock.h"
#include "domain/posa-holidays.h"

#include <string.h>

#define N_TIERS    4
#define HOUR_US    ((gint64) 3600 * G_USEC_PER_SEC)
#define QUARTER_US (HOUR_US / 4)

static GDateTime *
local_time (gint64 wall_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (wall_us);

  return g_date_time_to_timezone (utc, posa_time_get_italy ());
}

guint
posa_sim_1g_get_tier (PosaSim1g *self, gint64 wall_us)
{
  g_autoptr (GDateTime) time = local_time (wall_us);
  guint day_type = (guint) g_date_time_get_day_of_week (time) - 1;

  if (posa_holidays_contain (self->holidays, (guint) g_date_time_get_year (time),
                             (guint) g_date_time_get_month (time),
                             (guint) g_date_time_get_day_of_month (time)))
    day_type = POSA_TARIFF_DAY_TYPES - 1;
  return posa_tariff_table_get_tier (self->facts->tariff_table, day_type,
                                     (guint) (60 * g_date_time_get_hour (time) +
                                              g_date_time_get_minute (time)));
}

/* A number that the seed, the hour and the channel decide, whenever the meter was made. */
static guint64
mix (guint64 seed, gint64 hour, guint channel)
{
  guint64 x = seed * 0x9E3779B97F4A7C15u + (guint64) hour * 8 + channel;

  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/* Wh or varh of the hour that ends at @end_us. */
static gint64
make_value (PosaSim1g *self, PosaQuantity quantity, gint64 end_us)
{
  guint64 number = mix (self->seed, end_us / HOUR_US, (guint) quantity);
  gint64 size = self->kind->reactive ? 6 : 1;

  if (quantity == POSA_QUANTITY_ACTIVE_EXPORT)
    {
      g_autoptr (GDateTime) time = local_time (end_us);
      int hour = g_date_time_get_hour (time);
      return hour >= 9 && hour <= 17 ? size * (gint64) (number % 1800) : 0; /* by the sun */
    }
  if (quantity == POSA_QUANTITY_REACTIVE_IMPORT)
    return size * (gint64) (20 + number % 400);
  return size * (gint64) (80 + number % 1400);
}

static void
set_shape (PosaSim1g *self)
{
  PosaLoadChannel channels[3] = { { POSA_OBIS (1, 0, 1, 29, 0, 255),
                                    POSA_QUANTITY_ACTIVE_IMPORT } };
  guint n = 1;

  if (self->kind->reactive)
    channels[n++] =
        (PosaLoadChannel) { POSA_OBIS (1, 0, 3, 29, 0, 255), POSA_QUANTITY_REACTIVE_IMPORT };
  if (self->kind->exports)
    channels[n++] =
        (PosaLoadChannel) { POSA_OBIS (1, 0, 2, 29, 0, 255), POSA_QUANTITY_ACTIVE_EXPORT };
  posa_load_profile_set_shape (self->profile, 3600, channels, n, NULL);
}

void
posa_sim_1g_make_profile (PosaSim1g *self, guint gap_first, guint gap_count)
{
  const guint n = 24 * POSA_SIM_1G_PROFILE_DAYS;
  gint64 last = posa_sim_1g_get_clock (self) / HOUR_US * HOUR_US;

  set_shape (self);
  for (guint i = 0; i < n; i++)
    {
      PosaLoadInterval interval = { .end_us = last - (gint64) (n - 1 - i) * HOUR_US };

      if (i >= gap_first && i < gap_first + gap_count)
        continue;
      if (gap_count > 0 && i == gap_first + gap_count)
        interval.flags = POSA_LOAD_POWER_FAIL;
      for (guint c = 0; c < self->profile->n_channels; c++)
        interval.values[c] =
            make_value (self, self->profile->channels[c].quantity, interval.end_us);
      posa_load_profile_add (self->profile, &interval, NULL);
    }
}

/* What channel @channel has counted since the registers were frozen: in all tiers [0], in each. */
static void
sum_since_freeze (PosaSim1g *self, guint channel, gint64 sums[N_TIERS + 1])
{
  memset (sums, 0, (N_TIERS + 1) * sizeof sums[0]);
  for (guint i = 0; i < self->profile->intervals->len; i++)
    {
      const PosaLoadInterval *hour = &g_array_index (self->profile->intervals, PosaLoadInterval, i);
      if (hour->end_us <= self->frozen->frozen_us)
        continue;
      sums[0] += hour->values[channel];
      sums[posa_sim_1g_get_tier (self, hour->end_us - HOUR_US)] += hour->values[channel];
    }
}

static void
add_energy (PosaSim1g *self, GRand *rand, guint channel, gint32 most_kwh)
{
  PosaLoadChannel counted = self->profile->channels[channel];
  PosaObis obis = POSA_OBIS (1, 0, counted.obis.c, 8, 0, 255);
  PosaRegister *total = posa_register_new (obis, counted.quantity, 0, 0);
  gint64 sums[N_TIERS + 1];

  sum_since_freeze (self, channel, sums);
  g_ptr_array_add (self->registers, total);
  for (guint tier = 1; tier <= N_TIERS; tier++)
    {
      gint64 value = g_rand_int_range (rand, 1000, most_kwh * 1000) + sums[tier];

      obis.e = (guint8) tier;
      g_ptr_array_add (self->registers, posa_register_new (obis, counted.quantity, tier, value));
      total->value += value;
    }
}

/* The greatest mean power of a quarter of an hour: somewhat more than that of its hour. */
static void
take_demand (PosaRegister *demand, const PosaLoadInterval *hour)
{
  gint64 value = hour->values[0] + hour->values[0] / 8;

  if (value <= demand->value)
    return;
  demand->value = value;
  demand->captured_us = hour->end_us - hour->values[0] % 4 * QUARTER_US;
}

/* A tier that nobody used has had its maximum of 0 since the begin of the time. */
static void
add_demands (PosaSim1g *self, GPtrArray *registers, gboolean current)
{
  PosaRegister *demands[N_TIERS];
  gint64 begin_us = current ? self->frozen->frozen_us
                            : g_array_index (self->profile->intervals, PosaLoadInterval, 0).end_us;

  for (guint8 tier = 1; tier <= N_TIERS; tier++)
    {
      demands[tier - 1] = posa_register_new (POSA_OBIS (1, 0, 1, 6, tier, 255),
                                             POSA_QUANTITY_MAX_DEMAND_IMPORT, tier, 0);
      demands[tier - 1]->captured_us = begin_us;
      g_ptr_array_add (registers, demands[tier - 1]);
    }
  for (guint i = 0; i < self->profile->intervals->len; i++)
    {
      const PosaLoadInterval *hour = &g_array_index (self->profile->intervals, PosaLoadInterval, i);
      if ((hour->end_us > self->frozen->frozen_us) == current)
        take_demand (demands[posa_sim_1g_get_tier (self, hour->end_us - HOUR_US) - 1], hour);
    }
}

void
posa_sim_1g_make_registers (PosaSim1g *self, GRand *rand)
{
  g_autoptr (GDateTime) now = local_time (posa_sim_1g_get_clock (self));
  g_autoptr (GDateTime) month = g_date_time_new (posa_time_get_italy (), g_date_time_get_year (now),
                                                 g_date_time_get_month (now), 1, 0, 0, 0);

  self->frozen->frozen_us = g_date_time_to_unix_usec (month);
  self->frozen->reason = POSA_FREEZE_BILLING;
  self->freezes = (guint) g_rand_int_range (rand, 10, 100);
  for (guint i = 0; i < self->profile->n_channels; i++)
    add_energy (self, rand, i, i > 0 ? 20000 : self->kind->reactive ? 60000 : 9000);
  add_demands (self, self->registers, TRUE);
}

void
posa_sim_1g_make_frozen (PosaSim1g *self)
{
  for (guint i = 0; i < self->profile->n_channels; i++)
    {
      gint64 sums[N_TIERS + 1];
      sum_since_freeze (self, i, sums);
      for (guint tier = 0; tier <= N_TIERS; tier++)
        {
          const PosaRegister *now =
              posa_registers_find (self->registers, self->profile->channels[i].quantity, tier);
          PosaRegister *then = posa_register_copy (now);
          then->value = MAX (0, now->value - sums[tier]);
          g_ptr_array_add (self->frozen->registers, then);
        }
    }
  add_demands (self, self->frozen->registers, FALSE);
}
