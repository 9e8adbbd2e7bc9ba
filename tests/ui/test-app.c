/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "posa-config.h"

#include "cli-rig.h"
#include "ui-rig.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

/* The whole way of a crew through the real program: real portal, real simulated meters. With
 * POSA_SCREENSHOTS it takes the pictures of the documentation on the way (tests/ui/screenshots). */

typedef struct
{
  CliSite *site;
  PosaTestSim *old_meter, *new_meter;
  char *address, *new_serial;
  UiApp *app;
} Visit;

static PosaTestSim *
start_old_meter (CliSite *site)
{
  /* Pictures of a reading in progress want a line that takes its time. */
  const char *pace = g_getenv ("POSA_SCREENSHOTS") != NULL ? "--pace" : "--no-pace";
  g_autofree char *serial = cli_site_lot (site, "\"serial=\" + .orders[0].old_serial");
  g_autofree char *customer =
      cli_site_lot (site, "\"customer_number=\" + .orders[0].customer_number");
  g_autofree char *total =
      cli_site_lot (site,
                    "\"register.1.8.0=\" + (.orders[0].last_billing[0].value + 512000 | tostring)");
  g_autofree char *t1 =
      cli_site_lot (site,
                    "\"register.1.8.1=\" + (.orders[0].last_billing[1].value + 184000 | tostring)");
  g_autofree char *t2 =
      cli_site_lot (site,
                    "\"register.1.8.2=\" + (.orders[0].last_billing[2].value + 121000 | tostring)");
  g_autofree char *t3 =
      cli_site_lot (site,
                    "\"register.1.8.3=\" + (.orders[0].last_billing[3].value + 207000 | tostring)");

  return posa_test_sim_start ("1g", "--kind", "m1", pace, "--set", serial, "--set", customer,
                              "--set", total, "--set", t1, "--set", t2, "--set", t3, "--set",
                              "register.1.8.4=0", NULL);
}

static Visit *
visit_new (void)
{
  Visit *self = g_new0 (Visit, 1);

  self->site = cli_site_new ();
  self->old_meter = start_old_meter (self->site);
  self->new_meter = cli_site_new_meter (self->site);
  self->address =
      cli_site_lot (self->site,
                    ".orders[0] | .street + \" \" + .house_number + \", \" + .municipality");
  self->new_serial = cli_site_lot (self->site, ".stock[0].serial");
  cli_expect (0, "", "posactl", "--data", self->site->device, "port", "--old",
              posa_test_sim_get_port (self->old_meter), "--new",
              posa_test_sim_get_port (self->new_meter), NULL);
  self->app = ui_app_start (self->site->device);
  return self;
}

static void
visit_free (Visit *self)
{
  ui_app_free (self->app);
  posa_test_sim_stop (self->old_meter);
  posa_test_sim_stop (self->new_meter);
  cli_site_free (self->site);
  g_free (self->address);
  g_free (self->new_serial);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visit, visit_free)

static void
sees (UiApp *app, const char *text)
{
  g_object_unref (ui_app_find (app, text, ATSPI_ROLE_INVALID));
}

/* The step's title, and a picture of it. */
static void
at_step (UiApp *app, const char *title, const char *picture)
{
  sees (app, title);
  if (picture != NULL)
    ui_app_shot (app, picture);
}

static void
open_first_order (Visit *self)
{
  sees (self->app, self->address);
  ui_app_shot (self->app, "1-orders");
  /* The first order has the focus at the start. */
  ui_app_key (self->app, "Return");
  sees (self->app, _ ("Start the replacement"));
  ui_app_shot (self->app, "2-order");
}

static void
go_to_cut (Visit *self)
{
  UiApp *app = self->app;

  open_first_order (self);
  ui_app_press (app, _ ("Start the replacement"));
  at_step (app, _ ("Find the meter"), "3-identify");
  sees (app, _ ("GREEN"));
  ui_app_press (app, _ ("Serial Number Is Right"));
  at_step (app, _ ("Look before you touch"), NULL);
  ui_app_press (app, _ ("All in Order"));
  at_step (app, _ ("Read the old meter"), NULL);
  ui_app_press (app, _ ("Read the Meter"));
  if (g_getenv ("POSA_SCREENSHOTS") != NULL)
    {
      g_usleep (900000);
      ui_app_shot (app, "4-reading");
    }
  at_step (app, _ ("Check the readings"), "5-readings");
  ui_app_press (app, _ ("Readings Are Right"));
  at_step (app, _ ("Take the new meter"), NULL);
}

/* One tap on the list of the van. */
static void
choose_new_meter (Visit *self)
{
  ui_app_key (self->app, "Return");
  ui_app_shot (self->app, "6-new-meter");
  ui_app_press (self->app, _ ("Use This Meter"));
  at_step (self->app, _ ("Switch the customer off"), "7-cut");
  sees (self->app, _ ("AMBER"));
}

/* A dangerous step by two presses: one asks, the other answers. */
static void
cut (Visit *self)
{
  ui_app_press (self->app, _ ("Customer Is Off"));
  sees (self->app, _ ("No, go back"));
  ui_app_press (self->app, _ ("Customer Is Off"));
}

static void
refuses_to_go (Visit *self)
{
  UiApp *app = self->app;

  ui_app_key (app, "ctrl+q");
  sees (app, _ ("Posa stays open"));
  ui_app_press (app, _ ("Understood"));
  ui_app_wait_gone (app, _ ("Posa stays open"));
  ui_app_key (app, "Escape");
  sees (app, _ ("Not now"));
  ui_app_press (app, _ ("Go on with the work"));
  g_assert_true (ui_app_is_running (app));
}

static void
finish (Visit *self)
{
  UiApp *app = self->app;

  ui_app_press (app, _ ("New Meter Is Fitted"));
  at_step (app, _ ("Give supply to the new meter"), NULL);
  ui_app_press (app, _ ("Find the New Meter"));
  at_step (app, _ ("Commission the new meter"), "9-commission");
  at_step (app, _ ("Test the limiter"), NULL);
  ui_app_press (app, _ ("Test the Switch"));
  at_step (app, _ ("Close up"), NULL);
  ui_app_press (app, _ ("Closed Up, Customer Is On"));
  at_step (app, _ ("Sign the report"), "10-sign");
  sees (app, _ ("GREEN"));
  ui_app_press (app, _ ("Sign"));
  at_step (app, _ ("Take the old meter along"), NULL);
  ui_app_press (app, _ ("Old Meter Is in the Van"));
  sees (app, _ ("Back to the orders"));
  ui_app_shot (app, "11-done");
}

/* What left the program is a report that our verifier accepts. */
static void
verify_report (Visit *self)
{
  g_autofree char *order = cli_site_lot (self->site, ".orders[0].id");
  g_autoptr (CliRun)
      run = cli_run ("posactl", "--data", self->site->device, "report", "export", order, NULL);

  g_assert_cmpint (run->status, ==, 0);
  g_strchomp (run->out);
  cli_expect (0, self->new_serial, "posactl", "report", "verify", run->out, "--ca", self->site->ca,
              NULL);
}

/* Sync says something within a second, and ends with a receipt. */
static void
deliver (Visit *self)
{
  UiApp *app = self->app;

  ui_app_press (app, _ ("Back to the orders"));
  sees (app, self->address);
  ui_app_key (app, "F5");
  g_autoptr (AtspiAccessible)
      asking = ui_app_look (app, _ ("Asking the portal…"), ATSPI_ROLE_INVALID, 300);
  if (asking == NULL)
    g_object_unref (ui_app_find (app, _ ("Sync now"), ATSPI_ROLE_INVALID));
  sees (app, _ ("Delivered"));
  ui_app_shot (app, "12-delivery");
}

/* Killed in the middle of the exchange, the program comes back to the same step by itself. */
static void
test_replacement (void)
{
  g_autoptr (Visit) visit = visit_new ();

  go_to_cut (visit);
  choose_new_meter (visit);
  cut (visit);
  at_step (visit->app, _ ("Exchange the meters"), "8-exchange");
  sees (visit->app, _ ("RED"));
  sees (visit->app, _ ("Customer without supply"));
  refuses_to_go (visit);

  ui_app_kill (visit->app);
  ui_app_free (visit->app);
  visit->app = ui_app_start (visit->site->device);
  sees (visit->app, _ ("Exchange the meters"));
  sees (visit->app, _ ("RED"));
  finish (visit);
  verify_report (visit);
  deliver (visit);
  ui_app_key (visit->app, "ctrl+q");
  g_assert_cmpint (ui_app_wait_exit (visit->app), ==, 0);
}

/* Nothing but keys, and few of them. */
static void
test_keyboard (void)
{
  static const struct
  {
    const char *screen, *keys;
  } way[] = {
    { N_ ("Start the replacement"), "Return" },
    { N_ ("Find the meter"), "Return" },
    { N_ ("Look before you touch"), "Return" },
    { N_ ("Read the old meter"), "Return" },
    { N_ ("Check the readings"), "Return" },
    { N_ ("Take the new meter"), "Return" },
    { N_ ("Take the new meter"), "ctrl+Return" },
    { N_ ("Switch the customer off"), "Return" },
    { N_ ("No, go back"), "Tab" },
    { N_ ("No, go back"), "Return" },
    { N_ ("Exchange the meters"), "Return" },
    { N_ ("Give supply to the new meter"), "Return" },
    { N_ ("Test the limiter"), "Return" },
    { N_ ("Close up"), "Return" },
    { N_ ("Sign the report"), "Return" },
    { N_ ("Take the old meter along"), "Return" },
    { N_ ("Back to the orders"), "Return" },
  };
  g_autoptr (Visit) visit = visit_new ();

  sees (visit->app, visit->address);
  ui_app_key (visit->app, "Return");
  for (gsize i = 0; i < G_N_ELEMENTS (way); i++)
    {
      sees (visit->app, _ (way[i].screen));
      g_usleep (200000);
      ui_app_key (visit->app, way[i].keys);
    }
  sees (visit->app, _ ("Show the report"));
  verify_report (visit);
}

/* The reading is stopped by its button, says so, and can be done again. */
static void
test_unplugged (void)
{
  g_autoptr (Visit) visit = visit_new ();

  open_first_order (visit);
  ui_app_press (visit->app, _ ("Start the replacement"));
  ui_app_press (visit->app, _ ("Serial Number Is Right"));
  ui_app_press (visit->app, _ ("All in Order"));
  sees (visit->app, _ ("Read the old meter"));
  posa_test_sim_kill (visit->old_meter);
  ui_app_press (visit->app, _ ("Read the Meter"));
  g_object_unref (ui_app_find (visit->app, "", ATSPI_ROLE_ALERT));
  sees (visit->app, _ ("Read the old meter"));
  sees (visit->app, _ ("GREEN"));
}

/* Off the straight way: nothing happens before the reason is chosen and the action confirmed. */
static void
test_leave (void)
{
  g_autoptr (Visit) visit = visit_new ();
  UiApp *app = visit->app;

  open_first_order (visit);
  ui_app_press (app, _ ("Start the replacement"));
  sees (app, _ ("Find the meter"));
  ui_app_press (app, _ ("Problem"));
  sees (app, _ ("What is the matter?"));
  g_usleep (500000);
  ui_app_key (app, "Return");
  g_autoptr (AtspiAccessible)
      confirm = ui_app_find (app, _ ("Leave Without Replacing"), ATSPI_ROLE_PUSH_BUTTON);
  g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (confirm);
  g_assert_false (atspi_state_set_contains (states, ATSPI_STATE_SENSITIVE));
  g_usleep (500000);
  ui_app_key (app, "Return");
  ui_app_press (app, _ ("Leave Without Replacing"));
  sees (app, _ ("Left without replacing"));
  ui_app_press (app, _ ("Back to the orders"));
  sees (app, _ ("Try again"));
}

static char *
get_fingerprint (const char *certificate)
{
  const char *argv[] = { "openssl", "x509", "-noout",    "-fingerprint",
                         "-sha256", "-in",  certificate, NULL };
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL,
                &error);
  g_assert_no_error (error);
  g_assert_nonnull (strchr (out, '='));
  return g_strdup (g_strchomp (strchr (out, '=') + 1));
}

/* A new tablet: a wrong code is told, the right one leads to the orders. */
static void
test_enrolment (void)
{
  g_autoptr (CliSite) site = cli_site_new_bare ();
  g_autofree char *code = cli_site_add_code (site);
  g_autofree char *fingerprint = get_fingerprint (site->ca);
  g_autoptr (UiApp) app = ui_app_start (site->device);

  ui_app_fill (app, _ ("Address of the portal"), site->url);
  ui_app_fill (app, _ ("Code from the office"), "WRONG-CODE");
  ui_app_fill (app, _ ("Fingerprint of the portal (SHA-256)"), fingerprint);
  ui_app_press (app, _ ("Set up"));
  sees (app, "enrolment: the portal answers 403");

  ui_app_fill (app, _ ("Code from the office"), code);
  ui_app_press (app, _ ("Set up"));
  sees (app, "Via Dante Alighieri 2");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("POSA_LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_test_init (&argc, &argv, NULL);
  ui_rig_init ();
  g_test_add_func ("/app/replacement", test_replacement);
  if (g_getenv ("POSA_SCREENSHOTS") == NULL)
    {
      g_test_add_func ("/app/keyboard", test_keyboard);
      g_test_add_func ("/app/unplugged", test_unplugged);
      g_test_add_func ("/app/leave", test_leave);
      g_test_add_func ("/app/enrolment", test_enrolment);
    }
  return g_test_run ();
}
