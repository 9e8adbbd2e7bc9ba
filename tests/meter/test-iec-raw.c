/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The robustness list of meters.md, chapter 11, as far as it is about IEC 62056-21, on raw bytes:
 * each test writes the tape of a meter that behaves so, and the session has to keep to it. What the
 * simulators do of it is tested in test-iec-session and test-iec-modes. */

#include "base/posa-error.h"
#include "iec-script.h"
#include "meter/driver/posa-iec-session.h"
#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-replay.h"

#include <string.h>

#define IDENT "/PSA5X1\r\n"
#define DATA  "1.8.0(0012.345*kWh)\r\n!\r\n"

/* A conversation on the tape, which it takes. */
typedef struct
{
  PosaPort *port;
  PosaIecSession *session;
} Talk;

static Talk
talk_over (IecScript *script)
{
  g_autoptr (GError) error = NULL;
  PosaTape *tape = posa_tape_parse (script->text->str, script->text->len, &error);
  Talk talk;

  g_assert_no_error (error);
  g_string_free (script->text, TRUE);
  talk.port = posa_port_echo_new (posa_port_replay_new (tape));
  talk.session = posa_iec_session_new (talk.port);
  return talk;
}

/* The whole tape was played: the next thing that the client does finds its end. */
static void
talk_clear (Talk *talk)
{
  posa_iec_session_free (talk->session);
  g_object_unref (talk->port);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talk, talk_clear)

static void
assert_at_end (Talk *talk)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (posa_port_set_line (talk->port, POSA_LINE_7E1 (300), &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
}

static void
assert_data (GPtrArray *sets)
{
  g_autoptr (GError) error = NULL;
  gint64 value, resolution;

  g_assert_nonnull (sets);
  g_assert_true (posa_iec_data_get_number (posa_iec_data_find (sets, "1.8.0", 0), "kWh", &value,
                                           &resolution, &error));
  g_assert_cmpint (value, ==, 12345);
}

static void
assert_reads (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sets = posa_iec_session_read_out (talk->session, 0, NULL, &error);

  g_assert_no_error (error);
  assert_data (sets);
  assert_at_end (talk);
}

static void
assert_fails (Talk *talk, PosaErrorCode code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (posa_iec_session_read_out (talk->session, 0, NULL, &error));
  g_assert_error (error, POSA_ERROR, (int) code);
  assert_at_end (talk);
}

/* Noise before the identification and before the block; the block then has to come twice. */
static void
test_11_4_garbage (void)
{
  IecScript script = iec_script_new ();

  iec_script_sign_on (&script, "\x7F\x7F/\x7F" IEC_REQUEST IDENT);
  iec_script_option (&script, "050", "line 9600 7E1");
  iec_script_rx (&script, "\x7F\x7F");
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  assert_reads (&talk);
}

/* The password goes out once, whatever the meter answers. */
static void
test_11_26_wrong_password (void)
{
  for (guint i = 0; i < 3; i++)
    {
      IecScript script = iec_script_new ();
      g_autoptr (GError) error = NULL;

      iec_script_sign_on (&script, IDENT);
      iec_script_option (&script, "051", "line 9600 7E1");
      iec_script_command (&script, "rx", "P0", "(0000)");
      iec_script_command (&script, "tx", "P1", "(1234)");
      if (i == 0)
        {
          iec_script_rx (&script, "\x15");
          iec_script_add (&script, "idle");
        }
      else if (i == 1)
        iec_script_block (&script, "(ER04)", POSA_IEC_ETX, IEC_GOOD);
      else
        iec_script_command (&script, "rx", "B0", NULL);
      g_auto (Talk) talk = talk_over (&script);
      g_assert_false (posa_iec_session_program (talk.session, "1234", NULL, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
      assert_at_end (&talk);
    }
}

/* … and a damaged answer is asked for again, not the password. */
static void
test_11_26_damaged_answer_to_password (void)
{
  IecScript script = iec_script_new ();
  g_autoptr (GError) error = NULL;

  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "051", "line 9600 7E1");
  iec_script_command (&script, "rx", "P0", "(0000)");
  iec_script_command (&script, "tx", "P1", "(1234)");
  iec_script_block (&script, "(ER04)", POSA_IEC_ETX, IEC_BAD);
  iec_script_nak (&script);
  iec_script_block (&script, "(ER04)", POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, "(ER04)", POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  g_assert_false (posa_iec_session_program (talk.session, "1234", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  assert_at_end (&talk);
}

/* One block check wrong, or two; then the same twice. */
static void
test_11_27_bad_bcc_once_and_twice (void)
{
  for (guint n_bad = 1; n_bad <= 2; n_bad++)
    {
      IecScript script = iec_script_new ();

      iec_script_sign_on (&script, IDENT);
      iec_script_option (&script, "050", "line 9600 7E1");
      for (guint i = 0; i < n_bad; i++)
        {
          iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_BAD);
          iec_script_nak (&script);
        }
      iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
      iec_script_nak (&script);
      iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
      g_auto (Talk) talk = talk_over (&script);
      assert_reads (&talk);
    }
}

static void
add_bad_round (IecScript *script, const char *option, const char *line)
{
  iec_script_sign_on (script, "/PSA2X1\r\n");
  iec_script_option (script, option, line);
  for (guint i = 0; i < 4; i++)
    {
      if (i > 0)
        iec_script_nak (script);
      iec_script_block (script, DATA, POSA_IEC_ETX, IEC_BAD);
    }
}

/* Four times wrong: break, a pause, a fresh sign-on at the next lower speed, down to 300 baud. */
static void
test_11_27_bad_bcc_always (void)
{
  IecScript script = iec_script_new ();

  add_bad_round (&script, "020", "line 1200 7E1");
  iec_script_leave (&script);
  add_bad_round (&script, "010", "line 600 7E1");
  iec_script_leave (&script);
  add_bad_round (&script, "000", "line 300 7E1");
  iec_script_add (&script, "idle");
  iec_script_tx (&script, IEC_BREAK);
  g_auto (Talk) talk = talk_over (&script);
  assert_fails (&talk, POSA_ERROR_BAD_CHECKSUM);
}

/* Lower speed, and all is well. */
static void
test_11_27_step_down (void)
{
  IecScript script = iec_script_new ();

  add_bad_round (&script, "020", "line 1200 7E1");
  iec_script_leave (&script);
  iec_script_sign_on (&script, "/PSA2X1\r\n");
  iec_script_option (&script, "010", "line 600 7E1");
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  assert_reads (&talk);
}

/* Two good block checks that say different things are no answer: the third reading decides. */
static void
test_11_27_good_bcc_of_bad_block (void)
{
  IecScript script = iec_script_new ();

  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "050", "line 9600 7E1");
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_BAD);
  iec_script_nak (&script);
  iec_script_block (&script, "1.8.0(0021.345*kWh)\r\n!\r\n", POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  assert_reads (&talk);
}

/* A readout in partial blocks, one of them spoilt: from then on each has to come twice. */
static void
test_11_28_partial_readout (void)
{
  IecScript script = iec_script_new ();

  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "050", "line 9600 7E1");
  iec_script_block (&script, "1.8.0(00", POSA_IEC_EOT, IEC_GOOD);
  iec_script_tx (&script, "\x06");
  iec_script_block (&script, "12.345", POSA_IEC_EOT, IEC_BAD);
  iec_script_nak (&script);
  iec_script_block (&script, "12.345", POSA_IEC_EOT, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, "12.345", POSA_IEC_EOT, IEC_GOOD);
  iec_script_tx (&script, "\x06");
  iec_script_block (&script, "*kWh)\r\n!\r\n", POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, "*kWh)\r\n!\r\n", POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  assert_reads (&talk);
}

static gboolean
append_cb (gpointer data, const char *text, gboolean last, GError **error)
{
  g_string_append (data, text);
  return TRUE;
}

/* A long answer; the meter does not hear one acknowledgement, and falls silent in the end. What
 * came before is the caller's, each block once. */
static void
test_11_28_long_answer_cut (void)
{
  IecScript script = iec_script_new ();
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "051", "line 9600 7E1");
  iec_script_command (&script, "rx", "P0", "(0000)");
  iec_script_command (&script, "tx", "R6", "P.01(2611010000;2611012345)");
  iec_script_block (&script, "P.01(0)(1)", POSA_IEC_EOT, IEC_GOOD);
  iec_script_tx (&script, "\x06");
  iec_script_rx (&script, "\x15");
  iec_script_add (&script, "idle");
  iec_script_tx (&script, "\x06");
  iec_script_block (&script, "(2)(3)", POSA_IEC_EOT, IEC_GOOD);
  iec_script_tx (&script, "\x06");
  iec_script_add (&script, "idle");
  iec_script_add (&script, "idle");
  iec_script_tx (&script, IEC_BREAK);
  g_auto (Talk) talk = talk_over (&script);
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_false (posa_iec_session_read_blocks (talk.session, "R6", "P.01", "2611010000;2611012345",
                                                append_cb, rows, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_assert_cmpstr (rows->str, ==, "P.01(0)(1)(2)(3)");
  assert_at_end (&talk);
}

/* At 9600 baud the characters of 300 are gibberish: the next sign-on asks for 300. */
static void
test_11_29_stays_at_300 (void)
{
  static const char gibberish[] = { 0x00, 0x1E, 0x00, 0x00, 0x60, 0x00, 0x00, 0x78, 0x00, 0x06 };
  IecScript script = iec_script_new ();

  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "050", "line 9600 7E1");
  iec_script_bytes (&script, "rx", gibberish, sizeof gibberish);
  iec_script_add (&script, "idle");
  iec_script_leave (&script);
  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "000", "line 300 7E1");
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  assert_reads (&talk);
}

/* Mode E: the option back at the new speed, whole, in pieces, with a character spoilt, or not. */
static void
test_11_30_confirmation (void)
{
  static const char *const pieces[][4] = {
    { "\x06"
      "252\r\n",
      NULL },
    { "\x06", "25", "2\r", "\n" },
    { "\x06"
      "2R2\r\n",
      "idle", NULL },
    { "252\r\n", "idle", NULL },
    { "idle", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      IecScript script = iec_script_new ();
      g_autoptr (GError) error = NULL;
      guint baud = 0;

      iec_script_sign_on (&script, "/PSA5\\2X1\r\n");
      iec_script_option (&script, "252", "line 9600 7E1");
      for (guint j = 0; j < 4 && pieces[i][j] != NULL; j++)
        if (strcmp (pieces[i][j], "idle") == 0)
          iec_script_add (&script, "idle");
        else
          iec_script_rx (&script, pieces[i][j]);
      iec_script_add (&script, "line 9600 8N1");
      g_auto (Talk) talk = talk_over (&script);
      g_assert_true (posa_iec_session_hand_over (talk.session, &baud, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (baud, ==, 9600);
      assert_at_end (&talk);
    }
}

/* What is no confirmation is no hand-over. */
static void
test_11_30_something_else (void)
{
  IecScript script = iec_script_new ();
  g_autoptr (GError) error = NULL;
  guint baud = 0;

  iec_script_sign_on (&script, "/PSA5\\2X1\r\n");
  iec_script_option (&script, "252", "line 9600 7E1");
  iec_script_rx (&script, "\x7Fq7");
  iec_script_add (&script, "idle");
  g_auto (Talk) talk = talk_over (&script);
  g_assert_false (posa_iec_session_hand_over (talk.session, &baud, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_LINE_NOISE);
  assert_at_end (&talk);
}

/* The device goes away at each event of a session in turn: that is said at once. */
static void
test_11_31_device_removed (void)
{
  IecScript whole = iec_script_new ();

  iec_script_sign_on (&whole, IDENT);
  iec_script_option (&whole, "051", "line 9600 7E1");
  iec_script_command (&whole, "rx", "P0", "(0000)");
  iec_script_command (&whole, "tx", "P1", "(1234)");
  iec_script_rx (&whole, "\x06");
  iec_script_command (&whole, "tx", "R1", "1.8.0()");
  iec_script_block (&whole, "1.8.0(0012.345*kWh)", POSA_IEC_ETX, IEC_GOOD);
  g_auto (GStrv) lines = g_strsplit (whole.text->str, "\n", -1);
  g_string_free (whole.text, TRUE);
  for (guint n = 2; n <= 11; n++)
    {
      IecScript script = iec_script_new ();
      g_autoptr (GError) error = NULL;
      for (guint i = 2; i < n; i++)
        g_string_append_printf (script.text, "%s\n", lines[i]);
      g_string_append (script.text, "9.000000 lost\n");
      g_auto (Talk) talk = talk_over (&script);
      GPtrArray *sets = posa_iec_session_program (talk.session, "1234", NULL, &error)
                            ? posa_iec_session_read (talk.session, "1.8.0", NULL, &error)
                            : NULL;
      g_assert_null (sets);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
    }
}

/* The tablet slept for ten minutes in programming mode: the meter has dropped to 300 baud and hears
 * nothing. The session says so, and the next begins at the start. */
static void
test_11_34_suspend (void)
{
  IecScript script = iec_script_new ();
  g_autoptr (GError) error = NULL;

  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "051", "line 9600 7E1");
  iec_script_command (&script, "rx", "P0", "(0000)");
  script.now_ms += 10 * 60 * 1000;
  iec_script_command (&script, "tx", "R1", "1.8.0()");
  iec_script_add (&script, "idle");
  iec_script_leave (&script);
  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "051", "line 9600 7E1");
  iec_script_command (&script, "rx", "P0", "(0000)");
  iec_script_command (&script, "tx", "R1", "1.8.0()");
  iec_script_block (&script, "1.8.0(0012.345*kWh)", POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_null (posa_iec_session_read (talk.session, "1.8.0", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_autoptr (GPtrArray) sets = posa_iec_session_read (talk.session, "1.8.0", NULL, &error);
  g_assert_no_error (error);
  assert_data (sets);
  assert_at_end (&talk);
}

/* Asleep in the middle of the data: the meter has said it all to nobody, and hears no NAK. */
static void
test_11_34_suspend_in_block (void)
{
  IecScript script = iec_script_new ();

  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "050", "line 9600 7E1");
  iec_script_rx (&script, "\x02"
                          "1.8.0(00");
  script.now_ms += 10 * 60 * 1000;
  iec_script_add (&script, "idle");
  iec_script_nak (&script);
  iec_script_add (&script, "idle");
  iec_script_leave (&script);
  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "040", "line 4800 7E1");
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  iec_script_nak (&script);
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  assert_reads (&talk);
}

/* Identified, then asleep: the option would come too late, so the meter is called again. */
static void
test_11_34_suspend_after_sign_on (void)
{
  IecScript script = iec_script_new ();
  g_autoptr (GError) error = NULL;

  iec_script_sign_on (&script, IDENT);
  script.now_ms += 10 * 60 * 1000;
  iec_script_add (&script, "idle");
  iec_script_sign_on (&script, IDENT);
  iec_script_option (&script, "050", "line 9600 7E1");
  iec_script_block (&script, DATA, POSA_IEC_ETX, IEC_GOOD);
  g_auto (Talk) talk = talk_over (&script);
  g_assert_true (posa_iec_session_sign_on (talk.session, 1, NULL, &error));
  posa_clock_advance (posa_port_get_clock (talk.port), 10 * 60 * G_USEC_PER_SEC);
  assert_reads (&talk);
}

/* Everything of chapter 1.3 that meters do to their data, each a block of raw bytes. */
static void
test_tolerated_oddities (void)
{
  static const char *const rows[] = {
    "1.8.0(0012.345*kWh)\r\n!\r\n",
    "1-0:1.8.0*255(0012.345*kWh)\r\n!\r\n",
    "1-0:1.8.0(0012.345*kWh)\r\n!\r\n",
    "1.8.0(0012.345kWh)\r\n!\r\n",
    "1.8.0(0012.345)\r\n!\r\n",
    "1.8.0(0012.345*)\r\n!\r\n",
    "1.8.0(  0012.345 *kWh )\r\n!\r\n",
    "1.8.0(0012.345*kWh)\n!\n",
    "  1.8.0(0012.345*kWh)\r\n  !\r\n",
    "1.8.0*01(0099.999*kWh)\r\n1.8.0&01(0088.888*kWh)\r\n1.8.0(0012.345*kWh)\r\n!\r\n",
    "1.8.0(0012.345*kWh)(2611081815)\r\n!\r\n",
    "1.8.0(0012.345*kWh)\r\n(2611081815)\r\n!\r\n",
    "C.1.0(1)1.8.0(0012.345*kWh)!\r\n",
    "1.8.0(0012.345*kWh)!\r\n",
    "F.F()\r\n1.8.0(0012.345*kWh)\r\n!\r\n",
    "1.8.0(0012345*Wh)\r\n!\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      IecScript script = iec_script_new ();

      iec_script_sign_on (&script, IDENT);
      iec_script_option (&script, "050", "line 9600 7E1");
      iec_script_block (&script, rows[i], POSA_IEC_ETX, IEC_GOOD);
      g_auto (Talk) talk = talk_over (&script);
      assert_reads (&talk);
    }
}

/* A line that is too long, or whose parenthesis never ends, is damage though the block check is
 * right: said twice, the one is what the meter means, and the other is an error. */
static void
test_odd_lines (void)
{
  static const char long_line[] =
      "C.9.9(0123456789012345678901234567890123456789012345678901234567890123456789)\r\n" DATA;
  static const char open_line[] = "C.9.9(0123\r\n" DATA;

  for (guint i = 0; i < 2; i++)
    {
      IecScript script = iec_script_new ();
      const char *text = i == 0 ? long_line : open_line;

      iec_script_sign_on (&script, "/PSA0X1\r\n");
      iec_script_option (&script, "000", "line 300 7E1");
      iec_script_block (&script, text, POSA_IEC_ETX, IEC_GOOD);
      iec_script_nak (&script);
      iec_script_block (&script, text, POSA_IEC_ETX, IEC_GOOD);
      if (i == 1)
        {
          iec_script_add (&script, "idle");
          iec_script_tx (&script, IEC_BREAK);
        }
      g_auto (Talk) talk = talk_over (&script);
      if (i == 0)
        assert_reads (&talk);
      else
        assert_fails (&talk, POSA_ERROR_INVALID_DATA);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iec-raw/11.4/garbage", test_11_4_garbage);
  g_test_add_func ("/iec-raw/11.26/wrong-password", test_11_26_wrong_password);
  g_test_add_func ("/iec-raw/11.26/damaged-answer", test_11_26_damaged_answer_to_password);
  g_test_add_func ("/iec-raw/11.27/bad-bcc-once-and-twice", test_11_27_bad_bcc_once_and_twice);
  g_test_add_func ("/iec-raw/11.27/bad-bcc-always", test_11_27_bad_bcc_always);
  g_test_add_func ("/iec-raw/11.27/step-down", test_11_27_step_down);
  g_test_add_func ("/iec-raw/11.27/good-bcc-of-bad-block", test_11_27_good_bcc_of_bad_block);
  g_test_add_func ("/iec-raw/11.28/partial-readout", test_11_28_partial_readout);
  g_test_add_func ("/iec-raw/11.28/long-answer-cut", test_11_28_long_answer_cut);
  g_test_add_func ("/iec-raw/11.29/stays-at-300", test_11_29_stays_at_300);
  g_test_add_func ("/iec-raw/11.30/confirmation", test_11_30_confirmation);
  g_test_add_func ("/iec-raw/11.30/something-else", test_11_30_something_else);
  g_test_add_func ("/iec-raw/11.31/device-removed", test_11_31_device_removed);
  g_test_add_func ("/iec-raw/11.34/suspend", test_11_34_suspend);
  g_test_add_func ("/iec-raw/11.34/suspend-in-block", test_11_34_suspend_in_block);
  g_test_add_func ("/iec-raw/11.34/suspend-after-sign-on", test_11_34_suspend_after_sign_on);
  g_test_add_func ("/iec-raw/tolerated-oddities", test_tolerated_oddities);
  g_test_add_func ("/iec-raw/odd-lines", test_odd_lines);
  return g_test_run ();
}
