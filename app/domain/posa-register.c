/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-register.h"

PosaRegister *
posa_register_new (PosaObis obis, PosaQuantity quantity, guint tier, gint64 value)
{
  PosaRegister *self = g_new0 (PosaRegister, 1);

  self->obis = obis;
  self->quantity = quantity;
  self->tier = tier;
  self->value = value;
  self->resolution = 1;
  return self;
}

PosaRegister *
posa_register_copy (const PosaRegister *self)
{
  PosaRegister *copy = g_memdup2 (self, sizeof *self);

  copy->raw = g_strdup (self->raw);
  return copy;
}

void
posa_register_free (PosaRegister *self)
{
  g_free (self->raw);
  g_free (self);
}

void
posa_register_to_json (const PosaRegister *self, JsonBuilder *builder)
{
  g_autofree char *obis = posa_obis_format (self->obis);

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "obis", obis);
  posa_json_add_string (builder, "quantity", posa_quantity_to_string (self->quantity));
  posa_json_add_int (builder, "tier", self->tier);
  posa_json_add_int (builder, "value", self->value);
  posa_json_add_string (builder, "unit", posa_quantity_get_unit (self->quantity));
  if (self->resolution != 1)
    posa_json_add_int (builder, "resolution", self->resolution);
  if (self->raw != NULL)
    posa_json_add_string (builder, "raw", self->raw);
  if (self->captured_us != 0)
    posa_json_add_time (builder, "captured_at", self->captured_us);
  json_builder_end_object (builder);
}

static void
check_numbers (PosaJsonCursor object, gint64 tier, gint64 value, gint64 resolution)
{
  if (tier < 0 || tier > POSA_REGISTER_MAX_TIER)
    posa_json_fault (posa_json_member (object, "tier"), "outside 0 to %d", POSA_REGISTER_MAX_TIER);
  if (value < 0 || value > POSA_REGISTER_MAX_VALUE)
    posa_json_fault (posa_json_member (object, "value"), "negative or beyond any meter");
  if (resolution < 1 || resolution > 1000000)
    posa_json_fault (posa_json_member (object, "resolution"), "outside 1 to 1000000");
}

PosaRegister *
posa_register_from_json (PosaJsonCursor object)
{
  const char *obis_text = posa_json_string (object, "obis");
  const char *quantity_text = posa_json_string (object, "quantity");
  const char *unit = posa_json_string (object, "unit");
  gint64 tier = posa_json_int (object, "tier");
  gint64 value = posa_json_int (object, "value");
  gint64 resolution = posa_json_int_or (object, "resolution", 1);
  PosaObis obis = { 0 };
  PosaQuantity quantity = POSA_QUANTITY_ACTIVE_IMPORT;

  if (!posa_obis_parse (obis_text, &obis))
    posa_json_fault (object, "no OBIS code");
  else if (!posa_quantity_from_string (quantity_text, &quantity))
    posa_json_fault (object, "unknown quantity");
  else if (g_strcmp0 (unit, posa_quantity_get_unit (quantity)) != 0)
    posa_json_fault (object, "unit is not %s", posa_quantity_get_unit (quantity));
  check_numbers (object, tier, value, resolution);

  g_autoptr (PosaRegister) self = posa_register_new (obis, quantity, (guint) tier, value);
  self->resolution = resolution;
  self->raw = posa_json_dup_string_or_null (object, "raw");
  self->captured_us = posa_json_time_or_0 (object, "captured_at");
  return posa_json_check (object.document, NULL) ? g_steal_pointer (&self) : NULL;
}

GPtrArray *
posa_registers_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) posa_register_free);
}

GPtrArray *
posa_registers_from_json (PosaJsonCursor array)
{
  GPtrArray *registers = posa_registers_new ();
  guint n = posa_json_length (array);

  if (n > POSA_REGISTERS_MAX)
    posa_json_fault (array, "more than %d registers", POSA_REGISTERS_MAX);
  for (guint i = 0; i < n && posa_json_check (array.document, NULL); i++)
    {
      PosaJsonCursor at = posa_json_at (array, i);
      PosaRegister *reg = posa_register_from_json (at);

      if (reg != NULL && posa_registers_find (registers, reg->quantity, reg->tier) != NULL)
        posa_json_fault (at, "given twice");
      if (reg != NULL)
        g_ptr_array_add (registers, reg);
    }
  return registers;
}

void
posa_registers_to_json (GPtrArray *registers, JsonBuilder *builder)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < registers->len; i++)
    posa_register_to_json (g_ptr_array_index (registers, i), builder);
  json_builder_end_array (builder);
}

const PosaRegister *
posa_registers_find (GPtrArray *registers, PosaQuantity quantity, guint tier)
{
  for (guint i = 0; i < registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (registers, i);

      if (reg->quantity == quantity && reg->tier == tier)
        return reg;
    }
  return NULL;
}
