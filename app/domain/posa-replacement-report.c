/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-replacement-report.h"

PosaVerifiedValue *
posa_verified_value_new (const char *name,
                         const char *before,
                         const char *written,
                         const char *read_back)
{
  PosaVerifiedValue *self = g_new0 (PosaVerifiedValue, 1);

  self->name = g_strdup (name);
  self->before = g_strdup (before);
  self->written = g_strdup (written);
  self->read_back = g_strdup (read_back);
  return self;
}

void
posa_verified_value_free (PosaVerifiedValue *self)
{
  g_free (self->name);
  g_free (self->before);
  g_free (self->written);
  g_free (self->read_back);
  g_free (self);
}

PosaReplacementReport *
posa_replacement_report_new (void)
{
  PosaReplacementReport *self = g_new0 (PosaReplacementReport, 1);

  self->verified = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_verified_value_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
posa_replacement_report_free (PosaReplacementReport *self)
{
  g_free (self->id);
  g_free (self->number);
  g_free (self->device_id);
  g_free (self->previous_sha256);
  g_free (self->crew_id);
  g_free (self->operator_badge);
  g_free (self->operator_name);
  g_free (self->contractor);
  g_clear_pointer (&self->order, posa_work_order_free);
  g_clear_pointer (&self->removal, posa_reading_set_free);
  g_clear_pointer (&self->second, posa_reading_set_free);
  g_clear_pointer (&self->activation, posa_reading_set_free);
  g_free (self->second_reason);
  g_ptr_array_unref (self->verified);
  g_ptr_array_unref (self->notes);
  g_free (self->locale);
  g_free (self->program_version);
  g_free (self);
}

gint64
posa_replacement_report_get_dark_s (const PosaReplacementReport *self)
{
  if (self->cut_us == 0 || self->restored_us <= self->cut_us)
    return 0;
  /* Whole milliseconds, as in report.json: else the number could change on the way there and back.
   */
  gint64 dark_ms = self->restored_us / 1000 - self->cut_us / 1000;
  return (dark_ms + 500) / 1000;
}
