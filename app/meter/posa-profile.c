/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-profile-groups.h"

#include "base/posa-error.h"
#include "meter/codec/posa-hdlc.h"
#include "meter/codec/posa-iec-message.h"

#include <string.h>

typedef enum
{
  TEXT,
  NUMBER,
  CODE /* OBIS */
} KeyType;

/* Every key that a profile may have, apart from the numbered and coded ones of the groups in
 * posa-profile-groups.c. */
typedef struct
{
  const char *group, *key;
  KeyType type;
  gsize offset;
  gboolean required;
} KeyRule;

#define FIELD(name) G_STRUCT_OFFSET (PosaProfile, name)

static const KeyRule rules[] = {
  { "profile", "id", TEXT, FIELD (id), TRUE },
  { "profile", "version", TEXT, FIELD (version), TRUE },
  { "profile", "model", TEXT, FIELD (model), FALSE },
  { "match", "manufacturer", TEXT, FIELD (manufacturer), TRUE },
  { "match", "ident", TEXT, FIELD (ident), TRUE },
  { "line", "baud", NUMBER, FIELD (baud), TRUE },
  { "line", "device_address", TEXT, FIELD (device_address), FALSE },
  { "line", "switch_delay_ms", NUMBER, FIELD (switch_delay_ms), FALSE },
  { "reading", "size", NUMBER, FIELD (size), FALSE },
  { "access", "password", TEXT, FIELD (password), FALSE },
  { "access", "algorithm", TEXT, FIELD (algorithm), FALSE },
  { "identity", "serial", TEXT, FIELD (serial), TRUE },
  { "identity", "customer_number", TEXT, FIELD (customer_number), FALSE },
  { "identity", "firmware", TEXT, FIELD (firmware), FALSE },
  { "clock", "date", TEXT, FIELD (date), FALSE },
  { "clock", "time", TEXT, FIELD (time), FALSE },
  { "clock", "date_format", TEXT, FIELD (date_format), FALSE },
  { "clock", "time_format", TEXT, FIELD (time_format), FALSE },
  { "clock", "capture_format", TEXT, FIELD (capture_format), FALSE },
  { "status", "code", TEXT, FIELD (status), FALSE },
  { "frozen", "count", TEXT, FIELD (iec.freeze_count), FALSE },
  { "frozen", "time", TEXT, FIELD (iec.freeze_time), FALSE },
  { "frozen", "time_format", TEXT, FIELD (iec.freeze_time_format), FALSE },
  { "frozen", "reason", TEXT, FIELD (iec.freeze_reason), FALSE },
  { "tariff-table", "name", TEXT, FIELD (iec.table_name), FALSE },
  { "tariff-table", "monday", TEXT, FIELD (iec.table_days[0]), FALSE },
  { "tariff-table", "tuesday", TEXT, FIELD (iec.table_days[1]), FALSE },
  { "tariff-table", "wednesday", TEXT, FIELD (iec.table_days[2]), FALSE },
  { "tariff-table", "thursday", TEXT, FIELD (iec.table_days[3]), FALSE },
  { "tariff-table", "friday", TEXT, FIELD (iec.table_days[4]), FALSE },
  { "tariff-table", "saturday", TEXT, FIELD (iec.table_days[5]), FALSE },
  { "tariff-table", "holiday", TEXT, FIELD (iec.table_days[6]), FALSE },
  { "tariff-table", "active", TEXT, FIELD (iec.active_tier), FALSE },
  { "tariff-table", "default_active_import", TEXT,
    FIELD (iec.default_tiers[POSA_QUANTITY_ACTIVE_IMPORT]), FALSE },
  { "tariff-table", "default_active_export", TEXT,
    FIELD (iec.default_tiers[POSA_QUANTITY_ACTIVE_EXPORT]), FALSE },
  { "tariff-table", "default_reactive_import", TEXT,
    FIELD (iec.default_tiers[POSA_QUANTITY_REACTIVE_IMPORT]), FALSE },
  { "limiter", "enabled", TEXT, FIELD (iec.limiter_enabled), FALSE },
  { "limiter", "steps", TEXT, FIELD (iec.limiter_steps), FALSE },
  { "limiter", "max_demand_enabled", TEXT, FIELD (iec.max_demand_enabled), FALSE },
  { "limiter", "contract_power", TEXT, FIELD (iec.contract_power), FALSE },
  { "limiter", "available_power", TEXT, FIELD (iec.available_power), FALSE },
  { "voltage", "since", TEXT, FIELD (iec.voltage_since), FALSE },
  { "voltage", "since_format", TEXT, FIELD (iec.voltage_since_format), FALSE },
  { "voltage", "min", TEXT, FIELD (iec.voltage_min), FALSE },
  { "voltage", "max", TEXT, FIELD (iec.voltage_max), FALSE },
  { "voltage", "within", TEXT, FIELD (iec.voltage_within), FALSE },
  { "instant", "power", TEXT, FIELD (iec.power), FALSE },
  { "load-profile", "code", TEXT, FIELD (iec.load_code), FALSE },
  { "load-profile", "command", TEXT, FIELD (iec.load_command), FALSE },
  { "load-profile", "time_format", TEXT, FIELD (iec.load_time_format), FALSE },
  { "load-profile", "period_min", NUMBER, FIELD (iec.load_period_min), FALSE },
  { "dlms", "logical_device", NUMBER, FIELD (dlms.logical_device), FALSE },
  { "dlms", "physical_device", NUMBER, FIELD (dlms.physical_device), FALSE },
  { "dlms", "address_bytes", NUMBER, FIELD (dlms.address_bytes), FALSE },
  { "dlms", "public_client", NUMBER, FIELD (dlms.public_client), FALSE },
  { "dlms", "installer_client", NUMBER, FIELD (dlms.installer_client), FALSE },
  { "dlms", "max_info", NUMBER, FIELD (dlms.max_info), FALSE },
  { "dlms", "response_ms", NUMBER, FIELD (dlms.response_ms), FALSE },
  { "dlms", "inter_octet_ms", NUMBER, FIELD (dlms.inter_octet_ms), FALSE },
  { "dlms", "retries", NUMBER, FIELD (dlms.retries), FALSE },
  { "dlms", "utc_offset", NUMBER, FIELD (dlms.utc_offset), FALSE },
  { "objects", "name", CODE, FIELD (dlms.name), FALSE },
  { "objects", "invocation_counter", CODE, FIELD (dlms.invocation_counter), FALSE },
  { "objects", "clock", CODE, FIELD (dlms.clock), FALSE },
  { "objects", "calendar", CODE, FIELD (dlms.calendar), FALSE },
  { "objects", "tariff_scripts", CODE, FIELD (dlms.tariff_scripts), FALSE },
  { "objects", "special_days", CODE, FIELD (dlms.special_days), FALSE },
  { "objects", "load_profile", CODE, FIELD (dlms.load_profile), FALSE },
  { "objects", "security", CODE, FIELD (dlms.security), FALSE },
  { "objects", "image_transfer", CODE, FIELD (dlms.image_transfer), FALSE },
  { "objects", "limiter", CODE, FIELD (dlms.limiter), FALSE },
  { "objects", "limiter_enabled", CODE, FIELD (dlms.limiter_enabled), FALSE },
  { "objects", "contract_power", CODE, FIELD (dlms.contract_power), FALSE },
  { "objects", "disconnect", CODE, FIELD (dlms.disconnect), FALSE },
};

static const char *const agreement_keys[] = { "context",    "mechanism", "maker",  "suite",
                                              "protection", "key_info",  "policy", NULL };

static gboolean
take_text (const PosaProfileLoader *loader, const KeyRule *rule, const char *value, GError **error)
{
  if (*value == '\0')
    return posa_profile_set_invalid (loader, rule->group, rule->key, error, "empty");
  *(char **) G_STRUCT_MEMBER_P (loader->profile, rule->offset) = g_strdup (value);
  return TRUE;
}

static gboolean
take_number (const PosaProfileLoader *loader,
             const KeyRule *rule,
             const char *value,
             GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 0, 115200, &number, NULL))
    return posa_profile_set_invalid (loader, rule->group, rule->key, error, "\"%s\" is no number",
                                     value);
  *(guint *) G_STRUCT_MEMBER_P (loader->profile, rule->offset) = (guint) number;
  return TRUE;
}

static gboolean
take_code (const PosaProfileLoader *loader, const KeyRule *rule, const char *value, GError **error)
{
  return posa_obis_parse (value, G_STRUCT_MEMBER_P (loader->profile, rule->offset)) ||
         posa_profile_set_invalid (loader, rule->group, rule->key, error, "\"%s\" is no OBIS code",
                                   value);
}

/* Value of a key that has a rule. */
static gboolean
take_ruled (const PosaProfileLoader *loader, const KeyRule *rule, const char *value, GError **error)
{
  if (rule->type == TEXT)
    return take_text (loader, rule, value, error);
  if (rule->type == NUMBER)
    return take_number (loader, rule, value, error);
  return take_code (loader, rule, value, error);
}

/* "CODE;CODE" */
static gboolean
take_event_logs (PosaProfile *profile, const char *value)
{
  g_auto (GStrv) codes = g_strsplit (value, ";", -1);

  profile->dlms.event_logs = g_array_new (FALSE, FALSE, sizeof (PosaObis));
  for (guint i = 0; codes[i] != NULL; i++)
    {
      PosaObis obis;

      if (!posa_obis_parse (codes[i], &obis))
        return FALSE;
      g_array_append_val (profile->dlms.event_logs, obis);
    }
  return profile->dlms.event_logs->len > 0;
}

static gboolean
take_agreement_number (PosaDlmsAgreement *agreement, const char *key, const char *value)
{
  gboolean is_suite = strcmp (key, "suite") == 0;
  guint64 number = 0;

  if (!g_ascii_string_to_unsigned (value, 10, 0, is_suite ? POSA_DLMS_N_SUITES - 1 : G_MAXUINT8,
                                   &number, NULL))
    return FALSE;
  if (is_suite)
    agreement->suite = (PosaDlmsSuite) number;
  else
    agreement->policy = (guint8) number;
  return TRUE;
}

/* Keys of [dlms] that are about security. */
static gboolean
take_agreement (const PosaProfileLoader *loader, const char *key, const char *value, GError **error)
{
  PosaDlmsAgreement *agreement = &loader->profile->dlms.agreement;
  gboolean known = FALSE;

  if (strcmp (key, "context") == 0)
    {
      agreement->ciphered = strcmp (value, "ciphered") == 0;
      known = agreement->ciphered || strcmp (value, "plain") == 0;
    }
  else if (strcmp (key, "mechanism") == 0)
    known = posa_dlms_mechanism_from_string (value, &agreement->mechanism);
  else if (strcmp (key, "maker") == 0)
    known = posa_dlms_maker_from_string (value, &agreement->maker);
  else if (strcmp (key, "protection") == 0)
    known = posa_dlms_protection_from_string (value, &agreement->protection);
  else if (strcmp (key, "key_info") == 0)
    known = posa_dlms_key_info_from_string (value, &agreement->key_info);
  else
    known = take_agreement_number (agreement, key, value);
  return known ||
         posa_profile_set_invalid (loader, "dlms", key, error, "unknown value \"%s\"", value);
}

static gboolean
take_choice (const PosaProfileLoader *loader,
             const char *group,
             const char *key,
             const char *value,
             GError **error)
{
  PosaProfile *profile = loader->profile;
  gboolean known = TRUE;

  if (strcmp (key, "driver") == 0 &&
      (known = strcmp (value, "iec") == 0 || strcmp (value, "dlms") == 0))
    profile->driver = *value == 'i' ? POSA_DRIVER_IEC : POSA_DRIVER_DLMS;
  else if (strcmp (key, "kind") == 0)
    known = posa_meter_kind_from_string (value, &profile->kind);
  else if (strcmp (key, "start") == 0 &&
           (known = strcmp (value, "direct") == 0 || strcmp (value, "mode-e") == 0))
    profile->start = *value == 'd' ? POSA_LINE_START_DIRECT : POSA_LINE_START_MODE_E;
  else if (strcmp (key, "wake_up") == 0 &&
           (known = strcmp (value, "yes") == 0 || strcmp (value, "no") == 0))
    profile->wake_up = *value == 'y';
  else if (strcmp (key, "plan") == 0 &&
           (known = strcmp (value, "readout") == 0 || strcmp (value, "registers") == 0))
    profile->plan = strcmp (value, "readout") == 0 ? POSA_READING_PLAN_READOUT
                                                   : POSA_READING_PLAN_REGISTERS;
  else if (strcmp (key, "missing") == 0 &&
           (known = strcmp (value, "refuse") == 0 || strcmp (value, "note") == 0))
    profile->missing = strcmp (value, "note") == 0 ? POSA_MISSING_NOTE : POSA_MISSING_REFUSE;
  else if (strcmp (key, "event_logs") == 0)
    known = take_event_logs (profile, value);
  else if (strcmp (key, "order") == 0)
    profile->commissioning = g_strsplit (value, ";", -1);
  return known ||
         posa_profile_set_invalid (loader, group, key, error, "unknown value \"%s\"", value);
}

static gboolean
is_choice (const char *group, const char *key)
{
  static const char *const choices[][2] = {
    { "profile", "driver" },     { "profile", "kind" },       { "line", "start" },
    { "line", "wake_up" },       { "reading", "plan" },       { "reading", "missing" },
    { "objects", "event_logs" }, { "commissioning", "order" }
  };

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (strcmp (group, choices[i][0]) == 0 && strcmp (key, choices[i][1]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_key (const PosaProfileLoader *loader, const char *group, const char *key, GError **error)
{
  g_autofree char *value = g_key_file_get_string (loader->file, group, key, NULL);

  if (value == NULL)
    return posa_profile_set_invalid (loader, group, key, error, "not readable");
  if (posa_profile_has_own_keys (group))
    return posa_profile_take_own_key (loader, group, key, value, error);
  if (strcmp (group, "dlms") == 0 && g_strv_contains (agreement_keys, key))
    return take_agreement (loader, key, value, error);
  if (is_choice (group, key))
    return take_choice (loader, group, key, value, error);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].group, group) == 0 && strcmp (rules[i].key, key) == 0)
      return take_ruled (loader, &rules[i], value, error);
  return posa_profile_set_invalid (loader, group, key, error, "unknown key");
}

static gboolean
take_group (const PosaProfileLoader *loader, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (loader->file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      /* GKeyFile lists a repeated key twice, with the last value. */
      if (g_strv_contains ((const char *const *) keys + i + 1, keys[i]))
        return posa_profile_set_invalid (loader, group, keys[i], error, "given twice");
      if (!take_key (loader, group, keys[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_client (const PosaProfileLoader *loader, const char *key, guint sap, GError **error)
{
  return (sap > 0 && sap <= POSA_HDLC_MAX_CLIENT) ||
         posa_profile_set_invalid (loader, "dlms", key, error, "a client is 1 to %u",
                                   POSA_HDLC_MAX_CLIENT);
}

/* Without these the DLMS driver cannot even ask who is there. */
static gboolean
check_dlms (const PosaProfileLoader *loader, GError **error)
{
  g_autoptr (GError) fault = NULL;
  static const char *const needed[][2] = {
    { "dlms", "logical_device" }, { "dlms", "public_client" }, { "dlms", "installer_client" },
    { "dlms", "utc_offset" },     { "objects", "name" },
  };

  const PosaProfileDlms *dlms = &loader->profile->dlms;
  PosaHdlcAddress address;

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (!g_key_file_has_key (loader->file, needed[i][0], needed[i][1], NULL))
      return posa_profile_set_invalid (loader, needed[i][0], needed[i][1], error, "missing");
  if (posa_dlms_agreement_uses_global_key (&dlms->agreement) &&
      !g_key_file_has_key (loader->file, "objects", "invocation_counter", NULL))
    return posa_profile_set_invalid (loader, "objects", "invocation_counter", error, "missing");
  if (loader->profile->commissioning != NULL &&
      !g_key_file_has_key (loader->file, "objects", "clock", NULL))
    return posa_profile_set_invalid (loader, "objects", "clock", error, "missing");
  if (!posa_dlms_agreement_check (&loader->profile->dlms.agreement, &fault))
    return posa_profile_set_invalid (loader, "dlms", "mechanism", error, "%s", fault->message);
  if (!check_client (loader, "public_client", dlms->public_client, error) ||
      !check_client (loader, "installer_client", dlms->installer_client, error))
    return FALSE;
  return posa_hdlc_address_make (dlms->address_bytes, dlms->logical_device, dlms->physical_device,
                                 &address) ||
         posa_profile_set_invalid (loader, "dlms", "address_bytes", error,
                                   "with logical_device and physical_device no HDLC address");
}

/* Some keys say nothing without others. */
static gboolean
check_companions (const PosaProfileLoader *loader, GError **error)
{
  static const struct
  {
    const char *group, *key, *needed;
  } rows[] = {
    { "frozen", "time", "time_format" },
    { "frozen", "time", "count" },
    { "frozen", "reason", "count" },
    { "tariff-table", "name", "monday" },
    { "tariff-table", "monday", "name" },
    { "tariff-table", "monday", "tuesday" },
    { "tariff-table", "monday", "wednesday" },
    { "tariff-table", "monday", "thursday" },
    { "tariff-table", "monday", "friday" },
    { "tariff-table", "monday", "saturday" },
    { "tariff-table", "monday", "holiday" },
    { "tariff-table", "monday", "default_active_import" },
    { "limiter", "steps", "enabled" },
    { "limiter", "enabled", "steps" },
    { "voltage", "min", "max" },
    { "voltage", "min", "within" },
    { "voltage", "min", "since" },
    { "voltage", "since", "since_format" },
    { "load-profile", "code", "command" },
    { "load-profile", "code", "time_format" },
    { "load-profile", "code", "period_min" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_key_file_has_key (loader->file, rows[i].group, rows[i].key, NULL) &&
        !g_key_file_has_key (loader->file, rows[i].group, rows[i].needed, NULL))
      return posa_profile_set_invalid (loader, rows[i].group, rows[i].needed, error, "missing");
  if (loader->profile->iec.load_code != NULL && loader->profile->iec.load_columns->len == 0)
    return posa_profile_set_invalid (loader, "load-columns", loader->profile->iec.load_code, error,
                                     "missing");
  return TRUE;
}

/* What only the whole file can show. */
static gboolean
check_whole (const PosaProfileLoader *loader, GError **error)
{
  const PosaProfile *profile = loader->profile;
  guint want = posa_meter_kind_get_n_registers (profile->kind), have = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].required && !g_key_file_has_key (loader->file, rules[i].group, rules[i].key, NULL))
      return posa_profile_set_invalid (loader, rules[i].group, rules[i].key, error, "missing");
  for (guint i = 0; i < 2; i++)
    if (!g_key_file_has_key (loader->file, "profile", i == 0 ? "driver" : "kind", NULL))
      return posa_profile_set_invalid (loader, "profile", i == 0 ? "driver" : "kind", error,
                                       "missing");
  if (profile->device_address != NULL && !posa_iec_is_address (profile->device_address))
    return posa_profile_set_invalid (loader, "line", "device_address", error,
                                     "1 to %u of the characters 0-9 A-Z a-z and space",
                                     POSA_IEC_MAX_ADDRESS);
  if (profile->driver == POSA_DRIVER_DLMS && !check_dlms (loader, error))
    return FALSE;
  if (profile->time != NULL &&
      (profile->time_format == NULL || (profile->date != NULL && profile->date_format == NULL)))
    return posa_profile_set_invalid (loader, "clock", "time_format", error, "missing");
  if (!check_companions (loader, error))
    return FALSE;
  for (guint i = 0; i < profile->registers->len; i++)
    have += ((PosaProfileRegister *) g_ptr_array_index (profile->registers, i))->required;
  if (want > 0 && have != want)
    return posa_profile_set_invalid (loader, "registers", posa_meter_kind_to_string (profile->kind),
                                     error,
                                     "%u registers are required, a meter of this kind must hold %u",
                                     have, want);
  return TRUE;
}

PosaProfile *
posa_profile_parse (const char *name, const char *text, gsize size, GError **error)
{
  g_autoptr (PosaProfile) self = g_new0 (PosaProfile, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  PosaProfileLoader loader = { name, file, self };

  self->events = g_ptr_array_new_with_free_func (posa_profile_event_free);
  self->registers = g_ptr_array_new_with_free_func (posa_profile_register_free);
  self->iec.load_columns = g_ptr_array_new_with_free_func (posa_profile_register_free);
  self->dlms.agreement = (PosaDlmsAgreement) POSA_DLMS_AGREEMENT_USUAL;
  self->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, size);
  if (!g_key_file_load_from_data (file, text, size, G_KEY_FILE_NONE, error))
    {
      posa_error_convert (error, POSA_ERROR_INVALID_DATA);
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (!take_group (&loader, groups[i], error))
      return NULL;
  return check_whole (&loader, error) ? g_steal_pointer (&self) : NULL;
}

void
posa_profile_free (PosaProfile *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].type == TEXT)
      g_free (*(char **) G_STRUCT_MEMBER_P (self, rules[i].offset));
  for (guint i = 0; i < POSA_PROFILE_MAX_BITS; i++)
    g_free (self->status_bits[i]);
  g_free (self->sha256);
  g_strfreev (self->commissioning);
  g_clear_pointer (&self->dlms.event_logs, g_array_unref);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->registers);
  g_ptr_array_unref (self->iec.load_columns);
  g_free (self);
}
