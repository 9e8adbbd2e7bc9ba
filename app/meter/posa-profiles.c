/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* The profiles of the data folder, and which of them fits. */

#include "meter/posa-profile.h"

#include "base/posa-datadir.h"
#include "base/posa-error.h"
#include "base/posa-file.h"

#include <string.h>

#define MAX_FILE (256 * 1024)
#define ANY      "*"

PosaProfile *
posa_profile_load (const char *path, GError **error)
{
  g_autoptr (GBytes) content = posa_file_read (path, MAX_FILE, error);
  g_autofree char *name = g_path_get_basename (path);

  if (content == NULL)
    return NULL;
  return posa_profile_parse (name, g_bytes_get_data (content, NULL), g_bytes_get_size (content),
                             error);
}

static int
compare_names_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
posa_profile_load_all (GError **error)
{
  g_autofree char *folder = posa_datadir_build ("profiles");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray)
      profiles = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_profile_free);
  const char *name;

  if (dir == NULL)
    {
      posa_error_convert (error, POSA_ERROR_NOT_FOUND);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".profile"))
      g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names_cb);
  for (guint i = 0; i < names->len; i++)
    {
      PosaProfile *profile = posa_profile_load (g_ptr_array_index (names, i), error);
      if (profile == NULL)
        return NULL;
      g_ptr_array_add (profiles, profile);
    }
  return g_steal_pointer (&profiles);
}

/* How closely a profile that fits describes the meter: one that names its maker before one for any
 * maker, then the one with more fixed characters in its pattern. */
static guint
get_closeness (const PosaProfile *self)
{
  guint fixed = 0;

  for (const char *c = self->ident; *c != '\0'; c++)
    fixed += *c != '*' && *c != '?';
  return fixed + (strcmp (self->manufacturer, ANY) != 0 ? G_MAXUINT16 : 0);
}

static gboolean
fits (const PosaProfile *self, PosaDriver driver, const char *manufacturer, const char *ident)
{
  return self->driver == driver &&
         (strcmp (self->manufacturer, ANY) == 0 ||
          g_ascii_strcasecmp (self->manufacturer, manufacturer) == 0) &&
         g_pattern_match_simple (self->ident, ident);
}

const PosaProfile *
posa_profile_match (GPtrArray *profiles,
                    PosaDriver driver,
                    const char *manufacturer,
                    const char *ident)
{
  const PosaProfile *best = NULL;

  for (guint i = 0; i < profiles->len; i++)
    {
      const PosaProfile *profile = g_ptr_array_index (profiles, i);
      if (fits (profile, driver, manufacturer, ident) &&
          (best == NULL || get_closeness (profile) > get_closeness (best)))
        best = profile;
    }
  return best;
}

const char *
posa_profile_get_event (const PosaProfile *self, gint64 code)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      const PosaProfileEvent *event = g_ptr_array_index (self->events, i);

      if (event->code == code)
        return event->text;
    }
  return NULL;
}

GStrv
posa_profile_decode_status (const PosaProfile *self, const char *raw, GError **error)
{
  g_autoptr (GStrvBuilder) flags = g_strv_builder_new ();
  guint64 word;

  if (!g_ascii_string_to_unsigned (raw, 16, 0, G_MAXUINT64, &word, NULL))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA, "status word \"%s\" is not hex",
                   raw);
      return NULL;
    }
  for (guint bit = 0; bit < POSA_PROFILE_MAX_BITS; bit++)
    if ((word >> bit & 1) != 0)
      g_strv_builder_take (flags, self->status_bits[bit] != NULL ? g_strdup (self->status_bits[bit])
                                                                 : g_strdup_printf ("bit-%u", bit));
  return g_strv_builder_end (flags);
}
