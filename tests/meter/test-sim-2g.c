/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The simulated 2G meter seen from outside: frames of a foreign client as recorded, and what the
 * standard says of a meter's link. */

#include "dlms-rig.h"

#include "base/posa-cursor.h"
#include "meter/codec/posa-acse.h"
#include "meter/codec/posa-apdu.h"
#include "meter/codec/posa-cosem-time.h"
#include "meter/codec/posa-hdlc-deframer.h"
#include "meter/codec/posa-initiate.h"
#include "meter/driver/posa-dlms-client.h"

#define ANSWER_US  (3 * G_USEC_PER_SEC)
#define SILENCE_US (400 * 1000)

typedef struct
{
  PosaTestSim *sim;
  PosaPort *port;
  PosaHdlcDeframer *deframer;
  PosaHdlcFrame frame; /* the last answer */
  GByteArray *raw;     /* its bytes */
} Line;

static void
line_start (Line *self, PosaTestSim *sim)
{
  g_autoptr (GError) error = NULL;

  self->sim = sim;
  self->deframer = posa_hdlc_deframer_new ();
  self->raw = g_byte_array_new ();
  self->port = posa_port_open (posa_test_sim_get_port (self->sim), &error);
  g_assert_no_error (error);
  g_assert_true (posa_port_set_line (self->port, POSA_LINE_8N1 (9600), &error));
}

static void
line_init (Line *self)
{
  line_start (self, DLMS_RIG_START ("--no-pace"));
}

static void
line_clear (Line *self)
{
  g_clear_object (&self->port);
  g_clear_pointer (&self->sim, posa_test_sim_stop);
  g_clear_pointer (&self->deframer, posa_hdlc_deframer_free);
  g_clear_pointer (&self->raw, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

/* FALSE when nothing comes. */
static gboolean
receive (Line *self, gint64 patience_us)
{
  gint64 deadline = posa_clock_get_monotonic (posa_port_get_clock (self->port)) + patience_us;
  guint8 bytes[64];
  gssize n;

  while (!posa_hdlc_deframer_next (self->deframer, &self->frame, self->raw))
    {
      n = posa_port_receive (self->port, bytes, sizeof bytes, deadline, NULL, NULL);
      if (n <= 0)
        return FALSE;
      posa_hdlc_deframer_push (self->deframer, bytes, (gsize) n);
    }
  return TRUE;
}

/* Sends the bytes of @frame; FALSE when the meter stays silent. */
static gboolean
ask (Line *self, const char *frame, gint64 patience_us)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (frame, NULL);

  g_assert_nonnull (bytes);
  g_assert_true (posa_port_send (self->port, g_bytes_get_data (bytes, NULL),
                                 g_bytes_get_size (bytes), NULL, NULL));
  return receive (self, patience_us);
}

static void
expect (Line *self, const char *frame, PosaHdlcType type)
{
  g_assert_true (ask (self, frame, ANSWER_US));
  g_assert_cmpint (self->frame.type, ==, type);
  g_assert_true (self->frame.poll);
}

static PosaAcse *
decode_acse (Line *self)
{
  PosaAcse *acse = posa_acse_decode (self->frame.information + 3, self->frame.size - 3, NULL);

  g_assert_nonnull (acse);
  return acse;
}

#define SNRM_16 "7EA0070321930F017E"
#define DISC_16 "7EA00703215303C77E"
#define AARQ_16                                                                                    \
  "7EA0370321106EFBE6E6006029A109060760857405080101A60A04087574697243B2477FBE10040E0100000006"     \
  "5F1F040020525FFFFF6F5F7E"
#define GET_16  "7EA0190321326FD8E6E600C001C0000100002B0100FF0200ECDA7E"
#define RLRQ_16 "7EA011032154873BE6E6006203800100BD9B7E"
#define SNRM_17 "7EA020032393CDEA818014050207EE060207EE070400000001080400000001B5D47E"
#define AARQ_17                                                                                    \
  "7EA04103231001D9E6E6006033A1090607608574050801018A0207808B0760857405080201AC078005477572757"    \
  "8BE10040E01000000065F1F040000FE1DFFFF67987E"

/* The recorded public session of a foreign client. Its counter object has another number here. */
static void
test_foreign_client (void)
{
  g_auto (Line) self = { 0 };

  line_init (&self);
  expect (&self, SNRM_16, POSA_HDLC_UA);
  g_autofree char *ua = posa_hex_encode (self.raw->data, self.raw->len);
  g_assert_cmpstr (ua, ==, "A01E210373C37A818012050180060180070400000001080400000001533B");
  expect (&self, AARQ_16, POSA_HDLC_I);
  g_autoptr (PosaAcse) aare = decode_acse (&self);
  g_assert_cmpint (aare->kind, ==, POSA_ACSE_AARE);
  g_assert_cmpint (aare->result, ==, 0);
  g_assert_cmpint (aare->context, ==, POSA_ACSE_CONTEXT_LN);
  expect (&self, GET_16, POSA_HDLC_I);
  g_autoptr (PosaApdu)
      got = posa_apdu_decode (self.frame.information + 3, self.frame.size - 3, NULL);
  g_assert_cmpint (posa_apdu_get_item (got, 0)->result, ==, POSA_DLMS_OBJECT_UNDEFINED);
  g_assert_cmphex (got->invoke_id, ==, 0xC0);
  expect (&self, RLRQ_16, POSA_HDLC_I);
  g_autoptr (PosaAcse) rlre = decode_acse (&self);
  g_assert_cmpint (rlre->kind, ==, POSA_ACSE_RLRE);
  expect (&self, DISC_16, POSA_HDLC_UA);
  expect (&self, DISC_16, POSA_HDLC_DM);
}

/* A client with a password is none of this meter's: refused, by the rules. */
static void
test_foreign_password (void)
{
  g_auto (Line) self = { 0 };

  line_init (&self);
  expect (&self, SNRM_17, POSA_HDLC_UA);
  expect (&self, AARQ_17, POSA_HDLC_I);
  g_autoptr (PosaAcse) aare = decode_acse (&self);
  g_assert_cmpint (aare->result, ==, 1);
  g_assert_null (aare->user_information);
}

static void
test_duplicate (void)
{
  g_auto (Line) self = { 0 };

  line_init (&self);
  expect (&self, SNRM_16, POSA_HDLC_UA);
  expect (&self, AARQ_16, POSA_HDLC_I);
  g_autofree char *first = posa_hex_encode (self.raw->data, self.raw->len);
  expect (&self, AARQ_16, POSA_HDLC_I);
  g_autofree char *second = posa_hex_encode (self.raw->data, self.raw->len);
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 1);
}

static void
test_silence (void)
{
  g_auto (Line) self = { 0 };

  line_init (&self);
  g_assert_false (ask (&self, "7EA0070321930F027E", SILENCE_US)); /* frame check */
  g_assert_false (ask (&self, "7EA007052193D6D77E", SILENCE_US)); /* another address */
  expect (&self, "7EA00A000200212193A0C47E", POSA_HDLC_UA);
}

static void
test_not_connected (void)
{
  g_auto (Line) self = { 0 };

  line_init (&self);
  expect (&self, AARQ_16, POSA_HDLC_DM);
  expect (&self, DISC_16, POSA_HDLC_DM);
}

static PosaDlmsClient *
new_client (Line *self, PosaLineStats *stats)
{
  const PosaHdlcLinkOptions options = { .server = { .width = 1, .upper = 1 },
                                        .max_info = 128,
                                        .window = 1,
                                        .baud = 9600,
                                        .response_us = 1500 * 1000,
                                        .inter_octet_us = 250 * 1000,
                                        .max_retries = 2 };

  return posa_dlms_client_new (self->port, &options, stats);
}

static gboolean
open_public (PosaDlmsClient *client, GError **error)
{
  const PosaDlmsAssociationOptions options = { .sap = 16 };

  return posa_dlms_client_open (client, &options, NULL, error);
}

static gboolean
open_secured (PosaDlmsClient *client, PosaTestKeyring *keyring, GError **error)
{
  const PosaDlmsAssociationOptions options = DLMS_RIG_INSTALLER (keyring);

  return posa_dlms_client_open (client, &options, NULL, error);
}

/* The list of objects is longer than one message: blocks, and several frames each. */
static void
test_object_list (void)
{
  const PosaCosemTarget list =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_ASSOCIATION, POSA_OBIS (0, 0, 40, 0, 0, 255), 2);
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_auto (Line) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaLineStats stats = { 0 };

  line_init (&self);
  g_autoptr (PosaDlmsClient) client = new_client (&self, &stats);
  g_assert_true (open_public (client, &error));
  g_assert_no_error (error);
  g_autoptr (PosaCosemValue) open = posa_dlms_client_get (client, list, NULL, &error);
  g_assert_no_error (error);
  posa_dlms_client_close (client);
  g_assert_true (open_secured (client, keyring, &error));
  g_assert_no_error (error);
  guint64 before = stats.bytes_rx;
  g_autoptr (PosaCosemValue) all = posa_dlms_client_get (client, list, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_cosem_value_get_n_items (open), ==, 6);
  g_assert_cmpuint (posa_cosem_value_get_n_items (all), ==,
                    posa_test_sim_get_int (self.sim, "objects"));
  g_assert_cmpuint (stats.bytes_rx - before, >, 1024);
  posa_dlms_client_close (client);
}

static gint64
get_item_integer (const PosaCosemValue *row, guint column)
{
  gint64 integer = -1;

  posa_cosem_value_get_integer (posa_cosem_value_get_item (row, column), &integer);
  return integer;
}

#define METER_PDU    640
#define NOTIFICATION 0x000080 /* which our client does not ask for */

/* Client, conformance and sizes of the present association, as its object tells them. */
static void
assert_granted (PosaDlmsClient *client, gint64 sap, guint32 conformance, gint64 client_pdu)
{
  const PosaObis obis = POSA_OBIS (0, 0, 40, 0, 0, 255);
  const PosaCosemTarget targets[] = { POSA_COSEM_TARGET (POSA_DLMS_CLASS_ASSOCIATION, obis, 3),
                                      POSA_COSEM_TARGET (POSA_DLMS_CLASS_ASSOCIATION, obis, 5) };
  const guint8 bits[] = { (guint8) (conformance >> 16), (guint8) (conformance >> 8),
                          (guint8) conformance };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) partners = posa_dlms_client_get (client, targets[0], NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PosaCosemValue) context = posa_dlms_client_get (client, targets[1], NULL, &error);
  g_assert_no_error (error);
  gsize size = 0;

  g_assert_cmpint (get_item_integer (partners, 0), ==, sap);
  const guint8 *granted =
      posa_cosem_value_get_bytes (posa_cosem_value_get_item (context, 0), &size);
  g_assert_cmpmem (granted, 3, bits, sizeof bits);
  g_assert_cmpint (get_item_integer (context, 1), ==, METER_PDU);
  g_assert_cmpint (get_item_integer (context, 2), ==, client_pdu);
  g_assert_cmpint (get_item_integer (context, 3), ==, POSA_DLMS_VERSION);
}

/* What both offer, and no more. */
static void
test_granted (void)
{
  const guint32 offered = POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_GET |
                          POSA_CONFORMANCE_MULTIPLE | POSA_CONFORMANCE_ACTION;
  g_autofree char *setting = g_strdup_printf ("conformance=%06X", offered | NOTIFICATION);
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_auto (Line) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaLineStats stats = { 0 };

  line_start (&self, DLMS_RIG_START ("--no-pace", "--set", "max_pdu=640", "--set", setting));
  g_autoptr (PosaDlmsClient) client = new_client (&self, &stats);
  g_assert_true (open_public (client, &error));
  assert_granted (client, 16, POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_GET, 65533);
  posa_dlms_client_close (client);
  g_assert_true (open_secured (client, keyring, NULL));
  /* It knows the meter now, and asks for blocks that fill whole frames. */
  assert_granted (client, 3, offered, 637);
  posa_dlms_client_close (client);
}

/* The profile of days: one row a day, growing up to the present registers. */
static void
test_daily_profile (void)
{
  const PosaCosemTarget buffer =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE, POSA_OBIS (1, 0, 99, 2, 0, 255), 2);
  g_autoptr (PosaTestKeyring) keyring = posa_test_keyring_new (NULL);
  g_auto (Line) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaLineStats stats = { 0 };
  gint64 total = -1, time = 0;

  line_init (&self);
  g_autoptr (PosaDlmsClient) client = new_client (&self, &stats);
  g_assert_true (open_secured (client, keyring, &error));
  g_assert_no_error (error);
  g_autoptr (PosaCosemValue) days = posa_dlms_client_get (client, buffer, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_cosem_value_get_n_items (days), ==, 60);
  for (guint i = 0; i < 60; i++)
    {
      const PosaCosemValue *row = posa_cosem_value_get_item (days, i);
      gint64 before = time, sum = 0;
      PosaCosemTime stamp;

      g_assert_cmpuint (posa_cosem_value_get_n_items (row), ==, 8);
      g_assert_true (posa_cosem_time_from_value (posa_cosem_value_get_item (row, 0), &stamp));
      g_assert_true (posa_cosem_time_to_utc (&stamp, &time));
      if (i > 0)
        g_assert_cmpint (time - before, ==, 24 * G_TIME_SPAN_HOUR);
      g_assert_cmpint (get_item_integer (row, 1), >=, total);
      total = get_item_integer (row, 1);
      for (guint tier = 1; tier <= 6; tier++)
        sum += get_item_integer (row, 1 + tier);
      g_assert_cmpint (ABS (sum - total), <=, 6);
    }
  g_assert_cmpint (total, <=, posa_test_sim_get_int (self.sim, "registers/1-0:1.8.0"));
  g_assert_cmpint (total, >, 0);
  posa_dlms_client_close (client);
}

/* Nobody writes in public, and what is not open is not there. */
static void
test_public_rights (void)
{
  const PosaCosemTarget customer =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_DATA, POSA_OBIS (0, 0, 96, 1, 10, 255), 2);
  g_autoptr (PosaCosemValue) text = posa_cosem_value_new_text ("000000000");
  g_auto (Line) self = { 0 };
  g_autoptr (GError) error = NULL;
  PosaLineStats stats = { 0 };

  line_init (&self);
  g_autoptr (PosaDlmsClient) client = new_client (&self, &stats);
  g_assert_true (open_public (client, &error));
  g_assert_false (posa_dlms_client_set (client, customer, text, NULL, NULL));
  g_assert_null (posa_dlms_client_get (client, customer, NULL, NULL));
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
  posa_dlms_client_close (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-2g/foreign-client", test_foreign_client);
  g_test_add_func ("/sim-2g/foreign-password", test_foreign_password);
  g_test_add_func ("/sim-2g/duplicate", test_duplicate);
  g_test_add_func ("/sim-2g/silence", test_silence);
  g_test_add_func ("/sim-2g/not-connected", test_not_connected);
  g_test_add_func ("/sim-2g/object-list", test_object_list);
  g_test_add_func ("/sim-2g/granted", test_granted);
  g_test_add_func ("/sim-2g/daily-profile", test_daily_profile);
  g_test_add_func ("/sim-2g/public-rights", test_public_rights);
  return g_test_run ();
}
