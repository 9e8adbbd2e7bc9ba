/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "domain/posa-pod.h"

#include "base/posa-error.h"

#include <string.h>

#define POD_SIZE 14

static char *
normalise (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (strchr (" .-", *text) == NULL)
      g_string_append_c (out, g_ascii_toupper (*text));
  return g_string_free_and_steal (out);
}

static gboolean
has_form (const char *pod)
{
  gsize length = strlen (pod);

  if ((length != POD_SIZE && length != POD_SIZE + 1) || !g_str_has_prefix (pod, "IT") ||
      pod[5] != 'E')
    return FALSE;
  for (gsize i = 2; i < 5; i++)
    if (!g_ascii_isdigit (pod[i]))
      return FALSE;
  for (gsize i = 6; i < length; i++)
    if (!g_ascii_isalnum (pod[i]))
      return FALSE;
  return TRUE;
}

char *
posa_pod_parse (const char *text, char **control, GError **error)
{
  g_autofree char *pod = normalise (text);

  if (control != NULL)
    *control = NULL;
  if (!has_form (pod))
    {
      g_set_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA,
                   "\"%s\" is no POD: IT, three digits, E and eight characters are expected", text);
      return NULL;
    }
  if (control != NULL && pod[POD_SIZE] != '\0')
    *control = g_strdup (pod + POD_SIZE);
  return g_strndup (pod, POD_SIZE);
}

gboolean
posa_pod_matches_customer_number (const char *pod, const char *customer_number)
{
  return pod != NULL && customer_number != NULL && strlen (pod) >= POD_SIZE &&
         strlen (customer_number) == 9 && strspn (customer_number, "0123456789") == 9 &&
         strncmp (pod + 6, customer_number, 8) == 0;
}
