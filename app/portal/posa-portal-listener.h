/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The TLS side of the portal: takes connections, asks for a client certificate, and gives them to a
 * SoupServer after the handshake. SoupServer's own TLS will not do: it tells the client's
 * certificate with the first request of a connection only, and never frees it (libsoup 3.6).
 * Main context of the thread that made it. */
typedef struct _PosaPortalListener PosaPortalListener;

/* @address: "127.0.0.1:8443", "[::1]:0", "localhost:0"; port 0: any free one. USAGE, FAILED. */
PosaPortalListener *posa_portal_listener_new (SoupServer *soup,
                                              GTlsCertificate *certificate,
                                              const char *address,
                                              GError **error);
guint posa_portal_listener_get_port (PosaPortalListener *self);
void posa_portal_listener_free (PosaPortalListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaPortalListener, posa_portal_listener_free)

/* The host of such an address; NULL and USAGE for anything else. */
char *posa_portal_listener_parse_host (const char *address, GError **error);

/* What the client of @message proved to hold the key of, whoever issued it; NULL for nothing.
 * Borrowed. */
GTlsCertificate *posa_portal_listener_get_certificate (PosaPortalListener *self,
                                                       SoupServerMessage *message);
/* Ends the connection of @message, whatever it is at, @seconds from now; the last call counts. A
 * new connection has 30. */
void posa_portal_listener_set_deadline (PosaPortalListener *self,
                                        SoupServerMessage *message,
                                        guint seconds);

G_END_DECLS
