/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "base/posa-error.h"
#include "base/posa-log.h"
#include "portal/posa-portal-admin.h"
#include "portal/posa-portal-listener.h"
#include "portal/posa-portal-server.h"

#include <glib-unix.h>
#include <locale.h>
#include <sys/stat.h>

typedef struct
{
  char *listen, *data, *import;
  gboolean version;
  GStrv rest;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->listen);
  g_free (self->data);
  g_free (self->import);
  g_strfreev (self->rest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
stop_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static int
fail (const GError *error)
{
  g_printerr ("posa-portal: %s\n%s\n", error->message, posa_error_get_advice (error));
  return g_error_matches (error, POSA_ERROR, POSA_ERROR_USAGE) ? 2 : 1;
}

static int
serve (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *host = posa_portal_listener_parse_host (options->listen, &error);
  g_autoptr (PosaPortal) portal = host != NULL ? posa_portal_open (options->data, host, &error)
                                               : NULL;
  g_autoptr (PosaPortalServer)
      server = portal != NULL ? posa_portal_server_new (portal, options->listen, &error) : NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  if (server == NULL)
    return fail (error);
  guint term = g_unix_signal_add (SIGTERM, stop_cb, loop);
  guint interrupt = g_unix_signal_add (SIGINT, stop_cb, loop);
  g_print ("authority %s\n", posa_portal_ca_get_path (portal->ca));
  g_print ("fingerprint %s\n", posa_portal_ca_get_fingerprint (portal->ca));
  g_print (strchr (host, ':') != NULL ? "listening on https://[%s]:%u\n"
                                      : "listening on https://%s:%u\n",
           host, posa_portal_server_get_port (server));
  fflush (stdout);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  g_message ("stopped");
  return 0;
}

static gboolean
parse (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, "Folder of the portal's data", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen, "Serve on this address; port 0 is any",
      "HOST:PORT" },
    { "import", 0, 0, G_OPTION_ARG_FILENAME, &options->import,
      "Take orders and stock of a lot first", "FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->rest, NULL,
      "[admin COMMAND …]" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the reference portal");

  /* The options after "admin COMMAND" are that command's. */
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  posa_log_init ();
  /* Keys, orders and reports are nobody else's. */
  umask (077);
  if (!parse (&options, &argc, &argv, &error))
    {
      g_printerr ("posa-portal: %s\nSee posa-portal --help.\n", error->message);
      return 2;
    }
  if (options.version)
    {
      g_print ("posa-portal %s\n", POSA_VERSION);
      return 0;
    }
  if (options.data == NULL)
    {
      g_printerr ("posa-portal: --data DIR is needed\nSee posa-portal --help.\n");
      return 2;
    }
  if (options.import != NULL && !posa_portal_admin_import (options.data, options.import, &error))
    return fail (error);
  if (options.rest != NULL && g_strcmp0 (options.rest[0], "admin") == 0)
    return posa_portal_admin (options.data, (int) g_strv_length (options.rest) - 1,
                              options.rest + 1);
  if (options.rest == NULL && options.listen != NULL)
    return serve (&options);
  if (options.rest == NULL && options.import != NULL)
    return 0;
  g_printerr ("posa-portal: --listen HOST:PORT or admin COMMAND is needed\n"
              "See posa-portal --help.\n");
  return 2;
}
