/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-json.h"

G_BEGIN_DECLS

/* Days on which the table of Sundays holds (delibera 292/06, Art. 4.2 c): the national holidays by
 * the law of each year, and the Patron Saint of the place. A date is one of every year when its
 * year is 0. */
typedef struct
{
  guint16 year; /* 0 = every year */
  guint8 month, day;
} PosaHoliday;

#define POSA_HOLIDAYS_MAX 128

/* "06-24" or "2027-09-05"; FALSE when there is no such day. */
gboolean posa_holiday_parse (const char *text, PosaHoliday *out);
char *posa_holiday_format (PosaHoliday self); /* free with g_free() */

/* The holidays of @n_years years from @first_year on: those of the law, with Easter Monday and what
 * is not yet or no longer a holiday given by date, and those of @patron (of PosaHoliday, may be
 * NULL). Each once; array of PosaHoliday. */
GArray *posa_holidays_list (guint first_year, guint n_years, const GArray *patron);
/* Whether the day is in @holidays. */
gboolean posa_holidays_contain (const GArray *holidays, guint year, guint month, guint day);

/* Array of the texts above. */
void posa_holidays_to_json (const GArray *holidays, JsonBuilder *builder);
GArray *posa_holidays_from_json (PosaJsonCursor array);

G_END_DECLS
