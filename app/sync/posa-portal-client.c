/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "sync/posa-portal-client.h"

#include "base/posa-error.h"
#include "sync/posa-wire-crypto.h"
#include "sync/posa-wire.h"

#include <libsoup/soup.h>
#include <string.h>

#define IO_TIMEOUT_S    20  /* without a byte */
#define CALL_DEADLINE_S 300 /* a whole exchange, also one that trickles */
#define MAX_RETRY_S     3600
#define READ_CHUNK      65536
#define DIGEST_PROBLEM  "urn:posa:problem:digest-mismatch"
#define JSON_TYPE       "application/json"
#define PROBLEM_TYPE    "application/problem+json"
#define PEM_TYPE        "application/x-pem-file"

struct _PosaPortalClient
{
  char *base; /* without a slash at the end */
  GMainContext *context;
  SoupSession *session;
  GTlsCertificate *identity; /* NULL before the enrolment */
  gboolean blind;            /* of posa_portal_client_fetch_ca() only */
};

void
posa_portal_reply_free (PosaPortalReply *self)
{
  g_clear_pointer (&self->content, g_bytes_unref);
  g_free (self);
}

/* ---- making ---- */

static char *
check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 ||
      g_uri_get_host (uri) == NULL || strlen (g_uri_get_path (uri)) > 1 ||
      g_uri_get_query (uri) != NULL || g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE,
                   "\"%s\": the portal's address is https://HOST or https://HOST:PORT", url);
      return NULL;
    }
  char *base = g_uri_to_string (uri);
  if (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  return base;
}

static PosaPortalClient *
client_new (const char *url, GError **error)
{
  g_autofree char *base = check_url (url, error);

  if (base == NULL)
    return NULL;
  PosaPortalClient *self = g_new0 (PosaPortalClient, 1);
  self->base = g_steal_pointer (&base);
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("timeout", IO_TIMEOUT_S, "user-agent",
                                                 "posa/" POSA_VERSION, "max-conns-per-host", 1,
                                                 NULL);
  g_main_context_pop_thread_default (self->context);
  return self;
}

PosaPortalClient *
posa_portal_client_new (const char *url,
                        const char *ca_path,
                        const char *certificate_path,
                        const char *key_path,
                        GError **error)
{
  g_autoptr (PosaPortalClient) self = client_new (url, error);

  if (self == NULL)
    return NULL;
  g_autoptr (GTlsDatabase) authority = g_tls_file_database_new (ca_path, error);
  if (authority != NULL && certificate_path != NULL)
    self->identity = g_tls_certificate_new_from_files (certificate_path, key_path, error);
  if (authority == NULL || (certificate_path != NULL && self->identity == NULL))
    {
      posa_error_convert (error, POSA_ERROR_DAMAGED);
      g_prefix_error (error, "%s: ", authority == NULL ? ca_path : certificate_path);
      return NULL;
    }
  soup_session_set_tls_database (self->session, authority);
  return g_steal_pointer (&self);
}

void
posa_portal_client_free (PosaPortalClient *self)
{
  g_main_context_push_thread_default (self->context);
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  /* The connections close in the background; without this they would outlive the context. */
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  g_clear_object (&self->identity);
  g_free (self->base);
  g_free (self);
}

/* ---- one call ---- */

typedef struct
{
  PosaPortalClient *client;
  SoupMessage *message;
  GCancellable *cancellable; /* of the call: the caller's, or the deadline */
  gboolean late;
  gboolean done;
  GInputStream *stream;
  GError *error;
} Call;

static gboolean
accept_anyone_cb (SoupMessage *message,
                  GTlsCertificate *certificate,
                  GTlsCertificateFlags errors,
                  gpointer data)
{
  return TRUE;
}

static gboolean
deadline_cb (gpointer data)
{
  Call *call = data;

  call->late = TRUE;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
sent_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  call->stream = soup_session_send_finish (SOUP_SESSION (session), result, &call->error);
  call->done = TRUE;
}

static void
read_cb (GObject *stream, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (GBytes)
      chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, &call->error);
  GByteArray *content = g_object_get_data (stream, "content");

  if (chunk != NULL)
    g_byte_array_append (content, g_bytes_get_data (chunk, NULL), (guint) g_bytes_get_size (chunk));
  call->done = chunk == NULL || g_bytes_get_size (chunk) == 0 || content->len > POSA_WIRE_MAX_REPLY;
  if (!call->done)
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), READ_CHUNK, G_PRIORITY_DEFAULT,
                                     call->cancellable, read_cb, call);
}

static void
wait (Call *call)
{
  while (!call->done)
    g_main_context_iteration (call->client->context, TRUE);
  call->done = FALSE;
}

static const char *
explain_certificate (GTlsCertificateFlags flags)
{
  if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return "its certificate is not of the authority that this device was enrolled by";
  if ((flags & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return "its certificate is for another host";
  if ((flags & G_TLS_CERTIFICATE_EXPIRED) != 0)
    return "its certificate has expired (or the clock of this tablet is wrong)";
  if ((flags & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
    return "its certificate is not valid yet (or the clock of this tablet is wrong)";
  return "its certificate does not hold";
}

/* What went wrong, in our words; takes the call's error. */
static void
fail (Call *call, GError **error)
{
  GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors (call->message);
  GError *fault = g_steal_pointer (&call->error);
  const char *base = call->client->base;

  if (call->late)
    g_set_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "%s: no whole answer within %d s", base,
                 CALL_DEADLINE_S);
  else if (flags != 0 && !call->client->blind)
    g_set_error (error, POSA_ERROR, POSA_ERROR_PORTAL_UNTRUSTED, "%s: %s", base,
                 explain_certificate (flags));
  else if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error (error, POSA_ERROR, POSA_ERROR_CANCELLED, "%s: cancelled", base);
  else if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "%s: no answer within %d s", base,
                 IO_TIMEOUT_S);
  else if (g_error_matches (fault, G_TLS_ERROR, G_TLS_ERROR_MISC) ||
           g_error_matches (fault, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS))
    g_set_error (
        error, POSA_ERROR, POSA_ERROR_OFFLINE,
        "%s: what answers does not talk as the portal does (%s); perhaps this network asks "
        "for a sign-in",
        base, fault->message);
  else
    g_set_error (error, POSA_ERROR, POSA_ERROR_OFFLINE, "%s: %s", base,
                 fault != NULL ? fault->message : "no answer");
  g_clear_error (&fault);
}

static gboolean
is_of_api (SoupMessage *message)
{
  const char *type =
      soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);

  return g_strcmp0 (type, JSON_TYPE) == 0 || g_strcmp0 (type, PROBLEM_TYPE) == 0 ||
         g_strcmp0 (type, PEM_TYPE) == 0;
}

static gint64
get_retry_after (SoupMessage *message)
{
  const char *text =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint64 seconds = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    return 0;
  return (gint64) MIN (seconds, MAX_RETRY_S) * G_USEC_PER_SEC;
}

static PosaPortalReply *
read_reply (Call *call, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  guint status = soup_message_get_status (call->message);

  g_object_set_data (G_OBJECT (call->stream), "content", content);
  g_input_stream_read_bytes_async (call->stream, READ_CHUNK, G_PRIORITY_DEFAULT, call->cancellable,
                                   read_cb, call);
  wait (call);
  if (call->error != NULL)
    {
      fail (call, error);
      return NULL;
    }
  if (!is_of_api (call->message) || content->len > POSA_WIRE_MAX_REPLY)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_OFFLINE,
                   "%s: what answers (status %u) is not the portal; perhaps this network asks for "
                   "a sign-in",
                   call->client->base, status);
      return NULL;
    }
  PosaPortalReply *reply = g_new0 (PosaPortalReply, 1);
  reply->status = status;
  reply->retry_after_us = get_retry_after (call->message);
  reply->content = g_byte_array_free_to_bytes (g_steal_pointer (&content));
  return reply;
}

/* Set when it is asked for, and not before: libsoup gives what is set before to the first
 * connection it tries and forgets it for the next. */
static gboolean
request_certificate_cb (SoupMessage *message, GTlsClientConnection *connection, gpointer data)
{
  soup_message_set_tls_client_certificate (message, data);
  return TRUE;
}

/* A message that libsoup sends again, because the kept connection was dead, has lost its body. */
static void
restarted_cb (SoupMessage *message, gpointer data)
{
  const PosaPortalBody *body = data;

  soup_message_set_request_body_from_bytes (message, body->type, body->content);
}

static SoupMessage *
make_message (PosaPortalClient *self,
              const char *method,
              const char *path,
              const PosaPortalBody *body)
{
  g_autofree char *url = g_strconcat (self->base, path, NULL);
  SoupMessage *message = soup_message_new (method, url);

  if (message == NULL)
    return NULL;
  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  if (self->blind)
    g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_anyone_cb), NULL);
  if (self->identity != NULL)
    g_signal_connect (message, "request-certificate", G_CALLBACK (request_certificate_cb),
                      self->identity);
  if (body == NULL)
    return message;
  soup_message_set_request_body_from_bytes (message, body->type, body->content);
  g_signal_connect (message, "restarted", G_CALLBACK (restarted_cb), (gpointer) body);
  if (g_str_equal (method, "PUT"))
    {
      SoupMessageHeaders *headers = soup_message_get_request_headers (message);
      g_autofree char *digest = posa_wire_content_digest (body->content);
      soup_message_headers_replace (headers, "Content-Digest", digest);
      soup_message_headers_replace (headers, "If-None-Match", "*");
    }
  return message;
}

static PosaPortalReply *
run_call (Call *call, GCancellable *cancellable, GError **error)
{
  PosaPortalReply *reply = NULL;
  GSource *deadline = g_timeout_source_new_seconds (CALL_DEADLINE_S);
  gulong handler =
      cancellable != NULL
          ? g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), call->cancellable, NULL)
          : 0;

  g_source_set_callback (deadline, deadline_cb, call, NULL);
  g_source_attach (deadline, call->client->context);
  soup_session_send_async (call->client->session, call->message, G_PRIORITY_DEFAULT,
                           call->cancellable, sent_cb, call);
  wait (call);
  if (call->stream != NULL)
    reply = read_reply (call, error);
  else
    fail (call, error);
  g_cancellable_disconnect (cancellable, handler);
  g_source_destroy (deadline);
  g_source_unref (deadline);
  return reply;
}

PosaPortalReply *
posa_portal_client_send (PosaPortalClient *self,
                         const char *method,
                         const char *path,
                         const PosaPortalBody *body,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GCancellable) own = g_cancellable_new ();
  g_autoptr (SoupMessage) message = make_message (self, method, path, body);
  Call call = { .client = self, .message = message, .cancellable = own };

  if (message == NULL)
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_FAILED, "%s%s: not an address", self->base, path);
      return NULL;
    }
  g_main_context_push_thread_default (self->context);
  PosaPortalReply *reply = run_call (&call, cancellable, error);
  g_clear_object (&call.stream);
  g_main_context_pop_thread_default (self->context);
  return reply;
}

static PosaErrorCode
code_of_status (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return POSA_ERROR_ACCESS_DENIED;
    case SOUP_STATUS_CONFLICT:
      return POSA_ERROR_CONFLICT;
    case SOUP_STATUS_GONE:
      return POSA_ERROR_NOT_FOUND;
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case 429:
      return POSA_ERROR_OFFLINE;
    default:
      /* Also a redirect: the portal sends none. */
      return status >= 500 || status < 400 ? POSA_ERROR_OFFLINE : POSA_ERROR_PORTAL_REFUSED;
    }
}

gboolean
posa_portal_reply_check (const PosaPortalReply *self, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (self->content, &size);

  if (self->status >= 200 && self->status < 300)
    return TRUE;
  g_autoptr (PosaWireProblem)
      problem = posa_wire_problem_from_text (text != NULL ? text : "", (gssize) size, NULL);
  PosaErrorCode code = code_of_status (self->status);
  /* The bytes changed on their way: they are sent again. */
  if (problem != NULL && g_str_equal (problem->type, DIGEST_PROBLEM))
    code = POSA_ERROR_OFFLINE;
  g_set_error (error, POSA_ERROR, (int) code, "the portal answers %u: %s", self->status,
               problem == NULL           ? "without saying why"
               : problem->detail != NULL ? problem->detail
                                         : problem->title);
  return FALSE;
}

/* ---- first contact ---- */

static char *
clean_fingerprint (const char *fingerprint)
{
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const char *p = fingerprint; *p != '\0'; p++)
    if (*p != ':' && !g_ascii_isspace (*p))
      g_string_append_c (clean, g_ascii_tolower (*p));
  return g_string_free_and_steal (g_steal_pointer (&clean));
}

char *
posa_portal_client_fetch_ca (const char *url,
                             const char *fingerprint,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autofree char *wanted = clean_fingerprint (fingerprint);
  g_autoptr (PosaPortalClient) self = client_new (url, error);

  if (self == NULL)
    return NULL;
  self->blind = TRUE;
  g_autoptr (PosaPortalReply)
      reply = posa_portal_client_send (self, "GET", "/v1/ca.pem", NULL, cancellable, error);
  if (reply == NULL || !posa_portal_reply_check (reply, error))
    return NULL;
  g_autofree char *pem =
      g_strndup (g_bytes_get_data (reply->content, NULL), g_bytes_get_size (reply->content));
  g_autofree char *found = posa_wire_certificate_fingerprint (pem, NULL);
  if (found != NULL && g_str_equal (found, wanted))
    return g_steal_pointer (&pem);
  g_set_error (error, POSA_ERROR, POSA_ERROR_PORTAL_UNTRUSTED,
               "%s: its authority is not the one with this fingerprint", url);
  return NULL;
}
