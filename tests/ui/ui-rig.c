/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "ui-rig.h"

#include <signal.h>
#include <stdio.h>

struct _UiApp
{
  GSubprocess *process;
};

#define PATIENCE_MS 20000

static void
run_tool (const char *tool, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  va_list list;
  int status = -1;

  g_ptr_array_add (argv, (gpointer) tool);
  va_start (list, tool);
  for (const char *word = va_arg (list, const char *); word != NULL;
       word = va_arg (list, const char *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (list);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

/* Depth first; only what is showing. */
static AtspiAccessible *
search (AtspiAccessible *node, const char *name, AtspiRole role)
{
  g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (node);
  g_autofree char *own = NULL;

  if (states == NULL)
    return NULL;
  own = atspi_accessible_get_name (node, NULL);
  if (own != NULL && g_str_has_prefix (own, name) &&
      (role == ATSPI_ROLE_INVALID || atspi_accessible_get_role (node, NULL) == role) &&
      atspi_state_set_contains (states, ATSPI_STATE_SHOWING))
    return g_object_ref (node);
  for (int i = 0, n = atspi_accessible_get_child_count (node, NULL); i < n; i++)
    {
      g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (node, i, NULL);
      AtspiAccessible *found = child != NULL ? search (child, name, role) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
dump (AtspiAccessible *node, int depth)
{
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  g_autofree char *role = atspi_accessible_get_role_name (node, NULL);
  g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (node);

  if (states != NULL && atspi_state_set_contains (states, ATSPI_STATE_SHOWING))
    fprintf (stderr, "%*s%s '%s'%s%s\n", depth * 2, "", role, name,
             atspi_state_set_contains (states, ATSPI_STATE_FOCUSED) ? " focused" : "",
             atspi_state_set_contains (states, ATSPI_STATE_SENSITIVE) ? "" : " insensitive");
  for (int i = 0, n = atspi_accessible_get_child_count (node, NULL); i < n; i++)
    {
      g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (node, i, NULL);

      if (child != NULL)
        dump (child, depth + 1);
    }
}

static void
dump_screen (void)
{
  g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);

  dump (desktop, 0);
}

AtspiAccessible *
ui_app_look (UiApp *self, const char *name, AtspiRole role, guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  do
    {
      g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);

      atspi_accessible_clear_cache (desktop);
      AtspiAccessible *found = search (desktop, name, role);
      if (found != NULL)
        return found;
      g_usleep (50000);
    }
  while (g_get_monotonic_time () < end);
  return NULL;
}

AtspiAccessible *
ui_app_find (UiApp *self, const char *name, AtspiRole role)
{
  AtspiAccessible *found = ui_app_look (self, name, role, PATIENCE_MS);

  if (found == NULL)
    {
      dump_screen ();
      g_error ("\"%s\" is not on the screen", name);
    }
  return found;
}

void
ui_app_wait_gone (UiApp *self, const char *name)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_MS * 1000;

  for (;;)
    {
      g_autoptr (AtspiAccessible) there = ui_app_look (self, name, ATSPI_ROLE_INVALID, 0);

      if (there == NULL)
        return;
      if (g_get_monotonic_time () > end)
        g_error ("\"%s\" stays on the screen", name);
      g_usleep (50000);
    }
}

static gboolean
is_sensitive (AtspiAccessible *node)
{
  g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (node);

  return states != NULL && atspi_state_set_contains (states, ATSPI_STATE_SENSITIVE);
}

void
ui_app_press (UiApp *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  gint64 end = g_get_monotonic_time () + PATIENCE_MS * 1000;

  do
    {
      g_autoptr (AtspiAccessible) button = ui_app_find (self, name, ATSPI_ROLE_PUSH_BUTTON);
      g_autoptr (AtspiAction) action = atspi_accessible_get_action_iface (button);

      if (is_sensitive (button) && action != NULL && atspi_action_do_action (action, 0, &error))
        return;
      if (error != NULL)
        g_test_message ("%s: %s", name, error->message);
      g_clear_error (&error);
      g_usleep (50000);
    }
  while (g_get_monotonic_time () < end);
  dump_screen ();
  g_error ("\"%s\" cannot be pressed", name);
}

void
ui_app_fill (UiApp *self, const char *name, const char *text)
{
  g_autoptr (AtspiAccessible) field = ui_app_find (self, name, ATSPI_ROLE_TEXT);
  g_autoptr (AtspiEditableText) editable = atspi_accessible_get_editable_text_iface (field);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (editable);
  atspi_editable_text_set_text_contents (editable, text, &error);
  g_assert_no_error (error);
}

int
ui_app_get_height (UiApp *self, const char *name)
{
  g_autoptr (AtspiAccessible) button = ui_app_find (self, name, ATSPI_ROLE_PUSH_BUTTON);
  g_autoptr (AtspiComponent) component = atspi_accessible_get_component_iface (button);
  g_autofree AtspiRect *rect =
      atspi_component_get_extents (component, ATSPI_COORD_TYPE_WINDOW, NULL);

  g_assert_nonnull (rect);
  return rect->height;
}

void
ui_app_key (UiApp *self, const char *keys)
{
  run_tool ("xdotool", "key", "--clearmodifiers", keys, NULL);
}

void
ui_app_shot (UiApp *self, const char *name)
{
  const char *folder = g_getenv ("POSA_SCREENSHOTS");

  if (folder == NULL)
    return;
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  g_usleep (700000); /* animations */
  run_tool ("import", "-window", "root", "-colors", "128", "-depth", "8", path, NULL);
}

void
ui_app_resize (UiApp *self, int width, int height)
{
  g_autofree char *w = g_strdup_printf ("%d", width);
  g_autofree char *h = g_strdup_printf ("%d", height);

  run_tool ("xdotool", "search", "--sync", "--onlyvisible", "--name", "Posa", "windowmove", "0",
            "0", "windowsize", w, h, "mousemove", w, h, NULL);
  g_usleep (500000);
}

static void
fit_to_screen (UiApp *self)
{
  const char *size = g_getenv ("POSA_TEST_SIZE");
  int width = 0, height = 0;

  if (size != NULL && sscanf (size, "%dx%d", &width, &height) == 2)
    ui_app_resize (self, width, height);
}

void
ui_rig_init (void)
{
  /* The accessibility library warns when a program leaves the bus, which is no fault here. What the
   * program itself warns of stays fatal to it by its environment. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  atspi_init ();
}

UiApp *
ui_app_start (const char *folder)
{
  UiApp *self = g_new0 (UiApp, 1);
  g_autofree char *program =
      g_build_filename (g_getenv ("POSA_BUILDDIR"), "app", "gtk", "posa", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "POSA_HOME", folder, TRUE);
  self->process = g_subprocess_launcher_spawn (launcher, &error, program, NULL);
  g_assert_no_error (error);
  g_autoptr (AtspiAccessible) frame = ui_app_find (self, "Posa", ATSPI_ROLE_FRAME);
  fit_to_screen (self);
  return self;
}

void
ui_app_kill (UiApp *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
}

gboolean
ui_app_is_running (UiApp *self)
{
  return g_subprocess_get_identifier (self->process) != NULL;
}

static gboolean
kill_cb (gpointer data)
{
  g_subprocess_force_exit (data);
  return G_SOURCE_REMOVE;
}

int
ui_app_wait_exit (UiApp *self)
{
  guint deadline = g_timeout_add_seconds (10, kill_cb, self->process);

  g_subprocess_wait (self->process, NULL, NULL);
  g_source_remove (deadline);
  return g_subprocess_get_if_exited (self->process) ? g_subprocess_get_exit_status (self->process)
                                                    : -1;
}

void
ui_app_free (UiApp *self)
{
  ui_app_kill (self);
  g_object_unref (self->process);
  g_free (self);
}
