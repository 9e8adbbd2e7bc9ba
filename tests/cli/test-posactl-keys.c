/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Meters that came with no stock: read by a profile of somebody's own, with the keys of a file, on
 * a device that is not enrolled. */

#include "cli-rig.h"
#include "posa-test-parallel.h"

#include <string.h>

#define SERIAL "7700000001"
#define TITLE  "client_title 4D4D4D0000BC614E\n"

/* What posa-sim has by itself; B is 16 bytes of a private key. */
#define EK_16     "ek 000102030405060708090A0B0C0D0E0F\n"
#define AK_16     "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n"
#define EK_32     "ek 000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n"
#define AK_32     "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEF\n"
#define SECRET    "secret 505152535455565758595A5B5C5D5E5F\n"
#define WRONG     "secret 606162636465666768696A6B6C6D6E6F\n"
#define B71       "71717171717171717171717171717171"
#define B72       "72727272727272727272727272727272"
#define SIGNING_1 "client_signing " B71 B71 "\n"
#define SIGNING_2 "client_signing " B71 B71 B71 "\n"
#define AGREED_1  "client_agreement " B72 B72 "\n"

#define PLAIN " context=plain protection=none policy=0"
#define GLO   " context=ciphered protection=glo policy="

typedef struct
{
  const char *name, *security, *keys;
} Row;

/* What meter and profile say, and what has to be in the file for it. */
static const Row rows[] = {
  { "password", "mechanism=password" PLAIN, SECRET },
  { "password-ciphered", "mechanism=password" GLO "3", EK_16 AK_16 SECRET TITLE },
  { "maker", "mechanism=maker" PLAIN, SECRET },
  { "md5", "mechanism=md5" PLAIN, SECRET },
  { "sha1", "mechanism=sha1" PLAIN, SECRET },
  { "gmac-0", "mechanism=gmac suite=0" GLO "3", EK_16 AK_16 TITLE },
  { "gmac-1", "mechanism=gmac suite=1" GLO "108", EK_16 AK_16 TITLE },
  { "gmac-2", "mechanism=gmac suite=2" GLO "108", EK_32 AK_32 TITLE },
  { "sha256", "mechanism=sha256" PLAIN, SECRET TITLE },
  { "ecdsa-1", "mechanism=ecdsa suite=1" PLAIN, SIGNING_1 TITLE },
  { "ecdsa-2", "mechanism=ecdsa suite=2" GLO "252", EK_32 AK_32 SIGNING_2 TITLE },
  { "agreed",
    "mechanism=ecdsa suite=1 context=ciphered protection=general-ciphering key_info=agreed "
    "policy=108",
    EK_16 AK_16 SIGNING_1 AGREED_1 TITLE },
};

/* ---- rig ---- */

typedef struct
{
  char *folder, *profile, *keys;
  PosaTestSim *sim;
} Rig;

static char *
write_file (const Rig *self, const char *name, const char *text, int mode)
{
  char *path = g_build_filename (self->folder, name, NULL);

  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, NULL));
  return path;
}

static PosaTestSim *
start_sim (const char *serial, const char *security)
{
  g_auto (GStrv) settings = g_strsplit (security, " ", -1);
  g_autofree char *setting = g_strconcat ("serial=", serial, NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, (gpointer) "2g");
  g_ptr_array_add (arguments, (gpointer) "--no-pace");
  g_ptr_array_add (arguments, (gpointer) "--set");
  g_ptr_array_add (arguments, setting);
  for (char **at = settings; *at != NULL; at++)
    {
      g_ptr_array_add (arguments, (gpointer) "--set");
      g_ptr_array_add (arguments, *at);
    }
  g_ptr_array_add (arguments, NULL);
  return posa_test_sim_start_argv ((const char *const *) arguments->pdata);
}

/* The generic profile with what the meter wants. */
static char *
write_profile (const Rig *self, const char *security)
{
  g_autofree char *model =
      g_build_filename (g_getenv ("POSA_DATADIR"), "profiles", "dlms-generic.profile", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GString) lines = g_string_new (security);

  g_assert_true (g_file_get_contents (model, &content, NULL, NULL));
  g_string_replace (lines, " ", "\n", 0);
  g_string_prepend (lines, "[dlms]\n");
  g_string_append_c (lines, '\n');
  if (strstr (security, "maker") != NULL)
    g_string_append (lines, "maker=aes128\n");
  g_autoptr (GString) text = g_string_new (content);
  g_assert_cmpuint (g_string_replace (text, "[dlms]\n", lines->str, 1), ==, 1);
  g_assert_cmpuint (g_string_replace (text, "id=dlms-generic", "id=of-my-own", 1), ==, 1);
  return write_file (self, "my.profile", text->str, 0644);
}

/* With the public keys that the meter tells, where they are needed. */
static char *
write_keys (const Rig *self, const char *keys)
{
  g_autoptr (GString) text = g_string_new (keys);
  g_autofree char *signing = strstr (keys, "client_signing") != NULL
                                 ? posa_test_sim_get_text (self->sim, "public_signing")
                                 : NULL;
  g_autofree char *agreement = strstr (keys, "client_agreement") != NULL
                                   ? posa_test_sim_get_text (self->sim, "public_agreement")
                                   : NULL;

  if (signing != NULL)
    g_string_append_printf (text, "server_signing %s\n", signing);
  if (agreement != NULL)
    g_string_append_printf (text, "server_agreement %s\n", agreement);
  return write_file (self, "my.keys", text->str, 0600);
}

static void
rig_init (Rig *self, const char *security, const char *keys)
{
  self->folder = g_dir_make_tmp ("posa-keys-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->sim = start_sim (SERIAL, security);
  self->profile = write_profile (self, security);
  self->keys = write_keys (self, keys);
}

static void
rig_clear (Rig *self)
{
  g_clear_pointer (&self->sim, posa_test_sim_stop);
  g_autoptr (CliRun) removed = cli_run ("rm", "-rf", self->folder, NULL);
  g_free (self->folder);
  g_free (self->profile);
  g_free (self->keys);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

#define METER(self, command)                                                                       \
  "posactl", "--quiet", "--data", (self)->folder, "meter", command, "--port",                      \
      posa_test_sim_get_port ((self)->sim)
#define OWN(self) "--profile", (self)->profile, "--key-file", (self)->keys

/* No counter has come twice under the same key and title, at one meter or another. */
static void
assert_nonces (const Rig *self, PosaTestSim *other)
{
  g_autofree char *dump = posa_test_sim_dump (self->sim);
  g_autofree char *more = other != NULL ? posa_test_sim_dump (other) : g_strdup ("");
  g_autofree char *both = g_strconcat (dump, "\n", more, NULL);
  g_autofree char *path = write_file (self, "dump.json", both, 0600);

  cli_expect (0, "true", "jq", "-s", "[.[].nonces[]] | length == (unique | length)", path, NULL);
}

/* ---- what opens ---- */

/* Twice, by two processes: the second goes on with the counters of the first. */
static void
test_opens (gconstpointer data)
{
  const Row *row = data;
  g_auto (Rig) self = { NULL };

  rig_init (&self, row->security, row->keys);
  cli_expect (0, "of-my-own", METER (&self, "read"), OWN (&self), NULL);
  gint64 counter = posa_test_sim_get_int (self.sim, "client_counter");
  cli_expect (0, " s", METER (&self, "clock"), OWN (&self), NULL);
  if (strstr (row->keys, "ek ") != NULL)
    g_assert_cmpint (posa_test_sim_get_int (self.sim, "client_counter"), >, counter);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
  assert_nonces (&self, NULL);
}

/* What a meter says its serial number is makes no new key of an old one. */
static void
test_same_key (gconstpointer data)
{
  g_auto (Rig) self = { NULL };
  g_autoptr (PosaTestSim) other = start_sim ("7700000002", "suite=0");

  rig_init (&self, "suite=0", EK_16 AK_16 TITLE);
  cli_expect (0, SERIAL, METER (&self, "read"), OWN (&self), NULL);
  cli_expect (0, "7700000002", "posactl", "--quiet", "--data", self.folder, "meter", "read",
              "--port", posa_test_sim_get_port (other), OWN (&self), NULL);
  cli_expect (0, SERIAL, METER (&self, "read"), OWN (&self), NULL);
  assert_nonces (&self, other);
}

/* A recorded conversation needs the same profile again. */
static void
test_replay (gconstpointer data)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self, "mechanism=md5" PLAIN, SECRET);
  g_autofree char *tape = g_build_filename (self.folder, "my.tape", NULL);
  cli_expect (0, SERIAL, METER (&self, "read"), OWN (&self), "--record", tape, NULL);
  cli_expect (0, SERIAL, "posactl", "meter", "replay", OWN (&self), tape, NULL);
  cli_expect (1, tape, "posactl", "meter", "replay", "--key-file", self.keys, tape, NULL);
}

/* A meter that signs on, by a profile that is not ours. */
static void
test_own_iec (gconstpointer data)
{
  g_auto (Rig) self = { NULL };
  g_autofree char *model =
      g_build_filename (g_getenv ("POSA_DATADIR"), "profiles", "posa-1g-m1.profile", NULL);
  g_autofree char *content = NULL;

  rig_init (&self, "suite=0", EK_16 AK_16);
  g_clear_pointer (&self.sim, posa_test_sim_stop);
  self.sim = posa_test_sim_start ("1g", "--kind", "m1", "--no-pace", NULL);
  g_assert_true (g_file_get_contents (model, &content, NULL, NULL));
  g_autoptr (GString) text = g_string_new (content);
  g_assert_cmpuint (g_string_replace (text, "id=posa-1g-m1\n", "id=of-my-own\n", 1), ==, 1);
  g_autofree char *path = write_file (&self, "iec.profile", text->str, 0644);
  cli_expect (0, "of-my-own", METER (&self, "read"), "--profile", path, NULL);
}

/* ---- what does not ---- */

#define PASSWORD "mechanism=password" PLAIN
#define GMAC     "mechanism=gmac" GLO "3"

static const struct
{
  const char *name, *security, *keys;
  int mode;
  const char *message;
  int refused;      /* how often the meter said no */
  int associations; /* the public one is there unless the file is no good */
} bad[] = {
  { "wrong-password", PASSWORD, WRONG, 0600, "tried once", 1, 1 },
  { "wrong-secret", "mechanism=sha1" PLAIN, WRONG, 0600, "tried once", 1, 1 },
  { "wrong-key", GMAC, "ek 0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F\n" AK_16 TITLE, 0600, "tried once", 1,
    1 },
  { "for-others", PASSWORD, SECRET, 0644, "chmod 600", 0, 0 },
  { "unknown-word", PASSWORD, SECRET "password 00\n", 0600, "line 2: unknown word", 0, 0 },
  { "no-secret", PASSWORD, EK_16 AK_16, 0600, "or secret of the meter is needed", 0, 1 },
  { "no-hls-secret", "mechanism=md5" PLAIN, EK_16 AK_16, 0600, "client_signing", 0, 1 },
  { "no-keys", GMAC, SECRET TITLE, 0600, "the authentication key is missing", 0, 1 },
  { "no-signing", "suite=1 mechanism=ecdsa" PLAIN, SECRET TITLE, 0600, "private signing key", 0,
    1 },
  { "no-title", GMAC, EK_16 AK_16, 0600, "bad.keys has no client_title", 0, 1 },
};

static void
check_bad (gsize row)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self, bad[row].security, SECRET);
  g_autofree char *path = write_file (&self, "bad.keys", bad[row].keys, bad[row].mode);
  g_autoptr (CliRun)
      run = cli_run (METER (&self, "read"), "--profile", self.profile, "--key-file", path, NULL);
  if (run->status != 1 || strstr (run->err, bad[row].message) == NULL)
    g_error ("%s ended with %d saying %s", bad[row].name, run->status, run->err);
  g_assert_null (strstr (run->err, "6061")); /* nothing of a key is said */
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, bad[row].refused);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, bad[row].associations);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
}

/* Every second row, so that not too many programs run at a time. */
static void
test_bad (gconstpointer data)
{
  for (gsize row = GPOINTER_TO_SIZE (data) - 1; row < G_N_ELEMENTS (bad); row += 2)
    check_bad (row);
}

/* Who has neither stock nor file is told of the file; new keys are for meters of the stock. */
static void
test_told (gconstpointer data)
{
  g_auto (Rig) self = { NULL };

  rig_init (&self, PASSWORD, SECRET);
  cli_expect (0, "mechanism=password context=plain suite=0 protection=none key_info=none policy=0",
              "posactl", "profile", "check", self.profile, NULL);
  cli_expect (1, "--key-file", METER (&self, "read"), "--profile", self.profile, NULL);
  cli_expect (1, "my.profile", METER (&self, "read"), "--profile", "no/my.profile", NULL);
  cli_expect (1, "lacks.profile", METER (&self, "read"), "--profile", "no/lacks.profile", NULL);
  cli_expect (2, "--key-file", METER (&self, "keys"), "--keys", self.keys, "--key-file", self.keys,
              NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/posactl-keys/", rows[i].name, NULL);
      posa_test_add_parallel (path, &rows[i], test_opens);
    }
  posa_test_add_parallel ("/posactl-keys/bad", GSIZE_TO_POINTER (1), test_bad);
  posa_test_add_parallel ("/posactl-keys/bad-too", GSIZE_TO_POINTER (2), test_bad);
  posa_test_add_parallel ("/posactl-keys/same-key", NULL, test_same_key);
  posa_test_add_parallel ("/posactl-keys/replay", NULL, test_replay);
  posa_test_add_parallel ("/posactl-keys/own-iec", NULL, test_own_iec);
  posa_test_add_parallel ("/posactl-keys/told", NULL, test_told);
  return g_test_run ();
}
