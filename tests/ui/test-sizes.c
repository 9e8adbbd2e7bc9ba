/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "cli-rig.h"
#include "ui-rig.h"

/* From a 360 pixel wide screen to a desktop. The program runs with fatal warnings, and libadwaita
 * warns when something does not fit: it has to be alive afterwards. */
static const int sizes[][2] = { { 360, 720 },
                                { 600, 1024 },
                                { 1024, 600 },
                                { 1280, 800 },
                                { 1920, 1200 } };

/* 19 mm at the 96 dpi of the display (field-work.md 7.5). */
#define PRIMARY_PX 72

static void
check_sizes (UiApp *app, const char *primary)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      ui_app_resize (app, sizes[i][0], sizes[i][1]);
      g_test_message ("%s at %dx%d", primary, sizes[i][0], sizes[i][1]);
      g_assert_cmpint (ui_app_get_height (app, primary), >=, PRIMARY_PX);
      g_assert_true (ui_app_is_running (app));
    }
}

static void
test_order_and_step (void)
{
  g_autoptr (CliSite) site = cli_site_new ();
  g_autoptr (UiApp) app = ui_app_start (site->device);

  g_object_unref (ui_app_find (app, "Via Dante", ATSPI_ROLE_INVALID));
  ui_app_key (app, "Return");
  check_sizes (app, "Start the replacement");
  ui_app_press (app, "Start the replacement");
  g_object_unref (ui_app_find (app, "Serial Number Is Right", ATSPI_ROLE_PUSH_BUTTON));
  check_sizes (app, "Serial Number Is Right");
}

static void
test_enrolment (void)
{
  g_autoptr (CliSite) site = cli_site_new_bare ();
  g_autoptr (UiApp) app = ui_app_start (site->device);

  check_sizes (app, "Set up");
}

/* The window folds to one column where it is narrow: the list makes room for the page. */
static void
test_folds (void)
{
  g_autoptr (CliSite) site = cli_site_new ();
  g_autoptr (UiApp) app = ui_app_start (site->device);
  const char *second = "Via Dante Alighieri 3";

  ui_app_resize (app, 1280, 800);
  g_object_unref (ui_app_find (app, second, ATSPI_ROLE_LIST_ITEM));
  ui_app_key (app, "Return");
  g_object_unref (ui_app_find (app, "Start the replacement", ATSPI_ROLE_INVALID));
  g_object_unref (ui_app_find (app, second, ATSPI_ROLE_LIST_ITEM));
  ui_app_resize (app, 360, 720);
  g_object_unref (ui_app_find (app, "Start the replacement", ATSPI_ROLE_INVALID));
  g_assert_null (ui_app_look (app, second, ATSPI_ROLE_LIST_ITEM, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ui_rig_init ();
  g_test_add_func ("/sizes/order-and-step", test_order_and_step);
  g_test_add_func ("/sizes/enrolment", test_enrolment);
  g_test_add_func ("/sizes/folds", test_folds);
  return g_test_run ();
}
