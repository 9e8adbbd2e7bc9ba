/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-error.h"
#include "store/posa-outbox-store.h"
#include "store/posa-report-store.h"
#include "sync-impostor.h"
#include "sync-proxy.h"
#include "sync-rig.h"
#include "sync/posa-enrol.h"
#include "sync/posa-portal-client.h"
#include "sync/posa-wire-crypto.h"
#include "sync/posa-wire-receipt.h"

#include <locale.h>
#include <string.h>

#define STATUS                                                                                     \
  "{\"portal\":\"p\",\"protocol\":1,\"program_version\":\"1\","                                    \
  "\"time\":\"2026-11-21T00:00:00.000+01:00\"}"
#define NO_CHANGES                                                                                 \
  "{\"format\":\"posa-changes\",\"version\":1,\"cursor\":\"x-1\",\"has_more\":false,"              \
  "\"orders\":[],\"stock\":[]}"
#define NO_RECEIPTS                                                                                \
  "{\"format\":\"posa-receipts\",\"version\":1,\"cursor\":0,\"has_more\":false,\"receipts\":[]}"
#define JSON     "application/json"
#define GREETING { "GET", "/v1/status", 200, JSON, STATUS, NULL, NULL }
#define QUIET                                                                                      \
  GREETING, { "GET", "/v1/changes", 200, JSON, NO_CHANGES, NULL, NULL },                           \
  {                                                                                                \
    "GET", "/v1/receipts", 200, JSON, NO_RECEIPTS, NULL, NULL                                      \
  }
#define END { NULL, NULL, 0, NULL, NULL, NULL, NULL }

typedef struct
{
  RigPortal *portal;
  RigDevice *device;
} Site;

static void
site_open (Site *site, guint n_orders)
{
  site->portal = rig_portal_new ();
  site->device = rig_device_new ();
  rig_device_enrol (site->device, site->portal);
  rig_portal_import (site->portal, 1, n_orders, 1, FALSE);
  rig_device_sync_well (site->device);
}

static void
site_clear (Site *site)
{
  g_clear_pointer (&site->device, rig_device_free);
  g_clear_pointer (&site->portal, rig_portal_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Site, site_clear)

/* ---- cuts ---- */

/* Each report meets a connection that is cut at another byte, then a whole one. */
static void
run_cuts (Site *site, SyncProxyFault fault, guint first, const guint64 *bytes, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = rig_device_report (site->device, first + i, NULL);
      g_autoptr (SyncProxy) proxy = sync_proxy_new (site->portal->port, fault, bytes[i]);
      g_autofree char *url = sync_proxy_get_url (proxy);
      g_autoptr (GError) error = NULL;
      gboolean done = rig_device_sync (site->device, url, &error);
      if (!done)
        g_assert_true (posa_error_is_retryable (error));
      g_test_message ("cut %d after %" G_GUINT64_FORMAT ": %s", fault, bytes[i],
                      rig_device_state (site->device, id));
      g_clear_pointer (&proxy, sync_proxy_free);
      rig_device_sync_well (site->device);
      g_assert_cmpstr (rig_device_state (site->device, id), ==, "DELIVERED");
    }
}

static void
test_cuts (gconstpointer data)
{
  SyncProxyFault fault = (SyncProxyFault) GPOINTER_TO_INT (data);
  g_auto (Site) site = { 0 };
  guint64 bytes[40];
  guint n = G_N_ELEMENTS (bytes);
  guint64 whole = fault == SYNC_PROXY_UP ? 60000 : 4000;

  site_open (&site, n);
  for (guint i = 0; i < n; i++)
    bytes[i] = i < 4 ? i : whole * i / n + i;
  run_cuts (&site, fault, 1, bytes, n);
  g_assert_cmpuint (rig_portal_count (site.portal, "reports"), ==, n);
  g_assert_cmpuint (rig_portal_count (site.portal, "receipts"), ==, n);
  g_assert_cmpuint (rig_portal_count (site.portal, "exceptions"), ==, 0);
}

static void
test_cut_enrolment (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  PosaEnrolTrust trust = { portal->ca_path, NULL };
  guint n = 0;

  for (guint64 bytes = 1; bytes < 6000; bytes += 250, n++)
    {
      g_autoptr (RigDevice) device = rig_device_new ();
      g_autofree char *code = rig_portal_add_code (portal);
      g_autoptr (SyncProxy) proxy = sync_proxy_new (portal->port, SYNC_PROXY_DOWN, bytes);
      g_autofree char *url = sync_proxy_get_url (proxy);
      g_autoptr (GError) error = NULL;
      if (posa_enrol_run (device->folder, device->store, url, code, &trust, NULL, &error))
        continue;
      g_assert_true (posa_error_is_retryable (error));
      g_assert_false (posa_identity_exists (device->folder));
      g_clear_error (&error);
      posa_enrol_run (device->folder, device->store, portal->url, code, &trust, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (rig_portal_count (portal, "devices"), ==, n);
}

static gpointer
cancel_later (gpointer data)
{
  g_usleep (300 * 1000);
  posa_operation_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  g_auto (Site) site = { 0 };
  g_autoptr (PosaOperation) operation = posa_operation_new ("test");
  g_autoptr (GError) error = NULL;

  site_open (&site, 1);
  g_autoptr (SyncProxy) proxy = sync_proxy_new (site.portal->port, SYNC_PROXY_STALL, 0);
  g_autofree char *url = sync_proxy_get_url (proxy);
  GThread *thread = g_thread_new ("cancel", cancel_later, operation);
  gint64 start = g_get_monotonic_time ();
  g_assert_false (posa_sync_run (site.device->store, site.device->identity, url,
                                 &site.device->summary, operation, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 15 * G_USEC_PER_SEC);
  g_thread_join (thread);
}

/* ---- who answers ---- */

static void
expect (Site *site, const char *url, PosaErrorCode code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (rig_device_sync (site->device, url, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, POSA_ERROR, (int) code);
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
}

static void
test_other_authority (void)
{
  g_auto (Site) site = { 0 };
  g_autoptr (RigPortal) other = rig_portal_new ();

  site_open (&site, 1);
  g_autofree char *id = rig_device_report (site.device, 1, NULL);
  expect (&site, other->url, POSA_ERROR_PORTAL_UNTRUSTED, "authority");
  g_assert_cmpuint (rig_portal_count (other, "quarantine"), ==, 0);
  rig_device_sync_well (site.device);
  g_assert_cmpstr (rig_device_state (site.device, id), ==, "DELIVERED");
}

/* A certificate of the portal's own authority that is not right for this moment or host. */
static char *
issue (RigPortal *portal, const char *name, const char *days, const char *names)
{
  g_autofree char *script = g_strdup_printf (
      "set -e; cd '%s/ca'; openssl req -new -key server-key.pem -subj /CN=x -out %s.csr;"
      "printf 'subjectAltName=%s\\nextendedKeyUsage=serverAuth\\n' > %s.ext;"
      "openssl x509 -req -in %s.csr -CA ca.pem -CAkey ca-key.pem %s -extfile %s.ext -out %s.crt",
      portal->folder, name, names, name, name, days, name, name);
  const char *argv[] = { "sh", "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return g_strdup_printf ("%s/ca/%s.crt", portal->folder, name);
}

static void
test_wrong_certificate (void)
{
  static const SyncImpostorAnswer answers[] = { QUIET, END };
  g_auto (Site) site = { 0 };

  site_open (&site, 1);
  g_autofree char *key = g_build_filename (site.portal->folder, "ca", "server-key.pem", NULL);
  g_autofree char *expired = issue (site.portal, "expired",
                                    "-not_before 20200101000000Z -not_after 20200102000000Z",
                                    "IP:127.0.0.1");
  g_autofree char *other = issue (site.portal, "other", "-days 2", "DNS:portal.example.org");
  g_autofree char *good = issue (site.portal, "good", "-days 2", "IP:127.0.0.1");
  g_autoptr (SyncImpostor) first = sync_impostor_new (expired, key, answers);
  g_autoptr (SyncImpostor) second = sync_impostor_new (other, key, answers);
  g_autoptr (SyncImpostor) third = sync_impostor_new (good, key, answers);
  g_autofree char *first_url = sync_impostor_get_url (first);
  g_autofree char *second_url = sync_impostor_get_url (second);
  g_autofree char *third_url = sync_impostor_get_url (third);
  g_autoptr (GError) error = NULL;

  expect (&site, first_url, POSA_ERROR_PORTAL_UNTRUSTED, "expired");
  expect (&site, second_url, POSA_ERROR_PORTAL_UNTRUSTED, "another host");
  rig_device_sync (site.device, third_url, &error); /* the control */
  g_assert_no_error (error);
}

static void
test_sign_in_page (void)
{
  static const SyncImpostorAnswer page[] = { { NULL, "/", 200, "text/html", "<html>", NULL, NULL },
                                             END };
  static const SyncImpostorAnswer redirect[] = { { NULL, "/", 302, "text/html", "", "Location",
                                                   "https://127.0.0.1:1/login" },
                                                 END };
  g_auto (Site) site = { 0 };

  site_open (&site, 1);
  g_autofree char *id = rig_device_report (site.device, 1, NULL);
  g_autoptr (SyncImpostor) over_tls = sync_impostor_of (site.portal, page);
  g_autoptr (SyncImpostor) elsewhere = sync_impostor_of (site.portal, redirect);
  g_autoptr (SyncProxy) plain = sync_proxy_new (site.portal->port, SYNC_PROXY_PLAIN, 0);
  g_autofree char *over_tls_url = sync_impostor_get_url (over_tls);
  g_autofree char *elsewhere_url = sync_impostor_get_url (elsewhere);
  g_autofree char *plain_url = sync_proxy_get_url (plain);
  expect (&site, over_tls_url, POSA_ERROR_OFFLINE, "sign-in");
  expect (&site, elsewhere_url, POSA_ERROR_OFFLINE, "sign-in");
  expect (&site, plain_url, POSA_ERROR_OFFLINE, "sign-in");
  g_assert_cmpstr (rig_device_state (site.device, id), ==, "QUEUED");
}

static void
test_unavailable (void)
{
  static const SyncImpostorAnswer answers[] = { QUIET,
                                                { "PUT", "/v1/reports/", 503, JSON, "{}",
                                                  "Retry-After", "40" },
                                                END };
  g_auto (Site) site = { 0 };
  g_autoptr (GError) error = NULL;

  site_open (&site, 1);
  g_autofree char *id = rig_device_report (site.device, 1, NULL);
  g_autoptr (SyncImpostor) impostor = sync_impostor_of (site.portal, answers);
  g_autofree char *url = sync_impostor_get_url (impostor);
  gint64 before = g_get_real_time ();
  rig_device_sync (site.device, url, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (site.device->summary.waiting, ==, 1);
  g_autoptr (PosaOutboxItem) item = posa_outbox_store_get (site.device->store, id, &error);
  g_assert_cmpint (item->next_attempt_us, >=, before + 40 * G_USEC_PER_SEC);
  g_assert_cmpstr (item->error_nick, ==, "offline");
  rig_device_sync_well (site.device);
  g_assert_cmpstr (rig_device_state (site.device, id), ==, "DELIVERED");
}

/* The portal's disk takes no more: it says so, acknowledges nothing, and goes on serving. */
static void
test_portal_disk_full (void)
{
  g_auto (Site) site = { 0 };
  g_autoptr (GError) error = NULL;

  site_open (&site, 2);
  g_autofree char *first = rig_device_report (site.device, 1, NULL);
  g_autofree char *second = rig_device_report (site.device, 2, NULL);
  rig_portal_stop (site.portal);
  site.portal->file_limit = 50000;
  rig_portal_start (site.portal, 0);
  rig_device_sync (site.device, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (site.device->summary.waiting, ==, 2);
  g_assert_cmpuint (rig_portal_count (site.portal, "receipts"), ==, 0);
  rig_portal_stop (site.portal);
  site.portal->file_limit = 0;
  rig_portal_start (site.portal, 0);
  rig_device_sync_well (site.device);
  g_assert_cmpstr (rig_device_state (site.device, first), ==, "DELIVERED");
  g_assert_cmpstr (rig_device_state (site.device, second), ==, "DELIVERED");
  g_assert_cmpuint (rig_portal_count (site.portal, "reports"), ==, 2);
}

/* ---- receipts that are not what they say ---- */

static PosaWireReceipt *
get_receipt (Site *site, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaOutboxItem) item = posa_outbox_store_get (site->device->store, id, &error);
  gsize size;

  g_assert_nonnull (item->receipt);
  const char *text = g_bytes_get_data (item->receipt, &size);
  PosaWireReceipt *receipt = posa_wire_receipt_from_text (text, (gssize) size, &error);
  g_assert_no_error (error);
  return receipt;
}

static void
expect_not_delivered (Site *site, const char *id, const PosaWireReceipt *receipt)
{
  g_autofree char *text = posa_wire_receipt_to_text (receipt);
  const SyncImpostorAnswer answers[] = { QUIET,
                                         { "PUT", "/v1/reports/", 201, JSON, text, NULL, NULL },
                                         END };
  g_autoptr (SyncImpostor) impostor = sync_impostor_of (site->portal, answers);
  g_autofree char *url = sync_impostor_get_url (impostor);
  g_autoptr (GError) error = NULL;

  rig_device_sync (site->device, url, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rig_device_state (site->device, id), ==, "HELD");
}

static char *
read_text (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_false_receipt (void)
{
  g_auto (Site) site = { 0 };
  g_autoptr (GError) error = NULL;

  site_open (&site, 2);
  g_autofree char *first = rig_device_report (site.device, 1, NULL);
  rig_device_sync_well (site.device);
  g_autofree char *second = rig_device_report (site.device, 2, NULL);
  g_autoptr (PosaWireReceipt) receipt = get_receipt (&site, first);
  g_autoptr (PosaOutboxItem) item = posa_outbox_store_get (site.device->store, second, &error);

  g_assert_no_error (error);
  g_test_message ("the receipt of another report");
  expect_not_delivered (&site, second, receipt);
  g_test_message ("its text changed to name this one");
  g_autoptr (PosaWireStatement)
      statement = posa_wire_statement_from_text (receipt->statement, -1, &error);
  g_assert_no_error (error);
  g_set_str (&statement->report_id, second);
  g_set_str (&statement->sha256, item->sha256);
  g_free (receipt->statement);
  receipt->statement = posa_wire_statement_to_text (statement);
  expect_not_delivered (&site, second, receipt);
  g_test_message ("signed by a device of the same authority");
  const char *key_path = posa_identity_get_tls_key_path (site.device->identity);
  g_autofree char *key = read_text (key_path);
  g_autoptr (GBytes) key_bytes = g_bytes_new (key, strlen (key));
  g_free (receipt->certificate);
  receipt->certificate = read_text (posa_identity_get_tls_certificate_path (site.device->identity));
  g_bytes_unref (receipt->signature);
  receipt->signature = posa_wire_sign (key_bytes, receipt->statement, &error);
  g_assert_no_error (error);
  expect_not_delivered (&site, second, receipt);
  rig_device_sync_well (site.device);
  g_assert_cmpstr (rig_device_state (site.device, second), ==, "DELIVERED");
  g_assert_cmpuint (rig_portal_count (site.portal, "reports"), ==, 2);
}

/* ---- one bad item ---- */

/* A report that the portal will never take stands first; the others pass. */
static void
test_poison (void)
{
  g_auto (Site) site = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) garbage = g_bytes_new_static ("%PDF-1.4 no report", 18);
  PosaReportEntry entry = { .id = (char *) "01890000-0000-7000-8000-000000000001",
                            .number = (char *) "T-000001-000001",
                            .sequence = 1,
                            .order_id = (char *) "W-000001",
                            .created_us = 1 };

  site_open (&site, 3);
  posa_report_store_add (site.device->store, &entry, garbage, &error);
  g_assert_no_error (error);
  posa_outbox_store_add (site.device->store, entry.id, 1, &error);
  g_assert_no_error (error);
  g_autofree char *second = rig_device_report (site.device, 2, NULL);
  g_autofree char *third = rig_device_report (site.device, 3, NULL);
  rig_device_sync_well (site.device);
  g_assert_cmpstr (rig_device_state (site.device, entry.id), ==, "REFUSED");
  g_assert_cmpstr (rig_device_state (site.device, second), ==, "DELIVERED");
  g_assert_cmpstr (rig_device_state (site.device, third), ==, "DELIVERED");
  g_assert_cmpuint (site.device->summary.refused, ==, 1);
  g_assert_cmpuint (rig_portal_count (site.portal, "quarantine"), ==, 1);
}

static void
test_backoff (void)
{
  for (guint attempts = 0; attempts < 40; attempts++)
    for (guint i = 0; i < 50; i++)
      {
        gint64 limit = MIN ((gint64) 1 << MIN (attempts, 20), 900) * G_USEC_PER_SEC;
        g_assert_cmpint (posa_sync_backoff (attempts, 0), >=, 0);
        g_assert_cmpint (posa_sync_backoff (attempts, 0), <=, limit);
        g_assert_cmpint (posa_sync_backoff (attempts, 7777), >=, 7777);
      }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/faults/cut/up", GINT_TO_POINTER (SYNC_PROXY_UP), test_cuts);
  g_test_add_data_func ("/faults/cut/down", GINT_TO_POINTER (SYNC_PROXY_DOWN), test_cuts);
  g_test_add_func ("/faults/cut/enrolment", test_cut_enrolment);
  g_test_add_func ("/faults/cancel", test_cancel);
  g_test_add_func ("/faults/other-authority", test_other_authority);
  g_test_add_func ("/faults/wrong-certificate", test_wrong_certificate);
  g_test_add_func ("/faults/sign-in-page", test_sign_in_page);
  g_test_add_func ("/faults/unavailable", test_unavailable);
  g_test_add_func ("/faults/portal-disk-full", test_portal_disk_full);
  g_test_add_func ("/faults/false-receipt", test_false_receipt);
  g_test_add_func ("/faults/poison", test_poison);
  g_test_add_func ("/faults/backoff", test_backoff);
  return g_test_run ();
}
