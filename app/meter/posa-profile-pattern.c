/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/posa-profile-pattern.h"

#include <string.h>

typedef gboolean (*Fits) (char x, char y);

/* A character of each that can be the same one. */
static gboolean
may_be_same (char x, char y)
{
  return x == y || x == '?' || y == '?';
}

/* A character of the narrow one that the wide one takes, whatever it is. */
static gboolean
is_taken (char wide, char narrow)
{
  return wide == narrow || wide == '?';
}

/* Both patterns from the positions on, as the edit distance is computed: row after row, so that the
 * time is the product of the lengths whatever the patterns are. @both: a * of either stands for any
 * text; else only one of @x does, and a * of @y is a text that only a * takes. */
static gboolean
match (const char *x, const char *y, gboolean both, Fits fits)
{
  gsize nx = strlen (x), ny = strlen (y);
  g_autofree gboolean *row = g_new0 (gboolean, ny + 1);
  g_autofree gboolean *next = g_new0 (gboolean, ny + 1);

  for (gsize i = nx + 1; i-- > 0;)
    {
      memcpy (next, row, (ny + 1) * sizeof *row);
      for (gsize j = ny + 1; j-- > 0;)
        {
          gboolean star_x = i < nx && x[i] == '*', star_y = j < ny && y[j] == '*';
          gboolean fit = i == nx && j == ny;

          if (star_x)
            fit = next[j] || (j < ny && row[j + 1]);
          if (!fit && star_y && both)
            fit = row[j + 1] || (i < nx && next[j]);
          if (!fit && i < nx && j < ny && !star_x && !star_y && fits (x[i], y[j]))
            fit = next[j + 1];
          row[j] = fit;
        }
    }
  return row[0];
}

gboolean
posa_profile_pattern_overlaps (const char *x, const char *y)
{
  return match (x, y, TRUE, may_be_same);
}

gboolean
posa_profile_pattern_covers (const char *wide, const char *narrow)
{
  return match (wide, narrow, FALSE, is_taken);
}

gboolean
posa_profile_pattern_conflicts (const char *x_manufacturer,
                                const char *x_ident,
                                const char *y_manufacturer,
                                const char *y_ident)
{
  g_autofree char *x_maker = g_ascii_strup (x_manufacturer, -1);
  g_autofree char *y_maker = g_ascii_strup (y_manufacturer, -1);

  if (!posa_profile_pattern_overlaps (x_maker, y_maker) ||
      !posa_profile_pattern_overlaps (x_ident, y_ident))
    return FALSE;
  gboolean x_covers = posa_profile_pattern_covers (x_maker, y_maker) &&
                      posa_profile_pattern_covers (x_ident, y_ident);
  gboolean y_covers = posa_profile_pattern_covers (y_maker, x_maker) &&
                      posa_profile_pattern_covers (y_ident, x_ident);
  return x_covers == y_covers;
}
