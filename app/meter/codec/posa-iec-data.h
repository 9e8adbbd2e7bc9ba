/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One data set of a data block (IEC 62056-21, 6.5): "1.8.0(012345.678*kWh)". A second pair of
 * parentheses, as the time of a maximum, is a set of the same address with index 1. */
typedef struct
{
  char *address; /* as sent, spaces around it removed */
  guint index;   /* which pair of parentheses of that address */
  char *value;   /* as sent, "" legal */
  char *unit;    /* "" when the device gives none after '*' */
} PosaIecDataSet;

/* Parses what stands between STX and ETX, lenient towards what meters do (meters.md 1.3): ends at
 * '!' or at the end, accepts LF without CR, spaces around addresses, lines without parentheses.
 * INVALID_DATA naming the line for open or nested parentheses and characters that cannot be.
 * Returns an array of PosaIecDataSet. */
GPtrArray *posa_iec_data_parse (const guint8 *data, gsize size, GError **error);

/* The data set of @code, borrowed, NULL when absent. "1.8.0" also finds "1-0:1.8.0*255", but never
 * a history value "1.8.0*01". */
const PosaIecDataSet *posa_iec_data_find (GPtrArray *sets, const char *code, guint index);
gboolean posa_iec_code_equal (const char *x, const char *y);

/* The number of @set in the base unit of @unit ("kWh" gives Wh), truncated as registers are, and
 * the weight of its last digit. @unit is what the profile expects: the device may leave the unit
 * out, omit the '*' before it, or use another prefix, but not another quantity. INVALID_DATA. */
gboolean posa_iec_data_get_number (const PosaIecDataSet *set,
                                   const char *unit,
                                   gint64 *value,
                                   gint64 *resolution,
                                   GError **error);

G_END_DECLS
