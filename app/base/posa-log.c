/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-log.h"

#include "base/posa-clock.h"

#include <stdio.h>

/* A POD is country, three digits, E, eight digits and an optional control character. */
#define SECRET_PATTERN "\\b(?:[0-9A-Fa-f]{32,}|IT[0-9]{3}E[0-9A-Z]{8,9})\\b"

char *
posa_log_redact (const char *message)
{
  static GRegex *secret;

  if (g_once_init_enter_pointer (&secret))
    g_once_init_leave_pointer (&secret, g_regex_new (SECRET_PATTERN, G_REGEX_OPTIMIZE, 0, NULL));
  char *redacted = g_regex_replace_literal (secret, message, -1, 0, "<redacted>", 0, NULL);
  return redacted != NULL ? redacted : g_strdup ("<message not UTF-8>");
}

static GLogWriterOutput
write_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *message = NULL;

  if (g_log_writer_default_would_drop (level, G_LOG_DOMAIN))
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      message = fields[i].value;
  g_autofree char *redacted = posa_log_redact (message != NULL ? message : "");
  g_autofree char *time = posa_time_format (g_get_real_time ());
  fprintf (stderr, "%s %s\n", time, redacted);
  return G_LOG_WRITER_HANDLED;
}

void
posa_log_init (void)
{
  g_log_set_writer_func (write_log_cb, NULL, NULL);
}
