/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What is done with a 2G meter beside reading and commissioning it: profiles, log books, clock,
 * a look at a plan, three phases, and the classes by themselves, against the meter's own dump. */

#include "dlms-rig.h"

#include "base/posa-error.h"
#include "meter/codec/posa-cosem-time.h"
#include "meter/driver/posa-dlms-client.h"

#include <string.h>

#define CHANNELS "profile_channels=A+,A-,R1,V1,R4"
#define NULLS    "profile_nulls=yes"

#define QUARTER_US (15 * G_TIME_SPAN_MINUTE)
/* Midnight, UTC, within the 60 days that the meter keeps. */
#define DAY_US(days_ago)                                                                           \
  (g_get_real_time () / G_TIME_SPAN_DAY * G_TIME_SPAN_DAY - (days_ago) * G_TIME_SPAN_DAY)

static PosaMeter *
open_meter (DlmsRig *self)
{
  g_autoptr (GError) error = NULL;
  PosaMeter *meter = dlms_rig_open (self, &error);

  g_assert_no_error (error);
  return meter;
}

static PosaLoadProfile *
read_profile (DlmsRig *self, gint64 from_us, gint64 to_us)
{
  g_autoptr (PosaMeter) meter = open_meter (self);
  g_autoptr (GError) error = NULL;
  PosaLoadProfile *profile = posa_load_profile_new ();

  posa_meter_read_load_profile (meter, from_us, to_us, profile, NULL, &error);
  g_assert_no_error (error);
  return profile;
}

static const PosaLoadInterval *
interval_at (const PosaLoadProfile *profile, guint i)
{
  return &g_array_index (profile->intervals, PosaLoadInterval, i);
}

static void
test_load_profile (void)
{
  g_auto (DlmsRig) self = { 0 };
  gint64 from = DAY_US (5), to = DAY_US (4);

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaLoadProfile) profile = read_profile (&self, from, to);
  g_assert_cmpuint (profile->period_s, ==, 900);
  g_assert_cmpuint (profile->n_channels, ==, 1);
  g_assert_cmpint (profile->channels[0].quantity, ==, POSA_QUANTITY_ACTIVE_IMPORT);
  g_assert_cmpuint (profile->intervals->len, ==, 96);
  for (guint i = 0; i < 96; i++)
    {
      g_assert_cmpint (interval_at (profile, i)->end_us, ==, from + (i + 1) * QUARTER_US);
      g_assert_cmpint (interval_at (profile, i)->values[0], >, 0);
      g_assert_cmpuint (interval_at (profile, i)->flags, ==, 0);
    }
  g_autoptr (GArray) gaps = posa_load_profile_find_gaps (profile, from, to);
  g_assert_cmpuint (gaps->len, ==, 0);
}

static PosaLoadProfile *
read_last (DlmsRig *self, guint n)
{
  g_autoptr (PosaMeter) meter = open_meter (self);
  g_autoptr (GError) error = NULL;
  PosaLoadProfile *profile = posa_load_profile_new ();

  posa_meter_read_last_intervals (meter, n, profile, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (profile->intervals->len, ==, n);
  return profile;
}

/* The newest rows, more than one answer holds and columns that are no energy among them, are those
 * that a range of time gives, in whichever order the meter has them. */
static void
test_last_intervals (gconstpointer data)
{
  g_auto (DlmsRig) self = { 0 };

  dlms_rig_init (&self,
                 DLMS_RIG_START ("--no-pace", "--set", CHANNELS, "--set", NULLS, "--set", data));
  g_autoptr (PosaLoadProfile) last = read_last (&self, 700);
  g_autoptr (PosaLoadProfile)
      same = read_profile (&self, interval_at (last, 0)->end_us - QUARTER_US,
                           interval_at (last, 699)->end_us);
  g_autofree char *last_text = posa_load_profile_to_text (last, FALSE);
  g_autofree char *same_text = posa_load_profile_to_text (same, FALSE);
  g_assert_cmpstr (last_text, ==, same_text);
}

/* A meter that lives a month ago has nothing of today, but has its last hour. */
static void
test_last_intervals_of_another_month (void)
{
  const gint64 month_us = 30 * G_TIME_SPAN_DAY;
  g_auto (DlmsRig) self = { 0 };
  gint64 now = g_get_real_time ();

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "clock_offset=-2592000"));
  g_autoptr (PosaLoadProfile) today = read_profile (&self, now - G_TIME_SPAN_DAY, now);
  g_assert_cmpuint (today->intervals->len, ==, 0);
  g_autoptr (PosaLoadProfile) last = read_last (&self, 4);
  g_assert_cmpint (ABS (interval_at (last, 3)->end_us + month_us - now), <=, G_TIME_SPAN_HOUR);
}

/* What is left out since the row above says it must come out the same: also when the row above is
 * the later one. */
static void
test_null_rows (void)
{
  g_auto (DlmsRig) plain = { 0 };
  g_auto (DlmsRig) thin = { 0 };
  g_auto (DlmsRig) reversed = { 0 };
  gint64 from = DAY_US (3), to = DAY_US (2);

  dlms_rig_init (&plain, DLMS_RIG_START ("--no-pace", "--set", CHANNELS));
  dlms_rig_init (&thin, DLMS_RIG_START ("--no-pace", "--set", CHANNELS, "--set", NULLS));
  dlms_rig_init (&reversed, DLMS_RIG_START ("--no-pace", "--set", CHANNELS, "--set", NULLS, "--set",
                                            "profile_sort=lifo"));
  g_autoptr (PosaLoadProfile) full = read_profile (&plain, from, to);
  g_autoptr (PosaLoadProfile) same = read_profile (&thin, from, to);
  g_autoptr (PosaLoadProfile) back = read_profile (&reversed, from, to);
  g_assert_cmpuint (full->n_channels, ==, 4); /* a voltage is no energy */
  g_assert_cmpuint (full->intervals->len, ==, 96);
  g_autofree char *full_text = posa_load_profile_to_text (full, FALSE);
  g_autofree char *same_text = posa_load_profile_to_text (same, FALSE);
  g_autofree char *back_text = posa_load_profile_to_text (back, FALSE);
  g_assert_cmpstr (full_text, ==, same_text);
  g_assert_cmpstr (full_text, ==, back_text);
}

/* The meter goes in the middle of it; the same call on another line fetches the rest only. */
static void
test_resume (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
  gint64 from = DAY_US (9), to = DAY_US (2);
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "fault=restart:60"));
  {
    g_autoptr (PosaMeter) meter = open_meter (&self);
    g_assert_false (posa_meter_read_load_profile (meter, from, to, profile, NULL, &error));
    g_assert_nonnull (error);
  }
  guint kept = profile->intervals->len;
  g_test_message ("%u of 672 intervals came before the cut", kept);
  g_assert_cmpuint (kept, >, 20);
  g_assert_cmpuint (kept, <, 672);
  g_clear_pointer (&self.sim, posa_test_sim_stop);
  self.sim = DLMS_RIG_START ("--no-pace");
  {
    g_autoptr (PosaMeter) meter = open_meter (&self);
    g_assert_true (posa_meter_read_load_profile (meter, from, to, profile, NULL, NULL));
  }
  g_assert_cmpuint (profile->intervals->len, ==, 672);
  g_autoptr (PosaLoadProfile) whole = read_profile (&self, from, to);
  g_autofree char *text = posa_load_profile_to_text (profile, FALSE);
  g_autofree char *whole_text = posa_load_profile_to_text (whole, FALSE);
  g_assert_cmpstr (text, ==, whole_text);
}

static void
test_events (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaMeter) meter = open_meter (&self);
  g_autoptr (GPtrArray)
      events = posa_meter_read_events (meter, DAY_US (20), DAY_US (0), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, >=, 27); /* one in two days, in each of three logs */
  for (guint i = 0; i < events->len; i++)
    {
      const PosaMeterEvent *event = g_ptr_array_index (events, i);

      g_assert_cmpint (event->time_us, >=, DAY_US (20));
      g_assert_cmpint (event->time_us, <=, DAY_US (0));
      g_assert_nonnull (event->text);
    }
}

/* ---- clock ---- */

static void
set_clock (const char *offset, gboolean expect_set)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *setting = g_strdup_printf ("clock_offset=%s", offset);
  PosaClockChange change;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", setting));
  g_autoptr (PosaMeter) meter = open_meter (&self);
  g_assert_true (posa_meter_set_clock (meter, &change, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (change.was_set == expect_set);
  g_assert_cmpint (ABS ((change.before.meter_us - change.before.device_us) / G_USEC_PER_SEC -
                        g_ascii_strtoll (offset, NULL, 10)),
                   <=, 1);
  g_assert_cmpint (ABS (posa_test_sim_get_int (self.sim, "clock_offset_ms")), <=, 1500);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, expect_set ? 1 : 0);
}

static void
test_set_clock (void)
{
  set_clock ("0", FALSE);
  set_clock ("-40", TRUE);
  set_clock ("86400", TRUE);
}

/* ---- verify ---- */

static void
test_verify (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  g_autoptr (PosaMeter) meter = open_meter (&self);
  g_autoptr (GPtrArray) checks = posa_meter_verify (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (checks->len, ==, 7);
  for (guint i = 0; i < checks->len; i++)
    {
      const PosaMeterCheck *check = g_ptr_array_index (checks, i);

      g_test_message ("%s: %s wanted, %s found", check->name, check->wanted, check->found);
      g_assert_false (check->right);
    }
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "relay_moves"), ==, 0);
  g_clear_pointer (&checks, g_ptr_array_unref);
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  gint64 writes = posa_test_sim_get_int (self.sim, "writes");
  checks = posa_meter_verify (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < checks->len; i++)
    g_assert_true (((PosaMeterCheck *) g_ptr_array_index (checks, i))->right);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, writes);
}

static void
test_verify_other_meter (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace"));
  self.plan.serial = "2600000043";
  g_autoptr (PosaMeter) meter = open_meter (&self);
  g_assert_null (posa_meter_verify (meter, &self.plan, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_WRONG_METER);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "associations"), ==, 1); /* the public one */
}

/* ---- three phases ---- */

static void
test_three_phase (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self,
                 DLMS_RIG_START ("--no-pace", "--kind", "2g-3", "--set", "register.1.8.1=900000"));
  g_autoptr (PosaMeter) meter = open_meter (&self);
  g_autoptr (GPtrArray) values = posa_meter_commission (meter, &self.plan, NULL, &error);
  g_assert_no_error (error);
  dlms_rig_assert_commissioned (&self);
  g_autoptr (PosaReadingSet)
      reading = posa_meter_read (meter, POSA_READING_ACTIVATION, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reading->profile_id, ==, "posa-2g-three");
  g_assert_cmpint (reading->meter.kind, ==, POSA_METER_KIND_G2_THREE);
  g_assert_cmpuint (reading->registers->len, ==, 28);
  g_assert_cmpint (posa_registers_find (reading->registers, POSA_QUANTITY_ACTIVE_EXPORT, 1)->value,
                   ==, 45000);
}

/* ---- a stranger ---- */

/* A meter that no profile knows is read with its keys, by the usual codes, and not written to. */
static void
test_stranger (void)
{
  static const char *const missing[] = { "register 1-0:2.8.0", "register 1-0:3.8.0",
                                         "register 1-0:4.8.0" };
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "name=XYZ9000000042"));
  g_autoptr (PosaMeter) meter = open_meter (&self);
  g_autoptr (PosaReadingSet) reading = posa_meter_read (meter, POSA_READING_CHECK, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reading->profile_id, ==, "dlms-generic");
  g_assert_cmpint (reading->meter.kind, ==, POSA_METER_KIND_GENERIC);
  g_assert_cmpstr (reading->meter.manufacturer, ==, "XYZ");
  g_assert_cmpstr (reading->meter.model, ==, "9000000042");
  g_assert_cmpstr (reading->meter.serial, ==, DLMS_RIG_SERIAL);
  g_assert_cmpint (ABS (reading->meter_clock_us - reading->device_clock_us), <, G_TIME_SPAN_MINUTE);
  dlms_rig_assert_registers (&self, reading);
  g_autofree char *text = posa_reading_set_to_text (reading, FALSE);
  /* One phase counts no other energy. */
  for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
    g_assert_nonnull (strstr (text, missing[i]));
  g_assert_null (posa_meter_commission (meter, &self.plan, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (posa_meter_verify (meter, &self.plan, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_assert_cmpint (posa_test_sim_get_int (self.sim, "writes"), ==, 0);
}

/* What a profile of one's own requires is refused when it is not there. */
static void
test_required_register (void)
{
  g_auto (DlmsRig) self = { 0 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self, DLMS_RIG_START ("--no-pace", "--set", "omit=1-0:1.8.2"));
  g_assert_null (dlms_rig_read (&self, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "1.8.2"));
}

/* ---- classes by themselves ---- */

typedef struct
{
  DlmsRig rig;
  PosaPort *port;
  PosaDlmsClient *client;
  PosaLineStats stats;
} Session;

static void
session_init (Session *self)
{
  const PosaHdlcLinkOptions options = { .server = { .width = 1, .upper = 1 },
                                        .max_info = 128,
                                        .baud = 9600,
                                        .response_us = 1500 * 1000,
                                        .inter_octet_us = 250 * 1000,
                                        .max_retries = 2 };
  g_autoptr (GError) error = NULL;

  dlms_rig_init (&self->rig, DLMS_RIG_START ("--no-pace"));
  self->port = posa_port_open (posa_test_sim_get_port (self->rig.sim), &error);
  g_assert_no_error (error);
  g_assert_true (posa_port_set_line (self->port, POSA_LINE_8N1 (9600), &error));
  self->client = posa_dlms_client_new (self->port, &options, &self->stats);
  const PosaDlmsAssociationOptions installer = DLMS_RIG_INSTALLER (self->rig.keyring);
  posa_dlms_client_open (self->client, &installer, NULL, &error);
  g_assert_no_error (error);
}

static void
session_clear (Session *self)
{
  posa_dlms_client_close (self->client);
  posa_dlms_client_free (self->client);
  g_clear_object (&self->port);
  dlms_rig_clear (&self->rig);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_clear)

static gint64
get_number (Session *self, guint16 class_id, PosaObis obis, gint8 attribute)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue)
      value = posa_dlms_client_get (self->client, POSA_COSEM_TARGET (class_id, obis, attribute),
                                    NULL, &error);
  gint64 number = -1;

  g_assert_no_error (error);
  g_assert_true (posa_cosem_value_get_integer (value, &number));
  return number;
}

/* Takes @parameter. */
static gboolean
act (Session *self, guint16 class_id, PosaObis obis, gint8 method, PosaCosemValue *parameter)
{
  g_autoptr (PosaCosemValue) owned = parameter;

  return posa_dlms_client_act (self->client, POSA_COSEM_TARGET (class_id, obis, method), owned,
                               NULL, NULL, NULL);
}

static PosaCosemValue *
number (PosaCosemTag tag, gint64 value)
{
  return posa_cosem_value_new_integer (tag, value);
}

static void
test_registers (void)
{
  const PosaObis energy = POSA_OBIS (1, 0, 1, 8, 1, 255), maximum = POSA_OBIS (1, 0, 1, 6, 1, 255),
                 demand = POSA_OBIS (1, 0, 1, 4, 0, 255);
  g_auto (Session) self = { 0 };

  session_init (&self);
  g_assert_cmpint (get_number (&self, POSA_DLMS_CLASS_EXTENDED_REGISTER, maximum, 2), ==,
                   2 * get_number (&self, POSA_DLMS_CLASS_REGISTER, energy, 2));
  g_assert_true (
      act (&self, POSA_DLMS_CLASS_EXTENDED_REGISTER, maximum, 1, number (POSA_COSEM_INT8, 0)));
  g_assert_cmpint (get_number (&self, POSA_DLMS_CLASS_EXTENDED_REGISTER, maximum, 2), ==, 0);
  /* Energy cannot be reset. */
  g_assert_false (act (&self, POSA_DLMS_CLASS_REGISTER, energy, 1, number (POSA_COSEM_INT8, 0)));
  g_assert_cmpint (get_number (&self, POSA_DLMS_CLASS_DEMAND_REGISTER, demand, 8), ==, 900);
  g_assert_true (
      act (&self, POSA_DLMS_CLASS_DEMAND_REGISTER, demand, 2, number (POSA_COSEM_INT8, 0)));
}

static void
test_clock_methods (void)
{
  const PosaObis clock = POSA_OBIS (0, 0, 1, 0, 0, 255);
  g_auto (Session) self = { 0 };

  session_init (&self);
  g_assert_true (act (&self, POSA_DLMS_CLASS_CLOCK, clock, 6, number (POSA_COSEM_INT16, 17)));
  g_assert_cmpint (posa_test_sim_get_int (self.rig.sim, "clock_offset_ms"), ==, 0);
  g_assert_false (act (&self, POSA_DLMS_CLASS_CLOCK, clock, 6, number (POSA_COSEM_INT16, 901)));
  g_assert_true (act (&self, POSA_DLMS_CLASS_CLOCK, clock, 3, number (POSA_COSEM_INT8, 0)));
  g_assert_cmpint (ABS (posa_test_sim_get_int (self.rig.sim, "clock_offset_ms")), <=, 31 * 1000);
  /* A preset time without its interval is none. */
  g_assert_false (act (&self, POSA_DLMS_CLASS_CLOCK, clock, 4, number (POSA_COSEM_INT8, 0)));
}

static void
test_scripts_and_tables (void)
{
  const PosaObis scripts = POSA_OBIS (0, 0, 10, 0, 100, 255),
                 tier = POSA_OBIS (0, 0, 96, 14, 0, 255), days = POSA_OBIS (0, 0, 11, 0, 0, 255);
  const guint8 date[5] = { 0xFF, 0xFF, 10, 4, 0xFF };
  g_auto (Session) self = { 0 };
  PosaCosemValue *entry = posa_cosem_value_new_container (POSA_COSEM_STRUCTURE);

  session_init (&self);
  g_assert_true (act (&self, POSA_DLMS_CLASS_SCRIPTS, scripts, 1, number (POSA_COSEM_UINT16, 3)));
  g_assert_cmpint (get_number (&self, POSA_DLMS_CLASS_DATA, tier, 2), ==, 3);
  g_assert_false (act (&self, POSA_DLMS_CLASS_SCRIPTS, scripts, 1, number (POSA_COSEM_UINT16, 9)));
  posa_cosem_value_append (entry, number (POSA_COSEM_UINT16, 11));
  posa_cosem_value_append (entry,
                           posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, date, sizeof date));
  posa_cosem_value_append (entry, number (POSA_COSEM_UINT8, 7));
  g_assert_true (act (&self, POSA_DLMS_CLASS_SPECIAL_DAYS, days, 1, entry));
  g_autoptr (PosaCosemValue) table =
      posa_dlms_client_get (self.client, POSA_COSEM_TARGET (POSA_DLMS_CLASS_SPECIAL_DAYS, days, 2),
                            NULL, NULL);
  g_assert_cmpuint (posa_cosem_value_get_n_items (table), ==, 11);
  g_assert_true (
      act (&self, POSA_DLMS_CLASS_SPECIAL_DAYS, days, 2, number (POSA_COSEM_UINT16, 11)));
  g_assert_false (
      act (&self, POSA_DLMS_CLASS_SPECIAL_DAYS, days, 2, number (POSA_COSEM_UINT16, 11)));
}

/* Both ends of a range belong to it, and columns can be chosen; rows and columns by number too. */
static void
test_selection (void)
{
  const PosaCosemTarget buffer =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_PROFILE, POSA_OBIS (1, 0, 99, 1, 0, 255), 2);
  const PosaCosemTarget clock =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_CLOCK, POSA_OBIS (0, 0, 1, 0, 0, 255), 2);
  const PosaCosemTarget energy =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_REGISTER, POSA_OBIS (1, 0, 1, 29, 0, 255), 2);
  g_auto (Session) self = { 0 };
  PosaCosemTime from = posa_cosem_time_from_utc_italy (DAY_US (2)),
                to = posa_cosem_time_from_utc_italy (DAY_US (2) + G_TIME_SPAN_HOUR);
  g_autoptr (PosaCosemSelection)
      range = posa_cosem_selection_new_range (clock, posa_cosem_time_to_value (&from),
                                              posa_cosem_time_to_value (&to), &energy, 1);
  g_autoptr (PosaCosemSelection) entries = posa_cosem_selection_new_entries (5759, 0, 1, 0);
  g_autoptr (PosaCosemSelection)
      unknown = posa_cosem_selection_new_range (clock, posa_cosem_time_to_value (&from),
                                                posa_cosem_time_to_value (&to), &buffer, 1);
  g_autoptr (GError) error = NULL;

  session_init (&self);
  g_autoptr (PosaCosemValue)
      rows = posa_dlms_client_get_selected (self.client, buffer, range, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_cosem_value_get_n_items (rows), ==, 5);
  g_assert_cmpuint (posa_cosem_value_get_n_items (posa_cosem_value_get_item (rows, 0)), ==, 1);
  g_autoptr (PosaCosemValue)
      last = posa_dlms_client_get_selected (self.client, buffer, entries, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posa_cosem_value_get_n_items (last), ==, 2);
  g_assert_cmpuint (posa_cosem_value_get_n_items (posa_cosem_value_get_item (last, 0)), ==, 2);
  g_assert_null (posa_dlms_client_get_selected (self.client, buffer, unknown, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dlms-classes/load-profile", test_load_profile);
  g_test_add_data_func ("/dlms-classes/last-intervals/oldest-first", "profile_sort=fifo",
                        test_last_intervals);
  g_test_add_data_func ("/dlms-classes/last-intervals/newest-first", "profile_sort=lifo",
                        test_last_intervals);
  g_test_add_func ("/dlms-classes/last-intervals/another-month",
                   test_last_intervals_of_another_month);
  g_test_add_func ("/dlms-classes/null-rows", test_null_rows);
  g_test_add_func ("/dlms-classes/resume", test_resume);
  g_test_add_func ("/dlms-classes/events", test_events);
  g_test_add_func ("/dlms-classes/set-clock", test_set_clock);
  g_test_add_func ("/dlms-classes/verify", test_verify);
  g_test_add_func ("/dlms-classes/verify-other-meter", test_verify_other_meter);
  g_test_add_func ("/dlms-classes/three-phase", test_three_phase);
  g_test_add_func ("/dlms-classes/stranger", test_stranger);
  g_test_add_func ("/dlms-classes/required-register", test_required_register);
  g_test_add_func ("/dlms-classes/registers", test_registers);
  g_test_add_func ("/dlms-classes/clock-methods", test_clock_methods);
  g_test_add_func ("/dlms-classes/scripts-and-tables", test_scripts_and_tables);
  g_test_add_func ("/dlms-classes/selection", test_selection);
  return g_test_run ();
}
