/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-error.h"
#include "meter/posa-meter.h"
#include "posa-test-sim.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_NOISY 8u

static const struct
{
  const char *kind;
  PosaMeterKind meter_kind;
  guint n_registers;
} kinds[] = {
  { "m1", POSA_METER_KIND_M1, 9 },
  { "m1b", POSA_METER_KIND_M1B, 14 },
  { "m3", POSA_METER_KIND_M3, 14 },
  { "m3b", POSA_METER_KIND_M3B, 19 },
};

static PosaMeter *
open_meter (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), error);

  return port != NULL ? posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, error)
                      : NULL;
}

static PosaReadingSet *
read_meter (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaMeter) meter = open_meter (sim, error);

  return meter != NULL ? posa_meter_read (meter, POSA_READING_CHECK, NULL, error) : NULL;
}

/* Every register of @reading holds what the meter has in its memory. */
static void
assert_registers_true (PosaTestSim *sim, const PosaReadingSet *reading)
{
  for (guint i = 0; i < reading->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (reading->registers, i);
      g_autofree char *path =
          g_strdup_printf ("registers/%u.%u.%u", reg->obis.c, reg->obis.d, reg->obis.e);
      g_assert_cmpint (reg->value, ==, posa_test_sim_get_int (sim, path));
    }
}

static void
test_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaTestSim)
          sim = posa_test_sim_start ("1g", "--kind", kinds[i].kind, "--no-pace", "--seed", "7",
                                     "--set", "status=00000081", "--set", "clock_offset=90", NULL);
      g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);
      g_assert_no_error (error);
      g_autofree char *serial = posa_test_sim_get_text (sim, "serial");
      g_autofree char *customer = posa_test_sim_get_text (sim, "customer_number");

      g_assert_cmpstr (reading->meter.serial, ==, serial);
      g_assert_cmpstr (reading->meter.customer_number, ==, customer);
      g_assert_cmpstr (reading->meter.manufacturer, ==, "PSA");
      g_assert_cmpstr (reading->meter.firmware, ==, "2.17");
      g_assert_cmpint (reading->meter.kind, ==, kinds[i].meter_kind);
      g_assert_cmpuint (reading->registers->len, ==, kinds[i].n_registers);
      g_assert_cmpint (ABS (posa_reading_set_get_drift_s (reading) - 90), <=, 2);
      g_assert_cmpstr (reading->status_raw, ==, "00000081");
      g_assert_cmpuint (g_strv_length (reading->status_flags), ==, 2);
      g_assert_cmpstr (reading->status_flags[0], ==, "clock-lost");
      g_assert_cmpstr (reading->status_flags[1], ==, "limiter-tripped");
      g_assert_cmpuint (reading->line.retries, ==, 0);
      g_assert_cmpuint (reading->line.round_trips, ==, 2);
      assert_registers_true (sim, reading);
    }
}

static gint64
now_us (void)
{
  return posa_clock_get_monotonic (posa_clock_get_system ());
}

/* What the crew can live with: a right reading, sooner or later. */
static void
assert_reads (PosaTestSim *sim, guint min_retries)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (reading->registers->len, ==, 9);
  g_assert_cmpuint (reading->line.retries, >=, min_retries);
  assert_registers_true (sim, reading);
}

static void
assert_fails (PosaTestSim *sim, PosaErrorCode code, gint64 within_s)
{
  g_autoptr (GError) error = NULL;
  gint64 started = now_us ();
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);

  g_assert_error (error, POSA_ERROR, (int) code);
  g_assert_null (reading);
  g_assert_cmpint (now_us () - started, <=, within_s * G_USEC_PER_SEC);
}

static void
test_11_27_bad_bcc (void)
{
  g_autoptr (PosaTestSim)
      once = posa_test_sim_start ("1g", "--no-pace", "--set", "fault=bcc:1", NULL);
  g_autoptr (PosaTestSim)
      twice = posa_test_sim_start ("1g", "--no-pace", "--set", "fault=bcc:2", NULL);
  g_autoptr (PosaTestSim)
      always = posa_test_sim_start ("1g", "--no-pace", "--set", "identification=PSa2M1", "--set",
                                    "fault=bcc:1000000", NULL);

  assert_reads (once, 1);
  assert_reads (twice, 2);
  assert_fails (always, POSA_ERROR_BAD_CHECKSUM, 20);
}

static void
test_silence (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--set", "fault=silent", NULL);

  assert_fails (sim, POSA_ERROR_TIMED_OUT, 8);
}

static void
test_11_4_garbage (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "fault=garbage", NULL);

  assert_fails (sim, POSA_ERROR_LINE_NOISE, 30);
}

static void
test_breaks_off (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "identification=PSa2M1", "--set",
                                 "fault=cut:100", NULL);

  assert_fails (sim, POSA_ERROR_BAD_CHECKSUM, 60);
}

/* A meter that says 9600 and stays at 300 is read at 300 in the end. */
static void
test_11_29_stays_at_300 (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "fault=stay300", NULL);

  assert_reads (sim, 2);
}

static void
test_hole (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--hole", "700", "--at", "120", NULL);

  assert_reads (sim, 1);
}

static void
test_echo (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--echo", NULL);

  assert_reads (sim, 0);
  assert_reads (sim, 0);
}

static void
test_unknown_meter (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "identification=ABC5\\2X99", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);

  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "/ABC5X99"));
  g_assert_null (reading);
}

static void
test_missing_register (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "omit=1.8.3", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);

  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "1.8.3"));
  g_assert_null (reading);
}

/* Seven digits where the profile says six: the meter says so twice, so it is no damage, but the
 * profile is not that of this meter. */
static void
test_other_digits (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "register.1.8.1=1234567890", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);

  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "1.8.1"));
  g_assert_null (reading);
}

typedef struct
{
  PosaTestSim *sim;
  PosaReadingSet *reading;
  GError *error;
} NoisyRead;

static gpointer
read_noisy (gpointer data)
{
  NoisyRead *self = data;

  self->reading = read_meter (self->sim, &self->error);
  return NULL;
}

static gboolean
finish_noisy (NoisyRead *self, guint seed)
{
  gboolean good = self->reading != NULL;

  if (good)
    assert_registers_true (self->sim, self->reading);
  else
    g_test_message ("seed %u: %s", seed, self->error->message);
  g_clear_pointer (&self->reading, posa_reading_set_free);
  g_clear_error (&self->error);
  posa_test_sim_stop (self->sim);
  return good;
}

/* Noise may cost the reading, never its truth. */
static void
test_noise (void)
{
  NoisyRead reads[N_NOISY] = { 0 };
  GThread *threads[N_NOISY];
  guint n_good = 0;

  for (guint i = 0; i < N_NOISY; i++)
    {
      g_autofree char *seed = g_strdup_printf ("--seed=%u", i + 1);

      reads[i].sim = posa_test_sim_start ("1g", "--no-pace", "--noise=0.002", seed, NULL);
      threads[i] = g_thread_new ("read", read_noisy, &reads[i]);
    }
  for (guint i = 0; i < N_NOISY; i++)
    {
      g_thread_join (threads[i]);
      n_good += finish_noisy (&reads[i], i + 1);
    }
  g_test_message ("%u of %u noisy readings came through", n_good, N_NOISY);
  g_assert_cmpuint (n_good, >=, N_NOISY / 2);
}

static gpointer
pull_plug_cb (gpointer data)
{
  g_usleep (900 * 1000);
  posa_test_sim_kill (data);
  return NULL;
}

static void
test_11_31_unplugged (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--pace", NULL);
  GThread *thread = g_thread_new ("plug", pull_plug_cb, sim);

  assert_fails (sim, POSA_ERROR_PORT_LOST, 2);
  g_thread_join (thread);
}

/* The head is pulled out within the request, the identification, the option or the data, and put in
 * again: that is said, and the meter can be read. */
static void
test_11_31_removed_cb (gconstpointer byte)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--no-pace", "--unplug", byte, NULL);

  assert_fails (sim, POSA_ERROR_PORT_LOST, 10);
  g_usleep (1200 * 1000);
  assert_reads (sim, 0);
}

static gpointer
cancel_cb (gpointer data)
{
  static gint64 cancelled_at;

  g_usleep (400 * 1000);
  cancelled_at = now_us ();
  posa_operation_cancel (data);
  return &cancelled_at;
}

static void
test_cancel (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--pace", NULL);
  g_autoptr (PosaOperation) operation = posa_operation_new ("read");
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeter) meter = open_meter (sim, &error);
  GThread *thread = g_thread_new ("cancel", cancel_cb, operation);

  g_assert_no_error (error);
  g_assert_null (posa_meter_read (meter, POSA_READING_CHECK, operation, &error));
  gint64 ended = now_us ();
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_assert_cmpint (ended - *(gint64 *) g_thread_join (thread), <, 50 * 1000);
}

/* The totals alone, and a third reading with the same open meter. */
static void
test_reads_again (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m3b", "--no-pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeter) meter = open_meter (sim, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) full = posa_meter_read (meter, POSA_READING_REMOVAL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) totals = posa_meter_read_totals (meter, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (full->registers->len, ==, 19);
  g_assert_cmpuint (totals->registers->len, ==, 3);
  g_assert_cmpint (totals->kind, ==, POSA_READING_SECOND);
  g_assert_cmpstr (totals->meter.serial, ==, full->meter.serial);
  g_assert_cmpuint (totals->line.retries, ==, 0);
  assert_registers_true (sim, totals);
}

/* The characters take their time: 20 at 300 baud and 1149 at 9600, and the meter reacts twice. */
static void
test_pace (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (reading->line.bytes_tx + reading->line.bytes_rx, ==, 1169);
  g_assert_cmpint (reading->line.wall_us, >=, 2260 * 1000);
}

/* A meter that was called and not read must not send its data at 300 baud to nobody. */
static void
test_closed_without_reading (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--pace", NULL);
  g_autoptr (GError) error = NULL;
  PosaMeter *meter = open_meter (sim, &error);

  g_assert_no_error (error);
  g_object_unref (meter);
  assert_reads (sim, 0);
  g_assert_cmpint (posa_test_sim_get_int (sim, "readouts"), ==, 1);
}

/* … and one whose reader thought for too long is called again. */
static void
test_11_34_reading_after_a_pause (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--no-pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeter) meter = open_meter (sim, &error);

  g_assert_no_error (error);
  g_usleep (2600 * 1000);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  assert_registers_true (sim, reading);
}

/* A meter that gives its registers only one by one, to who knows its password and the algorithm of
 * P2, is a few other lines in its profile. */
static void
test_register_by_register (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "algorithm=simulator", NULL);
  g_autofree char *datadir = g_strdup (g_getenv ("POSA_DATADIR"));
  g_autofree char *path = g_build_filename (datadir, "profiles", "posa-1g-m1.profile", NULL);
  g_autofree char *folder = g_dir_make_tmp ("posa-profiles-XXXXXX", NULL);
  g_autofree char *profiles = g_build_filename (folder, "profiles", NULL);
  g_autofree char *copy = g_build_filename (profiles, "one.profile", NULL);
  static const char access[] =
      "plan=registers\n[access]\npassword=00000000\nalgorithm=simulator\n[reading]";
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, "plan=readout", 2);
  g_autofree char *changed = g_strjoinv (access, parts);
  g_assert_cmpint (g_mkdir (profiles, 0700), ==, 0);
  g_assert_true (g_file_set_contents (copy, changed, -1, NULL));
  g_setenv ("POSA_DATADIR", folder, TRUE);
  assert_reads (sim, 0);
  g_setenv ("POSA_DATADIR", datadir, TRUE);
  g_unlink (copy);
  g_rmdir (profiles);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iec-session/kinds", test_kinds);
  g_test_add_func ("/iec-session/faults/11.27/bad-bcc", test_11_27_bad_bcc);
  g_test_add_func ("/iec-session/faults/silence", test_silence);
  g_test_add_func ("/iec-session/faults/11.4/garbage", test_11_4_garbage);
  g_test_add_func ("/iec-session/faults/breaks-off", test_breaks_off);
  g_test_add_func ("/iec-session/faults/11.29/stays-at-300", test_11_29_stays_at_300);
  g_test_add_func ("/iec-session/faults/hole", test_hole);
  g_test_add_func ("/iec-session/echo", test_echo);
  g_test_add_func ("/iec-session/unknown-meter", test_unknown_meter);
  g_test_add_func ("/iec-session/missing-register", test_missing_register);
  g_test_add_func ("/iec-session/other-digits", test_other_digits);
  g_test_add_func ("/iec-session/faults/noise", test_noise);
  g_test_add_func ("/iec-session/11.31/unplugged", test_11_31_unplugged);
  g_test_add_data_func ("/iec-session/11.31/removed-in-request", "3", test_11_31_removed_cb);
  g_test_add_data_func ("/iec-session/11.31/removed-in-identification", "10",
                        test_11_31_removed_cb);
  g_test_add_data_func ("/iec-session/11.31/removed-in-option", "17", test_11_31_removed_cb);
  g_test_add_data_func ("/iec-session/11.31/removed-in-data", "100", test_11_31_removed_cb);
  g_test_add_func ("/iec-session/cancel", test_cancel);
  g_test_add_func ("/iec-session/reads-again", test_reads_again);
  g_test_add_func ("/iec-session/pace", test_pace);
  g_test_add_func ("/iec-session/closed-without-reading", test_closed_without_reading);
  g_test_add_func ("/iec-session/11.34/reading-after-a-pause", test_11_34_reading_after_a_pause);
  g_test_add_func ("/iec-session/register-by-register", test_register_by_register);
  return g_test_run ();
}
