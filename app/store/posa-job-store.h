/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-work-order.h"
#include "store/posa-event-store.h"

G_BEGIN_DECLS

/* The state of the replacement at one order: what the flow needs to go on after a restart. */
typedef struct
{
  char *order_id;
  char *state; /* the flow's own name of the state */
  char *zone;  /* "GREEN", "AMBER", "RED" */
  gboolean open;
  gint64 since_wall_us; /* when the state was entered */
  gint64 since_monotonic_us;
  char *since_boot_id;
  char *data;           /* JSON text: the evidence gathered */
  PosaWorkOrder *order; /* as it was when the job started; frozen */
} PosaJobEntry;

PosaJobEntry *posa_job_entry_new (void);
void posa_job_entry_free (PosaJobEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaJobEntry, posa_job_entry_free)

/* Appends @event and writes the new state, both or neither (one transaction, or a part of the open
 * one). The first save of an order freezes job->order: CONFLICT when a later one of the same open
 * job brings another. A job that has ended may be followed by a new one. */
gboolean
posa_job_store_save (PosaStore *store, const PosaJobEntry *job, PosaEvent *event, GError **error);
/* NOT_FOUND when the order was never started. */
PosaJobEntry *posa_job_store_get (PosaStore *store, const char *order_id, GError **error);
/* PosaJobEntry (owned), open ones only, oldest first. */
GPtrArray *posa_job_store_list_open (PosaStore *store, GError **error);

G_END_DECLS
