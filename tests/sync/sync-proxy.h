/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A loopback proxy that damages what passes, in a thread of its own. */
typedef struct _SyncProxy SyncProxy;

typedef enum
{
  SYNC_PROXY_UP,    /* device to portal */
  SYNC_PROXY_DOWN,  /* portal to device */
  SYNC_PROXY_STALL, /* takes connections and passes nothing */
  SYNC_PROXY_PLAIN  /* answers itself, in plain HTTP, with a redirect to a sign-in page */
} SyncProxyFault;

/* Cuts each connection, both ways, after @bytes in that direction. */
SyncProxy *sync_proxy_new (guint to_port, SyncProxyFault fault, guint64 bytes);
char *sync_proxy_get_url (SyncProxy *self); /* owned */
/* Bytes of the fault's direction in the longest connection so far. */
guint64 sync_proxy_get_passed (SyncProxy *self);
void sync_proxy_free (SyncProxy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncProxy, sync_proxy_free)

G_END_DECLS
