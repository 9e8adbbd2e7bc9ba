/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-apdu.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-hdlc-deframer.h"

static PosaApdu *
decode (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);

  g_assert_nonnull (bytes);
  return posa_apdu_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

/* Published vectors, and frames of foreign programs: decode, and encode to the same bytes. */
static const struct
{
  const char *text;
  PosaApduKind kind;
  guint n_targets, n_items;
} rows[] = {
  { "C001C1000100002B0100FF0200", POSA_APDU_GET_REQUEST, 1, 0 },
  { "C0014100080000010000FF0200", POSA_APDU_GET_REQUEST, 1, 0 },
  { "C002C100000003", POSA_APDU_GET_NEXT, 0, 0 },
  { "C003C102000100002A0000FF020000080000010000FF0200", POSA_APDU_GET_LIST_REQUEST, 2, 0 },
  { "C401C1000600001391", POSA_APDU_GET_RESPONSE, 0, 1 },
  { "C401C10104", POSA_APDU_GET_RESPONSE, 0, 1 },
  { "C403C10200091049534B3130333037373737363433363600090C07E50603040E091700FFC400",
    POSA_APDU_GET_LIST_RESPONSE, 0, 2 },
  { "C403C109001200320012000000120000001200000012000000120000001208FE0002070601"
    "90560B120326111111"
    "021200F01200011200000002051202D0120CA8111811200FC0",
    POSA_APDU_GET_LIST_RESPONSE, 0, 9 },
  { "C001C100070100630100FF0201010204020412000809060000010000FF0F02120000090C07E20601FF000300FFFF88"
    "80090C07E50106FF000300FFFFC4000100",
    POSA_APDU_GET_REQUEST, 1, 0 },
  { "C101C100080000010000FF0200090C07E50118FF0E303950FFC400", POSA_APDU_SET_REQUEST, 1, 1 },
  { "C501C100", POSA_APDU_SET_RESPONSE, 0, 0 },
  { "C501C103", POSA_APDU_SET_RESPONSE, 0, 0 },
  { "C301C10046000060030AFF01010F00", POSA_APDU_ACTION_REQUEST, 1, 1 },
  { "C301C10046000060030AFF0100", POSA_APDU_ACTION_REQUEST, 1, 0 },
  { "C701C10000", POSA_APDU_ACTION_RESPONSE, 0, 0 },
  { "C701C1000100091110000000011A52FE7DD3E72748973C1E28", POSA_APDU_ACTION_RESPONSE, 0, 1 },
  { "D8010600000293", POSA_APDU_EXCEPTION, 0, 0 },
  { "D80105", POSA_APDU_EXCEPTION, 0, 0 },
  { "0E010601", POSA_APDU_SERVICE_ERROR, 0, 0 },
};

static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) again = g_byte_array_new ();
      g_autoptr (PosaApdu) apdu = decode (rows[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpint (apdu->kind, ==, rows[i].kind);
      g_assert_cmpuint (apdu->targets->len, ==, rows[i].n_targets);
      g_assert_cmpuint (apdu->items->len, ==, rows[i].n_items);
      posa_apdu_encode (apdu, again);
      g_autofree char *text = posa_hex_encode (again->data, again->len);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_fields (void)
{
  g_autoptr (PosaApdu) exception = decode ("D8010600000293", NULL);
  g_autoptr (PosaApdu) get = decode ("C001C1000100002B0100FF0200", NULL);
  g_autoptr (PosaApdu) denied = decode ("C401C10103", NULL);
  const PosaCosemTarget *target = posa_apdu_get_target (get, 0);

  g_assert_cmphex (exception->counter, ==, 0x293);
  g_assert_cmpint (target->class_id, ==, 1);
  g_assert_true (posa_obis_equal (target->obis, POSA_OBIS (0, 0, 43, 1, 0, 255)));
  g_assert_cmpint (target->index, ==, 2);
  g_assert_cmpint (posa_apdu_get_item (denied, 0)->result, ==, POSA_DLMS_READ_WRITE_DENIED);
  g_assert_null (posa_apdu_get_item (denied, 0)->value);
  g_assert_null (posa_apdu_get_item (denied, 1));
}

static void
test_blocks (void)
{
  g_autoptr (PosaApdu) block = decode ("C402C80000000001000401020304", NULL);
  g_autoptr (PosaApdu) error_block = decode ("C402C8010000000201"
                                             "13",
                                             NULL);
  g_autoptr (GByteArray) again = g_byte_array_new ();

  g_assert_cmpint (block->kind, ==, POSA_APDU_GET_BLOCK);
  g_assert_false (block->last);
  g_assert_cmpuint (block->block, ==, 1);
  g_assert_cmpmem (block->raw->data, block->raw->len, "\1\2\3\4", 4);
  posa_apdu_encode (block, again);
  g_autofree char *text = posa_hex_encode (again->data, again->len);
  g_assert_cmpstr (text, ==, "C402C80000000001000401020304");
  g_assert_true (error_block->last);
  g_assert_cmpint (error_block->result, ==, POSA_DLMS_BLOCK_NUMBER_INVALID);

  static const guint8 joined[] = { 2, 0, 0x11, 7, 1, 4 };
  g_autoptr (PosaApdu) list = posa_apdu_decode_list (joined, sizeof joined, NULL);
  g_assert_cmpuint (list->items->len, ==, 2);
  g_assert_cmpint (posa_apdu_get_item (list, 1)->result, ==, POSA_DLMS_OBJECT_UNDEFINED);
  g_assert_null (posa_apdu_decode_list (joined, 4, NULL));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    int code;
  } bad[] = {
    { "", POSA_ERROR_UNSUPPORTED },
    { "C004C100000001", POSA_ERROR_UNSUPPORTED },
    { "C104C100080000010000FF0200090C07E50118FF0E303950FFC400", POSA_ERROR_UNSUPPORTED },
    { "E0", POSA_ERROR_UNSUPPORTED },
    { "C001C1000100002B0100FF", POSA_ERROR_INVALID_DATA },
    { "C401C10009", POSA_ERROR_INVALID_DATA },
    { "C403C1840FFFFFFF"
      "0101",
      POSA_ERROR_INVALID_DATA },
    { "C402C8010000000100847FFFFFFF41", POSA_ERROR_INVALID_DATA },
    { "D80106000002", POSA_ERROR_INVALID_DATA },
    { "C101C100080000010000FF0200", POSA_ERROR_INVALID_DATA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (decode (bad[i].text, &error));
      g_assert_error (error, POSA_ERROR, bad[i].code);
    }
}

static void
test_notification (void)
{
  g_autoptr (PosaApdu) data = decode ("0F00000001000000", NULL);
  g_autoptr (PosaApdu) event = decode ("C2000001", NULL);

  g_assert_cmpint (data->kind, ==, POSA_APDU_NOTIFICATION);
  g_assert_cmpint (event->kind, ==, POSA_APDU_NOTIFICATION);
}

/* Recorded: what a foreign client asked in one frame, and every whole answer of the meter. Answers
 * cut into several frames are joined as the link does. */
static void
test_recorded (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "dlms", "sessions.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GByteArray) joined = g_byte_array_new ();
  guint n_gets = 0, n_answers = 0, n_blocks = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      if (**line != 'A' && **line != 'B')
        continue;
      g_autoptr (GBytes) bytes = posa_hex_decode (*line + 2, NULL);
      g_autoptr (GError) error = NULL;
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (bytes, &size);
      PosaHdlcFrame frame;

      g_assert_true (posa_hdlc_frame_decode (data + 1, size - 2, &frame, NULL));
      if (frame.type != POSA_HDLC_I)
        continue;
      posa_put_bytes (joined, frame.information, frame.size);
      if (frame.segmented)
        continue;
      guint8 tag = joined->data[3];
      if (tag == 0xC0 || tag == 0xC4)
        {
          g_autoptr (PosaApdu) apdu = posa_apdu_decode (joined->data + 3, joined->len - 3, &error);
          g_assert_no_error (error);
          n_gets += apdu->kind == POSA_APDU_GET_REQUEST;
          n_answers += apdu->kind == POSA_APDU_GET_RESPONSE;
          n_blocks += apdu->kind == POSA_APDU_GET_BLOCK;
        }
      g_byte_array_set_size (joined, 0);
    }
  g_assert_cmpuint (n_blocks, ==, 4);
  g_assert_cmpuint (n_gets, ==, n_answers + 1); /* one was answered in blocks */
  g_assert_cmpuint (n_gets, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/apdu/vectors", test_vectors);
  g_test_add_func ("/apdu/fields", test_fields);
  g_test_add_func ("/apdu/blocks", test_blocks);
  g_test_add_func ("/apdu/refused", test_refused);
  g_test_add_func ("/apdu/notification", test_notification);
  g_test_add_func ("/apdu/recorded", test_recorded);
  return g_test_run ();
}
