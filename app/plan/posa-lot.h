/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The lot and its rules: lot.ini (docs/planning.md). */

#define POSA_LOT_MAX_MONTHS 60

/* Minutes of the day, the second one outside. */
typedef struct
{
  guint16 from, to;
} PosaLotSpan;

typedef struct
{
  char *id;
  guint first_year, first_month; /* of plan month 0 */
  guint n_months;

  guint crews;
  double day_minutes;
  GArray *windows, *bands; /* of PosaLotSpan, in the order of the day, apart from each other */
  guint weekdays;          /* bit n: ISO weekday n is worked on */
  GArray *holidays;        /* of PosaHoliday with a year */

  double minutes_1, minutes_3; /* a replacement */
  double minutes_presence;     /* more when the customer has to be there */
  double minutes_site;         /* once a visit of a civic */

  double detour; /* way over straight line */
  double walk_kmh, walk_max_m, drive_kmh, drive_fixed_min;
  double depot_lat, depot_lon; /* WGS84 degrees */

  guint notice_days, published_months;

  guint neighbours;    /* [adjacency] k */
  double max_m;        /* between neighbours */
  double street_max_m; /* between consecutive civics of a street */
  guint links;         /* of a cluster to the nearest others */
  double link_max_m;
} PosaLot;

/* Reads and checks lot.ini. Groups and keys are a closed set; INVALID_DATA names file, group, key
 * and what helps. */
PosaLot *posa_lot_load (const char *path, GError **error);
void posa_lot_free (PosaLot *self);
/* Seconds that a replacement takes, and that a visit of a civic takes besides. */
gint32 posa_lot_get_service (const PosaLot *self, gboolean three_phase, gboolean presence);
gint32 posa_lot_get_visit (const PosaLot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaLot, posa_lot_free)

G_END_DECLS
