/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The supply relay under each control mode of class 70: what may be ordered, and what is left
 * alone. */

#include "dlms-rig.h"

#include "base/posa-error.h"
#include "posa-test-parallel.h"

#include <string.h>

/* A meter, and what becomes of a test of its relay and then of a commissioning; said: a part of the
 * message, NULL for success. Orders: how often a method of the relay was called until then. */
typedef struct
{
  const char *mode, *relay;
  const char *test_said;
  guint test_orders;
  int code;
  const char *said;
  guint orders;
  int state; /* control_state at the end */
} Row;

static const Row rows[] = {
  { "0", "closed", "there is nothing to test", 0, 0, NULL, 0, 1 },
  { "0", "open", "there is nothing to test", 0, POSA_ERROR_UNSUPPORTED, "was not touched", 0, 0 },
  { "1", "closed", "presses the button", 0, 0, NULL, 0, 1 },
  { "1", "open", "presses the button", 0, POSA_ERROR_NOT_VERIFIED, "press it", 1, 2 },
  { "1", "ready", "presses the button", 0, POSA_ERROR_NOT_VERIFIED, "press it", 0, 2 },
  { "2", "closed", NULL, 2, 0, NULL, 2, 1 },
  { "2", "open", NULL, 3, 0, NULL, 3, 1 }, /* as a test leaves it that was cut off */
  { "3", "open", "presses the button", 0, POSA_ERROR_NOT_VERIFIED, "press it", 1, 2 },
  { "4", "closed", NULL, 2, 0, NULL, 2, 1 },
  { "4", "ready", "waits for the button", 0, POSA_ERROR_NOT_VERIFIED, "press it", 0, 2 },
  { "5", "open", "presses the button", 0, POSA_ERROR_NOT_VERIFIED, "press it", 1, 2 },
  { "6", "closed", "presses the button", 0, 0, NULL, 0, 1 },
  { "7", "closed", "nobody knows", 0, 0, NULL, 0, 1 },
  { "7", "open", "nobody knows", 0, POSA_ERROR_UNSUPPORTED, "control mode 7", 0, 0 },
};

static void
assert_said (const GError *error, int code, const char *said)
{
  if (said == NULL)
    {
      g_assert_no_error (error);
      return;
    }
  g_assert_error (error, POSA_ERROR, code);
  g_assert_nonnull (strstr (error->message, said));
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *mode = g_strconcat ("control_mode=", row->mode, NULL);
  g_autofree char *relay = g_strconcat ("relay=", row->relay, NULL);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", mode, "--set", relay));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_meter_test_relay (meter, NULL, &error), ==, row->test_said == NULL);
  assert_said (error, POSA_ERROR_GUARD_FAILED, row->test_said);
  g_clear_error (&error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_orders"), ==, row->test_orders);
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
  assert_said (error, row->code, row->said);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_orders"), ==, row->orders);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_state"), ==, row->state);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strjoin ("/", "/dlms-relay", rows[i].mode, rows[i].relay, NULL);

      posa_test_add_parallel (path, &rows[i], test_row);
    }
  return g_test_run ();
}
