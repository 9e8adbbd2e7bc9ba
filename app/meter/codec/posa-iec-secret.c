/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-iec-secret.h"

#include <string.h>

#define SIMULATOR_SIZE 16 /* hex digits */

/* The head of HMAC-SHA-256 over the seed, keyed by the password. */
static char *
simulate (const char *seed, const char *password)
{
  char *text = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) password,
                                          strlen (password), seed, -1);

  text[SIMULATOR_SIZE] = '\0';
  return text;
}

static const struct
{
  const char *name;
  PosaIecSecretFunc function;
} algorithms[] = {
  { "simulator", simulate },
};

PosaIecSecretFunc
posa_iec_secret_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (strcmp (algorithms[i].name, name) == 0)
      return algorithms[i].function;
  return NULL;
}
