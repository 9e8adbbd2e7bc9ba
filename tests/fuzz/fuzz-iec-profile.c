/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "meter/driver/posa-iec-profile-parser.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define FROM_US (G_GINT64_CONSTANT (1793487600) * G_USEC_PER_SEC) /* 2026-11-01, in Italy */
#define TO_US   (FROM_US + G_TIME_SPAN_DAY)
/* A line without an end is noticed between two blocks only. */
#define MAX_AGREEING 1024

static const char profile_text[] = "[profile]\n"
                                   "id=fuzz\n"
                                   "version=1\n"
                                   "driver=iec\n"
                                   "kind=generic\n"
                                   "[match]\n"
                                   "manufacturer=*\n"
                                   "ident=*\n"
                                   "[line]\n"
                                   "baud=9600\n"
                                   "[identity]\n"
                                   "serial=C.1.0\n"
                                   "[load-profile]\n"
                                   "code=P.01\n"
                                   "command=R6\n"
                                   "time_format=ZYYMMDDhhmmss\n"
                                   "period_min=60\n"
                                   "[load-columns]\n"
                                   "1.29.0=active_import;kWh;2.3\n"
                                   "3.29.0=reactive_import;kvarh;2.3\n"
                                   "[load-bits]\n"
                                   "7=power_fail\n"
                                   "0=other_doubt\n";

/* What became of an answer that came in two blocks: its intervals, and whether it was taken. */
static char *
take (const PosaProfile *profile, const char *head, const char *tail)
{
  g_autoptr (PosaLoadProfile) target = posa_load_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaIecProfileParser) parser = posa_iec_profile_parser_new (profile, target, &error);

  g_assert_no_error (error);
  posa_iec_profile_parser_begin (parser, (PosaLoadGap) { FROM_US, TO_US });
  gboolean taken = posa_iec_profile_parser_feed (parser, head, FALSE, &error) &&
                   posa_iec_profile_parser_feed (parser, tail, TRUE, &error);
  g_assert_true (taken == (error == NULL));
  for (guint i = 0; i < target->intervals->len; i++)
    {
      gint64 end_us = g_array_index (target->intervals, PosaLoadInterval, i).end_us;

      g_assert_true (end_us > FROM_US && end_us <= TO_US);
    }
  g_autofree char *text = posa_load_profile_to_text (target, FALSE);
  return g_strdup_printf ("%s %s", text, taken ? "taken" : error->message);
}

/* The first byte says where the answer is cut: what comes of it is the same as of the whole. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaProfile)
      profile = posa_profile_parse ("fuzz", profile_text, strlen (profile_text), &error);

  g_assert_no_error (error);
  if (size == 0)
    return 0;
  g_autofree char *answer = g_strndup ((const char *) data + 1, size - 1);
  gsize length = strlen (answer);
  gsize at = data[0] * length / G_MAXUINT8;
  g_autofree char *head = g_strndup (answer, at);
  g_autofree char *whole = take (profile, "", answer);
  g_autofree char *pieces = take (profile, head, answer + at);
  if (length <= MAX_AGREEING)
    g_assert_cmpstr (whole, ==, pieces);
  return 0;
}
