/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-frozen-registers.h"

static const char *const reason_names[POSA_N_FREEZE_REASONS] = {
  [POSA_FREEZE_BILLING] = "billing",   [POSA_FREEZE_SWITCH] = "switch",
  [POSA_FREEZE_CONTRACT] = "contract", [POSA_FREEZE_POWER] = "power",
  [POSA_FREEZE_TABLE] = "table",       [POSA_FREEZE_UNKNOWN] = "unknown",
};

const char *
posa_freeze_reason_to_string (PosaFreezeReason self)
{
  g_return_val_if_fail (self < POSA_N_FREEZE_REASONS, "");
  return reason_names[self];
}

gboolean
posa_freeze_reason_from_string (const char *text, PosaFreezeReason *out)
{
  for (guint i = 0; i < POSA_N_FREEZE_REASONS; i++)
    if (g_strcmp0 (text, reason_names[i]) == 0)
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

PosaFrozenRegisters *
posa_frozen_registers_new (void)
{
  PosaFrozenRegisters *self = g_new0 (PosaFrozenRegisters, 1);

  self->reason = POSA_FREEZE_UNKNOWN;
  self->registers = posa_registers_new ();
  return self;
}

void
posa_frozen_registers_free (PosaFrozenRegisters *self)
{
  g_ptr_array_unref (self->registers);
  g_free (self);
}

void
posa_frozen_registers_to_json (const PosaFrozenRegisters *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  posa_json_add_time_or_null (builder, "frozen_at", self->frozen_us);
  posa_json_add_string (builder, "reason", posa_freeze_reason_to_string (self->reason));
  json_builder_set_member_name (builder, "registers");
  posa_registers_to_json (self->registers, builder);
  json_builder_end_object (builder);
}

PosaFrozenRegisters *
posa_frozen_registers_from_json (PosaJsonCursor object)
{
  g_autoptr (PosaFrozenRegisters) self = posa_frozen_registers_new ();
  const char *reason = posa_json_string (object, "reason");

  self->frozen_us = posa_json_time_or_0 (object, "frozen_at");
  if (!posa_freeze_reason_from_string (reason, &self->reason))
    posa_json_fault (object, "unknown reason \"%s\"", reason != NULL ? reason : "");
  g_ptr_array_unref (self->registers);
  self->registers = posa_registers_from_json (posa_json_array (object, "registers"));
  return posa_json_check (object.document, NULL) ? g_steal_pointer (&self) : NULL;
}
