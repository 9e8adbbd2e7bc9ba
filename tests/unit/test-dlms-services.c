/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The services of a DLMS client byte by byte, with a meter of given answers. */

#include "meter/driver/posa-dlms-client.h"

#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "posa-test-script.h"

#define PUBLIC_SAP 16
#define MAX_STEPS  24

/* Conformance: all of GET, SET, ACTION, with lists, blocks and selections; the same without blocks
 * of SET; with ACCESS instead of lists. */
#define ALL       "001E1D"
#define NO_BLOCKS "00161D"
#define ACCESS    "001C5D"

#define AS_BEFORE "RR"

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

/* What the client must ask, as an APDU, and what it gets; AS_BEFORE is an RR of the client. */
typedef struct
{
  const char *asks, *answers;
} Exchange;

typedef struct
{
  GPtrArray *texts;
  PosaTestScriptStep steps[MAX_STEPS];
  guint n_steps, n_sent, n_answered;
  PosaTestScript *script;
  PosaDlmsClient *client;
  PosaLineStats stats;
} Raw;

static const char *
keep (Raw *self, char *text)
{
  g_ptr_array_add (self->texts, text);
  return text;
}

/* A frame of the client, or of the meter, in hex. */
static const char *
frame (Raw *self, gboolean from_meter, PosaHdlcFrame frame, const char *apdu)
{
  g_autofree char *text = apdu != NULL ? g_strconcat (from_meter ? "E6E700" : "E6E600", apdu, NULL)
                                       : g_strdup ("");
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  const PosaHdlcAddress meter = { .width = 1, .upper = 1 };

  g_assert_nonnull (bytes);
  frame.destination = from_meter ? POSA_HDLC_CLIENT (PUBLIC_SAP) : meter;
  frame.source = from_meter ? meter : POSA_HDLC_CLIENT (PUBLIC_SAP);
  frame.poll = TRUE;
  frame.information = g_bytes_get_data (bytes, &frame.size);
  posa_hdlc_frame_encode (&frame, out);
  return keep (self, posa_hex_encode (out->data, out->len));
}

static void
add_exchange (Raw *self, const Exchange *exchange)
{
  gboolean is_rr = g_strcmp0 (exchange->asks, AS_BEFORE) == 0;
  PosaHdlcFrame request = { .type = is_rr ? POSA_HDLC_RR : POSA_HDLC_I,
                            .send_sequence = self->n_sent & 7,
                            .receive_sequence = self->n_answered & 7 };
  PosaTestScriptStep *step = &self->steps[self->n_steps++];

  g_assert_cmpuint (self->n_steps, <, MAX_STEPS);
  if (exchange->asks != NULL)
    step->hears = frame (self, FALSE, request, is_rr ? NULL : exchange->asks);
  self->n_sent += !is_rr;
  PosaHdlcFrame answer = { .type = POSA_HDLC_I,
                           .send_sequence = self->n_answered & 7,
                           .receive_sequence = self->n_sent & 7 };
  step->says = exchange->answers != NULL ? frame (self, TRUE, answer, exchange->answers) : "lost";
  self->n_answered++;
}

/* UA and AARE; then the exchanges, and UA to DISC. */
static void
raw_init (Raw *self, const char *conformance, guint pdu, const Exchange *exchanges, guint n)
{
  const PosaHdlcLinkOptions link = { .server = { .width = 1, .upper = 1 },
                                     .max_info = 128,
                                     .baud = 9600,
                                     .response_us = 1500 * 1000,
                                     .inter_octet_us = 250 * 1000,
                                     .max_retries = 1 };
  g_autofree char *aare =
      g_strdup_printf ("6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400%s"
                       "%04X0007",
                       conformance, pdu);
  const Exchange association = { NULL, aare };
  g_autoptr (GError) error = NULL;

  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->steps[self->n_steps++].says =
      frame (self, TRUE, (PosaHdlcFrame) { .type = POSA_HDLC_UA }, NULL);
  add_exchange (self, &association);
  for (guint i = 0; i < n; i++)
    add_exchange (self, &exchanges[i]);
  self->script = posa_test_script_new (self->steps);
  g_assert_true (posa_port_set_line (POSA_PORT (self->script), POSA_LINE_8N1 (9600), NULL));
  self->client = posa_dlms_client_new (POSA_PORT (self->script), &link, &self->stats);
  g_assert_true (posa_dlms_client_open_public (self->client, PUBLIC_SAP, NULL, &error));
  g_assert_no_error (error);
}

#define RAW_INIT(self, conformance, pdu, ...)                                                      \
  raw_init (self, conformance, pdu, (const Exchange[]) { __VA_ARGS__ },                            \
            sizeof ((const Exchange[]) { __VA_ARGS__ }) / sizeof (Exchange))

static void
raw_clear (Raw *self)
{
  posa_test_script_assert_done (self->script);
  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_object (&self->script);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static void
assert_integer (const PosaCosemValue *value, gint64 expected)
{
  gint64 got = 0;

  g_assert_true (posa_cosem_value_get_integer (value, &got));
  g_assert_cmpint (got, ==, expected);
}

static void
assert_text (const PosaCosemValue *value, const char *expected)
{
  g_autofree char *text = posa_cosem_value_dup_text (value);

  g_assert_cmpstr (text, ==, expected);
}

/* Serial number and energy, in one call. */
static void
assert_both (Raw *self)
{
  const PosaCosemTarget targets[] = { serial, energy };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaApdu) answer = posa_dlms_client_get_list (self->client, targets, 2, NULL, &error);

  g_assert_no_error (error);
  assert_text (posa_apdu_get_item (answer, 0)->value, "AB");
  assert_integer (posa_apdu_get_item (answer, 1)->value, 7);
}

static PosaCosemValue *
get (Raw *self, PosaCosemTarget target, GError **error)
{
  return posa_dlms_client_get (self->client, target, NULL, error);
}

/* ---- reading ---- */

static void
test_list (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, ALL, 512,
            { "C003C102" GET_SERIAL GET_ENERGY, "C403C10200" SERIAL_DATA "00" ENERGY_DATA });
  assert_both (&self);
}

/* meters.md 11.21 */
static void
test_list_in_blocks (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, ALL, 512,
            { "C003C102" GET_SERIAL GET_ENERGY, "C402C1000000000100060200" SERIAL_DATA },
            { "C002C100000001", "C402C100000000020003000600" },
            { "C002C100000002", "C402C1010000000300030000"
                                "07" });
  assert_both (&self);
}

/* meters.md 11.22: by an exception, by a single result; and the meter is not asked again. */
static void
test_list_refused (void)
{
  static const char *const refusals[] = { "D80102", "C401C101FA" };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_auto (Raw) self = { 0 };

      RAW_INIT (&self, ALL, 512, { "C003C102" GET_SERIAL GET_ENERGY, refusals[i] },
                { "C001C2" GET_SERIAL, "C401C200" SERIAL_DATA },
                { "C001C3" GET_ENERGY, "C401C300" ENERGY_DATA },
                { "C001C4" GET_SERIAL, "C401C400" SERIAL_DATA },
                { "C001C5" GET_ENERGY, "C401C500" ENERGY_DATA });
      assert_both (&self);
      assert_both (&self);
    }
}

/* Not granted: not tried. */
static void
test_list_not_granted (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, "001C1D", 512, { "C001C1" GET_SERIAL, "C401C100" SERIAL_DATA },
            { "C001C2" GET_ENERGY, "C401C200" ENERGY_DATA });
  assert_both (&self);
}

/* meters.md 11.23: only what lacked is asked for again, a second later. */
static void
test_temporary_failure (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, ALL, 512,
            { "C003C102" GET_SERIAL GET_ENERGY, "C403C1020102"
                                                "00" ENERGY_DATA },
            { "C001C2" GET_SERIAL, "C401C20102" }, { "C001C3" GET_SERIAL, "C401C300" SERIAL_DATA });
  assert_both (&self);
  g_assert_cmpint (posa_test_script_get_elapsed_us (self.script), >=, 2 * G_USEC_PER_SEC);
}

static void
test_temporary_for_ever (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, "C401C10102" },
            { "C001C2" GET_SERIAL, "C401C20102" }, { "C001C3" GET_SERIAL, "C401C30102" },
            { "C001C4" GET_SERIAL, "C401C40102" });
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
}

/* meters.md 11.19 */
static void
test_wrong_invoke_id (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, "C401C200" SERIAL_DATA });
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

/* meters.md 11.20: kept apart, the answer comes when asked for; one that is broken is dropped. */
static void
test_notification_between (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, "0F000000010C07EA0B15060C000000FFC4001105" },
            { AS_BEFORE, "C20000010000610000FF021107" }, { AS_BEFORE, "C2FF" },
            { AS_BEFORE, "C401C100" SERIAL_DATA });
  g_autoptr (PosaCosemValue) value = get (&self, serial, &error);
  g_assert_no_error (error);
  assert_text (value, "AB");
  g_autoptr (PosaApdu) data = posa_dlms_client_take_notification (self.client);
  g_autoptr (PosaApdu) event = posa_dlms_client_take_notification (self.client);
  g_assert_cmpint (data->kind, ==, POSA_APDU_DATA_NOTIFICATION);
  assert_integer (posa_apdu_get_item (data, 0)->value, 5);
  g_assert_cmpint (event->kind, ==, POSA_APDU_EVENT_NOTIFICATION);
  g_assert_cmpint (posa_apdu_get_spec (event, 0)->target.obis.c, ==, 97);
  g_assert_null (posa_dlms_client_take_notification (self.client));
}

static void
test_notifications_without_end (void)
{
  Exchange endless[9] = { { "C001C1" GET_SERIAL, "0F00000001001105" } };
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < G_N_ELEMENTS (endless); i++)
    endless[i] = (Exchange) { AS_BEFORE, "0F00000001001105" };
  raw_init (&self, ALL, 512, endless, G_N_ELEMENTS (endless));
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

/* meters.md 11.15 */
static void
test_trailing_bytes (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, "C401C100" SERIAL_DATA SERIAL_DATA "00" });
  g_autoptr (PosaCosemValue) value = get (&self, serial, &error);
  g_assert_no_error (error);
  assert_text (value, "AB");
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *answer;
    int code;
  } rows[] = {
    { "C401C10103", POSA_ERROR_ACCESS_DENIED },
    { "C401C10104", POSA_ERROR_UNSUPPORTED },
    { "C401C10101", POSA_ERROR_FAILED },
    { "D80101", POSA_ERROR_UNSUPPORTED },
    { "D80105", POSA_ERROR_ACCESS_DENIED },
    { "D8010600000293", POSA_ERROR_ACCESS_DENIED },
    { "0E010601", POSA_ERROR_UNSUPPORTED },
    { "C501C100", POSA_ERROR_INVALID_DATA },
    { "C403C1020104"
      "0104",
      POSA_ERROR_INVALID_DATA },
    { "E0", POSA_ERROR_INVALID_DATA },
    { "C401C100", POSA_ERROR_INVALID_DATA },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Raw) self = { 0 };
      g_autoptr (GError) error = NULL;

      RAW_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, rows[i].answer });
      g_assert_null (get (&self, serial, &error));
      g_assert_error (error, POSA_ERROR, rows[i].code);
    }
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
get_rows (Raw *self, GError **error)
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
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) progress = g_string_new (NULL);

  RAW_INIT (&self, ALL, 512,
            { "C001C1" GET_ROWS, "C402C1000000000100"
                                 "12" FIRST_ROWS },
            { "C002C100000001", "C402C1010000000200"
                                "05"
                                "0901431103" });
  posa_dlms_client_set_progress (self.client, note_progress_cb, progress);
  g_autoptr (PosaCosemValue) rows = get_rows (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_cosem_value_get_n_items (rows), ==, 3);
  assert_integer (posa_cosem_value_get_item (posa_cosem_value_get_item (rows, 2), 1), 3);
  g_assert_cmpstr (progress->str, ==, "18 23 ");
  g_assert_null (posa_dlms_client_take_partial (self.client));
}

/* The line dies behind the first block: its two whole rows are not lost. */
static void
test_cut (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 512,
            { "C001C1" GET_ROWS, "C402C1000000000100"
                                 "12" FIRST_ROWS },
            { "C002C100000001", NULL });
  g_assert_null (get_rows (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_autoptr (PosaCosemValue) rows = posa_dlms_client_take_partial (self.client);
  g_assert_cmpuint (posa_cosem_value_get_n_items (rows), ==, 2);
  assert_integer (posa_cosem_value_get_item (posa_cosem_value_get_item (rows, 1), 1), 2);
  g_assert_null (posa_dlms_client_take_partial (self.client));
}

/* A meter that has lost its place is asked from the beginning, once. */
static void
test_out_of_step (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 512,
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
  assert_text (value, "AB");
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
test_wrong_block (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 512,
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
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  raw_init (&self, "001E19", 512, NULL, 0);
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
set_long (Raw *self, GError **error)
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
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, ALL, 48,
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
      g_auto (Raw) self = { 0 };
      g_autoptr (GError) error = NULL;

      RAW_INIT (&self, ALL, 48, { NULL, rows[i].answer });
      g_assert_false (set_long (&self, &error));
      g_assert_error (error, POSA_ERROR, rows[i].code);
    }
}

static void
test_set_blocks_not_granted (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  raw_init (&self, NO_BLOCKS, 48, NULL, 0);
  g_assert_false (set_long (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

static void
set_two (Raw *self)
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
test_set_list (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, ALL, 512,
            { "C104C102" GET_SERIAL GET_ENERGY "02" SERIAL_DATA ENERGY_DATA, "C505C1020003" });
  set_two (&self);
}

static void
test_set_list_in_blocks (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, ALL, 33,
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

/* ---- methods ---- */

static void
test_method_returns (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) zero = posa_cosem_value_new_integer (POSA_COSEM_INT8, 0);
  PosaCosemValue *returned = NULL;

  RAW_INIT (&self, ALL, 512, { "C301C1" RELAY_METHOD "010F00", "C701C1000100" SERIAL_DATA },
            { "C301C2" RELAY_METHOD "00", "C701C20000" },
            { "C301C3" RELAY_METHOD "00", "C701C300010103" },
            { "C301C4" RELAY_METHOD "00", "C701C40300" });
  g_assert_true (posa_dlms_client_act (self.client, relay, zero, &returned, NULL, &error));
  assert_text (returned, "AB");
  g_clear_pointer (&returned, posa_cosem_value_free);
  g_assert_true (posa_dlms_client_act (self.client, relay, NULL, &returned, NULL, &error));
  g_assert_null (returned);
  g_assert_true (posa_dlms_client_act (self.client, relay, NULL, &returned, NULL, &error));
  g_assert_null (returned);
  g_assert_no_error (error);
  g_assert_false (posa_dlms_client_act (self.client, relay, NULL, &returned, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
}

/* Blocks there and back. */
static void
test_action_in_blocks (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (38, 'A');
  g_autoptr (PosaCosemValue) parameter = posa_cosem_value_new_text (text);
  PosaCosemValue *returned = NULL;

  RAW_INIT (&self, ALL, 42,
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
  assert_text (returned, "AB");
  posa_cosem_value_free (returned);
}

static void
test_action_list (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;
  const PosaCosemTarget methods[] = { relay, relay };
  g_autoptr (PosaCosemValue) zero = posa_cosem_value_new_integer (POSA_COSEM_INT8, 0);
  const PosaCosemValue *parameters[] = { zero, zero };

  RAW_INIT (&self, ALL, 512,
            { "C303C102" RELAY_METHOD RELAY_METHOD "020F000F00", "C703C102"
                                                                 "000100" SERIAL_DATA "0C00" });
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_act_list (self.client, methods, parameters, 2, NULL, &error);
  g_assert_no_error (error);
  assert_text (posa_apdu_get_item (answer, 0)->value, "AB");
  g_assert_cmpint (posa_apdu_get_item (answer, 1)->result, ==, POSA_DLMS_TYPE_UNMATCHED);
}

/* A meter that knows no lists but ACCESS. */
static void
test_access (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, ACCESS, 512,
            { "D9C0000001"
              "00"
              "02"
              "01"
              "00010000600100FF02"
              "01"
              "00030100010800FF02"
              "020000",
              "DAC0000001"
              "00"
              "00"
              "02" SERIAL_DATA ENERGY_DATA "0201000100" });
  assert_both (&self);
}

/* ---- general block transfer ---- */

/* Without blocks of the services themselves. */
#define GENERAL "20021D"

static void
assert_serial (Raw *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = get (self, serial, &error);

  g_assert_no_error (error);
  assert_text (value, "AB");
}

/* Each block is asked for by acknowledging the one before. */
static void
test_general_blocks (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0010001000004C401C100" },
            { "E0BF0001000100", "E001000200010209"
                                "02" },
            { "E0BF0002000200", "E08100030002024142" });
  assert_serial (&self);
}

/* A window that comes in a row. */
static void
test_general_streaming (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0420001000002C401" },
            { AS_BEFORE, "E0420002000002C100" },
            { AS_BEFORE, "E002000300000209"
                         "02" },
            { "E0BF0001000300", "E0820004000102"
                                "4142" });
  assert_serial (&self);
}

/* Of the window one block is missing: from there on all comes again. */
static void
test_general_gap (void)
{
  g_auto (Raw) self = { 0 };

  RAW_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0430001000002C401" },
            { AS_BEFORE, "E043000300000209"
                         "02" },
            { AS_BEFORE, "E083000400000241"
                         "42" },
            { "E0BF0001000100", "E0430002000102C100" },
            { AS_BEFORE, "E043000300010209"
                         "02" },
            { AS_BEFORE, "E083000400010241"
                         "42" });
  assert_serial (&self);
}

static void
test_general_lost_for_ever (void)
{
  Exchange endless[5] = { { "C001C1" GET_SERIAL, "E0010002000002C401" } };
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < G_N_ELEMENTS (endless); i++)
    endless[i] = (Exchange) { NULL, "E0010002000002C401" };
  raw_init (&self, GENERAL, 512, endless, 4);
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

/* In the middle the meter gives up. */
static void
test_general_aborted (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, GENERAL, 512, { "C001C1" GET_SERIAL, "E0010001000002C401" },
            { "E0BF0001000100", "D80101" });
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

/* A request of 65 bytes to a meter that takes 48; the first block is lost once. */
static void
test_general_request (void)
{
  g_auto (Raw) self = { 0 };
  g_autoptr (GError) error = NULL;

  RAW_INIT (&self, GENERAL, 48,
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
  g_test_add_func ("/dlms-services/list", test_list);
  g_test_add_func ("/dlms-services/list-in-blocks", test_list_in_blocks);
  g_test_add_func ("/dlms-services/list-refused", test_list_refused);
  g_test_add_func ("/dlms-services/list-not-granted", test_list_not_granted);
  g_test_add_func ("/dlms-services/temporary-failure", test_temporary_failure);
  g_test_add_func ("/dlms-services/temporary-for-ever", test_temporary_for_ever);
  g_test_add_func ("/dlms-services/wrong-invoke-id", test_wrong_invoke_id);
  g_test_add_func ("/dlms-services/notification-between", test_notification_between);
  g_test_add_func ("/dlms-services/notifications-without-end", test_notifications_without_end);
  g_test_add_func ("/dlms-services/trailing-bytes", test_trailing_bytes);
  g_test_add_func ("/dlms-services/refusals", test_refusals);
  g_test_add_func ("/dlms-services/progress", test_progress);
  g_test_add_func ("/dlms-services/cut", test_cut);
  g_test_add_func ("/dlms-services/out-of-step", test_out_of_step);
  g_test_add_func ("/dlms-services/wrong-block", test_wrong_block);
  g_test_add_func ("/dlms-services/selection-not-granted", test_selection_not_granted);
  g_test_add_func ("/dlms-services/set-in-blocks", test_set_in_blocks);
  g_test_add_func ("/dlms-services/set-block-refused", test_set_block_refused);
  g_test_add_func ("/dlms-services/set-blocks-not-granted", test_set_blocks_not_granted);
  g_test_add_func ("/dlms-services/set-list", test_set_list);
  g_test_add_func ("/dlms-services/set-list-in-blocks", test_set_list_in_blocks);
  g_test_add_func ("/dlms-services/method-returns", test_method_returns);
  g_test_add_func ("/dlms-services/action-in-blocks", test_action_in_blocks);
  g_test_add_func ("/dlms-services/action-list", test_action_list);
  g_test_add_func ("/dlms-services/access", test_access);
  g_test_add_func ("/dlms-services/general-blocks", test_general_blocks);
  g_test_add_func ("/dlms-services/general-streaming", test_general_streaming);
  g_test_add_func ("/dlms-services/general-gap", test_general_gap);
  g_test_add_func ("/dlms-services/general-lost-for-ever", test_general_lost_for_ever);
  g_test_add_func ("/dlms-services/general-aborted", test_general_aborted);
  g_test_add_func ("/dlms-services/general-request", test_general_request);
  return g_test_run ();
}
