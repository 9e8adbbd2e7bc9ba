/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-server.h"

#include "base/posa-error.h"
#include "portal/posa-portal-request.h"

#include <string.h>

#define REQUEST_DEADLINE_S 30
#define UPLOAD_DEADLINE_S  300 /* of a device: 4 MiB over a poor mobile network */
#define DEADLINE_KEY       "posa-deadline"
#define MAX_SMALL_BODY     65536
#define REPORTS_PATH       "/v1/reports/"
#define CERTIFICATE_KEY    "posa-certificate"

struct _PosaPortalServer
{
  PosaPortal *portal;
  SoupServer *soup;
  GTlsCertificate *authority;
};

typedef struct
{
  const char *method, *path;
  gboolean has_rest;     /* the path goes on after this part */
  gboolean needs_device; /* a client certificate that this portal issued */
  gboolean takes_revoked;
  void (*handle) (PosaPortalRequest *request);
} Route;

static const Route routes[] = {
  { "GET", "/v1/status", FALSE, FALSE, FALSE, posa_portal_request_status },
  { "GET", "/v1/ca.pem", FALSE, FALSE, FALSE, posa_portal_request_ca },
  { "POST", "/v1/enrol", FALSE, FALSE, FALSE, posa_portal_request_enrol },
  { "GET", "/v1/changes", FALSE, TRUE, FALSE, posa_portal_request_changes },
  { "GET", "/v1/receipts", FALSE, TRUE, FALSE, posa_portal_request_receipts },
  { "PUT", REPORTS_PATH, TRUE, TRUE, TRUE, posa_portal_request_report },
};

static const Route *
find_route (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (routes[i].has_rest ? g_str_has_prefix (path, routes[i].path)
                           : g_str_equal (path, routes[i].path))
      return &routes[i];
  return NULL;
}

/* ---- who is there ---- */

/* Without this handler SoupServer refuses every client certificate, good ones too. A bad one is let
 * through to find_device(), which knows what we issued and can say what is wrong; the handshake
 * itself proves the key. */
static gboolean
accept_certificate_cb (SoupServerMessage *message,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer data)
{
  return TRUE;
}

/* The certificate of a connection: SoupServer tells it with the first request only, and a device
 * sends many, so it stays with the socket. Borrowed, NULL for none. */
static GTlsCertificate *
get_certificate (SoupServerMessage *message)
{
  GTlsCertificate *certificate = soup_server_message_get_tls_peer_certificate (message);
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket == NULL)
    return NULL;
  if (certificate != NULL)
    g_object_set_data_full (G_OBJECT (socket), CERTIFICATE_KEY, g_object_ref (certificate),
                            g_object_unref);
  return g_object_get_data (G_OBJECT (socket), CERTIFICATE_KEY);
}

/* The device whose certificate the handshake proved, exactly as we issued it. FALSE: answered. */
static gboolean
find_device (PosaPortalServer *self, const Route *route, PosaPortalRequest *request)
{
  GTlsCertificate *certificate = get_certificate (request->message);
  g_autoptr (GByteArray) der = NULL;
  GError *error = NULL;

  if (certificate == NULL || g_tls_certificate_verify (certificate, NULL, self->authority) != 0)
    {
      posa_portal_request_refuse (request, SOUP_STATUS_UNAUTHORIZED, "certificate-needed",
                                  "this needs the TLS certificate of an enrolled device");
      return FALSE;
    }
  g_object_get (certificate, "certificate", &der, NULL);
  g_autofree char *fingerprint =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  request->device = posa_portal_find_device (self->portal, fingerprint, &error);
  if (error != NULL)
    posa_portal_request_fail (request, error);
  else if (request->device == NULL)
    posa_portal_request_refuse (request, SOUP_STATUS_FORBIDDEN, "certificate-unknown",
                                "this certificate is of no enrolled device");
  else if (request->device->revoked && !route->takes_revoked)
    posa_portal_request_refuse (request, SOUP_STATUS_FORBIDDEN, "device-revoked",
                                "this device is revoked");
  else
    return TRUE;
  return FALSE;
}

/* ---- requests ---- */

static gboolean
deadline_cb (gpointer data)
{
  SoupServerMessage *message = data;
  GSocket *socket = soup_server_message_get_socket (message);

  g_object_set_data (G_OBJECT (message), DEADLINE_KEY, NULL);
  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
clear_deadline (gpointer data)
{
  GSource *source = data;

  g_source_destroy (source);
  g_source_unref (source);
}

/* Ends the connection, whatever it is at, @seconds from now. */
static void
set_deadline (SoupServerMessage *message, guint seconds)
{
  GSource *deadline = g_timeout_source_new_seconds (seconds);

  g_source_set_callback (deadline, deadline_cb, message, NULL);
  g_source_attach (deadline, NULL);
  g_object_set_data_full (G_OBJECT (message), DEADLINE_KEY, deadline, clear_deadline);
}

/* How large a body may be: a report only from somebody with a certificate. */
static goffset
get_body_limit (SoupServerMessage *message, const char *path)
{
  return g_str_has_prefix (path, REPORTS_PATH) && get_certificate (message) != NULL
             ? POSA_WIRE_MAX_BODY
             : MAX_SMALL_BODY;
}

/* After the headers and before the body: what cannot be taken is not kept while it arrives. */
static void
check_headers_cb (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  GHashTable *query,
                  gpointer data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  PosaPortalRequest request = { .message = message };
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);

  if (get_certificate (message) != NULL)
    set_deadline (message, UPLOAD_DEADLINE_S);
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) > get_body_limit (message, path))
    posa_portal_request_refuse (&request, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too-large",
                                "a report has at most 4 MiB, anything else 64 KiB");
  else if (encoding != SOUP_ENCODING_CONTENT_LENGTH && encoding != SOUP_ENCODING_NONE)
    posa_portal_request_refuse (&request, SOUP_STATUS_LENGTH_REQUIRED, "length-needed",
                                "a body needs its Content-Length");
  else
    return;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
}

static void
handle_cb (SoupServer *soup,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer data)
{
  PosaPortalServer *self = data;
  const Route *route = find_route (path);
  PosaPortalRequest request = { .portal = self->portal, .message = message, .query = query };

  /* Whatever the first request is for. */
  get_certificate (message);
  if (route == NULL)
    {
      posa_portal_request_refuse (&request, SOUP_STATUS_NOT_FOUND, "not-found",
                                  "there is nothing at this path");
      return;
    }
  if (!g_str_equal (soup_server_message_get_method (message), route->method))
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                    route->method);
      posa_portal_request_refuse (&request, SOUP_STATUS_METHOD_NOT_ALLOWED, "method-not-allowed",
                                  route->method);
      return;
    }
  request.rest = path + strlen (route->path);
  if (!route->needs_device || find_device (self, route, &request))
    route->handle (&request);
  g_clear_pointer (&request.device, posa_portal_device_free);
}

static void
request_started_cb (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  set_deadline (message, REQUEST_DEADLINE_S);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), NULL);
}

static void
request_ended_cb (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  g_object_set_data (G_OBJECT (message), DEADLINE_KEY, NULL);
}

/* ---- listening ---- */

static GSocketConnectable *
parse_address (const char *address, GError **error)
{
  g_autoptr (GError) fault = NULL;
  GSocketConnectable *parsed =
      strrchr (address, ':') != NULL ? g_network_address_parse (address, 0, &fault) : NULL;

  if (parsed == NULL)
    g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "\"%s\": expected HOST:PORT", address);
  return parsed;
}

char *
posa_portal_server_parse_host (const char *address, GError **error)
{
  g_autoptr (GSocketConnectable) parsed = parse_address (address, error);

  return parsed != NULL ? g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)))
                        : NULL;
}

static gboolean
listen_on (PosaPortalServer *self, const char *address, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = parse_address (address, error);

  if (connectable == NULL)
    return FALSE;
  g_autoptr (GSocketAddressEnumerator) all = g_socket_connectable_enumerate (connectable);
  g_autoptr (GSocketAddress) first = g_socket_address_enumerator_next (all, NULL, error);
  if (first != NULL && soup_server_listen (self->soup, first, SOUP_SERVER_LISTEN_HTTPS, error))
    return TRUE;
  posa_error_convert (error, POSA_ERROR_FAILED);
  g_prefix_error (error, "cannot listen on %s: ", address);
  return FALSE;
}

PosaPortalServer *
posa_portal_server_new (PosaPortal *portal, const char *address, GError **error)
{
  g_autoptr (PosaPortalServer) self = g_new0 (PosaPortalServer, 1);
  g_autoptr (GTlsCertificate) certificate = posa_portal_ca_load_server (portal->ca, error);

  self->portal = portal;
  if (certificate == NULL)
    return NULL;
  const char *path = posa_portal_ca_get_path (portal->ca);
  self->authority = g_tls_certificate_new_from_file (path, error);
  g_autoptr (GTlsDatabase) anchors = self->authority != NULL ? g_tls_file_database_new (path, error)
                                                             : NULL;
  if (anchors == NULL)
    {
      posa_error_convert (error, POSA_ERROR_DAMAGED);
      return NULL;
    }
  self->soup = soup_server_new ("server-header", "posa-portal", "tls-certificate", certificate,
                                "tls-database", anchors, "tls-auth-mode",
                                G_TLS_AUTHENTICATION_REQUESTED, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (request_started_cb), self);
  g_signal_connect (self->soup, "request-finished", G_CALLBACK (request_ended_cb), self);
  g_signal_connect (self->soup, "request-aborted", G_CALLBACK (request_ended_cb), self);
  soup_server_add_early_handler (self->soup, NULL, check_headers_cb, self, NULL);
  soup_server_add_handler (self->soup, NULL, handle_cb, self, NULL);
  return listen_on (self, address, error) ? g_steal_pointer (&self) : NULL;
}

guint
posa_portal_server_get_port (PosaPortalServer *self)
{
  GSList *uris = soup_server_get_uris (self->soup);
  guint port = uris != NULL ? (guint) g_uri_get_port (uris->data) : 0;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

void
posa_portal_server_free (PosaPortalServer *self)
{
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  g_clear_object (&self->authority);
  g_free (self);
}
