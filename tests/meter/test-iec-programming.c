/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Programming mode against simulated meters: passwords, every command, answers in partial blocks.
 */

#include "base/posa-error.h"
#include "iec-talk.h"

#include <string.h>

static void
test_programming_mode (void)
{
  g_auto (IecTalk) talk =
      iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "password=12345678", NULL));
  g_autoptr (GError) error = NULL;
  g_autofree char *customer = NULL;

  g_assert_true (posa_iec_session_program (talk.session, "12345678", NULL, &error));
  g_autoptr (GPtrArray) sets = posa_iec_session_read (talk.session, "1.8.0", NULL, &error);
  g_assert_no_error (error);
  gint64 value, resolution;
  g_assert_true (posa_iec_data_get_number (posa_iec_data_find (sets, "1.8.0", 0), "kWh", &value,
                                           &resolution, &error));
  g_assert_cmpint (value, ==, posa_test_sim_get_int (talk.sim, "registers/1.8.0"));

  g_assert_true (posa_iec_session_write (talk.session, "W1", "0.0.1", "123456789", NULL, &error));
  customer = posa_test_sim_get_text (talk.sim, "customer_number");
  g_assert_cmpstr (customer, ==, "123456789");
  g_assert_false (posa_iec_session_write (talk.session, "W1", "1.8.0", "0", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (posa_iec_session_read (talk.session, "9.9.9", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

/* What a caller of posa_iec_session_read_blocks() keeps. */
typedef struct
{
  GString *text;
  guint n_blocks, stop_at; /* 0: never */
  gboolean complete;
} Blocks;

static gboolean
take_block_cb (gpointer data, const char *text, gboolean last, GError **error)
{
  Blocks *blocks = data;

  g_assert_false (blocks->complete);
  g_string_append (blocks->text, text);
  blocks->complete = last;
  if (++blocks->n_blocks != blocks->stop_at)
    return TRUE;
  g_set_error_literal (error, POSA_ERROR, POSA_ERROR_CANCELLED, "enough");
  return FALSE;
}

/* 11.28: the answer in blocks of ten characters, each handed over as it comes; stopped in between,
 * the meter is free for the next session. */
static void
test_11_28_partial_blocks (void)
{
  g_auto (IecTalk)
      talk = iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "block=10", NULL));
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Blocks blocks = { .text = text }, single = { .text = g_string_new (NULL) },
         stopped = { .text = g_string_new (NULL), .stop_at = 2 };
  g_autoptr (GString) some = stopped.text, all = single.text;

  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_true (posa_iec_session_read_blocks (talk.session, "R3", "1.8.0", "", take_block_cb,
                                               &blocks, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (blocks.complete);
  g_assert_cmpuint (blocks.n_blocks, ==, 3); /* "1.8.0(0018", "87.654*kWh", ")" */
  g_assert_true (g_str_has_prefix (text->str, "1.8.0(") && g_str_has_suffix (text->str, "*kWh)"));

  /* R1 and R2 answer in one piece. */
  g_assert_true (posa_iec_session_read_blocks (talk.session, "R2", "1.8.0", "", take_block_cb,
                                               &single, NULL, &error));
  g_assert_cmpuint (single.n_blocks, ==, 1);
  g_assert_cmpstr (all->str, ==, text->str);

  g_assert_false (posa_iec_session_read_blocks (talk.session, "R5", "1.8.0", "", take_block_cb,
                                                &stopped, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (g_str_has_prefix (text->str, some->str));
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_false (posa_iec_session_read_blocks (talk.session, "R6", "P.99", "", take_block_cb,
                                                &stopped, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

/* An answer spoilt twice is asked for again, and once more: the line is not to be trusted now. */
static void
test_bad_bcc_in_programming_mode (void)
{
  g_auto (IecTalk)
      talk = iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "fault=bcc:2", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_program (talk.session, "00000000", NULL, &error));
  g_autoptr (GPtrArray) sets = posa_iec_session_read (talk.session, "C.1.0", NULL, &error);
  g_assert_no_error (error);
  g_autofree char *serial = posa_test_sim_get_text (talk.sim, "serial");
  g_assert_cmpstr (posa_iec_data_find (sets, "C.1.0", 0)->value, ==, serial);
  g_assert_cmpuint (posa_iec_session_get_stats (talk.session)->retries, ==, 3);
}

/* 11.26: whatever the meter answers, the password goes out once. */
static void
test_11_26_wrong_password (void)
{
  static const char *const refusals[] = { "refusal=break", "refusal=nak", "refusal=error" };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_auto (IecTalk)
          talk = iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "password=12345678",
                                                   "--set", refusals[i], NULL));
      g_autoptr (GError) error = NULL;

      g_assert_false (posa_iec_session_program (talk.session, "00000000", NULL, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
      g_assert_cmpint (posa_test_sim_get_int (talk.sim, "passwords"), ==, 1);
      g_assert_cmpint (posa_test_sim_get_int (talk.sim, "wrong_passwords"), ==, 1);
    }
}

/* P2: the answer to the meter's seed, by an algorithm that the profile names. Without it the
 * password is refused; an algorithm that nobody knows does not even try one. */
static void
test_secret (void)
{
  g_auto (IecTalk)
      talk = iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "password=12345678",
                                               "--set", "algorithm=simulator", NULL));
  g_autoptr (GError) error = NULL;

  posa_iec_session_set_algorithm (talk.session, "simulator");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (posa_iec_session_program (talk.session, "12345678", NULL, &error));
      g_assert_no_error (error);
      g_assert_true (
          posa_iec_session_write (talk.session, "W1", "0.0.1", "123456789", NULL, &error));
    }
  posa_iec_session_set_algorithm (talk.session, "unheard-of");
  g_assert_false (posa_iec_session_program (talk.session, "12345678", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_cmpint (posa_test_sim_get_int (talk.sim, "passwords"), ==, 2);
  posa_iec_session_set_algorithm (talk.session, NULL);
  g_assert_false (posa_iec_session_program (talk.session, "12345678", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
}

/* Every command that writes, the long ones in two parts: "0.0.1(" and 80 digits, which is too much
 * for the meter, and nine, which are not. */
static void
test_write_commands (void)
{
  static const char *const commands[] = { "W1", "W2", "W3", "W4", "E2" };
  static const char too_long[] =
      "00000000000000000000000000000000000000000000000000000000000000000000000000000009";
  g_auto (IecTalk) talk = iec_talk_to (posa_test_sim_start ("1g", "--no-pace", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_program (talk.session, "00000000", NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *value = g_strdup_printf ("10000000%u", i);
      g_assert_true (
          posa_iec_session_write (talk.session, commands[i], "0.0.1", value, NULL, &error));
      g_assert_no_error (error);
      g_autofree char *customer = posa_test_sim_get_text (talk.sim, "customer_number");
      g_assert_cmpstr (customer, ==, value);
      g_assert_false (
          posa_iec_session_write (talk.session, commands[i], "0.0.1", too_long, NULL, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
      g_clear_error (&error);
    }
}

/* The answer to 1.8.0 comes when the client already asks for 1.8.1. */
static void
test_late_answer_is_not_mixed_up (void)
{
  g_auto (IecTalk) talk =
      iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "fault=late:2600", NULL));
  g_autoptr (GError) error = NULL;
  gint64 value, resolution;

  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_null (posa_iec_session_read (talk.session, "1.8.0", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&error);

  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_autoptr (GPtrArray) sets = posa_iec_session_read (talk.session, "1.8.1", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (posa_iec_data_get_number (posa_iec_data_find (sets, "1.8.1", 0), "kWh", &value,
                                           &resolution, &error));
  g_assert_cmpint (value, ==, posa_test_sim_get_int (talk.sim, "registers/1.8.1"));
}

/* Left alone in programming mode, the meter goes back to its start state by itself. */
static void
test_11_34_inactivity (void)
{
  g_auto (IecTalk) talk =
      iec_talk_to (posa_test_sim_start ("1g", "--no-pace", "--set", "inactivity_ms=300", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_usleep (500 * 1000);
  g_assert_null (posa_iec_session_read (talk.session, "1.8.0", NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_true (posa_iec_session_program (talk.session, NULL, NULL, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iec-programming/programming-mode", test_programming_mode);
  g_test_add_func ("/iec-programming/11.28/partial-blocks", test_11_28_partial_blocks);
  g_test_add_func ("/iec-programming/bad-bcc-in-programming-mode",
                   test_bad_bcc_in_programming_mode);
  g_test_add_func ("/iec-programming/11.26/wrong-password", test_11_26_wrong_password);
  g_test_add_func ("/iec-programming/secret", test_secret);
  g_test_add_func ("/iec-programming/write-commands", test_write_commands);
  g_test_add_func ("/iec-programming/late-answer-is-not-mixed-up",
                   test_late_answer_is_not_mixed_up);
  g_test_add_func ("/iec-programming/11.34/inactivity", test_11_34_inactivity);
  return g_test_run ();
}
