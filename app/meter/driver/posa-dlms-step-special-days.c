/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "base/posa-error.h"
#include "meter/codec/posa-cosem-time.h"
#include "meter/driver/posa-dlms-calendar.h"

/* Those that a meter is verified for, 15, and the one that it is fitted in. */
#define N_YEARS 16

static gboolean
read_days (const PosaDlmsCommission *self, PosaDlmsReadings *out, GError **error)
{
  static const gint8 entries[] = { 2 };

  return posa_dlms_step_read (self, POSA_DLMS_CLASS_SPECIAL_DAYS, self->profile->dlms.special_days,
                              entries, 1, out, error);
}

/* The holidays of the law from this year on, and those of the place. */
static PosaCosemValue *
build_wanted (const PosaDlmsCommission *self)
{
  PosaCosemTime today = posa_cosem_time_from_utc_italy (posa_clock_get_wall (self->clock));
  g_autoptr (GArray) days = posa_holidays_list (today.year, N_YEARS, self->plan->patron_days);

  return posa_dlms_special_days_build (days);
}

PosaVerifiedValue *
posa_dlms_step_special_days (const PosaDlmsCommission *self, GError **error)
{
  g_auto (PosaDlmsReadings) reading = { NULL };

  if (posa_obis_equal (self->profile->dlms.special_days, (PosaObis) { 0 }))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                           "the profile does not say where they are");
      return NULL;
    }
  g_autoptr (PosaCosemValue) wanted = build_wanted (self);
  g_autofree char *text = posa_dlms_special_days_describe (wanted);
  if (!read_days (self, &reading, error))
    return NULL;
  g_autofree char *before =
      posa_dlms_special_days_describe (posa_dlms_readings_value (&reading, 0));
  if (!posa_cosem_value_equal (posa_dlms_readings_value (&reading, 0), wanted) &&
      self->checks == NULL &&
      (!posa_dlms_step_write (self, POSA_DLMS_CLASS_SPECIAL_DAYS, self->profile->dlms.special_days,
                              2, wanted, error) ||
       !read_days (self, &reading, error)))
    return NULL;
  const PosaCosemValue *days = posa_dlms_readings_value (&reading, 0);
  g_autofree char *after = posa_dlms_special_days_describe (days);
  const PosaDlmsOutcome outcome = { "special_days", before, text, after,
                                    posa_cosem_value_equal (days, wanted) };
  return posa_dlms_step_finish (self, &outcome, error);
}
