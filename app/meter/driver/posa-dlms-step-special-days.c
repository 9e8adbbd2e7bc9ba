/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "base/posa-error.h"
#include "meter/codec/posa-cosem-time.h"
#include "meter/driver/posa-dlms-special-days.h"

/* A meter is verified for so many years after the one that it is fitted in. */
#define SERVICE_YEARS 15

static gboolean
read_days (const PosaDlmsCommission *self, PosaDlmsReadings *out, GError **error)
{
  static const gint8 entries[] = { 2 };

  return posa_dlms_step_read (self, POSA_DLMS_CLASS_SPECIAL_DAYS, self->profile->dlms.special_days,
                              entries, 1, out, error);
}

/* What the table must say. The days that matter are those from today to the end of the meter's
 * service, which begins with the fitting that the order announces: so a table that was right when
 * it was written stays right, whenever it is looked at. */
typedef struct
{
  GDate today, last;
  GArray *days; /* PosaHoliday */
} Wanted;

static void
wanted_clear (Wanted *self)
{
  g_clear_pointer (&self->days, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

/* What is written serves a fitting on that day and one today. */
static void
wanted_init (Wanted *self, const PosaDlmsCommission *commission)
{
  const PosaCommissionPlan *plan = commission->plan;
  PosaCosemTime today = posa_cosem_time_from_utc_italy (posa_clock_get_wall (commission->clock));
  PosaCosemTime fitting = posa_cosem_time_from_utc_italy (plan->fitting_us);
  guint written = MAX (fitting.year, today.year) + SERVICE_YEARS;

  g_date_set_dmy (&self->today, today.day, (GDateMonth) today.month, today.year);
  g_date_set_dmy (&self->last, 31, G_DATE_DECEMBER, MAX (fitting.year + SERVICE_YEARS, today.year));
  self->days = posa_holidays_list (today.year, written - today.year + 1, plan->patron_days);
}

/* The table in words, and how it differs from what is wanted; TRUE when it does not. */
static gboolean
look_at (const Wanted *wanted, const PosaCosemValue *entries, char **text)
{
  g_autofree char *what = posa_dlms_special_days_describe (entries);
  g_autofree char *difference =
      posa_dlms_special_days_compare (entries, wanted->days, &wanted->today, &wanted->last);

  *text = difference != NULL ? g_strconcat (what, ", ", difference, NULL) : g_steal_pointer (&what);
  return difference == NULL;
}

static gboolean
write_days (const PosaDlmsCommission *self,
            const PosaCosemValue *entries,
            PosaDlmsReadings *reading,
            GError **error)
{
  return posa_dlms_step_write (self, POSA_DLMS_CLASS_SPECIAL_DAYS, self->profile->dlms.special_days,
                               2, entries, error) &&
         read_days (self, reading, error);
}

PosaVerifiedValue *
posa_dlms_step_special_days (const PosaDlmsCommission *self, GError **error)
{
  g_auto (PosaDlmsReadings) reading = { NULL };
  g_auto (Wanted) wanted = { .days = NULL };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (!posa_obis_is_set (self->profile->dlms.special_days))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the profile does not say where they are");
      return NULL;
    }
  if (!read_days (self, &reading, error))
    return NULL;
  wanted_init (&wanted, self);
  gboolean right = look_at (&wanted, posa_dlms_readings_value (&reading, 0), &before);
  g_autoptr (PosaCosemValue) entries = posa_dlms_special_days_build (wanted.days);
  g_autofree char *text = right ? g_strdup (before) : posa_dlms_special_days_describe (entries);
  if (!right && self->checks == NULL && !write_days (self, entries, &reading, error))
    return NULL;
  right = look_at (&wanted, posa_dlms_readings_value (&reading, 0), &after);
  const PosaDlmsOutcome outcome = { "special_days", before, text, after, right };
  return posa_dlms_step_finish (self, &outcome, error);
}
