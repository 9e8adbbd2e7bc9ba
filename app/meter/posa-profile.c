/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-profile.h"

#include "base/posa-datadir.h"
#include "base/posa-error.h"
#include "base/posa-file.h"
#include "meter/codec/posa-hdlc.h"

#include <string.h>

#define MAX_FILE (256 * 1024)

typedef enum
{
  TEXT,
  NUMBER,
  CODE /* OBIS */
} KeyType;

/* Every key that a profile may have, apart from the numbered and coded ones of [status-bits] and
 * [registers]. */
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
  { "objects", "limiter", CODE, FIELD (dlms.limiter), FALSE },
  { "objects", "limiter_enabled", CODE, FIELD (dlms.limiter_enabled), FALSE },
  { "objects", "contract_power", CODE, FIELD (dlms.contract_power), FALSE },
  { "objects", "disconnect", CODE, FIELD (dlms.disconnect), FALSE },
};

/* The reading of one file. */
typedef struct
{
  const char *name;
  GKeyFile *file;
  PosaProfile *profile;
} Loader;

static gboolean G_GNUC_PRINTF (5, 6) set_invalid (const Loader *loader,
                                                  const char *group,
                                                  const char *key,
                                                  GError **error,
                                                  const char *format,
                                                  ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: [%s] %s: %s", loader->name, group,
               key, what);
  return FALSE;
}

static gboolean
take_text (const Loader *loader, const KeyRule *rule, const char *value, GError **error)
{
  if (*value == '\0')
    return set_invalid (loader, rule->group, rule->key, error, "empty");
  *(char **) G_STRUCT_MEMBER_P (loader->profile, rule->offset) = g_strdup (value);
  return TRUE;
}

static gboolean
take_number (const Loader *loader, const KeyRule *rule, const char *value, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, 0, 115200, &number, NULL))
    return set_invalid (loader, rule->group, rule->key, error, "\"%s\" is no number", value);
  *(guint *) G_STRUCT_MEMBER_P (loader->profile, rule->offset) = (guint) number;
  return TRUE;
}

static gboolean
take_code (const Loader *loader, const KeyRule *rule, const char *value, GError **error)
{
  return posa_obis_parse (value, G_STRUCT_MEMBER_P (loader->profile, rule->offset)) ||
         set_invalid (loader, rule->group, rule->key, error, "\"%s\" is no OBIS code", value);
}

/* Value of a key that has a rule. */
static gboolean
take_ruled (const Loader *loader, const KeyRule *rule, const char *value, GError **error)
{
  if (rule->type == TEXT)
    return take_text (loader, rule, value, error);
  if (rule->type == NUMBER)
    return take_number (loader, rule, value, error);
  return take_code (loader, rule, value, error);
}

static gboolean
take_choice (const Loader *loader,
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
  else if (strcmp (key, "order") == 0)
    profile->commissioning = g_strsplit (value, ";", -1);
  return known || set_invalid (loader, group, key, error, "unknown value \"%s\"", value);
}

static gboolean
take_status_bit (const Loader *loader, const char *key, const char *value, GError **error)
{
  guint64 bit;

  if (!g_ascii_string_to_unsigned (key, 10, 0, POSA_PROFILE_MAX_BITS - 1, &bit, NULL))
    return set_invalid (loader, "status-bits", key, error, "a bit is 0 to %d",
                        POSA_PROFILE_MAX_BITS - 1);
  if (loader->profile->status_bits[bit] != NULL)
    return set_invalid (loader, "status-bits", key, error, "given twice");
  loader->profile->status_bits[bit] = g_strdup (value);
  return TRUE;
}

static void
register_free (gpointer data)
{
  PosaProfileRegister *reg = data;

  g_free (reg->code);
  g_free (reg->unit);
  g_free (reg);
}

/* "6.3": six digits before the point and three behind it, just as the meter writes them. */
static gboolean
take_digits (PosaProfileRegister *reg, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);
  guint64 digits, decimals;

  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 1, 12, &digits, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, 6, &decimals, NULL))
    return FALSE;
  reg->digits = (guint) digits;
  reg->decimals = (guint) decimals;
  return TRUE;
}

/* "CODE=quantity;tier;unit;required|optional[;digits.decimals]" */
static gboolean
take_register (const Loader *loader, const char *key, const char *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);
  PosaProfileRegister *reg = g_new0 (PosaProfileRegister, 1);
  guint64 tier;

  g_ptr_array_add (loader->profile->registers, reg);
  reg->code = g_strdup (key);
  if (!posa_obis_parse (key, &reg->obis))
    return set_invalid (loader, "registers", key, error, "no OBIS code");
  if (g_strv_length (parts) < 4 || g_strv_length (parts) > 5)
    return set_invalid (loader, "registers", key, error,
                        "expected quantity;tier;unit;required or optional;digits");
  if (!posa_quantity_from_string (parts[0], &reg->quantity))
    return set_invalid (loader, "registers", key, error, "unknown quantity \"%s\"", parts[0]);
  if (!g_ascii_string_to_unsigned (parts[1], 10, 0, 6, &tier, NULL))
    return set_invalid (loader, "registers", key, error, "a tier is 0 to 6");
  if (!g_str_has_suffix (parts[2], posa_quantity_get_unit (reg->quantity)))
    return set_invalid (loader, "registers", key, error, "%s is not counted in %s", parts[0],
                        parts[2]);
  reg->required = strcmp (parts[3], "required") == 0;
  if (!reg->required && strcmp (parts[3], "optional") != 0)
    return set_invalid (loader, "registers", key, error, "\"%s\" is neither required nor optional",
                        parts[3]);
  if (parts[4] != NULL && !take_digits (reg, parts[4]))
    return set_invalid (loader, "registers", key, error, "\"%s\" are no digits such as 6.3",
                        parts[4]);
  reg->tier = (guint) tier;
  reg->unit = g_strdup (parts[2]);
  return TRUE;
}

static gboolean
is_choice (const char *group, const char *key)
{
  static const char *const choices[][2] = { { "profile", "driver" }, { "profile", "kind" },
                                            { "line", "start" },     { "line", "wake_up" },
                                            { "reading", "plan" },   { "commissioning", "order" } };

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (strcmp (group, choices[i][0]) == 0 && strcmp (key, choices[i][1]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_key (const Loader *loader, const char *group, const char *key, GError **error)
{
  g_autofree char *value = g_key_file_get_string (loader->file, group, key, NULL);

  if (value == NULL)
    return set_invalid (loader, group, key, error, "not readable");
  if (strcmp (group, "registers") == 0)
    return take_register (loader, key, value, error);
  if (strcmp (group, "status-bits") == 0)
    return take_status_bit (loader, key, value, error);
  if (is_choice (group, key))
    return take_choice (loader, group, key, value, error);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].group, group) == 0 && strcmp (rules[i].key, key) == 0)
      return take_ruled (loader, &rules[i], value, error);
  return set_invalid (loader, group, key, error, "unknown key");
}

static gboolean
take_group (const Loader *loader, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (loader->file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      /* GKeyFile lists a repeated key twice, with the last value. */
      if (g_strv_contains ((const char *const *) keys + i + 1, keys[i]))
        return set_invalid (loader, group, keys[i], error, "given twice");
      if (!take_key (loader, group, keys[i], error))
        return FALSE;
    }
  return TRUE;
}

/* Without these the DLMS driver cannot even ask who is there. */
static gboolean
check_dlms (const Loader *loader, GError **error)
{
  static const char *const needed[][2] = {
    { "dlms", "logical_device" }, { "dlms", "public_client" }, { "dlms", "installer_client" },
    { "dlms", "utc_offset" },     { "objects", "name" },       { "objects", "invocation_counter" },
    { "objects", "clock" },
  };

  const PosaProfileDlms *dlms = &loader->profile->dlms;
  PosaHdlcAddress address;

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (!g_key_file_has_key (loader->file, needed[i][0], needed[i][1], NULL))
      return set_invalid (loader, needed[i][0], needed[i][1], error, "missing");
  return posa_hdlc_address_make (dlms->address_bytes, dlms->logical_device, dlms->physical_device,
                                 &address) ||
         set_invalid (loader, "dlms", "address_bytes", error,
                      "with logical_device and physical_device no HDLC address");
}

/* What only the whole file can show. */
static gboolean
check_whole (const Loader *loader, GError **error)
{
  const PosaProfile *profile = loader->profile;
  guint want = posa_meter_kind_get_n_registers (profile->kind), have = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].required && !g_key_file_has_key (loader->file, rules[i].group, rules[i].key, NULL))
      return set_invalid (loader, rules[i].group, rules[i].key, error, "missing");
  for (guint i = 0; i < 2; i++)
    if (!g_key_file_has_key (loader->file, "profile", i == 0 ? "driver" : "kind", NULL))
      return set_invalid (loader, "profile", i == 0 ? "driver" : "kind", error, "missing");
  if (profile->driver == POSA_DRIVER_DLMS && !check_dlms (loader, error))
    return FALSE;
  if (profile->time != NULL &&
      (profile->time_format == NULL || (profile->date != NULL && profile->date_format == NULL)))
    return set_invalid (loader, "clock", "time_format", error, "missing");
  for (guint i = 0; i < profile->registers->len; i++)
    have += ((PosaProfileRegister *) g_ptr_array_index (profile->registers, i))->required;
  if (want > 0 && have != want)
    return set_invalid (loader, "registers", posa_meter_kind_to_string (profile->kind), error,
                        "%u registers are required, a meter of this kind must hold %u", have, want);
  return TRUE;
}

PosaProfile *
posa_profile_parse (const char *name, const char *text, gsize size, GError **error)
{
  g_autoptr (PosaProfile) self = g_new0 (PosaProfile, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  Loader loader = { name, file, self };

  self->registers = g_ptr_array_new_with_free_func (register_free);
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

PosaProfile *
posa_profile_load (const char *path, GError **error)
{
  g_autoptr (GBytes) content = posa_file_read (path, MAX_FILE, error);
  g_autofree char *name = g_path_get_basename (path);

  if (content == NULL)
    return NULL;
  return posa_profile_parse (name, g_bytes_get_data (content, NULL), g_bytes_get_size (content),
                             error);
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
  g_ptr_array_unref (self->registers);
  g_free (self);
}

static int
compare_names_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
posa_profile_load_all (GError **error)
{
  g_autofree char *folder = posa_datadir_build ("profiles");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray)
      profiles = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_profile_free);
  const char *name;

  if (dir == NULL)
    {
      posa_error_convert (error, POSA_ERROR_NOT_FOUND);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".profile"))
      g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names_cb);
  for (guint i = 0; i < names->len; i++)
    {
      PosaProfile *profile = posa_profile_load (g_ptr_array_index (names, i), error);
      if (profile == NULL)
        return NULL;
      g_ptr_array_add (profiles, profile);
    }
  return g_steal_pointer (&profiles);
}

const PosaProfile *
posa_profile_match (GPtrArray *profiles,
                    PosaDriver driver,
                    const char *manufacturer,
                    const char *ident)
{
  for (guint i = 0; i < profiles->len; i++)
    {
      const PosaProfile *profile = g_ptr_array_index (profiles, i);
      if (profile->driver == driver &&
          g_ascii_strcasecmp (profile->manufacturer, manufacturer) == 0 &&
          g_pattern_match_simple (profile->ident, ident))
        return profile;
    }
  return NULL;
}

GStrv
posa_profile_decode_status (const PosaProfile *self, const char *raw, GError **error)
{
  g_autoptr (GStrvBuilder) flags = g_strv_builder_new ();
  guint64 word;

  if (!g_ascii_string_to_unsigned (raw, 16, 0, G_MAXUINT64, &word, NULL))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "status word \"%s\" is not hex",
                   raw);
      return NULL;
    }
  for (guint bit = 0; bit < POSA_PROFILE_MAX_BITS; bit++)
    if ((word >> bit & 1) != 0)
      g_strv_builder_take (flags, self->status_bits[bit] != NULL ? g_strdup (self->status_bits[bit])
                                                                 : g_strdup_printf ("bit-%u", bit));
  return g_strv_builder_end (flags);
}
