/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What a reading holds beside its registers: optional, exact both ways, refused by its place. */

#include "posa-samples.h"

#include "base/posa-error.h"

#define ROUNDS 300

static void
test_round_trip (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  guint with_facts = 0, with_frozen = 0, with_missing = 0, with_none = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaWorkOrder) order = posa_sample_order (random, "W-1");
      g_autoptr (PosaReadingSet) reading = posa_sample_removal (random, order);
      g_autofree char *text = posa_reading_set_to_text (reading, i % 2 == 0);
      g_autoptr (PosaReadingSet) again = posa_reading_set_from_text (text, &error);

      g_assert_no_error (error);
      g_autofree char *text_again = posa_reading_set_to_text (again, i % 2 == 0);
      g_assert_cmpstr (text, ==, text_again);
      g_assert_true ((reading->facts == NULL) == (again->facts == NULL));
      g_assert_true ((reading->frozen == NULL) == (again->frozen == NULL));
      g_assert_cmpuint (reading->missing->len, ==, again->missing->len);
      with_facts += reading->facts != NULL;
      with_frozen += reading->frozen != NULL;
      with_missing += reading->missing->len > 0;
      with_none += reading->facts == NULL && reading->frozen == NULL && reading->missing->len == 0;
    }
  g_assert_true (with_facts > 0 && with_frozen > 0 && with_missing > 0 && with_none > 0);
}

/* A reading with everything in it, whose values are known. */
static PosaReadingSet *
full_reading (GRand *random)
{
  g_autoptr (PosaWorkOrder) order = posa_sample_order (random, "W-1");

  for (;;)
    {
      PosaReadingSet *reading = posa_sample_removal (random, order);

      if (reading->facts != NULL && reading->frozen != NULL && reading->missing->len > 0)
        return reading;
      posa_reading_set_free (reading);
    }
}

static void
test_values (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (PosaReadingSet) reading = full_reading (random);
  g_autofree char *text = posa_reading_set_to_text (reading, FALSE);
  g_autoptr (PosaReadingSet) again = posa_reading_set_from_text (text, NULL);

  g_assert_nonnull (again);
  g_assert_true (
      posa_tariff_table_equal (again->facts->tariff_table, reading->facts->tariff_table));
  g_assert_cmpuint (again->facts->default_tiers[POSA_QUANTITY_ACTIVE_IMPORT], ==,
                    reading->facts->tariff_table->default_tier);
  g_assert_cmpuint (again->facts->limiter->n_steps, ==, 2);
  g_assert_cmpuint (again->facts->limiter->steps[1].above_per_mille, ==, 1330);
  g_assert_cmpuint (again->facts->limiter->steps[1].trip_s, ==, 120);
  g_assert_cmpuint (again->facts->voltage->min_dv, ==, 2214);
  g_assert_cmpint (again->facts->power_w, ==, reading->facts->power_w);
  g_assert_cmpint (again->frozen->reason, ==, reading->frozen->reason);
  g_assert_cmpint (again->frozen->frozen_us, ==, reading->frozen->frozen_us);
  g_assert_cmpuint (again->frozen->registers->len, ==, 5);
  const PosaMissingItem *item = g_ptr_array_index (again->missing, 0);
  g_assert_cmpstr (item->what, ==, "3.8.0");
  g_assert_cmpstr (item->reason, ==, "the meter answers (ER01)");
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *from, *to, *message;
  } rows[] = {
    { "\"above_per_mille\":1330", "\"above_per_mille\":1100", "facts.limiter.steps" },
    { "\"above_per_mille\":1100", "\"above_per_mille\":900", "facts.limiter.steps" },
    { "\"trip_s\":120", "\"trip_s\":10800", "facts.limiter.steps" },
    { "\"trip_s\":120", "\"trip_s\":-1", "facts.limiter.steps[1].trip_s" },
    { "\"within_per_mille\":996", "\"within_per_mille\":1001", "facts.voltage.within_per_mille" },
    { "\"contract_power_w\":3000", "\"contract_power_w\":-3", "facts.contract_power_w" },
    { "\"active_tier\":", "\"active_tier\":7", "facts.active_tier" },
    { "\"reason\":\"the", "\"reason\":3,\"x\":\"the", "missing[0].reason" },
    { "\"frozen\":{\"frozen_at\":", "\"frozen\":{\"frozen_at\":7,\"x\":", "frozen.frozen_at" },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (PosaReadingSet) reading = full_reading (random);
  g_autofree char *text = posa_reading_set_to_text (reading, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) changed = g_string_new (text);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_string_replace (changed, rows[i].from, rows[i].to, 1), ==, 1);
      g_autoptr (PosaReadingSet) other = posa_reading_set_from_text (changed->str, &error);
      if (other != NULL)
        g_error ("row %u is accepted", i);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (!g_str_has_prefix (error->message, rows[i].message))
        g_error ("row %u: %s", i, error->message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meter-facts/round-trip", test_round_trip);
  g_test_add_func ("/meter-facts/values", test_values);
  g_test_add_func ("/meter-facts/refuses", test_refuses);
  return g_test_run ();
}
