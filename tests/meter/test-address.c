/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Meters that are called by an address: what the text of one means, and who answers it. */

#include "base/posa-error.h"
#include "dlms-rig.h"
#include "meter/posa-meter-address.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  PosaMeterAddress address;

  g_assert_true (posa_meter_address_parse (
      "device=041234567,logical=145,physical=16383,bytes=4,public=32,client=1", &address, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (posa_meter_address_get_device (&address), ==, "041234567");
  g_assert_cmpuint (address.logical, ==, 145);
  g_assert_cmpuint (address.physical, ==, 16383);
  g_assert_cmpuint (address.bytes, ==, 4);
  g_assert_cmpuint (address.public_client, ==, 32);
  g_assert_cmpuint (address.client, ==, 1);
  g_assert_true (posa_meter_address_may_sign_on (&address));
  g_assert_true (posa_meter_address_may_be_hdlc (&address));

  g_assert_true (posa_meter_address_parse ("device=Ab 9", &address, &error));
  g_assert_true (posa_meter_address_may_sign_on (&address));
  g_assert_false (posa_meter_address_may_be_hdlc (&address));
  g_assert_true (posa_meter_address_parse ("physical=17", &address, &error));
  g_assert_null (posa_meter_address_get_device (&address));
  g_assert_false (posa_meter_address_may_sign_on (&address));
  g_assert_true (posa_meter_address_may_be_hdlc (&address));
}

static void
test_faults (void)
{
  static const struct
  {
    const char *text, *what;
  } rows[] = {
    { "", "\"\": it is empty" },
    { "17", "\"17\": KEY=VALUE" },
    { "=17", "\"=17\": KEY=VALUE" },
    { "sap=17", "\"sap=17\": KEY=VALUE" },
    { "logical=1,", "\"\": KEY=VALUE" },
    { "logical=0", "\"logical=0\": a number from 1 to 16383" },
    { "physical=16384", "\"physical=16384\": a number" },
    { "physical=-1", "\"physical=-1\": a number" },
    { "physical=0x11", "\"physical=0x11\": a number" },
    { "logical=1,logical=2", "\"logical=2\": given twice" },
    { "client=127", "\"client=127\": a number from 1 to 126" },
    { "bytes=3", "1, 2 or 4 bytes" },
    { "bytes=8", "\"bytes=8\": a number from 1 to 4" },
    { "device=", "\"device=\": a device address" },
    { "device=12!", "\"device=12!\": a device address" },
    { "device=123456789012345678901234567890123", "a device address" },
    { "device=1,device=1", "given twice" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      PosaMeterAddress address;
      g_assert_false (posa_meter_address_parse (rows[i].text, &address, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_USAGE);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].what));
    }
}

/* A profile of somebody's own; its path. */
static char *
write_own_profile (void)
{
  g_autofree char *model =
      g_build_filename (g_getenv ("POSA_DATADIR"), "profiles", "dlms-generic.profile", NULL);
  g_autofree char *content = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("posa-XXXXXX.profile", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_get_contents (model, &content, NULL, NULL));
  g_autoptr (GString) text = g_string_new (content);
  g_assert_cmpuint (g_string_replace (text, "logical_device=1\n",
                                      "logical_device=1\nphysical_device=17\naddress_bytes=4\n", 1),
                    ==, 1);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

/* What is given goes before what the profile says; both together have to be an address. */
static void
test_apply (void)
{
  static const struct
  {
    const char *text;
    guint physical, bytes, client; /* in the profile then; 0 bytes: the shortest form */
    gboolean good;
  } rows[] = {
    { "client=2", 17, 4, 2, TRUE },
    { "physical=20", 20, 0, 3, TRUE },
    { "physical=20,bytes=4", 20, 4, 3, TRUE },
    { "bytes=1", 0, 1, 3, TRUE },
    { "bytes=2", 17, 2, 3, TRUE },
    { "bytes=1,physical=20", 0, 0, 0, FALSE },
    { "bytes=2,physical=128", 0, 0, 0, FALSE },
    { "physical=126", 0, 0, 0, FALSE },
    { "logical=128,bytes=1", 0, 0, 0, FALSE },
    { "device=12", 17, 4, 3, TRUE },
  };
  g_autofree char *path = write_own_profile ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      PosaMeterAddress address;
      g_test_message ("%s", rows[i].text);
      g_assert_true (posa_meter_address_parse (rows[i].text, &address, &error));
      address.profile = path;
      g_autoptr (GPtrArray) profiles = posa_meter_address_load_profiles (&address, &error);
      g_assert_cmpint (profiles != NULL, ==, rows[i].good);
      if (!rows[i].good)
        {
          g_assert_error (error, POSA_ERROR, POSA_ERROR_USAGE);
          continue;
        }
      g_assert_cmpuint (profiles->len, ==, 1);
      const PosaProfile *profile = g_ptr_array_index (profiles, 0);
      g_assert_cmpuint (profile->dlms.physical_device, ==, rows[i].physical);
      g_assert_cmpuint (profile->dlms.address_bytes, ==, rows[i].bytes);
      g_assert_cmpuint (profile->dlms.installer_client, ==, rows[i].client);
      g_assert_cmpstr (profile->device_address, ==, posa_meter_address_get_device (&address));
    }
  g_unlink (path);
}

/* ---- at simulated meters ---- */

#define IEC    "1g"
#define DLMS   "2g"
#define ANY    POSA_METER_ANY
#define OLD    POSA_METER_FIRST_GENERATION
#define NEW    POSA_METER_SECOND_GENERATION
#define MODE_E "start=mode-e"
#define APART  "logical_device=20", "physical_device=300", "public_client=48", "installer_client=5"

/* A meter, and how it is called. */
typedef struct
{
  const char *name, *kind;
  const char *settings[5];
  PosaMeterExpectation expectation;
  const char *address; /* NULL: none */
  gboolean answers;
  PosaTestSim *sim;
  GThread *job;
} Call;

static Call calls[] = {
  { "any", IEC, { "device_address=7" }, ANY, NULL, TRUE },
  { "own", IEC, { "device_address=7", "general_call=no" }, ANY, "device=7", TRUE },
  { "own-with-zeros", IEC, { "device_address=7", "general_call=no" }, ANY, "device=0007", TRUE },
  { "other", IEC, { "device_address=7" }, ANY, "device=8", FALSE },
  { "own-only", IEC, { "device_address=7", "general_call=no" }, OLD, NULL, FALSE },
  { "mode-e", DLMS, { MODE_E, "device_address=7", "general_call=no" }, ANY, "device=7", TRUE },
  { "two-bytes", DLMS, { NULL }, ANY, "physical=16", TRUE },
  { "four-bytes", DLMS, { NULL }, NEW, "physical=16,bytes=4", TRUE },
  { "logical", DLMS, { "logical_device=20" }, ANY, "logical=20", TRUE },
  { "apart", DLMS, { APART }, ANY, "logical=20,physical=300,public=48,client=5", TRUE },
  { "other-logical", DLMS, { NULL }, ANY, "logical=2", FALSE },
  { "other-physical", DLMS, { NULL }, NEW, "physical=17", FALSE },
  { "mode-e-apart",
    DLMS,
    { MODE_E, "device_address=A1", "logical_device=20", "physical_device=300" },
    ANY,
    "device=A1,logical=20,physical=300",
    TRUE },
  { "other-mode-e", DLMS, { MODE_E, "device_address=A1" }, NEW, "device=A2", FALSE },
};

typedef struct
{
  char *serial; /* of the reading; NULL with the error */
  GError *error;
} Outcome;

static gpointer
call_thread (gpointer data)
{
  Call *row = data;
  Outcome *outcome = g_new0 (Outcome, 1);
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (row->sim), &outcome->error);
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  PosaMeterAddress address;

  g_assert_no_error (outcome->error);
  if (row->address != NULL)
    g_assert_true (posa_meter_address_parse (row->address, &address, &outcome->error));
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, row->expectation, row->address != NULL ? &address : NULL,
                               POSA_KEYRING (keyring), NULL, &outcome->error);
  g_autoptr (PosaReadingSet) reading =
      meter != NULL ? posa_meter_read (meter, POSA_READING_CHECK, NULL, &outcome->error) : NULL;
  if (reading != NULL)
    outcome->serial = g_strdup (reading->meter.serial);
  return outcome;
}

static void
start (Call *row)
{
  const char *arguments[14] = { row->kind, "--no-pace", "--set", "serial=2600000042" };
  guint n = 4;

  for (guint i = 0; i < G_N_ELEMENTS (row->settings) && row->settings[i] != NULL; i++)
    {
      arguments[n++] = "--set";
      arguments[n++] = row->settings[i];
    }
  row->sim = posa_test_sim_start_argv (arguments);
  row->job = g_thread_new (row->name, call_thread, row);
}

/* All of them side by side, as silence takes its time; not before the first is due, when nobody
 * changes the environment any more. */
static void
test_call (gconstpointer data)
{
  static gboolean is_started = FALSE;
  Call *row = &calls[GPOINTER_TO_SIZE (data)];

  for (gsize i = 0; !is_started && i < G_N_ELEMENTS (calls); i++)
    start (&calls[i]);
  is_started = TRUE;
  Outcome *outcome = g_thread_join (row->job);

  if (row->answers)
    {
      g_assert_no_error (outcome->error);
      g_assert_cmpstr (outcome->serial, ==, "2600000042");
    }
  else
    g_assert_error (outcome->error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&outcome->error);
  g_free (outcome->serial);
  g_free (outcome);
  g_clear_pointer (&row->sim, posa_test_sim_stop);
}

/* ---- profiles ---- */

/* A meter that heeds no general call is found by the device address of its profile. */
static void
test_profile_address (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--no-pace", "--set", "device_address=7",
                                                     "--set", "general_call=no", NULL);
  g_autofree char *folder = g_dir_make_tmp ("posa-address-XXXXXX", NULL);
  g_autofree char *profiles = g_build_filename (folder, "profiles", NULL);
  g_autofree char *path = g_build_filename (profiles, "m1.profile", NULL);
  g_autofree char *source =
      g_build_filename (g_getenv ("POSA_DATADIR"), "profiles", "posa-1g-m1.profile", NULL);
  g_autofree char *before = g_strdup (g_getenv ("POSA_DATADIR"));
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, "[line]\n", 2);
  g_autofree char *changed = g_strjoinv ("[line]\ndevice_address=7\n", parts);
  g_assert_cmpint (g_mkdir (profiles, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, changed, -1, NULL));
  g_setenv ("POSA_DATADIR", folder, TRUE);
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, &error);
  g_setenv ("POSA_DATADIR", before, TRUE);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reading->registers->len, >, 0);
  g_assert_cmpint (g_unlink (path) + g_rmdir (profiles) + g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/parse", test_parse);
  g_test_add_func ("/address/faults", test_faults);
  g_test_add_func ("/address/apply", test_apply);
  g_test_add_func ("/address/profile", test_profile_address);
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *name = g_strconcat ("/address/call/", calls[i].name, NULL);
      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_call);
    }
  return g_test_run ();
}
