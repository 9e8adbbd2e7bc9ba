/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "plan/posa-names.h"

G_BEGIN_DECLS

typedef enum
{
  POSA_POINT_THREE_PHASE = 1 << 0,
  POSA_POINT_PRESENCE = 1 << 1, /* the customer has to be there */
} PosaPointFlags;

/* Months of the calendar in which a point may be worked on; bit 0 is January. */
#define POSA_SEASON_ALL 0xFFF

/* The supply points of a lot (points.csv, docs/planning.md), and their sites: a site is a civic of
 * a street of a municipality. Sites are numbered in the order of (municipality, street, number of
 * the civic, its suffix), texts by their bytes, civics without a number last; those that are equal
 * in it ("12A", "12 A") in the order of the file. Streets are numbered in the same order. */
typedef struct
{
  gint32 n_pods;
  PosaNames *pods;     /* in the order of the file */
  gint32 *pod_site;    /* [n_pods] */
  guint16 *pod_season; /* [n_pods] bits of the calendar's months */
  guint8 *pod_flags;   /* [n_pods] PosaPointFlags */

  gint32 n_sites, n_streets;
  gint32 *street;    /* [n_sites] */
  double *lat, *lon; /* [n_sites] mean of its points, degrees WGS84 */
  double *x, *y;     /* [n_sites] metres east and north of the mean of all sites */
  double lat0, lon0; /* that mean */
} PosaLotPoints;

/* Reads and checks points.csv, rows in any order. INVALID_DATA names the line and what helps;
 * CANCELLED. @operation may be NULL. */
PosaLotPoints *posa_lot_points_load (const char *path, PosaOperation *operation, GError **error);
void posa_lot_points_free (PosaLotPoints *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaLotPoints, posa_lot_points_free)

G_END_DECLS
