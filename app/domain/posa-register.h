/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-json.h"
#include "domain/posa-obis.h"

G_BEGIN_DECLS

typedef enum
{
  POSA_QUANTITY_ACTIVE_IMPORT,     /* A+, Wh:   "active_import" */
  POSA_QUANTITY_ACTIVE_EXPORT,     /* A-, Wh:   "active_export" */
  POSA_QUANTITY_REACTIVE_IMPORT,   /* R+, varh: "reactive_import" */
  POSA_QUANTITY_REACTIVE_EXPORT,   /* R-, varh: "reactive_export" */
  POSA_QUANTITY_MAX_DEMAND_IMPORT, /* W:        "max_demand_import", mean of a quarter hour */
  POSA_N_QUANTITIES
} PosaQuantity;

const char *posa_quantity_to_string (PosaQuantity self); /* static */
gboolean posa_quantity_from_string (const char *text, PosaQuantity *out);
const char *posa_quantity_get_unit (PosaQuantity self); /* "Wh", "varh", "W"; static */

#define POSA_REGISTER_MAX_TIER  6
#define POSA_REGISTER_MAX_VALUE G_GINT64_CONSTANT (1000000000000000) /* far beyond any counter */
#define POSA_REGISTERS_MAX      64

/* One register as read. Integers in base units; tier 0 is the total, 1..6 the time bands. */
typedef struct
{
  PosaObis obis;
  PosaQuantity quantity;
  guint tier;
  gint64 value; /* Wh, varh or W */
  gint64
      resolution; /* weight of the last digit that the meter gave, in the same unit; 1 when exact */
  gint64 captured_us; /* time of a maximum, µs UTC; 0 = none */
  char *raw;          /* the meter's own text or hex, owned; NULL for none */
} PosaRegister;

PosaRegister *posa_register_new (PosaObis obis, PosaQuantity quantity, guint tier, gint64 value);
PosaRegister *posa_register_copy (const PosaRegister *self);
void posa_register_free (PosaRegister *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaRegister, posa_register_free)

/* Object {"obis","quantity","tier","value","unit","resolution","raw","captured_at"}, the last three
 * only when they say something. */
void posa_register_to_json (const PosaRegister *self, JsonBuilder *builder);
PosaRegister *posa_register_from_json (PosaJsonCursor object); /* NULL after a fault */

/* Arrays of registers (GPtrArray of PosaRegister, free func set). */
GPtrArray *posa_registers_new (void);
GPtrArray *posa_registers_from_json (PosaJsonCursor array);
void posa_registers_to_json (GPtrArray *registers,
                             JsonBuilder *builder); /* writes the array value */
/* Borrowed, NULL when absent. */
const PosaRegister *posa_registers_find (GPtrArray *registers, PosaQuantity quantity, guint tier);
/* "A+ T1" style short label, and a value for people in kWh/kvarh/kW with the locale's separators
 * and no float ("12.345,678 kWh" in Italian); free with g_free(). */
char *posa_register_format_label (const PosaRegister *self);
char *posa_register_format_value (const PosaRegister *self);

G_END_DECLS
