/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "gtk/posa-look.h"

#include "gtk/posa-touch.h"

static void
sun_changed_cb (GSettings *settings, const char *key, GtkWidget *window)
{
  gboolean sun = g_settings_get_boolean (settings, "high-contrast");

  if (sun)
    gtk_widget_add_css_class (window, "sun");
  else
    gtk_widget_remove_css_class (window, "sun");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      sun ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                          : ADW_COLOR_SCHEME_DEFAULT);
}

void
posa_look_attach (GtkWindow *window, GSettings *settings)
{
  g_return_if_fail (GTK_IS_WINDOW (window) && G_IS_SETTINGS (settings));

  g_settings_bind (settings, "window-width", window, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", window, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", window, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::high-contrast", G_CALLBACK (sun_changed_cb), window,
                           G_CONNECT_DEFAULT);
  sun_changed_cb (settings, NULL, GTK_WIDGET (window));
  posa_touch_attach (window, settings);
}
