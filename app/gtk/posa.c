/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "posa-config.h"

#include "gtk/posa-application.h"

#include <glib/gi18n.h>
#include <locale.h>

/* The language of the settings, before anything is translated. */
static void
choose_language (GSettings *settings)
{
  g_autofree char *language = g_settings_get_string (settings, "language");
  const char *folder = g_getenv ("POSA_LOCALEDIR");

  if (*language != '\0')
    g_setenv ("LANGUAGE", language, TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : POSA_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char **argv)
{
  g_autoptr (GSettings) settings = g_settings_new (POSA_APP_ID);

  choose_language (settings);
  g_set_application_name ("Posa");
  g_autoptr (PosaApplication) application = posa_application_new (settings);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
