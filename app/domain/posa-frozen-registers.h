/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-register.h"

G_BEGIN_DECLS

/* Why a meter froze its registers (delibera 292/06, Art. 4.2 i). */
typedef enum
{
  POSA_FREEZE_BILLING,  /* "billing": the end of a billing period */
  POSA_FREEZE_SWITCH,   /* "switch": the customer changed supplier */
  POSA_FREEZE_CONTRACT, /* "contract": activation, deactivation, change of the holder */
  POSA_FREEZE_POWER,    /* "power": change of the contractual power */
  POSA_FREEZE_TABLE,    /* "table": change of the tariff table */
  POSA_FREEZE_UNKNOWN,  /* "unknown": the meter does not say */
  POSA_N_FREEZE_REASONS
} PosaFreezeReason;

const char *posa_freeze_reason_to_string (PosaFreezeReason self); /* static */
gboolean posa_freeze_reason_from_string (const char *text, PosaFreezeReason *out);

/* A copy of the registers as they stood at one instant. */
typedef struct
{
  gint64 frozen_us; /* µs UTC by the meter's clock; 0 = it does not say */
  PosaFreezeReason reason;
  GPtrArray *registers; /* PosaRegister */
} PosaFrozenRegisters;

PosaFrozenRegisters *posa_frozen_registers_new (void);
void posa_frozen_registers_free (PosaFrozenRegisters *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaFrozenRegisters, posa_frozen_registers_free)

/* {"frozen_at","reason","registers":[…]} */
void posa_frozen_registers_to_json (const PosaFrozenRegisters *self, JsonBuilder *builder);
PosaFrozenRegisters *posa_frozen_registers_from_json (PosaJsonCursor object); /* NULL: a fault */

G_END_DECLS
