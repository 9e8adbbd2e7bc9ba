/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "domain/posa-replacement-report.h"
#include "meter/posa-meter.h"
#include "model/posa-meter-place.h"

G_BEGIN_DECLS

/* What a commissioning outside of the guided workflow gives. */
typedef struct
{
  char *order_id;
  GPtrArray *verified; /* PosaVerifiedValue */
  PosaReadingSet *activation;
} PosaCommissioning;

void posa_commissioning_free (PosaCommissioning *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaCommissioning, posa_commissioning_free)

/* Commissions the new meter at @place for an order of the device's data folder, with that meter's
 * keys (of the place's key file, else of the stock), and takes the activation readings. Changes
 * nothing in the order's workflow. Blocking, a thread of its own. NOT_FOUND for the order,
 * STOCK_MISMATCH when the meter at the port is not one that this crew may fit there; KEY_MISSING;
 * errors of posa_meter_commission(). */
PosaCommissioning *posa_commission_tool_run (const PosaMeterPlace *place,
                                             const char *order_id,
                                             PosaOperation *operation,
                                             GError **error);
/* Reads what posa_commission_tool_run() would write, of the same meters, and writes nothing: array
 * of PosaMeterCheck. */
GPtrArray *posa_commission_tool_verify (const PosaMeterPlace *place,
                                        const char *order_id,
                                        PosaOperation *operation,
                                        GError **error);
/* {"order","verified":[{"name","before","written","read_back"}],"activation":{…}}; free with
 * g_free(). */
char *posa_commissioning_to_text (const PosaCommissioning *self);

G_END_DECLS
