/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "model/posa-profile-tool.h"

#include "meter/codec/posa-hdlc.h"
#include "meter/posa-profile-pattern.h"
#include "meter/posa-profile.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The facts of a profile while they are collected. */
typedef struct
{
  GStrvBuilder *labels, *facts;
} Facts;

static void
check_free_cb (gpointer data)
{
  PosaProfileCheck *check = data;

  g_free (check->path);
  g_free (check->fault);
  g_strfreev (check->labels);
  g_strfreev (check->facts);
  g_free (check);
}

/* Takes @fact; NULL is left out. */
static void
add (Facts *facts, const char *label, char *fact)
{
  if (fact == NULL)
    return;
  g_strv_builder_add (facts->labels, label);
  g_strv_builder_take (facts->facts, fact);
}

static void
add_registers (Facts *facts, const PosaProfile *profile)
{
  for (guint i = 0; i < profile->registers->len; i++)
    {
      const PosaProfileRegister *reg = g_ptr_array_index (profile->registers, i);
      g_autofree char *code = posa_obis_format (reg->obis);

      add (facts, reg->code,
           g_strdup_printf ("%-12s %-22s %u  %-6s %s", code,
                            posa_quantity_to_string (reg->quantity), reg->tier, reg->unit,
                            reg->required ? _ ("required") : _ ("optional")));
    }
}

static void
add_status_bits (Facts *facts, const PosaProfile *profile)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < POSA_PROFILE_MAX_BITS; i++)
    if (profile->status_bits[i] != NULL)
      g_string_append_printf (names, "%s%u %s", names->len > 0 ? ", " : "", i,
                              profile->status_bits[i]);
  if (names->len > 0)
    add (facts, _ ("Status bits"), g_strdup (names->str));
}

/* Who is called, and by whom. */
static char *
describe_hdlc (const PosaProfileDlms *dlms)
{
  PosaHdlcAddress server;

  posa_hdlc_address_make (dlms->address_bytes, dlms->logical_device, dlms->physical_device,
                          &server);
  return server.width == 1
             ? g_strdup_printf (_ ("logical device %u; clients %u and %u"), server.upper,
                                dlms->public_client, dlms->installer_client)
             : g_strdup_printf (_ ("logical device %u, physical %u, in %u bytes; clients %u and "
                                   "%u"),
                                server.upper, server.lower, server.width, dlms->public_client,
                                dlms->installer_client);
}

static void
collect (Facts *facts, const PosaProfile *profile)
{
  gboolean dlms = profile->driver == POSA_DRIVER_DLMS;

  add (facts, _ ("Profile"), g_strdup_printf (_ ("%s, version %s"), profile->id, profile->version));
  add (facts, _ ("Kind"), g_strdup (posa_meter_kind_to_string (profile->kind)));
  add (facts, _ ("Model"), g_strdup (profile->model));
  add (facts, _ ("Protocol"), g_strdup (dlms ? "DLMS/COSEM" : "IEC 62056-21"));
  add (facts, _ ("Recognised by"),
       g_strdup_printf ("%s %s", profile->manufacturer, profile->ident));
  add (facts, _ ("Line"),
       g_strdup_printf (dlms ? _ ("%u baud") : _ ("up to %u baud"), profile->baud));
  add (facts, _ ("Device address"), g_strdup (profile->device_address));
  add (facts, _ ("HDLC address"), dlms ? describe_hdlc (&profile->dlms) : NULL);
  add (facts, _ ("Security"),
       dlms ? posa_dlms_agreement_describe (&profile->dlms.agreement) : NULL);
  add (facts, _ ("Serial number"), g_strdup (profile->serial));
  add (facts, _ ("Customer number"), g_strdup (profile->customer_number));
  add (facts, _ ("Firmware"), g_strdup (profile->firmware));
  add (facts, _ ("Status word"), g_strdup (profile->status));
  add_status_bits (facts, profile);
  if (profile->commissioning != NULL)
    add (facts, _ ("Commissioning"), g_strjoinv (", ", profile->commissioning));
  add (facts, _ ("Registers"), g_strdup_printf ("%u", profile->registers->len));
  add_registers (facts, profile);
  add (facts, "SHA-256", g_strdup (profile->sha256));
}

/* What helps, by what a fault says. */
static const char *
find_remedy (const char *fault)
{
  static const struct
  {
    const char *part, *remedy;
  } remedies[] = {
    { "unknown key",
      N_ ("Groups and keys are a closed set: compare with a profile that is good.") },
    { "unknown value", N_ ("Compare with a profile that is good.") },
    { ": missing", N_ ("Add the key.") },
    { "given twice", N_ ("Leave one of them out.") },
    { "is no number", N_ ("Write a whole number in digits.") },
    { "OBIS code", N_ ("Write the code as 1.8.0 or 1-0:1.8.0.") },
    { ": empty", N_ ("Write a value, or leave the key out.") },
    { "registers are required", N_ ("Mark as required what delibera 292/06 wants of the kind.") },
    { "has the same", N_ ("Give one of them another id.") },
    { "claims the same", N_ ("Narrow one of the patterns.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (strstr (fault, remedies[i].part) != NULL)
      return _ (remedies[i].remedy);
  return _ ("Correct the file and check it again.");
}

/* What is wrong between @self and the earlier @other, or NULL. */
static char *
compare (const PosaProfile *self, const PosaProfile *other, const char *self_path, const char *path)
{
  g_autofree char *name = g_path_get_basename (self_path);

  if (g_str_equal (self->id, other->id))
    return g_strdup_printf ("%s: [profile] id: %s has the same", name, path);
  if (self->driver == other->driver &&
      posa_profile_pattern_conflicts (self->manufacturer, self->ident, other->manufacturer,
                                      other->ident))
    return g_strdup_printf ("%s: [match] ident: %s claims the same meters", name, path);
  return NULL;
}

static void
load (PosaProfileCheck *check, GPtrArray *profiles)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  Facts facts = { labels, texts };
  PosaProfile *profile = posa_profile_load (check->path, &error);

  g_ptr_array_add (profiles, profile);
  if (profile != NULL)
    collect (&facts, profile);
  else
    check->fault = g_strdup (error->message);
  check->labels = g_strv_builder_end (labels);
  check->facts = g_strv_builder_end (texts);
}

static void
profile_free_cb (gpointer profile)
{
  if (profile != NULL)
    posa_profile_free (profile);
}

GPtrArray *
posa_profile_tool_check (const char *const *paths)
{
  GPtrArray *checks = g_ptr_array_new_with_free_func (check_free_cb);
  g_autoptr (GPtrArray) profiles = g_ptr_array_new_with_free_func (profile_free_cb);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      PosaProfileCheck *check = g_new0 (PosaProfileCheck, 1);

      check->path = g_strdup (paths[i]);
      g_ptr_array_add (checks, check);
      load (check, profiles);
      const PosaProfile *profile = g_ptr_array_index (profiles, i);
      for (guint j = 0; profile != NULL && j < i && check->fault == NULL; j++)
        if (g_ptr_array_index (profiles, j) != NULL)
          check->fault = compare (profile, g_ptr_array_index (profiles, j), check->path, paths[j]);
      if (check->fault != NULL)
        check->remedy = find_remedy (check->fault);
    }
  return checks;
}
