/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-cosem-value.h"

G_BEGIN_DECLS

#define POSA_COSEM_TIME_SIZE 12

/* date-time of IEC 62056-6-2 clause 4.1.6.1, twelve bytes. Pure. */
typedef struct
{
  guint16 year;                            /* FFFF = any */
  guint8 month, day;                       /* FF any; FE, FD see the standard */
  guint8 weekday;                          /* 1 Monday .. 7; FF any */
  guint8 hour, minute, second, hundredths; /* FF any */
  gint16 deviation; /* minutes, UTC = local + deviation; POSA_COSEM_NO_DEVIATION */
  guint8 status;    /* 80 daylight saving; FF not given */
} PosaCosemTime;

#define POSA_COSEM_NO_DEVIATION G_MININT16
#define POSA_COSEM_TIME_SUMMER  0x80

void posa_cosem_time_encode (const PosaCosemTime *self, guint8 out[POSA_COSEM_TIME_SIZE]);
/* From a date-time or an octet string of twelve bytes. FALSE for anything else. */
gboolean posa_cosem_time_from_value (const PosaCosemValue *value, PosaCosemTime *out);
/* As an octet string, the type of class 8 and 20. */
PosaCosemValue *posa_cosem_time_to_value (const PosaCosemTime *self);

/* @wall_us (UTC, µs since 1970) as local time with @deviation minutes; hundredths are kept. */
PosaCosemTime posa_cosem_time_from_utc (gint64 wall_us, gint16 deviation, gboolean summer);
/* The same with Italy's legal time. */
PosaCosemTime posa_cosem_time_from_utc_italy (gint64 wall_us);
/* µs UTC; without a deviation the time is Italy's legal time. FALSE for a pattern or no date. */
gboolean posa_cosem_time_to_utc (const PosaCosemTime *self, gint64 *wall_us);

G_END_DECLS
