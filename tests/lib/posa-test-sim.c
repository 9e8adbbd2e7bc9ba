/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-test-sim.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 60000 /* with sanitizers on a busy machine */
#define DUMP_MS  10000

struct _PosaTestSim
{
  GPid pid; /* 0: reaped */
  char *folder, *port, *dump;
};

static void
child_setup_cb (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Waits for "ready PATH" on @fd and closes it. */
static void
await_ready (int fd)
{
  GString *line = g_string_new (NULL);
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  char c = '\0';

  while (c != '\n')
    {
      g_assert_cmpint (poll (&poll_fd, 1, READY_MS), ==, 1);
      g_assert_cmpint (read (fd, &c, 1), ==, 1);
      g_string_append_c (line, c);
    }
  g_assert_true (g_str_has_prefix (line->str, "ready "));
  g_string_free (line, TRUE);
  close (fd);
}

static void
spawn (PosaTestSim *self, GPtrArray *arguments)
{
  g_autoptr (GError) error = NULL;
  int output = -1;

  g_spawn_async_with_pipes (NULL, (char **) arguments->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                            child_setup_cb, NULL, &self->pid, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  await_ready (output);
}

PosaTestSim *
posa_test_sim_start (const char *kind, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  va_list list;

  va_start (list, kind);
  for (const char *argument = kind; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);
  return posa_test_sim_start_argv ((const char *const *) arguments->pdata);
}

PosaTestSim *
posa_test_sim_start_argv (const char *const *arguments)
{
  PosaTestSim *self = g_new0 (PosaTestSim, 1);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

  self->folder = g_dir_make_tmp ("posa-sim-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->port = g_build_filename (self->folder, "port", NULL);
  self->dump = g_build_filename (self->folder, "dump.json", NULL);
  g_ptr_array_add (argv,
                   g_build_filename (g_getenv ("POSA_BUILDDIR"), "app", "sim", "posa-sim", NULL));
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (arguments[i]));
  g_ptr_array_add (argv, g_strconcat ("--link=", self->port, NULL));
  g_ptr_array_add (argv, g_strconcat ("--dump=", self->dump, NULL));
  g_ptr_array_add (argv, NULL);
  spawn (self, argv);
  return self;
}

static void
end (PosaTestSim *self, int signal_number)
{
  if (self->pid == 0)
    return;
  kill (self->pid, signal_number);
  waitpid (self->pid, NULL, 0);
  self->pid = 0;
}

void
posa_test_sim_kill (PosaTestSim *self)
{
  end (self, SIGKILL);
}

void
posa_test_sim_stop (PosaTestSim *self)
{
  end (self, SIGTERM);
  g_unlink (self->port);
  g_unlink (self->dump);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->port);
  g_free (self->dump);
  g_free (self);
}

const char *
posa_test_sim_get_port (PosaTestSim *self)
{
  return self->port;
}

char *
posa_test_sim_dump (PosaTestSim *self)
{
  char *text = NULL;

  g_unlink (self->dump);
  g_assert_cmpint (kill (self->pid, SIGUSR1), ==, 0);
  for (guint i = 0; i < DUMP_MS && text == NULL; i++)
    {
      g_usleep (1000);
      g_file_get_contents (self->dump, &text, NULL, NULL);
    }
  g_assert_nonnull (text);
  return text;
}

/* The node at @path, which the caller owns. */
static JsonNode *
find (PosaTestSim *self, const char *path)
{
  g_autofree char *text = posa_test_sim_dump (self);
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonNode *node = root;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_assert_nonnull (node);
      node = json_object_get_member (json_node_get_object (node), names[i]);
    }
  g_assert_nonnull (node);
  return json_node_copy (node);
}

gint64
posa_test_sim_get_int (PosaTestSim *self, const char *path)
{
  g_autoptr (JsonNode) node = find (self, path);

  return json_node_get_int (node);
}

char *
posa_test_sim_get_text (PosaTestSim *self, const char *path)
{
  g_autoptr (JsonNode) node = find (self, path);

  return g_strdup (json_node_get_string (node));
}
