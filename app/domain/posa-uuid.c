/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-uuid.h"

char *
posa_uuid_new (PosaClock *clock)
{
  guint64 ms = (guint64) (posa_clock_get_wall (clock) / 1000) & 0xffffffffffffULL;
  /* A random (version 4) UUID already holds the 62 + 12 random bits; only the time and the version
   * are laid over it. GLib takes them from the kernel. */
  g_autofree char *random = g_uuid_string_random ();

  return g_strdup_printf ("%08x-%04x-7%s", (guint) (ms >> 16), (guint) (ms & 0xffff), random + 15);
}

gboolean
posa_uuid_is_valid (const char *text)
{
  return text != NULL && g_uuid_string_is_valid (text);
}
