/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What a translation says of captures that are not as they should be, and of its keys. The good
 * ones are in test-vectors.c. */

#include "base/posa-error.h"
#include "meter/translate/posa-translate.h"

#include <glib/gstdio.h>
#include <string.h>

/* A capture, whether it is whole, and what has to be said of it in this order ("|" between). */
static const struct
{
  const char *capture;
  gboolean whole;
  const char *parts;
} rows[] = {
  /* spaces, comments, a frame over two lines, two frames with one flag between them */
  { "7E A0 07 03 21 93 0F 01 7E", TRUE, "HDLC: SNRM P/F from 16 to 1" },
  { "# a capture\n\n7EA00703\n2193 0F017E\n", TRUE, "HDLC: SNRM P/F from 16 to 1" },
  { "7EA0070321930F017EA00703215303C77E", TRUE, "HDLC: SNRM|HDLC: DISC" },
  /* damaged frames are shown as such, and what is behind them is found */
  { "7EA0070321930F027EA0070321930F017E", FALSE, "! HDLC: |A0070321930F02|HDLC: SNRM" },
  { "7EA7FF0321930F017EA0070321930F017E", FALSE, "! cut off: 7EA7FF0321930F01|HDLC: SNRM" },
  { "007F7EA0070321930F017E", FALSE, "! no message: 007F|HDLC: SNRM" },
  { "7EA0070321", FALSE, "! cut off: 7EA0070321" },
  { "7EA012230352C468E6E700C401490003008C237E", TRUE, "get-response-normal|boolean 0" },
  { "7EA012230352C468E6E700C401490003018C237E", FALSE, "! HDLC" },
  /* an APDU in two segments */
  { "7EA810230330864BE6E700C401C100EB95"
    "7E7EA00E230352513C0600001391118D7E",
    TRUE,
    "segment: 7 bytes, 7 so far|HDLC: I N(S) 1|get-response-normal|double-long-unsigned 5009" },
  /* bare messages, with and without LLC */
  { "E6E600C001C1000100002B0100FF0200", TRUE, "LLC: command|get-request-normal" },
  { "C001C1000100002B0100FF0200\nC401C1000600001391", TRUE,
    "get-request-normal|get-response-normal|0-0:43.1.0 invocation counter|5009" },
  { "C001C1000100002B0100FF", FALSE, "get-request-normal|! not decoded" },
  { "020312000109020304", FALSE, "no message begins like this" },
  { "0202110209020304", TRUE, "value: structure of 2|unsigned 2|octet-string 0304" },
  { "0F0000000100020211021103", TRUE, "data-notification|invoke id: 1|structure of 2" },
  { "C20000010000600B00FF021107", TRUE, "event-notification-request|0-0:96.11.0|unsigned 7" },
  { "C401C1000600001391AABB", TRUE, "5009|left over: AABB" },
  /* lengths that promise more than there is */
  { "C401C1000984FFFFFFFF00", FALSE, "! not decoded" },
  { "C403C1840FFFFFFF0101", FALSE, "! not decoded" },
  /* general block transfer: control, numbers, a piece each */
  { "E001000100000AC001C100080000010000\nE08100020000"
    "03"
    "FF0200",
    TRUE, "block: 1, window 1, acknowledges 0|block: 2, the last|get-request-normal|2 time" },
  /* ciphered, without a key */
  { "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B", FALSE,
    "counter 01234567|! ciphered: no key file" },
  /* IEC 62056-21 */
  { "2F3F210D0A\n2F49534B355C324D543137342D303030310D0A\n063035300D0A", TRUE,
    "request: any device|mode E: yes|option: protocol 0, 9600 baud" },
  { "02432E312E30283132333435363739290348", FALSE, "! block check: is 48, should be 49" },
  { "02432E312E302831323334", FALSE, "! " },
  { "15", TRUE, "NAK" },
  { "01503102283030303030303030290361", TRUE, "password: 10 characters, not shown" },
  { "022831323329AF03", FALSE, "! cut off" },
  /* a control character of a terminal does not get through */
  { "C401C1000A041B5B324A", TRUE, "visible-string 1B5B324A" },
};

static void
test_captures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaTree)
          tree = posa_translate (rows[i].capture, strlen (rows[i].capture), NULL, &error);
      g_auto (GStrv) parts = g_strsplit (rows[i].parts, "|", -1);

      g_assert_no_error (error);
      g_autofree char *text = posa_tree_to_text (tree);
      const char *at = text;
      if (posa_tree_is_faulty (tree) == rows[i].whole)
        g_error ("%s is %swhole:\n%s", rows[i].capture, rows[i].whole ? "not " : "", text);
      for (guint j = 0; parts[j] != NULL; j++)
        {
          at = strstr (at, parts[j]);
          if (at == NULL)
            g_error ("%s: no \"%s\" (any more) in\n%s", rows[i].capture, parts[j], text);
        }
    }
}

static void
assert_prefix (const char *text, const char *prefix)
{
  if (!g_str_has_prefix (text, prefix))
    g_error ("\"%s\" does not begin with \"%s\"", text, prefix);
}

static void
test_no_capture (void)
{
  static const struct
  {
    const char *capture, *place;
  } bad[] = {
    { "7EA\n", "line 1: " },
    { "7EA0\nhello", "line 2: " },
    { "posa-tape 1\nstart yesterday\n", "tape, line 2: " },
    { "posa-tape 2\n", "tape, line 1: " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (posa_translate (bad[i].capture, strlen (bad[i].capture), NULL, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      assert_prefix (error->message, bad[i].place);
    }
}

/* Each message stands under the line of the tape where it ended. */
static void
test_tapes (void)
{
  static const struct
  {
    const char *name, *parts;
  } tapes[] = {
    { "posa-1g-m3b.tape", "300 baud 7E1|request: any device|identification: /PSa5M3B|1.8.0: " },
    { "foreign-programming.tape", "command: P0|password: 10 characters, not shown|command: R1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tapes); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tapes", tapes[i].name, NULL);
      g_auto (GStrv) parts = g_strsplit (tapes[i].parts, "|", -1);
      g_autoptr (GError) error = NULL;
      g_autofree char *tape = NULL;
      gsize size = 0;

      g_assert_true (g_file_get_contents (path, &tape, &size, &error));
      g_autoptr (PosaTree) tree = posa_translate (tape, size, NULL, &error);
      g_assert_no_error (error);
      g_assert_false (posa_tree_is_faulty (tree));
      g_autofree char *text = posa_tree_to_text (tree);
      const char *at = text;
      for (guint j = 0; parts[j] != NULL; j++)
        {
          at = strstr (at, parts[j]);
          g_assert_nonnull (at);
        }
    }
}

static void
test_json (void)
{
  static const char capture[] = "C401C1000600001391\nC4";
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaTree) tree = posa_translate (capture, strlen (capture), NULL, &error);

  g_assert_no_error (error);
  g_autofree char *json = posa_tree_to_json (tree);
  g_autoptr (JsonNode) root = json_from_string (json, &error);
  g_assert_no_error (error);
  JsonArray *items = json_object_get_array_member (json_node_get_object (root), "items");
  JsonObject *first = json_array_get_object_element (items, 0);
  JsonObject *second = json_array_get_object_element (items, 1);
  g_assert_cmpstr (json_object_get_string_member (first, "name"), ==, "get-response-normal");
  g_assert_false (json_object_has_member (first, "fault"));
  g_assert_true (json_object_get_boolean_member (second, "fault"));
}

/* ---- keys ---- */

#define EK "ek 000102030405060708090A0B0C0D0E0F\n"
#define AK "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n"

#define SIZE_32 "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define SIZE_64 SIZE_32 SIZE_32

/* One of the secrets is enough, whatever it is for. */
static void
test_key_file_parts (void)
{
  static const struct
  {
    const char *text;
    gsize encryption, secret, signing, peer_signing, agreement, peer_agreement;
  } parts[] = {
    { EK AK, 16, 0, 0, 0, 0, 0 },
    { "ek " SIZE_32 "\nak " SIZE_32, 32, 0, 0, 0, 0, 0 },
    { "secret 31", 0, 1, 0, 0, 0, 0 },
    { "secret " SIZE_64 SIZE_32, 0, 96, 0, 0, 0, 0 },
    { "client_signing " SIZE_32 "\nserver_signing " SIZE_64, 0, 0, 32, 64, 0, 0 },
    { EK AK "server_agreement " SIZE_64 SIZE_32 "\nclient_agreement " SIZE_32
            "00112233445566778899AABBCCDDEEFF",
      16, 0, 0, 0, 48, 96 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaKeyFile) file = posa_key_file_parse ("keys", parts[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (file->keys.encryption.size, ==, parts[i].encryption);
      g_assert_cmpuint (file->keys.secret.size, ==, parts[i].secret);
      g_assert_cmpuint (file->keys.signing.size, ==, parts[i].signing);
      g_assert_cmpuint (file->keys.peer_signing.size, ==, parts[i].peer_signing);
      g_assert_cmpuint (file->keys.agreement.size, ==, parts[i].agreement);
      g_assert_cmpuint (file->keys.peer_agreement.size, ==, parts[i].peer_agreement);
    }
}

static void
test_key_files (void)
{
  static const struct
  {
    const char *text, *place;
  } bad[] = {
    { "", "keys: there is neither" },
    { "client_title 4D4D4D0000BC614E", "keys: there is neither" },
    { AK, "keys: ek is missing" },
    { EK, "keys: ak is missing" },
    { EK EK AK, "keys, line 2: given twice" },
    { EK AK "mk 00", "keys, line 3: unknown word" },
    { "ek 0001", "keys, line 1: a key has" },
    { "ek", "keys, line 1: not hex" },
    { EK AK "secret 00\nsecret 00", "keys, line 4: given twice" },
    { "client_signing 0001", "keys, line 1: a private key has" },
    { "client_agreement " SIZE_64, "keys, line 1: a private key has" },
    { "server_signing " SIZE_32, "keys, line 1: a public key is" },
    { "server_agreement " SIZE_64 "00", "keys, line 1: a public key is" },
    { "secret " SIZE_64 SIZE_32 "00", "keys, line 1: too long" },
    { EK AK "client_title 4D4D4D", "keys, line 3: a title has" },
    { EK AK "\nclient_title GG4D4D0000BC614E", "keys, line 4: not hex" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (posa_key_file_parse ("keys", bad[i].text, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      assert_prefix (error->message, bad[i].place);
    }
}

static void
test_key_file_mode (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("posa-keys-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "keys", NULL);

  g_assert_true (g_file_set_contents_full (path, "# the meter of the lab\n" EK AK, -1,
                                           G_FILE_SET_CONTENTS_NONE, 0644, &error));
  g_assert_null (posa_key_file_load (path, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "chmod 600"));
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_autoptr (PosaKeyFile) keys = posa_key_file_load (path, &error);
  g_assert_no_error (error);
  g_assert_false (keys->has_client_title);
  g_unlink (path);
  g_assert_null (posa_key_file_load (path, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FILE_MISSING);
  g_rmdir (folder);
}

/* The wrong keys, the right keys without a title, the right ones. */
static void
test_ciphered (void)
{
  static const char capture[] = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
  static const struct
  {
    const char *keys, *part;
  } tries[] = {
    { AK "ek D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\nclient_title 4D4D4D0000BC614E", "not with these" },
    { EK AK, "system title is not known" },
    { EK AK "client_title 4142434445464748", "not with these" },
    { EK AK "client_title 4D4D4D0000BC614E", "8 clock, 0-0:1.0.0 clock, 2 time" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaKeyFile) keys = posa_key_file_parse ("keys", tries[i].keys, &error);
      g_autoptr (PosaTree) tree = posa_translate (capture, strlen (capture), keys, &error);

      g_assert_no_error (error);
      g_autofree char *text = posa_tree_to_text (tree);
      g_assert_nonnull (strstr (text, tries[i].part));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/translate/captures", test_captures);
  g_test_add_func ("/translate/no-capture", test_no_capture);
  g_test_add_func ("/translate/tapes", test_tapes);
  g_test_add_func ("/translate/json", test_json);
  g_test_add_func ("/translate/key-files", test_key_files);
  g_test_add_func ("/translate/key-file-parts", test_key_file_parts);
  g_test_add_func ("/translate/key-file-mode", test_key_file_mode);
  g_test_add_func ("/translate/ciphered", test_ciphered);
  return g_test_run ();
}
