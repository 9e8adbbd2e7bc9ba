/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "sync/posa-sync.h"

#include "base/posa-error.h"
#include "sync/posa-sync-private.h"

#include <glib/gi18n-lib.h>

#define MAX_BACKOFF_S    (15 * 60)
#define MAX_BACKOFF_BITS 10

gint64
posa_sync_backoff (guint attempts, gint64 retry_after_us)
{
  gint32 limit = MIN (1 << MIN (attempts, MAX_BACKOFF_BITS), MAX_BACKOFF_S);
  gint64 wait = (gint64) (g_random_double () * limit * G_USEC_PER_SEC);

  return MAX (wait, retry_after_us);
}

gboolean
posa_sync_is_final (const GError *error)
{
  static const int codes[] = { POSA_ERROR_CANCELLED, POSA_ERROR_PORTAL_UNTRUSTED,
                               POSA_ERROR_DAMAGED, POSA_ERROR_DISK_FULL, POSA_ERROR_FAILED };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, POSA_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

char *
posa_sync_get (PosaSyncRun *self, const char *path, gsize *size, GError **error)
{
  g_autoptr (PosaPortalReply)
      reply = posa_portal_client_send (self->client, "GET", path, NULL,
                                       posa_operation_peek_cancellable (self->operation), error);

  if (reply == NULL || !posa_portal_reply_check (reply, error))
    return NULL;
  *size = g_bytes_get_size (reply->content);
  return g_strndup (g_bytes_get_data (reply->content, NULL), *size);
}

/* Whether anybody is there, before an attempt is counted against each report. */
static gboolean
greet (PosaSyncRun *self, GError **error)
{
  gsize size;

  posa_operation_report (self->operation, 0.0, _ ("Calling the portal"));
  g_autofree char *status = posa_sync_get (self, "/v1/status", &size, error);
  return status != NULL;
}

typedef gboolean (*Part) (PosaSyncRun *self, GError **error);

/* A part that fails does not keep the next one from its work, unless that is of no use. A revoked
 * device too brings its reports: the portal keeps them aside (field-work.md 6.3). */
static gboolean
run_parts (PosaSyncRun *self, GError **error)
{
  static const Part parts[] = { posa_sync_pull, posa_sync_fetch_receipts, posa_sync_push };
  g_autoptr (GError) first = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GError) fault = NULL;
      if (parts[i](self, &fault))
        continue;
      gboolean final = posa_sync_is_final (fault);
      if (first == NULL || final)
        {
          g_clear_error (&first);
          first = g_steal_pointer (&fault);
        }
      if (final)
        break;
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
posa_sync_run (PosaStore *store,
               const PosaIdentity *identity,
               const char *url,
               PosaSyncSummary *summary,
               PosaOperation *operation,
               GError **error)
{
  g_autoptr (PosaPortalClient)
      client = posa_portal_client_new (url, posa_identity_get_ca_path (identity),
                                       posa_identity_get_tls_certificate_path (identity),
                                       posa_identity_get_tls_key_path (identity), error);
  PosaSyncRun run = { store, identity, client, summary, operation };

  *summary = (PosaSyncSummary) { 0 };
  return client != NULL && greet (&run, error) && run_parts (&run, error);
}
