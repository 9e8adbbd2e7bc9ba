/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "plan/posa-lot.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "domain/posa-holidays.h"

#include <math.h>
#include <string.h>

#define MAX_FILE  (256 * 1024)
#define MAX_SPANS 24

typedef struct
{
  const char *name; /* of the file */
  GKeyFile *file;
  PosaLot *lot;
} Loader;

typedef struct _Key Key;
typedef gboolean (*Take) (const Loader *loader, const Key *key, const char *value, GError **error);

struct _Key
{
  const char *group, *name;
  Take take;
  gsize offset;    /* of the member of PosaLot */
  double min, max; /* of a number */
  gboolean optional;
};

G_GNUC_PRINTF (4, 5)
static gboolean
set_invalid (const Loader *loader, const Key *key, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "%s: [%s] %s: %s", loader->name,
               key->group, key->name, what);
  return FALSE;
}

/* ---- one value each ---- */

static gboolean
take_text (const Loader *loader, const Key *key, const char *value, GError **error)
{
  if (*value == '\0' || !g_utf8_validate (value, -1, NULL))
    return set_invalid (loader, key, error, "write a name in UTF-8");
  g_set_str (&G_STRUCT_MEMBER (char *, loader->lot, key->offset), value);
  return TRUE;
}

static gboolean
take_count (const Loader *loader, const Key *key, const char *value, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, (guint64) key->min, (guint64) key->max, &number,
                                   NULL))
    return set_invalid (loader, key, error, "\"%s\": write a whole number from %.0f to %.0f", value,
                        key->min, key->max);
  G_STRUCT_MEMBER (guint, loader->lot, key->offset) = (guint) number;
  return TRUE;
}

static gboolean
take_number (const Loader *loader, const Key *key, const char *value, GError **error)
{
  char *end = NULL;
  double number = g_ascii_strtod (value, &end);

  if (end == value || *end != '\0' || !isfinite (number) || number < key->min || number > key->max)
    return set_invalid (loader, key, error,
                        "\"%s\": write a number from %g to %g, with a decimal point", value,
                        key->min, key->max);
  G_STRUCT_MEMBER (double, loader->lot, key->offset) = number;
  return TRUE;
}

static gboolean
read_digits (const char *text, guint n, guint *out)
{
  *out = 0;
  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      *out = *out * 10 + (guint) (text[i] - '0');
    }
  return TRUE;
}

static gboolean
take_start (const Loader *loader, const Key *key, const char *value, GError **error)
{
  PosaLot *lot = loader->lot;

  if (strlen (value) != strlen ("YYYY-MM") || !read_digits (value, 4, &lot->first_year) ||
      value[4] != '-' || !read_digits (value + 5, 2, &lot->first_month) || lot->first_year < 2000 ||
      lot->first_year > 2199 || lot->first_month < 1 || lot->first_month > 12)
    return set_invalid (loader, key, error, "\"%s\": write the first month as 2027-01", value);
  return TRUE;
}

/* "08:00"; "24:00" is the end of the day. */
static gboolean
read_clock (const char *text, guint16 *minutes)
{
  guint hour, minute;

  if (!read_digits (text, 2, &hour) || text[2] != ':' || !read_digits (text + 3, 2, &minute) ||
      minute > 59 || hour * 60 + minute > 24 * 60)
    return FALSE;
  *minutes = (guint16) (hour * 60 + minute);
  return TRUE;
}

static gboolean
take_spans (const Loader *loader, const Key *key, const char *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (value, ";", MAX_SPANS + 1);
  GArray *spans = G_STRUCT_MEMBER (GArray *, loader->lot, key->offset);
  guint16 last = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      PosaLotSpan span = { 0 };
      const char *text = g_strstrip (parts[i]);

      if (*text == '\0' && parts[i + 1] == NULL && i > 0)
        break;
      if (strlen (text) != strlen ("08:00-12:00") || !read_clock (text, &span.from) ||
          text[5] != '-' || !read_clock (text + 6, &span.to) || span.from >= span.to)
        return set_invalid (loader, key, error, "\"%s\": write times as 08:00-12:00;13:00-16:00",
                            text);
      if (span.from < last)
        return set_invalid (loader, key, error,
                            "\"%s\" begins before the one in front of it has ended; write them "
                            "in the order of the day, none over another",
                            text);
      last = span.to;
      g_array_append_val (spans, span);
    }
  return spans->len > 0 ||
         set_invalid (loader, key, error, "empty; write times as 08:00-12:00;13:00-16:00");
}

static gboolean
take_weekdays (const Loader *loader, const Key *key, const char *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (value, ";", 8);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *text = g_strstrip (parts[i]);

      if (*text == '\0' && i > 0)
        continue;
      if (text[0] < '1' || text[0] > '7' || text[1] != '\0')
        return set_invalid (loader, key, error,
                            "\"%s\": write the days worked on as 1;2;3;4;5, Monday is 1", text);
      loader->lot->weekdays |= 1U << (guint) (text[0] - '0');
    }
  return loader->lot->weekdays != 0 ||
         set_invalid (loader, key, error, "empty; write the days worked on as 1;2;3;4;5");
}

static gboolean
take_dates (const Loader *loader, const Key *key, const char *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);
  GArray *days = G_STRUCT_MEMBER (GArray *, loader->lot, key->offset);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      PosaHoliday day;
      const char *text = g_strstrip (parts[i]);

      if (*text == '\0')
        continue;
      if (!posa_holiday_parse (text, &day) || day.year == 0)
        return set_invalid (loader, key, error, "\"%s\": write days as 2027-12-25;2027-12-26",
                            text);
      g_array_append_val (days, day);
    }
  return TRUE;
}

/* ---- the file ---- */

#define AT(member) G_STRUCT_OFFSET (PosaLot, member)
#define MAX_METRES 1e5

static const Key keys[] = {
  { "lot", "id", take_text, AT (id), 0, 0, FALSE },
  { "lot", "start", take_start, 0, 0, 0, FALSE },
  { "lot", "months", take_count, AT (n_months), 1, POSA_LOT_MAX_MONTHS, FALSE },
  { "work", "crews", take_count, AT (crews), 1, 10000, FALSE },
  { "work", "day_minutes", take_number, AT (day_minutes), 1, 24 * 60, FALSE },
  { "work", "windows", take_spans, AT (windows), 0, 0, FALSE },
  { "work", "bands", take_spans, AT (bands), 0, 0, FALSE },
  { "work", "weekdays", take_weekdays, 0, 0, 0, FALSE },
  { "work", "holidays", take_dates, AT (holidays), 0, 0, TRUE },
  { "service", "minutes_1", take_number, AT (minutes_1), 0, 24 * 60, FALSE },
  { "service", "minutes_3", take_number, AT (minutes_3), 0, 24 * 60, FALSE },
  { "service", "minutes_presence", take_number, AT (minutes_presence), 0, 24 * 60, FALSE },
  { "service", "minutes_site", take_number, AT (minutes_site), 0, 24 * 60, FALSE },
  { "travel", "detour", take_number, AT (detour), 1, 10, FALSE },
  { "travel", "walk_kmh", take_number, AT (walk_kmh), 0.1, 20, FALSE },
  { "travel", "walk_max_m", take_number, AT (walk_max_m), 0, MAX_METRES, FALSE },
  { "travel", "drive_kmh", take_number, AT (drive_kmh), 1, 200, FALSE },
  { "travel", "drive_fixed_min", take_number, AT (drive_fixed_min), 0, 24 * 60, FALSE },
  { "travel", "depot_lat", take_number, AT (depot_lat), -90, 90, FALSE },
  { "travel", "depot_lon", take_number, AT (depot_lon), -180, 180, FALSE },
  { "notice", "days", take_count, AT (notice_days), 0, 365, FALSE },
  { "notice", "published_months", take_count, AT (published_months), 0, POSA_LOT_MAX_MONTHS,
    FALSE },
  { "adjacency", "k", take_count, AT (neighbours), 1, 64, FALSE },
  { "adjacency", "max_m", take_number, AT (max_m), 0, MAX_METRES, FALSE },
  { "adjacency", "street_max_m", take_number, AT (street_max_m), 0, MAX_METRES, FALSE },
  { "adjacency", "links", take_count, AT (links), 0, 16, TRUE },
  { "adjacency", "link_max_m", take_number, AT (link_max_m), 0, MAX_METRES, TRUE },
};

static const Key *
find_key (const char *group, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group) && (name == NULL || g_str_equal (keys[i].name, name)))
      return &keys[i];
  return NULL;
}

static gboolean
check_names (const Loader *loader, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (loader->file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) names = g_key_file_get_keys (loader->file, groups[i], NULL, NULL);

      if (find_key (groups[i], NULL) == NULL)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "%s: [%s]: unknown group; remove it, or correct its name", loader->name,
                       groups[i]);
          return FALSE;
        }
      for (guint j = 0; names[j] != NULL; j++)
        if (find_key (groups[i], names[j]) == NULL)
          return set_invalid (loader, &(Key) { .group = groups[i], .name = names[j] }, error,
                              "unknown key; remove it, or correct its name");
    }
  return TRUE;
}

static gboolean
take_keys (const Loader *loader, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value =
          g_key_file_get_value (loader->file, keys[i].group, keys[i].name, NULL);

      if (value == NULL && keys[i].optional)
        continue;
      if (value == NULL)
        return set_invalid (loader, &keys[i], error, "missing; add the key");
      if (!keys[i].take (loader, &keys[i], g_strstrip (value), error))
        return FALSE;
    }
  return TRUE;
}

/* The values together. */
static gboolean
check_day (const Loader *loader, GError **error)
{
  const PosaLot *lot = loader->lot;
  guint sum = 0;

  for (guint i = 0; i < lot->windows->len; i++)
    {
      const PosaLotSpan *span = &g_array_index (lot->windows, PosaLotSpan, i);
      sum += (guint) (span->to - span->from);
    }
  if (fabs (sum - lot->day_minutes) <= 1e-6)
    return TRUE;
  return set_invalid (loader, find_key ("work", "windows"), error,
                      "they add up to %u minutes, but day_minutes is %g; make them equal", sum,
                      lot->day_minutes);
}

PosaLot *
posa_lot_load (const char *path, GError **error)
{
  g_autoptr (PosaLot) self = g_new0 (PosaLot, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GBytes) bytes = posa_file_read (path, MAX_FILE, error);
  Loader loader = { path, file, self };

  self->windows = g_array_new (FALSE, FALSE, sizeof (PosaLotSpan));
  self->bands = g_array_new (FALSE, FALSE, sizeof (PosaLotSpan));
  self->holidays = g_array_new (FALSE, FALSE, sizeof (PosaHoliday));
  self->links = 3;
  self->link_max_m = 1500;
  if (bytes == NULL)
    return NULL;
  if (!g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, error))
    {
      posa_error_convert (error, POSA_ERROR_INVALID_DATA);
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  if (!check_names (&loader, error) || !take_keys (&loader, error) || !check_day (&loader, error))
    return NULL;
  return g_steal_pointer (&self);
}

gint32
posa_lot_get_service (const PosaLot *self, gboolean three_phase, gboolean presence)
{
  return (gint32) lround (60 * ((three_phase ? self->minutes_3 : self->minutes_1) +
                                (presence ? self->minutes_presence : 0)));
}

gint32
posa_lot_get_visit (const PosaLot *self)
{
  return (gint32) lround (60 * self->minutes_site);
}

void
posa_lot_free (PosaLot *self)
{
  g_free (self->id);
  g_clear_pointer (&self->windows, g_array_unref);
  g_clear_pointer (&self->bands, g_array_unref);
  g_clear_pointer (&self->holidays, g_array_unref);
  g_free (self);
}
