/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The services of a DLMS client against simulated meters that grant less, or are odd. */

#include "dlms-rig.h"

#include "base/posa-error.h"
#include "posa-test-j1.h"

static const PosaCosemTarget customer = { 1, { 0, 0, 96, 1, 10, 255 }, 2 };
static const PosaCosemTarget power = { 1, { 0, 0, 94, 39, 20, 255 }, 2 };
static const PosaCosemTarget counter = { 1, { 0, 0, 43, 1, 3, 255 }, 2 };
static const PosaCosemTarget activate = { 20, { 0, 0, 13, 0, 0, 255 }, 1 };

typedef struct
{
  PosaTestSim *sim;
  PosaTestKeyring *keyring;
  PosaPort *port;
  PosaDlmsClient *client;
  PosaLineStats stats;
} Secured;

static PosaTestJ1 *
run_job (const char *setting, PosaLineStats *stats, GError **error)
{
  g_autoptr (PosaTestSim) sim = DLMS_RIG_START ("--no-pace", "--set", setting);
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), error);
  const PosaTestJ1Options options = { 9600, 128, POSA_KEYRING (keyring) };

  return port != NULL ? posa_test_j1_run (port, &options, stats, NULL, error) : NULL;
}

/* All of them must give the same values; at least and at most so many turns. */
static const struct
{
  const char *name, *setting;
  guint least, most;
} oddities[] = {
  { "plain", "max_pdu=512", 25, 39 },
  { "11.22-list-refused", "fault=refuse-list", 60, 90 },
  { "11.22-list-not-granted", "fault=no-list", 60, 90 },
  { "general-blocks", "conformance=20021D", 25, 45 },
  { "11.21-list-in-blocks", "max_pdu=120", 30, 60 },
  { "long-frames", "max_info=2030", 25, 39 },
  { "short-frames", "max_info=48", 70, 130 },
  { "11.23-temporary-failure", "fault=temporary", 25, 90 },
  { "11.20-notification-between", "fault=notify", 30, 60 },
  { "11.15-trailing-bytes", "fault=trailing", 25, 39 },
  { "11.14-general-glo", "fault=general-glo", 25, 39 },
};

/* What an ordinary meter gives: read once. */
static PosaTestJ1 *ordinary;

static void
ensure_ordinary (void)
{
  PosaLineStats stats = { 0 };
  g_autoptr (GError) error = NULL;

  if (ordinary == NULL)
    ordinary = run_job ("max_pdu=1024", &stats, &error);
  g_assert_no_error (error);
}

static void
test_oddity (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  PosaLineStats stats = { 0 };
  g_autoptr (GError) error = NULL;

  ensure_ordinary ();
  g_autoptr (PosaTestJ1) odd = run_job (oddities[row].setting, &stats, &error);
  g_assert_no_error (error);
  g_assert_true (posa_test_j1_equal (odd, ordinary));
  g_test_message ("%u turns, %" G_GUINT64_FORMAT " bytes", stats.round_trips,
                  stats.bytes_tx + stats.bytes_rx);
  if (stats.retries > 0) /* a busy machine */
    return;
  g_assert_cmpuint (stats.round_trips, >=, oddities[row].least);
  g_assert_cmpuint (stats.round_trips, <=, oddities[row].most);
}

static void
test_wrong_invoke_id (void)
{
  PosaLineStats stats = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (run_job ("fault=wrong-invoke", &stats, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

static void
secured_init (Secured *self, PosaTestSim *sim)
{
  const PosaHdlcLinkOptions link = { .server = { .width = 1, .upper = 1 },
                                     .max_info = 128,
                                     .baud = 9600,
                                     .response_us = 1500 * 1000,
                                     .inter_octet_us = 250 * 1000,
                                     .max_retries = 4 };
  g_autoptr (GError) error = NULL;

  self->sim = sim;
  self->keyring = posa_test_keyring_new (NULL);
  self->port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  g_assert_true (posa_port_set_line (self->port, POSA_LINE_8N1 (9600), &error));
  self->client = posa_dlms_client_new (self->port, &link, &self->stats);
  const PosaDlmsAssociationOptions installer = DLMS_RIG_INSTALLER (self->keyring);
  g_assert_true (posa_dlms_client_open (self->client, &installer, NULL, &error));
  g_assert_no_error (error);
}

static void
secured_clear (Secured *self)
{
  posa_dlms_client_close (self->client);
  g_clear_pointer (&self->client, posa_dlms_client_free);
  g_clear_object (&self->port);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->sim, posa_test_sim_stop);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Secured, secured_clear)

static void
assert_customer (Secured *self, const char *wanted)
{
  g_autofree char *text = posa_test_sim_get_text (self->sim, "customer_number");

  g_assert_cmpstr (text, ==, wanted);
}

/* Values longer than the meter's buffer. */
static void
test_set_in_blocks (void)
{
  g_auto (Secured) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (300, 'A');
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_text (text);
  const PosaCosemTarget denied = { 1, { 0, 0, 96, 1, 0, 255 }, 2 };

  secured_init (&self, DLMS_RIG_START ("--no-pace", "--set", "max_pdu=100"));
  g_assert_true (posa_dlms_client_set (self.client, customer, value, NULL, &error));
  g_assert_no_error (error);
  assert_customer (&self, text);
  g_autoptr (PosaCosemValue) back = posa_dlms_client_get (self.client, customer, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (posa_cosem_value_equal (back, value));
  g_assert_false (posa_dlms_client_set (self.client, denied, value, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_ACCESS_DENIED);
}

static void
check_set_list (const char *setting)
{
  g_auto (Secured) self = { 0 };
  g_autoptr (GError) error = NULL;
  const PosaCosemTarget targets[] = { customer, counter, power };
  g_autoptr (PosaCosemValue)
      text = posa_cosem_value_new_text ("a customer of forty characters or so ...");
  g_autoptr (PosaCosemValue) watt = posa_cosem_value_new_integer (POSA_COSEM_UINT32, 4500);
  const PosaCosemValue *values[] = { text, watt, watt };

  secured_init (&self, DLMS_RIG_START ("--no-pace", "--set", setting));
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_set_list (self.client, targets, values, 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_apdu_get_item (answer, 0)->result, ==, POSA_DLMS_SUCCESS);
  g_assert_cmpint (posa_apdu_get_item (answer, 1)->result, ==, POSA_DLMS_READ_WRITE_DENIED);
  g_assert_cmpint (posa_apdu_get_item (answer, 2)->result, ==, POSA_DLMS_SUCCESS);
  assert_customer (&self, "a customer of forty characters or so ...");
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "contract_power_w"), ==, 4500);
}

static void
test_set_list (void)
{
  check_set_list ("max_pdu=512");
}

static void
test_set_list_in_blocks (void)
{
  check_set_list ("max_pdu=90");
}

/* A parameter longer than the meter's buffer, and two methods at once. */
static void
test_action (void)
{
  g_auto (Secured) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (300, 'A');
  g_autoptr (PosaCosemValue) parameter = posa_cosem_value_new_text (text);
  const PosaCosemTarget methods[] = { activate, { 3, { 1, 0, 1, 8, 0, 255 }, 1 } };
  const PosaCosemValue *parameters[] = { parameter, parameter };

  secured_init (&self, DLMS_RIG_START ("--no-pace", "--set", "max_pdu=100"));
  g_assert_true (posa_dlms_client_act (self.client, activate, parameter, NULL, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (PosaApdu)
      answer = posa_dlms_client_act_list (self.client, methods, parameters, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (posa_apdu_get_item (answer, 0)->result, ==, POSA_DLMS_SUCCESS);
  g_assert_cmpint (posa_apdu_get_item (answer, 1)->result, !=, POSA_DLMS_SUCCESS);
}

static void
test_not_granted (void)
{
  g_auto (Secured) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (300, 'A');
  g_autoptr (PosaCosemValue) value = posa_cosem_value_new_text (text);
  const PosaCosemValue *values[] = { value };

  /* neither lists nor blocks, and the meter's buffer is its default */
  secured_init (&self, DLMS_RIG_START ("--no-pace", "--set", "conformance=000019", "--set",
                                       "max_pdu=100"));
  g_assert_false (posa_dlms_client_set (self.client, customer, value, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (posa_dlms_client_set_list (self.client, &customer, values, 1, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (oddities); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim-services/%s", oddities[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_oddity);
    }
  g_test_add_func ("/sim-services/11.19-wrong-invoke-id", test_wrong_invoke_id);
  g_test_add_func ("/sim-services/set-in-blocks", test_set_in_blocks);
  g_test_add_func ("/sim-services/set-list", test_set_list);
  g_test_add_func ("/sim-services/set-list-in-blocks", test_set_list_in_blocks);
  g_test_add_func ("/sim-services/action", test_action);
  g_test_add_func ("/sim-services/not-granted", test_not_granted);
  int result = g_test_run ();
  g_clear_pointer (&ordinary, posa_test_j1_free);
  return result;
}
