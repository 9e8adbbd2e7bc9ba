/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "dlms-rig.h"

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-client.h"

#include <string.h>

static void
test_read (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self,
                 DLMS_RIG_START ("--no-pace", "--set", "clock_offset=-40", "--set", "status=21"));
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reading->meter.serial, ==, DLMS_RIG_SERIAL);
  g_assert_cmpstr (reading->meter.manufacturer, ==, "PSA");
  g_assert_cmpstr (reading->meter.firmware, ==, "2G.1.04");
  g_assert_null (reading->meter.customer_number);
  g_assert_cmpint (reading->meter.kind, ==, POSA_METER_KIND_G2_SINGLE);
  g_assert_cmpstr (reading->profile_id, ==, "posa-2g-single");
  g_assert_cmpstr (reading->status_raw, ==, "00000021");
  g_assert_cmpstr (reading->status_flags[0], ==, "clock-lost");
  g_assert_cmpstr (reading->status_flags[1], ==, "reverse-flow");
  g_assert_cmpint (ABS (posa_reading_set_get_drift_s (reading) + 40), <=, 1);
  dlms_rig_assert_registers (&self, reading);
  g_test_message ("read: %" G_GUINT64_FORMAT " bytes sent, %" G_GUINT64_FORMAT
                  " received, %u round trips",
                  reading->line.bytes_tx, reading->line.bytes_rx, reading->line.round_trips);
}

/* Nothing is known of the meter: the other sign-on is tried first, in vain. */
static void
test_any (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (self.sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaMeter) meter =
      posa_meter_open (port, POSA_METER_ANY, NULL, POSA_KEYRING (self.keyring), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (posa_meter_get_nameplate (meter)->serial, ==, DLMS_RIG_SERIAL);
}

static void
test_totals (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read_totals (meter, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reading->registers->len, ==, 1);
  g_assert_cmpint (reading->kind, ==, POSA_READING_SECOND);
}

static void
assert_value (GPtrArray *values, guint i, const char *name, const char *written)
{
  const PosaVerifiedValue *value = g_ptr_array_index (values, i);

  g_assert_cmpstr (value->name, ==, name);
  if (written != NULL)
    {
      g_assert_cmpstr (value->written, ==, written);
      g_assert_cmpstr (value->read_back, ==, written);
    }
  g_test_message ("%s: before %s | written %s | read back %s", value->name, value->before,
                  value->written, value->read_back);
}

/* @data: services that the meter grants. */
static void
test_commission (gconstpointer data)
{
  g_autofree char *setting = g_strconcat ("conformance=", (const char *) data, NULL);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", setting));
  g_autoptr (GPtrArray) values = dlms_rig_commission (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (values->len, ==, 7);
  assert_value (values, 0, "clock", NULL);
  assert_value (values, 1, "tariff_table", "F1F2F3, 9 switch times");
  assert_value (values, 2, "special_days", NULL);
  assert_value (values, 3, "contract_power", "3000 W");
  assert_value (values, 4, "limiter", "3300 W, on");
  assert_value (values, 5, "customer_number", "123456789");
  assert_value (values, 6, "supply", "connected");
  dlms_rig_assert_commissioned (&self);

  /* Once more: nothing is left to write. */
  gint64 n_writes = posa_test_sim_get_int (self.sim, "writes");
  g_autoptr (GPtrArray) again = dlms_rig_commission (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, n_writes);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_moves"), ==, 1);
  g_autoptr (PosaReadingSet) reading = dlms_rig_read (&self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reading->meter.customer_number, ==, "123456789");
  g_assert_cmpint (ABS (posa_reading_set_get_drift_s (reading)), <=, 1);
  dlms_rig_assert_registers (&self, reading);
}

/* The limiter counts in the scale of the power that it watches. */
static void
test_scaled_limiter (void)
{
  static const struct
  {
    const char *setting;
    gint64 raw;
  } scales[] = { { "power_scaler=1", 330 }, { "power_scaler=-1", 33000 } };

  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_auto (DlmsRig) self = { 0 };
      g_autoptr (GError) error = NULL;

      dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", scales[i].setting));
      g_autoptr (GPtrArray) values = dlms_rig_commission (&self, &error);
      g_assert_no_error (error);
      assert_value (values, 4, "limiter", "3300 W, on");
      g_assert_cmpint (posa_test_sim_get_int (self.sim, "limiter_w"), ==, scales[i].raw);
    }
}

static void
test_relay (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "relay=closed"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  g_assert_true (posa_meter_test_relay (meter, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_moves"), ==, 2);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_closed"), ==, 1);
}

/* Each: a setting of the meter, the error of a commissioning, a word of its message. */
static const struct
{
  const char *setting;
  int code;
  const char *message;
} refusals[] = {
  { "fault=no-write:0-0:96.1.10", POSA_ERROR_NOT_VERIFIED, "customer_number" },
  { "fault=no-write:0-0:1.0.0", POSA_ERROR_NOT_VERIFIED, "clock" },
  { "fault=no-write:0-0:13.0.0", POSA_ERROR_NOT_VERIFIED, "tariff_table" },
  { "fault=no-write:0-0:11.0.0", POSA_ERROR_NOT_VERIFIED, "special_days" },
  { "fault=deny-write:0-0:13.0.0", POSA_ERROR_ACCESS_DENIED, "tariff_table: writing 0-0:13.0.0" },
  { "fault=deny-write:0-0:11.0.0", POSA_ERROR_ACCESS_DENIED, "special_days" },
  { "omit=0-0:11.0.0", POSA_ERROR_UNSUPPORTED, "special_days" },
  { "fault=no-write:0-0:17.0.0", POSA_ERROR_NOT_VERIFIED, "limiter" },
  { "fault=no-write:0-0:94.39.20", POSA_ERROR_NOT_VERIFIED, "contract_power" },
  { "fault=deny-write:0-0:17.0.0", POSA_ERROR_ACCESS_DENIED, "limiter" },
  { "omit=0-0:94.39.20", POSA_ERROR_UNSUPPORTED, "contract_power" },
  { "fault=no-close", POSA_ERROR_NOT_VERIFIED, "supply" },
  { "control_mode=1", POSA_ERROR_NOT_VERIFIED, "button" },
  { "fault=weak-answer", POSA_ERROR_ACCESS_DENIED, "without the agreed protection" },
  { "fault=replay", POSA_ERROR_ACCESS_DENIED, "repeated answer" },
  { "fault=bad-tag", POSA_ERROR_ACCESS_DENIED, "authentication tag" },
  { "fault=reflect", POSA_ERROR_ACCESS_DENIED, "challenge" },
  { "fault=wrong-invoke", POSA_ERROR_INVALID_DATA, "another question" },
  { "client_counter=4294967200", POSA_ERROR_ACCESS_DENIED, "used up" },
  { "power_scaler=3", POSA_ERROR_UNSUPPORTED, "steps of 1000 W" },
};

static void
test_refusal (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", refusals[row].setting));
  g_autoptr (GPtrArray) values = dlms_rig_commission (&self, &error);
  g_assert_error (error, POSA_ERROR, refusals[row].code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, refusals[row].message));
  g_assert_null (values);
  if (!g_str_equal (refusals[row].setting, "fault=no-close"))
    g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_closed"), ==, 0);
}

static void
test_wrong_key (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  posa_test_keyring_spoil (self.keyring);
  g_assert_null (dlms_rig_commission (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "ask the office"));
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
}

static void
test_no_key (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  posa_test_keyring_forget (self.keyring);
  g_assert_null (dlms_rig_commission (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
  g_clear_error (&error);

  g_clear_object (&self.keyring);
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (self.sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaMeter)
      meter = posa_meter_open (port, POSA_METER_SECOND_GENERATION, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (posa_meter_get_nameplate (meter)->serial, ==, DLMS_RIG_SERIAL);
  g_assert_null (posa_meter_read (meter, POSA_READING_CHECK, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_KEY_MISSING);
}

static void
test_wrong_meter (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  self.plan.serial = "2600000043";
  g_assert_null (dlms_rig_commission (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_WRONG_METER);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 1); /* the public one */
}

/* A message with an old counter: the meter says which one it expects, and is asked once more. */
static void
test_replayed_request (void)
{
  const PosaHdlcLinkOptions options = { .server = { .width = 1, .upper = 1 },
                                        .max_info = 128,
                                        .window = 1,
                                        .baud = 9600,
                                        .response_us = 1500 * 1000,
                                        .inter_octet_us = 250 * 1000,
                                        .max_retries = 2 };
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaLineStats stats = { 0 };

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "client_counter=70"));
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (self.sim), &error);
  g_assert_no_error (error);
  g_assert_true (posa_port_set_line (port, POSA_LINE_8N1 (9600), &error));
  g_autoptr (PosaDlmsClient) client = posa_dlms_client_new (port, &options, &stats);
  const PosaDlmsAssociationOptions installer = DLMS_RIG_INSTALLER (self.keyring);
  g_assert_true (posa_dlms_client_open (client, &installer, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "refused"), ==, 1);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "client_counter"), ==, 73);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 1);
  posa_dlms_client_close (client);
}

static void
test_echo (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--echo"));
  g_autoptr (GPtrArray) values = dlms_rig_commission (&self, &error);
  g_assert_no_error (error);
  dlms_rig_assert_commissioned (&self);
}

/* The meter forgot us while the crew was thinking: the next reading starts anew. */
static void
test_idle (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "inactivity=3"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  g_autoptr (PosaReadingSet) first = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  g_usleep (5000 * 1000);
  g_assert_null (posa_meter_read (meter, POSA_READING_CHECK, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_autoptr (PosaReadingSet) second = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  dlms_rig_assert_registers (&self, second);
}

static void
test_unplugged (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  posa_test_sim_kill (self.sim);
  g_assert_null (posa_meter_read (meter, POSA_READING_CHECK, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
}

static gpointer
cancel_later (gpointer operation)
{
  g_usleep (300 * 1000);
  posa_operation_cancel (operation);
  return NULL;
}

static void
test_cancel (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaOperation) operation = posa_operation_new ("test");

  dlms_rig_init (&self, DLMS_RIG_START ("--pace"));
  g_autoptr (PosaMeter) meter = dlms_rig_open (&self, &error);
  g_assert_no_error (error);
  GThread *thread = g_thread_new ("cancel", cancel_later, operation);
  g_assert_null (posa_meter_read (meter, POSA_READING_CHECK, operation, &error));
  g_thread_join (thread);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_clear_error (&error);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  dlms_rig_assert_registers (&self, reading);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-session/read", test_read);
  g_test_add_func ("/dlms-session/any", test_any);
  g_test_add_func ("/dlms-session/totals", test_totals);
  g_test_add_data_func ("/dlms-session/commission/lists", "001E1D", test_commission);
  g_test_add_data_func ("/dlms-session/commission/no-lists", "001C1D", test_commission);
  g_test_add_func ("/dlms-session/scaled-limiter", test_scaled_limiter);
  g_test_add_func ("/dlms-session/relay", test_relay);
  g_test_add_func ("/dlms-session/wrong-key", test_wrong_key);
  g_test_add_func ("/dlms-session/no-key", test_no_key);
  g_test_add_func ("/dlms-session/wrong-meter", test_wrong_meter);
  g_test_add_func ("/dlms-session/replayed-request", test_replayed_request);
  g_test_add_func ("/dlms-session/echo", test_echo);
  g_test_add_func ("/dlms-session/idle", test_idle);
  g_test_add_func ("/dlms-session/unplugged", test_unplugged);
  g_test_add_func ("/dlms-session/cancel", test_cancel);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *name = g_strconcat ("/dlms-session/refused/", refusals[i].setting, NULL);
      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_refusal);
    }
  return g_test_run ();
}
