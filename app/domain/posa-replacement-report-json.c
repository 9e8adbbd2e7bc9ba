/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-replacement-report.h"

#include "domain/posa-uuid.h"

#define FORMAT    "posa-replacement-report"
#define VERSION   1
#define LINES_MAX 200

static void
reading_to_json (JsonBuilder *builder, const char *name, const PosaReadingSet *reading)
{
  json_builder_set_member_name (builder, name);
  if (reading != NULL)
    posa_reading_set_to_json (reading, builder);
  else
    json_builder_add_null_value (builder);
}

static void
origin_to_json (const PosaReplacementReport *self, JsonBuilder *builder)
{
  posa_json_add_string (builder, "format", FORMAT);
  posa_json_add_int (builder, "version", VERSION);
  posa_json_add_string (builder, "id", self->id);
  posa_json_add_string (builder, "number", self->number);
  posa_json_add_string (builder, "device_id", self->device_id);
  posa_json_add_int (builder, "device_sequence", self->device_sequence);
  posa_json_add_string (builder, "previous_sha256", self->previous_sha256);
  posa_json_add_string (builder, "crew_id", self->crew_id);
  posa_json_add_string (builder, "operator_badge", self->operator_badge);
  posa_json_add_string (builder, "operator_name", self->operator_name);
  posa_json_add_string (builder, "contractor", self->contractor);
}

void
posa_verified_values_to_json (GPtrArray *values, JsonBuilder *builder)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < values->len; i++)
    {
      const PosaVerifiedValue *value = g_ptr_array_index (values, i);

      json_builder_begin_object (builder);
      posa_json_add_string (builder, "name", value->name);
      posa_json_add_string (builder, "before", value->before);
      posa_json_add_string (builder, "written", value->written);
      posa_json_add_string (builder, "read_back", value->read_back);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
work_to_json (const PosaReplacementReport *self, JsonBuilder *builder)
{
  posa_json_add_int (builder, "outcome", self->outcome);
  posa_json_add_time (builder, "started", self->started_us);
  posa_json_add_time_or_null (builder, "cut", self->cut_us);
  posa_json_add_time_or_null (builder, "restored", self->restored_us);
  posa_json_add_time (builder, "finished", self->finished_us);
  posa_json_add_int (builder, "dark_s", posa_replacement_report_get_dark_s (self));
  json_builder_set_member_name (builder, "order");
  posa_work_order_to_json (self->order, builder);
  reading_to_json (builder, "removal", self->removal);
  reading_to_json (builder, "second", self->second);
  posa_json_add_string (builder, "second_reason", self->second_reason);
  reading_to_json (builder, "activation", self->activation);
  json_builder_set_member_name (builder, "verified");
  posa_verified_values_to_json (self->verified, builder);
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->notes->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (self->notes, i));
  json_builder_end_array (builder);
}

char *
posa_replacement_report_to_text (const PosaReplacementReport *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  origin_to_json (self, builder);
  work_to_json (self, builder);
  posa_json_add_string (builder, "locale", self->locale);
  posa_json_add_string (builder, "program_version", self->program_version);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, TRUE);
}

static void
check_format (PosaJsonCursor root)
{
  const char *format = posa_json_string (root, "format");
  gint64 version = posa_json_int (root, "version");

  if (format != NULL && strcmp (format, FORMAT) != 0)
    posa_json_fault (posa_json_member (root, "format"), "not %s", FORMAT);
  if (version != VERSION)
    posa_json_fault (posa_json_member (root, "version"), "this program reads version %d only",
                     VERSION);
}

static void
origin_from_json (PosaReplacementReport *self, PosaJsonCursor root)
{
  self->id = g_strdup (posa_json_string (root, "id"));
  if (!posa_uuid_is_valid (self->id))
    posa_json_fault (posa_json_member (root, "id"), "not a UUID");
  self->number = g_strdup (posa_json_string (root, "number"));
  self->device_id = g_strdup (posa_json_string (root, "device_id"));
  self->device_sequence = posa_json_int (root, "device_sequence");
  if (self->device_sequence < 1)
    posa_json_fault (posa_json_member (root, "device_sequence"), "starts at 1");
  self->previous_sha256 = posa_json_dup_string_or_null (root, "previous_sha256");
  self->crew_id = g_strdup (posa_json_string (root, "crew_id"));
  self->operator_badge = g_strdup (posa_json_string (root, "operator_badge"));
  self->operator_name = g_strdup (posa_json_string (root, "operator_name"));
  self->contractor = g_strdup (posa_json_string (root, "contractor"));
}

static PosaReadingSet *
reading_from_json (PosaJsonCursor root, const char *name)
{
  return posa_json_has (root, name) ? posa_reading_set_from_json (posa_json_object (root, name))
                                    : NULL;
}

static guint
lines_from_json (PosaJsonCursor array)
{
  guint n = posa_json_length (array);

  if (n > LINES_MAX)
    posa_json_fault (array, "more than %d elements", LINES_MAX);
  return MIN (n, LINES_MAX);
}

GPtrArray *
posa_verified_values_from_json (PosaJsonCursor array)
{
  GPtrArray *values = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_verified_value_free);
  guint n = lines_from_json (array);

  for (guint i = 0; i < n; i++)
    {
      PosaJsonCursor at = posa_json_at (array, i);
      g_autofree char *before = posa_json_dup_string_or_null (at, "before");
      g_autofree char *written = posa_json_dup_string_or_null (at, "written");
      g_autofree char *read_back = posa_json_dup_string_or_null (at, "read_back");

      g_ptr_array_add (values, posa_verified_value_new (posa_json_string (at, "name"), before,
                                                        written, read_back));
    }
  return values;
}

static void
lists_from_json (PosaReplacementReport *self, PosaJsonCursor root)
{
  PosaJsonCursor notes = posa_json_array (root, "notes");
  guint n = lines_from_json (notes);

  g_ptr_array_unref (self->verified);
  self->verified = posa_verified_values_from_json (posa_json_array (root, "verified"));
  for (guint i = 0; i < n; i++)
    {
      const char *note = posa_json_string_value (posa_json_at (notes, i));

      if (note != NULL)
        g_ptr_array_add (self->notes, g_strdup (note));
    }
}

static void
work_from_json (PosaReplacementReport *self, PosaJsonCursor root)
{
  gint64 outcome = posa_json_int (root, "outcome");

  if (!posa_outcome_is_valid (outcome))
    posa_json_fault (posa_json_member (root, "outcome"), "no such outcome");
  else
    self->outcome = (PosaOutcome) outcome;
  self->started_us = posa_json_time (root, "started");
  self->cut_us = posa_json_time_or_0 (root, "cut");
  self->restored_us = posa_json_time_or_0 (root, "restored");
  self->finished_us = posa_json_time (root, "finished");
  self->order = posa_work_order_from_json (posa_json_object (root, "order"));
  self->removal = reading_from_json (root, "removal");
  self->second = reading_from_json (root, "second");
  self->second_reason = posa_json_dup_string_or_null (root, "second_reason");
  self->activation = reading_from_json (root, "activation");
  if (posa_json_int (root, "dark_s") != posa_replacement_report_get_dark_s (self))
    posa_json_fault (posa_json_member (root, "dark_s"), "differs from cut and restored");
}

/* A replacement without its two readings is no evidence of anything (domain.md H-02, H-03). */
static void
check_readings (const PosaReplacementReport *self, PosaJsonCursor root)
{
  gboolean replaced = self->outcome == POSA_OUTCOME_REPLACED ||
                      self->outcome == POSA_OUTCOME_REPLACED_MANUAL_READING;

  if (replaced && self->removal == NULL)
    posa_json_fault (root, "removal: missing");
  else if (replaced && self->activation == NULL)
    posa_json_fault (root, "activation: missing");
  else if (replaced && (self->second == NULL) == (self->second_reason == NULL))
    posa_json_fault (root, "second: either the reading or second_reason is expected");
}

PosaReplacementReport *
posa_replacement_report_from_text (const char *text, gssize size, GError **error)
{
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, size, error);

  if (document == NULL)
    return NULL;
  g_autoptr (PosaReplacementReport) self = posa_replacement_report_new ();
  PosaJsonCursor root = posa_json_root (document);
  check_format (root);
  origin_from_json (self, root);
  work_from_json (self, root);
  lists_from_json (self, root);
  self->locale = g_strdup (posa_json_string (root, "locale"));
  self->program_version = g_strdup (posa_json_string (root, "program_version"));
  check_readings (self, root);
  return posa_json_check (document, error) ? g_steal_pointer (&self) : NULL;
}
