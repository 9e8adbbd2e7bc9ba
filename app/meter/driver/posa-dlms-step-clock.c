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

static gboolean
read_time (const PosaDlmsCommission *self,
           gint64 *meter_us,
           gint64 *device_us,
           gint64 *half_us,
           GError **error)
{
  const PosaCosemTarget target =
      POSA_COSEM_TARGET (POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock, 2);
  gint64 asked = posa_clock_get_monotonic (self->clock);
  g_autoptr (PosaCosemValue) value =
      posa_dlms_client_get (self->client, target, posa_dlms_step_get_cancellable (self), error);
  PosaCosemTime time;

  if (value == NULL)
    return FALSE;
  if (!posa_cosem_time_from_value (value, &time) || !posa_cosem_time_to_utc (&time, meter_us))
    {
      g_set_error_literal (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                           "the meter's clock gives no date and time");
      return FALSE;
    }
  *half_us = (posa_clock_get_monotonic (self->clock) - asked) / 2;
  *device_us = posa_clock_get_wall (self->clock) - *half_us;
  /* A clock that tells whole seconds is compared in whole seconds. */
  if (time.hundredths > 99)
    *device_us -= *device_us % G_USEC_PER_SEC;
  return TRUE;
}

gboolean
posa_dlms_commission_read_clock (const PosaDlmsCommission *self,
                                 gint64 *meter_us,
                                 gint64 *device_us,
                                 gint64 *half_us,
                                 GError **error)
{
  for (int i = 0; i < MAX_TRIES; i++)
    {
      if (!read_time (self, meter_us, device_us, half_us, error))
        return FALSE;
      if (*half_us <= MAX_UNCERTAIN_US)
        break;
    }
  return TRUE;
}

typedef struct
{
  gint64 drift_us, half_us;
  char *text;
} ClockReading;

static void
clock_reading_clear (ClockReading *self)
{
  g_clear_pointer (&self->text, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ClockReading, clock_reading_clear)

/* Attributes 3, 5, 6, 7, 8: zone, begin, end and size of summer time, whether there is any. */
static const gint8 zone_attributes[] = { 3, 5, 6, 7, 8 };

static gboolean
read_clock (const PosaDlmsCommission *self,
            PosaDlmsReadings *zone,
            ClockReading *out,
            GError **error)
{
  gint64 meter_us = 0, device_us = 0, minutes = 0, summer = 0;

  clock_reading_clear (out);
  if (!posa_dlms_step_read (self, POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock, zone_attributes,
                            G_N_ELEMENTS (zone_attributes), zone, error) ||
      !posa_dlms_commission_read_clock (self, &meter_us, &device_us, &out->half_us, error) ||
      !posa_dlms_readings_integer (zone, 0, &minutes, error) ||
      !posa_dlms_readings_integer (zone, 4, &summer, error))
    return FALSE;
  out->drift_us = meter_us - device_us;
  g_autofree char *time = posa_time_format (meter_us);
  out->text = g_strdup_printf ("%s (%c%" G_GINT64_FORMAT ".%d s), UTC%+d min, DST %d", time,
                               out->drift_us < 0 ? '-' : '+', ABS (out->drift_us) / G_USEC_PER_SEC,
                               (int) (ABS (out->drift_us) / 100000 % 10), (int) -minutes,
                               summer != 0);
  return TRUE;
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
  for (guint i = 0; i < G_N_ELEMENTS (zone_attributes); i++)
    {
      g_autoptr (PosaCosemValue) wanted = wanted_zone (self, i);

      if (posa_cosem_value_equal (wanted, posa_dlms_readings_value (zone, i)))
        continue;
      if (!posa_dlms_step_write (self, POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock,
                                 zone_attributes[i], wanted, error))
        return FALSE;
    }
  return TRUE;
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

/* Sets the time so that it arrives at the edge of a second; @lead_us is the way to the meter. */
static gboolean
write_time (const PosaDlmsCommission *self, gint64 lead_us, char **text, GError **error)
{
  gint64 wall = posa_clock_get_wall (self->clock);
  gint64 edge = (wall + lead_us) / G_USEC_PER_SEC * G_USEC_PER_SEC + G_USEC_PER_SEC;
  gint64 start = posa_clock_get_monotonic (self->clock) + (edge - lead_us - wall);

  if (!posa_clock_sleep_until (self->clock, start, posa_dlms_step_get_cancellable (self), error))
    return FALSE;
  PosaCosemTime time = posa_cosem_time_from_utc_italy (edge);
  g_autoptr (PosaCosemValue) value = posa_cosem_time_to_value (&time);
  g_autofree char *formatted = posa_time_format (edge);
  g_free (*text);
  *text = g_strdup_printf ("%s, UTC+%u min, DST 1", formatted, self->profile->dlms.utc_offset);
  return posa_dlms_step_write (self, POSA_DLMS_CLASS_CLOCK, self->profile->dlms.clock, 2, value,
                               error);
}

/* Reads; sets the time and reads again while it is more than the tolerance off. */
static gboolean
correct_time (const PosaDlmsCommission *self,
              PosaDlmsReadings *zone,
              ClockReading *after,
              char **written,
              GError **error)
{
  for (int i = 0;; i++)
    {
      if (!read_clock (self, zone, after, error))
        return FALSE;
      if (i == MAX_TRIES ||
          ABS (after->drift_us) <= CLOCK_TOLERANCE_US + (i > 0 ? after->half_us : 0))
        return TRUE;
      if (!write_time (self, after->half_us, written, error))
        return FALSE;
    }
}

PosaVerifiedValue *
posa_dlms_step_clock (const PosaDlmsCommission *self, GError **error)
{
  g_auto (PosaDlmsReadings) zone = { NULL };
  g_auto (ClockReading) before = { 0 };
  g_auto (ClockReading) after = { 0 };
  g_autofree char *written = NULL;

  if (!read_clock (self, &zone, &before, error) || !write_zone (self, &zone, error) ||
      !correct_time (self, &zone, &after, &written, error))
    return NULL;
  if (!is_zone_right (self, &zone) || ABS (after.drift_us) > CLOCK_TOLERANCE_US + after.half_us)
    {
      posa_dlms_step_set_not_verified (written != NULL ? written : "Italy's time zone", after.text,
                                       error);
      return NULL;
    }
  return posa_verified_value_new ("clock", before.text, written != NULL ? written : after.text,
                                  after.text);
}
