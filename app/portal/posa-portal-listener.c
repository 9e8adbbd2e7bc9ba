/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-listener.h"

#include "base/posa-error.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define FIRST_DEADLINE_S 30
#define MAX_CONNECTIONS  900 /* below the usual limit of 1024 open files */

struct _PosaPortalListener
{
  SoupServer *soup;
  GTlsCertificate *certificate;
  GSocketService *service;
  GCancellable *closing;
  GHashTable *connections; /* remote address as text -> Connection, owned */
  guint handshakes;        /* under way */
  guint port;
};

typedef struct
{
  PosaPortalListener *listener;
  char *key;
  GSocket *socket;
  GIOStream *tls; /* weak; its end is ours */
  guint deadline;
} Connection;

static void stream_gone_cb (gpointer data, GObject *stream);

static void
connection_free (Connection *self)
{
  if (self->tls != NULL)
    g_object_weak_unref (G_OBJECT (self->tls), stream_gone_cb, self);
  g_source_remove (self->deadline);
  g_object_unref (self->socket);
  g_free (self->key);
  g_free (self);
}

static void
stream_gone_cb (gpointer data, GObject *stream)
{
  Connection *self = data;

  self->tls = NULL;
  g_hash_table_remove (self->listener->connections, self->key);
}

static gboolean
deadline_cb (gpointer data)
{
  Connection *self = data;

  /* Whoever reads or writes here fails, and lets go of the stream. */
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  return G_SOURCE_CONTINUE;
}

static char *
build_key (GSocketAddress *address)
{
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("");
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

/* ---- connections ---- */

static gboolean
accept_certificate_cb (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer data)
{
  /* The handshake proves the key; whose it is, and what is wrong with it, the server can say. */
  return TRUE;
}

static void
handshake_cb (GObject *stream, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  PosaPortalListener *self = connection->listener;
  g_autoptr (GIOStream) tls = G_IO_STREAM (stream);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (connection->socket, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (connection->socket, NULL);

  self->handshakes--;
  if (local == NULL || remote == NULL ||
      !g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, NULL))
    {
      connection_free (connection);
      return;
    }
  connection->tls = tls;
  g_object_weak_ref (stream, stream_gone_cb, connection);
  connection->key = build_key (remote);
  g_hash_table_replace (self->connections, connection->key, connection);
  soup_server_accept_iostream (self->soup, tls, local, remote, NULL);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *base, GObject *source, gpointer data)
{
  PosaPortalListener *self = data;
  GSocket *socket = g_socket_connection_get_socket (base);

  if (g_hash_table_size (self->connections) + self->handshakes >= MAX_CONNECTIONS)
    return TRUE;
  GIOStream *tls = g_tls_server_connection_new (G_IO_STREAM (base), self->certificate, NULL);
  if (tls == NULL)
    return TRUE;
  g_object_set (tls, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, "require-close-notify",
                FALSE, NULL);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  Connection *connection = g_new0 (Connection, 1);
  connection->listener = self;
  connection->socket = g_object_ref (socket);
  connection->deadline = g_timeout_add_seconds (FIRST_DEADLINE_S, deadline_cb, connection);
  self->handshakes++;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, self->closing,
                                    handshake_cb, connection);
  return TRUE;
}

static Connection *
find_connection (PosaPortalListener *self, SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  g_autofree char *key = build_key (remote);

  return g_hash_table_lookup (self->connections, key);
}

GTlsCertificate *
posa_portal_listener_get_certificate (PosaPortalListener *self, SoupServerMessage *message)
{
  Connection *connection = find_connection (self, message);

  if (connection == NULL)
    return NULL;
  return g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (connection->tls));
}

void
posa_portal_listener_set_deadline (PosaPortalListener *self,
                                   SoupServerMessage *message,
                                   guint seconds)
{
  Connection *connection = find_connection (self, message);

  if (connection == NULL)
    return;
  g_source_remove (connection->deadline);
  connection->deadline = g_timeout_add_seconds (seconds, deadline_cb, connection);
}

/* ---- listening ---- */

static GSocketConnectable *
parse_address (const char *address, GError **error)
{
  GSocketConnectable *parsed =
      strrchr (address, ':') != NULL ? g_network_address_parse (address, 0, NULL) : NULL;

  if (parsed == NULL)
    g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "\"%s\": expected HOST:PORT", address);
  return parsed;
}

char *
posa_portal_listener_parse_host (const char *address, GError **error)
{
  g_autoptr (GSocketConnectable) parsed = parse_address (address, error);

  return parsed != NULL ? g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)))
                        : NULL;
}

static gboolean
listen_on (PosaPortalListener *self, const char *address, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = parse_address (address, error);
  g_autoptr (GSocketAddress) effective = NULL;

  if (connectable == NULL)
    return FALSE;
  g_autoptr (GSocketAddressEnumerator) all = g_socket_connectable_enumerate (connectable);
  g_autoptr (GSocketAddress) first = g_socket_address_enumerator_next (all, NULL, error);
  if (first != NULL &&
      g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), first, G_SOCKET_TYPE_STREAM,
                                     G_SOCKET_PROTOCOL_TCP, NULL, &effective, error))
    {
      self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
      return TRUE;
    }
  posa_error_convert (error, POSA_ERROR_FAILED);
  g_prefix_error (error, "cannot listen on %s: ", address);
  return FALSE;
}

PosaPortalListener *
posa_portal_listener_new (SoupServer *soup,
                          GTlsCertificate *certificate,
                          const char *address,
                          GError **error)
{
  g_autoptr (PosaPortalListener) self = g_new0 (PosaPortalListener, 1);

  self->soup = g_object_ref (soup);
  self->certificate = g_object_ref (certificate);
  self->closing = g_cancellable_new ();
  self->connections =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) connection_free);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  return listen_on (self, address, error) ? g_steal_pointer (&self) : NULL;
}

guint
posa_portal_listener_get_port (PosaPortalListener *self)
{
  return self->port;
}

void
posa_portal_listener_free (PosaPortalListener *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_cancellable_cancel (self->closing);
  soup_server_disconnect (self->soup);
  /* Answers that are under way go out; handshakes hear of the cancel. */
  while (g_main_context_iteration (NULL, FALSE) || self->handshakes > 0)
    continue;
  g_hash_table_unref (self->connections);
  g_object_unref (self->service);
  g_object_unref (self->closing);
  g_object_unref (self->certificate);
  g_object_unref (self->soup);
  g_free (self);
}
