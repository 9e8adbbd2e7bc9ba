/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "store/posa-store.h"
#include "sync/posa-identity.h"

G_BEGIN_DECLS

/* The contract with the portal (field-work.md 6, trust.md 3.2): whatever is cut, repeated or
 * answered twice, nothing is lost and nothing happens twice. */

typedef struct
{
  guint orders;      /* new or changed here */
  guint withdrawn;   /* of these: taken back before they were started */
  guint work_stands; /* of these: changed by the office after the work began here */
  guint meters;      /* of the stock, new or changed */
  guint delivered;   /* reports whose receipt came now */
  guint waiting;     /* reports that wait for another try */
  guint refused;     /* reports that wait for a person (refused, or in conflict) */
} PosaSyncSummary;

/* One exchange, blocking: pulls pages of changes (rows and cursor in one transaction), fetches
 * receipts that were missed, pushes every item of the outbox that is due, each by itself. An item
 * that fails is recorded with its reason and a time for its next try, and does not stop the others.
 * FALSE when the portal was not reached or refuses this device, or when the store fails; then too
 * @summary tells what was done before. @url: the portal, usually the identity's. */
gboolean posa_sync_run (PosaStore *store,
                        const PosaIdentity *identity,
                        const char *url,
                        PosaSyncSummary *summary,
                        PosaOperation *operation,
                        GError **error);

/* When an item that failed @attempts times is tried again: a random time (full jitter) of at most
 * 2^attempts seconds and 15 minutes, at least @retry_after_us. µs from now. */
gint64 posa_sync_backoff (guint attempts, gint64 retry_after_us);

G_END_DECLS
