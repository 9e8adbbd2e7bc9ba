/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Plans of months: small ones that a person can check, towns against the targets, and lots for
 * which there is no good plan. What a plan is worth is counted here from its rows, the graph and
 * the text of the lot; the planner's own numbers have to agree. With -p /plan/town/NAME one town.
 */

#include "base/posa-error.h"
#include "plan-town.h"
#include "plan/posa-month-facts.h"
#include "plan/posa-month-plan.h"

#include <math.h>
#include <string.h>

#define N_TOWN 5000

typedef struct
{
  PosaLot *lot;
  PosaLotPoints *points;
  PosaSiteGraph *graph;
  PosaMonthPlan *plan; /* NULL with an error */
} Made;

static void
made_clear (Made *made)
{
  posa_lot_free (made->lot);
  posa_lot_points_free (made->points);
  posa_site_graph_free (made->graph);
  g_clear_pointer (&made->plan, posa_month_plan_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

static Made
make (const GPtrArray *rows, guint crews, const char *change, guint64 seed, GError **error)
{
  g_autofree char *text = plan_town_make_lot (crews, change);
  char *folder = plan_town_write (text, rows);
  Made made = { 0 };

  plan_town_load (folder, &made.lot, &made.points, &made.graph);
  made.plan = posa_month_plan_new (made.points, made.lot, made.graph, seed, NULL, error);
  plan_town_remove (folder);
  return made;
}

static char *
write_plan (const Made *made)
{
  g_autoptr (GBytes) bytes = posa_month_plan_to_text (made->plan, made->points);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* ---- counted anew ---- */

typedef struct
{
  double deviation;
  guint n_connected, n_consecutive;
  gint32 n_misplaced, n_split, n_cut;
} Count;

static void
count_volumes (Count *count, const Made *made)
{
  gint32 volumes[POSA_LOT_MAX_MONTHS] = { 0 };

  for (gint32 i = 0; i < made->points->n_pods; i++)
    volumes[made->plan->month[i]]++;
  for (guint m = 0; m < made->lot->n_months; m++)
    {
      double mean = (double) made->points->n_pods / made->lot->n_months;
      count->deviation = MAX (count->deviation, fabs (volumes[m] - mean) / mean);
    }
}

/* By the rows of points.csv: the last field is the season. Months are those of the calendar, since
 * these lots begin in January. */
static void
count_misplaced (Count *count, const Made *made, const GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const char *season = strrchr (rows->pdata[i], ',') + 1;
      count->n_misplaced += season[made->plan->month[i] % 12] != '1';
    }
}

/* Spreads from each site over its month; only for plans that split no site. */
static void
count_pieces (Count *count, const Made *made, const guint8 *month)
{
  const PosaSiteGraph *graph = made->graph;
  g_autofree gboolean *seen = g_new0 (gboolean, graph->n_sites);
  g_autofree gint32 *queue = g_new (gint32, graph->n_sites);
  guint n_pieces[POSA_LOT_MAX_MONTHS] = { 0 };

  for (gint32 i = 0; i < graph->n_sites; i++)
    {
      gint32 n = 0;

      if (seen[i])
        continue;
      n_pieces[month[i]]++;
      queue[n++] = i;
      seen[i] = TRUE;
      for (gint32 head = 0; head < n; head++)
        for (gint32 e = graph->first[queue[head]]; e < graph->first[queue[head] + 1]; e++)
          if (!seen[graph->neighbours[e]] && month[graph->neighbours[e]] == month[i])
            {
              seen[graph->neighbours[e]] = TRUE;
              queue[n++] = graph->neighbours[e];
            }
    }
  for (guint m = 0; m < made->lot->n_months; m++)
    count->n_connected += n_pieces[m] == 1;
}

static void
count_edges (Count *count, const Made *made, const guint8 *month)
{
  gboolean next[POSA_LOT_MAX_MONTHS + 1] = { FALSE };

  for (gint32 i = 0; i < made->graph->n_sites; i++)
    for (gint32 e = made->graph->first[i]; e < made->graph->first[i + 1]; e++)
      {
        guint8 other = month[made->graph->neighbours[e]];

        count->n_cut += other != month[i] && made->graph->neighbours[e] > i;
        if (other == month[i] + 1)
          next[month[i]] = TRUE;
      }
  for (guint m = 0; m + 1 < made->lot->n_months; m++)
    count->n_consecutive += next[m];
}

/* Every point has a month of the plan; each civic one, of which the rest is counted. */
static Count
count_plan (const Made *made, const GPtrArray *rows)
{
  g_autofree guint8 *month = g_malloc (made->points->n_sites);
  Count count = { 0 };

  memset (month, 0xFF, made->points->n_sites);
  g_assert_cmpint (made->plan->n_pods, ==, (gint32) rows->len);
  for (gint32 i = 0; i < made->plan->n_pods; i++)
    {
      gint32 site = made->points->pod_site[i];

      g_assert_cmpuint (made->plan->month[i], <, made->lot->n_months);
      count.n_split += month[site] != 0xFF && month[site] != made->plan->month[i];
      month[site] = made->plan->month[i];
    }
  count_volumes (&count, made);
  count_misplaced (&count, made, rows);
  count_pieces (&count, made, month);
  count_edges (&count, made, month);
  return count;
}

static void
check_facts (const Made *made, const Count *count)
{
  PosaMonthFacts facts;

  posa_month_facts_count (&facts, made->points, made->lot, made->graph, made->plan->month);
  g_assert_cmpfloat_with_epsilon (facts.deviation, count->deviation, 1e-12);
  g_assert_cmpuint (facts.n_connected, ==, count->n_connected);
  g_assert_cmpuint (facts.n_consecutive, ==, count->n_consecutive);
  g_assert_cmpint (facts.n_misplaced, ==, count->n_misplaced);
  g_assert_cmpint (facts.n_cut_edges, ==, count->n_cut);
  g_assert_cmpint (facts.n_split_sites > 0, ==, count->n_split > 0);
}

/* ---- golden ---- */

/* A street of @n civics, 20 m apart, with as many points as @pods says, all with @season. */
static GPtrArray *
make_street (const char *pods, const char *season)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; pods[i] != '\0'; i++)
    for (char k = '0'; k < pods[i]; k++)
      g_ptr_array_add (rows, g_strdup_printf ("P%u,A,V,%u,43.0,12.%06u,1,A,%s", rows->len, i + 1,
                                              250 * i, season));
  return rows;
}

/* The months of the points in the order of the file. */
static void
expect_months (const char *pods, guint n_months, const char *one, const char *other)
{
  g_autoptr (GPtrArray) rows = make_street (pods, "111111111111");
  g_autofree char *change = g_strdup_printf ("lot.months=%u", n_months);
  g_autofree char *months = g_malloc0 (rows->len + 1);
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = make (rows, 1, change, 1, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    months[i] = (char) ('1' + made.plan->month[i]);
  if (!g_str_equal (months, one))
    g_assert_cmpstr (months, ==, other);
}

static void
test_street (void)
{
  expect_months ("1", 1, "1", NULL);
  expect_months ("4", 1, "1111", NULL);
  expect_months ("111111", 3, "112233", "332211");
  expect_months ("2112", 3, "112233", "332211");
  /* a house is not divided, though the months were more even */
  expect_months ("151", 3, "1222223", "3222221");
}

static void
test_text (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (rows, g_strdup ("\"P,\"\"1\"\"\",A,V,1,43,12,1,A,111111111111"));
  g_auto (Made) made = make (rows, 1, "lot.months=1", 1, &error);
  g_assert_no_error (error);
  g_autofree char *text = write_plan (&made);
  g_assert_cmpstr (text, ==,
                   "pod,month,date,crew,seq,start,band,notice\n\"P,\"\"1\"\"\",1,,,,,,\n");
}

/* ---- towns ---- */

static void
test_town (gconstpointer data)
{
  PlanTownKind kind = GPOINTER_TO_INT (data);
  gboolean seasonal = kind == PLAN_TOWN_COAST || kind == PLAN_TOWN_MOUNTAIN;
  g_autoptr (GPtrArray) rows = plan_town_make_rows (kind, N_TOWN, 1);
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = make (rows, 2, NULL, 1, &error);

  g_assert_no_error (error);
  Count count = count_plan (&made, rows);
  g_test_message ("%u points, deviation %.3f %%, %u connected, %u in a row, %d misplaced, %d cut",
                  rows->len, 100 * count.deviation, count.n_connected, count.n_consecutive,
                  count.n_misplaced, count.n_cut);
  g_assert_cmpfloat (count.deviation, <=, 0.01);
  g_assert_cmpint (count.n_misplaced, ==, 0);
  g_assert_cmpint (count.n_split, ==, 0);
  g_assert_cmpuint (count.n_connected, ==, 24);
  g_assert_cmpuint (count.n_consecutive, >=, seasonal ? 19 : kind == PLAN_TOWN_ISLANDS ? 20 : 22);
  check_facts (&made, &count);
}

/* One line a point, in the order of the codes. */
static char *
sort_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) array = g_ptr_array_new ();

  for (guint i = 0; lines[i] != NULL; i++)
    g_ptr_array_add (array, lines[i]);
  g_ptr_array_sort_values (array, (GCompareFunc) strcmp);
  g_ptr_array_add (array, NULL);
  return g_strjoinv ("\n", (char **) array->pdata);
}

static void
test_same (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_COAST, 400, 4);
  g_auto (Made) made = make (rows, 1, NULL, 7, NULL);
  g_auto (Made) again = make (rows, 1, NULL, 7, NULL);
  g_autofree char *a = write_plan (&made), *b = write_plan (&again);

  g_assert_cmpstr (a, ==, b);
  plan_town_shuffle (rows, 99);
  g_auto (Made) permuted = make (rows, 1, NULL, 7, NULL);
  g_autofree char *c = write_plan (&permuted);
  g_autofree char *sorted = sort_lines (a), *other = sort_lines (c);
  g_assert_cmpstr (a, !=, c);
  g_assert_cmpstr (sorted, ==, other);
}

/* ---- no good plan ---- */

/* All may only be worked on in two months a year: 4 of 24 hold everything. */
static void
test_crowded (void)
{
  g_autoptr (GPtrArray) rows = make_street ("444444", "000000110000");
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = make (rows, 1, NULL, 1, &error);

  g_assert_no_error (error);
  Count count = count_plan (&made, rows);
  g_assert_cmpint (count.n_misplaced, ==, 0);
  g_assert_cmpfloat (made.plan->bound.deviation, ==, 5);
  g_assert_true (made.plan->bound.is_crowded);
  g_assert_cmphex (made.plan->bound.season, ==, 0xC0);
  g_assert_cmpint (made.plan->bound.n_pods, ==, 24);
  g_assert_cmpint (made.plan->bound.room, ==, 4);
}

/* Nobody may be visited in January: it stays empty, and the others are even. */
static void
test_empty_month (void)
{
  g_autoptr (GPtrArray) rows = make_street ("444444444444444444444444", "011111111111");
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = make (rows, 1, "lot.months=12", 1, &error);

  g_assert_no_error (error);
  Count count = count_plan (&made, rows);
  g_assert_cmpint (count.n_misplaced, ==, 0);
  g_assert_false (made.plan->bound.is_crowded);
  g_assert_cmphex (made.plan->bound.months, ==, 1);
  g_assert_cmpfloat (made.plan->bound.deviation, ==, 8);
  g_assert_cmpint (made.plan->bound.n_pods, ==, 0);
  g_assert_cmpint (made.plan->bound.room, ==, 8);
}

static void
expect_refused (const char *season, const char *change, const char *fault)
{
  g_autoptr (GPtrArray) rows = make_street ("22", season);
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = make (rows, 1, change, 1, &error);

  g_assert_null (made.plan);
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  if (strstr (error->message, fault) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, fault);
}

static void
test_refused (void)
{
  expect_refused ("000000000001", "lot.months=3", "point P0: its season has no month of the lot");
  expect_refused ("111111111111",
                  "lot.months=2\nlot.start=2027-01\nwork.weekdays=7\n"
                  "work.holidays=2027-02-07;2027-02-14;2027-02-21;2027-02-28",
                  "2027-02: no workday in this month");
}

/* More months than houses, and more than points: what there is has a month each. */
static void
test_tiny (void)
{
  static const char *const streets[] = { "1", "11", "9", "191", "99999" };

  for (guint i = 0; i < G_N_ELEMENTS (streets); i++)
    {
      g_autoptr (GPtrArray) rows = make_street (streets[i], "111111111111");
      g_autoptr (GError) error = NULL;
      g_auto (Made) made = make (rows, 1, NULL, 1, &error);

      g_assert_no_error (error);
      Count count = count_plan (&made, rows);
      g_assert_cmpint (count.n_split, ==, 0);
      g_assert_cmpuint (count.n_connected, ==, (guint) made.points->n_sites);
      check_facts (&made, &count);
    }
}

/* Work for more time than the crews have goes where most of it is: the long months. */
static void
test_overtime (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_CITY, 600, 2);
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = make (rows, 1, "service.minutes_1=600\nservice.minutes_3=600", 1, &error);
  PosaMonthFacts facts;
  gint64 work = 0, time = 0;

  g_assert_no_error (error);
  posa_month_facts_count (&facts, made.points, made.lot, made.graph, made.plan->month);
  for (guint m = 0; m < 24; m++)
    {
      work += facts.seconds[m];
      time += facts.capacity[m];
    }
  g_assert_cmpint (facts.capacity[0], ==, 20 * 420 * 60); /* 21 weekdays less New Year's Day */
  g_assert_cmpint (work, >, time);
  g_assert_cmpuint (facts.n_connected, ==, 24);
}

/* Points of two seasons in every house: those that cannot go with their house go alone. */
static void
test_scattered (void)
{
  g_autoptr (GPtrArray) rows = plan_town_make_rows (PLAN_TOWN_CITY, 1200, 3);
  g_autoptr (GError) error = NULL;
  gint32 n_split = 0;

  for (guint i = 0; i < rows->len; i += 40)
    {
      char *season = strrchr (rows->pdata[i], ',') + 1;
      g_strlcpy (season, "000001111000", 13);
    }
  g_auto (Made) made = make (rows, 2, NULL, 1, &error);
  g_assert_no_error (error);
  Count count = count_plan (&made, rows);
  n_split = count.n_split;
  g_assert_cmpint (count.n_misplaced, ==, 0);
  g_assert_cmpfloat (count.deviation, <=, 0.05);
  g_assert_cmpint (made.plan->n_exceptions, <=, 30);
  g_assert_cmpint (n_split, <=, 2 * made.plan->n_exceptions);
}

static void
test_cancelled (void)
{
  g_autoptr (GPtrArray) rows = make_street ("3333", "111111111111");
  g_auto (Made) made = make (rows, 1, "lot.months=2", 1, NULL);
  g_autoptr (PosaOperation) operation = posa_operation_new ("test");
  g_autoptr (GError) error = NULL;

  posa_operation_cancel (operation);
  g_assert_null (posa_month_plan_new (made.points, made.lot, made.graph, 1, operation, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
}

/* Only when asked for by name: each is a test of its own in the build. */
static void
add_towns (int n_arguments)
{
  for (int kind = 0; n_arguments > 1 && kind < PLAN_TOWN_N; kind++)
    {
      g_autofree char *path = g_strconcat ("/plan/town/", plan_town_get_name (kind), NULL);
      g_test_add_data_func (path, GINT_TO_POINTER (kind), test_town);
    }
}

int
main (int argc, char **argv)
{
  int n_arguments = argc;

  g_test_init (&argc, &argv, NULL);
  add_towns (n_arguments);
  g_test_add_func ("/plan/months/street", test_street);
  g_test_add_func ("/plan/months/text", test_text);
  g_test_add_func ("/plan/months/same", test_same);
  g_test_add_func ("/plan/months/crowded", test_crowded);
  g_test_add_func ("/plan/months/empty-month", test_empty_month);
  g_test_add_func ("/plan/months/refused", test_refused);
  g_test_add_func ("/plan/months/tiny", test_tiny);
  g_test_add_func ("/plan/months/overtime", test_overtime);
  g_test_add_func ("/plan/months/scattered", test_scattered);
  g_test_add_func ("/plan/months/cancelled", test_cancelled);
  return g_test_run ();
}
