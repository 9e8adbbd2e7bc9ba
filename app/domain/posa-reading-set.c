/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-reading-set.h"

#include "base/posa-clock.h"

#define FLAGS_MAX   64
#define MISSING_MAX 256

static const char *const kind_names[POSA_N_READING_KINDS] = {
  [POSA_READING_REMOVAL] = "removal",
  [POSA_READING_SECOND] = "second",
  [POSA_READING_ACTIVATION] = "activation",
  [POSA_READING_CHECK] = "check",
};

static const char *const method_names[POSA_N_READING_METHODS] = {
  [POSA_READING_OPTICAL] = "optical",
  [POSA_READING_DISPLAY] = "display",
};

const char *
posa_reading_kind_to_string (PosaReadingKind self)
{
  g_return_val_if_fail (self < POSA_N_READING_KINDS, "");
  return kind_names[self];
}

const char *
posa_reading_method_to_string (PosaReadingMethod self)
{
  g_return_val_if_fail (self < POSA_N_READING_METHODS, "");
  return method_names[self];
}

static void
missing_item_free (gpointer data)
{
  PosaMissingItem *item = data;

  g_free (item->what);
  g_free (item->reason);
  g_free (item);
}

PosaReadingSet *
posa_reading_set_new (void)
{
  PosaReadingSet *self = g_new0 (PosaReadingSet, 1);

  self->status_flags = g_new0 (char *, 1);
  self->registers = posa_registers_new ();
  self->missing = g_ptr_array_new_with_free_func (missing_item_free);
  return self;
}

static void
nameplate_clear (PosaNameplate *self)
{
  g_free (self->manufacturer);
  g_free (self->serial);
  g_free (self->model);
  g_free (self->firmware);
  g_free (self->customer_number);
}

void
posa_reading_set_free (PosaReadingSet *self)
{
  nameplate_clear (&self->meter);
  g_free (self->profile_id);
  g_free (self->profile_version);
  g_free (self->profile_sha256);
  g_free (self->status_raw);
  g_strfreev (self->status_flags);
  g_ptr_array_unref (self->registers);
  g_clear_pointer (&self->frozen, posa_frozen_registers_free);
  g_clear_pointer (&self->facts, posa_meter_facts_free);
  g_ptr_array_unref (self->missing);
  g_free (self);
}

void
posa_reading_set_add_missing (PosaReadingSet *self, const char *what, const char *reason)
{
  PosaMissingItem *item = g_new0 (PosaMissingItem, 1);

  item->what = g_strdup (what);
  item->reason = g_strdup (reason);
  g_ptr_array_add (self->missing, item);
}

gint64
posa_reading_set_get_drift_s (const PosaReadingSet *self)
{
  /* Whole milliseconds, as the JSON has them: else the number could change on the way there and
   * back. */
  gint64 drift_ms = self->meter_clock_us / 1000 - self->device_clock_us / 1000;

  if (self->meter_clock_us == 0 || self->device_clock_us == 0)
    return 0;
  return (drift_ms + (drift_ms < 0 ? -500 : 500)) / 1000;
}

static void
nameplate_to_json (const PosaNameplate *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "meter");
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "serial", self->serial);
  posa_json_add_string (builder, "model", self->model);
  posa_json_add_string (builder, "kind", posa_meter_kind_to_string (self->kind));
  posa_json_add_string (builder, "firmware", self->firmware);
  posa_json_add_string (builder, "customer_number", self->customer_number);
  posa_json_add_string (builder, "manufacturer", self->manufacturer);
  json_builder_end_object (builder);
}

static void
profile_to_json (const PosaReadingSet *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "profile");
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "id", self->profile_id);
  posa_json_add_string (builder, "version", self->profile_version);
  posa_json_add_string (builder, "sha256", self->profile_sha256);
  json_builder_end_object (builder);
}

static void
clock_to_json (const PosaReadingSet *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "clock");
  json_builder_begin_object (builder);
  posa_json_add_time_or_null (builder, "meter", self->meter_clock_us);
  posa_json_add_time_or_null (builder, "device", self->device_clock_us);
  if (self->meter_clock_us != 0)
    posa_json_add_int (builder, "drift_s", posa_reading_set_get_drift_s (self));
  else
    posa_json_add_string (builder, "drift_s", NULL);
  json_builder_end_object (builder);
}

static void
status_to_json (const PosaReadingSet *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "status");
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "raw", self->status_raw);
  json_builder_set_member_name (builder, "flags");
  json_builder_begin_array (builder);
  for (char **flag = self->status_flags; *flag != NULL; flag++)
    json_builder_add_string_value (builder, *flag);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
line_to_json (const PosaLineStats *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "line");
  json_builder_begin_object (builder);
  posa_json_add_int (builder, "bytes_tx", (gint64) self->bytes_tx);
  posa_json_add_int (builder, "bytes_rx", (gint64) self->bytes_rx);
  posa_json_add_int (builder, "round_trips", self->round_trips);
  posa_json_add_int (builder, "wall_ms", self->wall_us / 1000);
  posa_json_add_int (builder, "retries", self->retries);
  json_builder_end_object (builder);
}

static void
missing_to_json (GPtrArray *missing, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "missing");
  json_builder_begin_array (builder);
  for (guint i = 0; i < missing->len; i++)
    {
      const PosaMissingItem *item = g_ptr_array_index (missing, i);

      json_builder_begin_object (builder);
      posa_json_add_string (builder, "what", item->what);
      posa_json_add_string (builder, "reason", item->reason);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
further_to_json (const PosaReadingSet *self, JsonBuilder *builder)
{
  if (self->frozen != NULL)
    {
      json_builder_set_member_name (builder, "frozen");
      posa_frozen_registers_to_json (self->frozen, builder);
    }
  if (self->facts != NULL)
    {
      json_builder_set_member_name (builder, "facts");
      posa_meter_facts_to_json (self->facts, builder);
    }
  if (self->missing->len > 0)
    missing_to_json (self->missing, builder);
}

void
posa_reading_set_to_json (const PosaReadingSet *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "kind", posa_reading_kind_to_string (self->kind));
  posa_json_add_string (builder, "method", posa_reading_method_to_string (self->method));
  posa_json_add_time (builder, "taken_at", self->taken_us);
  nameplate_to_json (&self->meter, builder);
  profile_to_json (self, builder);
  clock_to_json (self, builder);
  status_to_json (self, builder);
  json_builder_set_member_name (builder, "registers");
  posa_registers_to_json (self->registers, builder);
  further_to_json (self, builder);
  line_to_json (&self->line, builder);
  json_builder_end_object (builder);
}

char *
posa_reading_set_to_text (const PosaReadingSet *self, gboolean pretty)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  posa_reading_set_to_json (self, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, pretty);
}

static guint
name_from_json (PosaJsonCursor object, const char *member, const char *const *names, guint n)
{
  const char *text = posa_json_string (object, member);

  for (guint i = 0; text != NULL && i < n; i++)
    if (strcmp (text, names[i]) == 0)
      return i;
  posa_json_fault (posa_json_member (object, member), "unknown value \"%s\"",
                   text != NULL ? text : "");
  return 0;
}

static void
nameplate_from_json (PosaNameplate *self, PosaJsonCursor object)
{
  const char *kind = posa_json_string (object, "kind");

  self->serial = posa_json_dup_string_or_null (object, "serial");
  self->model = posa_json_dup_string_or_null (object, "model");
  self->firmware = posa_json_dup_string_or_null (object, "firmware");
  self->customer_number = posa_json_dup_string_or_null (object, "customer_number");
  self->manufacturer = posa_json_dup_string_or_null (object, "manufacturer");
  if (!posa_meter_kind_from_string (kind, &self->kind))
    posa_json_fault (posa_json_member (object, "kind"), "unknown kind \"%s\"",
                     kind != NULL ? kind : "");
}

static void
status_from_json (PosaReadingSet *self, PosaJsonCursor object)
{
  g_autoptr (GStrvBuilder) flags = g_strv_builder_new ();
  PosaJsonCursor array = posa_json_array (object, "flags");
  guint n = posa_json_length (array);

  self->status_raw = posa_json_dup_string_or_null (object, "raw");
  if (n > FLAGS_MAX)
    posa_json_fault (array, "more than %d flags", FLAGS_MAX);
  for (guint i = 0; i < MIN (n, FLAGS_MAX); i++)
    {
      const char *flag = posa_json_string_value (posa_json_at (array, i));

      if (flag != NULL)
        g_strv_builder_add (flags, flag);
    }
  g_strfreev (self->status_flags);
  self->status_flags = g_strv_builder_end (flags);
}

static void
missing_from_json (PosaReadingSet *self, PosaJsonCursor array)
{
  guint n = posa_json_length (array);

  if (n > MISSING_MAX)
    posa_json_fault (array, "more than %d items", MISSING_MAX);
  for (guint i = 0; i < MIN (n, MISSING_MAX); i++)
    {
      PosaJsonCursor at = posa_json_at (array, i);

      posa_reading_set_add_missing (self, posa_json_string (at, "what"),
                                    posa_json_string (at, "reason"));
    }
}

static void
further_from_json (PosaReadingSet *self, PosaJsonCursor object)
{
  if (posa_json_has (object, "frozen"))
    self->frozen = posa_frozen_registers_from_json (posa_json_object (object, "frozen"));
  if (posa_json_has (object, "facts"))
    self->facts = posa_meter_facts_from_json (posa_json_object (object, "facts"));
  if (posa_json_has (object, "missing"))
    missing_from_json (self, posa_json_array (object, "missing"));
}

static gint64
count_from_json (PosaJsonCursor object, const char *member, gint64 limit)
{
  gint64 value = posa_json_int (object, member);

  if (value >= 0 && value <= limit)
    return value;
  posa_json_fault (posa_json_member (object, member), "out of range");
  return 0;
}

static void
line_from_json (PosaLineStats *self, PosaJsonCursor object)
{
  self->bytes_tx = (guint64) count_from_json (object, "bytes_tx", G_MAXINT64);
  self->bytes_rx = (guint64) count_from_json (object, "bytes_rx", G_MAXINT64);
  self->round_trips = (guint) count_from_json (object, "round_trips", G_MAXUINT);
  self->wall_us = 1000 * count_from_json (object, "wall_ms", G_MAXINT32);
  self->retries = (guint) count_from_json (object, "retries", G_MAXUINT);
}

PosaReadingSet *
posa_reading_set_from_json (PosaJsonCursor object)
{
  g_autoptr (PosaReadingSet) self = posa_reading_set_new ();
  PosaJsonCursor profile = posa_json_object (object, "profile");
  PosaJsonCursor clock = posa_json_object (object, "clock");

  self->kind = name_from_json (object, "kind", kind_names, POSA_N_READING_KINDS);
  self->method = name_from_json (object, "method", method_names, POSA_N_READING_METHODS);
  self->taken_us = posa_json_time (object, "taken_at");
  nameplate_from_json (&self->meter, posa_json_object (object, "meter"));
  self->profile_id = posa_json_dup_string_or_null (profile, "id");
  self->profile_version = posa_json_dup_string_or_null (profile, "version");
  self->profile_sha256 = posa_json_dup_string_or_null (profile, "sha256");
  self->meter_clock_us = posa_json_time_or_0 (clock, "meter");
  self->device_clock_us = posa_json_time_or_0 (clock, "device");
  status_from_json (self, posa_json_object (object, "status"));
  g_ptr_array_unref (self->registers);
  self->registers = posa_registers_from_json (posa_json_array (object, "registers"));
  further_from_json (self, object);
  line_from_json (&self->line, posa_json_object (object, "line"));
  return posa_json_check (object.document, NULL) ? g_steal_pointer (&self) : NULL;
}

PosaReadingSet *
posa_reading_set_from_text (const char *text, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, error);

  if (document == NULL)
    return NULL;
  g_autoptr (PosaReadingSet) self = posa_reading_set_from_json (posa_json_root (document));
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}
