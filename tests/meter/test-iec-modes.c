/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The ways in which meters go on after their identification: modes A, B, C and E, addresses and the
 * wake-up of battery devices, against simulated meters. */

#include "base/posa-error.h"
#include "iec-talk.h"
#include "meter/posa-meter.h"
#include "posa-test-keyring.h"

#include <string.h>

static void
assert_reads (IecTalk *talk, guint n_sent)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *serial = posa_test_sim_get_text (talk->sim, "serial");
  g_autoptr (GPtrArray) sets = posa_iec_session_read_out (talk->session, 0, NULL, &error);
  gint64 value, resolution;

  g_assert_no_error (error);
  g_assert_cmpstr (posa_iec_data_find (sets, "C.1.0", 0)->value, ==, serial);
  g_assert_true (posa_iec_data_get_number (posa_iec_data_find (sets, "1.8.0", 0), "kWh", &value,
                                           &resolution, &error));
  g_assert_cmpint (value, ==, posa_test_sim_get_int (talk->sim, "registers/1.8.0"));
  g_assert_cmpuint (posa_iec_session_get_stats (talk->session)->bytes_tx, ==, n_sent);
  g_assert_cmpuint (posa_iec_session_get_stats (talk->session)->retries, ==, 0);
}

/* Modes A and B need no option, mode C does; test-iec has every speed character. Mode A at the pace
 * of its 300 baud would take too long. */
static void
test_speed_characters (void)
{
  static const char speeds[] = "059AEI@";

  for (guint i = 0; speeds[i] != '\0'; i++)
    {
      g_autofree char *identification = g_strdup_printf ("identification=PSA%cM1", speeds[i]);
      g_auto (IecTalk) talk =
          iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", identification, NULL));
      g_autoptr (GError) error = NULL;

      g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
      g_assert_no_error (error);
      assert_reads (&talk, g_ascii_isdigit (speeds[i]) ? 11 : 5);
    }
}

/* At the pace of the line: the meter waits 200 ms and goes on at 9600 baud without being asked. */
static void
test_mode_b_paced (void)
{
  g_auto (IecTalk) talk =
      iec_talk_to (posa_test_sim_start ("1g", "--pace", "--set", "identification=PSAEM1", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  assert_reads (&talk, 5);
}

static void
test_no_programming_in_mode_b (void)
{
  g_auto (IecTalk) talk =
      iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "identification=PSAEM1", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

/* A profile's limit of the speed, and a pause before the change. */
static void
test_slower_than_offered (void)
{
  g_auto (IecTalk) talk = iec_talk_to (posa_test_sim_start ("1g", "--pace", NULL));
  g_autoptr (GError) error = NULL;

  posa_iec_session_set_line (talk.session, 2400, 100);
  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  assert_reads (&talk, 11);
}

static void
test_address (void)
{
  static const struct
  {
    const char *address;
    gboolean own;
  } rows[] = {
    { "041234567", TRUE }, { "41234567", TRUE },   { "00000041234567", TRUE },
    { "0", TRUE },         { "041234568", FALSE }, { "4123456", FALSE },
  };
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "serial=041234567", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
      g_autoptr (PosaIecSession) session = posa_iec_session_new (port);
      posa_iec_session_set_call (session, rows[i].address, FALSE);
      gboolean found = posa_iec_session_sign_on (session, 1, NULL, &error);
      g_assert_cmpint (found, ==, rows[i].own);
      if (!found)
        g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
      posa_iec_session_sign_off (session);
    }
}

/* A battery device hears nothing before its wake-up; who knows that gets through. */
static void
test_wake_up (void)
{
  g_auto (IecTalk)
      talk = iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "wake_up=yes", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  posa_iec_session_set_call (talk.session, NULL, TRUE);
  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_no_error (error);
}

static PosaMeter *
open_meter (PosaTestSim *sim, PosaMeterExpectation expectation, PosaKeyring *keyring)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  PosaMeter *meter = posa_meter_open (port, expectation, NULL, keyring, NULL, &error);

  g_assert_no_error (error);
  return meter;
}

/* 11.30: the confirmation whole, in pieces, missing, and on a head that echoes: what comes back is
 * just what was sent. */
static void
test_11_30_confirmation (void)
{
  static const char *const confirmations[] = { "confirmation=whole", "confirmation=pieces",
                                               "confirmation=missing", "confirmation=whole" };

  for (guint i = 0; i < G_N_ELEMENTS (confirmations); i++)
    {
      g_auto (IecTalk)
          talk = iec_talk_to (posa_test_sim_start ("2g", "--no-pace", "--set", "start=mode-e",
                                                   "--set", confirmations[i], NULL));
      g_autoptr (GError) error = NULL;
      guint baud = 0;

      g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
      g_assert_true (posa_iec_session_hand_over (talk.session, &baud, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (baud, ==, 9600);
    }
}

/* Whatever meter: it signs on, has no profile in IEC, goes on in HDLC though it confirms nothing.
 * When the link ends it falls back to 300 baud, so the secured association begins there again, and
 * so does the next opening. */
static void
test_mode_e_opens_again (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("2g", "--no-pace", "--set", "start=mode-e",
                                                     "--set", "confirmation=missing", NULL);
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_autofree char *serial = posa_test_sim_get_text (sim, "serial");

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PosaMeter) meter = open_meter (sim, POSA_METER_ANY, POSA_KEYRING (keyring));
      g_autoptr (GError) error = NULL;
      g_assert_cmpstr (posa_meter_get_nameplate (meter)->serial, ==, serial);
      if (i > 0)
        continue;
      g_autoptr (PosaReadingSet)
          reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (reading->registers->len, >=, 7);
    }
}

/* A 2G meter is expected: the way of the profile first, then the other. */
static void
test_mode_e_is_found (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("2g", "--no-pace", "--set", "start=mode-e", NULL);
  g_autofree char *serial = posa_test_sim_get_text (sim, "serial");
  g_autoptr (PosaMeter) meter = open_meter (sim, POSA_METER_SECOND_GENERATION, NULL);

  g_assert_cmpstr (posa_meter_get_nameplate (meter)->serial, ==, serial);
}

/* The session alone: the port is left at the speed agreed, and the profile's limit is kept. */
static void
test_hand_over_speed (void)
{
  g_auto (IecTalk)
      talk = iec_talk_to (posa_test_sim_start ("2g", "--no-pace", "--set", "start=mode-e", NULL));
  g_autoptr (GError) error = NULL;
  guint baud = 0;

  posa_iec_session_set_line (talk.session, 4800, 0);
  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_true (posa_iec_session_hand_over (talk.session, &baud, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (baud, ==, 4800);
}

/* A 1G meter does not offer it, and is free again at once. */
static void
test_no_mode_e (void)
{
  g_auto (IecTalk) talk = iec_talk_to (posa_test_sim_start ("1g", "--no-pace", NULL));
  g_autoptr (GError) error = NULL;
  guint baud = 0;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_false (posa_iec_session_hand_over (talk.session, &baud, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iec-modes/speed-characters", test_speed_characters);
  g_test_add_func ("/iec-modes/mode-b-paced", test_mode_b_paced);
  g_test_add_func ("/iec-modes/no-programming-in-mode-b", test_no_programming_in_mode_b);
  g_test_add_func ("/iec-modes/slower-than-offered", test_slower_than_offered);
  g_test_add_func ("/iec-modes/address", test_address);
  g_test_add_func ("/iec-modes/wake-up", test_wake_up);
  g_test_add_func ("/iec-modes/11.30/confirmation", test_11_30_confirmation);
  g_test_add_func ("/iec-modes/mode-e-opens-again", test_mode_e_opens_again);
  g_test_add_func ("/iec-modes/mode-e-is-found", test_mode_e_is_found);
  g_test_add_func ("/iec-modes/hand-over-speed", test_hand_over_speed);
  g_test_add_func ("/iec-modes/no-mode-e", test_no_mode_e);
  return g_test_run ();
}
