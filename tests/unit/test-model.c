/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "domain/posa-work-order.h"
#include "model/posa-folder.h"
#include "model/posa-workspace.h"
#include "posa-samples.h"
#include "store/posa-order-store.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("posa-model-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

static void
test_item_is_its_properties (void)
{
  g_autoptr (PosaOrderItem)
      item = g_object_new (POSA_TYPE_ORDER_ITEM, "id", "W-1", "life-support", TRUE, NULL);
  g_autofree char *id = NULL;
  gboolean flag;

  g_object_get (item, "id", &id, "life-support", &flag, NULL);
  g_assert_cmpstr (id, ==, "W-1");
  g_assert_true (flag);
  g_assert_cmpstr (posa_item_get_text (item, "note"), ==, "");
  g_object_get (item, "delivered", &flag, NULL);
  g_assert_false (flag);
}

static void
test_new_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (fixture->folder, "a", "b", NULL);
  g_autoptr (PosaWorkspace) workspace = posa_workspace_open (folder, &error);
  g_autofree char *open_order = NULL;

  g_assert_no_error (error);
  g_assert_false (posa_workspace_is_enrolled (workspace));
  g_assert_null (posa_workspace_get_device_id (workspace));
  g_assert_cmpuint (g_list_model_get_n_items (posa_workspace_get_orders (workspace)), ==, 0);
  open_order = posa_workspace_dup_open_order (workspace);
  g_assert_null (open_order);
  g_assert_null (posa_workspace_export_report (workspace, "W-1", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_NOT_FOUND);
}

static void
test_ports_are_remembered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkspace) first = posa_workspace_open (fixture->folder, &error);

  g_assert_no_error (error);
  posa_workspace_set_old_port (first, "/dev/ttyUSB7");
  g_assert_cmpstr (posa_workspace_get_old_port (first), ==, "/dev/ttyUSB7");
  g_clear_object (&first); /* ends its threads, so the setting is written */
  g_autoptr (PosaWorkspace) second = posa_workspace_open (fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (posa_workspace_get_old_port (second), ==, "/dev/ttyUSB7");
  g_assert_cmpstr (posa_workspace_get_new_port (second), ==, "");
}

/* Another day is named, today is not. */
static void
test_orders_say_when (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkspace) workspace = posa_workspace_open (fixture->folder, &error);
  g_autofree char *path = g_build_filename (fixture->folder, POSA_FOLDER_DATABASE, NULL);
  g_autoptr (PosaStore) store = posa_store_open (path, POSA_STORE_READ_WRITE, &error);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (PosaWorkOrder) order = posa_sample_order (random, "W-1");

  g_assert_no_error (error);
  order->window_start_us = posa_time_parse ("2026-03-05T08:30:00.000+01:00", NULL);
  order->window_end_us = posa_time_parse ("2026-03-05T10:30:00.000+01:00", NULL);
  order->cancelled = FALSE;
  g_assert_true (posa_order_store_apply (store, order, NULL, &error));
  g_assert_true (posa_workspace_refresh (workspace, &error));
  PosaOrderItem *item = posa_workspace_find_order (workspace, order->id);
  g_assert_nonnull (item);
  g_assert_cmpstr (posa_item_get_text (item, "when"), ==, "05/03 08:30–10:30");
  g_assert_cmpstr (posa_item_get_text (item, "date"), ==, "05/03/2026");
  g_assert_cmpstr (posa_item_get_text (item, "state"), ==, "assigned");
}

static void
failed_cb (GObject *workspace, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (posa_workspace_open_job_finish (POSA_WORKSPACE (workspace), result, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_main_loop_quit (data);
}

static void
test_job_needs_enrolment (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkspace) workspace = posa_workspace_open (fixture->folder, &error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  posa_workspace_open_job_async (workspace, "W-1", failed_cb, loop);
  g_main_loop_run (loop);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/item", test_item_is_its_properties);
  ADD ("/model/workspace/new", test_new_folder);
  ADD ("/model/workspace/ports", test_ports_are_remembered);
  ADD ("/model/workspace/when", test_orders_say_when);
  ADD ("/model/job/not-enrolled", test_job_needs_enrolment);
  return g_test_run ();
}
