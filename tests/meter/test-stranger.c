/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Meters that no profile knows: what they have is read, what they lack is said, and nothing is
 * written to them by the way. */

#include "base/posa-error.h"
#include "dlms-rig.h"
#include "model/posa-meter-visit.h"

#include <glib/gstdio.h>
#include <string.h>

#define NAME "XYZ9000000042"

/* What the meter has not, and what the reading says that it lacks. */
static const struct
{
  const char *name, *omit, *lacks, *serial;
} rows[] = {
  { "counter", "0-0:43.1.3", "invocation counter", DLMS_RIG_SERIAL },
  { "clock", "0-0:1.0.0", "clock", DLMS_RIG_SERIAL },
  { "list", "0-0:40.0.0", "", DLMS_RIG_SERIAL },
  { "total", "1-0:1.8.0", "register 1-0:1.8.0", DLMS_RIG_SERIAL },
  { "name", "0-0:42.0.0", "", DLMS_RIG_SERIAL },
  { "serial", "0-0:96.1.0", "", NAME },
  { "much", "0-0:43.1.3;0-0:1.0.0;0-0:40.0.0;0-0:41.0.0;0-0:96.1.0;1-0:4.8.0",
    "register 1-0:4.8.0, clock, invocation counter", NAME },
};

static char *
list_missing (const PosaReadingSet *reading)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < reading->missing->len; i++)
    {
      const PosaMissingItem *item = g_ptr_array_index (reading->missing, i);

      g_test_message ("%s: %s", item->what, item->reason);
      g_assert_cmpstr (item->reason, !=, "");
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", item->what);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
start (DlmsRig *self, const char *omit, const char *setting)
{
  g_autofree char *omitted = g_strconcat ("omit=", omit, NULL);

  dlms_rig_init (self, DLMS_RIG_START ("--no-pace", "--kind", "2g-3", "--set", "name=" NAME,
                                       "--set", setting, *omit != '\0' ? "--set" : NULL, omitted));
}

static void
test_lacks (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  start (&self, rows[row].omit, "status=0");
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  g_autofree char *missing = list_missing (reading);
  g_assert_cmpstr (missing, ==, rows[row].lacks);
  g_assert_cmpstr (reading->profile_id, ==, "dlms-generic");
  g_assert_cmpstr (reading->meter.serial, ==, rows[row].serial);
  g_assert_cmpint (reading->meter_clock_us != 0, ==, strstr (rows[row].omit, ":1.0.0") == NULL);
  g_assert_cmpuint (reading->registers->len, >=, 9);
  for (guint i = 0; i < reading->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (reading->registers, i);
      g_autofree char *code = posa_obis_format (reg->obis);
      g_autofree char *path = g_strconcat ("registers/", code, NULL);

      g_assert_cmpint (reg->value, ==, posa_test_sim_get_int (self.sim, path));
    }
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 0);
}

/* It expects another counter than ours and says so: ours moves up, once. */
static void
test_counter_ahead (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  start (&self, "0-0:43.1.3", "client_counter=70000");
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_test_keyring_get_next (self.keyring), >, 70000);
}

/* What it says cannot be: the refusal tells which counter was tried. */
static void
test_counter_refused (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  start (&self, "0-0:43.1.3", "client_counter=4294967200");
  g_assert_null (dlms_rig_read (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "does not tell the counter"));
}

/* Who is known not to lack it is not believed when it says so, and who says nothing at all of
 * itself is nobody. */
static void
test_refused (void)
{
  g_auto (DlmsRig) known = { 0 }, nobody = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&known, DLMS_RIG_START ("--no-pace", "--set", "omit=0-0:43.1.3"));
  g_assert_null (dlms_rig_open (&known, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "0-0:43.1.3"));
  g_clear_error (&error);
  start (&nobody, "0-0:42.0.0;0-0:96.1.0", "status=0");
  g_assert_null (dlms_rig_open (&nobody, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "0-0:96.1.0"));
}

/* ---- profiles of one's own ---- */

typedef struct
{
  char *folder, *profiles, *path, *before;
  char *second; /* NULL: none */
} OwnProfile;

/* A data folder with nothing but dlms-generic, and in it @lines of [dlms]. */
static void
own_profile_init (OwnProfile *self, const char *lines)
{
  g_autofree char *text = NULL;

  self->before = g_strdup (g_getenv ("POSA_DATADIR"));
  self->folder = g_dir_make_tmp ("posa-stranger-XXXXXX", NULL);
  self->profiles = g_build_filename (self->folder, "profiles", NULL);
  self->path = g_build_filename (self->profiles, "own.profile", NULL);
  g_autofree char *source =
      g_build_filename (self->before, "profiles", "dlms-generic.profile", NULL);
  g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, "[dlms]\n", 2);
  g_autofree char *group = g_strconcat ("[dlms]\n", lines, NULL);
  g_autofree char *changed = g_strjoinv (group, parts);
  g_auto (GStrv) halves = g_strsplit (changed, "invocation_counter=0-0:43.1.3\n", 2);
  g_autofree char *whole = g_strjoinv ("", halves);
  g_assert_cmpint (g_mkdir (self->profiles, 0700), ==, 0);
  g_assert_true (g_file_set_contents (self->path, whole, -1, NULL));
  g_setenv ("POSA_DATADIR", self->folder, TRUE);
}

/* Beside it the one of the single-phase meter, with @new instead of the line @old. */
static void
own_profile_add_single (OwnProfile *self, const char *old, const char *new)
{
  g_autofree char *source =
      g_build_filename (self->before, "profiles", "posa-2g-single.profile", NULL);
  g_autofree char *text = NULL;

  self->second = g_build_filename (self->profiles, "single.profile", NULL);
  g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, old, 2);
  g_autofree char *changed = g_strjoinv (new, parts);
  g_assert_true (g_file_set_contents (self->second, changed, -1, NULL));
}

static void
own_profile_clear (OwnProfile *self)
{
  g_setenv ("POSA_DATADIR", self->before, TRUE);
  if (self->second != NULL)
    g_assert_cmpint (g_unlink (self->second), ==, 0);
  g_assert_cmpint (g_unlink (self->path) + g_rmdir (self->profiles) + g_rmdir (self->folder), ==,
                   0);
  g_free (self->folder);
  g_free (self->profiles);
  g_free (self->path);
  g_free (self->second);
  g_free (self->before);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OwnProfile, own_profile_clear)

#define PLAIN       "context=plain", "--set", "protection=none", "--set", "policy=0"
#define PLAIN_LINES "context=plain\nprotection=none\npolicy=0\n"

/* Nothing is ciphered, so no counter is asked for; and without a password no keys are. */
static void
test_plain (gconstpointer mechanism)
{
  g_autofree char *lines = g_strconcat ("mechanism=", mechanism, "\n", PLAIN_LINES, NULL);
  g_autofree char *setting = g_strconcat ("mechanism=", mechanism, NULL);
  g_auto (OwnProfile) profile = { NULL };
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  own_profile_init (&profile, lines);
  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", setting, "--set", PLAIN, "--set",
                                        "omit=0-0:43.1.3;0-0:1.0.0"));
  if (g_str_equal (mechanism, "none"))
    g_clear_object (&self.keyring);
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (self.sim), &error);
  g_autoptr (PosaMeter) meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL,
                                                 (PosaKeyring *) self.keyring, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *missing = list_missing (reading);
  g_assert_true (g_str_has_suffix (missing, ", clock"));
  g_assert_null (strstr (missing, "counter"));
  dlms_rig_assert_registers (&self, reading);
  /* The second comes over the same association. */
  g_autoptr (PosaReadingSet) again = posa_meter_read_totals (meter, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 2);
}

/* The profile by which a meter is called is another one than its own. Once that is known, its waits
 * hold: an answer after 2.5 s is waited for, and nothing asked again. */
static void
test_waits_of_profile (void)
{
  g_auto (OwnProfile) profile = { NULL };
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  own_profile_init (&profile, "mechanism=none\n" PLAIN_LINES);
  own_profile_add_single (&profile, "response_ms=1500", "response_ms=6000");
  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "fault=late:9"));
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reading->profile_id, ==, "posa-2g-single");
  g_assert_cmpuint (reading->line.retries, ==, 0);
}

/* No long frame gets through this line: what was read stays, the rest comes in shorter ones. */
static void
test_long_frames (void)
{
  g_auto (OwnProfile) profile = { NULL };
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaLoadProfile) curve = posa_load_profile_new ();
  gint64 to_us = g_get_real_time () / (G_TIME_SPAN_DAY / 4) * (G_TIME_SPAN_DAY / 4);

  own_profile_init (&profile, "mechanism=none\n" PLAIN_LINES);
  own_profile_add_single (&profile, "max_info=128", "max_info=2030");
  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "max_info=2030", "--set",
                                        "max_pdu=4000", "--set", "fault=long:200"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  g_assert_true (
      posa_meter_read_load_profile (meter, to_us - G_TIME_SPAN_DAY, to_us, curve, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (curve->intervals->len, ==, 96);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  dlms_rig_assert_registers (&self, reading);
  /* In public, then with frames of 2030, 507 and 128 bytes. */
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 4);
}

/* ---- its clock ---- */

/* A device that is not enrolled, and so has no stock: every meter is a stranger. */
static void
test_clock (void)
{
  g_auto (OwnProfile) profile = { NULL };
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaClockChange change = { 0 };

  own_profile_init (&profile, "mechanism=none\n" PLAIN_LINES);
  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "mechanism=none", "--set", PLAIN,
                                        "--set", "clock_offset=-40"));
  const PosaMeterAddress hdlc = { .logical = 1 }; /* so that no sign-on is tried */
  const PosaMeterPlace place = { "/nonexistent", posa_test_sim_get_port (self.sim), &hdlc };
  g_assert_true (posa_meter_visit_clock (&place, POSA_CLOCK_VISIT_READ, &change, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (posa_meter_visit_clock (&place, POSA_CLOCK_VISIT_SET, &change, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED);
  g_assert_nonnull (strstr (error->message, DLMS_RIG_SERIAL));
  g_clear_error (&error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
  g_assert_true (
      posa_meter_visit_clock (&place, POSA_CLOCK_VISIT_SET_STRANGER, &change, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (change.was_set);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = g_strconcat ("/stranger/lacks/", rows[i].name, NULL);
      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_lacks);
    }
  g_test_add_func ("/stranger/counter-ahead", test_counter_ahead);
  g_test_add_func ("/stranger/counter-refused", test_counter_refused);
  g_test_add_func ("/stranger/refused", test_refused);
  g_test_add_data_func ("/stranger/plain/password", "password", test_plain);
  g_test_add_data_func ("/stranger/plain/none", "none", test_plain);
  g_test_add_func ("/stranger/waits-of-profile", test_waits_of_profile);
  g_test_add_func ("/stranger/long-frames", test_long_frames);
  g_test_add_func ("/stranger/clock", test_clock);
  return g_test_run ();
}
