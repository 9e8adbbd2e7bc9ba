/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The services of a DLMS client byte by byte, with a meter of given answers. */

#include "posa-test-dlms.h"

#include "base/posa-error.h"

/* Conformance: all of GET, SET, ACTION, with lists, blocks and selections; with ACCESS instead of
 * lists. */
#define ALL    "001E1D"
#define ACCESS "001C5D"

static const PosaCosemTarget serial = { 1, { 0, 0, 96, 1, 0, 255 }, 2 };
static const PosaCosemTarget energy = { 3, { 1, 0, 1, 8, 0, 255 }, 2 };
static const PosaCosemTarget relay = { 70, { 0, 0, 96, 3, 10, 255 }, 1 };
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
/* Serial number and energy, in one call. */
static void
assert_both (PosaTestDlms *self)
{
  const PosaCosemTarget targets[] = { serial, energy };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaApdu) answer = posa_dlms_client_get_list (self->client, targets, 2, NULL, &error);

  g_assert_no_error (error);
  posa_test_dlms_assert_text (posa_apdu_get_item (answer, 0)->value, "AB");
  posa_test_dlms_assert_integer (posa_apdu_get_item (answer, 1)->value, 7);
}

static PosaCosemValue *
get (PosaTestDlms *self, PosaCosemTarget target, GError **error)
{
  return posa_dlms_client_get (self->client, target, NULL, error);
}

static void
test_list (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C003C102" GET_SERIAL GET_ENERGY,
                         "C403C10200" SERIAL_DATA "00" ENERGY_DATA });
  assert_both (&self);
}

static void
test_list_in_blocks (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C003C102" GET_SERIAL GET_ENERGY, "C402C1000000000100060200" SERIAL_DATA },
                       { "C002C100000001", "C402C100000000020003000600" },
                       { "C002C100000002", "C402C1010000000300030000"
                                           "07" });
  assert_both (&self);
}

/* By an exception, by a single result; and the meter is not asked again. */
static void
test_list_refused (void)
{
  static const char *const refusals[] = { "D80102", "C401C101FA" };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_auto (PosaTestDlms) self = { 0 };

      POSA_TEST_DLMS_INIT (&self, ALL, 512, { "C003C102" GET_SERIAL GET_ENERGY, refusals[i] },
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
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, "001C1D", 512, { "C001C1" GET_SERIAL, "C401C100" SERIAL_DATA },
                       { "C001C2" GET_ENERGY, "C401C200" ENERGY_DATA });
  assert_both (&self);
}

/* Only what lacked is asked for again, a second later. */
static void
test_temporary_failure (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C003C102" GET_SERIAL GET_ENERGY, "C403C1020102"
                                                           "00" ENERGY_DATA },
                       { "C001C2" GET_SERIAL, "C401C20102" },
                       { "C001C3" GET_SERIAL, "C401C300" SERIAL_DATA });
  assert_both (&self);
  g_assert_cmpint (posa_test_script_get_elapsed_us (self.script), >=, 2 * G_USEC_PER_SEC);
}

static void
test_temporary_for_ever (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, "C401C10102" },
                       { "C001C2" GET_SERIAL, "C401C20102" }, { "C001C3" GET_SERIAL, "C401C30102" },
                       { "C001C4" GET_SERIAL, "C401C40102" });
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
}

static void
test_wrong_invoke_id (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, "C401C200" SERIAL_DATA });
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

/* Kept apart, and the answer comes when asked for; also behind a broken one. */
static void
test_notification_between (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C001C1" GET_SERIAL, "0F000000010C07EA0B15060C000000FFC4001105" },
                       { POSA_TEST_DLMS_RR, "C20000010000610000FF021107" },
                       { POSA_TEST_DLMS_RR, "C2FF" },
                       { POSA_TEST_DLMS_RR, "C401C100" SERIAL_DATA });
  g_autoptr (PosaCosemValue) value = get (&self, serial, &error);
  g_assert_no_error (error);
  posa_test_dlms_assert_text (value, "AB");
}

static void
test_notifications_without_end (void)
{
  PosaTestDlmsExchange endless[9] = { { "C001C1" GET_SERIAL, "0F00000001001105" } };
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < G_N_ELEMENTS (endless); i++)
    endless[i] = (PosaTestDlmsExchange) { POSA_TEST_DLMS_RR, "0F00000001001105" };
  posa_test_dlms_init (&self, ALL, 512, endless, G_N_ELEMENTS (endless));
  g_assert_null (get (&self, serial, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
test_trailing_bytes (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C001C1" GET_SERIAL, "C401C100" SERIAL_DATA SERIAL_DATA "00" });
  g_autoptr (PosaCosemValue) value = get (&self, serial, &error);
  g_assert_no_error (error);
  posa_test_dlms_assert_text (value, "AB");
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
      g_auto (PosaTestDlms) self = { 0 };
      g_autoptr (GError) error = NULL;

      POSA_TEST_DLMS_INIT (&self, ALL, 512, { "C001C1" GET_SERIAL, rows[i].answer });
      g_assert_null (get (&self, serial, &error));
      g_assert_error (error, POSA_ERROR, rows[i].code);
    }
}

/* ---- writing ---- */

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
test_set_list (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C104C102" GET_SERIAL GET_ENERGY "02" SERIAL_DATA ENERGY_DATA,
                         "C505C1020003" });
  set_two (&self);
}

/* Both are written whatever becomes of the list. */
static void
test_set_list_refused (void)
{
  static const char *const refusals[] = { "D80102", "C501C1FA" };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_auto (PosaTestDlms) self = { 0 };

      POSA_TEST_DLMS_INIT (&self, ALL, 512,
                           { "C104C102" GET_SERIAL GET_ENERGY "02" SERIAL_DATA ENERGY_DATA,
                             refusals[i] },
                           { "C101C2" GET_SERIAL SERIAL_DATA, "C501C200" },
                           { "C101C3" GET_ENERGY ENERGY_DATA, "C501C303" });
      set_two (&self);
    }
}

static void
test_set_list_not_granted (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, "001C1D", 512, { "C101C1" GET_SERIAL SERIAL_DATA, "C501C100" },
                       { "C101C2" GET_ENERGY ENERGY_DATA, "C501C203" });
  set_two (&self);
}

/* ---- methods ---- */

static void
test_method_returns (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) zero = posa_cosem_value_new_integer (POSA_COSEM_INT8, 0);
  PosaCosemValue *returned = NULL;

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C301C1" RELAY_METHOD "010F00", "C701C1000100" SERIAL_DATA },
                       { "C301C2" RELAY_METHOD "00", "C701C20000" },
                       { "C301C3" RELAY_METHOD "00", "C701C300010103" },
                       { "C301C4" RELAY_METHOD "00", "C701C40300" });
  g_assert_true (posa_dlms_client_act (self.client, relay, zero, &returned, NULL, &error));
  posa_test_dlms_assert_text (returned, "AB");
  g_clear_pointer (&returned, posa_cosem_value_free);
  g_assert_true (posa_dlms_client_act (self.client, relay, NULL, &returned, NULL, &error));
  g_assert_null (returned);
  g_assert_true (posa_dlms_client_act (self.client, relay, NULL, &returned, NULL, &error));
  g_assert_null (returned);
  g_assert_no_error (error);
  g_assert_false (posa_dlms_client_act (self.client, relay, NULL, &returned, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
}

static void
test_action_list (void)
{
  g_auto (PosaTestDlms) self = { 0 };
  g_autoptr (GError) error = NULL;
  const PosaCosemTarget methods[] = { relay, relay };
  g_autoptr (PosaCosemValue) zero = posa_cosem_value_new_integer (POSA_COSEM_INT8, 0);
  const PosaCosemValue *parameters[] = { zero, zero };

  POSA_TEST_DLMS_INIT (&self, ALL, 512,
                       { "C303C102" RELAY_METHOD RELAY_METHOD "020F000F00",
                         "C703C102"
                         "000100" SERIAL_DATA "0C00" });
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_act_list (self.client, methods, parameters, 2, NULL, &error);
  g_assert_no_error (error);
  posa_test_dlms_assert_text (posa_apdu_get_item (answer, 0)->value, "AB");
  g_assert_cmpint (posa_apdu_get_item (answer, 1)->result, ==, POSA_DLMS_TYPE_UNMATCHED);
}

/* A meter that knows no lists but ACCESS. */
static void
test_access (void)
{
  g_auto (PosaTestDlms) self = { 0 };

  POSA_TEST_DLMS_INIT (&self, ACCESS, 512,
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
int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-services/list", test_list);
  g_test_add_func ("/dlms-services/11.21-list-in-blocks", test_list_in_blocks);
  g_test_add_func ("/dlms-services/11.22-list-refused", test_list_refused);
  g_test_add_func ("/dlms-services/list-not-granted", test_list_not_granted);
  g_test_add_func ("/dlms-services/11.23-temporary-failure", test_temporary_failure);
  g_test_add_func ("/dlms-services/temporary-for-ever", test_temporary_for_ever);
  g_test_add_func ("/dlms-services/11.19-wrong-invoke-id", test_wrong_invoke_id);
  g_test_add_func ("/dlms-services/11.20-notification-between", test_notification_between);
  g_test_add_func ("/dlms-services/notifications-without-end", test_notifications_without_end);
  g_test_add_func ("/dlms-services/11.15-trailing-bytes", test_trailing_bytes);
  g_test_add_func ("/dlms-services/refusals", test_refusals);
  g_test_add_func ("/dlms-services/set-list", test_set_list);
  g_test_add_func ("/dlms-services/set-list-refused", test_set_list_refused);
  g_test_add_func ("/dlms-services/set-list-not-granted", test_set_list_not_granted);
  g_test_add_func ("/dlms-services/method-returns", test_method_returns);
  g_test_add_func ("/dlms-services/action-list", test_action_list);
  g_test_add_func ("/dlms-services/access", test_access);
  return g_test_run ();
}
