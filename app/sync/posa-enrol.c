/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "sync/posa-enrol.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "store/posa-setting-store.h"
#include "sync/posa-identity.h"
#include "sync/posa-portal-client.h"
#include "sync/posa-wire-crypto.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define CA_LIMIT   65536
#define PINNED     "portal-ca.pem"
#define ENROL_PATH "/v1/enrol"

static char *
read_ca (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = posa_file_read (path, CA_LIMIT, error);

  if (bytes == NULL)
    return NULL;
  g_autofree char *pem = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *fingerprint = posa_wire_certificate_fingerprint (pem, error);
  if (fingerprint != NULL)
    return g_steal_pointer (&pem);
  g_prefix_error (error, "%s: ", path);
  return NULL;
}

static char *
get_ca (const char *url, const PosaEnrolTrust *trust, GCancellable *cancellable, GError **error)
{
  if ((trust->ca_path != NULL) == (trust->fingerprint != NULL))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_USAGE,
                           "either the authority's file or its fingerprint is needed");
      return NULL;
    }
  return trust->ca_path != NULL
             ? read_ca (trust->ca_path, error)
             : posa_portal_client_fetch_ca (url, trust->fingerprint, cancellable, error);
}

/* The TLS library wants a file, and an absolute path to it. */
static char *
pin_ca (const char *folder, const char *ca, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree char *path = g_build_filename (absolute, PINNED, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (ca, strlen (ca));

  return posa_file_write (path, bytes, 0600, error) ? g_steal_pointer (&path) : NULL;
}

static PosaWireEnrolAnswer *
ask_portal (const char *url,
            const char *ca_path,
            const PosaWireEnrolRequest *request,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (PosaPortalClient) client = posa_portal_client_new (url, ca_path, NULL, NULL, error);
  g_autofree char *text = posa_wire_enrol_request_to_text (request);
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));
  PosaPortalBody body = { "application/json", content };
  gsize size;

  if (client == NULL)
    return NULL;
  g_autoptr (PosaPortalReply)
      reply = posa_portal_client_send (client, "POST", ENROL_PATH, &body, cancellable, error);
  if (reply == NULL || !posa_portal_reply_check (reply, error))
    return NULL;
  const char *answer = g_bytes_get_data (reply->content, &size);
  return posa_wire_enrol_answer_from_text (answer != NULL ? answer : "", (gssize) size, error);
}

static gboolean
record (PosaStore *store, const char *url, const PosaWireEnrolAnswer *answer, GError **error)
{
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (store, error);

  return transaction != NULL &&
         posa_setting_store_set (store, POSA_SETTING_DEVICE_ID, answer->device_id, error) &&
         posa_setting_store_set (store, POSA_SETTING_CREW_ID, answer->crew_id, error) &&
         posa_setting_store_set (store, POSA_SETTING_CONTRACTOR, answer->contractor, error) &&
         posa_setting_store_set (store, POSA_SETTING_OPERATOR_BADGE, answer->operator_badge,
                                 error) &&
         posa_setting_store_set (store, POSA_SETTING_OPERATOR_NAME, answer->operator_name, error) &&
         posa_setting_store_set (store, POSA_SETTING_CLIENT_TITLE, answer->client_title, error) &&
         posa_setting_store_set (store, POSA_SETTING_PORTAL, url, error) &&
         posa_transaction_commit (g_steal_pointer (&transaction), error);
}

gboolean
posa_enrol_run (const char *folder,
                PosaStore *store,
                const char *url,
                const char *code,
                const PosaEnrolTrust *trust,
                PosaOperation *operation,
                GError **error)
{
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);

  if (posa_identity_exists (folder))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_CONFLICT, "%s: this device is enrolled already",
                   folder);
      return FALSE;
    }
  posa_operation_report (operation, 0.1, _ ("Checking that it is our portal"));
  g_autofree char *ca = get_ca (url, trust, cancellable, error);
  g_autofree char *ca_path = ca != NULL ? pin_ca (folder, ca, error) : NULL;
  if (ca_path == NULL)
    return FALSE;
  posa_operation_report (operation, 0.3, _ ("Making this device's keys"));
  g_autoptr (PosaWireEnrolRequest) request = posa_identity_prepare (folder, code, error);
  if (request == NULL)
    return FALSE;
  posa_operation_report (operation, 0.6, _ ("Asking the portal for certificates"));
  g_autoptr (PosaWireEnrolAnswer) answer = ask_portal (url, ca_path, request, cancellable, error);
  g_unlink (ca_path);
  if (answer == NULL)
    {
      g_prefix_error_literal (error, "enrolment: ");
      return FALSE;
    }
  /* The identity comes last: it is what makes the device enrolled. */
  return record (store, url, answer, error) &&
         posa_identity_complete (folder, url, ca, answer, error);
}
