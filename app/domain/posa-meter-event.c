/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-meter-event.h"

PosaMeterEvent *
posa_meter_event_new (gint64 time_us, gint64 code, const char *text, PosaObis log)
{
  PosaMeterEvent *self = g_new0 (PosaMeterEvent, 1);

  self->time_us = time_us;
  self->code = code;
  self->text = g_strdup (text);
  self->log = log;
  return self;
}

void
posa_meter_event_free (PosaMeterEvent *self)
{
  g_free (self->text);
  g_free (self);
}

GPtrArray *
posa_meter_events_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) posa_meter_event_free);
}

void
posa_meter_events_to_json (GPtrArray *events, JsonBuilder *builder)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < events->len; i++)
    {
      const PosaMeterEvent *event = g_ptr_array_index (events, i);
      g_autofree char *log = posa_obis_format (event->log);

      json_builder_begin_object (builder);
      posa_json_add_time_or_null (builder, "time", event->time_us);
      posa_json_add_int (builder, "code", event->code);
      posa_json_add_string (builder, "text", event->text);
      posa_json_add_string (builder, "log", log);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}
