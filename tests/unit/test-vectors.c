/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Published and recorded messages, tests/data/dlms/vectors.txt: each is translated, and encoded
 * back to the same bytes where it is a form that we produce. */

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-apdu.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-cosem-time.h"
#include "meter/codec/posa-dlms-hls.h"
#include "meter/codec/posa-dlms-security.h"
#include "meter/codec/posa-hdlc.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/codec/posa-initiate.h"
#include "meter/translate/posa-translate.h"

#include <string.h>

/* One line of the file: KIND WORD… [: EXPECTED; EXPECTED …] */
typedef struct
{
  guint number;
  GStrv words;
  GStrv expected; /* in this order in the translation; NULL for none */
} Vector;

typedef enum
{
  WHOLE, /* everything is decoded */
  UNKNOWN
} Outcome;

typedef void (*VectorFunc) (const Vector *vector);

static const char key_text[] = "ek 000102030405060708090A0B0C0D0E0F\n"
                               "ak D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\n"
                               "client_title 4D4D4D0000BC614E\n"
                               "server_title 4D4D4D0000BC614E\n";

/* All that is wrong with the file is told in one run. */
static void complain (const Vector *vector, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
complain (const Vector *vector, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("vectors.txt, line %u: %s", vector->number, what);
  g_test_fail ();
}

static GBytes *
word_bytes (const Vector *vector, guint i)
{
  g_autoptr (GError) error = NULL;

  if (g_strv_length (vector->words) <= i)
    g_error ("vectors.txt, line %u: word %u is missing", vector->number, i);
  GBytes *bytes = posa_hex_decode (vector->words[i], &error);
  g_assert_no_error (error);
  return bytes;
}

static guint32
word_number (const Vector *vector, guint i)
{
  g_autoptr (GBytes) bytes = word_bytes (vector, i);
  PosaReader reader;
  guint32 number = 0;

  posa_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  while (posa_reader_remaining (&reader) > 0)
    number = number << 8 | posa_reader_u8 (&reader);
  return number;
}

static void
assert_word (const Vector *vector, guint i, const guint8 *data, gsize size)
{
  g_autofree char *hex = posa_hex_encode (data, size);

  if (!g_str_equal (hex, vector->words[i]))
    complain (vector, "%s instead of %s", hex, vector->words[i]);
}

/* Translates @hex; each expected text has to come behind the one before it. */
static void
assert_translation (const Vector *vector, const char *hex, Outcome outcome)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaKeyFile) keys = posa_key_file_parse ("keys", key_text, &error);
  g_autoptr (PosaTree) tree = posa_translate (hex, strlen (hex), keys, &error);

  g_assert_no_error (error);
  g_autofree char *text = posa_tree_to_text (tree);
  const char *at = text;
  if (outcome == WHOLE && posa_tree_is_faulty (tree))
    complain (vector, "a fault:\n%s", text);
  for (guint i = 0; vector->expected != NULL && vector->expected[i] != NULL; i++)
    {
      const char *want = g_strstrip (vector->expected[i]);

      at = strstr (at, want);
      if (at == NULL)
        {
          complain (vector, "no \"%s\" (any more) in\n%s", want, text);
          return;
        }
      at += strlen (want);
    }
}

/* ---- messages ---- */

static void
check_apdu (const Vector *vector)
{
  g_autoptr (GBytes) bytes = word_bytes (vector, 1);
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaApdu)
      apdu = posa_apdu_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  posa_apdu_encode (apdu, again);
  assert_word (vector, 1, again->data, again->len);
  assert_translation (vector, vector->words[1], WHOLE);
}

/* Whether this can be decoded is not the question here. */
static void
check_other (const Vector *vector)
{
  assert_translation (vector, vector->words[1], UNKNOWN);
}

static void
check_acse (const Vector *vector)
{
  g_autoptr (GBytes) bytes = word_bytes (vector, 1);
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaAcse)
      acse = posa_acse_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  posa_acse_encode (acse, again);
  assert_word (vector, 1, again->data, again->len);
  assert_translation (vector, vector->words[1], WHOLE);
}

static void
check_initiate (const Vector *vector)
{
  g_autoptr (GBytes) bytes = word_bytes (vector, 1);
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  PosaInitiate initiate;

  posa_initiate_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &initiate,
                        &error);
  g_assert_no_error (error);
  posa_initiate_encode (&initiate, again);
  assert_word (vector, 1, again->data, again->len);
  assert_translation (vector, vector->words[1], WHOLE);
}

static void
check_value (const Vector *vector)
{
  g_autoptr (GBytes) bytes = word_bytes (vector, 1);
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue)
      value = posa_axdr_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  posa_axdr_write (value, again);
  assert_word (vector, 1, again->data, again->len);
  assert_translation (vector, vector->words[1], WHOLE);
}

/* Twelve bytes of time, there and back. */
static void
check_time (const Vector *vector)
{
  g_autofree char *hex = g_strconcat ("090C", vector->words[1], NULL);
  g_autoptr (GBytes) bytes = word_bytes (vector, 1);
  g_autoptr (PosaCosemValue)
      value = posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, g_bytes_get_data (bytes, NULL),
                                          g_bytes_get_size (bytes));
  PosaCosemTime time;
  guint8 again[POSA_COSEM_TIME_SIZE];

  g_assert_true (posa_cosem_time_from_value (value, &time));
  posa_cosem_time_encode (&time, again);
  assert_word (vector, 1, again, sizeof again);
  assert_translation (vector, hex, WHOLE);
}

/* ---- security ---- */

/* seal CONTROL COUNTER PLAIN SEALED */
static void
check_seal (const Vector *vector)
{
  g_autoptr (PosaKeyFile) keys = posa_key_file_parse ("keys", key_text, NULL);
  const PosaDlmsCipher cipher = { .encryption = keys->keys.encryption.data,
                                  .authentication = keys->keys.authentication.data,
                                  .title = keys->client_title };
  g_autoptr (GBytes) plain = word_bytes (vector, 3);
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  posa_dlms_seal (&cipher, POSA_DLMS_PROTECTION_GLO, (guint8) word_number (vector, 1),
                  word_number (vector, 2), g_bytes_get_data (plain, NULL), g_bytes_get_size (plain),
                  sealed, &error);
  g_assert_no_error (error);
  assert_word (vector, 4, sealed->data, sealed->len);
  assert_translation (vector, vector->words[4], WHOLE);
}

/* gmac TITLE COUNTER CHALLENGE ANSWER */
static void
check_gmac (const Vector *vector)
{
  g_autoptr (PosaKeyFile) keys = posa_key_file_parse ("keys", key_text, NULL);
  g_autoptr (GBytes) title = word_bytes (vector, 1);
  g_autoptr (GBytes) challenge = word_bytes (vector, 3);
  const PosaDlmsHls hls = { .mechanism = POSA_ACSE_MECHANISM_GMAC,
                            .keys = &keys->keys,
                            .prover = g_bytes_get_data (title, NULL),
                            .challenge = g_bytes_get_data (challenge, NULL),
                            .challenge_size = g_bytes_get_size (challenge) };
  g_autoptr (GByteArray) proof = g_byte_array_new ();
  guint32 counter = 0;

  g_assert_true (posa_dlms_hls_prove (&hls, word_number (vector, 2), proof, NULL));
  assert_word (vector, 4, proof->data, proof->len);
  g_assert_true (posa_dlms_hls_check (&hls, proof->data, proof->len, &counter));
  g_assert_cmphex (counter, ==, word_number (vector, 2));
}

static PosaDlmsKey
word_key (const Vector *vector, guint i)
{
  g_autoptr (GBytes) bytes = word_bytes (vector, i);
  PosaDlmsKey key = { 0 };

  g_assert_true (
      posa_dlms_key_set (&key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  return key;
}

/* wrap KEK KEY WRAPPED */
static void
check_wrap (const Vector *vector)
{
  g_autoptr (GBytes) wrapped = word_bytes (vector, 3);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  PosaDlmsKey kek = word_key (vector, 1), key = word_key (vector, 2), back = { 0 };

  g_assert_true (posa_dlms_wrap_key (&kek, &key, out, NULL));
  assert_word (vector, 3, out->data, out->len);
  g_assert_true (posa_dlms_unwrap_key (&kek, g_bytes_get_data (wrapped, NULL),
                                       g_bytes_get_size (wrapped), &back, NULL));
  assert_word (vector, 2, back.data, back.size);
}

/* ---- lines ---- */

/* crc BYTES VALUE */
static void
check_crc (const Vector *vector)
{
  g_autoptr (GBytes) bytes = word_bytes (vector, 1);

  g_assert_cmphex (posa_hdlc_crc (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)), ==,
                   word_number (vector, 2));
}

/* frame BYTES CHECK */
static void
check_frame (const Vector *vector)
{
  g_autofree char *hex = g_strconcat ("7E", vector->words[1], vector->words[2], "7E", NULL);
  g_autoptr (GBytes) bytes = posa_hex_decode (hex, NULL);
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  PosaHdlcFrame frame;

  posa_hdlc_frame_decode (data + 1, size - 2, &frame, &error);
  g_assert_no_error (error);
  posa_hdlc_frame_encode (&frame, again);
  g_assert_cmpmem (again->data, again->len, data, size);
  assert_translation (vector, hex, WHOLE);
}

/* bcc MESSAGE CHECK */
static void
check_bcc (const Vector *vector)
{
  g_autofree char *hex = g_strconcat (vector->words[1], vector->words[2], NULL);
  g_autoptr (GBytes) bytes = word_bytes (vector, 1);
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  g_assert_cmphex (posa_iec_bcc (data + 1, g_bytes_get_size (bytes) - 1), ==,
                   word_number (vector, 2));
  assert_translation (vector, hex, WHOLE);
}

/* A message of IEC 62056-21. */
static void
check_iec (const Vector *vector)
{
  assert_translation (vector, vector->words[1], WHOLE);
}

static const struct
{
  const char *kind;
  VectorFunc check;
} kinds[] = {
  { "apdu", check_apdu },         { "other", check_other }, { "acse", check_acse },
  { "initiate", check_initiate }, { "value", check_value }, { "time", check_time },
  { "seal", check_seal },         { "gmac", check_gmac },   { "wrap", check_wrap },
  { "crc", check_crc },           { "frame", check_frame }, { "bcc", check_bcc },
  { "iec", check_iec },
};

static VectorFunc
find_check (const Vector *vector)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, vector->words[0]))
      return kinds[i].check;
  g_error ("vectors.txt, line %u: unknown kind", vector->number);
}

static char *
read_data (const char *folder, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_vectors (void)
{
  g_autofree char *text = read_data ("dlms", "vectors.txt");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (*lines[i] == '\0' || *lines[i] == '#')
        continue;
      g_auto (GStrv) halves = g_strsplit (lines[i], " : ", 2);
      g_auto (GStrv) words = g_strsplit (g_strstrip (halves[0]), " ", -1);
      g_auto (GStrv) expected = halves[1] != NULL ? g_strsplit (halves[1], ";", -1) : NULL;
      Vector vector = { i + 1, words, expected };

      find_check (&vector) (&vector);
      n++;
    }
  g_test_message ("%u vectors", n);
  g_assert_cmpuint (n, >=, 90);
}

/* ---- whole sessions ---- */

/* @text without the letter that says whose frame it is. */
static char *
strip_direction (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] == 'A' || *lines[i] == 'B')
      g_string_append_printf (out, "%s\n", lines[i] + 2);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Both recorded sessions, the second one ciphered: nothing stays undecoded, and what was read is
 * there, in its unit. */
static void
test_sessions (void)
{
  static const char *const parts[] = {
    "SNRM P/F from 17 to 1",
    "mechanism: 1 LLS",
    "authentication value: 5 bytes, not shown",
    "\"GRX0000000123456\"",
    "2026-11-21 Saturday 19:43:12",
    "1-1:21.25.0",
    "structure scaler -2, unit 30 Wh",
    "joined blocks",
    "data: array of 96",
    "quantity: 15.42 Wh",
    "challenge: 722596AFE87C0E2B7BB8F299ED64111A",
    "initiate-request",
    "system title: 4142434445464748",
    "action-response-normal",
    "get-response-normal",
  };
  g_autofree char *text = read_data ("dlms", "sessions.txt");
  g_autofree char *frames = strip_direction (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaKeyFile) keys = posa_key_file_parse ("keys", key_text, &error);
  g_autoptr (PosaTree) tree = posa_translate (frames, strlen (frames), keys, &error);

  g_assert_no_error (error);
  g_autofree char *translation = posa_tree_to_text (tree);
  const char *at = translation;
  g_assert_null (strstr (translation, "! "));
  g_assert_false (posa_tree_is_faulty (tree));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      at = strstr (at, parts[i]);
      if (at == NULL)
        g_error ("no \"%s\" (any more) in\n%s", parts[i], translation);
    }
  /* The password of the first session and the keys of the second. */
  g_assert_null (strstr (translation, "4775727578"));
  g_assert_null (strstr (translation, "000102030405060708090A0B0C0D0E0F"));
}

/* Readouts of real meters: every data set is there. */
static void
test_readouts (void)
{
  static const struct
  {
    const char *name;
    guint n_sets;
    const char *part;
  } rows[] = { { "luna.txt", 87, "1.8.0: 062846.236 kWh" },
               { "makel.txt", 90, "1.8.0: 000000.015 kWh" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = read_data ("iec", rows[i].name);
      g_autoptr (GByteArray) block = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      posa_iec_put_block (block, text);
      g_autofree char *hex = posa_hex_encode (block->data, block->len);
      g_autoptr (PosaTree) tree = posa_translate (hex, strlen (hex), NULL, &error);
      g_assert_no_error (error);
      g_autofree char *translation = posa_tree_to_text (tree);
      const PosaTree *data = g_ptr_array_index (tree->items, 0);
      g_assert_cmpuint (data->items->len, ==, rows[i].n_sets);
      g_assert_nonnull (strstr (translation, rows[i].part));
      g_assert_false (posa_tree_is_faulty (tree));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vectors/all", test_vectors);
  g_test_add_func ("/vectors/sessions", test_sessions);
  g_test_add_func ("/vectors/readouts", test_readouts);
  return g_test_run ();
}
