/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-work-order.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

/* Work orders as the portal released them, and what this device did with each. */
typedef enum
{
  POSA_ORDER_ASSIGNED,
  POSA_ORDER_IN_PROGRESS,
  POSA_ORDER_DONE,    /* final */
  POSA_ORDER_ABORTED, /* ended without replacement; a newer revision assigns it again */
  POSA_ORDER_WITHDRAWN,
  POSA_N_ORDER_STATES
} PosaOrderState;

const char *posa_order_state_to_string (PosaOrderState self); /* "ASSIGNED"; static */
gboolean posa_order_state_from_string (const char *text, PosaOrderState *out);

/* What became of an order that came from the portal. */
typedef enum
{
  POSA_ORDER_CHANGE_NONE, /* this revision or a newer one is here already */
  POSA_ORDER_CHANGE_ADDED,
  POSA_ORDER_CHANGE_UPDATED,
  POSA_ORDER_CHANGE_WITHDRAWN,  /* cancelled before it was started */
  POSA_ORDER_CHANGE_WORK_STANDS /* started or ended here: kept, for the office to judge */
} PosaOrderChange;

typedef struct
{
  PosaWorkOrder *order; /* the newest revision; a running job has its own, frozen copy */
  PosaOrderState state;
} PosaOrderEntry;

void posa_order_entry_free (PosaOrderEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaOrderEntry, posa_order_entry_free)

/* @change may be NULL. */
gboolean posa_order_store_apply (PosaStore *store,
                                 const PosaWorkOrder *order,
                                 PosaOrderChange *change,
                                 GError **error);
/* NOT_FOUND names the id. */
PosaOrderEntry *posa_order_store_get (PosaStore *store, const char *id, GError **error);
/* PosaOrderEntry (owned), by window, then id. */
GPtrArray *posa_order_store_list (PosaStore *store, GError **error);
gboolean
posa_order_store_set_state (PosaStore *store, const char *id, PosaOrderState state, GError **error);

G_END_DECLS
