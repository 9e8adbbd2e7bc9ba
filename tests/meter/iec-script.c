/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "iec-script.h"

#include "base/posa-cursor.h"

#include <string.h>

IecScript
iec_script_new (void)
{
  return (IecScript) { g_string_new ("posa-tape 1\nstart 2026-11-21T10:00:00.000+01:00\n"), 0 };
}

void
iec_script_add (IecScript *self, const char *event)
{
  self->now_ms += 100;
  g_string_append_printf (self->text, "%u.%03u000 %s\n", (guint) (self->now_ms / 1000),
                          (guint) (self->now_ms % 1000), event);
}

void
iec_script_bytes (IecScript *self, const char *verb, const char *bytes, gsize size)
{
  g_autofree char *hex = posa_hex_encode ((const guint8 *) bytes, size);
  g_autofree char *event = g_strdup_printf ("%s %s", verb, hex);

  iec_script_add (self, event);
}

void
iec_script_tx (IecScript *self, const char *text)
{
  iec_script_bytes (self, "tx", text, strlen (text));
}

void
iec_script_rx (IecScript *self, const char *text)
{
  iec_script_bytes (self, "rx", text, strlen (text));
}

void
iec_script_sign_on (IecScript *self, const char *identification)
{
  iec_script_add (self, "line 300 7E1");
  iec_script_tx (self, IEC_REQUEST);
  iec_script_rx (self, identification);
}

void
iec_script_option (IecScript *self, const char *option, const char *line)
{
  g_autofree char *message = g_strdup_printf ("\x06%s\r\n", option);

  iec_script_tx (self, message);
  iec_script_add (self, "idle");
  iec_script_add (self, line);
}

void
iec_script_block (IecScript *self, const char *content, guint8 end, IecQuality quality)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  if (end == POSA_IEC_EOT)
    posa_iec_put_partial_block (message, content);
  else
    posa_iec_put_block (message, content);
  message->data[message->len - 1] ^= quality == IEC_BAD;
  iec_script_bytes (self, "rx", (const char *) message->data, message->len);
}

void
iec_script_command (IecScript *self, const char *verb, const char *command, const char *data)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  posa_iec_put_command (message, command, data);
  iec_script_bytes (self, verb, (const char *) message->data, message->len);
}

void
iec_script_nak (IecScript *self)
{
  iec_script_add (self, "idle");
  iec_script_tx (self, "\x15");
}

void
iec_script_leave (IecScript *self)
{
  iec_script_add (self, "idle");
  iec_script_tx (self, IEC_BREAK);
  iec_script_add (self, "idle");
}
