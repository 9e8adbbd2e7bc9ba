/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "portal/posa-portal.h"

G_BEGIN_DECLS

/* The API of data/openapi.yaml over TLS. Runs in the main loop of its thread; each request is
 * handled at once and answered after its transaction is on the disk. */
typedef struct _PosaPortalServer PosaPortalServer;

/* Listens on @address, as posa_portal_listener_new(). @portal is borrowed. */
PosaPortalServer *posa_portal_server_new (PosaPortal *portal, const char *address, GError **error);
guint posa_portal_server_get_port (PosaPortalServer *self);
/* Stops listening and closes the connections. */
void posa_portal_server_free (PosaPortalServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalServer, posa_portal_server_free)

G_END_DECLS
