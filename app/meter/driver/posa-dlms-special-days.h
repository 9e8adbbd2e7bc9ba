/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-holidays.h"
#include "meter/codec/posa-cosem-value.h"

G_BEGIN_DECLS

/* The days on which the day profile of Sundays holds, as the entries of a special days table
 * (class 11, IEC 62056-6-2 clause 4.5.4). */

/* The table for @holidays (posa_holidays_list()), numbered from 1 in their order. Free with
 * posa_cosem_value_free(). */
PosaCosemValue *posa_dlms_special_days_build (const GArray *holidays);

/* Whether a table as read makes every day from @first to @last a Sunday that is in @holidays, and
 * no other day: days before and behind do not matter, nor how the entries say it. NULL when it
 * does, else what differs, "without 2027-06-24 and 14 more; with 2027-07-01"; free with g_free().
 */
char *posa_dlms_special_days_compare (const PosaCosemValue *entries,
                                      const GArray *holidays,
                                      const GDate *first,
                                      const GDate *last);

/* "N days of every year, N single days, to YEAR" of a table as read: the last two where there are
 * any. Free with g_free(). */
char *posa_dlms_special_days_describe (const PosaCosemValue *entries);

G_END_DECLS
