/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "cli-rig.h"

#include <glib/gstdio.h>
#include <string.h>

/* posactl with files that people bring: captures, tapes, keys, profiles. Bad ones are refused with
 * their place, and an exit status. */

#define EK "ek 000102030405060708090A0B0C0D0E0F\n"
#define AK "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n"

typedef struct
{
  char *folder;
} Files;

static void
files_clear (Files *self)
{
  cli_expect (0, "", "rm", "-rf", self->folder, NULL);
  g_free (self->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

static Files
make_files (void)
{
  g_autoptr (GError) error = NULL;
  Files self = { g_dir_make_tmp ("posa-captures-XXXXXX", &error) };

  g_assert_no_error (error);
  return self;
}

static char *
write_file (const Files *self, const char *name, const char *text, int mode)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (self->folder, name, NULL);

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
  g_assert_no_error (error);
  return path;
}

/* ---- translate ---- */

static void
test_translate (void)
{
  static const struct
  {
    const char *capture, *text;
    int status;
  } rows[] = {
    { "7E A0 07 03 21 93 0F 01 7E", "HDLC: SNRM P/F from 16 to 1", 0 },
    { "C001C100080000010000FF0200", "8 clock, 0-0:1.0.0 clock, 2 time", 0 },
    { "7EA0070321930F027E", "! HDLC: ", 1 },
    { "7EA0", "! cut off: 7EA0", 1 },
    { "", "", 0 },
    { "hello", "line 1: neither hex", 1 },
    { "7EA", "line 1: neither hex", 1 },
    { "/nowhere/capture", "line 1: neither hex", 1 },
    { "posa-tape 1\nnonsense", "tape, line 2: not understood", 1 },
    { "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B", "no key file", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    cli_expect (rows[i].status, rows[i].text, "posactl", "meter", "translate", rows[i].capture,
                NULL);
  cli_expect (2, "--help", "posactl", "meter", "translate", NULL);
  cli_expect (2, "--help", "posactl", "meter", "translate", "7E", "7E", NULL);
}

static void
test_translate_files (void)
{
  static const char ciphered[] =
      "# recorded\nC81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B\n";
  g_auto (Files) files = make_files ();
  g_autofree char *capture = write_file (&files, "capture", ciphered, 0644);
  g_autofree char *open = write_file (&files, "open", EK AK, 0644);
  g_autofree char *bad = write_file (&files, "bad", EK "ak D0D1\n", 0600);
  g_autofree char *keys =
      write_file (&files, "keys", EK AK "client_title 4D4D4D0000BC614E\n", 0600);
  g_autofree char *missing = g_build_filename (files.folder, "missing", NULL);
  g_autofree char *pipe = g_strdup_printf ("%s --quiet meter translate - <'%s'",
                                           "\"$POSA_BUILDDIR\"/app/cli/posactl", capture);

  cli_expect (1, "chmod 600", "posactl", "meter", "translate", "--key-file", open, capture, NULL);
  cli_expect (1, "line 2: a key has", "posactl", "meter", "translate", "--key-file", bad, capture,
              NULL);
  cli_expect (1, "missing", "posactl", "meter", "translate", "--key-file", missing, capture, NULL);
  cli_expect (0, "get-request-normal", "posactl", "meter", "translate", "--key-file", keys, capture,
              NULL);
  cli_expect (0, "\"name\" : \"get-request-normal\"", "posactl", "meter", "translate", "--json",
              "--key-file", keys, capture, NULL);
  cli_expect (1, "glo-get-request", "sh", "-c", pipe, NULL);
}

/* ---- replay ---- */

static char *
tape_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "tapes", name, NULL);
}

static void
test_replay (void)
{
  g_auto (Files) files = make_files ();
  g_autofree char *tape = tape_path ("posa-1g-m1.tape");
  g_autofree char *ciphered = tape_path ("posa-2g-single.tape");
  g_autofree char *keys = write_file (&files, "keys", EK AK, 0600);
  g_autofree char *open = write_file (&files, "open", EK AK, 0644);
  g_autofree char *others = write_file (&files, "others",
                                        EK "ak "
                                           "00112233445566778899AABBCCDDEEFF",
                                        0600);

  cli_expect (0, "0991095846", "posactl", "meter", "replay", tape, NULL);
  cli_expect (0, "\"serial\": \"0991095846\"", "posactl", "meter", "replay", "--json", tape, NULL);
  cli_expect (0, "2600000042", "posactl", "meter", "replay", "--key-file", keys, ciphered, NULL);
  cli_expect (1, "can only be read with its key", "posactl", "meter", "replay", ciphered, NULL);
  cli_expect (1, "under other keys", "posactl", "meter", "replay", "--key-file", others, ciphered,
              NULL);
  cli_expect (1, "chmod 600", "posactl", "meter", "replay", "--key-file", open, ciphered, NULL);
  cli_expect (1, "/nowhere/tape", "posactl", "meter", "replay", "/nowhere/tape", NULL);
  cli_expect (2, "--help", "posactl", "meter", "replay", NULL);
  cli_expect (2, "--replay", "posactl", "meter", "read", "--replay", tape, NULL);
}

/* A tape that is no tape, ends too early, or was changed: the error has the line. */
static void
test_bad_tapes (void)
{
  g_auto (Files) files = make_files ();
  g_autofree char *good = tape_path ("posa-1g-m1.tape");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (good, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *end = g_strdup (lines[20]);
  g_clear_pointer (&lines[20], g_free);
  g_autofree char *head = g_strjoinv ("\n", lines);
  lines[20] = g_steal_pointer (&end);
  g_autofree char *cut = write_file (&files, "cut", head, 0644);
  g_auto (GStrv) parts = g_strsplit (text, " tx 2F3F210D0A", 2);
  g_autofree char *changed = g_strjoinv (" tx 2F3F310D0A", parts);
  g_autofree char *tampered = write_file (&files, "tampered", changed, 0644);
  g_autofree char *none = write_file (&files, "none", "posa-tape 1\nnonsense\n", 0644);
  g_autofree char *empty = write_file (&files, "empty", "", 0644);

  cli_expect (1, "cut, line 20: ", "posactl", "meter", "replay", cut, NULL);
  cli_expect (1, "the tape has \"tx 2F3F310D0A\"", "posactl", "meter", "replay", tampered, NULL);
  cli_expect (1, "tampered, line ", "posactl", "meter", "replay", tampered, NULL);
  cli_expect (1, "none: tape, line 2: not understood", "posactl", "meter", "replay", none, NULL);
  cli_expect (1, "empty: tape, line 1: not understood", "posactl", "meter", "replay", empty, NULL);
}

/* ---- addresses ---- */

/* A meter that heeds only its own address; a tape of it is replayed by that address, too. */
static void
test_address (void)
{
  g_auto (Files) files = make_files ();
  g_autofree char *tape = g_build_filename (files.folder, "tape", NULL);
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "serial=041234567", "--set",
                                 "device_address=B7", "--set", "general_call=no", NULL);
  const char *port = posa_test_sim_get_port (sim);

  cli_expect (0, "041234567", "posactl", "--quiet", "meter", "read", "--port", port, "--address",
              "device=B7", "--record", tape, NULL);
  cli_expect (0, "041234567", "posactl", "meter", "replay", "--address", "device=B7", tape, NULL);
  cli_expect (1, "tape, line", "posactl", "meter", "replay", tape, NULL);
}

static void
test_bad_address (void)
{
  static const char *const commands[] = { "read", "profile", "events", "clock", "replay" };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      gboolean replays = strcmp (commands[i], "replay") == 0;
      cli_expect (2, "--address: address \"physical=x\": a number", "posactl", "meter", commands[i],
                  "--address", "logical=1,physical=x", replays ? "TAPE" : "--port",
                  replays ? NULL : "/nowhere/port", NULL);
    }
  cli_expect (2, "--help", "posactl", "meter", "read", "--address", NULL);
}

/* ---- profile check ---- */

static char *
profile_path (const char *name)
{
  return g_build_filename (g_getenv ("POSA_DATADIR"), "profiles", name, NULL);
}

/* All that the program comes with, in one call: no two of them claim one meter. */
static void
test_shipped_profiles (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("POSA_DATADIR"), "profiles", NULL);
  g_autofree char *command =
      g_strdup_printf ("\"$POSA_BUILDDIR\"/app/cli/posactl profile check '%s'/*.profile", folder);
  g_autoptr (CliRun) run = cli_run ("sh", "-c", command, NULL);
  g_auto (GStrv) good = g_strsplit (run->out, ".profile: good\n", -1);

  if (run->status != 0)
    g_error ("%s%s", run->out, run->err);
  g_assert_cmpuint (g_strv_length (good), >, 5);
}

static void
test_broken_profiles (void)
{
  static const struct
  {
    const char *old, *new, *place, *remedy;
  } rows[] = {
    { "baud=9600", "baude=9600", "broken: [line] baude", "closed set" },
    { "baud=9600", "", "broken: [line] baud: missing", "Add the key" },
    { "baud=9600", "baud=fast", "broken: [line] baud", "whole number" },
    { "driver=iec", "driver=smoke", "broken: [profile] driver", "profile that is good" },
    { "1.8.0=active_import", "1.8.0=import", "broken: [registers] 1.8.0", "Correct the file" },
    { "[match]", "[matches]", "broken: [matches] ", "closed set" },
    { "[match]", "garbage", "broken: ", "Correct the file" },
  };
  g_auto (Files) files = make_files ();
  g_autofree char *path = profile_path ("posa-1g-m1.profile");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) parts = g_strsplit (text, rows[i].old, 2);
      g_autofree char *changed = g_strjoinv (rows[i].new, parts);
      g_autofree char *broken = write_file (&files, "broken", changed, 0644);

      g_assert_cmpuint (g_strv_length (parts), ==, 2);
      cli_expect (1, rows[i].place, "posactl", "profile", "check", broken, NULL);
      cli_expect (1, rows[i].remedy, "posactl", "profile", "check", broken, NULL);
    }
}

static void
test_profiles_that_collide (void)
{
  g_auto (Files) files = make_files ();
  g_autofree char *path = profile_path ("posa-1g-m1.profile");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, "id=posa-1g-m1", 2);
  g_autofree char *changed = g_strjoinv ("id=another", parts);
  g_autofree char *copy = write_file (&files, "copy", text, 0644);
  g_autofree char *other = write_file (&files, "other", changed, 0644);
  g_autofree char *missing = g_build_filename (files.folder, "missing", NULL);

  cli_expect (0, "good", "posactl", "profile", "check", other, NULL);
  cli_expect (1, "copy: [profile] id: ", "posactl", "profile", "check", path, copy, NULL);
  cli_expect (1, "other: [match] ident: ", "posactl", "profile", "check", path, other, NULL);
  cli_expect (1, "missing", "posactl", "profile", "check", path, missing, NULL);
  cli_expect (2, "--help", "posactl", "profile", "check", NULL);
  cli_expect (2, "Usage", "posactl", "profile", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/captures/translate", test_translate);
  g_test_add_func ("/captures/translate/files", test_translate_files);
  g_test_add_func ("/captures/replay", test_replay);
  g_test_add_func ("/captures/replay/bad", test_bad_tapes);
  g_test_add_func ("/captures/address", test_address);
  g_test_add_func ("/captures/address/bad", test_bad_address);
  g_test_add_func ("/captures/profile/shipped", test_shipped_profiles);
  g_test_add_func ("/captures/profile/broken", test_broken_profiles);
  g_test_add_func ("/captures/profile/collide", test_profiles_that_collide);
  return g_test_run ();
}
