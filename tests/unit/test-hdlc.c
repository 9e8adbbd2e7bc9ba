/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-hdlc-deframer.h"

#include <string.h>

#include "base/posa-cursor.h"
#include "base/posa-error.h"

/* Bytes between the flags without the frame check, and the check as sent (published vectors). */
static const struct
{
  const char *frame, *check;
} checks[] = {
  { "A00A000200232193", "1871" },
  { "A023210002002373F6C58180140502008006020080070400000001080400000001", "CE6A" },
  { "A02E0002002321107ECBE6E600601DA109060760857405080101BE10040E01000000065F1F040000301DFFFF",
    "D4C5" },
  { "A03A2100020023309941E6E7006129A109060760857405080101A203020100A305A103020100BE10040E0800065F"
    "1F040000301D19000007",
    "0C52" },
  { "A0199575546835E6E600C0018100080000010000FF0100", "0DFD" },
  { "A018759574E9E8E6E700C401810009060000010000FF", "FD49" },
  { "A0199575767837E6E600C0018100080000010000FF0200", "65D7" },
  { "A01E7595966F67E6E700C4018100090C07D20C04030A060BFF007800", "F330" },
  { "A027957598B8DBE6E600C1018100080000010000FF0200090C07D20C04030A060BFF007800", "62FB" },
  { "A0107595B85101E6E700C5018100", "36CF" },
  { "A0199575BA183BE6E600C0018100080000010000FF0300", "BDCE" },
  { "A0137595DA8864E6E700C4018100100078", "563A" },
  { "A01C9575DC7F53E6E600C1018100080000010000FF0300100078", "0117" },
};

static GBytes *
hex (const char *text)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = posa_hex_decode (text, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
push_hex (PosaHdlcDeframer *deframer, const char *text)
{
  g_autoptr (GBytes) bytes = hex (text);

  posa_hdlc_deframer_push (deframer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
assert_frame_round_trip (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) again = g_byte_array_new ();
  PosaHdlcFrame frame;

  posa_hdlc_frame_decode (data, size, &frame, &error);
  g_assert_no_error (error);
  posa_hdlc_frame_encode (&frame, again);
  g_assert_cmpmem (again->data + 1, again->len - 2, data, size);
  g_assert_cmpint (again->data[0], ==, 0x7E);
  g_assert_cmpint (again->data[again->len - 1], ==, 0x7E);
}

static void
test_crc (void)
{
  g_assert_cmphex (posa_hdlc_crc ((const guint8 *) "123456789", 9), ==, 0x906E);
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_autofree char *text = g_strconcat (checks[i].frame, checks[i].check, NULL);
      g_autoptr (GBytes) bytes = hex (text);
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (bytes, &size);

      g_assert_cmphex (posa_hdlc_crc (data, size - 2), ==, data[size - 2] | data[size - 1] << 8);
      assert_frame_round_trip (data, size);
    }
}

/* Every recorded frame, given byte by byte, comes out whole and encodes to the same bytes. */
static void
test_recorded (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "dlms", "sessions.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (PosaHdlcDeframer) deframer = posa_hdlc_deframer_new ();
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      if (**line != 'A' && **line != 'B')
        continue;
      g_autoptr (GBytes) bytes = hex (*line + 2);
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (bytes, &size);
      PosaHdlcFrame frame;

      for (gsize i = 0; i < size; i++)
        {
          g_assert_false (posa_hdlc_deframer_next (deframer, &frame, raw));
          posa_hdlc_deframer_push (deframer, data + i, 1);
        }
      g_assert_true (posa_hdlc_deframer_next (deframer, &frame, raw));
      g_assert_cmpmem (raw->data, raw->len, data + 1, size - 2);
      assert_frame_round_trip (data + 1, size - 2);
      n++;
    }
  g_assert_cmpuint (n, ==, 158);
  g_assert_cmpuint (posa_hdlc_deframer_get_n_damaged (deframer), ==, 0);
}

static void
test_addresses (void)
{
  static const struct
  {
    PosaHdlcAddress address;
    const char *bytes;
  } rows[] = {
    { POSA_HDLC_CLIENT (16), "21" },       { POSA_HDLC_CLIENT (1), "03" },
    { POSA_HDLC_CLIENT (17), "23" },       { { 2, 1, 17 }, "0223" },
    { { 4, 1, 16 }, "00020021" },          { { 4, 145, 1 }, "02220003" },
    { { 4, 0x3FFF, 0x3FFE }, "FEFEFEFD" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PosaHdlcFrame frame = { .destination = rows[i].address,
                              .source = POSA_HDLC_CLIENT (16),
                              .type = POSA_HDLC_SNRM,
                              .poll = TRUE };
      PosaHdlcFrame back;
      g_autoptr (GByteArray) out = g_byte_array_new ();

      posa_hdlc_frame_encode (&frame, out);
      g_autofree char *text = posa_hex_encode (out->data + 3, strlen (rows[i].bytes) / 2);
      g_assert_cmpstr (text, ==, rows[i].bytes);
      g_assert_true (posa_hdlc_frame_decode (out->data + 1, out->len - 2, &back, NULL));
      g_assert_true (posa_hdlc_address_equal (back.destination, rows[i].address));
    }
}

/* Which numbers make an address, in which form, and whom it means. */
static void
test_address_forms (void)
{
  static const struct
  {
    guint width, upper, lower;
    gboolean good;
    guint8 form;
  } rows[] = {
    { 0, 1, 0, TRUE, 1 },       { 0, 1, 16, TRUE, 2 },          { 0, 1, 1234, TRUE, 4 },
    { 0, 145, 1, TRUE, 4 },     { 4, 1, 16, TRUE, 4 },          { 2, 1, 0x7F, TRUE, 2 },
    { 3, 1, 16, FALSE, 0 },     { 5, 1, 16, FALSE, 0 },         { 1, 128, 0, FALSE, 0 },
    { 2, 1, 128, FALSE, 0 },    { 2, 1, 0, FALSE, 0 },          { 1, 1, 16, FALSE, 0 },
    { 0, 0, 16, FALSE, 0 },     { 2, 1, 0x7E, FALSE, 0 },       { 4, 1, 0x3FFE, FALSE, 0 },
    { 4, 0x4000, 1, FALSE, 0 }, { 4, 0x3FFF, 0x3FFF, TRUE, 4 },
  };
  const PosaHdlcAddress own = { 2, 1, 16 };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PosaHdlcAddress address;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (posa_hdlc_address_make (rows[i].width, rows[i].upper, rows[i].lower,
                                               &address),
                       ==, rows[i].good);
      if (rows[i].good)
        g_assert_cmpuint (address.width, ==, rows[i].form);
    }
  g_assert_true (posa_hdlc_address_covers (own, own));
  g_assert_true (posa_hdlc_address_covers ((PosaHdlcAddress) { 2, 0x7F, 0x7F }, own));
  g_assert_false (posa_hdlc_address_covers ((PosaHdlcAddress) { 2, 1, 17 }, own));
  g_assert_false (posa_hdlc_address_covers ((PosaHdlcAddress) { 2, 0, 16 }, own));
}

/* Supervisory frames: control bytes of the client, N(R) 5, with P. */
static void
test_supervisory (void)
{
  static const struct
  {
    PosaHdlcType type;
    guint8 control;
  } rows[] = { { POSA_HDLC_RR, 0xB1 }, { POSA_HDLC_RNR, 0xB5 }, { POSA_HDLC_REJ, 0xB9 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const PosaHdlcFrame frame = { .destination = POSA_HDLC_CLIENT (1),
                                    .source = POSA_HDLC_CLIENT (16),
                                    .type = rows[i].type,
                                    .poll = TRUE,
                                    .receive_sequence = 5 };
      g_autoptr (GByteArray) out = g_byte_array_new ();

      posa_hdlc_frame_encode (&frame, out);
      g_assert_cmphex (out->data[5], ==, rows[i].control);
      assert_frame_round_trip (out->data + 1, out->len - 2);
    }
}

static void
test_bad_frames (void)
{
  static const struct
  {
    const char *frame;
    int code;
  } rows[] = {
    { "A0070321930F02", POSA_ERROR_BAD_CHECKSUM },
    { "A0080321930F0100", POSA_ERROR_BAD_CHECKSUM },
    { "A0060321930F01", POSA_ERROR_INVALID_DATA },     /* wrong length */
    { "B0070321930F01", POSA_ERROR_INVALID_DATA },     /* not type 3 */
    { "A00A02022103930000", POSA_ERROR_INVALID_DATA }, /* address of three bytes */
    { "A007", POSA_ERROR_INVALID_DATA },
    { "", POSA_ERROR_INVALID_DATA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = hex (rows[i].frame);
      g_autoptr (GError) error = NULL;
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (bytes, &size);
      PosaHdlcFrame frame;

      g_assert_false (posa_hdlc_frame_decode (data, size, &frame, &error));
      g_assert_error (error, POSA_ERROR, rows[i].code);
    }
}

static void
test_parameters (void)
{
  static const struct
  {
    const char *field;
    PosaHdlcParameters expected;
  } rows[] = {
    { "81801205018006018007040000000108040000"
      "0001",
      { 128, 128, 1, 1 } },
    { "818014050207EE060207EE070400000001080400000001", { 2030, 2030, 1, 1 } },
    { "8180140502008006020080070400000001080400000001", { 128, 128, 1, 1 } },
    { "", { 128, 128, 1, 1 } },
    { "8180030601FF", { 128, 255, 1, 1 } },
    { "818008080400000003050108", { 32, 128, 1, 3 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = hex (rows[i].field);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (bytes, &size);
      PosaHdlcParameters got;

      if (i == 5) /* announces one byte more than there is */
        {
          g_assert_true (posa_hdlc_parameters_decode (data, size - 1, &got, NULL) == FALSE);
          continue;
        }
      posa_hdlc_parameters_decode (data, size, &got, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (&got, sizeof got, &rows[i].expected, sizeof got);
      if (i > 1)
        continue;
      posa_hdlc_parameters_encode (&got, out);
      g_assert_cmpmem (out->data, out->len, data, size);
    }
}

/* What a line may do to a stream; each row must give so many frames. */
static void
test_stream (void)
{
  static const struct
  {
    const char *bytes;
    guint n_frames, n_damaged;
  } rows[] = {
    { "7EA0070321930F017E", 1, 0 },
    { "7F00A00712347EA0070321930F017E", 1, 0 },                   /* garbage before */
    { "7EA0070321930F017EA0070321930F017E", 2, 0 },               /* shared flag */
    { "7E7E7E7EA0070321930F017E7E7E7EA0070321930F017E7E", 2, 0 }, /* fill */
    { "7EA0070321937EA0070321930F017E", 1, 0 },                   /* half a frame before */
    { "7EA0070321930F007EA0070321930F017E", 1, 0 },               /* damaged before good */
    { "7EA7FF7E7EA0070321930F017E", 1, 0 },                       /* false long header */
    { "A0070321930F017E", 0, 0 },                                 /* flag lost */
    { "7EA0070321930F01", 0, 0 },                                 /* closing flag awaited */
    { "7EA0122303BE7EE0E6E700C401490003008C237E", 0, 0 },         /* damaged header */
    { "7EA012230352C468E6E700C401490003018C237E", 0, 1 },         /* damaged information */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PosaHdlcDeframer) deframer = posa_hdlc_deframer_new ();
      PosaHdlcFrame frame;
      guint n = 0;

      push_hex (deframer, rows[i].bytes);
      while (posa_hdlc_deframer_next (deframer, &frame, NULL))
        n++;
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpuint (n, ==, rows[i].n_frames);
      g_assert_cmpuint (posa_hdlc_deframer_get_n_damaged (deframer), ==, rows[i].n_damaged);
    }
}

/* Frames whose check ends in 7E, or which hold flags inside, end by their length. */
static void
test_check_ends_in_flag (void)
{
  guint n_flags = 0;

  for (guint32 i = 0; i < 4096; i++)
    {
      guint8 information[12] = { 0xE6, 0xE7, 0x00, 0x7E, 0x7E, 0xA0, 0x07 };
      PosaHdlcFrame frame = { .destination = POSA_HDLC_CLIENT (16),
                              .source = POSA_HDLC_CLIENT (1),
                              .type = POSA_HDLC_I,
                              .poll = TRUE,
                              .information = information,
                              .size = sizeof information };
      g_autoptr (GByteArray) stream = g_byte_array_new ();
      g_autoptr (PosaHdlcDeframer) deframer = posa_hdlc_deframer_new ();
      PosaHdlcFrame out;

      information[10] = (guint8) (i >> 8);
      information[11] = (guint8) i;
      posa_hdlc_frame_encode (&frame, stream);
      posa_hdlc_deframer_push (deframer, stream->data, stream->len);
      g_assert_true (posa_hdlc_deframer_next (deframer, &out, NULL));
      g_assert_cmpmem (out.information, out.size, information, sizeof information);
      n_flags += stream->data[stream->len - 2] == 0x7E;
    }
  g_assert_cmpuint (n_flags, >, 4);
}

/* A sender that never stops must not make the deframer grow, nor hide the frame that follows. */
static void
test_flood (void)
{
  g_autoptr (PosaHdlcDeframer) deframer = posa_hdlc_deframer_new ();
  g_autofree guint8 *junk = g_malloc (65536);
  PosaHdlcFrame frame;

  for (gsize i = 0; i < 65536; i++)
    junk[i] = i % 3 == 0 ? 0x7E : 0xA7;
  posa_hdlc_deframer_push (deframer, junk, 65536);
  g_assert_false (posa_hdlc_deframer_next (deframer, &frame, NULL));
  push_hex (deframer, "7EA0070321930F017E");
  g_assert_true (posa_hdlc_deframer_next (deframer, &frame, NULL));
  g_assert_cmpint (frame.type, ==, POSA_HDLC_SNRM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hdlc/crc", test_crc);
  g_test_add_func ("/hdlc/recorded", test_recorded);
  g_test_add_func ("/hdlc/addresses", test_addresses);
  g_test_add_func ("/hdlc/address-forms", test_address_forms);
  g_test_add_func ("/hdlc/supervisory", test_supervisory);
  g_test_add_func ("/hdlc/bad-frames", test_bad_frames);
  g_test_add_func ("/hdlc/parameters", test_parameters);
  g_test_add_func ("/hdlc/stream", test_stream);
  g_test_add_func ("/hdlc/check-ends-in-flag", test_check_ends_in_flag);
  g_test_add_func ("/hdlc/flood", test_flood);
  return g_test_run ();
}
