/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-dlms-security.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-apdu.h"
#include "meter/codec/posa-dlms-hls.h"
#include "meter/codec/posa-hdlc.h"
#include "meter/codec/posa-initiate.h"

#define EK "000102030405060708090A0B0C0D0E0F"
#define AK "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"

static GBytes *ek, *ak;

static GBytes *
hex (const char *text)
{
  GBytes *bytes = posa_hex_decode (text, NULL);

  g_assert_nonnull (bytes);
  return bytes;
}

static const guint8 *
data_of (GBytes *bytes)
{
  return g_bytes_get_data (bytes, NULL);
}

static PosaDlmsCipher
cipher_with (GBytes *title)
{
  return (PosaDlmsCipher) { .encryption = data_of (ek),
                            .authentication = data_of (ak),
                            .title = data_of (title) };
}

static PosaMeterKeys
make_keys (void)
{
  PosaMeterKeys keys = { 0 };

  posa_dlms_key_set (&keys.encryption, data_of (ek), g_bytes_get_size (ek));
  posa_dlms_key_set (&keys.authentication, data_of (ak), g_bytes_get_size (ak));
  return keys;
}

/* The published worked example. */
static const struct
{
  const char *plain;
  guint8 control;
  const char *sealed;
} rows[] = {
  { "C0010000080000010000FF0200", 0x10,
    "C81E1001234567C0010000080000010000FF020006725D910F9221D263877516" },
  { "C0010000080000010000FF0200", 0x20, "C8122001234567411312FF935A47566827C467BC" },
  { "C0010000080000010000FF0200", 0x30,
    "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B" },
  { "01011000112233445566778899AABBCCDDEEFF0000065F1F0400007E1F04B0", 0x30,
    "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E"
    "356855" },
};

static void
test_vectors (void)
{
  g_autoptr (GBytes) title = hex ("4D4D4D0000BC614E");
  PosaDlmsCipher cipher = cipher_with (title);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) plain = hex (rows[i].plain);
      g_autoptr (GByteArray) sealed = g_byte_array_new ();
      g_autoptr (GByteArray) opened = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      PosaDlmsEnvelope envelope;

      posa_dlms_seal (&cipher, POSA_DLMS_PROTECTION_GLO, rows[i].control, 0x01234567,
                      data_of (plain), g_bytes_get_size (plain), sealed, &error);
      g_assert_no_error (error);
      g_autofree char *text = posa_hex_encode (sealed->data, sealed->len);
      g_assert_cmpstr (text, ==, rows[i].sealed);

      posa_dlms_envelope_parse (sealed->data, sealed->len, &envelope, &error);
      g_assert_no_error (error);
      g_assert_cmphex (envelope.counter, ==, 0x01234567);
      g_assert_cmphex (envelope.control, ==, rows[i].control);
      posa_dlms_open (&cipher, &envelope, opened, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (opened->data, opened->len, data_of (plain), g_bytes_get_size (plain));
    }
}

/* Every single flipped bit of a sealed message is found out, and gives no plain text. */
static void
test_forged (void)
{
  g_autoptr (GBytes) title = hex ("4D4D4D0000BC614E");
  g_autoptr (GBytes) good = hex (rows[2].sealed);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  PosaDlmsCipher cipher = cipher_with (title);
  gsize size = g_bytes_get_size (good);

  for (gsize bit = 16; bit < size * 8; bit++)
    {
      g_autofree guint8 *bad = g_memdup2 (data_of (good), size);
      g_autoptr (GError) error = NULL;
      PosaDlmsEnvelope envelope;

      bad[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_true (posa_dlms_envelope_parse (bad, size, &envelope, NULL));
      if (envelope.control != 0x30 && envelope.control != 0x10 && bit < 24)
        continue; /* a weaker control byte: the session refuses it by policy */
      g_assert_false (posa_dlms_open (&cipher, &envelope, plain, &error));
      g_assert_nonnull (error);
      g_assert_cmpuint (plain->len, ==, 0);
    }
  PosaDlmsEnvelope envelope;
  g_assert_false (posa_dlms_envelope_parse (data_of (good), size - 1, &envelope, NULL));
  g_assert_false (posa_dlms_envelope_parse (data_of (good), 4, &envelope, NULL));
}

static void
test_general (void)
{
  g_autoptr (GBytes) title = hex ("4D4D4D0000BC614E");
  g_autoptr (GBytes) plain = hex (rows[0].plain);
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  g_autoptr (GByteArray) opened = g_byte_array_new ();
  PosaDlmsCipher cipher = cipher_with (title);
  PosaDlmsEnvelope envelope;

  g_assert_true (posa_dlms_seal (&cipher, POSA_DLMS_PROTECTION_GENERAL_GLO, 0x30, 7,
                                 data_of (plain), g_bytes_get_size (plain), sealed, NULL));
  g_assert_true (posa_dlms_envelope_parse (sealed->data, sealed->len, &envelope, NULL));
  g_assert_cmphex (envelope.tag, ==, 0xDB);
  g_assert_true (envelope.has_title);
  g_assert_cmpmem (envelope.title, 8, data_of (title), 8);
  g_assert_true (posa_dlms_open (&cipher, &envelope, opened, NULL));
  g_assert_cmpmem (opened->data, opened->len, data_of (plain), g_bytes_get_size (plain));
}

static void
test_hls (void)
{
  static const struct
  {
    const char *title, *challenge, *answer;
    guint32 counter;
  } answers[] = {
    { "4D4D4D0000000001", "503677524A323146", "10000000011A52FE7DD3E72748973C1E28", 1 },
    { "4D4D4D0000BC614E", "4B35366956616759", "1001234567FE1466AFB3DBCD4F9389E2B7", 0x01234567 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GBytes) title = hex (answers[i].title);
      g_autoptr (GBytes) challenge = hex (answers[i].challenge);
      g_autoptr (GBytes) expected = hex (answers[i].answer);
      g_auto (PosaMeterKeys) keys = make_keys ();
      const PosaDlmsHls hls = { .mechanism = POSA_ACSE_MECHANISM_GMAC,
                                .keys = &keys,
                                .prover = data_of (title),
                                .challenge = data_of (challenge),
                                .challenge_size = 8 };
      g_autoptr (GByteArray) got = g_byte_array_new ();
      guint32 counter = 0;

      g_assert_true (posa_dlms_hls_prove (&hls, answers[i].counter, got, NULL));
      g_assert_cmpmem (got->data, got->len, data_of (expected), g_bytes_get_size (expected));
      g_assert_true (posa_dlms_hls_check (&hls, got->data, got->len, &counter));
      g_assert_cmphex (counter, ==, answers[i].counter);
      got->data[16] ^= 1;
      g_assert_false (posa_dlms_hls_check (&hls, got->data, got->len, &counter));
      g_assert_false (posa_dlms_hls_check (&hls, got->data, 16, &counter));
    }
}

/* The association that a foreign client and a foreign meter recorded: every ciphered message of it
 * opens with the keys, and both HLS answers hold. */
typedef struct
{
  GBytes *client_title, *server_title;
  guint8 ctos[64], stoc[64];
  gsize ctos_size, stoc_size;
  guint n_opened, n_hls;
} Recorded;

static void
check_hls (Recorded *self, gboolean from_client, const PosaApdu *apdu)
{
  const PosaApduItem *item = posa_apdu_get_item (apdu, 0);
  g_auto (PosaMeterKeys) keys = make_keys ();
  const PosaDlmsHls hls = { .mechanism = POSA_ACSE_MECHANISM_GMAC,
                            .keys = &keys,
                            .prover =
                                data_of (from_client ? self->client_title : self->server_title),
                            .challenge = from_client ? self->stoc : self->ctos,
                            .challenge_size = from_client ? self->stoc_size : self->ctos_size };
  guint32 counter = 0;
  gsize size = 0;
  const guint8 *answer = posa_cosem_value_get_bytes (item->value, &size);

  g_assert_true (posa_dlms_hls_check (&hls, answer, size, &counter));
  self->n_hls++;
}

static void
check_ciphered (Recorded *self, gboolean from_client, const guint8 *data, gsize size)
{
  PosaDlmsCipher cipher = cipher_with (from_client ? self->client_title : self->server_title);
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  PosaDlmsEnvelope envelope;

  posa_dlms_envelope_parse (data, size, &envelope, &error);
  g_assert_no_error (error);
  posa_dlms_open (&cipher, &envelope, plain, &error);
  g_assert_no_error (error);
  self->n_opened++;
  if (plain->data[0] == 0x01 || plain->data[0] == 0x08)
    {
      PosaInitiate initiate;
      g_assert_true (posa_initiate_decode (plain->data, plain->len, &initiate, &error));
      return;
    }
  g_autoptr (PosaApdu) apdu = posa_apdu_decode (plain->data, plain->len, &error);
  g_assert_no_error (error);
  if (apdu->kind == POSA_APDU_ACTION_REQUEST || apdu->kind == POSA_APDU_ACTION_RESPONSE)
    check_hls (self, from_client, apdu);
}

static void
check_association (Recorded *self, const guint8 *data, gsize size)
{
  g_autoptr (PosaAcse) acse = posa_acse_decode (data, size, NULL);

  g_assert_nonnull (acse);
  if (acse->kind == POSA_ACSE_AARQ)
    {
      self->ctos_size = acse->authentication_size;
      for (gsize i = 0; i < self->ctos_size; i++)
        self->ctos[i] = acse->authentication[i];
    }
  else
    {
      self->stoc_size = acse->authentication_size;
      for (gsize i = 0; i < self->stoc_size; i++)
        self->stoc[i] = acse->authentication[i];
    }
  if (acse->context == POSA_ACSE_CONTEXT_LN_CIPHERED)
    check_ciphered (self, acse->kind == POSA_ACSE_AARQ, acse->user_information->data,
                    acse->user_information->len);
}

static void
test_recorded (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "dlms", "sessions.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) client_title = hex ("4D4D4D0000BC614E");
  g_autoptr (GBytes) server_title = hex ("4142434445464748");
  Recorded self = { .client_title = client_title, .server_title = server_title };

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      if (**line != 'A' && **line != 'B')
        continue;
      g_autoptr (GBytes) bytes = hex (*line + 2);
      PosaHdlcFrame frame;

      g_assert_true (
          posa_hdlc_frame_decode (data_of (bytes) + 1, g_bytes_get_size (bytes) - 2, &frame, NULL));
      if (frame.type != POSA_HDLC_I || frame.size < 4 || frame.information[0] != 0xE6)
        continue;
      const guint8 *apdu = frame.information + 3;
      gsize size = frame.size - 3;
      if (apdu[0] == POSA_ACSE_AARQ || apdu[0] == POSA_ACSE_AARE)
        check_association (&self, apdu, size);
      else if (posa_dlms_is_ciphered (apdu[0]))
        check_ciphered (&self, **line == 'A', apdu, size);
    }
  g_assert_cmpuint (self.n_hls, ==, 2);
  g_assert_cmpuint (self.n_opened, ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ek = hex (EK);
  ak = hex (AK);
  g_test_add_func ("/dlms-security/vectors", test_vectors);
  g_test_add_func ("/dlms-security/forged", test_forged);
  g_test_add_func ("/dlms-security/general", test_general);
  g_test_add_func ("/dlms-security/hls", test_hls);
  g_test_add_func ("/dlms-security/recorded", test_recorded);
  int status = g_test_run ();
  g_bytes_unref (ek);
  g_bytes_unref (ak);
  return status;
}
