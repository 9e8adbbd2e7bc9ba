/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan-town.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define HEADER          "pod,comune,street,civic,lat,lon,kind,access,season\n"
#define METRES_A_DEGREE 111195.0
#define LATITUDE        43.0
#define STREET_M        240
#define STREETS_APART_M 70
#define CIVICS_APART_M  18
#define ALL_YEAR        "111111111111"
#define SUMMER          "000001111000"
#define SNOW            "111000110001"

typedef struct
{
  GRand *random;
  GPtrArray *rows;
  guint n_pods, n_streets;
} Town;

const char *
plan_town_get_name (PlanTownKind kind)
{
  static const char *const names[] = { "city", "coast", "mountain", "rural", "islands" };

  return names[kind];
}

static void
add_civic (Town *town,
           const char *comune,
           guint civic,
           double x,
           double y,
           guint n,
           const char *season)
{
  for (guint i = 0; i < n; i++)
    {
      char lat[G_ASCII_DTOSTR_BUF_SIZE], lon[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (lat, sizeof lat, "%.7f", LATITUDE + y / METRES_A_DEGREE);
      g_ascii_formatd (lon, sizeof lon, "%.7f",
                       12 + x / METRES_A_DEGREE / cos (LATITUDE * G_PI / 180));
      g_ptr_array_add (
          town->rows,
          g_strdup_printf ("IT001E%08u,%s,Via %u,%u%s,%s,%s,%c,%c,%s", ++town->n_pods, comune,
                           town->n_streets, civic, civic % 17 == 0 ? "/A" : "", lat, lon,
                           g_rand_int_range (town->random, 0, 10) == 0 ? '3' : '1',
                           g_rand_int_range (town->random, 0, 4) == 0 ? 'P' : 'A', season));
    }
}

/* A street from west to east, odd civics on its south side. */
static void
add_street (Town *town,
            const char *comune,
            double x,
            double y,
            double length,
            guint max,
            const char *season)
{
  town->n_streets++;
  for (guint civic = 1, along = 0; along < length; civic++, along = civic / 2 * CIVICS_APART_M)
    add_civic (town, comune, civic, x + along + g_rand_double_range (town->random, -3, 3),
               y + (civic % 2 == 1 ? -7 : 7) + g_rand_double_range (town->random, -2, 2),
               (guint) g_rand_int_range (town->random, 1, (gint32) max + 1), season);
}

static guint
count_in_street (guint max)
{
  return STREET_M / CIVICS_APART_M * 2 * (max + 1) / 2;
}

/* Streets side by side in a quarter that is about a square. */
static guint
count_columns (guint n, guint max)
{
  return MAX (1, (guint) sqrt ((double) n / count_in_street (max) / 3));
}

static double
get_width (guint n, guint max)
{
  return count_columns (n, max) * (STREET_M + 20.0);
}

/* A little more than it will be. */
static double
get_height (guint n, guint max)
{
  return (1.2 * n / count_in_street (max) / count_columns (n, max) + 2) * STREETS_APART_M;
}

/* Rows of streets to the east and north of a corner, until @n more points are there. */
static void
add_quarter (Town *town,
             const char *comune,
             double x,
             double y,
             guint n,
             guint max,
             const char *season)
{
  guint goal = town->n_pods + n, columns = count_columns (n, max);

  for (guint i = 0; town->n_pods < goal; i++)
    {
      guint row = i / columns, column = i % columns;

      add_street (town, comune, x + column * (STREET_M + 20.0), y + row * (double) STREETS_APART_M,
                  STREET_M, max, season);
    }
}

static void
add_town (Town *town, guint n_pods, const char *by_the_sea)
{
  guint sea = by_the_sea != NULL ? n_pods / 5 : 0;

  add_quarter (town, "Borgo", 0, 0, n_pods - sea - n_pods / 6, 6, ALL_YEAR);
  add_quarter (town, "Borgo", -700 - get_width (n_pods / 6, 3), 0, n_pods / 6, 3, ALL_YEAR);
  if (sea > 0)
    add_quarter (town, "Borgo", 0, -100 - get_height (sea, 4), sea, 4, by_the_sea);
}

static void
add_hamlets (Town *town, guint n_pods, guint n, guint max, const char *season)
{
  for (guint i = 0; i < n; i++)
    {
      guint row = i / 4, column = i % 4;
      double x = column * 1400.0, y = row * 1300.0;
      g_autofree char *comune = g_strdup_printf ("Frazione %u", i % 3);

      add_quarter (town, comune, x, y, n_pods / n * 3 / 4, max,
                   season != NULL && i % 4 == 3 ? season : ALL_YEAR);
      /* the houses along the road to the next one */
      add_quarter (town, comune, x + 500, y - 300, n_pods / n / 4, 1, ALL_YEAR);
    }
}

GPtrArray *
plan_town_make_rows (PlanTownKind kind, guint n_pods, guint seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  Town town = { random, g_ptr_array_new_with_free_func (g_free), 0, 0 };

  switch (kind)
    {
    case PLAN_TOWN_CITY:
      add_town (&town, n_pods, NULL);
      break;
    case PLAN_TOWN_COAST:
      add_town (&town, n_pods, SUMMER);
      break;
    case PLAN_TOWN_MOUNTAIN:
      add_hamlets (&town, n_pods, 8, 4, SNOW);
      break;
    case PLAN_TOWN_RURAL:
      add_hamlets (&town, n_pods, 16, 2, NULL);
      break;
    case PLAN_TOWN_ISLANDS:
    case PLAN_TOWN_N:
    default:
      add_quarter (&town, "Grande", 0, 0, n_pods * 2 / 3, 4, ALL_YEAR);
      add_quarter (&town, "Piccola", 9000, 12000, n_pods / 3, 3, ALL_YEAR);
      break;
    }
  plan_town_shuffle (town.rows, seed);
  return town.rows;
}

void
plan_town_shuffle (GPtrArray *rows, guint seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (guint i = rows->len - 1; i > 0; i--)
    {
      guint j = (guint) g_rand_int_range (random, 0, (gint32) i + 1);
      gpointer row = rows->pdata[i];

      rows->pdata[i] = rows->pdata[j];
      rows->pdata[j] = row;
    }
}

static void
change_lot (GKeyFile *file, const char *line)
{
  g_auto (GStrv) sides = g_strsplit (line, "=", 2);
  g_auto (GStrv) names = g_strsplit (sides[0], ".", 2);

  g_assert_cmpuint (g_strv_length (names), ==, 2);
  if (sides[1] != NULL)
    g_key_file_set_value (file, names[0], names[1], sides[1]);
  else
    g_assert_true (g_key_file_remove_key (file, names[0], names[1], NULL));
}

char *
plan_town_make_lot (guint crews, const char *change)
{
  static const char text[] =
      "[lot]\nid=TEST\nstart=2027-01\nmonths=24\n"
      "[work]\nday_minutes=420\nwindows=08:00-12:00;13:00-16:00\n"
      "bands=08:00-10:00;10:00-12:00;13:00-16:00\nweekdays=1;2;3;4;5\n"
      "holidays=2027-01-01;2027-12-25\n"
      "[service]\nminutes_1=9\nminutes_3=18\nminutes_presence=3\nminutes_site=3\n"
      "[travel]\ndetour=1.3\nwalk_kmh=4.5\nwalk_max_m=600\ndrive_kmh=25\ndrive_fixed_min=4\n"
      "depot_lat=43.01\ndepot_lon=12.01\n"
      "[notice]\ndays=5\npublished_months=3\n"
      "[adjacency]\nk=12\nmax_m=120\nstreet_max_m=300\nlinks=3\nlink_max_m=1500\n";
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) lines = g_strsplit (change != NULL ? change : "", "\n", -1);

  g_assert_true (g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, NULL));
  g_key_file_set_integer (file, "work", "crews", (int) crews);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      change_lot (file, lines[i]);
  return g_key_file_to_data (file, NULL, NULL);
}

static void
put_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

char *
plan_town_write_text (const char *lot, const char *points)
{
  char *folder = g_dir_make_tmp ("posa-lot-XXXXXX", NULL);

  g_assert_nonnull (folder);
  put_file (folder, "lot.ini", lot);
  put_file (folder, "points.csv", points);
  return folder;
}

char *
plan_town_write (const char *lot, const GPtrArray *rows)
{
  g_autoptr (GString) text = g_string_new (HEADER);

  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) rows->pdata[i]);
  return plan_town_write_text (lot, text->str);
}

void
plan_town_load (const char *folder, PosaLot **lot, PosaLotPoints **points, PosaSiteGraph **graph)
{
  g_autofree char *lot_path = g_build_filename (folder, "lot.ini", NULL);
  g_autofree char *points_path = g_build_filename (folder, "points.csv", NULL);
  g_autoptr (GError) error = NULL;

  *lot = posa_lot_load (lot_path, &error);
  g_assert_no_error (error);
  *points = posa_lot_points_load (points_path, NULL, &error);
  g_assert_no_error (error);
  *graph = posa_site_graph_new (*points, *lot, NULL, &error);
  g_assert_no_error (error);
}

void
plan_town_remove (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
}
