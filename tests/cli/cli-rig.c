/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "cli-rig.h"

#include <glib/gstdio.h>
#include <signal.h>

#define DEADLINE_S 60

char *
cli_find_program (const char *name)
{
  static const char *const layers[] = { "cli", "sim", "portal", "gtk" };
  const char *build = g_getenv ("POSA_BUILDDIR");

  g_assert_nonnull (build);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      g_autofree char *path = g_build_filename (build, "app", layers[i], name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  return g_strdup (name); /* of the system */
}

void
cli_run_free (CliRun *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

static gboolean
kill_cb (gpointer data)
{
  g_subprocess_force_exit (data);
  return G_SOURCE_REMOVE;
}

static gpointer
watch_deadline (gpointer data)
{
  GSubprocess *process = data;

  /* The process ends far earlier, or the test fails by its status. */
  for (guint i = 0; i < DEADLINE_S * 20; i++)
    {
      if (g_subprocess_get_identifier (process) == NULL)
        return NULL;
      g_usleep (50000);
    }
  kill_cb (process);
  return NULL;
}

static CliRun *
run_argv (GPtrArray *argv)
{
  g_autoptr (GError) error = NULL;
  CliRun *run = g_new0 (CliRun, 1);

  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *) argv->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  GThread *watch = g_thread_new ("deadline", watch_deadline, process);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &run->out, &run->err, &error);
  g_assert_no_error (error);
  g_thread_join (watch);
  run->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return run;
}

static GPtrArray *
collect (const char *program, va_list args)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (argv, cli_find_program (program));
  for (const char *arg; (arg = va_arg (args, const char *)) != NULL;)
    g_ptr_array_add (argv, g_strdup (arg));
  return argv;
}

CliRun *
cli_run (const char *program, ...)
{
  va_list args;

  va_start (args, program);
  g_autoptr (GPtrArray) argv = collect (program, args);
  va_end (args);
  return run_argv (argv);
}

void
cli_expect (int status, const char *text, const char *program, ...)
{
  va_list args;

  va_start (args, program);
  g_autoptr (GPtrArray) argv = collect (program, args);
  va_end (args);
  g_autoptr (CliRun) run = run_argv (argv);
  if (run->status != status || (strstr (run->out, text) == NULL && strstr (run->err, text) == NULL))
    g_error ("%s ended with %d and not with %d saying \"%s\":\n%s\n%s", program, run->status,
             status, text, run->out, run->err);
}

static char *
make_path (CliSite *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

/* Waits for a line "WORD value" of the portal's log; the value is free. */
static char *
wait_for_value (const char *log, const char *word)
{
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *text = NULL;
      const char *at = g_file_get_contents (log, &text, NULL, NULL) ? strstr (text, word) : NULL;
      if (at != NULL && strchr (at, '\n') != NULL)
        return g_strndup (at + strlen (word), strcspn (at + strlen (word), "\n"));
      g_usleep (25000);
    }
  g_error ("the portal did not say \"%s\"", word);
}

static void
serve (CliSite *self, const char *portal, const char *address, const char *lot)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher)
      launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *program = cli_find_program ("posa-portal");
  g_autofree char *log = make_path (self, "portal.log");

  g_unlink (log);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  self->server = g_subprocess_launcher_spawn (launcher, &error, program, "--data", portal,
                                              "--listen", address, lot != NULL ? "--import" : NULL,
                                              lot, NULL);
  g_assert_no_error (error);
  g_free (self->ca);
  g_free (self->url);
  self->ca = wait_for_value (log, "authority ");
  self->url = wait_for_value (log, "listening on ");
}

CliSite *
cli_site_new_bare (void)
{
  g_autoptr (GError) error = NULL;
  CliSite *self = g_new0 (CliSite, 1);

  self->folder = g_dir_make_tmp ("posa-cli-XXXXXX", &error);
  g_assert_no_error (error);
  self->lot = make_path (self, "lot.json");
  self->portal = make_path (self, "portal");
  self->device = make_path (self, "device");
  g_autofree char *make_lot =
      g_build_filename (g_getenv ("POSA_DATADIR"), "demo", "make-lot", NULL);
  cli_expect (0, "", make_lot, self->lot, NULL);
  serve (self, self->portal, "127.0.0.1:0", self->lot);
  return self;
}

char *
cli_site_add_code (CliSite *self)
{
  g_autoptr (CliRun) run = cli_run ("posa-portal", "--data", self->portal, "admin",
                                    "add-device-code", "--crew", "CREW-1", "--operator", "T-0001",
                                    "--name", "Operatore 1", "--contractor", "Impresa", NULL);

  g_assert_cmpint (run->status, ==, 0);
  return g_strdup (g_strstrip (run->out));
}

CliSite *
cli_site_new (void)
{
  CliSite *self = cli_site_new_bare ();
  g_autofree char *code = cli_site_add_code (self);

  cli_expect (0, "", "posactl", "--data", self->device, "enrol", "--portal", self->url, "--code",
              code, "--ca", self->ca, NULL);
  cli_expect (0, "24", "posactl", "--data", self->device, "sync", NULL);
  return self;
}

void
cli_site_stop_portal (CliSite *self)
{
  if (self->server == NULL)
    return;
  g_subprocess_send_signal (self->server, SIGTERM);
  g_subprocess_wait (self->server, NULL, NULL);
  g_clear_object (&self->server);
}

void
cli_site_start_portal (CliSite *self, const char *portal)
{
  g_autofree char *address = g_strdup (self->url + strlen ("https://"));

  serve (self, portal, address, NULL);
}

void
cli_site_free (CliSite *self)
{
  cli_site_stop_portal (self);
  g_autoptr (CliRun) removed = cli_run ("rm", "-rf", self->folder, NULL);
  g_free (self->folder);
  g_free (self->lot);
  g_free (self->portal);
  g_free (self->device);
  g_free (self->url);
  g_free (self->ca);
  g_free (self);
}

char *
cli_site_lot (CliSite *self, const char *expression)
{
  g_autoptr (CliRun) run = cli_run ("jq", "-r", expression, self->lot, NULL);

  g_assert_cmpint (run->status, ==, 0);
  return g_strdup (g_strchomp (run->out));
}

char *
cli_site_copy_device (CliSite *self)
{
  g_autofree char *name = g_strdup_printf ("device-%d", g_atomic_int_add (&self->n_copies, 1));
  char *copy = make_path (self, name);

  cli_expect (0, "", "cp", "-a", self->device, copy, NULL);
  return copy;
}

PosaTestSim *
cli_site_old_meter (CliSite *self)
{
  g_autofree char *serial = cli_site_lot (self, "\"serial=\" + .orders[0].old_serial");
  g_autofree char *customer =
      cli_site_lot (self, "\"customer_number=\" + .orders[0].customer_number");
  g_autofree char *total =
      cli_site_lot (self, "\"register.1.8.0=\\(.orders[0].last_billing[0].value + 3000)\"");
  g_autofree char *t1 =
      cli_site_lot (self, "\"register.1.8.1=\\(.orders[0].last_billing[1].value + 1000)\"");
  g_autofree char *t2 =
      cli_site_lot (self, "\"register.1.8.2=\\(.orders[0].last_billing[2].value + 1000)\"");
  g_autofree char *t3 =
      cli_site_lot (self, "\"register.1.8.3=\\(.orders[0].last_billing[3].value + 1000)\"");

  return posa_test_sim_start ("1g", "--kind", "m1", "--no-pace", "--set", serial, "--set", customer,
                              "--set", total, "--set", t1, "--set", t2, "--set", t3, "--set",
                              "register.1.8.4=0", NULL);
}

PosaTestSim *
cli_site_new_meter_with (CliSite *self, const char *setting)
{
  g_autofree char *serial = cli_site_lot (self, "\"serial=\" + .stock[0].serial");
  g_autofree char *ek = cli_site_lot (self, "\"ek=\" + .stock[0].encryption_key");
  g_autofree char *ak = cli_site_lot (self, "\"ak=\" + .stock[0].authentication_key");

  return posa_test_sim_start ("2g", "--no-pace", "--set", serial, "--set", ek, "--set", ak, "--set",
                              "relay=open", "--set", setting, NULL);
}

PosaTestSim *
cli_site_new_meter (CliSite *self)
{
  return cli_site_new_meter_with (self, "fault=none");
}
