/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Files of municipalities and of the office. What is read is written with every field in quotes,
 * which reads back as the same. The first byte chooses the delimiter. */

#include "base/posa-csv.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
put_field (GString *out, const char *field)
{
  g_string_append_c (out, '"');
  for (; *field != '\0'; field++)
    {
      if (*field == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *field);
    }
  g_string_append_c (out, '"');
}

/* Whole rows in one form. */
static char *
rewrite (const guint8 *data, gsize size, char delimiter)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (PosaCsv) csv = posa_csv_new (stream, "fuzz", delimiter);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  guint64 line = 0;

  while (posa_csv_next (csv, NULL, &error))
    {
      g_assert_cmpuint (posa_csv_get_line (csv), >, line);
      line = posa_csv_get_line (csv);
      for (guint i = 0; i < posa_csv_get_n_fields (csv); i++)
        {
          if (i > 0)
            g_string_append_c (out, delimiter);
          put_field (out, posa_csv_get_field (csv, i));
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free_and_steal (g_steal_pointer (&out));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char delimiters[] = ",;\t|";

  if (size == 0)
    return 0;
  char delimiter = delimiters[data[0] % (sizeof delimiters - 1)];
  g_autofree char *once = rewrite (data + 1, size - 1, delimiter);
  /* Quotes make a row longer: one near the limit may not come back. */
  if (strlen (once) > POSA_CSV_MAX_ROW)
    return 0;
  g_autofree char *twice = rewrite ((const guint8 *) once, strlen (once), delimiter);
  g_assert_cmpstr (once, ==, twice);
  return 0;
}
