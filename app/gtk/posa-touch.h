/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Sizes for gloved hands are millimetres, and a toolkit pixel is anything between 0.08 and 0.3 mm:
 * so they are computed from the monitor and handed to the style sheet as variables
 * (MIL-STD-1472E 5.4.3.1.3.3: keys for mittens at least 19 mm; Table VII: 13 mm apart). */
#define POSA_TOUCH_PRIMARY_MM 19.0
#define POSA_TOUCH_SPACING_MM 4.0

/* How big what is not the primary button gets; the values of org.posa.Posa.Touch. */
typedef enum
{
  POSA_TOUCH_NORMAL, /* a pointer: 9 mm */
  POSA_TOUCH_LARGE,  /* fingers: 12 mm */
  POSA_TOUCH_GLOVES  /* 15 mm */
} PosaTouchSize;

/* Application pixels per millimetre of a monitor that is @width_px wide and says it measures
 * @width_mm. 96 dpi when that cannot be true (0, or outside 60 to 400 dpi). */
double posa_touch_get_density (int width_px, int width_mm);
/* Whole pixels that measure at least @mm. */
int posa_touch_to_px (double density, double mm);
/* Style sheet that defines the variables --posa-*; free with g_free(). */
char *posa_touch_build_css (double density, PosaTouchSize size, double text_scale);

/* Keeps the variables of @window's display right for the monitor it is on. POSA_DPI (dots per inch)
 * in the environment overrides a monitor that lies about its size. */
void posa_touch_attach (GtkWindow *window, GSettings *settings);

G_END_DECLS
