/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The graph of the sites: small lots whose edges a person can check, and larger ones against the
 * definition worked out the long way, every pair against every site. */

#include "base/posa-error.h"
#include "plan-town.h"
#include "plan/posa-site-graph.h"

#include <math.h>
#include <string.h>

typedef struct
{
  PosaLot *lot;
  PosaLotPoints *points;
  PosaSiteGraph *graph;
} Made;

static void
made_clear (Made *made)
{
  posa_lot_free (made->lot);
  posa_lot_points_free (made->points);
  posa_site_graph_free (made->graph);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

static Made
make (const GPtrArray *rows)
{
  g_autofree char *text = plan_town_make_lot (2, NULL);
  char *folder = plan_town_write (text, rows);
  Made made = { 0 };

  plan_town_load (folder, &made.lot, &made.points, &made.graph);
  plan_town_remove (folder);
  return made;
}

/* ---- golden ---- */

/* Metres east and north of one point, as a row. */
static void
add_row (GPtrArray *rows, const char *street, const char *civic, double x, double y)
{
  char lat[G_ASCII_DTOSTR_BUF_SIZE], lon[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (lat, sizeof lat, "%.7f", 43 + y / 111195);
  g_ascii_formatd (lon, sizeof lon, "%.7f", 12 + x / 111195 / cos (43 * G_PI / 180));
  g_ptr_array_add (rows, g_strdup_printf ("P%u,A,%s,%s,%s,%s,1,A,111111111111", rows->len, street,
                                          civic, lat, lon));
}

static void
expect_graph (const GPtrArray *rows, const char *edges, gint32 n_links)
{
  g_auto (Made) made = make (rows);
  g_autoptr (GBytes) bytes = posa_site_graph_to_text (made.graph);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_strdelimit (text, "\n", ',');
  g_assert_cmpstr (text, ==, edges);
  g_assert_cmpint (made.graph->n_links, ==, n_links);
}

static void
test_alone (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  add_row (rows, "V", "1", 0, 0);
  expect_graph (rows, "", 0);
  /* a second meter at the same door is no second site */
  add_row (rows, "V", "1", 0, 0);
  expect_graph (rows, "", 0);
}

/* Five civics in a row: 5 is near 3 and 2 alike, but across the street from nothing else. */
static void
test_street (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  add_row (rows, "V", "1", 0, 0);
  add_row (rows, "V", "2", 20, 0);
  add_row (rows, "V", "3", 40, 0);
  add_row (rows, "V", "4", 60, 0);
  add_row (rows, "V", "5", 340, 0);
  /* 4 and 5 are 280 m apart: no neighbours, but of one street */
  expect_graph (rows, "0 1,1 2,2 3,3 4,", 0);
  /* farther than 300 m even the street ends: a link */
  add_row (rows, "V", "6", 700, 0);
  expect_graph (rows, "0 1,1 2,2 3,3 4,4 5,", 1);
}

/* The corners across are kept apart by those between; what stands in the middle keeps two sides
 * apart too, whose circles it is in. */
static void
test_gabriel (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  add_row (rows, "A", "1", 0, 0);
  add_row (rows, "B", "1", 40, 0);
  add_row (rows, "C", "1", 36, 44);
  add_row (rows, "D", "1", 4, 44);
  expect_graph (rows, "0 1,0 3,1 2,2 3,", 0);
  add_row (rows, "E", "1", 20, 21);
  expect_graph (rows, "0 1,0 4,1 4,2 3,2 4,3 4,", 0);
}

/* Flats with a door each at one spot hang on the lowest of them. */
static void
test_coincident (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  add_row (rows, "A", "1", 0, 0);
  add_row (rows, "B", "1", 0, 0);
  add_row (rows, "C", "1", 0, 0);
  add_row (rows, "D", "1", 50, 0);
  expect_graph (rows, "0 1,0 2,0 3,", 0);
}

/* Four hamlets on a line; each but the largest is linked to its three nearest within 1,500 m. */
static void
test_hamlets (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  add_row (rows, "A", "1", 0, 0);
  add_row (rows, "A", "2", 20, 0);
  add_row (rows, "B", "1", 500, 0);
  add_row (rows, "C", "1", 1100, 0);
  add_row (rows, "D", "1", 1700, 0);
  /* B: A (1-2), C, D. C: A at 1080 m, B, D. D: B, C; A is 1680 m away. */
  expect_graph (rows, "0 1,1 2,1 3,2 3,2 4,3 4,", 5);
}

/* Beyond every link: the shortest bridge of each island, then of what that has joined. */
static void
test_islands (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  add_row (rows, "A", "1", 0, 0);
  add_row (rows, "A", "2", 20, 0);
  add_row (rows, "B", "1", 5000, 0);
  add_row (rows, "C", "1", 7000, 0);
  add_row (rows, "D", "1", 5000, 9000);
  expect_graph (rows, "0 1,1 2,2 3,2 4,", 3);
}

/* ---- the long way ---- */

static double
square (const PosaLotPoints *points, gint32 i, gint32 j)
{
  double dx = points->x[j] - points->x[i], dy = points->y[j] - points->y[i];

  return dx * dx + dy * dy;
}

static gboolean
is_one_place (const PosaLotPoints *points, gint32 i, gint32 j)
{
  return floor (points->lat[i] * 1e5 + 0.5) == floor (points->lat[j] * 1e5 + 0.5) &&
         floor (points->lon[i] * 1e5 + 0.5) == floor (points->lon[j] * 1e5 + 0.5);
}

typedef struct
{
  const PosaLotPoints *points;
  const PosaLot *lot;
  gint32 n;
  gint32 *place; /* lowest site there */
  guint8 *edge;  /* n x n */
  gint32 *piece;
} Long;

static gboolean
is_place (const Long *self, gint32 i)
{
  return self->place[i] == i;
}

/* How many places are nearer to @i than @j is. */
static guint
rank_of (const Long *self, gint32 i, gint32 j)
{
  double to_j = square (self->points, i, j);
  guint n = 0;

  for (gint32 k = 0; k < self->n; k++)
    {
      double to_k = square (self->points, i, k);
      n += is_place (self, k) && k != i && (to_k < to_j || (to_k == to_j && k < j));
    }
  return n;
}

static gboolean
is_neighbour (const Long *self, gint32 i, gint32 j)
{
  double distance = square (self->points, i, j);

  if (!is_place (self, i) || !is_place (self, j) || distance > self->lot->max_m * self->lot->max_m)
    return FALSE;
  for (gint32 k = 0; k < self->n; k++)
    if (k != i && k != j && is_place (self, k) &&
        square (self->points, i, k) + square (self->points, j, k) < distance * (1 - 1e-9))
      return FALSE;
  return rank_of (self, i, j) < self->lot->neighbours ||
         rank_of (self, j, i) < self->lot->neighbours;
}

static void
find_edges (Long *self)
{
  const PosaLotPoints *points = self->points;
  double limit = self->lot->street_max_m * self->lot->street_max_m;

  for (gint32 i = 0; i < self->n; i++)
    for (self->place[i] = 0; !is_one_place (points, self->place[i], i);)
      self->place[i]++;
  for (gint32 i = 0; i < self->n; i++)
    for (gint32 j = i + 1; j < self->n; j++)
      self->edge[i * self->n + j] =
          self->place[j] == i || is_neighbour (self, i, j) ||
          (j == i + 1 && points->street[i] == points->street[j] && square (points, i, j) <= limit);
}

/* Labels the pieces by their lowest site; returns how many. */
static gint32
find_pieces (Long *self)
{
  gint32 n_pieces = 0;
  gboolean changed = TRUE;

  for (gint32 i = 0; i < self->n; i++)
    self->piece[i] = i;
  while (changed)
    {
      changed = FALSE;
      for (gint32 i = 0; i < self->n; i++)
        for (gint32 j = i + 1; j < self->n; j++)
          if (self->edge[i * self->n + j] && self->piece[i] != self->piece[j])
            {
              self->piece[i] = self->piece[j] = MIN (self->piece[i], self->piece[j]);
              changed = TRUE;
            }
    }
  for (gint32 i = 0; i < self->n; i++)
    n_pieces += self->piece[i] == i;
  return n_pieces;
}

static gint32
find_largest (const Long *self)
{
  g_autofree gint32 *size = g_new0 (gint32, self->n);
  gint32 largest = 0;

  for (gint32 i = 0; i < self->n; i++)
    size[self->piece[i]]++;
  for (gint32 i = 0; i < self->n; i++)
    if (size[i] > size[largest])
      largest = i;
  return largest;
}

/* The shortest pair from @piece to one of no piece in @done. */
static gboolean
find_shortest (const Long *self,
               gint32 piece,
               const gboolean *done,
               double limit,
               gint32 *a,
               gint32 *b)
{
  double best = INFINITY;

  for (gint32 i = 0; i < self->n; i++)
    for (gint32 j = i + 1; j < self->n; j++)
      {
        double distance = square (self->points, i, j);
        gboolean fits = (self->piece[i] == piece && !done[self->piece[j]]) ||
                        (self->piece[j] == piece && !done[self->piece[i]]);

        if (!fits || distance >= best || distance > limit)
          continue;
        best = distance;
        *a = i;
        *b = j;
      }
  return best < INFINITY;
}

static void
add_links (Long *self)
{
  double limit = self->lot->link_max_m * self->lot->link_max_m;
  gint32 largest = find_largest (self), i = 0, j = 0;

  for (gint32 piece = 0; piece < self->n; piece++)
    {
      g_autofree gboolean *done = g_new0 (gboolean, self->n);

      done[piece] = TRUE;
      for (guint n = 0; self->piece[piece] == piece && piece != largest && n < self->lot->links;
           n++)
        {
          if (!find_shortest (self, piece, done, limit, &i, &j))
            break;
          self->edge[i * self->n + j] = 1;
          done[self->piece[i] == piece ? self->piece[j] : self->piece[i]] = TRUE;
        }
    }
}

/* Where all distances differ, the rounds end as the shortest links of all, one by one, would. */
static void
add_bridges (Long *self)
{
  while (find_pieces (self) > 1)
    {
      gint32 a = 0, b = 0;
      double best = INFINITY;

      for (gint32 i = 0; i < self->n; i++)
        for (gint32 j = i + 1; j < self->n; j++)
          if (self->piece[i] != self->piece[j] && square (self->points, i, j) < best)
            {
              best = square (self->points, i, j);
              a = i;
              b = j;
            }
      self->edge[a * self->n + b] = 1;
    }
}

static void
check_long_way (const Made *made)
{
  gint32 n = made->points->n_sites;
  g_autofree gint32 *place = g_new0 (gint32, n), *piece = g_new (gint32, n);
  g_autofree guint8 *edge = g_malloc0 ((gsize) n * (gsize) n);
  Long self = { made->points, made->lot, n, place, edge, piece };
  gint32 n_edges = 0;

  find_edges (&self);
  if (find_pieces (&self) > 1)
    add_links (&self);
  add_bridges (&self);
  for (gint32 i = 0; i < n * n; i++)
    n_edges += edge[i];
  g_assert_cmpint (made->graph->n_edges, ==, n_edges);
  for (gint32 i = 0; i < n; i++)
    for (gint32 e = made->graph->first[i]; e < made->graph->first[i + 1]; e++)
      {
        gint32 j = made->graph->neighbours[e];
        g_assert_true (edge[MIN (i, j) * n + MAX (i, j)]);
        g_assert_true (e == made->graph->first[i] || j > made->graph->neighbours[e - 1]);
      }
}

static void
test_towns (void)
{
  for (int kind = 0; kind < PLAN_TOWN_N; kind++)
    for (guint seed = 1; seed <= 2; seed++)
      {
        g_autoptr (GPtrArray) rows = plan_town_make_rows (kind, 600, seed);
        g_auto (Made) made = make (rows);

        g_test_message ("%s %u: %d sites, %d edges, %d links", plan_town_get_name (kind), seed,
                        made.graph->n_sites, made.graph->n_edges, made.graph->n_links);
        check_long_way (&made);
      }
}

/* Houses strewn over a region: nearly every edge is a link or a bridge. */
static void
test_strewn (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *street = g_strdup_printf ("V%u", i / 2);
      add_row (rows, street, i % 2 == 0 ? "1" : "2", g_rand_double_range (random, 0, 12000),
               g_rand_double_range (random, 0, 12000));
    }
  g_auto (Made) made = make (rows);
  g_assert_cmpint (made.graph->n_links, >, 100);
  check_long_way (&made);
}

static void
test_permuted (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_RURAL, 3000, 5);
  g_auto (Made) made = make (rows);

  for (guint seed = 1; seed <= 3; seed++)
    {
      plan_town_shuffle (rows, seed);
      g_auto (Made) other = make (rows);
      g_autoptr (GBytes) a = posa_site_graph_to_text (made.graph);
      g_autoptr (GBytes) b = posa_site_graph_to_text (other.graph);
      g_assert_true (g_bytes_equal (a, b));
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_CITY, 100, 1);
  g_auto (Made) made = make (rows);
  g_autoptr (PosaOperation) operation = posa_operation_new ("test");
  g_autoptr (GError) error = NULL;

  posa_operation_cancel (operation);
  g_assert_null (posa_site_graph_new (made.points, made.lot, operation, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/graph/alone", test_alone);
  g_test_add_func ("/plan/graph/street", test_street);
  g_test_add_func ("/plan/graph/gabriel", test_gabriel);
  g_test_add_func ("/plan/graph/coincident", test_coincident);
  g_test_add_func ("/plan/graph/hamlets", test_hamlets);
  g_test_add_func ("/plan/graph/islands", test_islands);
  g_test_add_func ("/plan/graph/towns", test_towns);
  g_test_add_func ("/plan/graph/strewn", test_strewn);
  g_test_add_func ("/plan/graph/permuted", test_permuted);
  g_test_add_func ("/plan/graph/cancelled", test_cancelled);
  return g_test_run ();
}
