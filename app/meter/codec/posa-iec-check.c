/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-iec-check.h"

#include "base/posa-error.h"
#include "meter/codec/posa-iec-data.h"

#include <string.h>

#define MAX_STEP   9  /* units of the last digit that a register counts between two readings */
#define MAX_DIGITS 18 /* of a gint64 */

gboolean
posa_iec_check_readout (const char *text, GError **error)
{
  g_autoptr (GPtrArray) sets = posa_iec_data_parse ((const guint8 *) text, strlen (text), error);
  guint line = 1;

  if (sets == NULL)
    return FALSE;
  for (const char *start = text; *start != '\0'; line++)
    {
      gsize size = strcspn (start, "\n");
      gsize visible = size > 0 && start[size - 1] == '\r' ? size - 1 : size;
      if (visible > POSA_IEC_MAX_LINE)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                       "data block, line %u: longer than a line can be", line);
          return FALSE;
        }
      start += size + (start[size] == '\n');
    }
  return TRUE;
}

typedef enum
{
  FIXED,
  COUNTS, /* energy: it grows */
  MOVES   /* a clock, a momentary value */
} Nature;

/* By the groups C and D of the code; a historical value is fixed. */
static Nature
nature_of (const char *address)
{
  const char *colon = strchr (address, ':');
  const char *core = colon != NULL ? colon + 1 : address;
  char *end = NULL;
  guint64 c = g_ascii_strtoull (core, &end, 10);

  if (end == core || *end != '.' || strchr (core, '&') != NULL ||
      (strchr (core, '*') != NULL && !g_str_has_suffix (core, "*255")))
    return FIXED;
  if (c == 0)
    return end[1] == '9' ? MOVES : FIXED;
  if (c == 1 && g_str_has_prefix (address, "0-") && end[1] == '0')
    return MOVES;
  if (end[1] == '\0' || (end[2] != '.' && end[2] != '\0'))
    return FIXED;
  return end[1] == '8' ? COUNTS : strchr ("457", end[1]) != NULL ? MOVES : FIXED;
}

/* Digits where the other has digits, and else the same characters. */
static gboolean
same_form (const char *x, const char *y)
{
  while (*x != '\0' && (*x == *y || (g_ascii_isdigit (*x) && g_ascii_isdigit (*y))))
    {
      x++;
      y++;
    }
  return *x == '\0' && *y == '\0';
}

static gint64
digits_of (const char *text)
{
  gint64 digits = 0;
  guint n = 0;

  for (; *text != '\0'; text++)
    if (g_ascii_isdigit (*text) && ++n <= MAX_DIGITS)
      digits = digits * 10 + (*text - '0');
  return n <= MAX_DIGITS ? digits : -1;
}

static gboolean
values_agree (const char *address, const char *earlier, const char *later)
{
  Nature nature = nature_of (address);

  if (strcmp (earlier, later) == 0)
    return TRUE;
  if (nature == FIXED || !same_form (earlier, later))
    return FALSE;
  gint64 step = digits_of (later) - digits_of (earlier);
  return nature == MOVES || (digits_of (earlier) >= 0 && step >= 0 && step <= MAX_STEP);
}

static gboolean
lines_agree (const char *earlier, const char *later)
{
  g_autoptr (GPtrArray) x = posa_iec_data_parse ((const guint8 *) earlier, strlen (earlier), NULL);
  g_autoptr (GPtrArray) y = posa_iec_data_parse ((const guint8 *) later, strlen (later), NULL);

  if (strcmp (earlier, later) == 0)
    return TRUE;
  if (x == NULL || y == NULL || x->len != y->len)
    return FALSE;
  for (guint i = 0; i < x->len; i++)
    {
      const PosaIecDataSet *a = g_ptr_array_index (x, i), *b = g_ptr_array_index (y, i);
      if (strcmp (a->address, b->address) != 0 || a->index != b->index ||
          strcmp (a->unit, b->unit) != 0 || !values_agree (a->address, a->value, b->value))
        return FALSE;
    }
  return x->len > 0;
}

gboolean
posa_iec_check_agree (const char *earlier, const char *later)
{
  g_auto (GStrv) x = g_strsplit (earlier, "\n", -1);
  g_auto (GStrv) y = g_strsplit (later, "\n", -1);
  guint i = 0;

  while (x[i] != NULL && y[i] != NULL && lines_agree (x[i], y[i]))
    i++;
  return x[i] == NULL && y[i] == NULL;
}
