/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Long messages of a DLMS client byte by byte, with a meter of given answers. */

#include "posa-test-dlms.h"

#include "base/posa-error.h"

/* Conformance: all of GET, SET, ACTION, with lists, blocks and selections; the same without blocks
 * of SET; with general block transfer in the place of theirs. */
#define ALL       "001E1D"
#define NO_BLOCKS "00161D"

static const PosaCosemTarget serial = { 1, { 0, 0, 96, 1, 0, 255 }, 2 };
static const PosaCosemTarget energy = { 3, { 1, 0, 1, 8, 0, 255 }, 2 };
static const PosaCosemTarget relay = { 70, { 0, 0, 96, 3, 10, 255 }, 1 };
static const PosaCosemTarget profile = { 7, { 1, 0, 99, 1, 0, 255 }, 2 };
#define GET_SERIAL                                                                                 \
  "0001"                                                                                           \
  "0000600100FF"                                                                                   \
  "02"                                                                                             \
  "00"
#define GET_ENERGY                                                                                 \
  "0003"                                                                                           \
  "0100010800FF"                                                                                   \
  "02"                                                                                             \
  "00"
#define RELAY_METHOD                                                                               \
  "0046"                                                                                           \
  "000060030AFF"                                                                                   \
  "01"
#define SERIAL_DATA "09024142"
#define ENERGY_DATA "0600000007"
static PosaCosemValue *
get (PosaTestDlms *self, PosaCosemTarget target, GError **error)
{
  return posa_dlms_client_get (self->client, target, NULL, error);
}

/* ---- long answers ---- */

#define GET_ROWS                                                                                   \
  "0007"                                                                                           \
  "0100630100FF"                                                                                   \
  "02"                                                                                             \
  "010202040600000001060000000012000112"                                                           \
  "0000"
#define FIRST_ROWS                                                                                 \
  "0103"                                                                                           \
  "020209014111"                                                                                   \
  "01"                                                                                             \
  "020209014211"                                                                                   \
  "02"                                                                                             \
  "0202"

static PosaCosemValue *
get_rows (PosaTestDlms *self, GError **error)
{
  g_autoptr (PosaCosemSelection) all = posa_cosem_selection_new_entries (1, 0, 1, 0);

  return posa_dlms_client_get_selected (self->client, profile, all, NULL, error);
}

static void
note_progress_cb (gpointer data, gsize n_bytes)
{
  g_string_append_printf (data, "%" G_GSIZE_FORMAT " ", n_bytes);
}

static void
test_progress (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) progress = g_string_new (NULL);

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C001C1" GET_ROWS, "C402C1000000000100"
                                            "12" FIRST_ROWS },
                       { "C002C100000001", "C402C1010000000200"
                                           "05"
                                           "0901431103" });
  posa_dlms_client_set_progress (self.client, note_progress_cb, progress);
  g_autoptr (PosaCosemValue) rows = get_rows (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_cosem_value_get_n_items (rows), ==, 3);
  posa_test_dlms_assert_integer (posa_cosem_value_get_item (posa_cosem_value_get_item (rows, 2), 1),
                                 3);
  g_assert_cmpstr (progress->str, ==, "18 23 ");
  g_assert_null (posa_dlms_client_take_partial (self.client));
}

/* The line dies behind the first block: its two whole rows are not lost. */
static void
test_cut (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C001C1" GET_ROWS, "C402C1000000000100"
                                            "12" FIRST_ROWS },
                       { "C002C100000001", NULL });
  g_assert_null (get_rows (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_autoptr (PosaCosemValue) rows = posa_dlms_client_take_partial (self.client);
  g_assert_cmpuint (posa_cosem_value_get_n_items (rows), ==, 2);
  posa_test_dlms_assert_integer (posa_cosem_value_get_item (posa_cosem_value_get_item (rows, 1), 1),
                                 2);
  g_assert_null (posa_dlms_client_take_partial (self.client));
}

/* A meter that has lost its place is asked from the beginning, once. */
static void
test_out_of_step (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C001C1" GET_SERIAL, "C402C10000000001000209"
                                              "02" },
                       { "C002C100000001", "C402C101000000010113" },
                       { "C001C1" GET_SERIAL, "C402C10000000001000209"
                                              "02" },
                       { "C002C100000001", "C402C10100000002000241"
                                           "42" },
                       { "C001C2" GET_SERIAL, "C402C20000000001000209"
                                              "02" },
                       { "C002C200000001", "C402C201000000010110" },
                       { "C001C2" GET_SERIAL, "C402C201000000010110" });
  g_autoptr (PosaCosemValue) value = get (&self, serial, &error);
  g_assert_no_error (error);
  posa_test_dlms_assert_text (value, "AB");
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
test_wrong_block (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C001C1" GET_SERIAL, "C402C10000000001000209"
                                              "02" },
                       { "C002C100000001", "C402C10100000003000241"
                                           "42" });
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
test_selection_not_granted (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  posa_test_dlms_init (&self, "001E19", 512, NULL, 0);
  g_assert_null (get_rows (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}
/* ---- writing ---- */

#define SET_SERIAL                                                                                 \
  "0001"                                                                                           \
  "0000600100FF"                                                                                   \
  "02"                                                                                             \
  "00"

static gboolean
set_long (PosaTestDlms *self, GError **error)
{
  g_autofree char *text = g_strnfill (50, 'A');
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_text (text);

  return posa_dlms_client_set (self->client, serial, value, NULL, error);
}

#define A10 "41414141414141414141"
#define A20 A10 A10

/* The meter takes 48 bytes: 29 in the first block, 23 in the second. */
static void
test_set_in_blocks (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 48,
                       { "C102C1" SET_SERIAL "00"
                         "00000001"
                         "1D"
                         "0932" A20 "41414141414141",
                         "C502C100000001" },
                       { "C103C1"
                         "01"
                         "00000002"
                         "17" A20 "414141",
                         "C503C10000000002" });
  g_assert_true (set_long (&self, &error));
  g_assert_no_error (error);
}

/* A refusal ends it at once; an acknowledgement of another block is none. */
static void
test_set_block_refused (void)
{
  static const struct
  {
    const char *answer;
    int code;
  } rows[] = { { "C503C10300000001", POSA_ERROR_ACCESS_DENIED },
               { "C502C100000002", POSA_ERROR_INVALID_DATA },
               { "D80104", POSA_ERROR_UNSUPPORTED } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (PosaTestDlms) self = { 0 };
      g_autoptr (GError) error = NULL;

      POSA_TEST_DLMS_INIT (&self, ALL, 48, { NULL, rows[i].answer });
      g_assert_false (set_long (&self, &error));
      g_assert_error (error, POSA_ERROR, rows[i].code);
    }
}

static void
test_set_blocks_not_granted (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  posa_test_dlms_init (&self, NO_BLOCKS, 48, NULL, 0);
  g_assert_false (set_long (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

static void
set_two (PosaTestDlms *self)
{
  const PosaCosemTarget targets[] = { serial, energy };
  g_autoptr (PosaCosemValue) text = posa_cosem_value_new_text ("AB");
  g_autoptr (PosaCosemValue) number = posa_cosem_value_new_integer (POSA_COSEM_UINT32, 7);
  const PosaCosemValue *values[] = { text, number };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_set_list (self->client, targets, values, 2, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (posa_apdu_get_item (answer, 0)->result, ==, POSA_DLMS_SUCCESS);
  g_assert_cmpint (posa_apdu_get_item (answer, 1)->result, ==, POSA_DLMS_READ_WRITE_DENIED);
}

static void
test_set_list_in_blocks (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, ALL, 33,
                       { "C105C102" GET_SERIAL GET_ENERGY "00"
                         "00000001"
                         "03"
                         "020902",
                         "C502C100000001" },
                       { "C103C1"
                         "01"
                         "00000002"
                         "07"
                         "4142" ENERGY_DATA,
                         "C504C102000300000002" });
  set_two (&self);
}
/* Blocks there and back. */
static void
test_action_in_blocks (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (38, 'A');
  g_autoptr (PosaCosemValue) parameter = posa_cosem_value_new_text (text);
  PosaCosemValue *returned = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 42,
                       { "C304C1" RELAY_METHOD "00"
                         "00000001"
                         "18"
                         "0926" A20 "4141",
                         "C704C100000001" },
                       { "C306C1"
                         "01"
                         "00000002"
                         "10" A10 "414141414141",
                         "C702C1"
                         "00"
                         "00000001"
                         "05"
                         "0001000902" },
                       { "C302C100000001", "C702C1"
                                           "01"
                                           "00000002"
                                           "02"
                                           "4142" });
  g_assert_true (posa_dlms_client_act (self.client, relay, parameter, &returned, NULL, &error));
  g_assert_no_error (error);
  posa_test_dlms_assert_text (returned, "AB");
  posa_cosem_value_free (returned);
}

/* ---- general block transfer ---- */

/* Without blocks of the services themselves. */
#define GENERAL "20021D"

static void
assert_serial (PosaTestDlms *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = get (self, serial, &error);

  g_assert_no_error (error);
  posa_test_dlms_assert_text (value, "AB");
}

/* Each block is asked for by acknowledging the one before. */
static void
test_general_blocks (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0010001000004C401C100" },
                       { "E0BF0001000100", "E001000200010209"
                                           "02" },
                       { "E0BF0002000200", "E08100030002024142" });
  assert_serial (&self);
}

/* A window that comes in a row. */
static void
test_general_streaming (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0420001000002C401" },
                       { POSA_TEST_DLMS_RR, "E0420002000002C100" },
                       { POSA_TEST_DLMS_RR, "E002000300000209"
                                            "02" },
                       { "E0BF0001000300", "E0820004000102"
                                           "4142" });
  assert_serial (&self);
}

/* Of the window one block is missing: from there on all comes again. */
static void
test_general_gap (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0430001000002C401" },
                       { POSA_TEST_DLMS_RR, "E043000300000209"
                                            "02" },
                       { POSA_TEST_DLMS_RR, "E083000400000241"
                                            "42" },
                       { "E0BF0001000100", "E0430002000102C100" },
                       { POSA_TEST_DLMS_RR, "E043000300010209"
                                            "02" },
                       { POSA_TEST_DLMS_RR, "E083000400010241"
                                            "42" });
  assert_serial (&self);
}

static void
test_general_lost_for_ever (void)
{
  PosaTestDlmsExchange endless[5] = { { "C001C1" GET_SERIAL, "E0010002000002C401" } };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < G_N_ELEMENTS (endless); i++)
    endless[i] = (PosaTestDlmsExchange) { NULL, "E0010002000002C401" };
  posa_test_dlms_init (&self, GENERAL, 512, endless, 4);
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

/* In the middle the meter gives up. */
static void
test_general_aborted (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0010001000002C401" },
                       { "E0BF0001000100", "D80101" });
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

/* A request of 65 bytes to a meter that takes 48; the first block is lost once. */
static void
test_general_request (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, GENERAL, 48,
                       { "E03F0001000027"
                         "C101C1" SET_SERIAL "0932" A20 "41414141",
                         "E0010001000000" },
                       { "E03F0001000027"
                         "C101C1" SET_SERIAL "0932" A20 "41414141",
                         "E0010002000100" },
                       { "E0BF000200001A" A20 "414141414141", "C501C100" });
  g_assert_true (set_long (&self, &error));
  g_assert_no_error (error);
}
int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-blocks/progress", test_progress);
  g_test_add_func ("/dlms-blocks/cut", test_cut);
  g_test_add_func ("/dlms-blocks/out-of-step", test_out_of_step);
  g_test_add_func ("/dlms-blocks/wrong-block", test_wrong_block);
  g_test_add_func ("/dlms-blocks/selection-not-granted", test_selection_not_granted);
  g_test_add_func ("/dlms-blocks/set-in-blocks", test_set_in_blocks);
  g_test_add_func ("/dlms-blocks/set-block-refused", test_set_block_refused);
  g_test_add_func ("/dlms-blocks/set-blocks-not-granted", test_set_blocks_not_granted);
  g_test_add_func ("/dlms-blocks/set-list-in-blocks", test_set_list_in_blocks);
  g_test_add_func ("/dlms-blocks/action-in-blocks", test_action_in_blocks);
  g_test_add_func ("/dlms-blocks/general-blocks", test_general_blocks);
  g_test_add_func ("/dlms-blocks/general-streaming", test_general_streaming);
  g_test_add_func ("/dlms-blocks/general-gap", test_general_gap);
  g_test_add_func ("/dlms-blocks/general-lost-for-ever", test_general_lost_for_ever);
  g_test_add_func ("/dlms-blocks/general-aborted", test_general_aborted);
  g_test_add_func ("/dlms-blocks/general-request", test_general_request);
  return g_test_run ();
}
