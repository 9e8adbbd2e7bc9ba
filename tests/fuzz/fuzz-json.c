/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

/* Documents from the portal, from the store and out of a PDF. Whatever is accepted is written in
 * one form, which reads back as the same. */

#include "domain/posa-load-profile.h"
#include "domain/posa-replacement-report.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_order (const char *text)
{
  g_autoptr (PosaWorkOrder) order = posa_work_order_from_text (text, NULL);

  if (order == NULL)
    return;
  g_autofree char *once = posa_work_order_to_text (order);
  g_autoptr (PosaWorkOrder) again = posa_work_order_from_text (once, NULL);
  g_assert_nonnull (again);
  g_autofree char *twice = posa_work_order_to_text (again);
  g_assert_true (strcmp (once, twice) == 0);
}

static void
check_reading (const char *text)
{
  g_autoptr (PosaReadingSet) reading = posa_reading_set_from_text (text, NULL);

  if (reading == NULL)
    return;
  g_autofree char *once = posa_reading_set_to_text (reading, FALSE);
  g_autoptr (PosaReadingSet) again = posa_reading_set_from_text (once, NULL);
  g_assert_nonnull (again);
  g_autofree char *twice = posa_reading_set_to_text (again, FALSE);
  g_assert_true (strcmp (once, twice) == 0);
}

static void
check_report (const char *text)
{
  g_autoptr (PosaReplacementReport) report = posa_replacement_report_from_text (text, -1, NULL);

  if (report == NULL)
    return;
  g_autofree char *once = posa_replacement_report_to_text (report);
  g_autoptr (PosaReplacementReport) again = posa_replacement_report_from_text (once, -1, NULL);
  g_assert_nonnull (again);
  g_autofree char *twice = posa_replacement_report_to_text (again);
  g_assert_true (strcmp (once, twice) == 0);
}

static void
check_load_profile (const char *text)
{
  g_autoptr (PosaLoadProfile) profile = posa_load_profile_from_text (text, NULL);

  if (profile == NULL)
    return;
  g_autofree char *once = posa_load_profile_to_text (profile, FALSE);
  g_autoptr (PosaLoadProfile) again = posa_load_profile_from_text (once, NULL);
  g_assert_nonnull (again);
  g_autofree char *twice = posa_load_profile_to_text (again, FALSE);
  g_assert_true (strcmp (once, twice) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (PosaJsonDocument)
      document = posa_json_parse ((const char *) data, (gssize) size, NULL);

  if (document == NULL)
    return 0;
  check_order (text);
  check_reading (text);
  check_report (text);
  check_load_profile (text);
  return 0;
}
