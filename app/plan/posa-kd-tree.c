/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-kd-tree.h"

#include <string.h>

#define LEAF_SIZE 8
#define MIXED     (-1)

/* The points ids[from..to). A node's first child follows it; a leaf has no second. */
typedef struct
{
  double x0, y0, x1, y1;
  gint32 from, to;
  gint32 second; /* 0: a leaf */
  gint32 group;  /* of all its points, or MIXED */
} Node;

struct _PosaKdTree
{
  const double *x, *y;
  const gint32 *group;
  gint32 *ids;
  GArray *nodes;
};

/* ---- building ---- */

static Node
make_node (const PosaKdTree *self, gint32 from, gint32 to)
{
  Node node = { G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE, from, to, 0, MIXED };

  for (gint32 i = from; i < to; i++)
    {
      double x = self->x[self->ids[i]], y = self->y[self->ids[i]];

      node.x0 = MIN (node.x0, x);
      node.y0 = MIN (node.y0, y);
      node.x1 = MAX (node.x1, x);
      node.y1 = MAX (node.y1, y);
    }
  return node;
}

/* Moves what is not behind the middle in @key in front of it. */
static void
split (gint32 *ids, gint32 from, gint32 to, gint32 middle, const double *key)
{
  while (to - from > 1)
    {
      double pivot = key[ids[from + (to - from) / 2]];
      gint32 i = from, j = to - 1;

      while (i <= j)
        {
          while (key[ids[i]] < pivot)
            i++;
          while (key[ids[j]] > pivot)
            j--;
          if (i > j)
            break;
          gint32 id = ids[i];
          ids[i++] = ids[j];
          ids[j--] = id;
        }
      if (middle <= j)
        to = j + 1;
      else if (middle >= i)
        from = i;
      else
        return;
    }
}

/* As deep as the logarithm of the number of points. */
static gint32
build (PosaKdTree *self, gint32 from, gint32 to)
{
  Node node = make_node (self, from, to);
  gint32 me = (gint32) self->nodes->len;

  g_array_append_val (self->nodes, node);
  if (to - from <= LEAF_SIZE)
    return me;
  gint32 middle = from + (to - from) / 2;
  split (self->ids, from, to, middle, node.x1 - node.x0 > node.y1 - node.y0 ? self->x : self->y);
  build (self, from, middle);
  gint32 second = build (self, middle, to);
  g_array_index (self->nodes, Node, me).second = second;
  return me;
}

PosaKdTree *
posa_kd_tree_new (const double *x, const double *y, const gint32 *ids, gint32 n)
{
  PosaKdTree *self = g_new0 (PosaKdTree, 1);

  self->x = x;
  self->y = y;
  self->ids = g_memdup2 (ids, (gsize) n * sizeof *ids);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  build (self, 0, n);
  return self;
}

void
posa_kd_tree_free (PosaKdTree *self)
{
  g_free (self->ids);
  g_array_unref (self->nodes);
  g_free (self);
}

/* ---- questions ---- */

static double
distance_to_point (const PosaKdTree *self, gint32 from, gint32 to)
{
  double dx = self->x[to] - self->x[from], dy = self->y[to] - self->y[from];

  return dx * dx + dy * dy;
}

/* Never more than that of a point of the node: rounding keeps the order. */
static double
distance_to_node (const Node *node, double x, double y)
{
  double dx = x < node->x0 ? node->x0 - x : x > node->x1 ? x - node->x1 : 0;
  double dy = y < node->y0 ? node->y0 - y : y > node->y1 ? y - node->y1 : 0;

  return dx * dx + dy * dy;
}

static const Node *
get_node (const PosaKdTree *self, gint32 index)
{
  return &g_array_index (self->nodes, Node, index);
}

/* The children of a node, the nearer one first. */
static void
order_children (const PosaKdTree *self, gint32 index, double x, double y, gint32 *out)
{
  gint32 first = index + 1, second = get_node (self, index)->second;
  gboolean turned = distance_to_node (get_node (self, second), x, y) <
                    distance_to_node (get_node (self, first), x, y);

  out[0] = turned ? second : first;
  out[1] = turned ? first : second;
}

typedef struct
{
  gint32 id;
  guint k, n;
  double max_square;
  PosaKdNeighbour *out;
} Search;

static void
insert (Search *search, PosaKdNeighbour found)
{
  guint at = search->n;

  while (at > 0 &&
         (search->out[at - 1].square > found.square ||
          (search->out[at - 1].square == found.square && search->out[at - 1].id > found.id)))
    at--;
  if (at == search->k)
    return;
  guint n_moved = MIN (search->n, search->k - 1) - at;
  memmove (&search->out[at + 1], &search->out[at], n_moved * sizeof found);
  search->out[at] = found;
  search->n = MIN (search->n + 1, search->k);
  if (search->n == search->k)
    search->max_square = MIN (search->max_square, search->out[search->k - 1].square);
}

static void
search_nearest (const PosaKdTree *self, gint32 index, Search *search)
{
  const Node *node = get_node (self, index);
  double x = self->x[search->id], y = self->y[search->id];
  gint32 children[2];

  if (distance_to_node (node, x, y) > search->max_square)
    return;
  for (gint32 i = node->from; node->second == 0 && i < node->to; i++)
    {
      PosaKdNeighbour found = { distance_to_point (self, search->id, self->ids[i]), self->ids[i] };

      if (found.id != search->id && found.square <= search->max_square)
        insert (search, found);
    }
  if (node->second == 0)
    return;
  order_children (self, index, x, y, children);
  search_nearest (self, children[0], search);
  search_nearest (self, children[1], search);
}

guint
posa_kd_tree_find_nearest (const PosaKdTree *self,
                           gint32 id,
                           guint k,
                           double max_square,
                           PosaKdNeighbour *out)
{
  Search search = { id, k, 0, max_square, out };

  search_nearest (self, 0, &search);
  return search.n;
}

/* ---- groups ---- */

void
posa_kd_tree_set_groups (PosaKdTree *self, const gint32 *group)
{
  self->group = group;
  for (gint32 at = (gint32) self->nodes->len - 1; at >= 0; at--)
    {
      Node *node = &g_array_index (self->nodes, Node, at);

      if (node->second != 0)
        {
          gint32 first = get_node (self, at + 1)->group;
          node->group = first == get_node (self, node->second)->group ? first : MIXED;
          continue;
        }
      node->group = group[self->ids[node->from]];
      for (gint32 i = node->from + 1; i < node->to; i++)
        if (group[self->ids[i]] != node->group)
          node->group = MIXED;
    }
}

typedef struct
{
  gint32 id;
  const gint32 *excluded;
  guint n_excluded;
  PosaKdPair *best;
} Foreign;

static gboolean
is_excluded (const Foreign *search, gint32 group)
{
  for (guint i = 0; i < search->n_excluded; i++)
    if (search->excluded[i] == group)
      return TRUE;
  return FALSE;
}

static gboolean
is_before (const PosaKdPair *a, const PosaKdPair *b)
{
  if (a->square != b->square)
    return a->square < b->square;
  return a->i != b->i ? a->i < b->i : a->j < b->j;
}

static void
search_foreign (const PosaKdTree *self, gint32 index, const Foreign *search)
{
  const Node *node = get_node (self, index);
  double x = self->x[search->id], y = self->y[search->id];
  gint32 children[2];

  if (distance_to_node (node, x, y) > search->best->square || is_excluded (search, node->group))
    return;
  for (gint32 i = node->from; node->second == 0 && i < node->to; i++)
    {
      gint32 other = self->ids[i];
      PosaKdPair pair = { distance_to_point (self, search->id, other), MIN (search->id, other),
                          MAX (search->id, other) };

      if (!is_excluded (search, self->group[other]) && is_before (&pair, search->best))
        *search->best = pair;
    }
  if (node->second == 0)
    return;
  order_children (self, index, x, y, children);
  search_foreign (self, children[0], search);
  search_foreign (self, children[1], search);
}

void
posa_kd_tree_find_foreign (const PosaKdTree *self,
                           gint32 id,
                           const gint32 *excluded,
                           guint n_excluded,
                           PosaKdPair *best)
{
  Foreign search = { id, excluded, n_excluded, best };

  search_foreign (self, 0, &search);
}
