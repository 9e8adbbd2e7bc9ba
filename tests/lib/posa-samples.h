/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-replacement-report.h"

G_BEGIN_DECLS

/* Valid values for tests, every field filled. The same @random in the same state gives the same. */

PosaTariffTable *posa_sample_tariff_table (GRand *random);
PosaWorkOrder *posa_sample_order (GRand *random, const char *id);
/* Readings that fit @order: its serial, customer number and kind, growth since the last billing. */
PosaReadingSet *posa_sample_removal (GRand *random, const PosaWorkOrder *order);
PosaReplacementReport *posa_sample_report (GRand *random);

G_END_DECLS
