/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "meter/driver/posa-dlms-calendar.h"

/* First part of the active and of the passive calendar. */
#define CALENDAR_ACTIVE  2
#define CALENDAR_PASSIVE 6

static gboolean
read_calendar (const PosaDlmsCommission *self, gint8 first, PosaDlmsReadings *out, GError **error)
{
  gint8 indices[POSA_DLMS_N_CALENDAR_PARTS];

  for (guint i = 0; i < G_N_ELEMENTS (indices); i++)
    indices[i] = (gint8) (first + (gint8) i);
  return posa_dlms_step_read (self, POSA_DLMS_CLASS_CALENDAR, self->profile->dlms.calendar, indices,
                              G_N_ELEMENTS (indices), out, error);
}

static char *
describe_calendar (const PosaDlmsReadings *calendar)
{
  return posa_dlms_calendar_describe (posa_dlms_readings_value (calendar, POSA_DLMS_CALENDAR_NAME),
                                      posa_dlms_readings_value (calendar, POSA_DLMS_CALENDAR_DAYS));
}

static gboolean
is_calendar_right (const PosaDlmsReadings *calendar, PosaCosemValue *const *wanted)
{
  for (guint i = 0; i < POSA_DLMS_N_CALENDAR_PARTS; i++)
    if (!posa_cosem_value_equal (posa_dlms_readings_value (calendar, i), wanted[i]))
      return FALSE;
  return TRUE;
}

/* Fills the passive calendar, compares it, makes it the active one. */
static gboolean
replace_calendar (const PosaDlmsCommission *self,
                  PosaCosemValue *const *wanted,
                  const char *text,
                  GError **error)
{
  g_auto (PosaDlmsReadings) passive = { NULL };
  g_auto (PosaDlmsWrites) writes = { .n = 0 };

  for (guint i = 0; i < POSA_DLMS_N_CALENDAR_PARTS; i++)
    posa_dlms_writes_add (&writes,
                          POSA_COSEM_TARGET (POSA_DLMS_CLASS_CALENDAR, self->profile->dlms.calendar,
                                             (gint8) (CALENDAR_PASSIVE + (gint8) i)),
                          posa_cosem_value_copy (wanted[i]));
  if (!posa_dlms_step_write_all (self, &writes, error) ||
      !read_calendar (self, CALENDAR_PASSIVE, &passive, error))
    return FALSE;
  if (!is_calendar_right (&passive, wanted))
    {
      g_autofree char *got = describe_calendar (&passive);
      return posa_dlms_step_set_not_verified (text, got, error);
    }
  return posa_dlms_step_act (self, POSA_DLMS_CLASS_CALENDAR, self->profile->dlms.calendar, 1,
                             error);
}

static PosaVerifiedValue *
verify_calendar (const PosaDlmsCommission *self, PosaCosemValue *const *wanted, GError **error)
{
  g_auto (PosaDlmsReadings) active = { NULL };
  g_autofree char *text = posa_dlms_calendar_describe (wanted[POSA_DLMS_CALENDAR_NAME],
                                                       wanted[POSA_DLMS_CALENDAR_DAYS]);

  if (!read_calendar (self, CALENDAR_ACTIVE, &active, error))
    return NULL;
  g_autofree char *before = describe_calendar (&active);
  if (!is_calendar_right (&active, wanted) && self->checks == NULL &&
      (!replace_calendar (self, wanted, text, error) ||
       !read_calendar (self, CALENDAR_ACTIVE, &active, error)))
    return NULL;
  g_autofree char *after = describe_calendar (&active);
  const PosaDlmsOutcome outcome = { "tariff_table", before, text, after,
                                    is_calendar_right (&active, wanted) };
  return posa_dlms_step_finish (self, &outcome, error);
}

PosaVerifiedValue *
posa_dlms_step_tariff_table (const PosaDlmsCommission *self, GError **error)
{
  PosaCosemValue *wanted[POSA_DLMS_N_CALENDAR_PARTS];

  if (!posa_tariff_table_check (self->plan->tariff_table, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    wanted[i] = posa_dlms_calendar_build (self->plan->tariff_table,
                                          self->profile->dlms.tariff_scripts,
                                          (PosaDlmsCalendarPart) i);
  PosaVerifiedValue *value = verify_calendar (self, wanted, error);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    posa_cosem_value_free (wanted[i]);
  return value;
}
