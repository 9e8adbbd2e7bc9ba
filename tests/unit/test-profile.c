/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "base/posa-error.h"
#include "meter/posa-profile-pattern.h"
#include "meter/posa-profile.h"

#include <string.h>

static char *
read_profile (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("POSA_DATADIR"), "profiles", name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static char *
read_m1 (void)
{
  return read_profile ("posa-1g-m1.profile");
}

/* @text with its first @old replaced by @new. */
static char *
replace (const char *text, const char *old, const char *new)
{
  g_auto (GStrv) parts = g_strsplit (text, old, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  return g_strjoinv (new, parts);
}

static void
test_all_profiles (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = posa_profile_load_all (&error);

  g_assert_no_error (error);
  g_assert_cmpuint (profiles->len, >=, 4);
  for (guint i = 0; i < profiles->len; i++)
    {
      const PosaProfile *profile = g_ptr_array_index (profiles, i);
      g_assert_cmpuint (strlen (profile->sha256), ==, 64);
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (((PosaProfile *) g_ptr_array_index (profiles, j))->id, !=, profile->id);
    }
}

static void
test_match (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = posa_profile_load_all (&error);
  const PosaProfile *profile = posa_profile_match (profiles, POSA_DRIVER_IEC, "PSa", "M3B");

  g_assert_cmpint (profile->kind, ==, POSA_METER_KIND_M3B);
  g_assert_cmpuint (profile->registers->len, ==, 19);
  g_assert_cmpuint (profile->baud, ==, 9600);
  /* The last resort, for another model of the maker and for other makers. */
  profile = posa_profile_match (profiles, POSA_DRIVER_IEC, "PSA", "M33");
  g_assert_cmpstr (profile->id, ==, "iec-generic");
  profile = posa_profile_match (profiles, POSA_DRIVER_IEC, "XYZ", "M1");
  g_assert_cmpstr (profile->id, ==, "iec-generic");
  profile = posa_profile_match (profiles, POSA_DRIVER_DLMS, "PSA", "M1");
  g_assert_cmpstr (profile->id, ==, "dlms-generic");
  profile = posa_profile_match (profiles, POSA_DRIVER_DLMS, "PSA", "2G31234567");
  g_assert_cmpstr (profile->id, ==, "posa-2g-three");
}

/* Which patterns of identification can claim one and the same meter. */
static void
test_patterns (void)
{
  static const struct
  {
    const char *x, *y;
    gboolean overlaps, x_covers, y_covers;
  } rows[] = {
    { "M1", "M1", TRUE, TRUE, TRUE },
    { "M1", "M3", FALSE, FALSE, FALSE },
    { "M1*", "M1B", TRUE, TRUE, FALSE },
    { "M1", "M1B", FALSE, FALSE, FALSE },
    { "*", "M1*", TRUE, TRUE, FALSE },
    { "*", "*", TRUE, TRUE, TRUE },
    { "*", "", TRUE, TRUE, FALSE },
    { "", "", TRUE, TRUE, TRUE },
    { "?", "", FALSE, FALSE, FALSE },
    { "M?", "M*", TRUE, FALSE, TRUE },
    { "*A", "B*", TRUE, FALSE, FALSE },
    { "*A*", "*B*", TRUE, FALSE, FALSE },
    { "A*C", "A*D", FALSE, FALSE, FALSE },
    { "?B", "A?", TRUE, FALSE, FALSE },
    { "**", "*", TRUE, TRUE, TRUE },
    { "a*b*c*d*e*f*g*h", "*a*b*c*d*e*f*g*h*", TRUE, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s and %s", rows[i].x, rows[i].y);
      g_assert_cmpint (posa_profile_pattern_overlaps (rows[i].x, rows[i].y), ==, rows[i].overlaps);
      g_assert_cmpint (posa_profile_pattern_overlaps (rows[i].y, rows[i].x), ==, rows[i].overlaps);
      g_assert_cmpint (posa_profile_pattern_covers (rows[i].x, rows[i].y), ==, rows[i].x_covers);
      g_assert_cmpint (posa_profile_pattern_covers (rows[i].y, rows[i].x), ==, rows[i].y_covers);
    }
  g_assert_true (posa_profile_pattern_conflicts ("PSA", "M1", "psa", "M1"));
  g_assert_false (posa_profile_pattern_conflicts ("PSA", "M1", "*", "*"));
  g_assert_false (posa_profile_pattern_conflicts ("PSA", "M1", "XYZ", "M1"));
  g_assert_true (posa_profile_pattern_conflicts ("PSA", "*", "*", "M1"));
}

typedef struct
{
  const char *old, *new, *place;
} Slip;

/* A slip of the pen is named with file, group and key. */
static void
assert_slips (const char *name, const char *good, const Slip *slips, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *bad = replace (good, slips[i].old, slips[i].new);
      g_autoptr (GError) error = NULL;
      g_assert_null (posa_profile_parse (name, bad, strlen (bad), &error));
      g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (strstr (error->message, slips[i].place) == NULL)
        g_error ("\"%s\" does not name \"%s\"", error->message, slips[i].place);
    }
}

static void
test_faults (void)
{
  static const Slip rows[] = {
    { "baud=9600", "baude=9600", "m1: [line] baude" },
    { "baud=9600", "baud=fast", "m1: [line] baud" },
    { "baud=9600", "baud=9600\nbaud=300", "m1: [line] baud: given twice" },
    { "baud=9600", "", "m1: [line] baud: missing" },
    { "baud=9600", "baud=9600\ndevice_address=", "m1: [line] device_address: empty" },
    { "baud=9600", "baud=9600\ndevice_address=12!", "m1: [line] device_address: 1 to 32" },
    { "[line]", "[lines]", "m1: [lines] baud" },
    { "driver=iec", "driver=iecc", "m1: [profile] driver" },
    { "driver=iec\n", "", "m1: [profile] driver: missing" },
    { "kind=m1", "kind=m9", "m1: [profile] kind" },
    { "plan=readout", "plan=guess", "m1: [reading] plan" },
    { "serial=C.1.0\n", "", "m1: [identity] serial: missing" },
    { "serial=C.1.0", "serial=", "m1: [identity] serial: empty" },
    { "time_format=Zhhmmss\n", "", "m1: [clock] time" },
    { "0=clock-lost", "64=clock-lost", "m1: [status-bits] 64" },
    { "1=battery-low", "00=battery-low", "m1: [status-bits] 00: given twice" },
    { "1.8.0=active_import", "1.8=active_import", "m1: [registers] 1.8" },
    { "1.8.0=active_import", "1.8.0=import", "m1: [registers] 1.8.0" },
    { "1.8.0=active_import;0", "1.8.0=active_import;7", "m1: [registers] 1.8.0" },
    { "1.8.0=active_import;0;kWh", "1.8.0=active_import;0;kvarh", "m1: [registers] 1.8.0" },
    { "kWh;required", "kWh;needed", "m1: [registers] 1.8.0" },
    { "kWh;required", "kWh", "m1: [registers] 1.8.0" },
    { "kWh;required", "kWh;optional", "8 registers are required" },
    { "required;6.3", "required;6", "m1: [registers] 1.8.0" },
    { "required;6.3", "required;0.3", "m1: [registers] 1.8.0" },
    { "required;6.3", "required;6.3;1", "m1: [registers] 1.8.0" },
    { "[line]", "[line]\nstart=mode-f", "m1: [line] start" },
    { "[line]", "[line]\nwake_up=perhaps", "m1: [line] wake_up" },
    { "plan=readout", "plan=readout\nsize=many", "m1: [reading] size" },
    { "missing=refuse", "missing=guess", "m1: [reading] missing" },
    { "count=0.1.0\n", "", "m1: [frozen] count: missing" },
    { "time_format=YYMMDDhhmm\n", "", "m1: [frozen] time_format: missing" },
    { "1=billing", "16=billing", "m1: [freeze-reasons] 16" },
    { "1=billing", "1=holidays", "m1: [freeze-reasons] 1" },
    { "1=billing", "01=billing\n1=switch", "m1: [freeze-reasons] 1: given twice" },
    { "friday=C.13.5\n", "", "m1: [tariff-table] friday: missing" },
    { "friday=", "fryday=", "m1: [tariff-table] fryday: unknown key" },
    { "default_active_import=C.15.1\n", "", "m1: [tariff-table] default_active_import: missing" },
    { "steps=C.17.1\n", "", "m1: [limiter] steps: missing" },
    { "within=C.32.1\n", "", "m1: [voltage] within: missing" },
    { "command=R6\n", "", "m1: [load-profile] command: missing" },
    { "period_min=60", "period_min=hour", "m1: [load-profile] period_min" },
    { "1.29.0=active_import;kWh;2.3\n", "", "m1: [load-columns] P.01: missing" },
    { "1.29.0=active_import;kWh;2.3", "1.29.0=active_import;kW;2.3", "m1: [load-columns] 1.29.0" },
    { "1.29.0=active_import;kWh;2.3", "1.29.0=active_import;kWh", "m1: [load-columns] 1.29.0" },
    { "1.29.0=active_import;kWh;2.3", "P.29=active_import;kWh;2.3", "m1: [load-columns] P.29" },
    { "1.29.0=active_import;kWh;2.3", "1.29.0=energy;kWh;2.3", "m1: [load-columns] 1.29.0" },
    { "1.29.0=active_import;kWh;2.3", "1.29.0=active_import;kWh;2", "m1: [load-columns] 1.29.0" },
    { "7=power_fail", "7=power_fail\n07=power_fail", "m1: [load-bits] 07: given twice" },
    { "7=power_fail", "16=power_fail", "m1: [load-bits] 16" },
    { "7=power_fail", "7=power_failure", "m1: [load-bits] 7: unknown flag" },
    { "[match]", "garbage\n[match]", "m1: " },
  };
  g_autofree char *good = read_m1 ();

  assert_slips ("m1", good, rows, G_N_ELEMENTS (rows));
}

/* The groups of meters that speak DLMS. */
static void
test_dlms_faults (void)
{
  static const Slip rows[] = {
    { "1=power-down", "1=", "2g: [events] 1: expected NUMBER=name" },
    { "1=power-down", "one=power-down", "2g: [events] one: expected NUMBER=name" },
    { "1=power-down", "-1=power-down", "2g: [events] -1: expected NUMBER=name" },
    { "1=power-down", "1=power-down\n01=power-gone", "2g: [events] 01: given twice" },
    { "1=power-down", "1=power-down\n1=power-gone", "2g: [events] 1: given twice" },
    { "event_logs=0-0:99.98.0", "event_logs=0-0:99", "2g: [objects] event_logs" },
    { "event_logs=0-0:99.98.0;", "event_logs=0-0:99.98.0;;", "2g: [objects] event_logs" },
    { "event_logs=", "event_log=", "2g: [objects] event_log: unknown key" },
    { "load_profile=1-0:99.1.0", "load_profile=P.01", "2g: [objects] load_profile" },
    { "clock=0-0:1.0.0\n", "", "2g: [objects] clock: missing" },
    { "invocation_counter=0-0:43.1.3\n", "", "2g: [objects] invocation_counter: missing" },
    { "utc_offset=60\n", "", "2g: [dlms] utc_offset: missing" },
    { "logical_device=1\n", "logical_device=1\naddress_bytes=3\n", "2g: [dlms] address_bytes" },
    { "logical_device=1\n", "logical_device=128\n", "2g: [dlms] address_bytes" },
    { "public_client=16", "public_client=0", "2g: [dlms] public_client: a client is 1 to 126" },
    { "installer_client=3", "installer_client=300", "2g: [dlms] installer_client: a client is" },
    { "[status-bits]", "[reading]\nmissing=ignore\n[status-bits]", "2g: [reading] missing" },
  };
  g_autofree char *good = read_profile ("posa-2g-single.profile");

  assert_slips ("2g", good, rows, G_N_ELEMENTS (rows));
}

/* How the meter is called, and the form of its data. */
static void
test_line_and_form (void)
{
  g_autofree char *text = read_m1 ();
  g_autofree char *full = replace (
      text, "[line]",
      "[access]\nalgorithm=simulator\n[line]\nstart=mode-e\nwake_up=yes\ndevice_address=7 B");
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaProfile) plain = posa_profile_parse ("m1", text, strlen (text), &error);
  g_autoptr (PosaProfile) profile = posa_profile_parse ("m1", full, strlen (full), &error);
  const PosaProfileRegister *total = g_ptr_array_index (profile->registers, 0);

  g_assert_no_error (error);
  g_assert_cmpint (plain->start, ==, POSA_LINE_START_DIRECT);
  g_assert_false (plain->wake_up);
  g_assert_null (plain->algorithm);
  g_assert_cmpint (profile->start, ==, POSA_LINE_START_MODE_E);
  g_assert_true (profile->wake_up);
  g_assert_null (plain->device_address);
  g_assert_cmpstr (profile->device_address, ==, "7 B");
  g_assert_cmpstr (profile->algorithm, ==, "simulator");
  g_assert_cmpuint (profile->size, >, 0);
  g_assert_cmpuint (total->digits, ==, 6);
  g_assert_cmpuint (total->decimals, ==, 3);
}

static PosaProfile *
parse_security (const char *lines, GError **error)
{
  g_autofree char *text = read_profile ("posa-2g-single.profile");
  g_autofree char *dlms = g_strconcat ("[dlms]\n", lines, NULL);
  g_autofree char *changed = replace (text, "[dlms]\n", dlms);
  return posa_profile_parse ("2g", changed, strlen (changed), error);
}

/* What client and meter agree on, and what does not go together. */
static void
test_security (void)
{
  static const struct
  {
    const char *lines, *place;
  } faults[] = {
    { "mechanism=hls5\n", "2g: [dlms] mechanism" },
    { "suite=3\n", "2g: [dlms] suite" },
    { "context=both\n", "2g: [dlms] context" },
    { "protection=all\n", "2g: [dlms] protection" },
    { "key_info=guess\n", "2g: [dlms] key_info" },
    { "policy=256\n", "2g: [dlms] policy" },
    { "maker=ours\n", "2g: [dlms] maker" },
    { "secret=00\n", "2g: [dlms] secret: unknown key" },
    { "mechanism=maker\n", "function of the maker" },
    { "mechanism=ecdsa\n", "suite 1 or 2" },
    { "policy=252\n", "suite 1 or 2" },
    { "policy=0\n", "needs a policy" },
    { "protection=none\n", "needs a form of protection" },
    { "context=plain\n", "the ciphered context" },
    { "key_info=wrapped\n", "general-ciphering only" },
    { "suite=0\nprotection=general-ciphering\nkey_info=agreed\n", "suite 1 or 2" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaProfile) usual = parse_security ("", &error);
  g_autoptr (PosaProfile) other = parse_security (
      "mechanism=ecdsa\nsuite=2\nprotection=general-ciphering\nkey_info=agreed\npolicy=252\n",
      &error);

  g_assert_no_error (error);
  g_assert_cmpint (usual->dlms.agreement.mechanism, ==, POSA_ACSE_MECHANISM_GMAC);
  g_assert_cmpint (usual->dlms.agreement.protection, ==, POSA_DLMS_PROTECTION_GLO);
  g_assert_cmpint (usual->dlms.agreement.policy, ==, 3);
  g_assert_true (usual->dlms.agreement.ciphered);
  g_assert_cmpint (other->dlms.agreement.mechanism, ==, POSA_ACSE_MECHANISM_ECDSA);
  g_assert_cmpint (other->dlms.agreement.suite, ==, POSA_DLMS_SUITE_2);
  g_assert_cmpint (other->dlms.agreement.key_info, ==, POSA_DLMS_KEY_INFO_AGREED);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GError) fault = NULL;

      g_assert_null (parse_security (faults[i].lines, &fault));
      g_assert_error (fault, POSA_ERROR, POSA_ERROR_INVALID_DATA);
      if (strstr (fault->message, faults[i].place) == NULL)
        g_error ("\"%s\" does not name \"%s\"", fault->message, faults[i].place);
    }
}

static void
test_status_word (void)
{
  g_autofree char *text = read_m1 ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaProfile) profile = posa_profile_parse ("m1", text, strlen (text), &error);
  g_auto (GStrv) none = posa_profile_decode_status (profile, "00000000", &error);
  g_auto (GStrv) some = posa_profile_decode_status (profile, "80000048", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpuint (g_strv_length (some), ==, 3);
  g_assert_cmpstr (some[0], ==, "cover-opened");
  g_assert_cmpstr (some[1], ==, "supply-open");
  g_assert_cmpstr (some[2], ==, "bit-31");
  g_assert_null (posa_profile_decode_status (profile, "fault", &error));
  g_assert_error (error, POSA_ERROR, POSA_ERROR_INVALID_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/all", test_all_profiles);
  g_test_add_func ("/profile/match", test_match);
  g_test_add_func ("/profile/patterns", test_patterns);
  g_test_add_func ("/profile/faults", test_faults);
  g_test_add_func ("/profile/dlms-faults", test_dlms_faults);
  g_test_add_func ("/profile/line-and-form", test_line_and_form);
  g_test_add_func ("/profile/security", test_security);
  g_test_add_func ("/profile/status-word", test_status_word);
  return g_test_run ();
}
