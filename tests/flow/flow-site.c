/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "flow-site.h"

#include "base/posa-cursor.h"
#include "base/posa-file.h"
#include "domain/posa-uuid.h"
#include "flow/posa-store-keyring.h"
#include "posa-test-ca.h"
#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"
#include "store/posa-setting-store.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define DAY_US  (24 * HOUR_US)

/* What the old meter is and shows: 4400 kWh in four equal bands. */
static const char old_settings[] =
    "serial=" SITE_OLD_SERIAL ",customer_number=" SITE_CUSTOMER_NUMBER
    ",register.1.8.0=4400000,register.1.8.1=1100000,register.1.8.2=1100000"
    ",register.1.8.3=1100000,register.1.8.4=1100000,reaction_ms=1,inactivity_ms=300";

char *
site_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("posa-flow-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
site_folder_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        site_folder_remove (path);
      else
        g_remove (path);
    }
  g_rmdir (folder);
}

/* ---- data ---- */

static char *
in_folder (const char *folder, const char *name)
{
  return g_build_filename (folder, name, NULL);
}

PosaWorkOrder *
site_order_new (void)
{
  PosaWorkOrder *order = posa_work_order_new ();
  gint64 now = posa_clock_get_wall (posa_clock_get_system ());

  order->id = g_strdup (SITE_ORDER);
  order->revision = 1;
  order->crew_id = g_strdup (SITE_CREW);
  order->pod = g_strdup (SITE_POD);
  order->customer_number = g_strdup (SITE_CUSTOMER_NUMBER);
  order->municipality = g_strdup ("Anagni");
  order->street = g_strdup ("Via Vittorio Emanuele");
  order->house_number = g_strdup ("12/A");
  order->old_serial = g_strdup (SITE_OLD_SERIAL);
  order->old_kind = POSA_METER_KIND_M1;
  order->window_start_us = now - HOUR_US;
  order->window_end_us = now + HOUR_US;
  order->notice_posted_us = now - 6 * DAY_US;
  order->contract_power_w = 3000;
  order->available_power_w = 3300;
  order->limiter_enabled = TRUE;
  if (order->tariff_table == NULL)
    order->tariff_table = posa_tariff_table_new ("IT-F3");
  order->last_billing_us = now - 20 * DAY_US;
  for (guint tier = 0; tier <= 4; tier++)
    g_ptr_array_add (order->last_billing,
                     posa_register_new (POSA_OBIS (1, 0, 1, 8, (guint8) tier, 255),
                                        POSA_QUANTITY_ACTIVE_IMPORT, tier,
                                        tier == 0 ? 4000000 : 1000000));
  return order;
}

void
site_apply_order (PosaStore *store, const PosaWorkOrder *order)
{
  g_autoptr (GError) error = NULL;

  posa_order_store_apply (store, order, NULL, &error);
  g_assert_no_error (error);
}

static void
make_keys (const char *serial, PosaMeterKeys *keys)
{
  keys->encryption.size = keys->authentication.size = 16;
  memset (keys->encryption.data, serial[strlen (serial) - 1], 16);
  memset (keys->authentication.data, serial[strlen (serial) - 1] ^ 0x55, 16);
}

static void
add_meter (PosaStore *store, const char *serial, PosaMeterKind kind, const char *crew)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static (SITE_STORAGE_KEY, POSA_STORAGE_KEY_SIZE);
  g_autoptr (PosaMeterAsset) asset = posa_meter_asset_new ();
  g_autofree char *event_id = posa_uuid_new (posa_clock_get_system ());
  g_auto (PosaMeterKeys) keys = { 0 };

  make_keys (serial, &keys);
  asset->serial = g_strdup (serial);
  asset->kind = kind;
  asset->revision = 1;
  asset->state = POSA_METER_ON_VAN;
  asset->crew_id = g_strdup (crew);
  asset->wrapped_keys = posa_store_keyring_wrap (key, &keys, &error);
  g_assert_no_error (error);
  posa_meter_asset_store_apply (store, asset, event_id,
                                posa_clock_get_wall (posa_clock_get_system ()), NULL, &error);
  g_assert_no_error (error);
}

static void
make_report_key (const char *folder)
{
  g_autoptr (PosaTestCa) ca = posa_test_ca_new ("Posa Test CA");
  g_autofree char *path = in_folder (folder, "ca.pem");
  gint64 now = posa_clock_get_wall (posa_clock_get_system ());

  posa_test_ca_write (ca, path);
  posa_test_ca_issue (ca, folder, "report", POSA_TEST_USAGE_REPORT, SITE_DEVICE, "Impresa Nord-Est",
                      now - DAY_US, 30);
}

void
site_create (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_folder (folder, "posa.db");
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_autoptr (PosaWorkOrder) order = site_order_new ();

  g_assert_no_error (error);
  make_report_key (folder);
  site_apply_order (store, order);
  add_meter (store, SITE_NEW_SERIAL, POSA_METER_KIND_G2_SINGLE, SITE_CREW);
  add_meter (store, SITE_SPARE_SERIAL, POSA_METER_KIND_G2_SINGLE, SITE_CREW);
  add_meter (store, SITE_OTHER_SERIAL, POSA_METER_KIND_G2_SINGLE, "C-08");
  add_meter (store, SITE_THREE_SERIAL, POSA_METER_KIND_G2_THREE, SITE_CREW);
  posa_setting_store_set (store, POSA_SETTING_CLIENT_TITLE, "5053410000000007", &error);
  g_assert_no_error (error);
}

GBytes *
site_read_ca (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_folder (folder, "ca.pem");
  GBytes *pem = posa_file_read (path, 65536, &error);

  g_assert_no_error (error);
  return pem;
}

Site *
site_open (const char *folder, const char *old_port, const char *new_port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static (SITE_STORAGE_KEY, POSA_STORAGE_KEY_SIZE);
  g_autofree char *database = in_folder (folder, "posa.db");
  g_autofree char *key_path = in_folder (folder, "report.key");
  g_autofree char *certificate_path = in_folder (folder, "report.crt");
  g_autofree char *ca_path = in_folder (folder, "ca.pem");
  Site *self = g_new0 (Site, 1);

  self->folder = g_strdup (folder);
  self->old_port = g_strdup (old_port);
  self->new_port = g_strdup (new_port);
  self->store = posa_store_open (database, POSA_STORE_READ_WRITE, &error);
  g_assert_no_error (error);
  self->keyring = posa_store_keyring_new (self->store, key);
  self->key = posa_report_key_load (key_path, certificate_path, ca_path, &error);
  g_assert_no_error (error);
  self->services = (PosaFlowServices) { .store = self->store,
                                        .keyring = self->keyring,
                                        .key = self->key,
                                        .old_port = self->old_port,
                                        .new_port = self->new_port,
                                        .device_id = SITE_DEVICE,
                                        .crew_id = SITE_CREW,
                                        .operator_badge = "B-4711",
                                        .operator_name = "Operator",
                                        .contractor = "Impresa Nord-Est",
                                        .locale = "it" };
  return self;
}

void
site_close (Site *self)
{
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->key, posa_report_key_free);
  g_clear_pointer (&self->store, posa_store_close);
  g_free (self->folder);
  g_free (self->old_port);
  g_free (self->new_port);
  g_free (self);
}

/* ---- meters ---- */

struct _SiteMeter
{
  GSubprocess *process;
  char *link, *dump;
};

static void
die_with_parent_cb (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
wait_until_ready (SiteMeter *self)
{
  g_autoptr (GDataInputStream)
      lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_autofree char *line = NULL;

  /* The simulator's own word; a test that hangs here is ended by its deadline. */
  line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  if (line == NULL || !g_str_has_prefix (line, "ready "))
    g_error ("the simulator does not start: %s", line != NULL ? line : "nothing said");
}

static SiteMeter *
start (const char *folder, const char *name, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher)
      launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  SiteMeter *self = g_new0 (SiteMeter, 1);

  self->link = in_folder (folder, name);
  self->dump = g_strconcat (self->link, ".json", NULL);
  g_ptr_array_add (argv,
                   g_build_filename (g_getenv ("POSA_BUILDDIR"), "app", "sim", "posa-sim", NULL));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (arguments[i]));
  g_ptr_array_add (argv, g_strdup ("--no-pace"));
  g_ptr_array_add (argv, g_strdup ("--link"));
  g_ptr_array_add (argv, g_strdup (self->link));
  g_ptr_array_add (argv, g_strdup ("--dump"));
  g_ptr_array_add (argv, g_strdup (self->dump));
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent_cb, NULL, NULL);
  self->process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  wait_until_ready (self);
  return self;
}

SiteMeter *
site_meter_start_old (const char *folder, const char *settings)
{
  g_autofree char *all = g_strjoin (",", old_settings, settings, NULL);
  g_auto (GStrv) parts = g_strsplit (all, ",", 0);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) arguments = NULL;

  g_strv_builder_add_many (builder, "1g", "--kind", "m1", NULL);
  for (guint i = 0; parts[i] != NULL; i++)
    g_strv_builder_add_many (builder, "--set", parts[i], NULL);
  arguments = g_strv_builder_end (builder);
  return start (folder, "old-meter", (const char *const *) arguments);
}

static char *
key_setting (const char *name, const PosaDlmsKey *key)
{
  g_autofree char *hex = posa_hex_encode (key->data, key->size);

  return g_strdup_printf ("%s=%s", name, hex);
}

SiteMeter *
site_meter_start_new (const char *folder, const char *serial)
{
  g_auto (PosaMeterKeys) keys = { 0 };
  g_autofree char *serial_setting = g_strconcat ("serial=", serial, NULL);
  g_autofree char *ek = NULL;
  g_autofree char *ak = NULL;

  make_keys (serial, &keys);
  ek = key_setting ("ek", &keys.encryption);
  ak = key_setting ("ak", &keys.authentication);
  const char *arguments[] = { "2g", "--set", serial_setting, "--set", ek, "--set", ak, NULL };
  return start (folder, serial, arguments);
}

const char *
site_meter_get_port (SiteMeter *self)
{
  return self->link;
}

char *
site_meter_dump (SiteMeter *self)
{
  char *text = NULL;

  g_remove (self->dump);
  g_subprocess_send_signal (self->process, SIGUSR1);
  for (guint i = 0; i < 200 && text == NULL; i++)
    {
      if (!g_file_get_contents (self->dump, &text, NULL, NULL))
        g_usleep (10000);
    }
  g_assert_nonnull (text);
  return text;
}

void
site_meter_stop (SiteMeter *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_free (self->link);
  g_free (self->dump);
  g_free (self);
}

/* ---- crew ---- */

PosaFlowSnapshot *
site_crew_step (PosaFlowRun *run, const PosaFlowSnapshot *at, GError **error)
{
  g_autoptr (PosaFlowEvidence) evidence = posa_flow_evidence_new ();

  if (at->end)
    return NULL;
  if (at->effect != POSA_FLOW_EFFECT_NONE)
    return posa_flow_run_perform (run, NULL, error);
  if (at->primary_needs & POSA_FLOW_NEEDS_SERIAL)
    posa_flow_evidence_set (evidence, POSA_FLOW_KEY_SERIAL, SITE_NEW_SERIAL);
  if (at->primary_needs & POSA_FLOW_NEEDS_REASON)
    posa_flow_evidence_set (evidence, POSA_FLOW_KEY_REASON, "as agreed with the office");
  return posa_flow_run_send (run, at->primary, evidence, error);
}
