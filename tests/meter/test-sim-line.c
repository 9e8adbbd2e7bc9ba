/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The faults of the simulated line, each seen by a client that talks plain bytes. */

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/port/posa-port.h"
#include "posa-test-sim.h"

#include <string.h>

#define N_ASKED    30
#define PATIENCE   (100 * 1000) /* for one answer without pace, on a busy machine */
#define ONE_SECOND G_USEC_PER_SEC

/* DISC while not connected, and the meter's DM. */
static const guint8 request[] = { 0x7E, 0xA0, 0x07, 0x03, 0x21, 0x53, 0x03, 0xC7, 0x7E };
static const guint8 answer[] = { 0x7E, 0xA0, 0x07, 0x21, 0x03, 0x1F, 0x6B, 0xE9, 0x7E };

static gint64
now_us (void)
{
  return posa_clock_get_monotonic (posa_clock_get_system ());
}

static PosaPort *
open_port (PosaTestSim *sim)
{
  g_autoptr (GError) error = NULL;
  PosaPort *port = posa_port_open_device (posa_test_sim_get_port (sim), &error);

  g_assert_no_error (error);
  g_assert_true (posa_port_set_line (port, POSA_LINE_8N1 (115200), &error));
  g_assert_true (posa_port_set_line (port, POSA_LINE_8N1 (9600), &error));
  return port;
}

/* Takes the answer to one request; @n_parts counts how many times bytes came. */
static GByteArray *
ask (PosaPort *port, gint64 patience_us, guint *n_parts, GError **error)
{
  GByteArray *all = g_byte_array_new ();
  guint8 bytes[64];
  gssize n = posa_port_send (port, request, sizeof request, NULL, error) ? 1 : -1;

  while (n > 0 && all->len < sizeof answer)
    {
      n = posa_port_receive (port, bytes, sizeof bytes, now_us () + patience_us, NULL, error);
      g_byte_array_append (all, bytes, (guint) MAX (n, 0));
      *n_parts += n > 0;
    }
  return all;
}

static guint
count_bits (guint8 byte)
{
  return (guint) __builtin_popcount (byte);
}

/* What the chances do to N_ASKED answers. */
typedef struct
{
  guint n_whole, n_flipped, n_shorter, n_longer, n_missing;
} Seen;

static Seen
see (const char *fault, const char *seed)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("2g", "--no-pace", fault, seed, NULL);
  g_autoptr (PosaPort) port = open_port (sim);
  Seen seen = { 0 };
  guint n_parts = 0;

  for (guint i = 0; i < N_ASKED; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) got = ask (port, PATIENCE, &n_parts, &error);
      guint n_bits = 0;

      g_assert_no_error (error);
      posa_port_drain (port, 10 * 1000, NULL, NULL);
      for (guint at = 0; at < MIN (got->len, sizeof answer); at++)
        n_bits += count_bits (got->data[at] ^ answer[at]);
      seen.n_missing += got->len == 0;
      seen.n_shorter += got->len > 0 && got->len < sizeof answer;
      seen.n_whole += got->len == sizeof answer && n_bits == 0;
      seen.n_flipped += got->len == sizeof answer && n_bits > 0 && n_bits <= 2;
      seen.n_longer += got->len >= sizeof answer && n_bits > 2;
    }
  g_test_message ("%s: %u whole, %u flipped, %u shorter, %u longer, %u missing", fault,
                  seen.n_whole, seen.n_flipped, seen.n_shorter, seen.n_longer, seen.n_missing);
  return seen;
}

static void
test_flips (void)
{
  Seen seen = see ("--noise=0.03", "--seed=1");

  g_assert_cmpuint (seen.n_whole, >, N_ASKED / 4);
  g_assert_cmpuint (seen.n_flipped, >, 1);
  g_assert_cmpuint (seen.n_missing, >, 1); /* requests that the meter did not take */
  g_assert_cmpuint (seen.n_longer, ==, 0);
}

static void
test_lost (void)
{
  Seen seen = see ("--lose=0.03", "--seed=1");

  g_assert_cmpuint (seen.n_whole, >, N_ASKED / 4);
  g_assert_cmpuint (seen.n_shorter, >, 1);
  g_assert_cmpuint (seen.n_flipped + seen.n_longer, ==, 0);
}

static void
test_inserted (void)
{
  Seen seen = see ("--insert=0.03", "--seed=1");

  g_assert_cmpuint (seen.n_whole, >, N_ASKED / 4);
  g_assert_cmpuint (seen.n_longer, >, 1);
  g_assert_cmpuint (seen.n_shorter, ==, 0);
}

/* Where the client gets bytes: all of them, but in pieces. */
static void
test_split (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("2g", "--no-pace", "--split=16", NULL);
  g_autoptr (PosaPort) port = open_port (sim);
  guint n_parts = 0;

  for (guint i = 0; i < 15; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) got = ask (port, ONE_SECOND, &n_parts, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (got->data, got->len, answer, sizeof answer);
    }
  g_assert_cmpuint (n_parts, >, 15);
}

static void
test_late (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("2g", "--no-pace", "--late=1", NULL);
  g_autoptr (PosaPort) port = open_port (sim);
  g_autoptr (GError) error = NULL;
  guint n_parts = 0;
  g_autoptr (GByteArray) none = ask (port, 1500 * 1000, &n_parts, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  guint8 byte;
  g_assert_cmpint (posa_port_receive (port, &byte, 1, now_us () + 5 * ONE_SECOND, NULL, &error), ==,
                   1);
}

/* In the request and in the answer; then the plug is put in again, and the meter answers. */
static void
test_unplug (void)
{
  static const char *const places[] = { "--unplug=5", "--unplug=10", "--unplug=18" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (PosaTestSim) sim = posa_test_sim_start ("2g", "--no-pace", places[i], NULL);
      g_autoptr (PosaPort) port = open_port (sim);
      g_autoptr (GError) error = NULL;
      guint n_parts = 0;
      g_autoptr (GByteArray) broken = ask (port, 5 * ONE_SECOND, &n_parts, &error);

      g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
      g_clear_error (&error);
      g_clear_object (&port);
      while (!g_file_test (posa_test_sim_get_port (sim), G_FILE_TEST_EXISTS))
        g_usleep (10 * 1000);
      port = open_port (sim);
      g_autoptr (GByteArray) got = ask (port, 5 * ONE_SECOND, &n_parts, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (got->data, got->len, answer, sizeof answer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-line/flips", test_flips);
  g_test_add_func ("/sim-line/lost", test_lost);
  g_test_add_func ("/sim-line/inserted", test_inserted);
  g_test_add_func ("/sim-line/split", test_split);
  g_test_add_func ("/sim-line/late", test_late);
  g_test_add_func ("/sim-line/unplug", test_unplug);
  return g_test_run ();
}
