/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-apdu.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-cosem-selection.h"
#include "meter/codec/posa-gbt.h"
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
  { "C003C102000100002A0000FF020000070100630100FF0201020204060000000106000000001200011200"
    "00",
    POSA_APDU_GET_LIST_REQUEST, 2, 0 },
  { "C402C80000000001000401020304", POSA_APDU_GET_BLOCK, 0, 0 },
  { "C402C801000000020113", POSA_APDU_GET_BLOCK, 0, 0 },
  { "C101C100080000010000FF0200090C07E50118FF0E303950FFC400", POSA_APDU_SET_REQUEST, 1, 1 },
  { "C102C100140000"
    "0D0000FF0700000000000103010101",
    POSA_APDU_SET_FIRST_BLOCK, 1, 0 },
  { "C103C101000000020102", POSA_APDU_SET_BLOCK, 0, 0 },
  { "C104C1020001000060010AFF020000080000010000FF03000209033132330FC4", POSA_APDU_SET_LIST_REQUEST,
    2, 2 },
  { "C105C1020001000060010AFF020000080000010000FF0300000000000103020903",
    POSA_APDU_SET_LIST_FIRST_BLOCK, 2, 0 },
  { "C502C100000001", POSA_APDU_SET_BLOCK_RESPONSE, 0, 0 },
  { "C503C10000000002", POSA_APDU_SET_LAST_RESPONSE, 0, 0 },
  { "C504C102000300000002", POSA_APDU_SET_LIST_LAST_RESPONSE, 0, 2 },
  { "C505C1020003", POSA_APDU_SET_LIST_RESPONSE, 0, 2 },
  { "C302C100000001", POSA_APDU_ACTION_NEXT, 0, 0 },
  { "C303C10200460000"
    "60030AFF0100120000120000FF03020F0000",
    POSA_APDU_ACTION_LIST_REQUEST, 2, 2 },
  { "C304C100120000"
    "2C0000FF0200000000010402020600",
    POSA_APDU_ACTION_FIRST_BLOCK, 1, 0 },
  { "C305C1010012"
    "00002C0000FF020000000001020102",
    POSA_APDU_ACTION_LIST_FIRST_BLOCK, 1, 0 },
  { "C306C101000000020100", POSA_APDU_ACTION_BLOCK, 0, 0 },
  { "C702C10000000001020001", POSA_APDU_ACTION_RESPONSE_BLOCK, 0, 0 },
  { "C703C1020000000100090141", POSA_APDU_ACTION_LIST_RESPONSE, 0, 2 },
  { "C704C100000001", POSA_APDU_ACTION_BLOCK_RESPONSE, 0, 0 },
  { "C701C100010103", POSA_APDU_ACTION_RESPONSE, 0, 1 },
  { "D94000000100030100010000600100FF020200080000010000FF03030046000060030AFF0103000FC40F00",
    POSA_APDU_ACCESS_REQUEST, 3, 3 },
  { "D9C000000200010400070100630100FF0202020406000000010600000001120001120000"
    "0100",
    POSA_APDU_ACCESS_REQUEST, 1, 1 },
  { "DA4000000100000309014100000301000200030C", POSA_APDU_ACCESS_RESPONSE, 3, 3 },
  { "0F00000001000600000007", POSA_APDU_DATA_NOTIFICATION, 0, 1 },
  { "0F000000010C07EA0B15060C000000FFC400020206000000071105", POSA_APDU_DATA_NOTIFICATION, 0, 1 },
  { "C200000100006100"
    "00FF0206000000"
    "01",
    POSA_APDU_EVENT_NOTIFICATION, 1, 1 },
  { "C2010C07EA0B15060C000000FFC4000001000061"
    "0000FF020600000001",
    POSA_APDU_EVENT_NOTIFICATION, 1, 1 },
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
      g_assert_cmpuint (apdu->specs->len, ==, rows[i].n_targets);
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
  const PosaCosemTarget *target = &posa_apdu_get_spec (get, 0)->target;

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
  g_autoptr (PosaApdu)
      list = posa_apdu_decode_body (POSA_APDU_GET_LIST_RESPONSE, 0xC1, joined, sizeof joined, NULL);
  g_assert_cmpuint (list->items->len, ==, 2);
  g_assert_cmpint (posa_apdu_get_item (list, 1)->result, ==, POSA_DLMS_OBJECT_UNDEFINED);
  g_assert_null (posa_apdu_decode_body (POSA_APDU_GET_LIST_RESPONSE, 0xC1, joined, 4, NULL));
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
    { "C106C100080000010000FF0200090C07E50118FF0E303950FFC400", POSA_ERROR_UNSUPPORTED },
    { "C104C182FFFF", POSA_ERROR_INVALID_DATA },
    { "C305C184FFFFFFFF", POSA_ERROR_INVALID_DATA },
    { "C303C1010046000060030AFF01", POSA_ERROR_INVALID_DATA },
    { "D940000001000106", POSA_ERROR_INVALID_DATA },
    { "D94000000100010100010000600100FF02", POSA_ERROR_INVALID_DATA },
    { "DA400000010000010901410104", POSA_ERROR_INVALID_DATA },
    { "0F0000000100", POSA_ERROR_INVALID_DATA },
    { "C20000010000", POSA_ERROR_INVALID_DATA },
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
  g_autoptr (PosaApdu) data = decode ("0F800000010C07EA0B15060C000000FFC4000600000007", NULL);

  g_assert_cmphex (data->invoke_id, ==, 0x80000001);
  g_assert_cmpuint (data->raw->len, ==, 12);
  g_assert_cmpint (posa_apdu_get_item (data, 0)->value->integer, ==, 7);
  g_assert_true (posa_apdu_is_notification (0x0F));
  g_assert_true (posa_apdu_is_notification (0xC2));
  g_assert_false (posa_apdu_is_notification (0xC4));
}

/* A result belongs to the specification in its place, with data or without. */
static void
test_access (void)
{
  g_autoptr (PosaApdu) answer = decode ("DA4000000100000309014100000301000204030C", NULL);
  g_autoptr (PosaApdu) request = decode ("D94000000100010400070100630100FF02020300010100", NULL);
  g_autoptr (PosaApdu) repeats = decode ("DA40000001000101010001000060"
                                         "0100FF0201110701"
                                         "0100",
                                         NULL);

  g_assert_cmpint (posa_apdu_get_spec (answer, 2)->access, ==, POSA_APDU_ACCESS_ACTION);
  g_assert_cmpint (posa_apdu_get_item (answer, 0)->result, ==, POSA_DLMS_SUCCESS);
  g_assert_cmpint (posa_apdu_get_item (answer, 1)->result, ==, POSA_DLMS_OBJECT_UNDEFINED);
  g_assert_cmpint (posa_apdu_get_item (answer, 2)->result, ==, POSA_DLMS_TYPE_UNMATCHED);
  g_assert_cmpint (posa_apdu_get_spec (request, 0)->access, ==, POSA_APDU_ACCESS_GET);
  g_assert_cmpint (posa_apdu_get_spec (request, 0)->selector, ==, 2);
  g_assert_cmpuint (repeats->items->len, ==, 1);
  g_assert_cmpint (posa_apdu_get_item (repeats, 0)->value->integer, ==, 7);
}

/* The request for a day that a foreign client sent, and one for rows by number. */
static void
test_selection (void)
{
  static const guint8 from[] = { 0x07, 0xE2, 6, 1, 0xFF, 0, 3, 0, 0xFF, 0xFF, 0x88, 0x80 };
  static const guint8 to[] = { 0x07, 0xE5, 1, 6, 0xFF, 0, 3, 0, 0xFF, 0xFF, 0xC4, 0 };
  const PosaCosemTarget clock =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_CLOCK, POSA_OBIS (0, 0, 1, 0, 0, 255), 2);
  const PosaCosemTarget profile = POSA_COSEM_TARGET (7, POSA_OBIS (1, 0, 99, 1, 0, 255), 2);
  g_autoptr (PosaCosemSelection) range = posa_cosem_selection_new_range (
      clock, posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, from, sizeof from),
      posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, to, sizeof to), NULL, 0);
  g_autoptr (PosaCosemSelection)
      column = posa_cosem_selection_new_range (clock, posa_cosem_value_new_null (),
                                               posa_cosem_value_new_null (), &clock, 1);
  g_autoptr (PosaCosemSelection) entries = posa_cosem_selection_new_entries (1, 0, 2, 3);
  const struct
  {
    const PosaCosemSelection *selection;
    const char *text;
  } cases[] = {
    { range,
      "C001C100070100630100FF0201010204020412000809060000010000FF0F02120000090C07E20601FF000300FF"
      "FF8880090C07E50106FF000300FFFFC4000100" },
    { column,
      "C001C100070100630100FF0201010204020412000809060000010000FF0F0212000000000101020412000809"
      "060000010000FF0F02120000" },
    { entries, "C001C100070100630100FF02010202040600000001060000000012000212"
               "0003" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PosaApdu) get = posa_apdu_new (POSA_APDU_GET_REQUEST, 0xC1);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      posa_apdu_add_spec (get, (PosaApduSpec) { .target = profile,
                                                .selector = cases[i].selection->selector,
                                                .selection = posa_cosem_value_copy (
                                                    cases[i].selection->parameter) });
      posa_apdu_encode (get, bytes);
      g_autofree char *text = posa_hex_encode (bytes->data, bytes->len);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_general_block (void)
{
  static const struct
  {
    const char *text;
    PosaGbt block;
  } good[] = {
    { "E0420001000002C401", { .streaming = TRUE, .window = 2, .number = 1, .size = 2 } },
    { "E0BF0001000300", { .last = TRUE, .window = 63, .number = 1, .ack = 3 } },
    { "E081FFFF000103010203", { .last = TRUE, .window = 1, .number = 65535, .ack = 1, .size = 3 } },
  };
  static const char *const bad[] = { "", "E0", "E0810001000002C4", "C08100010000", "E08100010000" };
  PosaGbt block;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GBytes) bytes = posa_hex_decode (good[i].text, NULL);
      g_autoptr (GByteArray) again = g_byte_array_new ();
      const PosaGbt *wanted = &good[i].block;

      g_assert_true (
          posa_gbt_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &block, NULL));
      g_assert_cmpint (block.last, ==, wanted->last);
      g_assert_cmpint (block.streaming, ==, wanted->streaming);
      g_assert_cmpuint (block.window, ==, wanted->window);
      g_assert_cmpuint (block.number, ==, wanted->number);
      g_assert_cmpuint (block.ack, ==, wanted->ack);
      g_assert_cmpuint (block.size, ==, wanted->size);
      posa_gbt_encode (&block, again);
      g_autofree char *text = posa_hex_encode (again->data, again->len);
      g_assert_cmpstr (text, ==, good[i].text);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = posa_hex_decode (bad[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (posa_gbt_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                       &block, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
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
  g_test_add_func ("/apdu/access", test_access);
  g_test_add_func ("/apdu/selection", test_selection);
  g_test_add_func ("/apdu/general-block", test_general_block);
  g_test_add_func ("/apdu/recorded", test_recorded);
  return g_test_run ();
}
