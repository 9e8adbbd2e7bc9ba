/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-obis.h"

#include <string.h>

#define N_GROUPS 6

gboolean
posa_obis_is_set (PosaObis self)
{
  return !posa_obis_equal (self, (PosaObis) { 0 });
}

gboolean
posa_obis_equal (PosaObis x, PosaObis y)
{
  return x.a == y.a && x.b == y.b && x.c == y.c && x.d == y.d && x.e == y.e && x.f == y.f;
}

/* One group: up to three digits, or a letter of group C or D (IEC 62056-21 annex on OBIS). */
static const char *
parse_group (const char *p, guint8 *out)
{
  static const char letters[] = "CFLP";
  const char *letter = *p != '\0' ? strchr (letters, *p) : NULL;
  guint value = 0;
  guint digits = 0;

  if (letter != NULL)
    {
      *out = (guint8) (96 + (letter - letters));
      return p + 1;
    }
  for (; g_ascii_isdigit (*p) && digits < 3; p++, digits++)
    value = value * 10 + (guint) (*p - '0');
  if (digits == 0 || value > 255)
    return NULL;
  *out = (guint8) value;
  return p;
}

/* Reads all groups, and which character stood before each. */
static guint
parse_groups (const char *text, guint8 groups[N_GROUPS], char separators[N_GROUPS + 1])
{
  guint n = 0;

  memset (separators, 0, N_GROUPS + 1);
  for (const char *p = text; n < N_GROUPS; p++)
    {
      p = parse_group (p, &groups[n]);
      if (p == NULL)
        return 0;
      n++;
      if (*p == '\0')
        return n;
      if (n == N_GROUPS || strchr ("-:.*", *p) == NULL)
        return 0;
      separators[n] = *p;
    }
  return 0;
}

gboolean
posa_obis_parse (const char *text, PosaObis *out)
{
  guint8 g[N_GROUPS];
  char separators[N_GROUPS + 1];
  guint n = text != NULL ? parse_groups (text, g, separators) : 0;
  const char *s = separators + 1;

  if (n == 6 && (strcmp (s, "-:..*") == 0 || strcmp (s, ".....") == 0))
    *out = POSA_OBIS (g[0], g[1], g[2], g[3], g[4], g[5]);
  else if (n == 5 && strcmp (s, "-:..") == 0)
    *out = POSA_OBIS (g[0], g[1], g[2], g[3], g[4], 255);
  else if (n == 4 && strcmp (s, "..*") == 0)
    *out = POSA_OBIS (1, 0, g[0], g[1], g[2], g[3]);
  else if (n == 3 && strcmp (s, "..") == 0)
    *out = POSA_OBIS (1, 0, g[0], g[1], g[2], 255);
  else
    return FALSE;
  return TRUE;
}

char *
posa_obis_format (PosaObis self)
{
  if (self.f == 255)
    return g_strdup_printf ("%u-%u:%u.%u.%u", self.a, self.b, self.c, self.d, self.e);
  return g_strdup_printf ("%u-%u:%u.%u.%u*%u", self.a, self.b, self.c, self.d, self.e, self.f);
}
