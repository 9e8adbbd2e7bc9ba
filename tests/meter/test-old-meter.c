/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* What the kinds of 1G meters hold (delibera 292/06, domain.md F-1), against the memory of the
 * simulated ones. */

#include "base/posa-error.h"
#include "meter/driver/posa-iec-facts.h"
#include "meter/driver/posa-iec-profile-parser.h"
#include "meter/driver/posa-iec-registers.h"
#include "meter/driver/posa-iec-session.h"
#include "meter/posa-meter.h"
#include "posa-test-sim.h"

#include <string.h>

#define HOUR_US      ((gint64) 3600 * G_USEC_PER_SEC)
#define PROFILE_ROWS 864 /* 36 days */

static const struct
{
  const char *kind;
  guint n_registers, n_channels;
} kinds[] = { { "m1", 9, 1 }, { "m1b", 14, 2 }, { "m3", 14, 2 }, { "m3b", 19, 3 } };

static PosaMeter *
open_meter (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), error);

  return port != NULL ? posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, error)
                      : NULL;
}

static PosaReadingSet *
read_meter (PosaTestSim *sim, GError **error)
{
  g_autoptr (PosaMeter) meter = open_meter (sim, error);

  return meter != NULL ? posa_meter_read (meter, POSA_READING_REMOVAL, NULL, error) : NULL;
}

/* What the meter has in its memory. */
typedef struct
{
  GPtrArray *current;
  PosaFrozenRegisters *frozen;
  PosaMeterFacts *facts;
  PosaLoadProfile *profile;
} Memory;

static Memory
look_into (PosaTestSim *sim)
{
  g_autofree char *text = posa_test_sim_dump (sim);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaJsonDocument) document = posa_json_parse (text, -1, &error);
  PosaJsonCursor root = posa_json_root (document);

  g_assert_no_error (error);
  Memory memory = {
    .current = posa_registers_from_json (posa_json_array (root, "current")),
    .frozen = posa_frozen_registers_from_json (posa_json_object (root, "frozen")),
    .facts = posa_meter_facts_from_json (posa_json_object (root, "facts")),
    .profile = posa_load_profile_from_json (posa_json_object (root, "load_profile")),
  };
  posa_json_check (document, &error);
  g_assert_no_error (error);
  return memory;
}

static void
memory_clear (Memory *memory)
{
  g_ptr_array_unref (memory->current);
  posa_frozen_registers_free (memory->frozen);
  posa_meter_facts_free (memory->facts);
  posa_load_profile_free (memory->profile);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Memory, memory_clear)

static void
assert_same_registers (GPtrArray *got, GPtrArray *wanted)
{
  g_assert_cmpuint (got->len, ==, wanted->len);
  for (guint i = 0; i < wanted->len; i++)
    {
      const PosaRegister *want = g_ptr_array_index (wanted, i);
      const PosaRegister *reg = posa_registers_find (got, want->quantity, want->tier);

      g_assert_nonnull (reg);
      g_assert_cmpint (reg->value, ==, want->value);
      g_assert_cmpint (reg->captured_us, ==, want->captured_us);
      g_assert_cmpint (reg->resolution, ==, 1);
    }
}

static char *
facts_text (const PosaMeterFacts *facts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  posa_meter_facts_to_json (facts, builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, TRUE);
}

static char *
profile_text (const PosaLoadProfile *profile)
{
  return posa_load_profile_to_text (profile, TRUE);
}

static void
test_complete (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (PosaTestSim) sim =
          posa_test_sim_start ("1g", "--kind", kinds[i].kind, "--no-pace", "--seed", "7", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);
      g_assert_no_error (error);
      g_auto (Memory) memory = look_into (sim);

      g_assert_cmpuint (reading->registers->len, ==, kinds[i].n_registers);
      assert_same_registers (reading->registers, memory.current);
      g_assert_cmpuint (reading->frozen->registers->len, ==, kinds[i].n_registers);
      assert_same_registers (reading->frozen->registers, memory.frozen->registers);
      g_assert_cmpint (reading->frozen->frozen_us, ==, memory.frozen->frozen_us);
      g_assert_cmpint (reading->frozen->reason, ==, POSA_FREEZE_BILLING);
      g_autofree char *facts = facts_text (reading->facts);
      g_autofree char *wanted = facts_text (memory.facts);
      g_assert_cmpstr (facts, ==, wanted);
      g_assert_cmpuint (reading->missing->len, ==, 0);
      g_assert_cmpuint (reading->line.round_trips, ==, 2);
    }
}

/* The meter's own account: bands add up to the total, and what the hours since the freeze have
 * counted is the difference of the registers. */
static void
test_accounts (void)
{
  static const PosaQuantity quantities[] = { POSA_QUANTITY_ACTIVE_IMPORT,
                                             POSA_QUANTITY_REACTIVE_IMPORT,
                                             POSA_QUANTITY_ACTIVE_EXPORT };
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m3b", "--no-pace", NULL);
  g_auto (Memory) memory = look_into (sim);

  for (guint q = 0; q < G_N_ELEMENTS (quantities); q++)
    {
      gint64 sum = 0, hours = 0;
      for (guint tier = 1; tier <= 4; tier++)
        sum += posa_registers_find (memory.current, quantities[q], tier)->value;
      gint64 total = posa_registers_find (memory.current, quantities[q], 0)->value;
      gint64 frozen = posa_registers_find (memory.frozen->registers, quantities[q], 0)->value;
      g_assert_cmpint (sum, ==, total);
      g_assert_cmpint (memory.profile->channels[q].quantity, ==, quantities[q]);
      for (guint i = 0; i < memory.profile->intervals->len; i++)
        {
          const PosaLoadInterval *hour =
              &g_array_index (memory.profile->intervals, PosaLoadInterval, i);
          hours += hour->end_us > memory.frozen->frozen_us ? hour->values[q] : 0;
        }
      g_assert_cmpint (total - frozen, ==, hours);
    }
}

/* The readout of a meter, and the profile that fits. */
typedef struct
{
  GPtrArray *profiles;
  const PosaProfile *profile;
  GPtrArray *sets;
  char *freeze_count;
} Readout;

static Readout
read_out (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m3b", "--no-pace", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaIecSession) session = posa_iec_session_new (port);
  Readout readout = { .profiles = posa_profile_load_all (&error) };

  g_assert_no_error (error);
  readout.profile = posa_profile_match (readout.profiles, POSA_DRIVER_IEC, "PSA", "M3B");
  g_assert_true (posa_iec_session_sign_on (session, 3, NULL, &error));
  readout.sets = posa_iec_session_read_out (session, 0, NULL, &error);
  g_assert_no_error (error);
  readout.freeze_count = posa_iec_dup_text (readout.sets, "0.1.0");
  return readout;
}

static void
readout_clear (Readout *readout)
{
  g_ptr_array_unref (readout->profiles);
  g_ptr_array_unref (readout->sets);
  g_free (readout->freeze_count);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Readout, readout_clear)

/* What the driver makes of @sets, clock and identity apart. */
static gboolean
take (const Readout *readout, GPtrArray *sets, GError **error)
{
  g_autoptr (PosaReadingSet) reading = posa_reading_set_new ();

  return posa_iec_take_registers (readout->profile, sets, FALSE, reading, error) &&
         posa_iec_take_frozen (readout->profile, sets, reading, error) &&
         posa_iec_take_facts (readout->profile, sets, reading, error);
}

/* All but those of @code. */
static GPtrArray *
sets_without (GPtrArray *sets, const char *code)
{
  GPtrArray *rest = g_ptr_array_new ();

  for (guint i = 0; i < sets->len; i++)
    if (strcmp (((PosaIecDataSet *) g_ptr_array_index (sets, i))->address, code) != 0)
      g_ptr_array_add (rest, g_ptr_array_index (sets, i));
  g_assert_cmpuint (rest->len, <, sets->len);
  return rest;
}

/* Each thing that the profile names is asked for by name when it is not there, every register and
 * every frozen one included. */
static void
test_missing (void)
{
  static const char *const codes[] = {
    "0.1.0",  "C.86.0", "0.2.2",  "C.13.1", "C.13.7", "C.14.0", "C.15.1",
    "C.15.2", "C.15.3", "C.17.0", "C.17.1", "C.17.2", "C.17.3", "C.17.4",
    "C.32.0", "12.3.0", "12.6.0", "C.32.1", "1.7.0",
  };
  g_auto (Readout) readout = read_out ();
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  g_assert_true (take (&readout, readout.sets, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_ptr_array_add (all, g_strdup (codes[i]));
  for (guint i = 0; i < readout.profile->registers->len; i++)
    {
      const PosaProfileRegister *reg = g_ptr_array_index (readout.profile->registers, i);
      g_ptr_array_add (all, g_strdup (reg->code));
      g_ptr_array_add (all, g_strdup_printf ("%s*%s", reg->code, readout.freeze_count));
    }
  g_ptr_array_add (all, g_strdup_printf ("0.1.2*%s", readout.freeze_count));
  for (guint i = 0; i < all->len; i++)
    {
      const char *code = g_ptr_array_index (all, i);
      g_autoptr (GPtrArray) rest = sets_without (readout.sets, code);
      g_autoptr (GError) error = NULL;

      g_assert_false (take (&readout, rest, &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (strstr (error->message, code) == NULL)
        g_error ("%s: %s", code, error->message);
    }
}

/* … through all layers. */
static void
test_missing_item (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "omit=C.17.1", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (read_meter (sim, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "limiter's table C.17.1"));
}

/* A value that cannot be is refused by its code, never taken for another. */
static void
test_bad_values (void)
{
  static const struct
  {
    const char *code, *value;
  } rows[] = {
    { "1.8.0", "(12345.678*kWh)" },
    { "1.8.1", "(0012345.678*kWh)" },
    { "1.8.2", "(012345.67*kWh)" },
    { "1.8.3", "(012a45.678*kWh)" },
    { "1.8.4", "(012345.678*kvarh)" },
    { "2.8.0", "()" },
    { "1.6.1", "(3.215*kW)(2611081815)" },
    { "C.13.1", "(0000-3)(0700-5)" },
    { "C.13.2", "(0100-3)" },
    { "C.13.3", "(0000-3)(0700-2)(0600-1)" },
    { "C.13.4", "(0000-3)(0775-2)" },
    { "C.13.5", "(0000-1)(0100-2)(0200-1)(0300-2)(0400-1)(0500-2)" },
    { "C.13.6", "(0000)" },
    { "C.15.1", "(7)" },
    { "C.14.0", "(x)" },
    { "C.17.0", "(2)" },
    { "C.17.1", "(1330-120)(1100-10800)" },
    { "C.17.1", "(1100)" },
    { "C.17.3", "(03.000*kWh)" },
    { "C.32.1", "(100.1*%)" },
    { "12.3.0", "(22,4*V)" },
    { "C.32.0", "(2611321815)" },
    { "C.86.0", "(a)" },
    { "0.1.0", "(123)" },
  };
  g_auto (Readout) readout = read_out ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = g_strconcat (rows[i].code, rows[i].value, NULL);
      g_autoptr (GPtrArray) sets = sets_without (readout.sets, rows[i].code);
      g_autoptr (GPtrArray) bad = posa_iec_data_parse ((const guint8 *) line, strlen (line), NULL);
      g_autoptr (GError) error = NULL;

      for (guint j = 0; j < bad->len; j++)
        g_ptr_array_add (sets, g_ptr_array_index (bad, j));
      if (take (&readout, sets, &error))
        g_error ("%s is accepted", line);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
    }
}

static void
test_load_profile (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      /* All of the greatest, in great blocks; a part of the others, in small ones. */
      guint n = i == 3 ? PROFILE_ROWS : 50;
      g_autoptr (PosaTestSim)
          sim = posa_test_sim_start ("1g", "--kind", kinds[i].kind, "--no-pace", "--set",
                                     n == 50 ? "block=100" : "block=3000", NULL);
      g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaMeter) meter = open_meter (sim, &error);
      g_assert_no_error (error);
      g_auto (Memory) memory = look_into (sim);
      gint64 last =
          g_array_index (memory.profile->intervals, PosaLoadInterval, PROFILE_ROWS - 1).end_us;

      posa_meter_read_load_profile (meter, last - n * HOUR_US, last, profile, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (profile->intervals->len, ==, n);
      g_assert_cmpuint (profile->n_channels, ==, kinds[i].n_channels);
      g_array_remove_range (memory.profile->intervals, 0, PROFILE_ROWS - n);
      g_autofree char *text = profile_text (profile);
      g_autofree char *wanted = profile_text (memory.profile);
      g_assert_cmpstr (text, ==, wanted);
    }
}

/* Hours without supply stay missing, and the one after them says so. */
static void
test_load_profile_gap (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "profile_gap=500:7", "--set",
                                 "block=3000", NULL);
  g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeter) meter = open_meter (sim, &error);
  g_assert_no_error (error);
  g_auto (Memory) memory = look_into (sim);
  guint n = memory.profile->intervals->len;
  gint64 last = g_array_index (memory.profile->intervals, PosaLoadInterval, n - 1).end_us;

  g_assert_cmpuint (n, ==, PROFILE_ROWS - 7);
  posa_meter_read_load_profile (meter, last - PROFILE_ROWS * HOUR_US, last, profile, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *text = profile_text (profile);
  g_autofree char *wanted = profile_text (memory.profile);
  g_assert_cmpstr (text, ==, wanted);
  g_assert_cmphex (g_array_index (profile->intervals, PosaLoadInterval, 500).flags, ==,
                   POSA_LOAD_POWER_FAIL);
  g_autoptr (GArray)
      gaps = posa_load_profile_find_gaps (profile, last - PROFILE_ROWS * HOUR_US, last);
  g_assert_cmpuint (gaps->len, ==, 1);
}

/* The head is unplugged in the middle of it. What had come stays, and the next call asks for the
 * rest alone. */
static void
test_load_profile_resumes (void)
{
  g_autoptr (PosaTestSim)
      cut = posa_test_sim_start ("1g", "--kind", "m1b", "--no-pace", "--seed", "3", "--set",
                                 "block=1000", "--unplug", "9000", NULL);
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m1b", "--no-pace", "--seed",
                                                     "3", "--set", "block=3000", NULL);
  g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeter) first = open_meter (cut, &error);
  g_assert_no_error (error);
  g_auto (Memory) memory = look_into (sim);
  gint64 last =
      g_array_index (memory.profile->intervals, PosaLoadInterval, PROFILE_ROWS - 1).end_us;
  gint64 from = last - PROFILE_ROWS * HOUR_US;

  g_assert_false (posa_meter_read_load_profile (first, from, last, profile, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_PORT_LOST);
  g_clear_error (&error);
  guint kept = profile->intervals->len;
  g_assert_cmpuint (kept, >, 100);
  g_assert_cmpuint (kept, <, PROFILE_ROWS);
  g_autoptr (PosaPort) port = posa_port_open (posa_test_sim_get_port (sim), &error);
  g_assert_no_error (error);
  g_autoptr (PosaMeter)
      second = posa_meter_open (port, POSA_METER_FIRST_GENERATION, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (posa_meter_read_load_profile (second, from, last, profile, NULL, &error));
  g_assert_no_error (error);
  g_autofree char *text = profile_text (profile);
  g_autofree char *wanted = profile_text (memory.profile);
  g_assert_cmpstr (text, ==, wanted);
  g_assert_cmpint (posa_test_sim_get_int (sim, "profile_rows"), ==, PROFILE_ROWS - kept);
  /* Nothing is missing now: the meter is not even asked. */
  g_assert_true (posa_meter_read_load_profile (second, from, last, profile, NULL, &error));
  g_assert_cmpint (posa_test_sim_get_int (sim, "profile_rows"), ==, PROFILE_ROWS - kept);
}

/* Noise: every damaged block is asked for again, and no wrong value gets in. */
static void
test_load_profile_noise (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m3b", "--no-pace", "--noise",
                                                     "0.0002", "--seed", "11", NULL);
  g_autoptr (PosaLoadProfile) profile = posa_load_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaMeter) meter = open_meter (sim, &error);
  g_assert_no_error (error);
  g_auto (Memory) memory = look_into (sim);
  gint64 last =
      g_array_index (memory.profile->intervals, PosaLoadInterval, PROFILE_ROWS - 1).end_us;

  posa_meter_read_load_profile (meter, last - 200 * HOUR_US, last, profile, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (profile->intervals->len, ==, 200);
  g_assert_false (posa_meter_read_last_intervals (meter, 4, profile, NULL, &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED);
  for (guint i = 0; i < 200; i++)
    {
      const PosaLoadInterval *got = &g_array_index (profile->intervals, PosaLoadInterval, i);
      const PosaLoadInterval *want =
          &g_array_index (memory.profile->intervals, PosaLoadInterval, PROFILE_ROWS - 200 + i);
      g_assert_cmpint (got->end_us, ==, want->end_us);
      for (guint c = 0; c < 3; c++)
        g_assert_cmpint (got->values[c], ==, want->values[c]);
    }
}

#define HEAD "(0261101010000)(00)(60)(1)(1.29.0)(kWh)\r\n"

static void
test_bad_load_profile (void)
{
  static const struct
  {
    const char *answer, *message;
  } rows[] = {
    { "(0261101010000)(00)(15)(1)(1.29.0)(kWh)\r\n(00.100)", "a period of 15 minutes" },
    { "(0261101010000)(00)(60)(2)(1.29.0)(kWh)\r\n(00.100)", "not the 1 columns" },
    { "(0261101010000)(00)(60)(1)\r\n(00.100)", "not the 1 columns" },
    { "(0261101010000)(00)(60)(1)(2.29.0)(kWh)\r\n(00.100)", "a column 2.29.0 in kWh" },
    { "(0261101010000)(00)(60)(1)(1.29.0)(kW)\r\n(00.100)", "a column 1.29.0 in kW," },
    { "(0261131010000)(00)(60)(1)(1.29.0)(kWh)\r\n(00.100)", "is no time of the form" },
    { "(0261101010000)(zz)(60)(1)(1.29.0)(kWh)\r\n(00.100)", "is not hex" },
    { "(0251101010000)(00)(60)(1)(1.29.0)(kWh)\r\n(00.100)", "for another time" },
    { "(0261101000000)(00)(60)(1)(1.29.0)(kWh)\r\n(00.100)", "for another time" },
    { HEAD "(0.100)", "has not the 2.3 digits" },
    { HEAD "(00.1000)", "has not the 2.3 digits" },
    { HEAD "(00.100)(00.100)", "2 values in a line" },
    { HEAD "(0a.100)", "has not the 2.3 digits" },
    { HEAD "(00.100", "a parenthesis is not closed" },
    { "()\r\n(00.100)", "values before it is said what they are" },
  };
  g_autoptr (GPtrArray) profiles = posa_profile_load_all (NULL);
  const PosaProfile *profile = posa_profile_match (profiles, POSA_DRIVER_IEC, "PSA", "M1");
  gint64 from = posa_time_parse ("2026-11-01T00:00:00+01:00", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat ("P.01", rows[i].answer, NULL);
      g_autoptr (PosaLoadProfile) target = posa_load_profile_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (PosaIecProfileParser)
          parser = posa_iec_profile_parser_new (profile, target, &error);
      g_assert_no_error (error);

      posa_iec_profile_parser_begin (parser, (PosaLoadGap) { from, from + 24 * HOUR_US });
      if (posa_iec_profile_parser_feed (parser, text, TRUE, &error))
        g_error ("answer %u is accepted", i);
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (strstr (error->message, rows[i].message) == NULL)
        g_error ("answer %u: %s", i, error->message);
      g_assert_cmpuint (target->intervals->len, ==, 0);
    }
}

/* Wherever a block ends, the rows are the same; a status that the profile has no name for is not
 * lost. */
static void
test_blocks (void)
{
  static const char text[] = "P.01" HEAD "(00.100)\r\n()\r\n"
                             "P.01(0261101120000)(88)(60)(1)(1.29.0)(kWh)\r\n(00.300)";
  g_autoptr (GPtrArray) profiles = posa_profile_load_all (NULL);
  const PosaProfile *profile = posa_profile_match (profiles, POSA_DRIVER_IEC, "PSA", "M1");
  gint64 from = posa_time_parse ("2026-11-01T00:00:00+01:00", NULL);

  for (gsize at = 1; at < sizeof text - 1; at++)
    {
      g_autofree char *head = g_strndup (text, at);
      g_autoptr (PosaLoadProfile) target = posa_load_profile_new ();
      g_autoptr (PosaIecProfileParser) parser = posa_iec_profile_parser_new (profile, target, NULL);

      posa_iec_profile_parser_begin (parser, (PosaLoadGap) { from, from + 24 * HOUR_US });
      g_assert_true (posa_iec_profile_parser_feed (parser, head, FALSE, NULL));
      g_assert_true (posa_iec_profile_parser_feed (parser, text + at, TRUE, NULL));
      g_assert_cmpuint (target->intervals->len, ==, 3);
      const PosaLoadInterval *rows = (const PosaLoadInterval *) (gpointer) target->intervals->data;
      g_assert_cmpint (rows[0].values[0], ==, 100);
      g_assert_cmpint (rows[1].values[0], ==, POSA_LOAD_NO_VALUE);
      g_assert_cmpint (rows[2].values[0], ==, 300);
      g_assert_cmpint (rows[2].end_us, ==, from + 12 * HOUR_US);
      g_assert_cmphex (rows[2].flags, ==, POSA_LOAD_POWER_FAIL | POSA_LOAD_OTHER_DOUBT);
    }
}

/* A meter that no profile knows is read by the standard's codes. */
static void
test_generic (void)
{
  g_autoptr (PosaTestSim) sim = posa_test_sim_start ("1g", "--kind", "m3b", "--no-pace", "--set",
                                                     "identification=XYZ5ABC123", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);
  g_assert_no_error (error);
  g_auto (Memory) memory = look_into (sim);
  g_autofree char *serial = posa_test_sim_get_text (sim, "serial");

  g_assert_cmpint (reading->meter.kind, ==, POSA_METER_KIND_GENERIC);
  g_assert_cmpstr (reading->profile_id, ==, "iec-generic");
  g_assert_cmpstr (reading->meter.serial, ==, serial);
  g_assert_cmpstr (reading->meter.manufacturer, ==, "XYZ");
  g_assert_cmpstr (reading->meter.model, ==, "ABC123");
  g_assert_cmpuint (reading->registers->len, ==, 19);
  for (guint i = 0; i < memory.current->len; i++)
    {
      const PosaRegister *want = g_ptr_array_index (memory.current, i);
      g_assert_cmpint (posa_registers_find (reading->registers, want->quantity, want->tier)->value,
                       ==, want->value);
    }
  g_assert_null (reading->facts);
  g_assert_cmpint (reading->meter_clock_us, ==, 0);
}

/* … and what it does not give is noted, not invented. */
static void
test_generic_missing (void)
{
  g_autoptr (PosaTestSim)
      sim = posa_test_sim_start ("1g", "--no-pace", "--set", "identification=XYZ5ABC123", "--set",
                                 "omit=1.8.0", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReadingSet) reading = read_meter (sim, &error);
  g_assert_no_error (error);

  g_assert_null (posa_registers_find (reading->registers, POSA_QUANTITY_ACTIVE_IMPORT, 0));
  g_assert_cmpuint (reading->missing->len, ==, 1);
  const PosaMissingItem *item = g_ptr_array_index (reading->missing, 0);
  g_assert_cmpstr (item->what, ==, "register 1.8.0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/old-meter/complete", test_complete);
  g_test_add_func ("/old-meter/accounts", test_accounts);
  g_test_add_func ("/old-meter/missing", test_missing);
  g_test_add_func ("/old-meter/missing-item", test_missing_item);
  g_test_add_func ("/old-meter/bad-values", test_bad_values);
  g_test_add_func ("/old-meter/load-profile/whole", test_load_profile);
  g_test_add_func ("/old-meter/load-profile/gap", test_load_profile_gap);
  g_test_add_func ("/old-meter/load-profile/resumes", test_load_profile_resumes);
  g_test_add_func ("/old-meter/load-profile/noise", test_load_profile_noise);
  g_test_add_func ("/old-meter/bad-load-profile", test_bad_load_profile);
  g_test_add_func ("/old-meter/blocks", test_blocks);
  g_test_add_func ("/old-meter/generic", test_generic);
  g_test_add_func ("/old-meter/generic-missing", test_generic_missing);
  return g_test_run ();
}
