/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-lot-calendar.h"

#include "domain/posa-holidays.h"

#include <math.h>

void
posa_lot_get_month (const PosaLot *self, guint month, guint *year, guint *calendar_month)
{
  guint n = self->first_month - 1 + month;

  *year = self->first_year + n / 12;
  *calendar_month = n % 12 + 1;
}

guint
posa_lot_count_workdays (const PosaLot *self, guint month)
{
  guint year, calendar_month, n = 0;

  posa_lot_get_month (self, month, &year, &calendar_month);
  guint n_days = g_date_get_days_in_month (calendar_month, (GDateYear) year);
  for (guint day = 1; day <= n_days; day++)
    {
      GDate date;

      g_date_clear (&date, 1);
      g_date_set_dmy (&date, (GDateDay) day, calendar_month, (GDateYear) year);
      n += (self->weekdays >> (guint) g_date_get_weekday (&date) & 1) != 0 &&
           !posa_holidays_contain (self->holidays, year, calendar_month, day);
    }
  return n;
}

gint64
posa_lot_get_capacity (const PosaLot *self, guint month)
{
  return (gint64) self->crews * posa_lot_count_workdays (self, month) *
         llround (self->day_minutes * 60);
}

guint64
posa_lot_get_allowed (const PosaLot *self, guint16 season)
{
  guint64 allowed = 0;

  for (guint month = 0; month < self->n_months; month++)
    if (season >> ((self->first_month - 1 + month) % 12) & 1)
      allowed |= G_GUINT64_CONSTANT (1) << month;
  return allowed;
}
