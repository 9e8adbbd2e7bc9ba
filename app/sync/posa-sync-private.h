/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "sync/posa-portal-client.h"
#include "sync/posa-sync.h"

G_BEGIN_DECLS

/* One exchange under way: shared by its three parts. */
typedef struct
{
  PosaStore *store;
  const PosaIdentity *identity;
  PosaPortalClient *client;
  PosaSyncSummary *summary;
  PosaOperation *operation;
} PosaSyncRun;

/* Each is one part of posa_sync_run(). */
gboolean posa_sync_pull (PosaSyncRun *self, GError **error);
gboolean posa_sync_fetch_receipts (PosaSyncRun *self, GError **error);
gboolean posa_sync_push (PosaSyncRun *self, GError **error);

/* A GET whose answer is 2xx; its text is 0-terminated. */
char *posa_sync_get (PosaSyncRun *self, const char *path, gsize *size, GError **error);
/* Whether going on is of no use: cancelled, another portal, or the store fails. */
gboolean posa_sync_is_final (const GError *error);

G_END_DECLS
