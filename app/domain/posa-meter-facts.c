/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-meter-facts.h"

#include "base/posa-error.h"

#define MAX_DV 100000 /* 10 kV */

PosaMeterFacts *
posa_meter_facts_new (void)
{
  PosaMeterFacts *self = g_new0 (PosaMeterFacts, 1);

  self->power_w = -1;
  return self;
}

void
posa_meter_facts_free (PosaMeterFacts *self)
{
  g_clear_pointer (&self->tariff_table, posa_tariff_table_free);
  g_free (self->limiter);
  g_free (self->voltage);
  g_free (self);
}

gboolean
posa_limiter_check (const PosaLimiter *self, GError **error)
{
  gboolean right = self->n_steps >= 1 && self->n_steps <= POSA_LIMITER_MAX_STEPS &&
                   self->steps[0].above_per_mille >= 1000;

  for (guint i = 1; right && i < self->n_steps; i++)
    right = self->steps[i].above_per_mille > self->steps[i - 1].above_per_mille &&
            self->steps[i].trip_s < self->steps[i - 1].trip_s;
  if (!right)
    g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                         "the limiter's steps do not open sooner for a higher excess");
  return right;
}

static void
default_tiers_to_json (const PosaMeterFacts *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "default_tiers");
  json_builder_begin_object (builder);
  for (guint i = 0; i < POSA_N_QUANTITIES; i++)
    if (self->default_tiers[i] != 0)
      posa_json_add_int (builder, posa_quantity_to_string (i), self->default_tiers[i]);
  json_builder_end_object (builder);
}

static void
limiter_to_json (const PosaLimiter *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "limiter");
  json_builder_begin_object (builder);
  posa_json_add_bool (builder, "enabled", self->enabled);
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->n_steps; i++)
    {
      json_builder_begin_object (builder);
      posa_json_add_int (builder, "above_per_mille", self->steps[i].above_per_mille);
      posa_json_add_int (builder, "trip_s", self->steps[i].trip_s);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
voltage_to_json (const PosaVoltageStats *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "voltage");
  json_builder_begin_object (builder);
  posa_json_add_time_or_null (builder, "since", self->since_us);
  posa_json_add_int (builder, "min_dv", self->min_dv);
  posa_json_add_int (builder, "max_dv", self->max_dv);
  posa_json_add_int (builder, "within_per_mille", self->within_per_mille);
  json_builder_end_object (builder);
}

void
posa_meter_facts_to_json (const PosaMeterFacts *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  if (self->tariff_table != NULL)
    {
      json_builder_set_member_name (builder, "tariff_table");
      posa_tariff_table_to_json (self->tariff_table, builder);
    }
  default_tiers_to_json (self, builder);
  if (self->active_tier != 0)
    posa_json_add_int (builder, "active_tier", self->active_tier);
  if (self->limiter != NULL)
    limiter_to_json (self->limiter, builder);
  if (self->contract_power_w != 0)
    posa_json_add_int (builder, "contract_power_w", self->contract_power_w);
  if (self->available_power_w != 0)
    posa_json_add_int (builder, "available_power_w", self->available_power_w);
  if (self->has_max_demand)
    posa_json_add_bool (builder, "max_demand_enabled", self->max_demand_enabled);
  if (self->voltage != NULL)
    voltage_to_json (self->voltage, builder);
  if (self->power_w >= 0)
    posa_json_add_int (builder, "power_w", self->power_w);
  json_builder_end_object (builder);
}

/* @member, or @absent; a fault when it is outside 0 to @most. */
static gint64
number_from_json (PosaJsonCursor object, const char *member, gint64 most, gint64 absent)
{
  gint64 number = posa_json_int_or (object, member, absent);

  if (number == absent || (number >= 0 && number <= most))
    return number;
  posa_json_fault (posa_json_member (object, member), "out of range");
  return absent;
}

static guint
count_from_json (PosaJsonCursor object, const char *member, guint most)
{
  gint64 count = posa_json_int (object, member);

  if (count >= 0 && count <= most)
    return (guint) count;
  posa_json_fault (posa_json_member (object, member), "out of range");
  return 0;
}

static void
default_tiers_from_json (PosaMeterFacts *self, PosaJsonCursor object)
{
  for (guint i = 0; i < POSA_N_QUANTITIES; i++)
    self->default_tiers[i] =
        (guint) number_from_json (object, posa_quantity_to_string (i), POSA_REGISTER_MAX_TIER, 0);
}

static PosaLimiter *
limiter_from_json (PosaJsonCursor object)
{
  PosaLimiter *self = g_new0 (PosaLimiter, 1);
  PosaJsonCursor steps = posa_json_array (object, "steps");
  g_autoptr (GError) local = NULL;
  guint n = posa_json_length (steps);

  self->enabled = posa_json_bool (object, "enabled");
  if (n > POSA_LIMITER_MAX_STEPS)
    posa_json_fault (steps, "more than %d steps", POSA_LIMITER_MAX_STEPS);
  self->n_steps = MIN (n, POSA_LIMITER_MAX_STEPS);
  for (guint i = 0; i < self->n_steps; i++)
    {
      PosaJsonCursor at = posa_json_at (steps, i);
      self->steps[i].above_per_mille = count_from_json (at, "above_per_mille", 100000);
      self->steps[i].trip_s = count_from_json (at, "trip_s", G_MAXINT32);
    }
  if (posa_json_check (object.document, NULL) && !posa_limiter_check (self, &local))
    posa_json_fault (steps, "%s", local->message);
  return self;
}

static PosaVoltageStats *
voltage_from_json (PosaJsonCursor object)
{
  PosaVoltageStats *self = g_new0 (PosaVoltageStats, 1);

  self->since_us = posa_json_time_or_0 (object, "since");
  self->min_dv = count_from_json (object, "min_dv", MAX_DV);
  self->max_dv = count_from_json (object, "max_dv", MAX_DV);
  self->within_per_mille = count_from_json (object, "within_per_mille", 1000);
  return self;
}

PosaMeterFacts *
posa_meter_facts_from_json (PosaJsonCursor object)
{
  g_autoptr (PosaMeterFacts) self = posa_meter_facts_new ();

  if (posa_json_has (object, "tariff_table"))
    self->tariff_table = posa_tariff_table_from_json (posa_json_object (object, "tariff_table"));
  default_tiers_from_json (self, posa_json_object (object, "default_tiers"));
  self->active_tier = (guint) number_from_json (object, "active_tier", POSA_REGISTER_MAX_TIER, 0);
  if (posa_json_has (object, "limiter"))
    self->limiter = limiter_from_json (posa_json_object (object, "limiter"));
  self->contract_power_w =
      number_from_json (object, "contract_power_w", POSA_REGISTER_MAX_VALUE, 0);
  self->available_power_w =
      number_from_json (object, "available_power_w", POSA_REGISTER_MAX_VALUE, 0);
  self->has_max_demand = posa_json_has (object, "max_demand_enabled");
  self->max_demand_enabled = self->has_max_demand && posa_json_bool (object, "max_demand_enabled");
  if (posa_json_has (object, "voltage"))
    self->voltage = voltage_from_json (posa_json_object (object, "voltage"));
  self->power_w = number_from_json (object, "power_w", POSA_REGISTER_MAX_VALUE, -1);
  return posa_json_check (object.document, NULL) ? g_steal_pointer (&self) : NULL;
}
