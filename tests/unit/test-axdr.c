/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/codec/posa-axdr.h"

#include "base/posa-error.h"
#include "meter/codec/posa-cosem-time.h"

static PosaCosemValue *
decode (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = posa_hex_decode (text, NULL);

  g_assert_nonnull (bytes);
  return posa_axdr_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static char *
encode (const PosaCosemValue *value)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  posa_axdr_write (value, out);
  return posa_hex_encode (out->data, out->len);
}

static void
test_round_trip (void)
{
  static const char *const rows[] = {
    "00",
    "0300",
    "0301",
    "040BFFE0",
    "0480",
    "05FFFFFFFF",
    "0612345678",
    "09064142434445"
    "46",
    "0A03414243",
    "0C00",
    "0D42",
    "0FFE",
    "10FFC4",
    "11FF",
    "1205F5",
    "148000000000000000",
    "150000000000000001",
    "1603",
    "173F800000",
    "183FF0000000000000",
    "1907EA0B15060C000000FFC400",
    "1A07EA0B1506",
    "1B0C000000",
    "1CFF",
    "1DFF38",
    "1EFFFFFF00",
    "1F01",
    "200102",
    "2101020304",
    "FF",
    "0100",
    "02020FFE161E",
    "0102020412000809060000010000FF0F02120000020412000309060101151900FF0F02120000",
    "020412000809060000010000FF0F02120000",
    "010102020"
    "9044E616D6509020102",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *text = rows[i];

      if (g_str_equal (text, "0480")) /* 128 bits announced, none there */
        {
          g_assert_null (decode (text, &error));
          g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
          continue;
        }
      g_autoptr (PosaCosemValue) value = decode (text, &error);
      g_assert_no_error (error);
      g_autofree char *again = encode (value);
      g_assert_cmpstr (again, ==, text);
      g_autoptr (PosaCosemValue) copy = posa_cosem_value_copy (value);
      g_assert_true (posa_cosem_value_equal (copy, value));
    }
}

/* An array that was cut gives its whole elements. */
static void
test_partial (void)
{
  static const struct
  {
    const char *text;
    int n;
  } rows[] = {
    { "0103020211011202030202110212020302021103120204", 3 },
    { "01030202110112020302021102120203020211031202", 2 },
    { "010302021101120203", 1 },
    { "0103020211011202", 0 },
    { "0203110111021103", 0 },
    { "0184FFFFFFFF1101", 1 },
    { "01", 0 },
    { "", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = posa_hex_decode (rows[i].text, NULL);
      g_autoptr (PosaCosemValue) value =
          posa_axdr_decode_partial (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

      g_assert_cmpint (posa_cosem_value_get_n_items (value), ==, rows[i].n);
    }
}

static void
test_integers (void)
{
  static const struct
  {
    const char *text;
    gint64 value;
  } rows[] = {
    { "0FFE", -2 },
    { "11FE", 254 },
    { "10FFC4", -60 },
    { "12FFC4", 65476 },
    { "05FFFFFFFF", -1 },
    { "06FFFFFFFF", 4294967295 },
    { "148000000000000000", G_MININT64 },
    { "157FFFFFFFFFFFFFFF", G_MAXINT64 },
    { "1605", 5 },
  };
  gint64 got = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PosaCosemValue) value = decode (rows[i].text, NULL);

      g_assert_true (posa_cosem_value_get_integer (value, &got));
      g_assert_cmpint (got, ==, rows[i].value);
    }
  g_autoptr (PosaCosemValue) huge = decode ("15FFFFFFFFFFFFFFFF", NULL);
  g_assert_false (posa_cosem_value_get_integer (huge, &got));
  g_assert_false (posa_cosem_value_get_integer (NULL, &got));
}

static void
test_lengths (void)
{
  static const gsize lengths[] = { 0, 1, 127, 128, 255, 256, 65535, 65536 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      PosaReader reader;

      posa_axdr_put_length (out, lengths[i]);
      posa_reader_init (&reader, out->data, out->len);
      g_assert_cmpuint (posa_axdr_read_length (&reader), ==, lengths[i]);
      g_assert_false (reader.failed);
      g_assert_cmpuint (posa_reader_remaining (&reader), ==, 0);
    }
}

static void
test_compact_array (void)
{
  /* structure { u16, octet string } twice */
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaCosemValue) value = decode ("1302021209"
                                             "0A"
                                             "0001024142"
                                             "0002024344",
                                             &error);
  g_assert_no_error (error);
  g_autofree char *plain = encode (value);
  g_assert_cmpstr (plain, ==,
                   "0102"
                   "0202120001"
                   "09024142"
                   "0202120002"
                   "09024344");

  /* array of two u8, three times */
  g_autoptr (PosaCosemValue) nested = decode ("1301000211"
                                              "06"
                                              "010203040506",
                                              &error);
  g_assert_no_error (error);
  g_autofree char *flat = encode (nested);
  g_assert_cmpstr (flat, ==,
                   "0103"
                   "010211011102"
                   "010211031104"
                   "010211051106");

  /* nulls take no room: such an array would never end */
  g_assert_null (decode ("13000155", NULL));
  g_assert_null (decode ("130301", NULL));
}

static void
test_hostile (void)
{
  g_autoptr (GByteArray) deep = g_byte_array_new ();
  g_autoptr (GByteArray) wide = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 200; i++)
    posa_put_u16_be (deep, 0x0101);
  posa_put_u8 (deep, 0);
  g_assert_null (posa_axdr_decode (deep->data, deep->len, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_clear_error (&error);

  posa_put_u8 (wide, 1);
  posa_axdr_put_length (wide, 60000);
  for (int i = 0; i < 60000; i++)
    posa_put_u8 (wide, 0);
  g_assert_null (posa_axdr_decode (wide->data, wide->len, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);

  g_assert_null (decode ("09847FFFFFFF41", NULL));
  g_assert_null (decode ("0184FFFFFFFF00", NULL));
  g_assert_null (decode ("0980", NULL));
  g_assert_null (decode ("0985", NULL));
  g_assert_null (decode ("0B00", NULL));
  g_assert_null (decode ("", NULL));
}

/* One C stack's server appends copies of the time: the value before them counts. */
static void
test_trailing (void)
{
  g_autoptr (PosaCosemValue)
      value = decode ("090C07EA0B1506132B0C00000000090F090C07EA0B1506132B0C00000000090F", NULL);
  PosaCosemTime time;

  g_assert_true (posa_cosem_time_from_value (value, &time));
  g_assert_cmpint (time.hour, ==, 19);
}

static void
test_time (void)
{
  static const struct
  {
    const char *text;
    const char *utc; /* NULL: no point in time */
  } rows[] = {
    { "090C07EA0B15060C000000FFC400", "2026-11-21T11:00:00Z" },
    { "090C07EA0715020C000000FF8880", "2026-07-21T10:00:00Z" },
    { "1907EA0B15060C00000000"
      "0000",
      "2026-11-21T12:00:00Z" },
    { "090C07EA0B15060C000000800000", "2026-11-21T11:00:00Z" }, /* Italy's time */
    { "090C07EA0715020C0000FF8000FF", "2026-07-21T10:00:00Z" },
    { "090CFFFF03FE0702000000800000", NULL },
    { "090C07EA0D15060C000000FFC400", NULL },
    { "090C07EA0B15060C003C00FFC400", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PosaCosemValue) value = decode (rows[i].text, NULL);
      PosaCosemTime time;
      gint64 us = 0;

      g_assert_true (posa_cosem_time_from_value (value, &time));
      g_assert_cmpint (posa_cosem_time_to_utc (&time, &us), ==, rows[i].utc != NULL);
      if (rows[i].utc == NULL)
        continue;
      g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (rows[i].utc, NULL);
      g_assert_cmpint (us, ==, g_date_time_to_unix_usec (date));
    }
}

/* Italy's time around both changes of 2026: there and back, one hour per hour. */
static void
test_time_changes (void)
{
  static const char *const changes[] = { "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z" };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GDateTime) change = g_date_time_new_from_iso8601 (changes[i], NULL);

      for (int minute = -120; minute <= 120; minute += 5)
        {
          gint64 us = g_date_time_to_unix_usec (change) + (gint64) minute * 60 * G_USEC_PER_SEC;
          PosaCosemTime time = posa_cosem_time_from_utc_italy (us);
          gboolean summer = (i == 0) == (minute >= 0);
          gint64 back = 0;

          g_assert_cmpint (time.deviation, ==, summer ? -120 : -60);
          g_assert_cmpint (time.status, ==, summer ? 0x80 : 0);
          g_assert_true (posa_cosem_time_to_utc (&time, &back));
          g_assert_cmpint (back, ==, us);
        }
    }
  PosaCosemTime noon =
      posa_cosem_time_from_utc_italy (G_GINT64_CONSTANT (1795258800) * G_USEC_PER_SEC);
  g_autoptr (PosaCosemValue) value = posa_cosem_time_to_value (&noon);
  g_autofree char *text = encode (value);
  g_assert_cmpstr (text, ==, "090C07EA0B15060C000000FFC400");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axdr/round-trip", test_round_trip);
  g_test_add_func ("/axdr/partial", test_partial);
  g_test_add_func ("/axdr/integers", test_integers);
  g_test_add_func ("/axdr/lengths", test_lengths);
  g_test_add_func ("/axdr/compact-array", test_compact_array);
  g_test_add_func ("/axdr/hostile", test_hostile);
  g_test_add_func ("/axdr/trailing", test_trailing);
  g_test_add_func ("/axdr/time", test_time);
  g_test_add_func ("/axdr/time-changes", test_time_changes);
  return g_test_run ();
}
