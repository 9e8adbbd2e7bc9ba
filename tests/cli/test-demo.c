/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "cli-rig.h"

#include <signal.h>
#include <string.h>

/* ./dev demo's script: one replacement from the order to the receipt, in Italian and English, and
 * nothing left behind when it is interrupted. */

static char *
get_script (void)
{
  return g_build_filename (g_getenv ("POSA_DATADIR"), "demo", "run-demo", NULL);
}

/* The script finds programs by PATH, and leaves its result in BUILD/demo. */
static GSubprocessLauncher *
new_launcher (const char *out, const char *language, GSubprocessFlags flags)
{
  static const char *const layers[] = { "cli", "sim", "portal" };
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GString) path = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    g_string_append_printf (path, "%s/app/%s:", g_getenv ("POSA_BUILDDIR"), layers[i]);
  g_string_append (path, g_getenv ("PATH"));
  g_autofree char *locales = g_build_filename (g_getenv ("POSA_BUILDDIR"), "po", NULL);
  g_subprocess_launcher_setenv (launcher, "PATH", path->str, TRUE);
  g_subprocess_launcher_setenv (launcher, "POSA_BUILDDIR", out, TRUE);
  g_subprocess_launcher_setenv (launcher, "POSA_LOCALEDIR", locales, TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", language, TRUE);
  g_subprocess_launcher_setenv (launcher, "LANGUAGE",
                                strcmp (language, "it_IT.UTF-8") == 0 ? "it" : "en", TRUE);
  return launcher;
}

static void
run_demo (const char *language, const char *title, const char *summary_says)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = g_dir_make_tmp ("posa-demo-XXXXXX", &error);
  g_autofree char *script = get_script ();
  g_autoptr (GSubprocessLauncher)
      launcher = new_launcher (out, language,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess)
      demo = g_subprocess_launcher_spawn (launcher, &error, script, "--headless", "--fast", NULL);
  g_autofree char *text = NULL;
  g_autofree char *summary = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (demo, NULL, NULL, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (demo));
  if (g_subprocess_get_exit_status (demo) != 0)
    g_error ("the demo failed:\n%s", text);

  g_autofree char *folder = g_build_filename (out, "demo", NULL);
  g_autofree char *pdf = g_build_filename (folder, "T-000001-000001.pdf", NULL);
  g_autofree char *ca = g_build_filename (folder, "ca.pem", NULL);
  g_autofree char *path = g_build_filename (folder, "summary.txt", NULL);
  g_assert_true (g_file_get_contents (path, &summary, NULL, &error));
  g_assert_nonnull (strstr (summary, "Signature is Valid"));
  g_assert_nonnull (strstr (summary, "Total document signed"));
  g_assert_nonnull (strstr (summary, summary_says));
  cli_expect (0, "W-000001", "posactl", "report", "verify", pdf, "--ca", ca, NULL);
  cli_expect (0, "No syntax or stream encoding errors", "qpdf", "--check", pdf, NULL);
  cli_expect (0, title, "pdftotext", pdf, "-", NULL);
  cli_expect (0, "report.json", "pdfdetach", "-list", pdf, NULL);
  cli_expect (0, "", "rm", "-rf", out, NULL);
}

static void
test_italian (void)
{
  run_demo ("it_IT.UTF-8", "Rapporto di sostituzione", "RED");
}

static void
test_english (void)
{
  run_demo ("C.UTF-8", "Replacement report", "RED");
}

static gboolean
has_child_named (const char *folder)
{
  g_autoptr (CliRun) run = cli_run ("pgrep", "-f", folder, NULL);

  return run->status == 0;
}

static void
test_interrupted (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = g_dir_make_tmp ("posa-demo-XXXXXX", &error);
  g_autofree char *temporary = g_build_filename (out, "tmp", NULL);
  g_autofree char *script = get_script ();
  g_autoptr (GSubprocessLauncher) launcher =
      new_launcher (out, "C.UTF-8",
                    G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_assert_cmpint (g_mkdir_with_parents (temporary, 0700), ==, 0);
  g_subprocess_launcher_setenv (launcher, "TMPDIR", temporary, TRUE);
  g_autoptr (GSubprocess)
      demo = g_subprocess_launcher_spawn (launcher, &error, script, "--headless", NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < 200 && !has_child_named (temporary); i++)
    g_usleep (50000);
  g_usleep (1500000);
  g_subprocess_send_signal (demo, SIGTERM);
  g_subprocess_wait (demo, NULL, NULL);
  for (guint i = 0; i < 100 && has_child_named (temporary); i++)
    g_usleep (50000);
  g_assert_false (has_child_named (temporary));
  cli_expect (0, "total 0", "ls", "-l", temporary, NULL);
  cli_expect (0, "", "rm", "-rf", out, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/italian", test_italian);
  g_test_add_func ("/demo/english", test_english);
  g_test_add_func ("/demo/interrupted", test_interrupted);
  return g_test_run ();
}
