/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-hilbert.h"

#define BITS 20

/* How far along the curve through the 2^20 x 2^20 grid a cell is: two bits of it a level. */
static guint64
find_position (guint32 x, guint32 y)
{
  guint64 position = 0;

  for (guint32 side = 1U << (BITS - 1); side > 0; side >>= 1)
    {
      guint32 right = (x & side) != 0, upper = (y & side) != 0;

      position = position << 2 | (3 * right ^ upper);
      if (upper == 0)
        {
          /* the lower quarters hold the curve turned: mirrored for the right one, and transposed */
          guint32 old = right ? ~x : x;
          x = right ? ~y : y;
          y = old;
        }
    }
  return position;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const guint64 *positions = data;
  gint32 i = *(const gint32 *) a, j = *(const gint32 *) b;

  if (positions[i] != positions[j])
    return positions[i] < positions[j] ? -1 : 1;
  return i - j;
}

gint32 *
posa_hilbert_order (const double *x, const double *y, gint32 n)
{
  g_autofree guint64 *positions = g_new (guint64, n);
  gint32 *order = g_new (gint32, n);
  double x0 = G_MAXDOUBLE, y0 = G_MAXDOUBLE, x1 = -G_MAXDOUBLE, y1 = -G_MAXDOUBLE;

  for (gint32 i = 0; i < n; i++)
    {
      x0 = MIN (x0, x[i]);
      y0 = MIN (y0, y[i]);
      x1 = MAX (x1, x[i]);
      y1 = MAX (y1, y[i]);
    }
  double size = MAX (MAX (x1 - x0, y1 - y0), 1e-9), scale = ((1U << BITS) - 1) / size;
  for (gint32 i = 0; i < n; i++)
    {
      positions[i] =
          find_position ((guint32) ((x[i] - x0) * scale), (guint32) ((y[i] - y0) * scale));
      order[i] = i;
    }
  g_sort_array (order, (gsize) n, sizeof *order, compare_cb, positions);
  return order;
}
