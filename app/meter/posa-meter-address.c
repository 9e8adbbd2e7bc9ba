/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-meter-address.h"

#include "base/posa-error.h"
#include "meter/codec/posa-hdlc.h"

#include <string.h>

#define MAX_PART 0x3FFF /* fourteen bits */

/* The keys that are numbers. */
static const struct
{
  const char *key;
  guint most;
  gsize offset;
} numbers[] = {
  { "logical", MAX_PART, G_STRUCT_OFFSET (PosaMeterAddress, logical) },
  { "physical", MAX_PART, G_STRUCT_OFFSET (PosaMeterAddress, physical) },
  { "bytes", 4, G_STRUCT_OFFSET (PosaMeterAddress, bytes) },
  { "public", POSA_HDLC_MAX_CLIENT, G_STRUCT_OFFSET (PosaMeterAddress, public_client) },
  { "client", POSA_HDLC_MAX_CLIENT, G_STRUCT_OFFSET (PosaMeterAddress, client) },
};

static gboolean
set_usage (GError **error, const char *part, const char *what)
{
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE, "address \"%s\": %s", part, what);
  return FALSE;
}

static gboolean
take_device (PosaMeterAddress *self, const char *part, const char *value, GError **error)
{
  if (*self->device != '\0')
    return set_usage (error, part, "given twice");
  if (!posa_iec_is_address (value))
    return set_usage (error, part,
                      "a device address has 1 to 32 of the characters 0-9 A-Z a-z and space");
  g_strlcpy (self->device, value, sizeof self->device);
  return TRUE;
}

static gboolean
take_part (PosaMeterAddress *self, const char *part, GError **error)
{
  const char *equals = strchr (part, '=');
  g_autofree char *key = g_strndup (part, equals != NULL ? (gsize) (equals - part) : 0);
  guint64 value = 0;

  if (strcmp (key, "device") == 0)
    return take_device (self, part, equals + 1, error);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint *number = G_STRUCT_MEMBER_P (self, numbers[i].offset);

      if (strcmp (key, numbers[i].key) != 0)
        continue;
      if (*number != 0)
        return set_usage (error, part, "given twice");
      if (!g_ascii_string_to_unsigned (equals + 1, 10, 1, numbers[i].most, &value, NULL))
        {
          g_autofree char *what = g_strdup_printf ("a number from 1 to %u", numbers[i].most);
          return set_usage (error, part, what);
        }
      *number = (guint) value;
      return TRUE;
    }
  return set_usage (error, part,
                    "KEY=VALUE, with device, logical, physical, bytes, public or client as KEY");
}

gboolean
posa_meter_address_parse (const char *text, PosaMeterAddress *out, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  *out = (PosaMeterAddress) { 0 };
  if (parts[0] == NULL)
    return set_usage (error, text, "it is empty");
  for (guint i = 0; parts[i] != NULL; i++)
    if (!take_part (out, parts[i], error))
      return FALSE;
  return out->bytes != 3 || set_usage (error, text, "an HDLC address has 1, 2 or 4 bytes");
}

static gboolean
names_hdlc (const PosaMeterAddress *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (*(const guint *) G_STRUCT_MEMBER_P (self, numbers[i].offset) != 0)
      return TRUE;
  return FALSE;
}

gboolean
posa_meter_address_may_sign_on (const PosaMeterAddress *self)
{
  return self == NULL || *self->device != '\0' || !names_hdlc (self);
}

gboolean
posa_meter_address_may_be_hdlc (const PosaMeterAddress *self)
{
  return self == NULL || *self->device == '\0' || names_hdlc (self);
}

const char *
posa_meter_address_get_device (const PosaMeterAddress *self)
{
  return self != NULL && *self->device != '\0' ? self->device : NULL;
}

static void
replace_number (guint *number, guint given)
{
  if (given != 0)
    *number = given;
}

static gboolean
apply (const PosaMeterAddress *self, PosaProfile *profile, GError **error)
{
  PosaProfileDlms *dlms = &profile->dlms;
  PosaHdlcAddress server;

  if (*self->device != '\0')
    {
      g_free (profile->device_address);
      profile->device_address = g_strdup (self->device);
    }
  /* A form of the profile's that does not fit what is given is not meant. */
  if (self->logical != 0 || self->physical != 0)
    dlms->address_bytes = 0;
  replace_number (&dlms->logical_device, self->logical);
  replace_number (&dlms->physical_device, self->physical);
  replace_number (&dlms->address_bytes, self->bytes);
  replace_number (&dlms->public_client, self->public_client);
  replace_number (&dlms->installer_client, self->client);
  if (self->bytes == 1)
    dlms->physical_device = self->physical;
  if (profile->driver != POSA_DRIVER_DLMS ||
      posa_hdlc_address_make (dlms->address_bytes, dlms->logical_device, dlms->physical_device,
                              &server))
    return TRUE;
  g_set_error (error, POSA_ERROR, POSA_ERROR_USAGE,
               "no meter has the HDLC address logical=%u, physical=%u in %u bytes: one byte has no "
               "physical device, two and four have one, two hold numbers up to 127",
               dlms->logical_device, dlms->physical_device, dlms->address_bytes);
  return FALSE;
}

static GPtrArray *
load_profile (const char *path, GError **error)
{
  PosaProfile *profile = posa_profile_load (path, error);
  GPtrArray *profiles = NULL;

  if (profile != NULL)
    {
      profiles = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_profile_free);
      g_ptr_array_add (profiles, profile);
    }
  return profiles;
}

GPtrArray *
posa_meter_address_load_profiles (const PosaMeterAddress *self, GError **error)
{
  g_autoptr (GPtrArray) profiles = self != NULL && self->profile != NULL
                                       ? load_profile (self->profile, error)
                                       : posa_profile_load_all (error);

  for (guint i = 0; self != NULL && profiles != NULL && i < profiles->len; i++)
    if (!apply (self, g_ptr_array_index (profiles, i), error))
      return NULL;
  return g_steal_pointer (&profiles);
}
