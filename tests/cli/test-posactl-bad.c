/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What posactl says when a meter, its keys or the order are not what they should be: the place, the
 * remedy, an exit status; and the meter is left as it was found. Bad tapes, captures and profile
 * files are in test-posactl-captures.c. */

#include "cli-rig.h"

#include "posa-test-parallel.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_WORDS 6

/* A setting of the new meter of the first order, a command, and what it must say. */
typedef struct
{
  const char *name, *setting;
  const char *words[MAX_WORDS + 1];
  const char *place, *remedy;
} Row;

#define ORDER      "--order", "W-000001"
#define OFFICE     "call the office"
#define OTHER_KEY  "ek=00112233445566778899AABBCCDDEEFF"
#define USED_UP    "client_counter=4294967200"
#define ASK_OFFICE "ask the office"

static const Row rows[] = {
  { "commission/denied",
    "fault=deny-write:0-0:1.0.0",
    { "commission", ORDER },
    "commissioning, clock: writing",
    OFFICE },
  { "commission/missing",
    "omit=0-0:1.0.0",
    { "commission", ORDER },
    "commissioning, clock: reading",
    "take another" },
  { "commission/not-kept",
    "fault=no-write:0-0:1.0.0",
    { "commission", ORDER },
    "commissioning, clock: ",
    "Repeat the commissioning" },
  { "commission/wrong-key", OTHER_KEY, { "commission", ORDER }, "22G0500100", ASK_OFFICE },
  { "commission/counter", USED_UP, { "commission", ORDER }, "22G0500100", "used up" },
  { "commission/other-meter",
    "serial=22G0999999",
    { "commission", ORDER },
    "22G0999999",
    "Take a meter that is in your van's stock" },
  { "commission/no-order",
    "fault=none",
    { "commission", "--order", "W-999999" },
    "W-999999",
    "Check the number, or synchronise" },
  { "verify/missing",
    "omit=0-0:13.0.0",
    { "verify", ORDER },
    "commissioning, tariff_table: reading",
    "take another" },
  { "verify/wrong-key", OTHER_KEY, { "verify", ORDER }, "22G0500100", ASK_OFFICE },
  { "verify/other-meter",
    "serial=22G0999999",
    { "verify", ORDER },
    "22G0999999",
    "Take a meter that is in your van's stock" },
  { "verify/no-order",
    "fault=none",
    { "verify", "--order", "W-999999" },
    "W-999999",
    "Check the number, or synchronise" },
  { "read/missing", "omit=1-0:1.8.0", { "read" }, "1-0:1.8.0", "take another" },
  { "read/wrong-key", OTHER_KEY, { "read" }, "22G0500100", ASK_OFFICE },
  { "read/no-key", "serial=22G0999999", { "read" }, "22G0999999", "Synchronise to fetch the key" },
  { "read/counter", USED_UP, { "read" }, "22G0500100", "used up" },
  { "profile/missing", "omit=1-0:99.1.0", { "profile" }, "1-0:99.1.0", "take another" },
  { "profile/wrong-key", OTHER_KEY, { "profile" }, "22G0500100", ASK_OFFICE },
  { "events/missing", "omit=0-0:99.98.2", { "events" }, "0-0:99.98.2", "take another" },
  { "events/wrong-key", OTHER_KEY, { "events" }, "22G0500100", ASK_OFFICE },
  { "clock/denied", "fault=deny-write:0-0:1.0.0", { "clock", "--set" }, "0-0:1.0.0", OFFICE },
  { "clock/not-kept", "fault=no-write:0-0:1.0.0", { "clock", "--set" }, "read back", "Repeat" },
  { "clock/missing", "omit=0-0:1.0.0", { "clock" }, "0-0:1.0.0", "take another" },
  { "keys/wrong-master",
    "kek=00112233445566778899AABBCCDDEEFF",
    { "keys", "--keys", "@keys" },
    "22G0500100 kept its old keys",
    "Repeat" },
  { "keys/missing",
    "omit=0-0:43.0.3",
    { "keys", "--keys", "@keys" },
    "0-0:43.0.3",
    "take another" },
  { "keys/no-file",
    "fault=none",
    { "keys", "--keys", "/nowhere/keys" },
    "/nowhere/keys",
    "Check the name of the file" },
  { "firmware/missing",
    "omit=0-0:44.0.0",
    { "firmware", "--identification", "X", "--sha256", "@sha256", "@keys" },
    "0-0:44.0.0",
    "take another" },
};

static CliSite *site;

/* The state of the meter, without what each conversation counts. */
static char *
get_state (PosaTestSim *sim)
{
  static const char *const counted[] = { "associations",   "refused", "client_counter",
                                         "server_counter", "nonces",  "writes",
                                         "flag_checks" };
  g_autofree char *dump = posa_test_sim_dump (sim);
  g_autoptr (JsonNode) root = json_from_string (dump, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (counted); i++)
    json_object_remove_member (json_node_get_object (root), counted[i]);
  return json_to_string (root, TRUE);
}

static const char keys_text[] = "ek 808182838485868788898A8B8C8D8E8F\n"
                                "ak A0A1A2A3A4A5A6A7A8A9AAABACADAEAF\n"
                                "kek 404142434445464748494A4B4C4D4E4F\n";

/* @word, or what it stands for: a file of keys, its digest. */
static char *
expand (const char *word, const char *keys)
{
  if (strcmp (word, "@keys") == 0)
    return g_strdup (keys);
  if (strcmp (word, "@sha256") == 0)
    return g_compute_checksum_for_string (G_CHECKSUM_SHA256, keys_text, -1);
  return g_strdup (word);
}

static CliRun *
run_command (const Row *row, const char *device, const char *port)
{
  g_autofree char *keys = g_build_filename (device, "new.keys", NULL);
  char *words[MAX_WORDS + 1] = { NULL };

  g_assert_true (
      g_file_set_contents_full (keys, keys_text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  for (guint i = 0; row->words[i] != NULL; i++)
    words[i] = expand (row->words[i], keys);
  CliRun *run = cli_run ("posactl", "--quiet", "--data", device, "meter", words[0], "--address",
                         "logical=1", "--port", port, words[1], words[2], words[3], words[4],
                         words[5], NULL);
  for (guint i = 0; words[i] != NULL; i++)
    g_free (words[i]);
  return run;
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *device = cli_site_copy_device (site);
  PosaTestSim *sim = cli_site_new_meter_with (site, row->setting);
  g_autofree char *before = get_state (sim);
  g_autoptr (CliRun) run = run_command (row, device, posa_test_sim_get_port (sim));
  g_autofree char *after = get_state (sim);

  if (run->status != 1 || strstr (run->err, row->place) == NULL ||
      strstr (run->err, row->remedy) == NULL)
    g_error ("%s ended with %d saying:\n%s\n%s", row->name, run->status, run->out, run->err);
  g_assert_cmpstr (after, ==, before);
  posa_test_sim_stop (sim);
}

/* A profile with a password that the meter does not know: it hears it once, for meters lock. */
static void
test_wrong_password (void)
{
  PosaTestSim *sim =
      posa_test_sim_start ("1g", "--kind", "m1", "--no-pace", "--set", "password=11111111", NULL);
  g_autofree char *data = g_build_filename (site->folder, "data", NULL);
  g_autofree char *profile = g_build_filename (data, "profiles", "posa-1g-m1.profile", NULL);
  g_autofree char *environment = g_strconcat ("POSA_DATADIR=", data, NULL);
  g_autofree char *posactl = cli_find_program ("posactl");
  g_autofree char *text = NULL;

  cli_expect (0, "", "cp", "-a", g_getenv ("POSA_DATADIR"), data, NULL);
  g_assert_true (g_file_get_contents (profile, &text, NULL, NULL));
  g_autofree char *changed = g_strconcat (text, "\n[access]\npassword=22222222\n", NULL);
  g_assert_true (g_file_set_contents (profile, changed, -1, NULL));
  g_autoptr (CliRun)
      run = cli_run ("env", environment, posactl, "--quiet", "--data", site->device, "meter",
                     "profile", "--port", posa_test_sim_get_port (sim), NULL);
  g_assert_cmpint (run->status, ==, 1);
  g_assert_nonnull (strstr (run->err, "the meter refuses the password"));
  g_assert_nonnull (strstr (run->err, OFFICE));
  g_assert_null (strstr (run->err, "22222222"));
  g_assert_cmpint (posa_test_sim_get_int (sim, "passwords"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (sim, "wrong_passwords"), ==, 1);
  posa_test_sim_stop (sim);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  site = cli_site_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/posactl-bad/", rows[i].name, NULL);

      posa_test_add_parallel (path, &rows[i], test_row);
    }
  g_test_add_func ("/posactl-bad/profile/wrong-password", test_wrong_password);
  int status = g_test_run ();
  cli_site_free (site);
  return status;
}
