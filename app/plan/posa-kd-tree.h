/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A k-d tree over points of the plane, for the questions that the site graph asks. Distances are
 * squares, (xj - xi)² + (yj - yi)²; ties go to the lower id, so that answers do not depend on the
 * shape of the tree. */
typedef struct _PosaKdTree PosaKdTree;

/* A point at a distance, or a pair at one (@i < @j). */
typedef struct
{
  double square;
  gint32 id;
} PosaKdNeighbour;

typedef struct
{
  double square;
  gint32 i, j;
} PosaKdPair;

/* Over the points @ids [@n] of @x, @y, which are borrowed. */
PosaKdTree *posa_kd_tree_new (const double *x, const double *y, const gint32 *ids, gint32 n);
void posa_kd_tree_free (PosaKdTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaKdTree, posa_kd_tree_free)

/* The up to @k nearest others of point @id at most @max_square away, nearest first, into @out
 * [@k]; returns how many. */
guint posa_kd_tree_find_nearest (const PosaKdTree *self,
                                 gint32 id,
                                 guint k,
                                 double max_square,
                                 PosaKdNeighbour *out);

/* Gives each point a group for the function below; @group is by id, borrowed, and must not change
 * until it is set again. */
void posa_kd_tree_set_groups (PosaKdTree *self, const gint32 *group);
/* The nearest pair of point @id and one whose group is not among @excluded [@n_excluded]; written
 * to *@best when it is before it in the order of (square, i, j). */
void posa_kd_tree_find_foreign (const PosaKdTree *self,
                                gint32 id,
                                const gint32 *excluded,
                                guint n_excluded,
                                PosaKdPair *best);

G_END_DECLS
