/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-uuid.h"
#include "domain/posa-work-order.h"
#include "store/posa-meter-asset-store.h"

G_BEGIN_DECLS

/* Which meter a crew may fit, and what becomes of the two meters of a replacement. */

/* A move as the crew made it; strings borrowed. */
typedef struct
{
  const char *crew_id;
  const char *actor;    /* operator's badge */
  const char *document; /* the work order's id */
  gint64 wall_us;
} PosaStockMove;

/* The meter @serial if @crew_id may fit it at @order; else NULL and STOCK_MISMATCH, whose message
 * says why: unknown, another crew's, installed already, wrong kind, faulty. */
PosaMeterAsset *posa_stock_check_new_meter (PosaStore *store,
                                            const char *serial,
                                            const PosaWorkOrder *order,
                                            const char *crew_id,
                                            GError **error);
/* PosaMeterAsset (owned): the meters on @crew_id's van that fit @order, or all of them with NULL.
 */
GPtrArray *posa_stock_list_available (PosaStore *store,
                                      const char *crew_id,
                                      const PosaWorkOrder *order,
                                      GError **error);
/* Old meter onto the van, new meter into the supply point: both custody events, or neither. Part
 * of the caller's transaction when one is open. Doing it again for the same document changes
 * nothing. */
gboolean posa_stock_record_replacement (PosaStore *store,
                                        const PosaWorkOrder *order,
                                        const char *new_serial,
                                        const PosaStockMove *move,
                                        PosaClock *clock,
                                        GError **error);
/* A new meter that does not work. */
gboolean posa_stock_record_faulty (PosaStore *store,
                                   const char *serial,
                                   const PosaStockMove *move,
                                   PosaClock *clock,
                                   GError **error);

G_END_DECLS
