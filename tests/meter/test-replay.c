/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Ciphered conversations from a tape: recorded with one keyring, replayed with a key file. */

#include "base/posa-error.h"
#include "dlms-rig.h"
#include "meter/port/posa-port-echo.h"
#include "meter/port/posa-port-recorder.h"
#include "model/posa-meter-tool.h"

#include <glib/gstdio.h>
#include <string.h>

/* Those of PosaTestKeyring and posa-sim. */
static const char keys[] = "ek 000102030405060708090A0B0C0D0E0F\n"
                           "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n";

/* One meter, read once for all tests: finding out its protocol takes seconds. */
typedef struct
{
  DlmsRig rig;
  char *folder, *tape, *keys;
  char *text; /* of the tape */
  PosaReadingSet *reading;
} Site;

static Site site;

static void
site_clear (Site *self)
{
  dlms_rig_clear (&self->rig);
  posa_reading_set_free (self->reading);
  g_unlink (self->tape);
  g_unlink (self->keys);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->tape);
  g_free (self->keys);
  g_free (self->text);
}

static void
write_text (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* Reads the meter of the rig, as a device would that has its keys, and keeps the tape. */
static PosaReadingSet *
record (DlmsRig *rig, const char *tape)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) device = posa_port_open_device (posa_test_sim_get_port (rig->sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaPortRecorder) recorder = posa_port_recorder_new (g_object_ref (device));
  g_autoptr (PosaPort) port = posa_port_echo_new (POSA_PORT (g_object_ref (recorder)));
  g_autoptr (PosaMeter) meter =
      posa_meter_open (port, POSA_METER_ANY, NULL, POSA_KEYRING (rig->keyring), NULL, &error);
  g_assert_no_error (error);
  PosaReadingSet *reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  posa_meter_close (meter);
  g_assert_true (posa_port_recorder_save (recorder, tape, &error));
  return reading;
}

static void
site_init (Site *self)
{
  dlms_rig_init (&self->rig, DLMS_RIG_START ("--no-pace"));
  self->folder = g_dir_make_tmp ("posa-replay-XXXXXX", NULL);
  self->tape = g_build_filename (self->folder, "tape", NULL);
  self->keys = g_build_filename (self->folder, "keys", NULL);
  self->reading = record (&self->rig, self->tape);
  g_assert_true (g_file_get_contents (self->tape, &self->text, NULL, NULL));
}

/* The tape and the keys as they should be. */
static void
site_restore (Site *self)
{
  write_text (self->tape, self->text);
  write_text (self->keys, keys);
}

static void
test_record_and_replay (void)
{
  PosaReadingSet *reading = site.reading;
  g_autoptr (GError) error = NULL;

  site_restore (&site);
  g_autoptr (PosaReadingSet)
      again = posa_meter_tool_replay (site.tape, NULL, site.keys, NULL, &error);
  g_assert_no_error (error);
  reading->taken_us = again->taken_us = reading->line.wall_us = again->line.wall_us = 0;
  reading->device_clock_us = again->device_clock_us = 0;
  g_autofree char *text = posa_reading_set_to_text (reading, FALSE);
  g_autofree char *again_text = posa_reading_set_to_text (again, FALSE);
  g_assert_cmpstr (text, ==, again_text);
}

/* Of verb and bytes: what is shorter may be a piece of a frame that a busy machine cut off. */
#define MIN_FRAME 24

/* The text of the tape with the last byte of its line @number, of those with @verb, flipped. */
static char *
tamper (const char *text, const char *verb, guint number, guint *line)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *at = strstr (lines[i], verb);

      if (at == NULL || strlen (at) < MIN_FRAME || number-- > 0)
        continue;
      char *last = lines[i] + strlen (lines[i]) - 5; /* of the check before the flag */
      *last = *last == '0' ? '1' : '0';
      *line = i + 1;
      break;
    }
  return g_strjoinv ("\n", lines);
}

static void
assert_refused (Site *self, const char *key_path, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *prefix = g_strdup_printf ("%s, line ", self->tape);

  g_assert_null (posa_meter_tool_replay (self->tape, NULL, key_path, NULL, &error));
  g_test_message ("%s", error->message);
  if (code >= 0)
    g_assert_error (error, POSA_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, prefix));
  g_assert_nonnull (strstr (error->message, part));
}

/* Without keys, with those of another meter. */
static void
test_keys (void)
{
  site_restore (&site);
  assert_refused (&site, NULL, POSA_ERROR_KEY_MISSING, "");
  write_text (site.keys, "ek 404142434445464748494A4B4C4D4E4F\n"
                         "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n");
  assert_refused (&site, site.keys, POSA_ERROR_ACCESS_DENIED, "under other keys");
}

/* A tape that is cut ends where it ends; one that was changed is refused where it was changed, or
 * right behind, where its answer was not good enough. */
static void
test_damaged_tapes (void)
{
  const char *text = site.text;
  g_autofree char *place = NULL;
  guint line = 0;

  site_restore (&site);
  g_autofree char *cut = g_strndup (text, strlen (text) / 2);
  *(strrchr (cut, '\n') + 1) = '\0';
  write_text (site.tape, cut);
  assert_refused (&site, site.keys, POSA_ERROR_PORT_LOST, "the tape ends here");

  g_autofree char *asked_otherwise = tamper (text, " tx 7E", 8, &line);
  place = g_strdup_printf (", line %u: ", line);
  write_text (site.tape, asked_otherwise);
  assert_refused (&site, site.keys, POSA_ERROR_INVALID_DATA, place);

  g_autofree char *answered_otherwise = tamper (text, " rx 7E", 8, &line);
  write_text (site.tape, answered_otherwise);
  assert_refused (&site, site.keys, -1, "the tape has");
}

/* Every register of @reading against the meter's own dump. */
static void
assert_registers (PosaReadingSet *reading, PosaTestSim *sim)
{
  for (guint i = 0; i < reading->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (reading->registers, i);
      g_autofree char *code = posa_obis_format (reg->obis);
      g_autofree char *path = g_strconcat ("registers/", code, NULL);

      g_assert_cmpint (reg->value, ==, posa_test_sim_get_int (sim, path));
    }
}

/* One recorded tape of each profile that speaks DLMS: the driver asks today as it did then. With
 * POSA_RECORD=1 they are recorded anew. */
static void
test_tapes_of_profiles (void)
{
  static const struct
  {
    const char *tape, *profile, *kind, *name;
    guint n_registers;
    const char *omit; /* objects that the meter has not */
  } rows[] = {
    { "posa-2g-single", "posa-2g-single", "2g-1", "name=PSA2G1" DLMS_RIG_SERIAL, 7 },
    { "posa-2g-three", "posa-2g-three", "2g-3", "name=PSA2G3" DLMS_RIG_SERIAL, 28 },
    { "dlms-generic", "dlms-generic", "2g-3", "name=XYZ" DLMS_RIG_SERIAL, 10 },
    { "dlms-bare", "dlms-generic", "2g-3", "name=XYZ" DLMS_RIG_SERIAL, 10,
      "omit=0-0:43.1.3;0-0:1.0.0;0-0:40.0.0" },
  };

  site_restore (&site);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (DlmsRig) rig = { 0 };
      g_autofree char *name = g_strconcat (rows[i].tape, ".tape", NULL);
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tapes", name, NULL);
      g_autoptr (GError) error = NULL;

      dlms_rig_init (&rig,
                     DLMS_RIG_START ("--no-pace", "--kind", rows[i].kind, "--set", rows[i].name,
                                     rows[i].omit != NULL ? "--set" : NULL, rows[i].omit));
      if (g_getenv ("POSA_RECORD") != NULL)
        posa_reading_set_free (record (&rig, path));
      g_autoptr (PosaReadingSet)
          reading = posa_meter_tool_replay (path, NULL, site.keys, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (reading->profile_id, ==, rows[i].profile);
      g_assert_cmpstr (reading->meter.serial, ==, DLMS_RIG_SERIAL);
      g_assert_cmpuint (reading->registers->len, ==, rows[i].n_registers);
      assert_registers (reading, rig.sim);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  site_init (&site);
  g_test_add_func ("/replay/record-and-replay", test_record_and_replay);
  g_test_add_func ("/replay/keys", test_keys);
  g_test_add_func ("/replay/damaged-tapes", test_damaged_tapes);
  g_test_add_func ("/replay/tapes-of-profiles", test_tapes_of_profiles);
  int status = g_test_run ();
  site_clear (&site);
  return status;
}
