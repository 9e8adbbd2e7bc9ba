/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Documents: what is written reads back as the same, and what is wrong is refused by its place. */

#include "posa-samples.h"

#include "base/posa-error.h"

#define ROUNDS 300

static void
test_report_round_trip (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaReplacementReport) report = posa_sample_report (random);
      g_autofree char *text = posa_replacement_report_to_text (report);
      g_autoptr (PosaReplacementReport)
          again = posa_replacement_report_from_text (text, -1, &error);

      g_assert_no_error (error);
      g_autofree char *text_again = posa_replacement_report_to_text (again);
      g_assert_cmpstr (text, ==, text_again);
      /* Not only the text: the facts. */
      g_assert_cmpint (report->cut_us, ==, again->cut_us);
      g_assert_cmpint (report->removal->taken_us, ==, again->removal->taken_us);
      g_assert_cmpstr (report->order->street, ==, again->order->street);
      g_assert_cmpfloat (report->order->lon, ==, again->order->lon);
      /* No word of PDF syntax can be made of it. */
      g_assert_null (strstr (text, "/ByteRange"));
      for (const char *slash = strchr (text, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
        g_assert_true (slash[-1] == '\\');
    }
}

/* Every prefix, and every text with one character changed, is either refused or is read as a report
 * that says just that: it is written again as the same text, so far as it differs at all. */
static void
test_report_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (PosaReplacementReport) report = posa_sample_report (random);
  g_autofree char *text = posa_replacement_report_to_text (report);
  gssize length = (gssize) strlen (text);

  for (gssize i = 0; i < length; i += 5)
    g_assert_null (posa_replacement_report_from_text (text, i, NULL));
  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *changed = g_strdup (text);

      changed[g_rand_int_range (random, 0, (gint32) length)] =
          (char) g_rand_int_range (random, 1, 256);
      g_autoptr (PosaReplacementReport)
          other = posa_replacement_report_from_text (changed, length, &error);
      if (other == NULL)
        g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

static char *
replace (const char *text, const char *from, const char *to)
{
  g_autoptr (GString) out = g_string_new (text);

  g_assert_cmpuint (g_string_replace (out, from, to, 1), ==, 1);
  return g_string_free_and_steal (g_steal_pointer (&out));
}

static void
test_report_refuses (void)
{
  static const struct
  {
    const char *from, *to, *message;
  } rows[] = {
    { "\"version\": 1", "\"version\": 2", "version: this program reads version 1 only" },
    { "\"posa-replacement-report\"", "\"other\"", "format: not posa-replacement-report" },
    { "\"outcome\": 100", "\"outcome\": 101", "outcome: no such outcome" },
    { "\"dark_s\": ", "\"dark_s\": 1", "dark_s: differs from cut and restored" },
    { "\"id\": \"0", "\"id\": \"x", "id: not a UUID" },
    { "\"activation\": {", "\"activation\": null, \"x\": {", "activation: missing" },
    { "\"kind\": \"removal\"", "\"kind\": \"other\"", "removal.kind: unknown value \"other\"" },
    { "\"tier\": 1", "\"tier\": 7", "order.tariff_table.days[" },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (PosaReplacementReport) report = posa_sample_report (random);
  g_autofree char *text = posa_replacement_report_to_text (report);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *changed = replace (text, rows[i].from, rows[i].to);

      g_assert_null (posa_replacement_report_from_text (changed, -1, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (!g_str_has_prefix (error->message, rows[i].message))
        g_error ("%s, not %s", error->message, rows[i].message);
    }
}

static void
test_order_round_trip (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaWorkOrder) order = posa_sample_order (random, "W-000001");
      g_autoptr (PosaWorkOrder) copy = posa_work_order_copy (order);
      g_autofree char *text = posa_work_order_to_text (copy);
      g_autoptr (PosaWorkOrder) again = posa_work_order_from_text (text, &error);

      g_assert_no_error (error);
      g_autofree char *text_again = posa_work_order_to_text (again);
      g_assert_cmpstr (text, ==, text_again);
      g_assert_true (posa_tariff_table_equal (order->tariff_table, again->tariff_table));
      g_assert_cmpint (order->patron_days != NULL, ==, strstr (text, "patron_days") != NULL);
      g_assert_cmpint (order->patron_days != NULL, ==, again->patron_days != NULL);
      if (order->patron_days != NULL)
        g_assert_cmpmem (order->patron_days->data, order->patron_days->len * sizeof (PosaHoliday),
                         again->patron_days->data, again->patron_days->len * sizeof (PosaHoliday));
      g_assert_cmpint (order->window_start_us, ==, again->window_start_us);
      g_assert_cmpint (order->notice_posted_us, ==, again->notice_posted_us);
    }
}

static void
test_order_refuses (void)
{
  static const struct
  {
    const char *from, *to, *message;
  } rows[] = {
    { "\"id\":\"W-000001\"", "\"id\":\"..\\/etc\"", "id: letters, digits, - _ . only" },
    { "\"id\":\"W-000001\"", "\"id\":\"\"", "id: needs 1 to 40 bytes" },
    { "\"revision\":", "\"revision\":-", "revision: outside" },
    { "\"pod\":\"IT001E", "\"pod\":\"it001E", "pod: not in its 14-character form" },
    { "\"pod\":\"IT001E", "\"pod\":\"XX001E", "pod: \"XX001E" },
    { "\"customer_number\":\"", "\"customer_number\":\"0", "customer_number: needs nine digits" },
    { "\"lat\":", "\"lat\":9", "lat: not in degrees" },
    { "\"contract_power_w\":3000", "\"contract_power_w\":0", "contract_power_w: outside" },
    { "\"contract_power_w\":3000", "\"contract_power_w\":3e3",
      "contract_power_w: expected an integer" },
    { "\"default_tier\":", "\"default_tier\":1", "tariff_table.default_tier: outside 1 to 4" },
    { "\"from\":\"00:00\"", "\"from\":\"00:01\"", "tariff_table: tariff table" },
    { "\"from\":\"00:00\"", "\"from\":\"0:00\"", "tariff_table.days[0][0].from: expected" },
    { "\"last_billing\":", "\"patron_days\":[\"02-30\"],\"last_billing\":",
      "patron_days[0]: expected a day" },
    { "\"unit\":\"Wh\"", "\"unit\":\"kWh\"", "last_billing[0]: unit is not Wh" },
    { "\"tier\":2,\"value\"", "\"tier\":1,\"value\"", "last_billing[1]: given twice" },
    { "\"window_end\":\"2026-1", "\"window_end\":\"2025-1", "window_end: earlier" },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (PosaWorkOrder) order = posa_sample_order (random, "W-000001");
  g_autofree char *text = posa_work_order_to_text (order);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *changed = replace (text, rows[i].from, rows[i].to);

      g_assert_null (posa_work_order_from_text (changed, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (!g_str_has_prefix (error->message, rows[i].message))
        g_error ("%s, not %s", error->message, rows[i].message);
    }
}

/* Against an independent way of saying the same: a mark at every minute. */
static void
test_tariff_minutes (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (PosaTariffTable) table = posa_sample_tariff_table (random);

      g_assert_true (posa_tariff_table_check (table, NULL));
      for (guint day = 0; day < POSA_TARIFF_DAY_TYPES; day++)
        {
          guint8 marks[1440] = { 0 };

          for (guint k = 0; k < table->n_intervals[day]; k++)
            memset (marks + table->intervals[day][k].start_minute, table->intervals[day][k].tier,
                    sizeof marks - table->intervals[day][k].start_minute);
          for (guint minute = 0; minute < 1440; minute++)
            g_assert_cmpuint (posa_tariff_table_get_tier (table, day, minute), ==, marks[minute]);
        }
    }
}

static void
test_tariff_check (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);

  for (guint i = 0; i < 7; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaTariffTable) table = posa_tariff_table_new ("F123");

      g_assert_true (posa_tariff_table_check (table, NULL));
      table->n_intervals[3] = 2;
      table->intervals[3][1] = (PosaTariffInterval) { 480, 2 };
      g_assert_true (posa_tariff_table_check (table, NULL));
      if (i == 0)
        table->intervals[3][0].start_minute = 1;
      else if (i == 1)
        table->intervals[3][1].start_minute = 0;
      else if (i == 2)
        table->intervals[3][1].start_minute = 1440;
      else if (i == 3)
        table->intervals[3][1].tier = 5;
      else if (i == 4)
        table->n_intervals[6] = 0;
      else if (i == 5)
        table->default_tier = 0;
      else
        g_set_str (&table->id, "NINECHARS");
      g_assert_false (posa_tariff_table_check (table, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/round-trip", test_report_round_trip);
  g_test_add_func ("/report/mutations", test_report_mutations);
  g_test_add_func ("/report/refuses", test_report_refuses);
  g_test_add_func ("/order/round-trip", test_order_round_trip);
  g_test_add_func ("/order/refuses", test_order_refuses);
  g_test_add_func ("/tariff/minutes", test_tariff_minutes);
  g_test_add_func ("/tariff/check", test_tariff_check);
  return g_test_run ();
}
