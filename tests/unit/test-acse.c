/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-acse.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-initiate.h"

/* Published vectors and frames of foreign programs. */
typedef struct
{
  const char *text;
  PosaAcseKind kind;
  guint8 context, mechanism, result, diagnostic;
  const char *title, *authentication, *user_information; /* NULL = none */
} Row;

static const Row rows[] = {
  { "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007", 0x61,
    1, 0, 0, 0, NULL, NULL, "0800065F1F040000501F01F40007" },
  { "6129A109060760857405080101A203020101A305A103020102BE10040E0800065F1F040000501F01F40007", 0x61,
    1, 0, 1, 2, NULL, NULL, "0800065F1F040000501F01F40007" },
  { "611FA109060760857405080101A203020101A305A103020101BE0604040E010601", 0x61, 1, 0, 1, 1, NULL,
    NULL, "0E010601" },
  { "6142A109060760857405080101A203020100A305A10302010E88020780890760857405080205AA0A8008503677524A"
    "323146BE10040E0800065F1F040000501F01F40007",
    0x61, 1, 5, 0, 14, NULL, "503677524A323146", "0800065F1F040000501F01F40007" },
  { "601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0", 0x60, 1, 0, 0, 0, NULL, NULL,
    "01000000065F1F0400007E1F04B0" },
  { "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E0100000006"
    "5F1F0400007E1F04B0",
    0x60, 1, 1, 0, 0, NULL, "3132333435363738", "01000000065F1F0400007E1F04B0" },
  { "6066A109060760857405080103A60A04084D4D4D0000BC614E8A0207808B0760857405080201AC0A80083132333435"
    "363738BE34043221303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB"
    "204D39EE6FDB8E356855",
    0x60, 3, 1, 0, 0, "4D4D4D0000BC614E", "3132333435363738",
    "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E"
    "356855" },
  { "6169A109060760857405080103A203020100A305A10302010EA40A0408414243444546474888020780890760857405"
    "080205AA12801070389CCE67B359AC56AB552A158A4522BE230421281F300000000016584D6F2BF43713156DDA5081"
    "777A6C80FD9B0A5896F78CAB5F",
    0x61, 3, 5, 0, 14, "4142434445464748", "70389CCE67B359AC56AB552A158A4522",
    "281F300000000016584D6F2BF43713156DDA5081777A6C80FD9B0A5896F78CAB5F" },
  { "612D80020780A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F4000"
    "7",
    0x61, 1, 0, 0, 0, NULL, NULL, "0800065F1F040000501F01F40007" },
  { "6036A1090607608574050801018A0207808B0760857405080202AC0A80083132333435363738BE10040E0100000006"
    "5F1F0400007E1FFFFF",
    0x60, 1, 2, 0, 0, NULL, "3132333435363738", "01000000065F1F0400007E1FFFFF" },
  { "6200", 0x62, 0, 0, 0, 0, NULL, NULL, NULL },
  { "6203800100", 0x62, 0, 0, 0, 0, NULL, NULL, NULL },
  { "6303800100", 0x63, 0, 0, 0, 0, NULL, NULL, NULL },
  { "6316800100BE11040F080100065F1F0400001E1D04C80007", 0x63, 0, 0, 0, 0, NULL, NULL,
    "080100065F1F0400001E1D04C80007" },
  { "6239800100BE34043221303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE68"
    "41DB204D39EE6FDB8E356855",
    0x62, 0, 0, 0, 0, NULL, NULL,
    "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E"
    "356855" },
};

static PosaAcse *
decode (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);

  g_assert_nonnull (bytes);
  return posa_acse_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static void
assert_hex (gboolean there, const guint8 *data, gsize size, const char *expected)
{
  g_autofree char *text = there ? posa_hex_encode (data, size) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaAcse) acse = decode (row->text, &error);
      g_autoptr (GByteArray) again = g_byte_array_new ();

      g_assert_no_error (error);
      g_assert_cmpint (acse->kind, ==, row->kind);
      g_assert_cmpint (acse->context, ==, row->context);
      g_assert_cmpint (acse->mechanism, ==, row->mechanism);
      g_assert_cmpint (acse->result, ==, row->result);
      g_assert_cmpint (acse->diagnostic, ==, row->diagnostic);
      assert_hex (acse->has_title, acse->title, 8, row->title);
      assert_hex (acse->has_authentication, acse->authentication, acse->authentication_size,
                  row->authentication);
      assert_hex (acse->user_information != NULL,
                  acse->user_information != NULL ? acse->user_information->data : NULL,
                  acse->user_information != NULL ? acse->user_information->len : 0,
                  row->user_information);
      posa_acse_encode (acse, again);
      assert_hex (TRUE, again->data, again->len, row->text);
    }
}

/* protocol-version first, fields in another order, an unknown field, a foreign context name. */
static void
test_lenient (void)
{
  g_autoptr (PosaAcse) shuffled = decode ("6131"
                                          "80020780"
                                          "BE10040E0800065F1F040000501F01F40007"
                                          "A305A103020100"
                                          "9F020102"
                                          "A203020100"
                                          "A109060760857405080101",
                                          NULL);
  g_assert_nonnull (shuffled);
  g_assert_cmpint (shuffled->context, ==, 1);
  g_assert_nonnull (shuffled->user_information);

  g_assert_true (shuffled->has_version);

  /* called-AP-title, calling-AE-qualifier and user id, which say nothing to us: called-AP-title has
   * the tag that in an answer is the result. */
  g_autoptr (PosaAcse) wordy = decode ("6059"
                                       "A20A04084D4D4D0000BC614E"
                                       "A70404020102"
                                       "A803020107"
                                       "A109060760857405080101"
                                       "A60A04084D4D4D0000000001"
                                       "8A0207808B0760857405080201"
                                       "AC0A80083132333435363738"
                                       "BE10040E01000000065F1F0400007E1F04B0",
                                       NULL);
  g_assert_nonnull (wordy);
  g_assert_cmpint (wordy->result, ==, 0);
  assert_hex (wordy->has_title, wordy->title, 8, "4D4D4D0000000001");
  assert_hex (wordy->has_authentication, wordy->authentication, wordy->authentication_size,
              "3132333435363738");

  g_autoptr (PosaAcse) foreign = decode ("600BA10906076085740508FF01", NULL);
  g_assert_nonnull (foreign);
  g_assert_cmpint (foreign->context, ==, POSA_ACSE_CONTEXT_UNKNOWN);

  /* One C stack's server: inner lengths too long. */
  g_autoptr (PosaAcse) released =
      decode ("6324800100BE220421281F3001234567891214A0845E475714383F65BC19745CA235906525E4F3",
              NULL);
  g_assert_nonnull (released);
  g_assert_cmpint (released->kind, ==, POSA_ACSE_RLRE);
  g_autoptr (PosaAcse) cut = decode ("6307800100BE05040428", NULL);
  g_assert_nonnull (cut);
  g_assert_cmpint (cut->kind, ==, POSA_ACSE_RLRE);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "60",
    "6005A1",
    "61",
    "64020000",
    "6003A10906",
    "6006BE04040501",
    "6045AC43804100", /* challenge longer than it may be */
    "C001C100",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (decode (bad[i], &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

static void
test_initiate (void)
{
  static const struct
  {
    const char *text;
    guint32 conformance;
    guint16 max_pdu;
    gsize key;
  } initiates[] = {
    { "01000000065F1F0400007E1F04B0", 0x007E1F, 1200, 0 },
    { "01011000112233445566778899AABBCCDDEEFF0000065F1F0400007E1F04B0", 0x007E1F, 1200, 16 },
    { "0800065F1F040000501F01F40007", 0x00501F, 500, 0 },
    { "080100065F1F0400001E1D04C80007", 0x001E1D, 1224, 0 },
    { "01000000065F1F0400401E1DFFFF", 0x401E1D, 65535, 0 },
    { "010120000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F0000065F1F0400407E1FFF"
      "FF",
      0x407E1F, 65535, 32 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (initiates); i++)
    {
      g_autoptr (GBytes) bytes = posa_hex_decode (initiates[i].text, NULL);
      g_autoptr (GByteArray) again = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      PosaInitiate got;

      posa_initiate_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &got, &error);
      g_assert_no_error (error);
      g_assert_cmphex (got.conformance, ==, initiates[i].conformance);
      g_assert_cmpuint (got.max_pdu, ==, initiates[i].max_pdu);
      g_assert_cmpuint (got.dedicated_key_size, ==, initiates[i].key);
      posa_initiate_encode (&got, again);
      assert_hex (TRUE, again->data, again->len, initiates[i].text);
    }
  PosaInitiate got;
  g_autoptr (GBytes) older = posa_hex_decode ("0800065F0400001E1D04C80007", NULL);
  g_assert_true (
      posa_initiate_decode (g_bytes_get_data (older, NULL), g_bytes_get_size (older), &got, NULL));
  g_assert_cmphex (got.conformance, ==, 0x001E1D);
  g_autoptr (GBytes) cut = posa_hex_decode ("0800065F1F0400001E1D04C800", NULL);
  g_assert_false (
      posa_initiate_decode (g_bytes_get_data (cut, NULL), g_bytes_get_size (cut), &got, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/acse/vectors", test_vectors);
  g_test_add_func ("/acse/lenient", test_lenient);
  g_test_add_func ("/acse/refused", test_refused);
  g_test_add_func ("/acse/initiate", test_initiate);
  return g_test_run ();
}
