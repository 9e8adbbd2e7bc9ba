/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How makers write their data, --set style=NAME: what is met in the field and has to be read. */
typedef enum
{
  POSA_SIM_STYLE_PLAIN,
  POSA_SIM_STYLE_FULL_CODES,   /* full-codes: 1-0:1.8.0*255(…) */
  POSA_SIM_STYLE_NO_STAR,      /* no-star: (0012.3kWh) */
  POSA_SIM_STYLE_NO_UNIT,      /* no-unit: (0012.3) */
  POSA_SIM_STYLE_EMPTY_UNIT,   /* empty-unit: (0012.3*) */
  POSA_SIM_STYLE_PADDED,       /* padded: (  0012.3*kWh ) */
  POSA_SIM_STYLE_LF,           /* lf: lines end without CR */
  POSA_SIM_STYLE_INDENTED,     /* indented: lines begin with spaces */
  POSA_SIM_STYLE_HISTORY,      /* history: values of earlier months, 1.8.0*01(…) and 1.8.0&02(…) */
  POSA_SIM_STYLE_OWN_LINES,    /* own-lines: further values of an address on lines of their own */
  POSA_SIM_STYLE_STUCK_END,    /* stuck-end: "!" behind the last data set */
  POSA_SIM_STYLE_EMPTY_VALUES, /* empty-values: lines with () */
  POSA_SIM_STYLE_GARBAGE,      /* garbage: characters before the identification */
  POSA_SIM_STYLE_ECHO,         /* echo: the request comes back before the identification */
  POSA_SIM_STYLE_PARTIAL,      /* partial: the readout in partial blocks */
  POSA_SIM_N_STYLES
} PosaSimStyle;

/* FALSE when there is no such style. */
gboolean posa_sim_style_from_string (const char *name, PosaSimStyle *style);

/* The data block @readout, lines "CODE(VALUE*UNIT)(…)" CR LF up to "!" CR LF, in that style. Free
 * with g_free(). */
char *posa_sim_style_apply (PosaSimStyle style, const char *readout);

G_END_DECLS
