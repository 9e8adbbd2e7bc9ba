/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync-rig.h"

#include "base/posa-clock.h"
#include "domain/posa-uuid.h"
#include "posa-test-report.h"
#include "report/posa-report.h"
#include "store/posa-order-store.h"
#include "store/posa-outbox-store.h"
#include "store/posa-report-store.h"
#include "sync/posa-enrol.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define DEADLINE_US ((gint64) 30 * G_USEC_PER_SEC)
#define READY       "listening on "

/* ---- folders and programs ---- */

char *
rig_program (const char *name)
{
  return g_build_filename (g_getenv ("POSA_BUILDDIR"), name, NULL);
}

char *
rig_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("posa-sync-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
run_program (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

char *
rig_copy_folder (const char *folder)
{
  char *copy = rig_make_folder ();
  g_autofree char *source = g_strconcat (folder, "/.", NULL);
  const char *argv[] = { "cp", "-a", source, copy, NULL };

  run_program (argv);
  return copy;
}

void
rig_remove_folder (const char *folder)
{
  const char *argv[] = { "rm", "-rf", "--", folder, NULL };

  run_program (argv);
}

/* ---- the portal ---- */

static void
child_setup_cb (gpointer data)
{
  const RigPortal *portal = data;
  struct rlimit limit = { portal->file_limit, portal->file_limit };

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (portal->file_limit == 0)
    return;
  /* Then a write fails as on a full disk. */
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &limit);
}

void
rig_set_killer (GSubprocessLauncher *launcher, guint kill_at)
{
  g_autofree char *shim = rig_program ("tests/sync/libkiller.so");
  g_autofree char *number = g_strdup_printf ("%u", kill_at);
  g_autofree char *options =
      g_strconcat (g_getenv ("ASAN_OPTIONS") != NULL ? g_getenv ("ASAN_OPTIONS") : "",
                   ":verify_asan_link_order=0", NULL);

  g_subprocess_launcher_setenv (launcher, "LD_PRELOAD", shim, TRUE);
  g_subprocess_launcher_setenv (launcher, "POSA_KILL_AT", number, TRUE);
  g_subprocess_launcher_setenv (launcher, "ASAN_OPTIONS", options, TRUE);
}

static void
read_greeting (RigPortal *self)
{
  g_autoptr (GDataInputStream)
      lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_autofree char *line = NULL;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_free (line);
      line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
      g_assert_no_error (error);
      if (line == NULL)
        return; /* it died, as the test may have asked */
      if (g_str_has_prefix (line, "authority "))
        g_set_str (&self->ca_path, line + strlen ("authority "));
      if (g_str_has_prefix (line, "fingerprint "))
        g_set_str (&self->fingerprint, line + strlen ("fingerprint "));
      if (g_str_has_prefix (line, READY))
        break;
    }
  g_set_str (&self->url, line + strlen (READY));
  self->port = (guint) g_ascii_strtoull (strrchr (self->url, ':') + 1, NULL, 10);
}

void
rig_portal_start (RigPortal *self, guint kill_at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE |
      (g_test_verbose () ? G_SUBPROCESS_FLAGS_NONE : G_SUBPROCESS_FLAGS_STDERR_SILENCE));
  g_autofree char *program = rig_program ("app/portal/posa-portal");
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", self->port);

  g_assert_null (self->process);
  g_subprocess_launcher_set_child_setup (launcher, child_setup_cb, self, NULL);
  if (kill_at > 0)
    rig_set_killer (launcher, kill_at);
  self->process = g_subprocess_launcher_spawn (launcher, &error, program, "--data", self->folder,
                                               "--listen", address, NULL);
  g_assert_no_error (error);
  read_greeting (self);
}

RigPortal *
rig_portal_open (const char *folder)
{
  RigPortal *self = g_new0 (RigPortal, 1);

  self->folder = g_strdup (folder);
  return self;
}

RigPortal *
rig_portal_new (void)
{
  g_autofree char *folder = rig_make_folder ();
  RigPortal *self = rig_portal_open (folder);

  rig_portal_start (self, 0);
  g_assert_nonnull (self->url);
  return self;
}

void
rig_portal_stop (RigPortal *self)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (self->process, SIGTERM);
  g_assert_true (g_subprocess_wait_check (self->process, NULL, &error));
  g_assert_no_error (error);
  g_clear_object (&self->process);
}

void
rig_portal_wait (RigPortal *self)
{
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_clear_object (&self->process);
}

void
rig_portal_kill (RigPortal *self)
{
  g_subprocess_force_exit (self->process);
  rig_portal_wait (self);
}

void
rig_portal_free (RigPortal *self)
{
  if (self->process != NULL)
    rig_portal_kill (self);
  rig_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->url);
  g_free (self->ca_path);
  g_free (self->fingerprint);
  g_free (self);
}

char *
rig_portal_admin (RigPortal *self, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *program = rig_program ("app/portal/posa-portal");
  char *output = NULL;
  va_list arguments;

  g_ptr_array_add (argv, program);
  g_ptr_array_add (argv, (gpointer) "--data");
  g_ptr_array_add (argv, self->folder);
  g_ptr_array_add (argv, (gpointer) "admin");
  va_start (arguments, self);
  for (char *argument = va_arg (arguments, char *); argument != NULL;
       argument = va_arg (arguments, char *))
    g_ptr_array_add (argv, argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return g_strchomp (output);
}

char *
rig_portal_add_code (RigPortal *self)
{
  return rig_portal_admin (self, "add-device-code", "--crew", RIG_CREW, "--operator", "4711",
                           "--name", "Prova", "--contractor", POSA_TEST_CONTRACTOR, NULL);
}

guint
rig_portal_count (RigPortal *self, const char *what)
{
  g_autofree char *text = rig_portal_admin (self, "list", what, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (text, &error);

  g_assert_no_error (error);
  return json_array_get_length (json_node_get_array (root));
}

/* ---- orders and reports ---- */

static void
shift_reading (PosaReadingSet *reading, gint64 by)
{
  if (reading == NULL)
    return;
  reading->taken_us += by;
  reading->device_clock_us += by;
  reading->meter_clock_us += by;
}

/* The test report, as if the work at order @n had just ended. */
static PosaReplacementReport *
make_report (guint n)
{
  PosaReplacementReport *report = posa_test_report_new (POSA_METER_KIND_M1, "en");
  gint64 by = g_get_real_time () - POSA_TEST_TIME_US;

  shift_reading (report->removal, by);
  shift_reading (report->second, by);
  shift_reading (report->activation, by);
  report->started_us += by;
  report->cut_us += by;
  report->restored_us += by;
  report->finished_us += by;
  g_free (report->order->id);
  report->order->id = g_strdup_printf ("W-%06u", n);
  g_set_str (&report->order->crew_id, RIG_CREW);
  g_free (report->activation->meter.serial);
  report->activation->meter.serial = g_strdup_printf ("26P2M%07u", n);
  return report;
}

static void
add_stock (JsonBuilder *builder, guint n, gint64 revision)
{
  g_autofree char *serial = g_strdup_printf ("26P2M%07u", n);
  g_autofree char *key = g_strdup_printf (n % 10 == 9 ? "%064u" : "%032u", n); /* some of suite 2 */

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "serial", serial);
  posa_json_add_string (builder, "model", "OM-2G-1");
  posa_json_add_string (builder, "kind", "2g-1");
  posa_json_add_string (builder, "crew_id", RIG_CREW);
  posa_json_add_int (builder, "revision", revision);
  posa_json_add_string (builder, "encryption_key", key);
  posa_json_add_string (builder, "authentication_key", key);
  json_builder_end_object (builder);
}

static char *
make_lot (guint first, guint n, gint64 revision, gboolean cancelled)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "format", "posa-lot");
  posa_json_add_int (builder, "version", 1);
  json_builder_set_member_name (builder, "orders");
  json_builder_begin_array (builder);
  for (guint i = first; i < first + n; i++)
    {
      g_autoptr (PosaReplacementReport) report = make_report (i);
      report->order->revision = revision;
      report->order->cancelled = cancelled;
      report->order->cancel_reason = cancelled ? g_strdup ("not any more") : NULL;
      posa_work_order_to_json (report->order, builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "stock");
  json_builder_begin_array (builder);
  for (guint i = first; i < first + n; i++)
    add_stock (builder, i, 1);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, TRUE);
}

void
rig_portal_import_text (RigPortal *self, const char *lot)
{
  g_autofree char *path = g_build_filename (self->folder, "lot.json", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, lot, -1, &error);
  g_assert_no_error (error);
  g_autofree char *orders = rig_portal_admin (self, "import-orders", path, NULL);
  g_autofree char *stock = rig_portal_admin (self, "import-stock", path, NULL);
}

void
rig_portal_import (RigPortal *self, guint first, guint n, gint64 revision, gboolean cancelled)
{
  g_autofree char *lot = make_lot (first, n, revision, cancelled);

  rig_portal_import_text (self, lot);
}

/* ---- a device ---- */

RigDevice *
rig_device_open (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "posa.db", NULL);
  RigDevice *self = g_new0 (RigDevice, 1);

  self->folder = g_strdup (folder);
  self->store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  if (posa_identity_exists (folder))
    {
      self->identity = posa_identity_load (folder, &error);
      g_assert_no_error (error);
    }
  return self;
}

RigDevice *
rig_device_new (void)
{
  g_autofree char *folder = rig_make_folder ();

  return rig_device_open (folder);
}

void
rig_device_close (RigDevice *self)
{
  g_clear_pointer (&self->store, posa_store_close);
  g_clear_pointer (&self->identity, posa_identity_free);
  g_free (self->folder);
  g_free (self);
}

void
rig_device_free (RigDevice *self)
{
  g_clear_pointer (&self->store, posa_store_close);
  rig_remove_folder (self->folder);
  rig_device_close (self);
}

void
rig_device_enrol (RigDevice *self, RigPortal *portal)
{
  g_autofree char *code = rig_portal_add_code (portal);
  PosaEnrolTrust trust = { portal->ca_path, NULL };
  g_autoptr (GError) error = NULL;

  posa_enrol_run (self->folder, self->store, portal->url, code, &trust, NULL, &error);
  g_assert_no_error (error);
  self->identity = posa_identity_load (self->folder, &error);
  g_assert_no_error (error);
}

static void
sign_and_queue (RigDevice *self, PosaReplacementReport *report, PosaReportKey *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTransaction) transaction = posa_transaction_begin (self->store, &error);
  PosaReportEntry entry = { 0 };

  g_assert_no_error (error);
  g_clear_pointer (&report->previous_sha256, g_free);
  posa_report_store_next (self->store, &report->device_sequence, &report->previous_sha256, &error);
  g_assert_no_error (error);
  g_free (report->number);
  report->number = g_strdup_printf ("%s-%06d", report->device_id, (int) report->device_sequence);
  g_autoptr (GBytes) pdf = posa_report_produce (report, key, g_get_real_time (), &error);
  g_assert_no_error (error);
  entry.id = report->id;
  entry.number = report->number;
  entry.sequence = report->device_sequence;
  entry.order_id = report->order->id;
  entry.previous_sha256 = report->previous_sha256;
  entry.created_us = g_get_real_time ();
  posa_report_store_add (self->store, &entry, pdf, &error);
  g_assert_no_error (error);
  posa_outbox_store_add (self->store, report->id, g_get_real_time (), &error);
  g_assert_no_error (error);
  posa_transaction_commit (g_steal_pointer (&transaction), &error);
  g_assert_no_error (error);
}

char *
rig_device_report (RigDevice *self, guint n, const char *id)
{
  g_autoptr (PosaReplacementReport) report = make_report (n);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportKey)
      key = posa_report_key_load (posa_identity_get_report_key_path (self->identity),
                                  posa_identity_get_report_certificate_path (self->identity),
                                  posa_identity_get_ca_path (self->identity), &error);

  g_assert_no_error (error);
  g_free (report->id);
  report->id = id != NULL ? g_strdup (id) : posa_uuid_new (posa_clock_get_system ());
  g_set_str (&report->device_id, posa_identity_get_device_id (self->identity));
  g_set_str (&report->crew_id, posa_identity_get_crew_id (self->identity));
  g_set_str (&report->contractor, posa_identity_get_contractor (self->identity));
  sign_and_queue (self, report, key);
  posa_order_store_set_state (self->store, report->order->id, POSA_ORDER_DONE, &error);
  g_assert_no_error (error);
  return g_strdup (report->id);
}

gboolean
rig_device_sync (RigDevice *self, const char *url, GError **error)
{
  return posa_outbox_store_hurry (self->store, error) &&
         posa_sync_run (self->store, self->identity,
                        url != NULL ? url : posa_identity_get_portal_url (self->identity),
                        &self->summary, NULL, error);
}

void
rig_device_sync_well (RigDevice *self)
{
  g_autoptr (GError) error = NULL;

  rig_device_sync (self, NULL, &error);
  g_assert_no_error (error);
}

const char *
rig_device_state (RigDevice *self, const char *report_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaOutboxItem) item = posa_outbox_store_get (self->store, report_id, &error);

  g_assert_no_error (error);
  return posa_outbox_state_to_string (item->state);
}

guint
rig_device_count_orders (RigDevice *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) orders = posa_order_store_list (self->store, &error);

  g_assert_no_error (error);
  return orders->len;
}
