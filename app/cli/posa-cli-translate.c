/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-translate.h"

#include "base/posa-error.h"
#include "base/posa-file.h"
#include "model/posa-capture-tool.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_CAPTURE (16 * 1024 * 1024)

static GBytes *
read_standard_input (GError **error)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  if (g_output_stream_splice (memory, input, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) >= 0)
    return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
  posa_error_convert (error, POSA_ERROR_FAILED);
  return NULL;
}

/* A file if there is one of that name, else hex. */
static GBytes *
read_capture (const char *argument, GError **error)
{
  if (g_str_equal (argument, "-"))
    return read_standard_input (error);
  if (g_file_test (argument, G_FILE_TEST_IS_REGULAR))
    return posa_file_read (argument, MAX_CAPTURE, error);
  return g_bytes_new (argument, strlen (argument));
}

int
posa_cli_translate (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *key_path = NULL;
  gboolean as_json = FALSE, whole = FALSE;
  const GOptionEntry entries[] = {
    { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &key_path,
      N_ ("Keys for ciphered messages: lines \"ek HEX\", \"ak HEX\", mode 600"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_parse (_ ("HEX|FILE|-"),
                       _ ("Decodes captured bytes of an optical port: a tape, or lines of hex. "
                          "Ends with 1 when something could not be decoded."),
                       entries, &argc, &argv, 1, &status))
    return status;
  g_autoptr (GBytes) capture = read_capture (argv[1], &error);
  if (capture == NULL)
    return posa_cli_fail (error);
  gsize size = 0;
  const char *text = g_bytes_get_data (capture, &size);
  g_autofree char *translation = posa_capture_tool_translate (text != NULL ? text : "", size,
                                                              key_path, as_json, &whole, &error);
  if (translation == NULL)
    return posa_cli_fail (error);
  fputs (translation, stdout);
  if (as_json)
    puts ("");
  return whole ? 0 : 1;
}
