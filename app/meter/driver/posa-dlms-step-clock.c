/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-dlms-steps.h"

#include "base/posa-error.h"
#include "meter/codec/posa-cosem-time.h"

#define CLOCK_TOLERANCE_US G_USEC_PER_SEC
#define SUMMER_MINUTES     60
/* A message that had to be repeated on the way sets a wrong time, or tells an old one. */
#define MAX_TRIES        3
#define MAX_UNCERTAIN_US (500 * 1000)
/* So far apart, two clocks are not of the same day's work. */
#define OTHER_DAY_US (12 * G_TIME_SPAN_HOUR)

static gboolean
read_time (const PosaDlmsCommission *self, PosaMeterTime *out, GError **error)
{
  const PosaCosemTarget target =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock, 2);
  gint64 asked = posa_clock_get_monotonic (self->clock);
  g_autoptr (PosaCosemValue) value =
      posa_dlms_client_get (self->client, target, posa_dlms_step_get_cancellable (self), error);
  PosaCosemTime time;

  if (value == NULL)
    return FALSE;
  if (!posa_cosem_time_from_value (value, &time) || !posa_cosem_time_to_utc (&time, &out->meter_us))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the meter's clock gives no date and time");
      return FALSE;
    }
  out->half_us = (posa_clock_get_monotonic (self->clock) - asked) / 2;
  out->device_us = posa_clock_get_wall (self->clock) - out->half_us;
  /* A clock that tells whole seconds is compared in whole seconds. */
  if (time.hundredths > 99)
    out->device_us -= out->device_us % G_USEC_PER_SEC;
  return TRUE;
}

gboolean
posa_dlms_commission_read_clock (const PosaDlmsCommission *self, PosaMeterTime *out, GError **error)
{
  for (int i = 0; i < MAX_TRIES; i++)
    {
      if (!read_time (self, out, error))
        return FALSE;
      if (out->half_us <= MAX_UNCERTAIN_US)
        break;
    }
  return TRUE;
}

/* Sets the time so that it arrives at the edge of a second; @lead_us is the way to the meter. */
static gboolean
write_time (const PosaDlmsCommission *self, gint64 lead_us, GError **error)
{
  gint64 wall = posa_clock_get_wall (self->clock);
  gint64 edge = (wall + lead_us) / G_USEC_PER_SEC * G_USEC_PER_SEC + G_USEC_PER_SEC;
  gint64 start = posa_clock_get_monotonic (self->clock) + (edge - lead_us - wall);

  if (!posa_clock_sleep_until (self->clock, start, posa_dlms_step_get_cancellable (self), error))
    return FALSE;
  PosaCosemTime time = posa_cosem_time_from_utc_italy (edge);
  g_autoptr (PosaCosemValue) value = posa_cosem_time_to_value (&time);
  return posa_dlms_step_write (self, POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock, 2, value,
                               error);
}

/* Beyond what a reading of the time itself is uncertain by, once it was set. */
static gboolean
is_time_right (const PosaMeterTime *time, gboolean was_set)
{
  return ABS (time->meter_us - time->device_us) <=
         CLOCK_TOLERANCE_US + (was_set ? time->half_us : 0);
}

gboolean
posa_dlms_commission_set_clock (const PosaDlmsCommission *self,
                                PosaClockChange *out,
                                GError **error)
{
  *out = (PosaClockChange) { .was_set = FALSE };
  if (!posa_dlms_commission_read_clock (self, &out->before, error))
    return FALSE;
  out->after = out->before;
  for (int i = 0; i < MAX_TRIES && !is_time_right (&out->after, out->was_set); i++)
    {
      if (!write_time (self, out->after.half_us, error) ||
          !posa_dlms_commission_read_clock (self, &out->after, error))
        return FALSE;
      out->was_set = TRUE;
    }
  if (is_time_right (&out->after, out->was_set))
    return TRUE;
  g_autofree char *wanted = posa_time_format (out->after.device_us);
  g_autofree char *found = posa_time_format (out->after.meter_us);
  return posa_dlms_step_set_not_verified (wanted, found, error);
}

/* Attributes 3, 5, 6, 7, 8: zone, begin, end and size of summer time, whether there is any. */
static const gint8 zone_attributes[] = { 3, 5, 6, 7, 8 };

static gboolean
read_zone (const PosaDlmsCommission *self, PosaDlmsReadings *zone, GError **error)
{
  return posa_dlms_step_read (self, POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock,
                              zone_attributes, G_N_ELEMENTS (zone_attributes), zone, error);
}

static char *
describe (const PosaMeterTime *time, const PosaDlmsReadings *zone, GError **error)
{
  gint64 drift_us = time->meter_us - time->device_us, minutes = 0, summer = 0;

  if (!posa_dlms_readings_integer (zone, 0, &minutes, error) ||
      !posa_dlms_readings_integer (zone, 4, &summer, error))
    return NULL;
  g_autofree char *text = posa_time_format (time->meter_us);
  return g_strdup_printf ("%s (%c%" G_GINT64_FORMAT ".%d s), UTC%+d min, DST %d", text,
                          drift_us < 0 ? '-' : '+', ABS (drift_us) / G_USEC_PER_SEC,
                          (int) (ABS (drift_us) / 100000 % 10), (int) -minutes, summer != 0);
}

/* What the zone attributes must be: Italy's rule, last Sundays of March and October. */
static PosaCosemValue *
wanted_zone (const PosaDlmsCommission *self, guint i)
{
  static const guint8 begin[] = { 0xFF, 0xFF, 3, 0xFE, 7, 2, 0, 0, 0, 0x80, 0x00, 0x00 };
  static const guint8 end[] = { 0xFF, 0xFF, 10, 0xFE, 7, 3, 0, 0, 0, 0x80, 0x00, 0x00 };

  switch (zone_attributes[i])
    {
    case 3: /* UTC = local + time zone */
      return posa_cosem_value_new_integer (POSA_COSEM_INT16,
                                           -(gint64) self->profile->dlms.utc_offset);
    case 5:
      return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, begin, sizeof begin);
    case 6:
      return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, end, sizeof end);
    case 7:
      return posa_cosem_value_new_integer (POSA_COSEM_INT8, SUMMER_MINUTES);
    default:
      return posa_cosem_value_new_integer (POSA_COSEM_BOOLEAN, 1);
    }
}

/* Writes the attributes that differ. */
static gboolean
write_zone (const PosaDlmsCommission *self, const PosaDlmsReadings *zone, GError **error)
{
  g_auto (PosaDlmsWrites) writes = { .n = 0 };

  for (guint i = 0; i < G_N_ELEMENTS (zone_attributes); i++)
    {
      g_autoptr (PosaCosemValue) wanted = wanted_zone (self, i);

      if (!posa_cosem_value_equal (wanted, posa_dlms_readings_value (zone, i)))
        posa_dlms_writes_add (&writes,
                              POSA_COSEM_TARGET (POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock,
                                                 zone_attributes[i]),
                              g_steal_pointer (&wanted));
    }
  return posa_dlms_step_write_all (self, &writes, error);
}

static gboolean
is_zone_right (const PosaDlmsCommission *self, const PosaDlmsReadings *zone)
{
  for (guint i = 0; i < G_N_ELEMENTS (zone_attributes); i++)
    {
      g_autoptr (PosaCosemValue) wanted = wanted_zone (self, i);

      if (!posa_cosem_value_equal (wanted, posa_dlms_readings_value (zone, i)))
        return FALSE;
    }
  return TRUE;
}

/* What was ordered: this device's time, Italy's zone. */
static char *
describe_wanted (const PosaDlmsCommission *self, const PosaClockChange *change)
{
  g_autofree char *time = posa_time_format (change->after.device_us);

  return g_strdup_printf ("%s, UTC+%u min, DST 1", time, self->profile->dlms.utc_offset);
}

/* The day that was announced, the meter and this device are three witnesses. A device that says
 * something else than both others is not believed. */
static gboolean
check_device_day (const PosaDlmsCommission *self, GError **error)
{
  gint64 announced = self->plan->fitting_us;
  PosaMeterTime time;

  if (ABS (posa_clock_get_wall (self->clock) - announced) <= OTHER_DAY_US)
    return TRUE;
  if (!posa_dlms_commission_read_clock (self, &time, error))
    return FALSE;
  if (ABS (time.meter_us - announced) > OTHER_DAY_US ||
      ABS (time.meter_us - time.device_us) <= OTHER_DAY_US)
    return TRUE;
  g_autofree char *device = posa_time_format (time.device_us);
  g_autofree char *meter = posa_time_format (time.meter_us);
  g_set_error (error, POSA_ERROR, POSA_ERROR_GUARD_FAILED,
               "this device says that it is %s, but the meter says %s, and that is the day of the "
               "order: set this device's own clock first; nothing was written",
               device, meter);
  return FALSE;
}

/* The zone first: what is set is then shown in it. */
static gboolean
put_right (const PosaDlmsCommission *self,
           const PosaDlmsReadings *before,
           PosaClockChange *change,
           PosaDlmsReadings *after,
           GError **error)
{
  return check_device_day (self, error) && write_zone (self, before, error) &&
         posa_dlms_commission_set_clock (self, change, error) && read_zone (self, after, error);
}

/* Leaves all as it is. */
static gboolean
look_at (const PosaDlmsCommission *self, PosaClockChange *change, GError **error)
{
  gboolean read = posa_dlms_commission_read_clock (self, &change->before, error);

  change->after = change->before;
  return read;
}

PosaVerifiedValue *
posa_dlms_step_clock (const PosaDlmsCommission *self, GError **error)
{
  const gboolean look_only = self->checks != NULL;
  g_auto (PosaDlmsReadings) zone_before = { NULL };
  g_auto (PosaDlmsReadings) written = { NULL };
  const PosaDlmsReadings *zone = look_only ? &zone_before : &written;
  PosaClockChange change = { 0 };

  if (!read_zone (self, &zone_before, error) ||
      !(look_only ? look_at (self, &change, error)
                  : put_right (self, &zone_before, &change, &written, error)))
    return NULL;
  g_autofree char *before = describe (&change.before, &zone_before, error);
  g_autofree char *after = before != NULL ? describe (&change.after, zone, error) : NULL;
  if (after == NULL)
    return NULL;
  g_autofree char *wanted = describe_wanted (self, &change);
  const PosaDlmsOutcome outcome = { .name = "clock",
                                    .before = before,
                                    .wanted = change.was_set || look_only ? wanted : after,
                                    .after = after,
                                    .right = is_zone_right (self, zone) &&
                                             is_time_right (&change.after, TRUE) };
  return posa_dlms_step_finish (self, &outcome, error);
}
