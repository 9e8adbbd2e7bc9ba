/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-touch.h"

#include <math.h>

#define MM_PER_INCH 25.4
#define MIN_DPI     60.0
#define MAX_DPI     400.0
#define USUAL_DPI   96.0

double
posa_touch_get_density (int width_px, int width_mm)
{
  double dpi = width_mm > 0 ? width_px * MM_PER_INCH / width_mm : 0;

  return (dpi >= MIN_DPI && dpi <= MAX_DPI ? dpi : USUAL_DPI) / MM_PER_INCH;
}

int
posa_touch_to_px (double density, double mm)
{
  return (int) ceil (density * mm);
}

char *
posa_touch_build_css (double density, PosaTouchSize size, double text_scale)
{
  static const double target_mm[] = { 9.0, 12.0, 15.0 };
  double number_mm = 5.8; /* digits are 0.7 of the font size: 4 mm high */
  double label_mm = 4.6;

  return g_strdup_printf (
      ":root { --posa-primary: %dpx; --posa-target: %dpx; --posa-small: %dpx; --posa-spacing: %dpx;"
      " --posa-number: %dpx; --posa-label: %dpx; --posa-text: %dpx; --posa-picture: %dpx; }",
      posa_touch_to_px (density, POSA_TOUCH_PRIMARY_MM),
      posa_touch_to_px (density, target_mm[size]),
      posa_touch_to_px (density, MIN (target_mm[size], 12.0)),
      posa_touch_to_px (density, POSA_TOUCH_SPACING_MM),
      posa_touch_to_px (density, number_mm * text_scale),
      posa_touch_to_px (density, label_mm * text_scale),
      posa_touch_to_px (density, 3.6 * text_scale), posa_touch_to_px (density, 22.0));
}

typedef struct
{
  GtkWindow *window;   /* borrowed: this lives as long as the window */
  GdkDisplay *display; /* borrowed: of the program */
  GSettings *settings;
  GtkCssProvider *provider;
} Touch;

static void
touch_free (Touch *self)
{
  gtk_style_context_remove_provider_for_display (self->display,
                                                 GTK_STYLE_PROVIDER (self->provider));
  g_clear_object (&self->settings);
  g_clear_object (&self->provider);
  g_free (self);
}

static double
get_density (Touch *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self->window));
  GdkMonitor *monitor =
      surface != NULL ? gdk_display_get_monitor_at_surface (self->display, surface) : NULL;
  const char *dpi = g_getenv ("POSA_DPI");
  GdkRectangle geometry = { 0 };
  int width_mm = 0;

  if (dpi != NULL)
    return g_ascii_strtod (dpi, NULL) / MM_PER_INCH;
  if (monitor != NULL)
    {
      gdk_monitor_get_geometry (monitor, &geometry);
      width_mm = gdk_monitor_get_width_mm (monitor);
    }
  return posa_touch_get_density (geometry.width, width_mm);
}

static void
update (Touch *self)
{
  g_autofree char *css =
      posa_touch_build_css (get_density (self),
                            (PosaTouchSize) g_settings_get_enum (self->settings, "touch-size"),
                            g_settings_get_double (self->settings, "text-scale"));

  gtk_css_provider_load_from_string (self->provider, css);
}

static void
changed_cb (GtkWidget *window)
{
  update (g_object_get_data (G_OBJECT (window), "posa-touch"));
}

static void
realize_cb (GtkWidget *window, Touch *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  g_signal_connect_object (surface, "enter-monitor", G_CALLBACK (changed_cb), window,
                           G_CONNECT_SWAPPED);
  update (self);
}

void
posa_touch_attach (GtkWindow *window, GSettings *settings)
{
  Touch *self = g_new0 (Touch, 1);

  self->window = window;
  self->display = gtk_widget_get_display (GTK_WIDGET (window));
  self->settings = g_object_ref (settings);
  self->provider = gtk_css_provider_new ();
  gtk_style_context_add_provider_for_display (self->display, GTK_STYLE_PROVIDER (self->provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_signal_connect (window, "realize", G_CALLBACK (realize_cb), self);
  g_signal_connect_object (settings, "changed", G_CALLBACK (changed_cb), window, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (window), "posa-touch", self, (GDestroyNotify) touch_free);
  update (self);
}
