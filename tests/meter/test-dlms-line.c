/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "dlms-rig.h"

#include "base/posa-error.h"

#include <glib/gstdio.h>
#include <stdio.h>

/* Meters and lines that are odd but must do. Where writing is no other thing than reading, reading
 * is enough. */
static const struct
{
  const char *setting;
  gboolean write;
  gboolean repeats; /* frames get lost */
} oddities[] = {
  { "fault=general-glo", TRUE, FALSE },    { "fault=notify", FALSE, FALSE },
  { "fault=no-list", FALSE, FALSE },       { "fault=temporary", FALSE, FALSE },
  { "fault=lose:7", FALSE, TRUE },         { "fault=deaf:11", TRUE, TRUE },
  { "fault=late:17", TRUE, TRUE },         { "max_info=32", TRUE, FALSE },
  { "max_pdu=120", TRUE, FALSE },          { "max_info=512", FALSE, FALSE },
  { "client_counter=1000", FALSE, FALSE },
};

static void
write_oddly (DlmsRig *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) values = dlms_rig_commission (self, &error);

  g_assert_no_error (error);
  g_assert_nonnull (values);
  dlms_rig_assert_commissioned (self);
}

static void
test_oddity (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", oddities[row].setting));
  if (oddities[row].write)
    write_oddly (&self);
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  dlms_rig_assert_registers (&self, reading);
  if (oddities[row].repeats)
    g_assert_cmpuint (reading->line.retries, >, 0);
  if (g_str_equal (oddities[row].setting, "client_counter=1000"))
    g_assert_cmpuint (posa_test_keyring_get_next (self.keyring), >, 1001);
}

/* One reading over a disturbed line, in a thread of its own. */
typedef struct
{
  DlmsRig rig;
  PosaReadingSet *reading;
  GError *error;
} NoisyRead;

static gpointer
read_noisy (gpointer data)
{
  NoisyRead *self = data;

  self->reading = dlms_rig_read (&self->rig, &self->error);
  return NULL;
}

/* TRUE when all was read. */
static gboolean
finish_noisy (NoisyRead *self, guint seed)
{
  gboolean good = self->reading != NULL;

  if (good)
    {
      g_assert_cmpstr (self->reading->meter.serial, ==, DLMS_RIG_SERIAL);
      dlms_rig_assert_registers (&self->rig, self->reading);
    }
  else
    {
      g_test_message ("seed %u: %s", seed, self->error->message);
      g_assert_true (posa_error_is_retryable (self->error));
    }
  g_clear_pointer (&self->reading, posa_reading_set_free);
  g_clear_error (&self->error);
  dlms_rig_clear (&self->rig);
  return good;
}

/* Over 20 disturbed lines no wrong value ever; most readings succeed. */
static void
test_noise (void)
{
  NoisyRead reads[20] = { 0 };
  GThread *threads[G_N_ELEMENTS (reads)];
  guint n_read = 0;

  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_autofree char *seed = g_strdup_printf ("--seed=%u", i + 1);

      dlms_rig_init (&reads[i].rig, DLMS_RIG_START ("--no-pace", "--noise=6e-4", seed));
      threads[i] = g_thread_new ("read", read_noisy, &reads[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_thread_join (threads[i]);
      n_read += finish_noisy (&reads[i], i + 1);
    }
  g_test_message ("%u of 20 read at the first try", n_read);
  g_assert_cmpuint (n_read, >=, 15);
}

/* 700 ms without a byte, beginning somewhere in the meter's answers. */
static void
test_hole (void)
{
  static const char *const places[] = { "--at=150", "--at=420" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_auto (DlmsRig) self = { 0 };
      g_autoptr (GError) error = NULL;

      dlms_rig_init (&self, DLMS_RIG_START ("--pace", "--hole=700", places[i]));
      g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
      g_assert_no_error (error);
      dlms_rig_assert_registers (&self, reading);
      g_assert_cmpuint (reading->line.retries, >=, 1);
      g_assert_cmpuint (reading->line.retries, <=, 2);
      /* One public association, one of the installer: none was lost. */
      g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 2);
    }
}

/* Several hundred ciphered frames; by chance some end in 7E, and that must not cost a repeat (two
 * are for a busy machine; test-hdlc.c has every such frame). */
static void
test_many_frames (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  guint n_retries = 0;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 40; i++)
    {
      g_autoptr (PosaReadingSet)
          reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
      g_assert_no_error (error);
      n_retries += reading->line.retries;
    }
  g_assert_cmpuint (n_retries, <=, 2);
}

/* What a commissioning costs on the real line. */
static void
test_paced (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_monotonic_time ();

  dlms_rig_init (&self, DLMS_RIG_START ("--pace"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  gint64 opened = g_get_monotonic_time ();
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  gint64 commissioned = g_get_monotonic_time ();
  g_autoptr (PosaReadingSet)
      reading = posa_meter_read (meter, POSA_READING_ACTIVATION, NULL, &error);
  g_assert_no_error (error);
  gint64 read = g_get_monotonic_time ();
  dlms_rig_assert_commissioned (&self);
  dlms_rig_assert_registers (&self, reading);
  g_test_message ("identified in %.2f s, commissioned in %.2f s, read in %.2f s; "
                  "%" G_GUINT64_FORMAT " bytes sent, %" G_GUINT64_FORMAT " received, %u turns",
                  (double) (opened - started) / 1e6, (double) (commissioned - opened) / 1e6,
                  (double) (read - commissioned) / 1e6, reading->line.bytes_tx,
                  reading->line.bytes_rx, reading->line.round_trips);
}

static void
assert_counters_once (const char *path)
{
  g_autofree char *text = NULL;
  gint64 next = 0;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      gint64 first = 0, count = 0;

      if (sscanf (*line, "take %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &first, &count) != 2)
        continue;
      g_assert_cmpint (first, >=, next);
      next = first + count;
      n++;
    }
  g_assert_cmpuint (n, >=, 2);
}

/* The commissioning of another process, which is killed somewhere; then ours finishes the job,
 * which the meter may not answer at once. No counter is used twice, and nothing is left half. */
static void
test_killed (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("posa-killed-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "counters", NULL);

  dlms_rig_init (&self, DLMS_RIG_START ("--pace"));
  g_clear_object (&self.keyring);
  self.keyring = posa_test_keyring_new (path);
  for (guint i = 1; i <= 3; i++)
    {
      const char *argv[] = { "/proc/self/exe", "--commission", posa_test_sim_get_port (self.sim),
                             path, NULL };
      g_autoptr (GSubprocess) child = g_subprocess_newv (
          argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);

      g_assert_no_error (error);
      g_usleep (i * 1500 * 1000);
      g_subprocess_force_exit (child);
      g_assert_true (g_subprocess_wait (child, NULL, &error));
    }
  g_autoptr (GPtrArray) values = dlms_rig_commission (&self, &error);
  for (guint i = 0; i < 3 && values == NULL && posa_error_is_retryable (error); i++)
    {
      g_clear_error (&error);
      values = dlms_rig_commission (&self, &error);
    }
  g_assert_no_error (error);
  dlms_rig_assert_commissioned (&self);
  assert_counters_once (path);
  g_remove (path);
  g_rmdir (folder);
}

/* What test_killed() runs and kills. */
static int
commission_in_child (const char *port_path, const char *counters)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, NULL);
  g_clear_object (&self.keyring);
  self.keyring = posa_test_keyring_new (counters);
  g_autoptr (PosaPort) port = posa_port_open (port_path, &error);
  g_autoptr (PosaMeter) meter = port != NULL
                                    ? posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL,
                                                       POSA_KEYRING (self.keyring), NULL, &error)
                                    : NULL;
  g_autoptr (GPtrArray)
      values = meter != NULL ? posa_meter_commission (meter, &self.plan, NULL, &error) : NULL;
  return values != NULL ? 0 : 1;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--commission"))
    return commission_in_child (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (oddities); i++)
    {
      g_autofree char *name = g_strconcat ("/dlms-line/odd/", oddities[i].setting, NULL);
      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_oddity);
    }
  g_test_add_func ("/dlms-line/noise", test_noise);
  g_test_add_func ("/dlms-line/11.6-hole", test_hole);
  g_test_add_func ("/dlms-line/many-frames", test_many_frames);
  g_test_add_func ("/dlms-line/paced", test_paced);
  g_test_add_func ("/dlms-line/killed", test_killed);
  return g_test_run ();
}
