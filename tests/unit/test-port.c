/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-error.h"
#include "meter/codec/posa-parity.h"
#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-recorder.h"
#include "meter/port/posa-port-replay.h"
#include "meter/port/posa-port.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static const guint8 request[] = "/?!\r\n";
#define REQUEST_SIZE (sizeof request - 1)

/* Both ends of a pseudo-terminal: the test is the meter. */
typedef struct
{
  int master;
  PosaPort *port;
} Line;

static Line
line_new (void)
{
  g_autoptr (GError) error = NULL;
  Line line = { posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC), NULL };

  g_assert_cmpint (line.master, >=, 0);
  g_assert_cmpint (grantpt (line.master), ==, 0);
  g_assert_cmpint (unlockpt (line.master), ==, 0);
  line.port = posa_port_open (ptsname (line.master), &error);
  g_assert_no_error (error);
  return line;
}

static void
line_clear (Line *line)
{
  g_clear_object (&line->port);
  if (line->master >= 0)
    close (line->master);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static gint64
now_us (void)
{
  return posa_clock_get_monotonic (posa_clock_get_system ());
}

static void
meter_says (Line *line, const void *data, gsize size)
{
  g_assert_cmpint (write (line->master, data, size), ==, (gssize) size);
}

static void
meter_hears (Line *line, const void *data, gsize size)
{
  guint8 bytes[256];

  g_assert_cmpint (read (line->master, bytes, sizeof bytes), ==, (gssize) size);
  g_assert_cmpmem (bytes, size, data, size);
}

/* All that arrives until @ms of silence. */
static GByteArray *
hear (PosaPort *port, guint ms)
{
  GByteArray *all = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 bytes[64];
  gssize n;

  while ((n = posa_port_receive (port, bytes, sizeof bytes,
                                 posa_clock_get_monotonic (posa_port_get_clock (port)) + ms * 1000,
                                 NULL, &error)) > 0)
    g_byte_array_append (all, bytes, (guint) n);
  g_assert_no_error (error);
  return all;
}

static void
assert_hears (PosaPort *port, const char *expected)
{
  g_autoptr (GByteArray) heard = hear (port, 60);

  g_assert_cmpmem (heard->data, heard->len, expected, strlen (expected));
}

static void
test_parity_in_software (void)
{
  static const guint8 with_parity[] = { 0xAF, 0x3F, 0x21, 0x8D, 0x0A };
  static const guint8 answer[] = { 0xAF, 0x50, 0x53 ^ 0x04, 0x0A };
  static const guint8 expected[] = { '/', 'P', 0, '\n' };
  g_auto (Line) line = line_new ();
  g_autoptr (GError) error = NULL;

  gint64 started = now_us ();
  g_assert_true (posa_port_send (line.port, request, REQUEST_SIZE, NULL, &error));
  /* Five characters at 300 baud: the send returns when the last has left. */
  g_assert_cmpint (now_us () - started, >=, 166 * 1000);
  g_assert_cmpint (now_us () - started, <, 500 * 1000);
  meter_hears (&line, with_parity, sizeof with_parity);
  meter_says (&line, answer, sizeof answer);
  g_autoptr (GByteArray) heard = hear (line.port, 60);
  g_assert_cmpmem (heard->data, heard->len, expected, sizeof expected);

  g_assert_true (posa_port_set_line (line.port, POSA_LINE_8N1 (9600), &error));
  meter_says (&line, answer, sizeof answer);
  g_autoptr (GByteArray) raw = hear (line.port, 60);
  g_assert_cmpmem (raw->data, raw->len, answer, sizeof answer);
}

static void
test_silence_and_deadline (void)
{
  g_auto (Line) line = line_new ();
  g_autoptr (GError) error = NULL;
  guint8 byte;
  gint64 started = now_us ();

  g_assert_cmpint (posa_port_receive (line.port, &byte, 1, started + 100 * 1000, NULL, &error), ==,
                   0);
  g_assert_no_error (error);
  g_assert_cmpint (now_us () - started, >=, 100 * 1000);
  g_assert_cmpint (now_us () - started, <, 500 * 1000);
}

static gpointer
cancel_cb (gpointer data)
{
  static gint64 at;

  g_usleep (100 * 1000);
  at = now_us ();
  g_cancellable_cancel (data);
  return &at;
}

static void
test_cancel (void)
{
  g_auto (Line) line = line_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_cb, cancellable);
  guint8 byte;

  g_assert_cmpint (posa_port_receive (line.port, &byte, 1, now_us () + 10 * G_USEC_PER_SEC,
                                      cancellable, &error),
                   ==, -1);
  gint64 ended = now_us ();
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_assert_cmpint (ended - *(gint64 *) g_thread_join (thread), <, 50 * 1000);
}

static gpointer
unplug_cb (gpointer data)
{
  g_usleep (100 * 1000);
  close (*(int *) data);
  return NULL;
}

static void
test_unplug (void)
{
  g_auto (Line) line = line_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("unplug", unplug_cb, &line.master);
  guint8 byte;
  gint64 started = now_us ();

  g_assert_cmpint (
      posa_port_receive (line.port, &byte, 1, started + 10 * G_USEC_PER_SEC, NULL, &error), ==, -1);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_assert_cmpint (now_us () - started, <, 1000 * 1000);
  g_thread_join (thread);
  line.master = -1;

  /* It stays lost, whatever is tried. */
  g_clear_error (&error);
  g_assert_false (posa_port_send (line.port, request, REQUEST_SIZE, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_clear_error (&error);
  g_assert_false (posa_port_set_line (line.port, POSA_LINE_8N1 (9600), &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
}

/* By ourselves: the first goes on. By another program, which locks the device as ours do. */
static void
test_busy (void)
{
  g_auto (Line) line = line_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strdup (ptsname (line.master));

  g_assert_true (posa_port_set_line (line.port, POSA_LINE_8N1 (9600), NULL));
  g_assert_null (posa_port_open (path, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_BUSY);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  meter_says (&line, "still here", 10);
  assert_hears (line.port, "still here");
  posa_port_close (line.port);

  int other = open (path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (flock (other, LOCK_EX | LOCK_NB), ==, 0);
  g_assert_null (posa_port_open (path, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (close (other), ==, 0);
  g_autoptr (PosaPort) again = posa_port_open (path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (again);
}

/* Another thread starts a program: its child has a copy of the device until that begins. */
static void
test_copied_to_child (void)
{
  g_auto (Line) line = line_new ();
  g_autoptr (GError) error = NULL;
  pid_t child = fork ();

  if (child == 0)
    {
      pause ();
      _exit (0);
    }
  g_assert_cmpint (child, >, 0);
  posa_port_close (line.port);
  g_autoptr (PosaPort) again = posa_port_open (ptsname (line.master), &error);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  g_assert_no_error (error);
  g_assert_nonnull (again);
}

static void
test_not_a_port (void)
{
  static const char *const paths[] = { "/nonexistent/ttyUSB0", "/dev/null", "/" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (posa_port_open (paths[i], &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_MISSING);
      g_assert_nonnull (strstr (error->message, paths[i]));
    }
}

static void
test_drain (void)
{
  g_auto (Line) line = line_new ();
  g_autoptr (GError) error = NULL;

  meter_says (&line, "stale", 5);
  g_assert_true (posa_port_drain (line.port, 30 * 1000, NULL, &error));
  g_assert_no_error (error);
  assert_hears (line.port, "");
}

/* In 8N1 the bytes of the tests are plain. */
static Line
plain_line_new (void)
{
  Line line = line_new ();

  g_assert_true (posa_port_set_line (line.port, POSA_LINE_8N1 (9600), NULL));
  return line;
}

static void
send_plain (Line *line, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_port_send (line->port, (const guint8 *) text, strlen (text), NULL, &error));
  g_assert_no_error (error);
}

/* Two heads: the kernel numbers them as they come, udev's names by path stay with the sockets. Once
 * they were plugged in the other way round, a name still leads to the meter behind its socket. */
static void
test_two_heads (void)
{
  static const char *const names[] = { "pci-0000:00:14.0-usb-0:1:1.0-port0",
                                       "pci-0000:00:14.0-usb-0:2:1.0-port0" };
  g_autofree char *folder = g_dir_make_tmp ("posa-by-path-XXXXXX", NULL);

  for (guint plugged = 0; plugged < 2; plugged++)
    {
      g_auto (Line) first = line_new ();
      g_auto (Line) second = line_new ();
      Line *behind[] = { plugged == 0 ? &first : &second, plugged == 0 ? &second : &first };

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autofree char *path = g_build_filename (folder, names[i], NULL);
          g_autoptr (GError) error = NULL;

          posa_port_close (behind[i]->port);
          g_assert_cmpint (symlink (ptsname (behind[i]->master), path), ==, 0);
          g_autoptr (PosaPort) port = posa_port_open (path, &error);
          g_assert_no_error (error);
          g_assert_true (posa_port_set_line (port, POSA_LINE_8N1 (9600), &error));
          meter_says (behind[i], names[i], strlen (names[i]));
          assert_hears (port, names[i]);
          g_assert_null (posa_port_open (path, &error));
          g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_BUSY);
          g_assert_cmpint (g_unlink (path), ==, 0);
        }
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_echo_is_swallowed (void)
{
  g_auto (Line) line = plain_line_new ();

  send_plain (&line, "request");
  meter_says (&line, "requ", 4);
  meter_says (&line, "estanswer", 9);
  assert_hears (line.port, "answer");
  /* Known to echo: a damaged echo goes the same way. */
  send_plain (&line, "request");
  meter_says (&line, "reXuestanswer", 13);
  assert_hears (line.port, "answer");
}

static void
test_no_echo_loses_nothing (void)
{
  g_auto (Line) line = plain_line_new ();

  send_plain (&line, "/?!");
  meter_says (&line, "/ABC5", 5);
  assert_hears (line.port, "/ABC5");
  /* An answer that is the beginning of the request, and then silence. */
  send_plain (&line, "\x06"
                     "050");
  meter_says (&line, "\x06", 1);
  assert_hears (line.port, "\x06");
  assert_hears (line.port, "");
}

/* Mode E: the meter repeats our message at the new speed. */
static void
test_same_bytes_at_new_speed_are_an_answer (void)
{
  g_auto (Line) line = plain_line_new ();
  g_autoptr (GError) error = NULL;

  send_plain (&line, "\x06"
                     "252\r\n");
  g_assert_true (posa_port_set_line (line.port, POSA_LINE_8N1 (19200), &error));
  meter_says (&line,
              "\x06"
              "252\r\n",
              6);
  assert_hears (line.port, "\x06"
                           "252\r\n");
}

static void
test_echo_before_new_speed (void)
{
  g_auto (Line) line = plain_line_new ();
  g_autoptr (GError) error = NULL;

  send_plain (&line, "\x06"
                     "250\r\n");
  meter_says (&line,
              "\x06"
              "250\r\n",
              6);
  g_assert_true (posa_port_set_line (line.port, POSA_LINE_8N1 (19200), &error));
  meter_says (&line, "data", 4);
  assert_hears (line.port, "data");
}

static const char tape_text[] = "posa-tape 1\n"
                                "# a comment\n"
                                "start 2026-11-21T10:15:30.250+01:00\n"
                                "\n"
                                "0.000100 line 300 7E1\n"
                                "0.166800 tx 2F3F210D0A\n"
                                "0.400000 rx 2F50\n"
                                "0.500000 rx 0D0A\n"
                                "2.700000 idle\n"
                                "3.000000 lost\n";

static PosaPort *
replay (const char *text)
{
  g_autoptr (GError) error = NULL;
  PosaTape *tape = posa_tape_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return posa_port_replay_new (tape);
}

static void
test_replay (void)
{
  g_autoptr (PosaPort) port = replay (tape_text);
  PosaClock *clock = posa_port_get_clock (port);
  g_autoptr (GError) error = NULL;
  gint64 started = posa_clock_get_monotonic (clock), real = now_us ();
  guint8 bytes[8];

  g_assert_true (posa_port_set_line (port, POSA_LINE_7E1 (300), &error));
  g_assert_true (posa_port_send (port, request, REQUEST_SIZE, NULL, &error));
  g_assert_cmpint (posa_port_receive (port, bytes, 1, started + G_USEC_PER_SEC, NULL, &error), ==,
                   1);
  g_assert_cmpint (posa_clock_get_monotonic (clock) - started, ==, 400000);
  g_assert_cmpint (posa_port_receive (port, bytes, 8, started + G_USEC_PER_SEC, NULL, &error), ==,
                   1);
  g_assert_cmpint (posa_port_receive (port, bytes, 8, started + G_USEC_PER_SEC, NULL, &error), ==,
                   2);
  g_assert_cmpint (posa_port_receive (port, bytes, 8, started + 2700000, NULL, &error), ==, 0);
  g_assert_cmpint (posa_clock_get_monotonic (clock) - started, ==, 2700000);
  g_assert_cmpint (posa_port_receive (port, bytes, 8, started + 9000000, NULL, &error), ==, -1);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_assert_cmpint (now_us () - real, <, G_USEC_PER_SEC);
}

static void
test_replay_compares (void)
{
  g_autoptr (PosaPort) port = replay (tape_text);
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_assert_false (posa_port_set_line (port, POSA_LINE_7E1 (9600), &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_true (posa_port_set_line (port, POSA_LINE_7E1 (300), &error));
  g_assert_cmpint (posa_port_receive (port, &byte, 1, G_MAXINT64, NULL, &error), ==, -1);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_false (posa_port_send (port, request, 3, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  /* The first place counts: what comes behind may be its consequence. */
  g_assert_cmpuint (posa_port_replay_get_line (POSA_PORT_REPLAY (port)), ==, 5);
}

static void
test_tape_faults (void)
{
  static const char *const bad[] = { "",
                                     "posa-tape 2\n",
                                     "posa-tape 1\n0.1 idle\n",
                                     "posa-tape 1\n0.100000 hum\n",
                                     "posa-tape 1\n0.100000 tx\n",
                                     "posa-tape 1\n0.100000 tx 2\n",
                                     "posa-tape 1\n0.100000 tx \n",
                                     "posa-tape 1\n0.100000 idle 5\n",
                                     "posa-tape 1\n0.100000 line 300 8E1\n",
                                     "posa-tape 1\n0.100000 line 9 7E1\n",
                                     "posa-tape 1\nstart yesterday\n",
                                     "posa-tape 1\n-1.100000 idle\n" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (posa_tape_parse (bad[i], strlen (bad[i]), &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, "line "));
    }
}

/* What was recorded plays back. */
static void
test_record_then_replay (void)
{
  g_auto (Line) line = line_new ();
  g_autofree char *folder = g_dir_make_tmp ("posa-tape-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "tape", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPortRecorder) recorder = posa_port_recorder_new (g_object_ref (line.port));

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PosaPort) port = NULL;
      if (i == 0)
        port = POSA_PORT (g_object_ref (recorder));
      else
        {
          g_assert_true (posa_port_recorder_save (recorder, path, &error));
          PosaTape *tape = posa_tape_load (path, &error);
          g_assert_no_error (error);
          port = posa_port_replay_new (tape);
        }
      g_assert_true (posa_port_set_line (port, POSA_LINE_8N1 (9600), &error));
      g_assert_true (posa_port_send (port, request, REQUEST_SIZE, NULL, &error));
      if (i == 0)
        meter_says (&line, "answer", 6);
      assert_hears (port, "answer");
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port/parity-in-software", test_parity_in_software);
  g_test_add_func ("/port/silence-and-deadline", test_silence_and_deadline);
  g_test_add_func ("/port/cancel", test_cancel);
  g_test_add_func ("/port/unplug", test_unplug);
  g_test_add_func ("/port/11.32-busy", test_busy);
  g_test_add_func ("/port/copied-to-child", test_copied_to_child);
  g_test_add_func ("/port/11.33-two-heads", test_two_heads);
  g_test_add_func ("/port/not-a-port", test_not_a_port);
  g_test_add_func ("/port/drain", test_drain);
  g_test_add_func ("/port/echo-is-swallowed", test_echo_is_swallowed);
  g_test_add_func ("/port/no-echo-loses-nothing", test_no_echo_loses_nothing);
  g_test_add_func ("/port/same-bytes-at-new-speed-are-an-answer",
                   test_same_bytes_at_new_speed_are_an_answer);
  g_test_add_func ("/port/echo-before-new-speed", test_echo_before_new_speed);
  g_test_add_func ("/port/replay", test_replay);
  g_test_add_func ("/port/replay-compares", test_replay_compares);
  g_test_add_func ("/port/tape-faults", test_tape_faults);
  g_test_add_func ("/port/record-then-replay", test_record_then_replay);
  return g_test_run ();
}
