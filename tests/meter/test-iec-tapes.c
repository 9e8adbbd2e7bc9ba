/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The driver against tapes: two recorded from foreign programs (tests/tapes), the others written
 * here for what no simulator of ours does. */

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/driver/posa-iec-session.h"
#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-replay.h"

#include <string.h>

/* A conversation on a tape. */
typedef struct
{
  PosaPort *port;
  PosaIecSession *session;
} Talk;

static Talk
talk_over (PosaTape *tape)
{
  Talk talk = { posa_port_echo_new (posa_port_replay_new (tape)), NULL };

  talk.session = posa_iec_session_new (talk.port);
  return talk;
}

static Talk
talk_over_file (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tapes", name, NULL);
  g_autoptr (GError) error = NULL;
  PosaTape *tape = posa_tape_load (path, &error);

  g_assert_no_error (error);
  return talk_over (tape);
}

static void
talk_clear (Talk *talk)
{
  posa_iec_session_free (talk->session);
  g_object_unref (talk->port);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talk, talk_clear)

/* Sign-on of a meter with 9600 baud, then @events: "tx HEX", "rx HEX" or "idle", up to NULL. */
static Talk
talk_after_sign_on (char mode, const char *const events[])
{
  g_autoptr (GString) text = g_string_new ("posa-tape 1\n"
                                           "start 2026-11-21T10:00:00.000+01:00\n"
                                           "0.000000 line 300 7E1\n"
                                           "0.100000 tx 2F3F210D0A\n"
                                           "0.500000 rx 2F5053613558310D0A\n");
  g_autoptr (GError) error = NULL;

  g_string_append_printf (text, "0.600000 tx 0630353%c0D0A\n", mode);
  g_string_append (text, "0.610000 idle\n0.610000 line 9600 7E1\n");
  for (guint i = 0; events[i] != NULL; i++)
    g_string_append_printf (text, "%u.000000 %s\n", i + 1, events[i]);
  PosaTape *tape = posa_tape_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  return talk_over (tape);
}

static void
assert_number (GPtrArray *sets, const char *code, const char *unit, gint64 expected)
{
  g_autoptr (GError) error = NULL;
  const PosaIecDataSet *set = posa_iec_data_find (sets, code, 0);
  gint64 value, resolution;

  g_assert_nonnull (set);
  g_assert_true (posa_iec_data_get_number (set, unit, &value, &resolution, &error));
  g_assert_cmpint (value, ==, expected);
}

static void
test_foreign_readout (void)
{
  g_auto (Talk) talk = talk_over_file ("foreign-readout.tape");
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  const PosaIecIdentification *found = posa_iec_session_get_identification (talk.session);
  g_assert_cmpstr (found->manufacturer, ==, "ISK");
  g_assert_cmpstr (found->ident, ==, "MT174-0001");
  g_assert_true (found->hdlc);

  g_autoptr (GPtrArray) sets = posa_iec_session_read_out (talk.session, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (posa_iec_data_find (sets, "C.1.0", 0)->value, ==, "12345678");
  assert_number (sets, "1.8.0", "kWh", 12345678);
  assert_number (sets, "1.8.1", "kWh", 4000111);
  assert_number (sets, "1.8.3", "kWh", 4345345);
  assert_number (sets, "3.8.0", "kvarh", 777100);
  assert_number (sets, "1.6.2", "kW", 2990);
  g_assert_cmpstr (posa_iec_data_find (sets, "1.6.2", 1)->value, ==, "2611091900");
  const PosaLineStats *stats = posa_iec_session_get_stats (talk.session);
  g_assert_cmpuint (stats->bytes_tx, ==, 11);
  g_assert_cmpuint (stats->bytes_rx, ==, 19 + 409);
  g_assert_cmpuint (stats->retries, ==, 0);
}

static void
test_foreign_programming (void)
{
  g_auto (Talk) talk = talk_over_file ("foreign-programming.tape");
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_true (posa_iec_session_program (talk.session, "00000000", NULL, &error));
  g_autoptr (GPtrArray) import = posa_iec_session_read (talk.session, "1.8.0", NULL, &error);
  g_assert_no_error (error);
  assert_number (import, "1.8.0", "kWh", 12345678);
  g_autoptr (GPtrArray) export = posa_iec_session_read (talk.session, "2.8.0", NULL, &error);
  assert_number (export, "2.8.0", "kWh", 12000);
  g_autoptr (GPtrArray) serial = posa_iec_session_read (talk.session, "C.1.0", NULL, &error);
  g_assert_cmpstr (posa_iec_data_find (serial, "C.1.0", 0)->value, ==, "12345678");
  g_assert_true (posa_iec_session_write (talk.session, "W1", "C.7.0", "0009", NULL, &error));
  g_autoptr (GPtrArray) count = posa_iec_session_read (talk.session, "C.7.0", NULL, &error);
  g_assert_cmpstr (posa_iec_data_find (count, "C.7.0", 0)->value, ==, "0009");
  posa_iec_session_sign_off (talk.session);
}

#define P0      "rx 015030022830290350"
#define ASK_180 "tx 01523102312E382E302829035A"

/* "1.8.0(12" and "34*kWh)" in two blocks. */
static void
test_partial_blocks (void)
{
  static const char *const events[] = {
    P0, ASK_180, "rx 02312E382E302831320416", "tx 06", "rx 0233342A6B5768290353", NULL
  };
  g_auto (Talk) talk = talk_after_sign_on ('1', events);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_autoptr (GPtrArray) sets = posa_iec_session_read (talk.session, "1.8.0", NULL, &error);
  g_assert_no_error (error);
  assert_number (sets, "1.8.0", "kWh", 1234000);
}

/* The meter did not understand: the command goes out again. */
static void
test_refused_command_is_repeated (void)
{
  static const char *const events[] = { P0,     ASK_180, "rx 15",
                                        "idle", ASK_180, "rx 02312E382E3028312A6B5768290374",
                                        NULL };
  g_auto (Talk) talk = talk_after_sign_on ('1', events);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_autoptr (GPtrArray) sets = posa_iec_session_read (talk.session, "1.8.0", NULL, &error);
  g_assert_no_error (error);
  assert_number (sets, "1.8.0", "kWh", 1000);
  g_assert_cmpuint (posa_iec_session_get_stats (talk.session)->retries, ==, 1);
}

/* … but never a password: the tape has one, and nothing after the refusal. */
static void
test_refused_password_is_not_repeated (void)
{
  static const char *const events[] = { P0, "tx 01503102283030303030303030290361", "rx 15", "idle",
                                        NULL };
  g_auto (Talk) talk = talk_after_sign_on ('1', events);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_false (posa_iec_session_program (talk.session, "00000000", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
}

/* An answer to 2.8.0 where 1.8.0 was asked for ends the session. */
static void
test_answer_to_another_question (void)
{
  static const char *const events[] = {
    P0, ASK_180, "rx 02322E382E3028392A6B576829037F", "idle", "tx 0142300371", NULL
  };
  g_auto (Talk) talk = talk_after_sign_on ('1', events);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_null (posa_iec_session_read (talk.session, "1.8.0", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_LINE_NOISE);
}

/* A meter without programming mode sends its data instead. */
static void
test_no_programming_mode (void)
{
  static const char *const events[] = { "rx 02312E382E3028312A6B5768290374", NULL };
  g_auto (Talk) talk = talk_after_sign_on ('1', events);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_false (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

/* Unplugged in the middle of the data block. */
static void
test_lost (void)
{
  static const char *const events[] = { "rx 02312E382E", "lost", NULL };
  g_auto (Talk) talk = talk_after_sign_on ('0', events);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  g_assert_null (posa_iec_session_read_out (talk.session, 0, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iec-tapes/foreign-readout", test_foreign_readout);
  g_test_add_func ("/iec-tapes/foreign-programming", test_foreign_programming);
  g_test_add_func ("/iec-tapes/partial-blocks", test_partial_blocks);
  g_test_add_func ("/iec-tapes/refused-command-is-repeated", test_refused_command_is_repeated);
  g_test_add_func ("/iec-tapes/refused-password-is-not-repeated",
                   test_refused_password_is_not_repeated);
  g_test_add_func ("/iec-tapes/answer-to-another-question", test_answer_to_another_question);
  g_test_add_func ("/iec-tapes/no-programming-mode", test_no_programming_mode);
  g_test_add_func ("/iec-tapes/lost", test_lost);
  return g_test_run ();
}
