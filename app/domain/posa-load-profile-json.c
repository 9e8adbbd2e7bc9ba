/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-load-profile.h"

static const char *const flag_names[] = { "clock_set",  "power_fail", "clock_doubt",
                                          "incomplete", "missing",    "other_doubt" };

gboolean
posa_load_flag_from_string (const char *text, guint *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (flag_names); i++)
    if (g_strcmp0 (text, flag_names[i]) == 0)
      {
        *out = 1u << i;
        return TRUE;
      }
  return FALSE;
}

static void
channels_to_json (const PosaLoadProfile *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "channels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->n_channels; i++)
    {
      const PosaLoadChannel *channel = &self->channels[i];
      g_autofree char *obis = posa_obis_format (channel->obis);

      json_builder_begin_object (builder);
      posa_json_add_string (builder, "obis", obis);
      posa_json_add_string (builder, "quantity", posa_quantity_to_string (channel->quantity));
      posa_json_add_string (builder, "unit", posa_quantity_get_unit (channel->quantity));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
flags_to_json (guint flags, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "flags");
  json_builder_begin_array (builder);
  for (guint i = 0; i < G_N_ELEMENTS (flag_names); i++)
    if ((flags >> i & 1) != 0)
      json_builder_add_string_value (builder, flag_names[i]);
  json_builder_end_array (builder);
}

static void
interval_to_json (const PosaLoadProfile *self,
                  const PosaLoadInterval *interval,
                  JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  posa_json_add_time (builder, "end", interval->end_us);
  if (interval->flags != 0)
    flags_to_json (interval->flags, builder);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->n_channels; i++)
    if (interval->values[i] == POSA_LOAD_NO_VALUE)
      json_builder_add_null_value (builder);
    else
      json_builder_add_int_value (builder, interval->values[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

void
posa_load_profile_to_json (const PosaLoadProfile *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  posa_json_add_int (builder, "period_s", self->period_s);
  channels_to_json (self, builder);
  json_builder_set_member_name (builder, "intervals");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->intervals->len; i++)
    interval_to_json (self, &g_array_index (self->intervals, PosaLoadInterval, i), builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

char *
posa_load_profile_to_text (const PosaLoadProfile *self, gboolean pretty)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  posa_load_profile_to_json (self, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, pretty);
}

static void
channel_from_json (PosaLoadChannel *self, PosaJsonCursor object)
{
  if (!posa_obis_parse (posa_json_string (object, "obis"), &self->obis))
    posa_json_fault (object, "no OBIS code");
  else if (!posa_quantity_from_string (posa_json_string (object, "quantity"), &self->quantity))
    posa_json_fault (object, "unknown quantity");
  else if (g_strcmp0 (posa_json_string (object, "unit"), posa_quantity_get_unit (self->quantity)) !=
           0)
    posa_json_fault (object, "unit is not %s", posa_quantity_get_unit (self->quantity));
}

static void
shape_from_json (PosaLoadProfile *self, PosaJsonCursor object)
{
  PosaLoadChannel channels[POSA_LOAD_MAX_CHANNELS] = { 0 };
  PosaJsonCursor array = posa_json_array (object, "channels");
  g_autoptr (GError) local = NULL;
  gint64 period_s = posa_json_int (object, "period_s");
  guint n = posa_json_length (array);

  for (guint i = 0; i < MIN (n, POSA_LOAD_MAX_CHANNELS); i++)
    channel_from_json (&channels[i], posa_json_at (array, i));
  if (posa_json_check (object.document, NULL) &&
      !posa_load_profile_set_shape (self, (guint) CLAMP (period_s, 0, G_MAXUINT), channels, n,
                                    &local))
    posa_json_fault (object, "%s", local->message);
}

static guint
flags_from_json (PosaJsonCursor array)
{
  guint flags = 0;

  for (guint i = 0; i < posa_json_length (array); i++)
    {
      PosaJsonCursor at = posa_json_at (array, i);
      const char *name = posa_json_string_value (at);
      guint flag = 0;

      if (name != NULL && !posa_load_flag_from_string (name, &flag))
        posa_json_fault (at, "unknown flag \"%s\"", name);
      flags |= flag;
    }
  return flags;
}

static void
interval_from_json (PosaLoadProfile *self, PosaJsonCursor object)
{
  PosaLoadInterval interval = { .end_us = posa_json_time (object, "end") };
  PosaJsonCursor values = posa_json_array (object, "values");
  g_autoptr (GError) local = NULL;

  if (posa_json_has (object, "flags"))
    interval.flags = flags_from_json (posa_json_array (object, "flags"));
  if (posa_json_length (values) != self->n_channels)
    posa_json_fault (values, "needs a value for each channel");
  for (guint i = 0; i < self->n_channels && posa_json_check (object.document, NULL); i++)
    {
      PosaJsonCursor at = posa_json_at (values, i);
      interval.values[i] = posa_json_is_null (at) ? POSA_LOAD_NO_VALUE : posa_json_int_value (at);
    }
  if (posa_json_check (object.document, NULL) && !posa_load_profile_add (self, &interval, &local))
    posa_json_fault (object, "%s", local->message);
}

PosaLoadProfile *
posa_load_profile_from_json (PosaJsonCursor object)
{
  g_autoptr (PosaLoadProfile) self = posa_load_profile_new ();
  PosaJsonCursor array = posa_json_array (object, "intervals");
  guint n = posa_json_length (array);

  shape_from_json (self, object);
  for (guint i = 0; i < n && posa_json_check (object.document, NULL); i++)
    interval_from_json (self, posa_json_at (array, i));
  return posa_json_check (object.document, NULL) ? g_steal_pointer (&self) : NULL;
}

PosaLoadProfile *
posa_load_profile_from_text (const char *text, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, error);

  if (document == NULL)
    return NULL;
  g_autoptr (PosaLoadProfile) self = posa_load_profile_from_json (posa_json_root (document));
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}
