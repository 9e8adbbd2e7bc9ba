/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-clock.h"
#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-iec-check.h"
#include "meter/codec/posa-iec-data.h"
#include "meter/codec/posa-iec-message.h"
#include "meter/codec/posa-iec-time.h"
#include "meter/codec/posa-parity.h"

#include <string.h>

static GBytes *
unhex (const char *hex)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = posa_hex_decode (hex, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
assert_hex (GByteArray *bytes, const char *hex)
{
  g_autofree char *text = posa_hex_encode (bytes->data, bytes->len);

  g_assert_cmpstr (text, ==, hex);
  g_byte_array_set_size (bytes, 0);
}

static GPtrArray *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *sets = posa_iec_data_parse ((const guint8 *) text, strlen (text), &error);

  g_assert_no_error (error);
  return sets;
}

static void
test_parity (void)
{
  g_assert_cmphex (posa_parity_encode ('/'), ==, 0xAF);
  g_assert_cmphex (posa_parity_encode ('?'), ==, 0x3F);
  for (guint c = 1; c < 128; c++)
    {
      guint8 byte = posa_parity_encode ((guint8) c);
      g_assert_cmphex (posa_parity_decode (byte), ==, c);
      for (guint bit = 0; bit < 8; bit++)
        g_assert_cmphex (posa_parity_decode (byte ^ (guint8) (1 << bit)), ==, 0);
    }
}

/* Published values, and messages of a session between two foreign programs. */
static void
test_bcc (void)
{
  static const struct
  {
    const char *covered;
    guint8 bcc;
  } rows[] = {
    { "50300228 31323334353637 29 03", 0x50 },
    { "423003", 0x71 },
    { "57320243303033 28 393130333234303932323339 29 03", 0x1B },
    { "333A3137312E3028302903", 0x12 },
    { "523102312E382E3028312903", 0x6B },
    { "523102312E382E30282903", 0x5A },
    { "50310228303030303030303029 03", 0x61 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = unhex (rows[i].covered);
      g_assert_cmphex (posa_iec_bcc (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)), ==,
                       rows[i].bcc);
    }
}

static void
test_messages_to_send (void)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  posa_iec_put_request (out, NULL);
  assert_hex (out, "2F3F210D0A");
  posa_iec_put_request (out, "0012");
  assert_hex (out, "2F3F30303132210D0A");
  posa_iec_put_option (out, '0', '5', '0');
  assert_hex (out, "063035300D0A");
  posa_iec_put_option (out, '0', '5', '1');
  assert_hex (out, "063035310D0A");
  posa_iec_put_command (out, "B0", NULL);
  assert_hex (out, "0142300371");
  posa_iec_put_command (out, "R1", "1.8.0()");
  assert_hex (out, "01523102312E382E302829035A");
  posa_iec_put_command (out, "P1", "(00000000)");
  assert_hex (out, "01503102283030303030303030290361");
  posa_iec_put_block (out, "1.8.0(0012345.678*kWh)");
  assert_hex (out, "02312E382E3028303031323334352E3637382A6B5768290363");
}

static void
test_identification (void)
{
  static const struct
  {
    const char *line, *manufacturer, *ident;
    char speed;
    gboolean fast, hdlc;
  } rows[] = {
    { "/ISK5\\2MT174-0001\r\n", "ISK", "MT174-0001", '5', FALSE, TRUE },
    { "/Els6\\2EK280\r\n", "Els", "EK280", '6', TRUE, TRUE },
    { "/LGZ52ZMD120APt.G03\r\n", "LGZ", "2ZMD120APt.G03", '5', FALSE, FALSE },
    { "/HAG5eHZ010C_EHZ1vA02\n", "HAG", "eHZ010C_EHZ1vA02", '5', FALSE, FALSE },
    { "/ABC4\\@\\201 V 1.0 \r\n", "ABC", "01 V 1.0", '4', FALSE, TRUE },
    { "\x7F\x7F/\x7F/LUN5C2\r\n", "LUN", "C2", '5', FALSE, FALSE },
    { "/?!\r\n/PSa5M1\r\n", "PSa", "M1", '5', TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PosaIecIdentification found;
      g_autoptr (GError) error = NULL;
      gsize size = strlen (rows[i].line);
      const guint8 *line = (const guint8 *) rows[i].line;

      g_assert_false (posa_iec_identification_scan (line, size - 1, &found, &error));
      g_assert_no_error (error);
      g_assert_true (posa_iec_identification_scan (line, size, &found, &error));
      g_assert_cmpstr (found.manufacturer, ==, rows[i].manufacturer);
      g_assert_cmpstr (found.ident, ==, rows[i].ident);
      g_assert_cmpint (found.speed, ==, rows[i].speed);
      g_assert_cmpint (found.fast, ==, rows[i].fast);
      g_assert_cmpint (found.hdlc, ==, rows[i].hdlc);
    }
}

static void
test_damaged_identification (void)
{
  static const char *const lines[] = { "/AB\r\n", "/A1C5X\r\n", "/ABC5M\x01\r\n",
                                       "/ABC5M\x80\r\n" };
  static const guint8 with_nul[] = { '/', 'A', 'B', 'C', '5', 0, 'X', '\r', '\n' };
  PosaIecIdentification found;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (posa_iec_identification_scan ((const guint8 *) lines[i], strlen (lines[i]),
                                                    &found, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_LINE_NOISE);
    }
  /* A character of wrong parity arrives as NUL: the half before it must not pass. */
  g_autoptr (GError) error = NULL;
  g_assert_false (posa_iec_identification_scan (with_nul, sizeof with_nul, &found, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_LINE_NOISE);
}

static void
test_speeds (void)
{
  static const char digits[] = "0123456789", letters[] = "ABCDEFGHI", others[] = "JZ@az(~ ";
  static const guint bauds[] = { 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200 };

  for (guint i = 0; i < 10; i++)
    {
      g_assert_cmpint (posa_iec_speed_to_mode (digits[i]), ==, POSA_IEC_MODE_C);
      g_assert_cmpuint (posa_iec_speed_to_baud (digits[i]), ==, bauds[i]);
      g_assert_cmpint (posa_iec_baud_to_speed (bauds[i]), ==, digits[i]);
    }
  for (guint i = 0; i < 9; i++)
    {
      g_assert_cmpint (posa_iec_speed_to_mode (letters[i]), ==, POSA_IEC_MODE_B);
      g_assert_cmpuint (posa_iec_speed_to_baud (letters[i]), ==, bauds[i + 1]);
    }
  for (guint i = 0; others[i] != '\0'; i++)
    {
      g_assert_cmpint (posa_iec_speed_to_mode (others[i]), ==, POSA_IEC_MODE_A);
      g_assert_cmpuint (posa_iec_speed_to_baud (others[i]), ==, 300);
    }
  g_assert_cmpint (posa_iec_baud_to_speed (12345), ==, '0');
}

static void
test_message_scan (void)
{
  static const struct
  {
    const char *hex;
    PosaIecMessageType type;
    gboolean intact;
    const char *command, *content;
  } rows[] = {
    { "06", POSA_IEC_ACKNOWLEDGED, TRUE, "", NULL },
    { "7F15", POSA_IEC_REFUSED, TRUE, "", NULL },
    { "0142300371", POSA_IEC_COMMAND, TRUE, "B0", NULL },
    { "01503002283132414233344344290360", POSA_IEC_COMMAND, TRUE, "P0", "(12AB34CD)" },
    { "02432E312E30283132333435363738290348", POSA_IEC_BLOCK, TRUE, "", "C.1.0(12345678)" },
    { "02432E312E30283132333435363739290348", POSA_IEC_BLOCK, FALSE, "", "C.1.0(12345679)" },
    { "7F 00 0241 04 45", POSA_IEC_PARTIAL, TRUE, "", "A" },
    { "02 41 00 03 42", POSA_IEC_BLOCK, FALSE, "", NULL }, /* right sum, damaged character */
    { "02 03 03", POSA_IEC_BLOCK, TRUE, "", "" },
    { "01 03 03", POSA_IEC_COMMAND, FALSE, "", NULL },
    { "0142", POSA_IEC_INCOMPLETE, FALSE, "", NULL },
    { "01423003", POSA_IEC_INCOMPLETE, FALSE, "", NULL },
    { "7F7F", POSA_IEC_INCOMPLETE, FALSE, "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = unhex (rows[i].hex);
      PosaIecMessage message;
      posa_iec_message_scan (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &message);
      g_assert_cmpint (message.type, ==, rows[i].type);
      g_assert_cmpint (message.intact, ==, rows[i].intact);
      g_assert_true (g_str_has_prefix (message.command, rows[i].command));
      if (rows[i].content != NULL)
        g_assert_cmpmem (message.content, message.size, rows[i].content, strlen (rows[i].content));
    }
}

/* Every way of writing a register that was seen in the field. */
static void
test_numbers (void)
{
  static const struct
  {
    const char *line, *code, *unit;
    gint64 value, resolution;
  } rows[] = {
    { "1.8.0(0012345.678*kWh)", "1.8.0", "kWh", 12345678, 1 },
    { "1.8.1(001846.0*kWh)", "1.8.1", "kWh", 1846000, 100 },
    { "1-0:1.8.0*255(000001.2963)", "1.8.0", "kWh", 1296, 1 },
    { "1-0:1.8.0(010192.57kWh)", "1.8.0", "kWh", 10192570, 10 },
    { "  1.8.0( 20000*kWh)", "1.8.0", "kWh", 20000000, 1000 },
    { "1.8.0(12345678*Wh)", "1.8.0", "kWh", 12345678, 1 },
    { "1.8.0(12.3*MWh)", "1.8.0", "kWh", 12300000, 100000 },
    { "3.8.0(0000777.100*kvarh)", "3.8.0", "kvarh", 777100, 1 },
    { "5.8.0(014172.850*kVArh)", "5.8.0", "kvarh", 14172850, 1 },
    { "1.6.1(03.215*kW)(2611081815)", "1.6.1", "kW", 3215, 1 },
    { "1.8.0(000062*)", "1.8.0", "kWh", 62000, 1000 },
    { "1.8.0(999999.999*kWh)", "1.8.0", "kWh", 999999999, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) sets = parse (rows[i].line);
      const PosaIecDataSet *set = posa_iec_data_find (sets, rows[i].code, 0);
      g_autoptr (GError) error = NULL;
      gint64 value, resolution;
      g_assert_nonnull (set);
      g_assert_true (posa_iec_data_get_number (set, rows[i].unit, &value, &resolution, &error));
      g_assert_cmpint (value, ==, rows[i].value);
      g_assert_cmpint (resolution, ==, rows[i].resolution);
    }
}

static void
test_not_numbers (void)
{
  static const char *const lines[] = { "1.8.0()",           "1.8.0(*kWh)",
                                       "1.8.0(12x4*kWh)",   "1.8.0(-12.0*kWh)",
                                       "1.8.0(12.0*kvarh)", "1.8.0(1.2.3*kWh)",
                                       "1.8.0(12,5*kWh)",   "1.8.0(1e3*kWh)",
                                       "1.8.0(12 kWh*kWh)", "1.8.0(1234567890123*kWh)" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GPtrArray) sets = parse (lines[i]);
      g_autoptr (GError) error = NULL;
      gint64 value, resolution;
      g_assert_false (posa_iec_data_get_number (posa_iec_data_find (sets, "1.8.0", 0), "kWh",
                                                &value, &resolution, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

static void
test_grammar_oddities (void)
{
  g_autoptr (GPtrArray) sets = parse ("noise without value\n"
                                      "0.0.0( 20000)1.6.0(000.000*kW)(00-00-00,00:00)\r\n"
                                      "(second)\n"
                                      "F.F()\r\n"
                                      "1.8.0*01(1*kWh)\r\n1.8.0(2*kWh)\r\n"
                                      "96.7.5(0969)(02:30:57)!\r\nafter(1)");

  g_assert_cmpstr (posa_iec_data_find (sets, "0.0.0", 0)->value, ==, " 20000");
  g_assert_cmpstr (posa_iec_data_find (sets, "1.6.0", 1)->value, ==, "00-00-00,00:00");
  g_assert_cmpstr (posa_iec_data_find (sets, "1.6.0", 2)->value, ==, "second");
  g_assert_cmpstr (posa_iec_data_find (sets, "F.F", 0)->value, ==, "");
  g_assert_cmpstr (posa_iec_data_find (sets, "1.8.0", 0)->value, ==, "2");
  g_assert_cmpstr (posa_iec_data_find (sets, "1.8.0*01", 0)->value, ==, "1");
  g_assert_cmpstr (posa_iec_data_find (sets, "96.7.5", 1)->value, ==, "02:30:57");
  g_assert_null (posa_iec_data_find (sets, "after", 0));
  g_assert_null (posa_iec_data_find (sets, "1.8.1", 0));
}

static void
test_broken_grammar (void)
{
  static const struct
  {
    const char *text;
    gsize size;
  } rows[] = { { "1.8.0(12\r\n1.8.1(3)", 17 },
               { "1.8.0(12", 8 },
               { "1.8.0((12))", 11 },
               { "1.8.0(1\0002)", 10 },
               { "1.8.0(1\2412)", 10 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (posa_iec_data_parse ((const guint8 *) rows[i].text, rows[i].size, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, "line"));
    }
}

/* Whole readouts of two real meters: nothing lost, nothing invented. */
static void
test_real_readouts (void)
{
  static const struct
  {
    const char *file;
    guint n_sets;
    gint64 a_plus;
  } rows[] = { { "luna.txt", 87, 62846236 }, { "makel.txt", 90, 15 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path =
          g_test_build_filename (G_TEST_DIST, "data", "iec", rows[i].file, NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      gint64 value, resolution, bands = 0;
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_autoptr (GPtrArray) sets = parse (text);

      g_assert_cmpuint (sets->len, ==, rows[i].n_sets);
      g_assert_true (posa_iec_data_get_number (posa_iec_data_find (sets, "1.8.0", 0), "kWh", &value,
                                               &resolution, &error));
      g_assert_cmpint (value, ==, rows[i].a_plus);
      for (guint tier = 1; tier <= 4; tier++)
        {
          g_autofree char *code = g_strdup_printf ("1.8.%u", tier);
          g_assert_true (posa_iec_data_get_number (posa_iec_data_find (sets, code, 0), "kWh",
                                                   &value, &resolution, &error));
          bands += value;
        }
      g_assert_cmpint (bands, ==, rows[i].a_plus);
    }
}

/* Two readings of a line: what may differ between them, and what may not. */
static void
test_agreement (void)
{
  static const struct
  {
    const char *earlier, *later;
    gboolean agree;
  } rows[] = {
    { "1.8.0(0012.345*kWh)\r\n!\r\n", "1.8.0(0012.345*kWh)\r\n!\r\n", TRUE },
    { "1.8.0(0012.345*kWh)", "1.8.0(0012.346*kWh)", TRUE },
    { "1.8.0(0012.999*kWh)", "1.8.0(0013.001*kWh)", TRUE },
    { "1.8.0(0012.345*kWh)", "1.8.0(0012.344*kWh)", FALSE },
    { "1.8.0(0012.345*kWh)", "1.8.0(0012.355*kWh)", FALSE },
    { "1.8.0(0012.345*kWh)", "1.8.0(012.345*kWh)", FALSE },
    { "1.8.0(0012.345*kWh)", "1.8.0(0012.345*Wh)", FALSE },
    { "1.8.0(0012.345*kWh)", "1.8.1(0012.345*kWh)", FALSE },
    { "1-0:1.8.0*255(12.3)", "1-0:1.8.0*255(12.4)", TRUE },
    { "1.8.0*01(12.3)", "1.8.0*01(12.4)", FALSE },
    { "1.8.0&01(12.3)", "1.8.0&01(12.4)", FALSE },
    { "1.6.1(01.000*kW)(2611011200)", "1.6.1(01.001*kW)(2611011200)", FALSE },
    { "0.9.1(0101530)", "0.9.1(0101531)", TRUE },
    { "0.9.1(0101530)", "0.9.1(010153)", FALSE },
    { "0-0:1.0.0(261128101530)", "0-0:1.0.0(261128101531)", TRUE },
    { "32.7.0(230.1*V)", "32.7.0(229.8*V)", TRUE },
    { "32.7.0(230.1*V)", "32.7.0(29.8*V)", FALSE },
    { "C.1.0(12345678)", "C.1.0(12345679)", FALSE },
    { "C.7.0(0008)", "C.7.0(0009)", FALSE },
    { "1.(1)", "1.(2)", FALSE }, /* a code that ends too early */
    { "34*kWh)", "34*kWh)", TRUE },
    { "34*kWh)", "35*kWh)", FALSE },
    { "1.8.0(1)\r\n1.8.1(2)", "1.8.0(1)", FALSE },
    { "1.8.0(12", "1.8.0(13", FALSE },
    { "", "", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (posa_iec_check_agree (rows[i].earlier, rows[i].later), ==, rows[i].agree);
}

/* 76 characters make a line, 77 do not. */
static void
test_line_length (void)
{
  g_autofree char *value = g_strnfill (69, '0');
  g_autofree char *longest = g_strdup_printf ("C.9.9(%s)\r\n!\r\n", value);
  g_autofree char *too_long = g_strdup_printf ("C.9.9(0%s)\r\n!\r\n", value);
  g_autoptr (GError) error = NULL;

  g_assert_true (posa_iec_check_readout (longest, &error));
  g_assert_no_error (error);
  g_assert_false (posa_iec_check_readout (too_long, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
test_times (void)
{
  static const struct
  {
    const char *format, *text, *iso;
  } rows[] = {
    { "YYMMDD Zhhmmss", "261121 0101530", "2026-11-21T10:15:30.000+01:00" },
    { "YYMMDD Zhhmmss", "260701 1120000", "2026-07-01T12:00:00.000+02:00" },
    { "YYMMDD Zhhmmss", "261025 1023000", "2026-10-25T02:30:00.000+02:00" },
    { "YYMMDD Zhhmmss", "261025 0023000", "2026-10-25T02:30:00.000+01:00" },
    { "YYMMDD Zhhmmss", "261025 2003000", "2026-10-25T02:30:00.000+02:00" },
    { "YY-MM-DD hh:mm:ss", "19-05-10 10:29:08", "2019-05-10T10:29:08.000+02:00" },
    { "YYMMDDhhmm", "2611081815", "2026-11-08T18:15:00.000+01:00" },
    { "DD.MM.YYYY", "21.11.2026", "2026-11-21T00:00:00.000+01:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 time = posa_iec_time_parse (rows[i].format, rows[i].text, &error);
      g_assert_no_error (error);
      g_autofree char *iso = posa_time_format (time);
      g_assert_cmpstr (iso, ==, rows[i].iso);
      if (strstr (rows[i].format, "Z") == NULL || rows[i].text[7] != '2')
        {
          g_autofree char *again = posa_iec_time_format (rows[i].format, time);
          g_assert_cmpstr (again, ==, rows[i].text);
        }
    }
}

static void
test_not_times (void)
{
  static const char *const texts[] = { "00-00-00,00:00",  "99-99-99,99:99", "19-05-10,24:01",
                                       "19-05-10,10:29x", "19-05-10",       "" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_cmpint (posa_iec_time_parse ("YY-MM-DD,hh:mm", texts[i], &error), ==, -1);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/iec/parity", test_parity);
  g_test_add_func ("/iec/bcc", test_bcc);
  g_test_add_func ("/iec/messages-to-send", test_messages_to_send);
  g_test_add_func ("/iec/identification", test_identification);
  g_test_add_func ("/iec/damaged-identification", test_damaged_identification);
  g_test_add_func ("/iec/speeds", test_speeds);
  g_test_add_func ("/iec/message-scan", test_message_scan);
  g_test_add_func ("/iec/numbers", test_numbers);
  g_test_add_func ("/iec/not-numbers", test_not_numbers);
  g_test_add_func ("/iec/grammar-oddities", test_grammar_oddities);
  g_test_add_func ("/iec/agreement", test_agreement);
  g_test_add_func ("/iec/line-length", test_line_length);
  g_test_add_func ("/iec/broken-grammar", test_broken_grammar);
  g_test_add_func ("/iec/real-readouts", test_real_readouts);
  g_test_add_func ("/iec/times", test_times);
  g_test_add_func ("/iec/not-times", test_not_times);
  return g_test_run ();
}
