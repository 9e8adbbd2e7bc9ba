/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "plan/posa-site-graph.h"

G_BEGIN_DECLS

/* Lots for the tests, each in a folder of its own that ends with the test. */

typedef enum
{
  PLAN_TOWN_CITY,     /* one dense town and a suburb beyond a river */
  PLAN_TOWN_COAST,    /* the same; by the sea every fifth point may be worked on in summer only */
  PLAN_TOWN_MOUNTAIN, /* villages; in every fourth winter and high summer only */
  PLAN_TOWN_RURAL,    /* hamlets, kilometres apart, houses along the roads between them */
  PLAN_TOWN_ISLANDS,  /* two towns on islands, kilometres of sea between them */
  PLAN_TOWN_N
} PlanTownKind;

const char *plan_town_get_name (PlanTownKind kind);

/* Rows of points.csv of about @n_pods points, without the header; the same for the same @seed. */
GPtrArray *plan_town_make_rows (PlanTownKind kind, guint n_pods, guint seed);
/* The same rows in another order. */
void plan_town_shuffle (GPtrArray *rows, guint seed);

/* A lot.ini with @crews, that @change (may be NULL) changes: "group.key=value" or "group.key" to
 * leave it out, several separated by line feeds. Free with g_free(). */
char *plan_town_make_lot (guint crews, const char *change);

/* A new folder with both files; NULL leaves one out. Remove it with plan_town_remove(). */
char *plan_town_write (const char *lot, const GPtrArray *rows);
/* The same, with the text of points.csv as it is. */
char *plan_town_write_text (const char *lot, const char *points);
/* What is in it, which has to be good. The caller owns all three. */
void
plan_town_load (const char *folder, PosaLot **lot, PosaLotPoints **points, PosaSiteGraph **graph);
void plan_town_remove (char *folder); /* takes it */

G_END_DECLS
