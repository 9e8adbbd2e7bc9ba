/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"

G_BEGIN_DECLS

/* Network work on a device's data folder: blocking, for the sync thread; each call opens its own
 * store (see posa-folder.h for what is where). */

typedef enum
{
  POSA_SYNC_WHAT_IS_DUE, /* items wait for their next try */
  POSA_SYNC_EVERYTHING   /* "send now": every item that is not delivered is tried */
} PosaSyncUrgency;

/* Enrols the device at the portal at @url with a one-time @code. The portal is pinned by @ca_path
 * (PEM file) or @fingerprint (SHA-256 of its CA, hex): exactly one. On success identity and
 * settings are complete and durable; after any error the folder is as before. */
gboolean posa_sync_tool_enrol (const char *folder,
                               const char *url,
                               const char *code,
                               const char *ca_path,
                               const char *fingerprint,
                               PosaOperation *operation,
                               GError **error);

/* Pulls changes, pushes the outbox, fetches receipts. Returns one translated line that sums it up
 * ("3 orders received, 1 report delivered, 0 waiting"); free. An item that could not be sent is no
 * error; OFFLINE, PORTAL_UNTRUSTED, ACCESS_DENIED (not enrolled, revoked), DAMAGED are. */
char *posa_sync_tool_run (const char *folder,
                          PosaSyncUrgency urgency,
                          PosaOperation *operation,
                          GError **error);

G_END_DECLS
