/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "sim/posa-sim-iec-style.h"

#include <string.h>

static const char *const names[POSA_SIM_N_STYLES] = { "plain",     "full-codes", "no-star",
                                                      "no-unit",   "empty-unit", "padded",
                                                      "lf",        "indented",   "history",
                                                      "own-lines", "stuck-end",  "empty-values",
                                                      "garbage",   "echo",       "partial" };

gboolean
posa_sim_style_from_string (const char *name, PosaSimStyle *style)
{
  for (guint i = 0; i < POSA_SIM_N_STYLES; i++)
    if (strcmp (names[i], name) == 0)
      {
        *style = i;
        return TRUE;
      }
  return FALSE;
}

/* Group A-B of a full code: 0-0 for what is not a measurement. */
static const char *
get_medium (const char *code)
{
  return g_ascii_isdigit (code[0]) && code[0] != '0' ? "1-0" : "0-0";
}

/* What becomes of a line that begins with a code. */
static void
add_line (GString *out, PosaSimStyle style, const char *line)
{
  gsize code_size = strcspn (line, "(");
  const char *values = line + code_size;
  g_autofree char *code = g_strndup (line, code_size);

  if (style == POSA_SIM_STYLE_INDENTED)
    g_string_append (out, "  ");
  if (style == POSA_SIM_STYLE_FULL_CODES)
    g_string_append_printf (out, "%s:%s*255", get_medium (code), code);
  else
    g_string_append (out, code);
  for (const char *c = values; *c != '\0'; c++)
    {
      gboolean star = *c == '*', further = c > values && *c == '(';
      if (star && style == POSA_SIM_STYLE_NO_UNIT)
        c += strcspn (c, ")");
      if (further && style == POSA_SIM_STYLE_OWN_LINES)
        g_string_append (out, "\r\n");
      if (!star || style != POSA_SIM_STYLE_NO_STAR)
        g_string_append_c (out, *c);
      if (style == POSA_SIM_STYLE_PADDED && *c == '(')
        g_string_append (out, "  ");
      if (style == POSA_SIM_STYLE_PADDED && c[0] != '\0' && c[1] == ')')
        g_string_append_c (out, ' ');
      if (star && style == POSA_SIM_STYLE_EMPTY_UNIT)
        c += strcspn (c, ")") - 1;
    }
}

/* Months gone by, which must not be taken for the register: all their digits are nines. */
static void
add_history (GString *out, const char *line)
{
  gsize code_size = strcspn (line, "(");
  g_autofree char *values = g_strdup (line + code_size);

  if (strchr (values, '*') == NULL)
    return;
  for (char *c = values; *c != '\0' && *c != '*'; c++)
    if (g_ascii_isdigit (*c))
      *c = '9';
  g_string_append_printf (out, "\r\n%.*s*01%s", (int) code_size, line, values);
  g_string_append_printf (out, "\r\n%.*s&02%s", (int) code_size, line, values);
}

char *
posa_sim_style_apply (PosaSimStyle style, const char *readout)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (readout, "\r\n", -1);
  const char *end = style == POSA_SIM_STYLE_LF ? "\n" : "\r\n";

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '!'; i++)
    {
      if (i > 0)
        g_string_append (out, end);
      add_line (out, style, lines[i]);
      if (style == POSA_SIM_STYLE_HISTORY)
        add_history (out, lines[i]);
      if (style == POSA_SIM_STYLE_EMPTY_VALUES && i % 2 == 0)
        g_string_append_printf (out, "%s97.%u.0()", end, i);
    }
  if (style != POSA_SIM_STYLE_STUCK_END)
    g_string_append (out, end);
  g_string_append_printf (out, "!%s", end);
  return g_string_free (out, FALSE);
}
