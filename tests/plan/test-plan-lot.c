/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* lot.ini and points.csv: what is read, and what is refused with its place. */

#include "base/posa-error.h"
#include "domain/posa-holidays.h"
#include "plan-town.h"
#include "plan/posa-lot-points.h"
#include "plan/posa-lot.h"

#include <locale.h>
#include <string.h>

#define HEADER "pod,comune,street,civic,lat,lon,kind,access,season\n"

static PosaLot *
load_lot (const char *change, GError **error)
{
  g_autofree char *text = plan_town_make_lot (2, change);
  char *folder = plan_town_write_text (text, NULL);
  g_autofree char *path = g_build_filename (folder, "lot.ini", NULL);
  PosaLot *lot = posa_lot_load (path, error);

  plan_town_remove (folder);
  return lot;
}

static PosaLotPoints *
load_points (const char *text, PosaOperation *operation, GError **error)
{
  char *folder = plan_town_write_text (NULL, text);
  g_autofree char *path = g_build_filename (folder, "points.csv", NULL);
  PosaLotPoints *points = posa_lot_points_load (path, operation, error);

  plan_town_remove (folder);
  return points;
}

static void
expect_fault (const GError *error, const char *fault)
{
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  if (strstr (error->message, fault) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, fault);
}

static void
test_lot (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaLot) lot = load_lot ("work.windows=08:00-12:00; 13:00-16:00;", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (lot->id, ==, "TEST");
  g_assert_cmpuint (lot->first_year, ==, 2027);
  g_assert_cmpuint (lot->first_month, ==, 1);
  g_assert_cmpuint (lot->n_months, ==, 24);
  g_assert_cmpuint (lot->crews, ==, 2);
  g_assert_cmpuint (lot->windows->len, ==, 2);
  g_assert_cmpuint (g_array_index (lot->windows, PosaLotSpan, 1).from, ==, 13 * 60);
  g_assert_cmpuint (lot->bands->len, ==, 3);
  g_assert_cmphex (lot->weekdays, ==, 0x3E);
  g_assert_true (posa_holidays_contain (lot->holidays, 2027, 12, 25));
  g_assert_cmpfloat (lot->detour, ==, 1.3);
  g_assert_cmpfloat (lot->depot_lon, ==, 12.01);
  g_assert_cmpuint (lot->neighbours, ==, 12);
}

/* Older files do not have them. */
static void
test_lot_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaLot)
      lot = load_lot ("adjacency.links\nadjacency.link_max_m\nwork.holidays", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (lot->links, ==, 3);
  g_assert_cmpfloat (lot->link_max_m, ==, 1500);
  g_assert_cmpuint (lot->holidays->len, ==, 0);
}

typedef struct
{
  const char *change, *fault;
} Bad;

static void
test_lot_faults (void)
{
  static const Bad table[] = {
    { "lot.id=", "lot.ini: [lot] id: write a name" },
    { "lot.start=2027", "[lot] start: \"2027\": write the first month as 2027-01" },
    { "lot.start=2027-13", "[lot] start" },
    { "lot.start=1999-01", "[lot] start" },
    { "lot.months=0", "[lot] months: \"0\": write a whole number from 1 to 60" },
    { "lot.months=61", "[lot] months" },
    { "lot.months", "[lot] months: missing" },
    { "lot.colour=red", "[lot] colour: unknown key" },
    { "lots.id=x", "[lots]: unknown group" },
    { "work.crews=-1", "[work] crews" },
    { "work.crews=2.5", "[work] crews" },
    { "work.day_minutes=nan", "[work] day_minutes" },
    { "work.day_minutes=400",
      "[work] windows: they add up to 420 minutes, but day_minutes is 400" },
    { "work.windows=08:00-12:00;11:00-14:00", "[work] windows: \"11:00-14:00\" begins before" },
    { "work.windows=13:00-16:00;08:00-12:00", "[work] windows" },
    { "work.windows=8:00-12:00", "[work] windows: \"8:00-12:00\": write times" },
    { "work.windows=08:00-25:00", "[work] windows" },
    { "work.windows=12:00-08:00", "[work] windows" },
    { "work.windows=", "[work] windows" },
    { "work.bands=08:00-10:00;09:00-12:00", "[work] bands" },
    { "work.weekdays=1;8", "[work] weekdays: \"8\": write the days worked on" },
    { "work.weekdays=", "[work] weekdays" },
    { "work.holidays=2027-02-29", "[work] holidays: \"2027-02-29\": write days as" },
    { "work.holidays=12-25", "[work] holidays" },
    { "service.minutes_1=nine", "[service] minutes_1: \"nine\": write a number from 0 to 1440" },
    { "service.minutes_1=9,5", "[service] minutes_1" },
    { "travel.detour=0.5", "[travel] detour" },
    { "travel.walk_kmh=0", "[travel] walk_kmh" },
    { "travel.depot_lat=91", "[travel] depot_lat" },
    { "notice.days=x", "[notice] days" },
    { "adjacency.k=0", "[adjacency] k" },
    { "adjacency.k=65", "[adjacency] k" },
    { "adjacency.links=17", "[adjacency] links" },
    { "adjacency.max_m=inf", "[adjacency] max_m" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load_lot (table[i].change, &error));
      expect_fault (error, table[i].fault);
    }
}

static void
test_lot_file (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = plan_town_write_text ("no group\n", NULL);
  g_autofree char *path = g_build_filename (folder, "lot.ini", NULL);
  g_autofree char *missing = g_build_filename (folder, "lots.ini", NULL);

  g_assert_null (posa_lot_load (path, &error));
  expect_fault (error, "lot.ini");
  g_clear_error (&error);
  g_assert_null (posa_lot_load (missing, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FILE_MISSING);
  plan_town_remove (folder);
}

/* Numbers before names, "12" before "12/A" before "13", another street behind them all; of what is
 * equal the first in the file first. */
static void
test_order (void)
{
  static const char text[] = HEADER "P1,B,Via X,SNC,43,12,1,A,111111111111\n"
                                    "P2,B,Via X,13,43,12,1,A,111111111111\n"
                                    "P3,B,Via X,12/A,43,12,1,A,111111111111\n"
                                    "P4,B,Via X, 12,43,12,1,A,111111111111\n"
                                    "P5,B,Via X,2,43,12,1,A,111111111111\n"
                                    "P6,A,Via Z,100,43,12,1,A,111111111111\n"
                                    "P7,B,Via W,km 12+300,43,12,1,A,111111111111\n"
                                    "P8,B,Via X,012,43,12,1,A,111111111111\n"
                                    "P9,B,Via X,,43,12,1,A,111111111111\n";
  static const gint32 sites[] = { 8, 6, 5, 3, 2, 0, 1, 4, 7 };
  static const gint32 streets[] = { 0, 1, 2, 2, 2, 2, 2, 2, 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaLotPoints) points = load_points (text, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (points->n_sites, ==, 9);
  g_assert_cmpint (points->n_streets, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (sites); i++)
    g_assert_cmpint (points->pod_site[i], ==, sites[i]);
  for (guint i = 0; i < G_N_ELEMENTS (streets); i++)
    g_assert_cmpint (points->street[i], ==, streets[i]);
}

/* Columns in any order and more of them, quotes, CRLF; a comma as the locale's decimal point. */
static void
test_points (void)
{
  static const char text[] = "season,pod,note,kind,access,lat,lon,comune,street,civic\r\n"
                             "000001111000,IT1,x,3,P,43.0000002,12.5,A,\"Via, X\",7\r\n"
                             "111111111111,IT2,,1,A,43.0000004,12.5,A,\"Via, X\",7\r\n";
  const char *locale = setlocale (LC_NUMERIC, "it_IT.UTF-8");
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaLotPoints) points = load_points (text, NULL, &error);

  if (locale == NULL)
    g_test_message ("there is no Italian locale here; the point is as in C");
  setlocale (LC_NUMERIC, "C");
  g_assert_no_error (error);
  g_assert_cmpint (points->n_pods, ==, 2);
  g_assert_cmpint (points->n_sites, ==, 1);
  g_assert_cmpstr (posa_names_get (points->pods, 1), ==, "IT2");
  g_assert_cmphex (points->pod_season[0], ==, 0x1E0);
  g_assert_cmphex (points->pod_season[1], ==, POSA_SEASON_ALL);
  g_assert_cmphex (points->pod_flags[0], ==, POSA_POINT_THREE_PHASE | POSA_POINT_PRESENCE);
  g_assert_cmphex (points->pod_flags[1], ==, 0);
  g_assert_cmpfloat (points->lat[0], ==, (43.0000002 + 43.0000004) / 2);
  g_assert_cmpfloat (points->x[0], ==, 0);
}

static void
test_point_faults (void)
{
  static const Bad table[] = {
    { "", "the lot has no points" },
    { "P1,A,X,1,43,12,1,A,111111111111\nP1,A,X,2,43,12,1,A,111111111111\n",
      "points.csv:3: pod \"P1\": given twice" },
    { ",A,X,1,43,12,1,A,111111111111\n", "points.csv:2: pod \"\"" },
    { "P1,A,X,1,43,12,1,A\n", "points.csv:2: 8 columns instead of 9" },
    { "P1,,X,1,43,12,1,A,111111111111\n", "write the municipality and the street" },
    { "P1,A,,1,43,12,1,A,111111111111\n", "write the municipality and the street" },
    { "P1,A,\"X\nY\",1,43,12,1,A,111111111111\n", "street \"X\nY\": remove the control" },
    { "P1,A,X\xC2\x85,1,43,12,1,A,111111111111\n", "remove the control" },
    { "P1,A,X,1234567890123456789,43,12,1,A,111111111111\n", "civic \"1234567890123456789\"" },
    { "P1,A,X,1,,12,1,A,111111111111\n", "lat is missing" },
    { "P1,A,X,1,43,,1,A,111111111111\n", "lon is missing" },
    { "P1,A,X,1,\"43,5\",12,1,A,111111111111\n", "lat \"43,5\": write degrees" },
    { "P1,A,X,1, 43,12,1,A,111111111111\n", "lat \" 43\"" },
    { "P1,A,X,1,nan,12,1,A,111111111111\n", "lat \"nan\"" },
    { "P1,A,X,1,4623456.1,12,1,A,111111111111\n", "lat \"4623456.1\": out of range" },
    { "P1,A,X,1,43,180.5,1,A,111111111111\n", "lon \"180.5\": out of range" },
    { "P1,A,X,1,43,12,2,A,111111111111\n", "kind \"2\": write 1 or 3" },
    { "P1,A,X,1,43,12,1,a,111111111111\n", "access \"a\": write A" },
    { "P1,A,X,1,43,12,1,A,11111111111\n", "season \"11111111111\": write twelve" },
    { "P1,A,X,1,43,12,1,A,11111111111x\n", "season" },
    { "P1,A,X,1,43,12,1,A,000000000000\n", "allow the point one month or more" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat (HEADER, table[i].change, NULL);

      g_assert_null (load_points (text, NULL, &error));
      expect_fault (error, table[i].fault);
    }
}

static void
test_point_columns (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load_points ("pod,comune,street,civic,lat,lon,kind,access\n", NULL, &error));
  expect_fault (error, "no column \"season\"");
  g_clear_error (&error);
  g_assert_null (load_points ("", NULL, &error));
  expect_fault (error, "the file is empty");
}

static void
test_cancelled (void)
{
  g_autoptr (PosaOperation) operation = posa_operation_new ("test");
  g_autoptr (GError) error = NULL;

  posa_operation_cancel (operation);
  g_assert_null (load_points (HEADER "P1,A,X,1,43,12,1,A,111111111111\n", operation, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/lot", test_lot);
  g_test_add_func ("/plan/lot/defaults", test_lot_defaults);
  g_test_add_func ("/plan/lot/faults", test_lot_faults);
  g_test_add_func ("/plan/lot/file", test_lot_file);
  g_test_add_func ("/plan/points", test_points);
  g_test_add_func ("/plan/points/order", test_order);
  g_test_add_func ("/plan/points/faults", test_point_faults);
  g_test_add_func ("/plan/points/columns", test_point_columns);
  g_test_add_func ("/plan/points/cancelled", test_cancelled);
  return g_test_run ();
}
