/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-csv.h"
#include "base/posa-error.h"

#include <string.h>

typedef struct
{
  const char *text;
  const char *rows;  /* fields with | behind each, rows with / behind each */
  const char *fault; /* part of the error, or NULL */
} Row;

static const Row table[] = {
  { "", "", NULL },
  { "\n\r\n\n", "", NULL },
  { "a,b\nc,d\n", "a|b|/c|d|/", NULL },
  { "a,b\r\nc,d", "a|b|/c|d|/", NULL },
  { "a,,\n,\n", "a|||/||/", NULL },
  { "\xEF\xBB\xBF"
    "a\nb\n",
    "a|/b|/", NULL },
  { "a\n\xEF\xBB\xBF"
    "b\n",
    "a|/\xEF\xBB\xBF"
    "b|/",
    NULL },
  { "\"a,b\",\"c\"\"d\"\n", "a,b|c\"d|/", NULL },
  { "\"a\nb\",c\n", "a\nb|c|/", NULL },
  { "\"\"\n\"\",\n", "|/||/", NULL },
  { "5\" pipe,b\n", "5\" pipe|b|/", NULL },
  { " \"a\"\n", " \"a\"|/", NULL },
  { "a\n\nb\n", "a|/b|/", NULL },
  { "\"a\"\r\n", "a|/", NULL },
  { "via Sant'Orsola;1\n", "via Sant'Orsola;1|/", NULL },
  { "a\n\"b\"c\n", "a|/", "t.csv:2: column 1: text behind the closing quote" },
  { "a\n\nb,\"c\n\n", "a|/", "t.csv:3: column 2: the closing quote is missing" },
  { "a\rb\n", "", "t.csv:1: a carriage return without a line feed" },
  { "a\nb,\xFF\n", "a|/", "t.csv:2: column 2: not UTF-8" },
  { "\"a\nb\"\n\xC3\n", "a\nb|/", "t.csv:3: column 1: not UTF-8" },
};

static PosaCsv *
open_text (const char *text, gsize size, char delimiter)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, (gssize) size, NULL);

  return posa_csv_new (stream, "t.csv", delimiter);
}

static char *
read_all (PosaCsv *csv, GError **error)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  while (posa_csv_next (csv, NULL, error))
    {
      for (guint i = 0; i < posa_csv_get_n_fields (csv); i++)
        g_string_append_printf (rows, "%s|", posa_csv_get_field (csv, i));
      g_string_append_c (rows, '/');
      g_assert_cmpstr (posa_csv_get_field (csv, posa_csv_get_n_fields (csv)), ==, "");
    }
  return g_string_free_and_steal (g_steal_pointer (&rows));
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (PosaCsv) csv = open_text (table[i].text, strlen (table[i].text), ',');
      g_autoptr (GError) error = NULL;
      g_autofree char *rows = read_all (csv, &error);

      g_assert_cmpstr (rows, ==, table[i].rows);
      if (table[i].fault == NULL)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
          g_assert_nonnull (strstr (error->message, table[i].fault));
        }
    }
}

static void
test_delimiter (void)
{
  static const char text[] = "VIA ROMA;12,5;\"a;b\"\n";
  g_autoptr (PosaCsv) csv = open_text (text, sizeof text - 1, ';');
  g_autofree char *rows = read_all (csv, NULL);

  g_assert_cmpstr (rows, ==, "VIA ROMA|12,5|a;b|/");
}

static void
test_zero_byte (void)
{
  static const char text[] = "a\nb\0c\n";
  g_autoptr (PosaCsv) csv = open_text (text, sizeof text - 1, ',');
  g_autoptr (GError) error = NULL;
  g_autofree char *rows = read_all (csv, &error);

  g_assert_cmpstr (rows, ==, "a|/");
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

/* More than one chunk of the stream; lines are counted through quotes. */
static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < 40000; i++)
    g_string_append_printf (text, "%u,\"x\n\"\r\n", i);
  g_autoptr (PosaCsv) csv = open_text (text->str, text->len, ',');
  g_autoptr (GError) error = NULL;
  for (; posa_csv_next (csv, NULL, &error); n++)
    {
      g_autofree char *number = g_strdup_printf ("%u", n);
      g_assert_cmpstr (posa_csv_get_field (csv, 0), ==, number);
      g_assert_cmpstr (posa_csv_get_field (csv, 1), ==, "x\n");
      g_assert_cmpuint (posa_csv_get_line (csv), ==, 2 * n + 1);
    }
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 40000);
}

static void
expect_refused (const char *text, gsize size, const char *fault)
{
  g_autoptr (PosaCsv) csv = open_text (text, size, ',');
  g_autoptr (GError) error = NULL;
  g_autofree char *rows = read_all (csv, &error);

  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, fault));
  g_assert_cmpstr (rows, ==, "");
}

/* A row has an end, whatever the file says. */
static void
test_limits (void)
{
  g_autofree char *commas = g_strnfill (POSA_CSV_MAX_FIELDS, ',');
  g_autofree char *text = g_strnfill (10 * POSA_CSV_MAX_ROW, 'x');

  expect_refused (commas, strlen (commas), "more than 512 columns");
  expect_refused (text, strlen (text), "longer than 65536 bytes");
  text[0] = '"';
  expect_refused (text, strlen (text), "longer than 65536 bytes");
}

typedef struct
{
  const char *text, *fault;
} HeaderRow;

static void
test_header (void)
{
  static const char *const names[] = { "lat", "pod", NULL };
  static const HeaderRow faults[] = {
    { "", "the file is empty" },
    { "pod,lon\n", "t.csv:1: no column \"lat\"" },
    { "\nlat,pod,lat\n", "t.csv:2: the column \"lat\" is there twice" },
    { "\"lat", "the closing quote is missing" },
  };
  guint columns[2];
  g_autoptr (PosaCsv) csv = open_text ("x,pod,lat\n", 10, ',');
  g_autoptr (GError) error = NULL;

  posa_csv_read_header (csv, names, columns, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (columns[0], ==, 2);
  g_assert_cmpuint (columns[1], ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (PosaCsv) bad = open_text (faults[i].text, strlen (faults[i].text), ',');
      g_autoptr (GError) fault = NULL;

      g_assert_false (posa_csv_read_header (bad, names, columns, NULL, &fault));
      g_assert_error (fault, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (fault->message, faults[i].fault));
    }
}

static void
test_stops (void)
{
  g_autoptr (PosaCsv) csv = open_text ("a\n", 2, ',');
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (posa_csv_next (csv, cancellable, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (posa_csv_open ("no-such-file.csv", ',', &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_FILE_MISSING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/table", test_table);
  g_test_add_func ("/csv/delimiter", test_delimiter);
  g_test_add_func ("/csv/zero-byte", test_zero_byte);
  g_test_add_func ("/csv/long", test_long);
  g_test_add_func ("/csv/limits", test_limits);
  g_test_add_func ("/csv/header", test_header);
  g_test_add_func ("/csv/stops", test_stops);
  return g_test_run ();
}
