/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-2g-meter.h"

#include <string.h>

#include "base/posa-clock.h"
#include "base/posa-cursor.h"
#include "base/posa-error.h"
#include "meter/codec/posa-axdr.h"
#include "meter/codec/posa-hdlc.h"
#include "meter/codec/posa-initiate.h"
#include "sim/posa-sim-2g-method.h"
#include "sim/posa-sim-2g-objects.h"
#include "sim/posa-sim-2g-profile.h"

#define MAX_LOWER_LONG 0x3FFD /* below "calling device" and "all stations", in four bytes */

static const char *const fault_names[POSA_SIM_N_FAULTS] = {
  "none",
  "no-close",
  "no-write",
  "deny-write",
  "weak-answer",
  "replay",
  "bad-tag",
  "wrong-invoke",
  "reflect",
  "general-glo",
  "notify",
  "temporary",
  "no-list",
  "refuse-list",
  "trailing",
  "keys-late",
  "keys-lost",
  "weak-control",
  "other-suite",
  "other-title",
  "plain-initiate",
  "plain-context",
  "other-mechanism",
  "short-challenge",
  "reflect-title",
  "no-proof",
  "wrong-proof",
  "counter-zero",
  "counter-jump",
  "version",
  "bad-release",
  "late",
  "restart",
  "lose",
  "deaf",
  "long",
};

gint64
posa_sim_meter_get_time (PosaSimMeter *self)
{
  return posa_clock_get_wall (posa_clock_get_system ()) + self->clock_offset_us;
}

static gboolean
set_usage (GError **error, const char *key, const char *text)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "--set %s=%s: not understood", key, text);
  return FALSE;
}

static gboolean
take_integer (const PosaSimSetup *setup,
              const char *key,
              gint64 most,
              gint64 *value,
              GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, key);

  return text == NULL || g_ascii_string_to_signed (text, 10, -most, most, value, NULL) ||
         set_usage (error, key, text);
}

static gboolean
take_status (const PosaSimSetup *setup, guint32 *status, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "status");
  guint64 word = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, &word, NULL))
    return set_usage (error, "status", text);
  *status = (guint32) word;
  return TRUE;
}

static gboolean
take_fault (PosaSimMeter *self, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "fault");
  guint64 every = 0;

  if (text == NULL)
    return TRUE;
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  guint fault = 0;
  while (fault < POSA_SIM_N_FAULTS && g_strcmp0 (parts[0], fault_names[fault]) != 0)
    fault++;
  self->fault = (PosaSimFault) fault;
  gboolean wants_number = fault >= POSA_SIM_FAULT_LATE;
  gboolean wants_name = fault >= POSA_SIM_FAULT_NO_WRITE && fault <= POSA_SIM_FAULT_DENY_WRITE;
  if (fault == POSA_SIM_N_FAULTS ||
      (parts[0] != NULL && parts[1] == NULL && (wants_number || wants_name)))
    return set_usage (error, "fault", text);
  if (wants_number && !g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXUINT16, &every, NULL))
    return set_usage (error, "fault", text);
  if (wants_name && !posa_obis_parse (parts[1], &self->fault_obis))
    return set_usage (error, "fault", text);
  self->fault_every = (guint) every;
  return TRUE;
}

/* Services offered, as in the conformance of IEC 62056-5-3: hexadecimal. */
static gboolean
take_conformance (PosaSimMeter *self, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "conformance");
  guint64 bits = POSA_CONFORMANCE_BLOCK_GET | POSA_CONFORMANCE_BLOCK_SET |
                 POSA_CONFORMANCE_BLOCK_ACTION | POSA_CONFORMANCE_MULTIPLE | POSA_CONFORMANCE_GET |
                 POSA_CONFORMANCE_SET | POSA_CONFORMANCE_SELECTIVE | POSA_CONFORMANCE_ACTION;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 16, 0, 0xFFFFFF, &bits, NULL))
    return set_usage (error, "conformance", text);
  self->conformance = (guint32) bits;
  return TRUE;
}

/* Who is called, and by whom. */
static gboolean
take_addresses (PosaSimMeter *self, const PosaSimSetup *setup, GError **error)
{
  gint64 logical = 1, physical = 16, public_sap = 16, installer_sap = 3;

  if (!take_integer (setup, "logical_device", MAX_LOWER_LONG, &logical, error) ||
      !take_integer (setup, "physical_device", MAX_LOWER_LONG, &physical, error) ||
      !take_integer (setup, "public_client", POSA_HDLC_MAX_CLIENT, &public_sap, error) ||
      !take_integer (setup, "installer_client", POSA_HDLC_MAX_CLIENT, &installer_sap, error))
    return FALSE;
  self->logical_device = (guint16) MAX (logical, 1);
  self->physical_device = (guint16) MAX (physical, 1);
  self->public_sap = (guint8) MAX (public_sap, 1);
  self->installer_sap = (guint8) MAX (installer_sap, 1);
  return TRUE;
}

static gboolean
take_sizes (PosaSimMeter *self, const PosaSimSetup *setup, GError **error)
{
  gint64 max_info = 128, max_pdu = 1024, inactivity = 120, reaction = 50, offset = -17;
  gint64 baud = 9600;

  if (!take_integer (setup, "max_info", 2030, &max_info, error) ||
      !take_integer (setup, "max_pdu", 65535, &max_pdu, error) ||
      !take_integer (setup, "baud", 115200, &baud, error) ||
      !take_integer (setup, "inactivity", 3600, &inactivity, error) ||
      !take_integer (setup, "reaction_ms", 60000, &reaction, error) ||
      !take_integer (setup, "power_scaler", 9, &self->power_scaler, error) ||
      !take_integer (setup, "clock_offset", G_MAXINT32, &offset, error))
    return FALSE;
  self->max_info = (guint16) MAX (max_info, 32);
  self->max_pdu = (guint16) MAX (max_pdu, 64);
  self->baud = (guint) MAX (baud, 300);
  self->inactivity_s = (guint) MAX (inactivity, 1);
  self->reaction_us = MAX (reaction, 0) * 1000;
  self->clock_offset_us = offset * G_USEC_PER_SEC;
  return TRUE;
}

/* Registers of a meter that was calibrated before delivery: a few hundred Wh in some bands. */
static gboolean
take_energy (const PosaSimSetup *setup, guint32 energy[6], GError **error)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) setup->seed);

  for (guint tier = 0; tier < 6; tier++)
    {
      g_autofree char *key = g_strdup_printf ("register.1.8.%u", tier + 1);
      gint64 value = g_rand_int_range (rand, 1, 900);

      if (!take_integer (setup, key, G_MAXINT32, &value, error))
        return FALSE;
      energy[tier] = (guint32) value;
    }
  return TRUE;
}

static gboolean
take_relay (PosaSimMeter *self, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "relay");
  PosaSimObject *relay =
      posa_sim_cosem_find (self->cosem, POSA_DLMS_CLASS_DISCONNECT, POSA_SIM_OBIS_DISCONNECT);

  if (!take_integer (setup, "control_mode", G_MAXUINT8, &relay->values[4]->integer, error))
    return FALSE;
  if (text == NULL || strcmp (text, "open") == 0)
    return TRUE;
  if (strcmp (text, "closed") != 0 && strcmp (text, "ready") != 0)
    return set_usage (error, "relay", text);
  relay->values[2]->integer = strcmp (text, "closed") == 0;
  relay->values[3]->integer = strcmp (text, "closed") == 0 ? POSA_SIM_RELAY_CONNECTED
                                                           : POSA_SIM_RELAY_READY;
  return TRUE;
}

static void
take_customer (PosaSimMeter *self, const PosaSimSetup *setup)
{
  g_autofree char *text = posa_sim_setup_take (setup, "customer_number");
  PosaSimObject *customer =
      posa_sim_cosem_find (self->cosem, POSA_DLMS_CLASS_DATA, POSA_SIM_OBIS_CUSTOMER);

  if (text != NULL)
    posa_sim_object_set (customer, 2, posa_cosem_value_new_text (text));
}

/* Objects that no client is told of: --set omit=CODE;CODE */
static gboolean
take_omitted (PosaSimMeter *self, const PosaSimSetup *setup, GError **error)
{
  g_autofree char *text = posa_sim_setup_take (setup, "omit");
  g_auto (GStrv) codes = g_strsplit (text != NULL ? text : "", ";", -1);
  PosaObis obis;

  for (guint i = 0; codes[i] != NULL; i++)
    if (!posa_obis_parse (codes[i], &obis) || !posa_sim_cosem_hide (self->cosem, obis))
      return set_usage (error, "omit", text);
  return TRUE;
}

/* Who the meter says that it is. */
static void
take_identity (PosaSimMeter *self, const PosaSimSetup *setup)
{
  self->serial = posa_sim_setup_take (setup, "serial");
  if (self->serial == NULL)
    self->serial = g_strdup_printf ("26%08" G_GUINT64_FORMAT, setup->seed % 100000000);
  self->name = posa_sim_setup_take (setup, "name");
  if (self->name != NULL)
    return;
  self->name = g_strdup_printf ("PSA2G%c%10.10s", self->three_phase ? '3' : '1', self->serial);
  g_strdelimit (self->name, " ", '0');
}

PosaSimMeter *
posa_sim_meter_new (const PosaSimSetup *setup, GError **error)
{
  g_autoptr (PosaSimMeter) self = g_new0 (PosaSimMeter, 1);
  guint32 status = 0;
  guint32 energy[6];

  self->cosem = posa_sim_cosem_new ();
  self->seed = setup->seed;
  self->image = g_byte_array_new ();
  self->image_name = g_byte_array_new ();
  self->image_blocks = g_byte_array_new ();
  self->three_phase = g_strcmp0 (setup->kind, "2g-3") == 0;
  if (setup->kind != NULL && !self->three_phase && strcmp (setup->kind, "2g-1") != 0)
    {
      set_usage (error, "kind", setup->kind);
      return NULL;
    }
  take_identity (self, setup);
  if (!posa_sim_security_init (&self->security, self->serial, setup, error) ||
      !take_sizes (self, setup, error) || !take_addresses (self, setup, error) ||
      !take_conformance (self, setup, error) || !take_fault (self, setup, error) ||
      !take_energy (setup, energy, error) || !take_status (setup, &status, error))
    return NULL;
  posa_sim_2g_build (self, energy, status);
  take_customer (self, setup);
  if (!take_relay (self, setup, error) || !posa_sim_2g_add_profiles (self, setup, error) ||
      !take_omitted (self, setup, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
posa_sim_meter_free (PosaSimMeter *self)
{
  if (self == NULL)
    return;
  posa_sim_cosem_free (self->cosem);
  posa_sim_security_clear (&self->security);
  posa_meter_keys_clear (&self->next_keys);
  g_byte_array_unref (self->image);
  g_byte_array_unref (self->image_name);
  g_byte_array_unref (self->image_blocks);
  g_free (self->serial);
  g_free (self->name);
  g_free (self);
}

static PosaSimObject *
find (PosaSimMeter *self, PosaCosemTarget target)
{
  return posa_sim_cosem_find (self->cosem, target.class_id, target.obis);
}

static gboolean
is_faulty (PosaSimMeter *self, PosaSimFault fault, PosaCosemTarget target)
{
  return self->fault == fault && posa_obis_equal (self->fault_obis, target.obis);
}

PosaCosemTime
posa_sim_meter_stamp (PosaSimMeter *self, gint64 wall_us)
{
  const PosaSimObject *clock =
      posa_sim_cosem_find (self->cosem, POSA_DLMS_CLASS_CLOCK, POSA_SIM_OBIS_CLOCK);
  gboolean summer = clock->values[8]->integer != 0 &&
                    posa_cosem_time_from_utc_italy (wall_us).status == POSA_COSEM_TIME_SUMMER;
  gint64 deviation = clock->values[3]->integer - (summer ? clock->values[7]->integer : 0);

  return posa_cosem_time_from_utc (wall_us, (gint16) deviation, summer);
}

static PosaCosemValue *
read_clock (PosaSimMeter *self)
{
  PosaCosemTime time = posa_sim_meter_stamp (self, posa_sim_meter_get_time (self));

  return posa_cosem_time_to_value (&time);
}

guint8
posa_sim_meter_read (PosaSimMeter *self,
                     PosaSimAccess access,
                     PosaCosemTarget target,
                     guint8 selector,
                     const PosaCosemValue *selection,
                     PosaCosemValue **value)
{
  guint8 result = posa_sim_cosem_check_read (self->cosem, access, target);
  gboolean is_buffer = target.class_id == POSA_DLMS_CLASS_PROFILE && target.index == 2;

  if (result != POSA_DLMS_SUCCESS)
    return result;
  const PosaSimObject *object = find (self, target);
  /* No other object has parts to select. */
  if (selection != NULL && !is_buffer)
    return POSA_DLMS_OTHER_REASON;
  if (target.class_id == POSA_DLMS_CLASS_CLOCK && target.index == 2)
    *value = read_clock (self);
  else if (target.class_id == POSA_DLMS_CLASS_ASSOCIATION && target.index == 2)
    *value = posa_sim_cosem_list (self->cosem, access);
  else if (is_buffer)
    return posa_sim_2g_profile_read (self, object, selection != NULL ? selector : 0, selection,
                                     value);
  else if (posa_obis_equal (target.obis, POSA_SIM_OBIS_COUNTER) && target.index == 2)
    *value =
        posa_cosem_value_new_integer (POSA_COSEM_UINT32, MAX (self->security.client_counter, 0));
  else
    {
      posa_sim_2g_move_relay (self);
      *value = posa_cosem_value_copy (object->values[(guint8) target.index]);
    }
  return POSA_DLMS_SUCCESS;
}

static guint8
write_clock (PosaSimMeter *self, const PosaCosemValue *value)
{
  PosaCosemTime time;
  gint64 wall = 0;

  if (!posa_cosem_time_from_value (value, &time) || !posa_cosem_time_to_utc (&time, &wall))
    return POSA_DLMS_TYPE_UNMATCHED;
  posa_sim_2g_set_clock (self, wall);
  return POSA_DLMS_SUCCESS;
}

guint8
posa_sim_meter_write (PosaSimMeter *self,
                      PosaSimAccess access,
                      PosaCosemTarget target,
                      const PosaCosemValue *value)
{
  guint8 result = posa_sim_cosem_check_write (self->cosem, access, target);

  if (result != POSA_DLMS_SUCCESS)
    return result;
  if (is_faulty (self, POSA_SIM_FAULT_DENY_WRITE, target))
    return POSA_DLMS_READ_WRITE_DENIED;
  self->n_writes++;
  if (is_faulty (self, POSA_SIM_FAULT_NO_WRITE, target))
    return POSA_DLMS_SUCCESS;
  if (target.class_id == POSA_DLMS_CLASS_CLOCK && target.index == 2)
    return write_clock (self, value);

  PosaSimObject *object = find (self, target);
  guint8 index = (guint8) target.index;
  if (object->values[index]->tag != value->tag)
    return POSA_DLMS_TYPE_UNMATCHED;
  posa_sim_object_set (object, index, posa_cosem_value_copy (value));
  /* No emergency profile is active: the normal threshold is the one in force. */
  if (target.class_id == POSA_DLMS_CLASS_LIMITER && index == 4)
    posa_sim_object_set (object, 3, posa_cosem_value_copy (value));
  return POSA_DLMS_SUCCESS;
}

guint8
posa_sim_meter_act (PosaSimMeter *self,
                    PosaSimAccess access,
                    PosaCosemTarget target,
                    const PosaCosemValue *parameter)
{
  guint8 result = posa_sim_cosem_check_method (self->cosem, access, target);

  if (result != POSA_DLMS_SUCCESS)
    return result;
  return posa_sim_2g_act (self, find (self, target), target.index, parameter);
}

static void
dump_integer (PosaSimMeter *self,
              JsonBuilder *builder,
              const char *name,
              guint16 class_id,
              PosaObis obis,
              guint attribute)
{
  gint64 value = 0;

  posa_cosem_value_get_integer (posa_sim_cosem_get (self->cosem, class_id, obis, attribute),
                                &value);
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
dump_text (PosaSimMeter *self,
           JsonBuilder *builder,
           const char *name,
           guint16 class_id,
           PosaObis obis,
           guint attribute)
{
  g_autofree char *text =
      posa_cosem_value_dup_text (posa_sim_cosem_get (self->cosem, class_id, obis, attribute));

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

/* Attributes @first to @last as bytes: a test compares without a decoder of its own. */
static void
dump_values (PosaSimMeter *self,
             JsonBuilder *builder,
             const char *name,
             guint16 class_id,
             PosaObis obis,
             guint first,
             guint last)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = first; i <= last; i++)
    posa_axdr_write (posa_sim_cosem_get (self->cosem, class_id, obis, i), bytes);
  g_autofree char *text = posa_hex_encode (bytes->data, bytes->len);
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
dump_registers (PosaSimMeter *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "registers");
  json_builder_begin_object (builder);
  const guint8 n_channels = self->three_phase ? 4 : 1;
  for (guint8 channel = 1; channel <= n_channels; channel++)
    for (guint8 tier = 0; tier <= 6; tier++)
      {
        g_autofree char *name = g_strdup_printf ("1-0:%u.8.%u", channel, tier);
        dump_integer (self, builder, name, POSA_DLMS_CLASS_REGISTER,
                      POSA_OBIS (1, 0, channel, 8, tier, 255), 2);
      }
  json_builder_end_object (builder);
}

static void
dump_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
posa_sim_meter_dump (PosaSimMeter *self, JsonBuilder *builder)
{
  posa_sim_2g_move_relay (self);
  dump_text (self, builder, "serial", POSA_DLMS_CLASS_DATA, POSA_SIM_OBIS_SERIAL, 2);
  dump_text (self, builder, "customer_number", POSA_DLMS_CLASS_DATA, POSA_SIM_OBIS_CUSTOMER, 2);
  dump_number (builder, "clock_offset_ms", self->clock_offset_us / 1000);
  dump_integer (self, builder, "time_zone", POSA_DLMS_CLASS_CLOCK, POSA_SIM_OBIS_CLOCK, 3);
  dump_integer (self, builder, "dst_enabled", POSA_DLMS_CLASS_CLOCK, POSA_SIM_OBIS_CLOCK, 8);
  dump_integer (self, builder, "contract_power_w", POSA_DLMS_CLASS_DATA,
                POSA_SIM_OBIS_CONTRACT_POWER, 2);
  dump_integer (self, builder, "limiter_w", POSA_DLMS_CLASS_LIMITER, POSA_SIM_OBIS_LIMITER, 3);
  dump_integer (self, builder, "limiter_enabled", POSA_DLMS_CLASS_DATA,
                POSA_SIM_OBIS_LIMITER_ENABLED, 2);
  dump_text (self, builder, "calendar_name", POSA_DLMS_CLASS_CALENDAR, POSA_SIM_OBIS_CALENDAR, 2);
  dump_values (self, builder, "calendar_active", POSA_DLMS_CLASS_CALENDAR, POSA_SIM_OBIS_CALENDAR,
               3, 5);
  dump_values (self, builder, "special_days", POSA_DLMS_CLASS_SPECIAL_DAYS,
               POSA_SIM_OBIS_SPECIAL_DAYS, 2, 2);
  dump_integer (self, builder, "relay_closed", POSA_DLMS_CLASS_DISCONNECT, POSA_SIM_OBIS_DISCONNECT,
                2);
  dump_integer (self, builder, "relay_state", POSA_DLMS_CLASS_DISCONNECT, POSA_SIM_OBIS_DISCONNECT,
                3);
  dump_registers (self, builder);
  dump_number (builder, "objects", posa_sim_cosem_count (self->cosem));
  posa_sim_security_dump (&self->security, builder);
  dump_number (builder, "associations", self->n_associations);
  dump_number (builder, "refused", self->n_refused);
  dump_number (builder, "writes", self->n_writes);
  guint n_blocks = 0;
  for (guint i = 0; i < self->image_blocks->len; i++)
    n_blocks += self->image_blocks->data[i];
  dump_number (builder, "image_blocks", n_blocks);
  dump_number (builder, "key_transfers", self->n_key_transfers);
  dump_number (builder, "relay_moves", self->n_relay_moves);
  dump_number (builder, "relay_orders", self->n_relay_orders);
}
