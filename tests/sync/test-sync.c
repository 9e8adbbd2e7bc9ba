/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-error.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-report-store.h"
#include "store/posa-setting-store.h"
#include "sync-rig.h"
#include "sync/posa-enrol.h"
#include "sync/posa-portal-client.h"
#include "sync/posa-wire-crypto.h"
#include "sync/posa-wire-receipt.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

static PosaPortalClient *
connect_as (RigDevice *device, const char *url)
{
  g_autoptr (GError) error = NULL;
  PosaPortalClient *client =
      posa_portal_client_new (url, posa_identity_get_ca_path (device->identity),
                              posa_identity_get_tls_certificate_path (device->identity),
                              posa_identity_get_tls_key_path (device->identity), &error);

  g_assert_no_error (error);
  return client;
}

static PosaPortalReply *
put_report (PosaPortalClient *client, const char *id, GBytes *pdf)
{
  g_autofree char *path = g_strconcat ("/v1/reports/", id, NULL);
  PosaPortalBody body = { "application/pdf", pdf };
  g_autoptr (GError) error = NULL;
  PosaPortalReply *reply = posa_portal_client_send (client, "PUT", path, &body, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

static GBytes *
get_pdf (RigDevice *device, const char *id)
{
  g_autoptr (GError) error = NULL;
  GBytes *pdf = posa_report_store_get_pdf (device->store, id, &error);

  g_assert_no_error (error);
  return pdf;
}

/* ---- enrolment ---- */

static void
test_enrol (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *crew = NULL;
  static const char *const private[] = { "tls-key.pem", "report-key.pem", "transport.key" };

  rig_device_enrol (device, portal);
  g_assert_cmpstr (posa_identity_get_device_id (device->identity), ==, "T-000001");
  g_assert_cmpstr (posa_identity_get_client_title (device->identity), ==, "5053410000000001");
  g_assert_true (posa_setting_store_get (device->store, POSA_SETTING_CREW_ID, &crew, &error));
  g_assert_cmpstr (crew, ==, RIG_CREW);
  for (gsize i = 0; i < G_N_ELEMENTS (private); i++)
    {
      g_autofree char *path = g_build_filename (device->folder, "identity", private[i], NULL);
      GStatBuf status;
      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0600);
    }
  g_autoptr (GBytes) tls = NULL;
  PosaEnrolTrust trust = { portal->ca_path, NULL };
  g_assert_false (
      posa_enrol_run (device->folder, device->store, portal->url, "AAAA", &trust, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
}

static void
test_enrol_by_fingerprint (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autofree char *code = rig_portal_add_code (portal);
  g_autofree char *wrong = g_strdup (portal->fingerprint);
  g_autoptr (GError) error = NULL;
  PosaEnrolTrust trust = { NULL, wrong };

  wrong[5] = wrong[5] == '0' ? '1' : '0';
  g_assert_false (
      posa_enrol_run (device->folder, device->store, portal->url, code, &trust, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORTAL_UNTRUSTED);
  g_clear_error (&error);
  g_assert_false (posa_identity_exists (device->folder));
  trust.fingerprint = portal->fingerprint;
  g_assert_true (
      posa_enrol_run (device->folder, device->store, portal->url, code, &trust, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (posa_identity_exists (device->folder));
}

/* The answer is lost after the portal has acted: the same code gives the same device. */
static void
test_enrol_again (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autoptr (RigDevice) other = rig_device_new ();
  g_autofree char *code = rig_portal_add_code (portal);
  PosaEnrolTrust trust = { portal->ca_path, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWireEnrolRequest) request = posa_identity_prepare (device->folder, code, &error);
  g_assert_no_error (error);
  g_autofree char *text = posa_wire_enrol_request_to_text (request);
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));
  PosaPortalBody body = { "application/json", content };
  g_autoptr (PosaPortalClient)
      client = posa_portal_client_new (portal->url, portal->ca_path, NULL, NULL, &error);
  g_autoptr (PosaPortalReply)
      reply = posa_portal_client_send (client, "POST", "/v1/enrol", &body, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_false (posa_identity_exists (device->folder));
  g_assert_true (
      posa_enrol_run (device->folder, device->store, portal->url, code, &trust, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (rig_portal_count (portal, "devices"), ==, 1);
  g_assert_false (
      posa_enrol_run (other->folder, other->store, portal->url, code, &trust, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (posa_enrol_run (other->folder, other->store, portal->url,
                                  "00000-00000-00000-00000", &trust, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_cmpuint (rig_portal_count (portal, "devices"), ==, 1);
}

/* The connection of the enrolment has no certificate; the next one must not resume its session. */
static void
test_enrol_and_sync (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autofree char *folder = rig_make_folder ();
  g_autofree char *code = rig_portal_add_code (portal);
  g_autofree char *program = rig_program ("tests/sync/enrol-and-sync");
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess)
      process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, folder, portal->url,
                                  code, portal->ca_path, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
  rig_remove_folder (folder);
}

/* ---- pull ---- */

/* The two keys of a meter in the device's store, and the last byte of both. */
static void
expect_keys (RigDevice *device, const char *serial, gsize size, guint8 last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeterAsset) meter = posa_meter_asset_store_get (device->store, serial, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) keys = posa_wire_unwrap (posa_identity_get_transport_key (device->identity),
                                              meter->wrapped_keys, &error);
  g_assert_no_error (error);
  const guint8 *data = g_bytes_get_data (keys, NULL);

  g_assert_cmpuint (g_bytes_get_size (keys), ==, 2 * size);
  g_assert_cmpuint (data[size - 1], ==, last);
  g_assert_cmpuint (data[2 * size - 1], ==, last);
}

static void
test_pull_pages (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 260, 1, FALSE);
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.orders, ==, 260);
  g_assert_cmpuint (device->summary.meters, ==, 260);
  g_assert_cmpuint (rig_device_count_orders (device), ==, 260);
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.orders, ==, 0);
  rig_portal_import (portal, 7, 1, 2, FALSE);
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.orders, ==, 1);
  g_assert_cmpuint (rig_portal_count (portal, "key-issues"), ==, 260);
  expect_keys (device, "26P2M0000007", POSA_WIRE_METER_KEY, 0x07);
  expect_keys (device, "26P2M0000009", POSA_WIRE_LONG_METER_KEY, 0x09);
}

/* field-work.md 6.3: what the office does to an order, against what the device did with it. */
static void
test_cancelled (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autoptr (GError) error = NULL;

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 3, 5, FALSE);
  rig_device_sync_well (device);
  posa_order_store_set_state (device->store, "W-000002", POSA_ORDER_IN_PROGRESS, &error);
  g_assert_no_error (error);
  rig_portal_import (portal, 1, 2, 6, TRUE);
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.withdrawn, ==, 1);
  g_assert_cmpuint (device->summary.work_stands, ==, 1);
  g_autoptr (PosaOrderEntry) first = posa_order_store_get (device->store, "W-000001", &error);
  g_autoptr (PosaOrderEntry) second = posa_order_store_get (device->store, "W-000002", &error);
  g_assert_no_error (error);
  g_assert_cmpint (first->state, ==, POSA_ORDER_WITHDRAWN);
  g_assert_cmpint (second->state, ==, POSA_ORDER_IN_PROGRESS);
  g_assert_true (second->order->cancelled);
}

static PosaMeterState
get_meter_state (RigDevice *device, const char *serial, char **crew)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeterAsset) meter = posa_meter_asset_store_get (device->store, serial, &error);

  g_assert_no_error (error);
  g_set_str (crew, meter->crew_id);
  return meter->state;
}

#define ITEM(serial, crew, removed)                                                                \
  "{\"serial\":\"26P2M000000" serial "\",\"model\":\"OM-2G-1\",\"kind\":\"2g-1\","                 \
  "\"crew_id\":\"" crew "\",\"revision\":2,\"removed\":" removed "}"

/* Meters that the office takes out of the van, by giving them to another crew or altogether; one of
 * them is fitted by then, and stays so. */
static void
test_stock_removed (void)
{
  static const char lot[] = "{\"format\":\"posa-lot\",\"version\":1,\"stock\":[" ITEM (
      "1", "C-99", "false") "," ITEM ("2", RIG_CREW, "true") "," ITEM ("3", RIG_CREW, "true") "]}";
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *crew = NULL;
  PosaCustodyEvent fitted = { .id = (char *) "01890000-0000-7000-8000-000000000009",
                              .serial = (char *) "26P2M0000003",
                              .state = POSA_METER_INSTALLED,
                              .crew_id = (char *) RIG_CREW,
                              .pod = (char *) "IT001E47110815",
                              .actor = (char *) "4711",
                              .wall_us = 1 };

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 3, 1, FALSE);
  rig_device_sync_well (device);
  g_assert_cmpint (get_meter_state (device, "26P2M0000001", &crew), ==, POSA_METER_ON_VAN);
  posa_meter_asset_store_move (device->store, &fitted, &error);
  g_assert_no_error (error);
  rig_portal_import_text (portal, lot);
  rig_device_sync_well (device);
  g_assert_cmpint (get_meter_state (device, "26P2M0000001", &crew), ==, POSA_METER_ON_VAN);
  g_assert_cmpstr (crew, ==, "C-99");
  g_assert_cmpint (get_meter_state (device, "26P2M0000002", &crew), ==, POSA_METER_AT_CONTRACTOR);
  g_assert_cmpint (get_meter_state (device, "26P2M0000003", &crew), ==, POSA_METER_INSTALLED);
}

/* The portal's database is put back to an older one: the cursor does not fit, and the older
 * revision that comes again changes nothing. */
static void
test_portal_restored (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autoptr (GError) error = NULL;

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 2, 1, FALSE);
  rig_portal_stop (portal);
  g_autofree char *backup = rig_copy_folder (portal->folder);
  rig_portal_start (portal, 0);
  rig_portal_import (portal, 1, 2, 2, TRUE);
  rig_portal_import (portal, 1, 2, 3, FALSE);
  rig_device_sync_well (device);
  rig_portal_stop (portal);
  g_autoptr (RigPortal) restored = rig_portal_open (backup);
  restored->port = portal->port;
  rig_portal_start (restored, 0);
  rig_portal_import (restored, 9, 1, 1, FALSE);
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.orders, ==, 1);
  g_autoptr (PosaOrderEntry) entry = posa_order_store_get (device->store, "W-000001", &error);
  g_assert_no_error (error);
  g_assert_cmpint (entry->order->revision, ==, 3);
}

/* ---- push ---- */

static void
test_push (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 5, 1, FALSE);
  rig_device_sync_well (device);
  for (guint n = 1; n <= 5; n++)
    g_ptr_array_add (ids, rig_device_report (device, n, NULL));
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.delivered, ==, 5);
  g_assert_cmpuint (device->summary.waiting + device->summary.refused, ==, 0);
  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      g_autofree char *path = g_build_filename (portal->folder, "out.pdf", NULL);
      g_autofree char *nothing = rig_portal_admin (portal, "export-report", id, path, NULL);
      g_autoptr (GBytes) pdf = get_pdf (device, id);
      g_autofree char *stored = NULL;
      gsize size;
      g_assert_cmpstr (rig_device_state (device, id), ==, "DELIVERED");
      g_assert_true (g_file_get_contents (path, &stored, &size, &error));
      g_assert_cmpmem (stored, size, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf));
    }
  g_assert_cmpuint (rig_portal_count (portal, "reports"), ==, 5);
  g_assert_cmpuint (rig_portal_count (portal, "exceptions"), ==, 0);
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.delivered, ==, 0);
}

static void
test_repeated_put (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 2, 1, FALSE);
  rig_device_sync_well (device);
  g_autofree char *id = rig_device_report (device, 1, NULL);
  g_autoptr (GBytes) pdf = get_pdf (device, id);
  g_autoptr (PosaPortalClient) client = connect_as (device, portal->url);
  g_autoptr (PosaPortalReply) first = put_report (client, id, pdf);
  g_assert_cmpuint (first->status, ==, 201);
  rig_portal_kill (portal);
  rig_portal_start (portal, 0);
  g_autoptr (PosaPortalReply) second = put_report (client, id, pdf);
  g_assert_cmpuint (second->status, ==, 200);
  g_assert_true (g_bytes_equal (first->content, second->content));
  g_assert_cmpuint (rig_portal_count (portal, "reports"), ==, 1);
  /* The answer of both was lost: the receipt comes by the list, without sending it again. */
  rig_device_sync_well (device);
  g_assert_cmpuint (device->summary.delivered, ==, 1);
}

/* Two contents under one id, as a tablet put back from a backup would make them: both kept, the
 * second is a variant and waits for the office. */
static void
test_variant (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  RigDevice *device = rig_device_new ();
  g_autofree char *folder = g_strdup (device->folder);

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 2, 1, FALSE);
  rig_device_sync_well (device);
  rig_device_close (device);
  g_autofree char *backup = rig_copy_folder (folder);
  g_autoptr (RigDevice) before = rig_device_open (folder);
  g_autoptr (RigDevice) after = rig_device_open (backup);
  g_autofree char *id = rig_device_report (before, 1, NULL);
  g_autofree char *same_id = rig_device_report (after, 2, id);
  rig_device_sync_well (before);
  rig_device_sync_well (after);
  g_assert_cmpstr (rig_device_state (before, id), ==, "DELIVERED");
  g_assert_cmpstr (rig_device_state (after, id), ==, "CONFLICT");
  g_assert_cmpuint (after->summary.refused, ==, 1);
  g_assert_cmpuint (rig_portal_count (portal, "reports"), ==, 2);
  g_autofree char *list = rig_portal_admin (portal, "list", "exceptions", NULL);
  g_assert_nonnull (strstr (list, "\"variant\""));
  g_autoptr (GBytes) pdf = get_pdf (after, id);
  g_autoptr (PosaPortalClient) client = connect_as (after, portal->url);
  g_autoptr (PosaPortalReply) reply = put_report (client, id, pdf);
  g_assert_cmpuint (reply->status, ==, 202);
  g_assert_cmpuint (rig_portal_count (portal, "receipts"), ==, 2);
}

static void
test_bad_signature (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 1, 1, FALSE);
  rig_device_sync_well (device);
  g_autofree char *id = rig_device_report (device, 1, NULL);
  g_autoptr (GBytes) pdf = get_pdf (device, id);
  gsize size;
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (pdf, &size), g_bytes_get_size (pdf));
  data[size / 2] ^= 1;
  g_autoptr (GBytes) flipped = g_bytes_new (data, size);
  g_autoptr (PosaPortalClient) client = connect_as (device, portal->url);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PosaPortalReply) reply = put_report (client, id, flipped);
      g_assert_cmpuint (reply->status, ==, 422);
    }
  g_assert_cmpuint (rig_portal_count (portal, "quarantine"), ==, 1);
  g_assert_cmpuint (rig_portal_count (portal, "reports"), ==, 0);
  /* What was put aside does not stand in the way of the true one. */
  rig_device_sync_well (device);
  g_assert_cmpstr (rig_device_state (device, id), ==, "DELIVERED");
}

static void
test_exceptions (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 1, 1, FALSE);
  rig_device_sync_well (device);
  rig_portal_import (portal, 1, 1, 2, TRUE);
  g_autofree char *first = rig_device_report (device, 1, NULL);
  g_autofree char *second = rig_device_report (device, 1, NULL);
  rig_device_sync_well (device);
  g_assert_cmpstr (rig_device_state (device, first), ==, "DELIVERED");
  g_assert_cmpstr (rig_device_state (device, second), ==, "DELIVERED");
  g_autofree char *list = rig_portal_admin (portal, "list", "exceptions", NULL);
  g_assert_nonnull (strstr (list, "order-cancelled"));
  g_assert_nonnull (strstr (list, "order-done-before"));
  g_assert_nonnull (strstr (list, "new-meter-used"));
}

static void
test_revoked (void)
{
  g_autoptr (RigPortal) portal = rig_portal_new ();
  g_autoptr (RigDevice) device = rig_device_new ();
  g_autoptr (GError) error = NULL;

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, 1, 1, FALSE);
  rig_device_sync_well (device);
  g_autofree char *id = rig_device_report (device, 1, NULL);
  g_autoptr (GBytes) pdf = get_pdf (device, id);
  g_autofree char *nothing = rig_portal_admin (portal, "revoke", "T-000001", "lost", NULL);
  g_assert_false (rig_device_sync (device, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_cmpstr (rig_device_state (device, id), ==, "QUEUED");
  /* The office has it, aside. */
  g_assert_cmpuint (rig_portal_count (portal, "quarantine"), ==, 1);
  g_autoptr (PosaPortalClient) client = connect_as (device, portal->url);
  g_autoptr (PosaPortalReply) reply = put_report (client, id, pdf);
  g_assert_cmpuint (reply->status, ==, 403);
  g_assert_cmpuint (rig_portal_count (portal, "quarantine"), ==, 1);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/enrol/once", test_enrol);
  g_test_add_func ("/sync/enrol/fingerprint", test_enrol_by_fingerprint);
  g_test_add_func ("/sync/enrol/again", test_enrol_again);
  g_test_add_func ("/sync/enrol/and-sync", test_enrol_and_sync);
  g_test_add_func ("/sync/pull/pages", test_pull_pages);
  g_test_add_func ("/sync/pull/cancelled", test_cancelled);
  g_test_add_func ("/sync/pull/stock-removed", test_stock_removed);
  g_test_add_func ("/sync/pull/portal-restored", test_portal_restored);
  g_test_add_func ("/sync/push/several", test_push);
  g_test_add_func ("/sync/push/repeated", test_repeated_put);
  g_test_add_func ("/sync/push/variant", test_variant);
  g_test_add_func ("/sync/push/bad-signature", test_bad_signature);
  g_test_add_func ("/sync/push/exceptions", test_exceptions);
  g_test_add_func ("/sync/revoked", test_revoked);
  return g_test_run ();
}
