/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "plan/posa-lot-points.h"

#include "base/posa-csv.h"
#include "base/posa-error.h"
#include "plan/posa-site-order.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define EARTH_RADIUS_M 6371008.8
#define MAX_PODS       20000000
#define MAX_POD_SIZE   64
#define N_MONTHS       12
#define REPORT_EACH    65536

enum
{
  COLUMN_POD,
  COLUMN_COMUNE,
  COLUMN_STREET,
  COLUMN_CIVIC,
  COLUMN_LAT,
  COLUMN_LON,
  COLUMN_KIND,
  COLUMN_ACCESS,
  COLUMN_SEASON,
  N_COLUMNS
};

static const char *const column_names[] = { "pod", "comune", "street", "civic",  "lat",
                                            "lon", "kind",   "access", "season", NULL };

/* A site while the file is read. */
typedef struct
{
  double lat_sum, lon_sum;
  gint32 n;
} Sum;

typedef struct
{
  PosaCsv *csv;
  guint columns[N_COLUMNS];
  PosaLotPoints *points;
  PosaNames *streets; /* "municipality US street": sorts as the pair does, since neither has one */
  PosaNames *texts;   /* of sites: "civic US street's id" */
  GArray *civics;     /* of PosaCivic */
  GArray *sums;       /* of Sum */
  GArray *sites;      /* gint32, of each POD, in the order of the file */
  GArray *seasons;    /* guint16 */
  GByteArray *flags;
  GString *key; /* scratch */
} Reader;

#define SEPARATOR '\x1f'

/* ---- one field each ---- */

static const char *
get_field (const Reader *reader, guint column)
{
  return posa_csv_get_field (reader->csv, reader->columns[column]);
}

static gboolean
set_invalid (const Reader *reader, guint column, GError **error, const char *what)
{
  return posa_csv_set_invalid (reader->csv, error, "%s \"%s\": %s", column_names[column],
                               get_field (reader, column), what);
}

static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_ascii_iscntrl (*text) || ((guint8) *text == 0xC2 && (guint8) text[1] < 0xA0))
      return TRUE;
  return FALSE;
}

static gboolean
check_texts (const Reader *reader, GError **error)
{
  for (guint column = COLUMN_POD; column <= COLUMN_CIVIC; column++)
    if (has_control (get_field (reader, column)))
      return set_invalid (reader, column, error, "remove the control characters");
  if (*get_field (reader, COLUMN_STREET) == '\0' || *get_field (reader, COLUMN_COMUNE) == '\0')
    return posa_csv_set_invalid (reader->csv, error, "write the municipality and the street");
  return TRUE;
}

static gboolean
read_degrees (const Reader *reader, guint column, double limit, double *degrees, GError **error)
{
  const char *text = get_field (reader, column);
  char *end = NULL;

  if (*text == '\0')
    return posa_csv_set_invalid (reader->csv, error,
                                 "%s is missing; give the point its coordinates, or take it out of "
                                 "the lot",
                                 column_names[column]);
  *degrees = g_ascii_strtod (text, &end);
  if (*end != '\0' || g_ascii_isspace (*text) || !isfinite (*degrees))
    return set_invalid (reader, column, error, "write degrees with a decimal point");
  if (fabs (*degrees) > limit)
    return set_invalid (reader, column, error,
                        "out of range; write degrees of WGS84, not metres of a map grid");
  return TRUE;
}

static gboolean
read_season (const Reader *reader, guint16 *season, GError **error)
{
  const char *text = get_field (reader, COLUMN_SEASON);

  *season = 0;
  if (strlen (text) != N_MONTHS || strspn (text, "01") != N_MONTHS)
    return set_invalid (reader, COLUMN_SEASON, error,
                        "write twelve characters 0 or 1, January first");
  for (guint i = 0; i < N_MONTHS; i++)
    *season |= (guint16) ((text[i] == '1' ? 1U : 0U) << i);
  return *season != 0 ||
         set_invalid (reader, COLUMN_SEASON, error, "allow the point one month or more");
}

static gboolean
read_flags (const Reader *reader, guint8 *flags, GError **error)
{
  const char *kind = get_field (reader, COLUMN_KIND), *access = get_field (reader, COLUMN_ACCESS);

  if (!g_str_equal (kind, "1") && !g_str_equal (kind, "3"))
    return set_invalid (reader, COLUMN_KIND, error, "write 1 or 3, the number of phases");
  if (!g_str_equal (access, "A") && !g_str_equal (access, "P"))
    return set_invalid (reader, COLUMN_ACCESS, error,
                        "write A (accessible) or P (presence of the customer)");
  *flags = (guint8) ((*kind == '3' ? POSA_POINT_THREE_PHASE : 0) |
                     (*access == 'P' ? POSA_POINT_PRESENCE : 0));
  return TRUE;
}

/* ---- rows ---- */

static gboolean
add_pod (const Reader *reader, GError **error)
{
  const char *pod = get_field (reader, COLUMN_POD);
  gint32 expected = posa_names_get_n (reader->points->pods);

  if (*pod == '\0' || strlen (pod) > MAX_POD_SIZE)
    return set_invalid (reader, COLUMN_POD, error, "write a code of 1 to 64 bytes");
  if (expected >= MAX_PODS)
    return posa_csv_set_invalid (reader->csv, error, "more than %d points; divide the lot",
                                 MAX_PODS);
  gint32 id = posa_names_add (reader->points->pods, pod);
  if (id < 0)
    return posa_csv_set_invalid (reader->csv, error, "too many points; divide the lot");
  return id == expected || set_invalid (reader, COLUMN_POD, error, "given twice; leave one out");
}

/* The site of the row's civic; -1 with an error. */
static gint32
find_site (const Reader *reader, GError **error)
{
  PosaCivic civic = { 0 };
  const char *text = get_field (reader, COLUMN_CIVIC);

  g_string_printf (reader->key, "%s%c%s", get_field (reader, COLUMN_COMUNE), SEPARATOR,
                   get_field (reader, COLUMN_STREET));
  civic.street = posa_names_add (reader->streets, reader->key->str);
  g_string_printf (reader->key, "%s%c%d", text, SEPARATOR, civic.street);
  gint32 site = posa_names_add (reader->texts, reader->key->str);
  if (civic.street < 0 || site < 0)
    {
      posa_csv_set_invalid (reader->csv, error, "too many addresses; divide the lot");
      return -1;
    }
  if ((guint) site < reader->sums->len)
    return site;
  if (!posa_civic_parse (text, &civic))
    {
      set_invalid (reader, COLUMN_CIVIC, error, "write a number of 18 digits at most");
      return -1;
    }
  g_array_append_val (reader->civics, civic);
  g_array_append_val (reader->sums, ((Sum) { 0 }));
  return site;
}

static gboolean
take_row (const Reader *reader, GError **error)
{
  double lat = 0, lon = 0;
  guint16 season = 0;
  guint8 flags = 0;

  if (!check_texts (reader, error) || !read_degrees (reader, COLUMN_LAT, 90, &lat, error) ||
      !read_degrees (reader, COLUMN_LON, 180, &lon, error) || !read_flags (reader, &flags, error) ||
      !read_season (reader, &season, error) || !add_pod (reader, error))
    return FALSE;
  gint32 site = find_site (reader, error);
  if (site < 0)
    return FALSE;
  Sum *sum = &g_array_index (reader->sums, Sum, site);
  sum->lat_sum += lat;
  sum->lon_sum += lon;
  sum->n++;
  g_array_append_val (reader->sites, site);
  g_array_append_val (reader->seasons, season);
  g_byte_array_append (reader->flags, &flags, 1);
  return TRUE;
}

static gboolean
read_rows (Reader *reader, PosaOperation *operation, GError **error)
{
  GCancellable *cancellable = posa_operation_peek_cancellable (operation);
  g_autoptr (GError) local = NULL;

  if (!posa_csv_read_header (reader->csv, column_names, reader->columns, cancellable, error))
    return FALSE;
  guint n_columns = posa_csv_get_n_fields (reader->csv);
  while (posa_csv_next (reader->csv, cancellable, &local))
    {
      if (posa_csv_get_n_fields (reader->csv) != n_columns)
        return posa_csv_set_invalid (reader->csv, error, "%u columns instead of %u",
                                     posa_csv_get_n_fields (reader->csv), n_columns);
      if (!take_row (reader, error))
        return FALSE;
      if (reader->sites->len % REPORT_EACH == 0)
        posa_operation_report (operation, -1, _ ("Reading the points: %u"), reader->sites->len);
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return reader->sites->len > 0 ||
         posa_csv_set_invalid (reader->csv, error, "the lot has no points");
}

/* ---- sites ---- */

/* The sums are made in the order of the sites, so that every program gets the same last bit. */
static void
project (PosaLotPoints *self)
{
  const double radian = G_PI / 180.0;
  double lat_sum = 0, lon_sum = 0;

  for (gint32 i = 0; i < self->n_sites; i++)
    {
      lat_sum += self->lat[i];
      lon_sum += self->lon[i];
    }
  self->lat0 = lat_sum / self->n_sites;
  self->lon0 = lon_sum / self->n_sites;
  self->x = g_new (double, self->n_sites);
  self->y = g_new (double, self->n_sites);
  for (gint32 i = 0; i < self->n_sites; i++)
    {
      self->x[i] =
          EARTH_RADIUS_M * radian * (self->lon[i] - self->lon0) * cos (self->lat0 * radian);
      self->y[i] = EARTH_RADIUS_M * radian * (self->lat[i] - self->lat0);
    }
}

/* Numbers the sites and their streets anew, by @order. */
static void
place_sites (Reader *reader, const gint32 *order)
{
  PosaLotPoints *self = reader->points;
  g_autofree gint32 *rank = g_new (gint32, self->n_sites);
  gint32 last = -1;

  self->lat = g_new (double, self->n_sites);
  self->lon = g_new (double, self->n_sites);
  self->street = g_new (gint32, self->n_sites);
  for (gint32 i = 0; i < self->n_sites; i++)
    {
      const Sum *sum = &g_array_index (reader->sums, Sum, order[i]);
      gint32 street = g_array_index (reader->civics, PosaCivic, order[i]).street;

      rank[order[i]] = i;
      self->lat[i] = sum->lat_sum / sum->n;
      self->lon[i] = sum->lon_sum / sum->n;
      self->n_streets += street != last;
      self->street[i] = self->n_streets - 1;
      last = street;
    }
  for (gint32 i = 0; i < self->n_pods; i++)
    self->pod_site[i] = rank[self->pod_site[i]];
}

static void
finish (Reader *reader)
{
  PosaLotPoints *self = reader->points;

  posa_names_seal (self->pods);
  self->n_pods = (gint32) reader->sites->len;
  self->n_sites = (gint32) reader->sums->len;
  self->pod_site = (gint32 *) (gpointer) g_array_free (g_steal_pointer (&reader->sites), FALSE);
  self->pod_season =
      (guint16 *) (gpointer) g_array_free (g_steal_pointer (&reader->seasons), FALSE);
  self->pod_flags = g_byte_array_free (g_steal_pointer (&reader->flags), FALSE);
  g_autofree gint32 *order =
      posa_site_order_make ((const PosaCivic *) (gpointer) reader->civics->data, self->n_sites,
                            reader->texts, reader->streets);
  place_sites (reader, order);
  project (self);
}

static void
reader_clear (Reader *reader)
{
  g_clear_pointer (&reader->streets, posa_names_free);
  g_clear_pointer (&reader->texts, posa_names_free);
  g_clear_pointer (&reader->civics, g_array_unref);
  g_clear_pointer (&reader->sums, g_array_unref);
  g_clear_pointer (&reader->sites, g_array_unref);
  g_clear_pointer (&reader->seasons, g_array_unref);
  g_clear_pointer (&reader->flags, g_byte_array_unref);
  g_string_free (reader->key, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

PosaLotPoints *
posa_lot_points_load (const char *path, PosaOperation *operation, GError **error)
{
  g_autoptr (PosaCsv) csv = posa_csv_open (path, ',', error);
  g_autoptr (PosaLotPoints) self = g_new0 (PosaLotPoints, 1);

  self->pods = posa_names_new ();
  if (csv == NULL)
    return NULL;
  g_auto (Reader) reader = {
    .csv = csv,
    .points = self,
    .streets = posa_names_new (),
    .texts = posa_names_new (),
    .civics = g_array_new (FALSE, FALSE, sizeof (PosaCivic)),
    .sums = g_array_new (FALSE, FALSE, sizeof (Sum)),
    .sites = g_array_new (FALSE, FALSE, sizeof (gint32)),
    .seasons = g_array_new (FALSE, FALSE, sizeof (guint16)),
    .flags = g_byte_array_new (),
    .key = g_string_new (NULL),
  };
  posa_operation_report (operation, -1, _ ("Reading the points"));
  if (!read_rows (&reader, operation, error))
    return NULL;
  finish (&reader);
  return g_steal_pointer (&self);
}

void
posa_lot_points_free (PosaLotPoints *self)
{
  posa_names_free (self->pods);
  g_free (self->pod_site);
  g_free (self->pod_season);
  g_free (self->pod_flags);
  g_free (self->street);
  g_free (self->lat);
  g_free (self->lon);
  g_free (self->x);
  g_free (self->y);
  g_free (self);
}
