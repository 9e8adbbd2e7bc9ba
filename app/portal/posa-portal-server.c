/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "portal/posa-portal-server.h"

#include "base/posa-error.h"
#include "portal/posa-portal-listener.h"
#include "portal/posa-portal-request.h"

#include <string.h>

#define REQUEST_DEADLINE_S 30
#define UPLOAD_DEADLINE_S  300 /* of a device: 4 MiB over a poor mobile network */
#define MAX_SMALL_BODY     65536
#define REPORTS_PATH       "/v1/reports/"

struct _PosaPortalServer
{
  PosaPortal *portal;
  SoupServer *soup;
  PosaPortalListener *listener;
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

/* The device whose certificate the handshake proved, exactly as we issued it. FALSE: answered. */
static gboolean
find_device (PosaPortalServer *self, const Route *route, PosaPortalRequest *request)
{
  GTlsCertificate *certificate =
      posa_portal_listener_get_certificate (self->listener, request->message);
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

/* After the headers and before the body: what cannot be taken is not kept while it arrives. */
static void
check_headers_cb (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  GHashTable *query,
                  gpointer data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  PosaPortalServer *self = data;
  PosaPortalRequest request = { .message = message };
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);
  gboolean known = posa_portal_listener_get_certificate (self->listener, message) != NULL;
  /* Only from somebody with a certificate it may be a report. */
  goffset limit = known && g_str_has_prefix (path, REPORTS_PATH) ? POSA_WIRE_MAX_BODY
                                                                 : MAX_SMALL_BODY;

  posa_portal_listener_set_deadline (self->listener, message,
                                     known ? UPLOAD_DEADLINE_S : REQUEST_DEADLINE_S);
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) > limit)
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
request_ended_cb (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  PosaPortalServer *self = data;

  posa_portal_listener_set_deadline (self->listener, message, REQUEST_DEADLINE_S);
}

PosaPortalServer *
posa_portal_server_new (PosaPortal *portal, const char *address, GError **error)
{
  g_autoptr (PosaPortalServer) self = g_new0 (PosaPortalServer, 1);
  g_autoptr (GTlsCertificate) certificate = posa_portal_ca_load_server (portal->ca, error);

  self->portal = portal;
  if (certificate == NULL)
    return NULL;
  self->authority = g_tls_certificate_new_from_file (posa_portal_ca_get_path (portal->ca), error);
  if (self->authority == NULL)
    {
      posa_error_convert (error, POSA_ERROR_DAMAGED);
      return NULL;
    }
  self->soup = soup_server_new ("server-header", "posa-portal", NULL);
  g_signal_connect (self->soup, "request-finished", G_CALLBACK (request_ended_cb), self);
  soup_server_add_early_handler (self->soup, NULL, check_headers_cb, self, NULL);
  soup_server_add_handler (self->soup, NULL, handle_cb, self, NULL);
  self->listener = posa_portal_listener_new (self->soup, certificate, address, error);
  return self->listener != NULL ? g_steal_pointer (&self) : NULL;
}

guint
posa_portal_server_get_port (PosaPortalServer *self)
{
  return posa_portal_listener_get_port (self->listener);
}

void
posa_portal_server_free (PosaPortalServer *self)
{
  g_clear_pointer (&self->listener, posa_portal_listener_free);
  g_clear_object (&self->soup);
  g_clear_object (&self->authority);
  g_free (self);
}
