/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-obis.h"
#include "domain/posa-tariff-table.h"
#include "meter/codec/posa-cosem-value.h"

G_BEGIN_DECLS

/* The tariff table of the removed meter as an activity calendar (class 20, IEC 62056-6-2 clause
 * 4.5.5): one season, one week, a day profile for each different day of the table. Day 7 is always
 * that of Sundays and holidays, since the table of special days refers to it. */
typedef enum
{
  POSA_DLMS_CALENDAR_NAME,
  POSA_DLMS_CALENDAR_SEASONS,
  POSA_DLMS_CALENDAR_WEEKS,
  POSA_DLMS_CALENDAR_DAYS,
  POSA_DLMS_N_CALENDAR_PARTS
} PosaDlmsCalendarPart;

/* Part @part as the value of its attribute (2 + part active, 6 + part passive). @scripts is the
 * table whose script n selects tier n. Free with posa_cosem_value_free(). */
PosaCosemValue *posa_dlms_calendar_build (const PosaTariffTable *table,
                                          PosaObis scripts,
                                          PosaDlmsCalendarPart part);
/* "NAME, N switch times" of a calendar as read; free with g_free(). */
char *posa_dlms_calendar_describe (const PosaCosemValue *name, const PosaCosemValue *days);

G_END_DECLS
