/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Plain values and the JSON reader and writer. */

#include "base/posa-error.h"
#include "domain/posa-json.h"
#include "domain/posa-meter-kind.h"
#include "domain/posa-obis.h"
#include "domain/posa-outcome.h"
#include "domain/posa-pod.h"
#include "domain/posa-uuid.h"

static void
test_pod (void)
{
  static const struct
  {
    const char *text, *pod, *control;
  } rows[] = {
    { "IT001E12345678", "IT001E12345678", NULL },
    { " it001e 1234-5678 ", "IT001E12345678", NULL },
    { "IT.001.E.123456789", "IT001E12345678", "9" },
    { "IT003E0000000A", "IT003E0000000A", NULL },
    { "", NULL, NULL },
    { "IT001E1234567", NULL, NULL },
    { "IT001E1234567890", NULL, NULL },
    { "FR001E12345678", NULL, NULL },
    { "IT0O1E12345678", NULL, NULL },
    { "IT001F12345678", NULL, NULL },
    { "IT001E1234567\303\240", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *control = NULL;
      g_autofree char *pod = posa_pod_parse (rows[i].text, &control, &error);

      g_assert_cmpstr (pod, ==, rows[i].pod);
      g_assert_cmpstr (control, ==, rows[i].control);
      if (rows[i].pod == NULL)
        g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

static void
test_pod_customer_number (void)
{
  g_assert_true (posa_pod_matches_customer_number ("IT001E12345678", "123456789"));
  g_assert_false (posa_pod_matches_customer_number ("IT001E12345678", "123456699"));
  g_assert_false (posa_pod_matches_customer_number ("IT001E12345678", "12345678"));
  g_assert_false (posa_pod_matches_customer_number ("IT001E12345678", "12345678x"));
  g_assert_false (posa_pod_matches_customer_number ("IT001E", "123456789"));
  g_assert_false (posa_pod_matches_customer_number (NULL, "123456789"));
  g_assert_false (posa_pod_matches_customer_number ("IT001E12345678", NULL));
}

static void
test_obis (void)
{
  static const struct
  {
    const char *text, *canonical;
  } rows[] = {
    { "1.8.0", "1-0:1.8.0" },
    { "1-0:1.8.0", "1-0:1.8.0" },
    { "1-0:1.8.0*255", "1-0:1.8.0" },
    { "1.0.1.8.0.255", "1-0:1.8.0" },
    { "1-1:2.8.4*3", "1-1:2.8.4*3" },
    { "15.8.0*1", "1-0:15.8.0*1" },
    { "0-0:96.1.0", "0-0:96.1.0" },
    { "C.1.0", "1-0:96.1.0" },
    { "F.F.0", "1-0:97.97.0" },
    { "255.255.255", "1-0:255.255.255" },
    { "", NULL },
    { "1.8", NULL },
    { "1.8.", NULL },
    { "1.8.0.0", NULL },
    { "256.8.0", NULL },
    { "1.8.0 ", NULL },
    { "1-0-1.8.0", NULL },
    { "1.0.1.8.0.255.1", NULL },
    { "1-0:1.8.0*", NULL },
    { "0001.8.0", NULL },
    { "X.8.0", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PosaObis obis, again;
      gboolean ok = posa_obis_parse (rows[i].text, &obis);

      g_assert_cmpint (ok, ==, rows[i].canonical != NULL);
      if (!ok)
        continue;
      g_autofree char *text = posa_obis_format (obis);
      g_assert_cmpstr (text, ==, rows[i].canonical);
      g_assert_true (posa_obis_parse (text, &again));
      g_assert_true (posa_obis_equal (obis, again));
    }
  g_assert_false (posa_obis_parse (NULL, &(PosaObis) { 0 }));
}

static void
test_meter_kind (void)
{
  /* domain.md F-1. */
  static const guint counts[] = { 9, 14, 14, 19 };

  for (PosaMeterKind kind = 0; kind < POSA_N_METER_KINDS; kind++)
    {
      PosaMeterKind again = POSA_N_METER_KINDS;
      PosaMeterKind next = posa_meter_kind_get_successor (kind);

      g_assert_true (posa_meter_kind_from_string (posa_meter_kind_to_string (kind), &again));
      g_assert_cmpint (again, ==, kind);
      g_assert_false (posa_meter_kind_is_first_generation (next));
      if (kind < G_N_ELEMENTS (counts))
        g_assert_cmpuint (posa_meter_kind_get_n_registers (kind), ==, counts[kind]);
    }
  g_assert_false (posa_meter_kind_from_string ("m9", &(PosaMeterKind) { 0 }));
}

static void
test_outcome (void)
{
  const PosaOutcome *codes = posa_outcome_list ();
  guint n = 0;

  for (; codes[n] != 0; n++)
    {
      g_assert_true (posa_outcome_is_valid (codes[n]));
      g_assert_nonnull (posa_outcome_get_label (codes[n]));
      if (n > 0)
        g_assert_cmpint (codes[n], >, codes[n - 1]);
    }
  g_assert_cmpuint (n, ==, 20);
  g_assert_false (posa_outcome_is_valid (0));
  g_assert_false (posa_outcome_is_valid (101));
  g_assert_null (posa_outcome_get_label (POSA_OUTCOME_NONE));
}

static void
test_uuid (void)
{
  g_autoptr (PosaClock) clock = posa_clock_new_fake (1794992400123456);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *last = NULL;

  for (guint i = 0; i < 1000; i++)
    {
      char *uuid = posa_uuid_new (clock);

      g_assert_true (posa_uuid_is_valid (uuid));
      g_assert_true (uuid[14] == '7');
      g_assert_nonnull (strchr ("89ab", uuid[19]));
      /* The first 48 bits are the milliseconds since 1970. */
      g_autofree char *time = g_strdup_printf ("%.8s%.4s", uuid, uuid + 9);
      g_assert_cmpint (g_ascii_strtoll (time, NULL, 16), ==, posa_clock_get_wall (clock) / 1000);
      g_assert_cmpint (g_strcmp0 (last, uuid), <, 0);
      g_set_str (&last, uuid);
      g_assert_true (g_hash_table_add (seen, uuid));
      posa_clock_advance (clock, 1000);
    }
  g_assert_false (posa_uuid_is_valid ("x"));
  g_assert_false (posa_uuid_is_valid (NULL));
}

static void
test_json_refuses (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "{",
    "[1,]",
    "{\"a\":1,}",
    "{a:1}",
    "['a']",
    "[1] 2",
    "[1]x",
    "[1],",
    "[1]]",
    "// c\n[1]",
    "[1]//c",
    "[1.]",
    "[01]",
    "[nan]",
    "[- 5]",
    "[0x10]",
    "[tRue]",
    "[1 2]",
    "[\"\\x\"]",
    "[\"\\ud800\"]",
    "[\"a\tb\"]",
    "[\"a\\u0000b\"]",
    "[9223372036854775808]",
    "{\"a\":1,\"a\":2}",
    "{\"b\":{\"a\":1,\"a\":2}}",
    "[\"\303\"]",
    "\357\273\277[1]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaJsonDocument) document = posa_json_parse (texts[i], -1, &error);

      if (document != NULL)
        g_error ("accepted: %s", texts[i]);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
  g_autoptr (GError) error = NULL;
  g_assert_null (posa_json_parse ("[1\0]", 4, &error));
}

static void
test_json_depth (void)
{
  for (guint depth = 30; depth <= 34; depth++)
    {
      g_autofree char *open = g_strnfill (depth, '[');
      g_autofree char *close = g_strnfill (depth, ']');
      g_autofree char *text = g_strconcat (open, close, NULL);
      g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, NULL);

      g_assert_cmpint (document != NULL, ==, depth <= 32);
    }
}

/* What each getter says to a value of another type. */
static void
test_json_faults (void)
{
  static const struct
  {
    const char *text, *message;
  } rows[] = {
    { "{\"list\":[{\"n\":1},{\"n\":\"2\"}]}", "list[1].n: expected an integer" },
    { "{\"list\":[{\"n\":1},{\"n\":1.0}]}", "list[1].n: expected an integer" },
    { "{\"list\":[{\"n\":1},{}]}", "list[1].n: missing" },
    { "{\"list\":[{\"n\":1},7]}", "list[1]: expected an object" },
    { "{\"list\":{}}", "list: expected an array" },
    { "{}", "list: missing" },
    { "[]", "expected an object" },
    { "3", "expected an object" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaJsonDocument) document = posa_json_parse (rows[i].text, -1, &error);
      PosaJsonCursor list = posa_json_array (posa_json_root (document), "list");

      for (guint k = 0; k < MAX (posa_json_length (list), 2); k++)
        posa_json_int (posa_json_at (list, k), "n");
      g_assert_false (posa_json_check (document, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_json_getters (void)
{
  const char *text = "{\"s\":\"\\/x\",\"n\":null,\"i\":-5,\"d\":12.5,\"b\":true,"
                     "\"t\":\"2026-11-21T10:15:30.250+01:00\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, &error);
  PosaJsonCursor root = posa_json_root (document);
  g_autofree char *none = posa_json_dup_string_or_null (root, "n");
  g_autofree char *absent = posa_json_dup_string_or_null (root, "x");

  g_assert_no_error (error);
  g_assert_cmpstr (posa_json_string (root, "s"), ==, "/x");
  g_assert_null (none);
  g_assert_null (absent);
  g_assert_false (posa_json_has (root, "n"));
  g_assert_cmpint (posa_json_int (root, "i"), ==, -5);
  g_assert_cmpint (posa_json_int_or (root, "x", 7), ==, 7);
  g_assert_cmpfloat (posa_json_double (root, "d"), ==, 12.5);
  g_assert_cmpfloat (posa_json_double (root, "i"), ==, -5);
  g_assert_true (posa_json_bool (root, "b"));
  g_assert_cmpint (posa_json_time (root, "t"), ==, 1795252530250000);
  g_assert_cmpint (posa_json_time_or_0 (root, "n"), ==, 0);
  g_assert_true (posa_json_check (document, &error));
  /* A time without an offset is none. */
  posa_json_time (root, "s");
  g_assert_false (posa_json_check (document, NULL));
}

static JsonNode *
build_sample (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  posa_json_add_string (builder, "z", "a/b \"q\" \\ \n \001 \303\240");
  posa_json_add_string (builder, "a", NULL);
  posa_json_add_int (builder, "i", G_MININT64);
  posa_json_add_bool (builder, "b", FALSE);
  posa_json_add_double (builder, "d", 13.1561);
  posa_json_add_time (builder, "t", 1795252530250000);
  json_builder_set_member_name (builder, "e");
  json_builder_begin_array (builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
test_json_text (void)
{
  g_autoptr (JsonNode) root = build_sample ();
  g_autofree char *text = posa_json_to_text (root, FALSE);
  g_autofree char *pretty = posa_json_to_text (root, TRUE);

  g_assert_cmpstr (text, ==,
                   "{\"z\":\"a\\/b \\\"q\\\" \\\\ \\n \\u0001 \303\240\",\"a\":null,"
                   "\"i\":-9223372036854775808,\"b\":false,\"d\":13.1561,"
                   "\"t\":\"2026-11-21T10:15:30.250+01:00\",\"e\":[]}");
  g_assert_true (strstr (pretty, "{\n  \"z\": \"a") == pretty);
  g_assert_nonnull (strstr (pretty, "\n  \"e\": []\n}"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/pod", test_pod);
  g_test_add_func ("/domain/pod/customer-number", test_pod_customer_number);
  g_test_add_func ("/domain/obis", test_obis);
  g_test_add_func ("/domain/meter-kind", test_meter_kind);
  g_test_add_func ("/domain/outcome", test_outcome);
  g_test_add_func ("/domain/uuid", test_uuid);
  g_test_add_func ("/domain/json/refuses", test_json_refuses);
  g_test_add_func ("/domain/json/depth", test_json_depth);
  g_test_add_func ("/domain/json/faults", test_json_faults);
  g_test_add_func ("/domain/json/getters", test_json_getters);
  g_test_add_func ("/domain/json/text", test_json_text);
  return g_test_run ();
}
