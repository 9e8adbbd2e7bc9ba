/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-site-order.h"

#include <string.h>

#define MAX_DIGITS 18

/* What is needed to compare two sites. */
typedef struct
{
  const PosaCivic *civics;
  const PosaNames *texts, *streets;
  const gint32 *street_rank;
} Order;

static const char *
skip_spaces (const char *text)
{
  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return text;
}

gboolean
posa_civic_parse (const char *text, PosaCivic *civic)
{
  const char *start = skip_spaces (text), *end = start;

  civic->number = 0;
  while (g_ascii_isdigit (*end))
    {
      if (end - start >= MAX_DIGITS)
        return FALSE;
      civic->number = civic->number * 10 + (guint64) (*end++ - '0');
    }
  if (end == start)
    {
      civic->number = POSA_CIVIC_NO_NUMBER;
      end = text;
    }
  else
    end = skip_spaces (end);
  civic->suffix = (guint32) (end - text);
  return TRUE;
}

static int
compare_streets_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const PosaNames *streets = data;

  return strcmp (posa_names_get (streets, *(const gint32 *) a),
                 posa_names_get (streets, *(const gint32 *) b));
}

static int
compare_sites_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const Order *order = data;
  gint32 i = *(const gint32 *) a, j = *(const gint32 *) b;
  const PosaCivic *p = &order->civics[i], *q = &order->civics[j];

  if (p->street != q->street)
    return order->street_rank[p->street] < order->street_rank[q->street] ? -1 : 1;
  if (p->number != q->number)
    return p->number < q->number ? -1 : 1;
  int suffixes = strcmp (posa_names_get (order->texts, i) + p->suffix,
                         posa_names_get (order->texts, j) + q->suffix);
  return suffixes != 0 ? suffixes : i - j;
}

/* 0, 1, … in the order of @compare. */
static gint32 *
sort (gint32 n, GCompareDataFunc compare, gpointer data)
{
  gint32 *ids = g_new (gint32, n);

  for (gint32 i = 0; i < n; i++)
    ids[i] = i;
  g_sort_array (ids, (gsize) n, sizeof *ids, compare, data);
  return ids;
}

gint32 *
posa_site_order_make (const PosaCivic *civics,
                      gint32 n,
                      const PosaNames *texts,
                      const PosaNames *streets)
{
  gint32 n_streets = posa_names_get_n (streets);
  g_autofree gint32 *sorted = sort (n_streets, compare_streets_cb, (gpointer) streets);
  g_autofree gint32 *rank = g_new (gint32, n_streets);
  Order order = { civics, texts, streets, rank };

  for (gint32 i = 0; i < n_streets; i++)
    rank[sorted[i]] = i;
  return sort (n, compare_sites_cb, &order);
}
