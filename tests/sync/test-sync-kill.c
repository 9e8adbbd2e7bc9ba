/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sync-rig.h"

#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

/* posactl and posa-portal, killed before every write to disk or network in turn (libkiller.so), and
 * run again: nothing lost, nothing twice. */

#define STEP      3
#define N_REPORTS 2
#define N_ORDERS  5
#define MAX_KILLS 1000

/* What every run starts from: folders of a portal and of a device. */
typedef struct
{
  char *portal, *device;
  char *reports[N_REPORTS];
  char *code; /* for one more device */
} Template;

static void
template_init (Template *self)
{
  RigPortal *portal = rig_portal_new ();
  RigDevice *device = rig_device_new ();

  rig_device_enrol (device, portal);
  rig_portal_import (portal, 1, N_REPORTS, 1, FALSE);
  rig_device_sync_well (device);
  for (guint i = 0; i < N_REPORTS; i++)
    self->reports[i] = rig_device_report (device, i + 1, NULL);
  rig_portal_import (portal, N_REPORTS + 1, N_ORDERS - N_REPORTS, 1, FALSE);
  self->code = rig_portal_add_code (portal);
  rig_portal_stop (portal);
  self->device = rig_copy_folder (device->folder);
  self->portal = rig_copy_folder (portal->folder);
  rig_portal_free (portal);
  rig_device_free (device);
}

static void
template_clear (Template *self)
{
  rig_remove_folder (self->device);
  rig_remove_folder (self->portal);
  g_free (self->device);
  g_free (self->code);
  g_free (self->portal);
  for (guint i = 0; i < N_REPORTS; i++)
    g_free (self->reports[i]);
}

/* The device's portal is now at @port. */
static void
point_at (const char *folder, guint port)
{
  g_autofree char *path = g_build_filename (folder, "identity", "device.json", NULL);
  g_autoptr (GRegex) regex = g_regex_new ("127\\.0\\.0\\.1:[0-9]+", 0, 0, NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *changed = g_regex_replace_literal (regex, text, -1, 0, address, 0, &error);
  g_file_set_contents_full (path, changed, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

/* posactl; TRUE when it ended well, FALSE when it failed or was killed. NULL ends the arguments. */
static gboolean G_GNUC_NULL_TERMINATED
run_posactl (const char *folder, guint kill_at, ...)
{
  g_autofree char *program = rig_program ("app/cli/posactl");
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
      (g_test_verbose () ? G_SUBPROCESS_FLAGS_NONE : G_SUBPROCESS_FLAGS_STDERR_SILENCE));
  g_autoptr (GError) error = NULL;
  va_list arguments;

  g_ptr_array_add (argv, program);
  g_ptr_array_add (argv, (gpointer) "--data");
  g_ptr_array_add (argv, (gpointer) folder);
  va_start (arguments, kill_at);
  for (char *argument = va_arg (arguments, char *); argument != NULL;
       argument = va_arg (arguments, char *))
    g_ptr_array_add (argv, argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  if (kill_at > 0)
    rig_set_killer (launcher, kill_at);
  g_autoptr (GSubprocess)
      process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (process))
    g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);
  return g_subprocess_get_successful (process);
}

static void
check_end (const Template *template, RigPortal *portal, const char *folder)
{
  g_autoptr (RigDevice) device = rig_device_open (folder);

  g_assert_cmpuint (rig_device_count_orders (device), ==, N_ORDERS);
  for (guint i = 0; i < N_REPORTS; i++)
    g_assert_cmpstr (rig_device_state (device, template->reports[i]), ==, "DELIVERED");
  g_assert_cmpuint (rig_portal_count (portal, "reports"), ==, N_REPORTS);
  g_assert_cmpuint (rig_portal_count (portal, "receipts"), ==, N_REPORTS);
  g_assert_cmpuint (rig_portal_count (portal, "exceptions"), ==, 0);
  g_assert_cmpuint (rig_portal_count (portal, "quarantine"), ==, 0);
}

/* TRUE when the device got through before its last moment. */
static gboolean
kill_device_at (const Template *template, guint kill_at)
{
  g_autofree char *folder = rig_copy_folder (template->portal);
  g_autofree char *device = rig_copy_folder (template->device);
  g_autoptr (RigPortal) portal = rig_portal_open (folder);

  rig_portal_start (portal, 0);
  point_at (device, portal->port);
  gboolean done = run_posactl (device, kill_at, "sync", NULL);
  g_assert_true (run_posactl (device, 0, "sync", NULL));
  check_end (template, portal, device);
  return done;
}

static gboolean
kill_portal_at (const Template *template, guint kill_at)
{
  g_autofree char *folder = rig_copy_folder (template->portal);
  g_autofree char *device = rig_copy_folder (template->device);
  g_autoptr (RigPortal) portal = rig_portal_open (folder);
  gboolean done = FALSE;

  rig_portal_start (portal, kill_at);
  if (portal->url != NULL)
    {
      point_at (device, portal->port);
      done = run_posactl (device, 0, "sync", NULL);
    }
  rig_portal_kill (portal);
  rig_portal_start (portal, 0);
  point_at (device, portal->port);
  g_assert_true (run_posactl (device, 0, "sync", NULL));
  check_end (template, portal, device);
  return done;
}

/* A device is enrolled or it is not, and the same code gets it there. */
static gboolean
kill_enrolment_at (const Template *template, guint kill_at)
{
  g_autofree char *folder = rig_copy_folder (template->portal);
  g_autofree char *device = rig_make_folder ();
  g_autoptr (RigPortal) portal = rig_portal_open (folder);

  rig_portal_start (portal, 0);
  gboolean done = run_posactl (device, kill_at, "enrol", "--portal", portal->url, "--code",
                               template->code, "--ca", portal->ca_path, NULL);
  if (!posa_identity_exists (device))
    g_assert_true (run_posactl (device, 0, "enrol", "--portal", portal->url, "--code",
                                template->code, "--ca", portal->ca_path, NULL));
  g_assert_true (run_posactl (device, 0, "sync", NULL));
  g_assert_cmpuint (rig_portal_count (portal, "devices"), ==, 2);
  g_autoptr (RigDevice) opened = rig_device_open (device);
  g_assert_cmpstr (posa_identity_get_device_id (opened->identity), ==, "T-000002");
  g_assert_cmpuint (rig_device_count_orders (opened), ==, N_ORDERS);
  rig_device_free (g_steal_pointer (&opened));
  return done;
}

static void
test_kill (gconstpointer data)
{
  gboolean (*kill_at) (const Template *, guint) = data;
  Template template = { 0 };
  guint k = 1;

  template_init (&template);
  while (k < MAX_KILLS && !kill_at (&template, k))
    k += STEP;
  g_test_message ("%u kills, up to write %u", k / STEP, k);
  g_assert_cmpuint (k, >, 20);
  g_assert_cmpuint (k, <, MAX_KILLS);
  template_clear (&template);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/kill/device", kill_device_at, test_kill);
  g_test_add_data_func ("/kill/enrolment", kill_enrolment_at, test_kill);
  g_test_add_data_func ("/kill/portal", kill_portal_at, test_kill);
  return g_test_run ();
}
