/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-json.h"

G_BEGIN_DECLS

/* Weekly tariff table of delibera 292/06 Art. 4.2 c): seven day types (Monday..Saturday, and
 * Sunday with the holidays), each with one to five intervals; the first starts at 00:00, the
 * last ends at 24:00; tiers 1..4. */
#define POSA_TARIFF_DAY_TYPES     7
#define POSA_TARIFF_MAX_INTERVALS 5

typedef struct
{
  guint16 start_minute; /* 0..1439, ascending */
  guint8 tier;          /* 1..4 */
} PosaTariffInterval;

typedef struct
{
  char *id; /* owned, at most 8 characters: it becomes the calendar name of the 2G meter */
  guint8 default_tier;
  guint n_intervals[POSA_TARIFF_DAY_TYPES];
  PosaTariffInterval intervals[POSA_TARIFF_DAY_TYPES][POSA_TARIFF_MAX_INTERVALS];
} PosaTariffTable;

PosaTariffTable *posa_tariff_table_new (const char *id); /* all day types: tier 1 all day */
PosaTariffTable *posa_tariff_table_copy (const PosaTariffTable *self);
void posa_tariff_table_free (PosaTariffTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaTariffTable, posa_tariff_table_free)
gboolean posa_tariff_table_equal (const PosaTariffTable *x,
                                  const PosaTariffTable *y); /* id ignored */
gboolean posa_tariff_table_check (const PosaTariffTable *self, GError **error);
/* @day_type 0 Monday .. 5 Saturday, 6 Sunday and holidays; @minute 0..1439. */
guint posa_tariff_table_get_tier (const PosaTariffTable *self, guint day_type, guint minute);

/* {"id","default_tier","days":[[{"from":"00:00","tier":3},…] × 7]} */
void posa_tariff_table_to_json (const PosaTariffTable *self, JsonBuilder *builder);
PosaTariffTable *posa_tariff_table_from_json (PosaJsonCursor object);

G_END_DECLS
