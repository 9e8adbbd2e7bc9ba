/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-clock.h"
#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "base/posa-file.h"
#include "base/posa-log.h"
#include "base/posa-worker.h"

#include <glib/gstdio.h>

static void
test_reader_is_sticky (void)
{
  static const guint8 bytes[] = { 0x01, 0x02, 0x03 };
  PosaReader reader;

  posa_reader_init (&reader, bytes, sizeof bytes);
  g_assert_cmpuint (posa_reader_u16_be (&reader), ==, 0x0102);
  g_assert_cmpuint (posa_reader_u16_be (&reader), ==, 0);
  g_assert_true (reader.failed);
  g_assert_cmpuint (posa_reader_u8 (&reader), ==, 0);
  g_assert_cmpuint (posa_reader_remaining (&reader), ==, 0);
}

static void
test_reader_sub_is_bounded (void)
{
  static const guint8 bytes[] = { 0xAA, 0xBB, 0xCC, 0xDD };
  PosaReader reader;

  posa_reader_init (&reader, bytes, sizeof bytes);
  PosaReader sub = posa_reader_sub (&reader, 2);
  g_assert_cmpuint (posa_reader_u16_le (&sub), ==, 0xBBAA);
  g_assert_cmpuint (posa_reader_u8 (&sub), ==, 0);
  g_assert_true (sub.failed);
  g_assert_cmpuint (posa_reader_u16_be (&reader), ==, 0xCCDD);
  g_assert_false (reader.failed);
  g_assert_true (posa_reader_sub (&reader, 1).failed);
}

static void
test_hex_both_ways (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = posa_hex_decode ("7E a0\n07", &error);
  g_assert_no_error (error);
  g_autofree char *text =
      posa_hex_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==, "7EA007");
  g_assert_null (posa_hex_decode ("7E A", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
test_time_round_trip (void)
{
  static const struct
  {
    gint64 us;
    const char *text;
  } rows[] = {
    { G_GINT64_CONSTANT (1795343400) * G_USEC_PER_SEC, "2026-11-22T11:30:00.000+01:00" },
    { G_GINT64_CONSTANT (1782900000) * G_USEC_PER_SEC + 250000, "2026-07-01T12:00:00.250+02:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = posa_time_format (rows[i].us);
      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_cmpint (posa_time_parse (text, NULL), ==, rows[i].us);
    }
  g_assert_cmpint (posa_time_parse ("yesterday", NULL), ==, -1);
}

static void
test_fake_clock_sleeps_at_once (void)
{
  g_autoptr (PosaClock) clock = posa_clock_new_fake (0);
  gint64 start = posa_clock_get_monotonic (clock);

  g_assert_true (posa_clock_sleep_until (clock, start + G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC,
                                         NULL, NULL));
  g_assert_cmpint (posa_clock_get_wall (clock), ==, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);
}

static void
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (30000);
  cancel_cb (data);
  return NULL;
}

static void
test_sleep_is_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  PosaClock *clock = posa_clock_get_system ();
  gint64 start = posa_clock_get_monotonic (clock);
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);

  g_assert_false (posa_clock_sleep_until (clock, start + G_GINT64_CONSTANT (60) * G_USEC_PER_SEC,
                                          cancellable, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_assert_cmpint (posa_clock_get_monotonic (clock) - start, <, 10 * G_USEC_PER_SEC);
  g_thread_join (thread);
}

static void
test_log_hides_keys_and_pods (void)
{
  g_autofree char *text =
      posa_log_redact ("key 000102030405060708090A0B0C0D0E0F of IT001E12345678 read");
  g_assert_cmpstr (text, ==, "key <redacted> of <redacted> read");
}

static void
test_every_error_has_advice (void)
{
  for (int code = 0; code < POSA_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (POSA_ERROR, code, "x");
      g_assert_cmpstr (posa_error_get_nick (error), !=, NULL);
      g_assert_cmpstr (posa_error_get_advice (error), !=, NULL);
    }
}

static void
test_file_is_replaced_whole (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("posa-test-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "key.pem", NULL);
  g_autoptr (GBytes) content = g_bytes_new_static ("secret", 6);
  GStatBuf info;

  g_assert_true (posa_file_write (path, content, 0600, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_autoptr (GBytes) back = posa_file_read (path, 100, &error);
  g_assert_true (g_bytes_equal (back, content));
  g_assert_null (posa_file_read (path, 5, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_unlink (path);
  g_rmdir (folder);
}

typedef struct
{
  GMainLoop *loop;
  GError *error;
  char *result;
} Outcome;

static gpointer
shout (gpointer data, PosaOperation *operation, GError **error)
{
  posa_operation_report (operation, 0.5, "shouting %s", (const char *) data);
  if (g_str_equal (data, "fail"))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_TIMED_OUT, "no voice");
      return NULL;
    }
  return g_ascii_strup (data, -1);
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->result = posa_worker_finish (POSA_WORKER (source), result, &outcome->error);
  g_main_loop_quit (outcome->loop);
}

static void
test_worker_returns_to_main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (PosaWorker) worker = posa_worker_new ("test");
  g_autoptr (PosaOperation) operation = posa_operation_new ("Test");
  Outcome outcome = { .loop = loop };

  posa_worker_push (worker, operation, shout, g_strdup ("ciao"), g_free, g_free, finished_cb,
                    &outcome);
  g_main_loop_run (loop);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.result, ==, "CIAO");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (posa_operation_get_step (operation), ==, "shouting ciao");
  g_assert_cmpfloat (posa_operation_get_fraction (operation), ==, 0.5);
  g_clear_pointer (&outcome.result, g_free);

  posa_worker_push (worker, operation, shout, g_strdup ("fail"), g_free, g_free, finished_cb,
                    &outcome);
  g_main_loop_run (loop);
  g_assert_error (outcome.error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&outcome.error);

  posa_operation_cancel (operation);
  posa_worker_push (worker, operation, shout, g_strdup ("late"), g_free, g_free, finished_cb,
                    &outcome);
  g_main_loop_run (loop);
  g_assert_error (outcome.error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/reader/sticky", test_reader_is_sticky);
  g_test_add_func ("/base/reader/sub", test_reader_sub_is_bounded);
  g_test_add_func ("/base/hex", test_hex_both_ways);
  g_test_add_func ("/base/time", test_time_round_trip);
  g_test_add_func ("/base/clock/fake", test_fake_clock_sleeps_at_once);
  g_test_add_func ("/base/clock/cancel", test_sleep_is_cancelled);
  g_test_add_func ("/base/log", test_log_hides_keys_and_pods);
  g_test_add_func ("/base/error", test_every_error_has_advice);
  g_test_add_func ("/base/file", test_file_is_replaced_whole);
  g_test_add_func ("/base/worker", test_worker_returns_to_main);
  return g_test_run ();
}
