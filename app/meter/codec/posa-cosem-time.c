/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-cosem-time.h"

#include "base/posa-clock.h"
#include "base/posa-cursor.h"

#define ANY 0xFF

void
posa_cosem_time_encode (const PosaCosemTime *self, guint8 out[POSA_COSEM_TIME_SIZE])
{
  guint16 deviation = (guint16) self->deviation;
  const guint8 bytes[POSA_COSEM_TIME_SIZE] = {
    (guint8) (self->year >> 8),
    (guint8) self->year,
    self->month,
    self->day,
    self->weekday,
    self->hour,
    self->minute,
    self->second,
    self->hundredths,
    (guint8) (deviation >> 8),
    (guint8) deviation,
    self->status,
  };

  for (gsize i = 0; i < sizeof bytes; i++)
    out[i] = bytes[i];
}

gboolean
posa_cosem_time_from_value (const PosaCosemValue *value, PosaCosemTime *out)
{
  gsize size = 0;
  const guint8 *data = posa_cosem_value_get_bytes (value, &size);
  PosaReader reader;

  if (data == NULL || size != POSA_COSEM_TIME_SIZE)
    return FALSE;
  posa_reader_init (&reader, data, size);
  out->year = posa_reader_u16_be (&reader);
  out->month = posa_reader_u8 (&reader);
  out->day = posa_reader_u8 (&reader);
  out->weekday = posa_reader_u8 (&reader);
  out->hour = posa_reader_u8 (&reader);
  out->minute = posa_reader_u8 (&reader);
  out->second = posa_reader_u8 (&reader);
  out->hundredths = posa_reader_u8 (&reader);
  out->deviation = (gint16) posa_reader_u16_be (&reader);
  out->status = posa_reader_u8 (&reader);
  return TRUE;
}

PosaCosemValue *
posa_cosem_time_to_value (const PosaCosemTime *self)
{
  guint8 bytes[POSA_COSEM_TIME_SIZE];

  posa_cosem_time_encode (self, bytes);
  return posa_cosem_value_new_bytes (POSA_COSEM_OCTET_STRING, bytes, sizeof bytes);
}

PosaCosemTime
posa_cosem_time_from_utc (gint64 wall_us, gint16 deviation, gboolean summer)
{
  gint64 local_us = wall_us - (gint64) deviation * 60 * G_USEC_PER_SEC;
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_utc_usec (local_us);

  if (local == NULL)
    return (PosaCosemTime) { .deviation = deviation };
  return (PosaCosemTime) {
    .year = (guint16) g_date_time_get_year (local),
    .month = (guint8) g_date_time_get_month (local),
    .day = (guint8) g_date_time_get_day_of_month (local),
    .weekday = (guint8) g_date_time_get_day_of_week (local),
    .hour = (guint8) g_date_time_get_hour (local),
    .minute = (guint8) g_date_time_get_minute (local),
    .second = (guint8) g_date_time_get_second (local),
    .hundredths = (guint8) (g_date_time_get_microsecond (local) / 10000),
    .deviation = deviation,
    .status = summer ? POSA_COSEM_TIME_SUMMER : 0,
  };
}

PosaCosemTime
posa_cosem_time_from_utc_italy (gint64 wall_us)
{
  GTimeZone *italy = posa_time_get_italy ();
  gint interval =
      g_time_zone_find_interval (italy, G_TIME_TYPE_UNIVERSAL, wall_us / G_USEC_PER_SEC);
  gint32 offset = g_time_zone_get_offset (italy, interval);

  return posa_cosem_time_from_utc (wall_us, (gint16) (-offset / 60),
                                   g_time_zone_is_dst (italy, interval));
}

gboolean
posa_cosem_time_to_utc (const PosaCosemTime *self, gint64 *wall_us)
{
  gboolean has_deviation = self->deviation != POSA_COSEM_NO_DEVIATION;
  guint8 second = self->second == ANY ? 0 : self->second;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  if (self->hundredths != ANY && self->hundredths > 99)
    return FALSE;
  g_autoptr (GDateTime)
      local = g_date_time_new (has_deviation ? utc : posa_time_get_italy (), self->year,
                               self->month, self->day, self->hour, self->minute, second);
  if (self->year == 0 || self->year > 9999 || local == NULL)
    return FALSE;
  *wall_us = g_date_time_to_unix_usec (local);
  if (has_deviation)
    *wall_us += (gint64) self->deviation * 60 * G_USEC_PER_SEC;
  if (self->hundredths != ANY)
    *wall_us += (gint64) self->hundredths * 10000;
  return TRUE;
}
