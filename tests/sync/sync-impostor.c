/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync-impostor.h"

#include <libsoup/soup.h>
#include <string.h>

struct _SyncImpostor
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *soup;
  GTlsCertificate *certificate;
  const SyncImpostorAnswer *answers;
  guint port;
  GMutex lock;
  GCond ready;
};

static void
handle_cb (SoupServer *soup,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer data)
{
  SyncImpostor *self = data;
  const char *method = soup_server_message_get_method (message);

  for (const SyncImpostorAnswer *answer = self->answers; answer->path != NULL; answer++)
    {
      if ((answer->method != NULL && !g_str_equal (answer->method, method)) ||
          !g_str_has_prefix (path, answer->path))
        continue;
      soup_server_message_set_status (message, answer->status, NULL);
      soup_server_message_set_response (message, answer->type, SOUP_MEMORY_COPY, answer->body,
                                        strlen (answer->body));
      if (answer->header != NULL)
        soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                      answer->header, answer->value);
      return;
    }
  soup_server_message_set_status (message, 404, NULL);
}

static gboolean
accept_cb (SoupServerMessage *message,
           GTlsCertificate *certificate,
           GTlsCertificateFlags errors,
           gpointer data)
{
  return TRUE;
}

static void
started_cb (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_cb), NULL);
}

static gpointer
thread_main (gpointer data)
{
  SyncImpostor *self = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->soup = soup_server_new ("tls-certificate", self->certificate, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (started_cb), self);
  soup_server_add_handler (self->soup, NULL, handle_cb, self, NULL);
  soup_server_listen_local (self->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS,
                            &error);
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (self->soup);
  g_mutex_lock (&self->lock);
  self->port = (guint) g_uri_get_port (uris->data);
  g_cond_signal (&self->ready);
  g_mutex_unlock (&self->lock);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (self->loop);
  soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

SyncImpostor *
sync_impostor_new (const char *certificate, const char *key, const SyncImpostorAnswer *answers)
{
  SyncImpostor *self = g_new0 (SyncImpostor, 1);
  g_autoptr (GError) error = NULL;

  self->certificate = g_tls_certificate_new_from_files (certificate, key, &error);
  g_assert_no_error (error);
  self->answers = answers;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_mutex_init (&self->lock);
  g_cond_init (&self->ready);
  self->thread = g_thread_new ("impostor", thread_main, self);
  g_mutex_lock (&self->lock);
  while (self->port == 0)
    g_cond_wait (&self->ready, &self->lock);
  g_mutex_unlock (&self->lock);
  return self;
}

SyncImpostor *
sync_impostor_of (RigPortal *portal, const SyncImpostorAnswer *answers)
{
  g_autofree char *certificate = g_build_filename (portal->folder, "ca", "server.pem", NULL);
  g_autofree char *key = g_build_filename (portal->folder, "ca", "server-key.pem", NULL);

  return sync_impostor_new (certificate, key, answers);
}

char *
sync_impostor_get_url (SyncImpostor *self)
{
  return g_strdup_printf ("https://127.0.0.1:%u", self->port);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
sync_impostor_free (SyncImpostor *self)
{
  g_main_context_invoke (self->context, quit_cb, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_clear_object (&self->certificate);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ready);
  g_free (self);
}
