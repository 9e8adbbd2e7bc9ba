/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "store/posa-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What has to reach the portal. Only a receipt makes an item DELIVERED, and that is final; every
 * other answer leaves it here (trust.md I4, field-work.md 6.4). */
typedef enum
{
  POSA_OUTBOX_QUEUED,
  POSA_OUTBOX_SENDING,
  POSA_OUTBOX_HELD,     /* the portal has it and its receipt is to be fetched */
  POSA_OUTBOX_REFUSED,  /* waits for a person */
  POSA_OUTBOX_CONFLICT, /* the portal holds other content under this id; the office decides */
  POSA_OUTBOX_DELIVERED,
  POSA_N_OUTBOX_STATES
} PosaOutboxState;

const char *posa_outbox_state_to_string (PosaOutboxState self); /* "QUEUED"; static */
const char *posa_outbox_state_get_label (PosaOutboxState self); /* translated; static */

typedef struct
{
  char *id;   /* the report's id: its name on the wire */
  char *kind; /* "report" */
  char *order_id;
  char *number; /* the report's number */
  char *sha256; /* of what is sent */
  PosaOutboxState state;
  guint attempts;
  gint64 created_us;
  gint64 next_attempt_us;
  char *error_nick, *error_text; /* of the last attempt; NULL after a good one */
  GBytes *receipt;               /* as signed by the portal; NULL until delivered */
  gint64 received_us;
} PosaOutboxItem;

void posa_outbox_item_free (PosaOutboxItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaOutboxItem, posa_outbox_item_free)

/* Queues a stored report, due at once. */
gboolean
posa_outbox_store_add (PosaStore *store, const char *report_id, gint64 wall_us, GError **error);
PosaOutboxItem *posa_outbox_store_get (PosaStore *store, const char *id, GError **error);
/* PosaOutboxItem (owned), oldest first. */
GPtrArray *posa_outbox_store_list (PosaStore *store, GError **error);
/* Those QUEUED or HELD whose next attempt is due, and those SENDING since a program ended. */
GPtrArray *posa_outbox_store_list_due (PosaStore *store, gint64 wall_us, GError **error);

/* An attempt begins: counted before anything is sent. */
gboolean posa_outbox_store_set_sending (PosaStore *store, const char *id, GError **error);
/* An attempt ended without a receipt: @state is QUEUED, HELD, REFUSED or CONFLICT, @reason why (may
 * be NULL for HELD). */
gboolean posa_outbox_store_set_waiting (PosaStore *store,
                                        const char *id,
                                        PosaOutboxState state,
                                        gint64 next_attempt_us,
                                        const GError *reason,
                                        GError **error);
/* Once delivered, further receipts change nothing. */
gboolean posa_outbox_store_set_delivered (PosaStore *store,
                                          const char *id,
                                          GBytes *receipt,
                                          gint64 received_us,
                                          GError **error);
/* "Send now": makes every item that is not delivered or in conflict due at once. */
gboolean posa_outbox_store_hurry (PosaStore *store, GError **error);

G_END_DECLS
