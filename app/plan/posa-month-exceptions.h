/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-loads.h"

G_BEGIN_DECLS

/* Points whose season the load around them does not suit, and who go to another month one by one:
 * all points of a unit with the same allowed months together. */
typedef struct
{
  gint32 unit;
  guint8 month;
  guint64 allowed; /* 0: all points of the unit, which is in no load any more */
} PosaMonthException;

/* Takes the misplaced points out of @units, which @loads are over, books them on the nearest load
 * that suits them in @months, and appends who went where to @exceptions, of PosaMonthException. A
 * unit most of whose points are misplaced goes as a whole, if its load can do without it. */
void posa_month_exceptions_make (PosaLoads *loads,
                                 PosaUnits *units,
                                 PosaMonths *months,
                                 GArray *exceptions);

/* The month of a point of @unit with a season of @allowed months; @exceptions sorted by
 * posa_month_exceptions_sort(). -1 when it is no exception. */
gint posa_month_exceptions_find (const GArray *exceptions, gint32 unit, guint64 allowed);
void posa_month_exceptions_sort (GArray *exceptions);

G_END_DECLS
