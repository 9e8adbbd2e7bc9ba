/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-iec-profile.h"

#include "meter/codec/posa-iec-time.h"

#include <glib/gi18n-lib.h>

/* The taking in of one answer. */
typedef struct
{
  PosaIecProfileParser *parser;
  const PosaLoadGap *whole;
  PosaOperation *operation;
} Taking;

static void
report_progress (const Taking *taking)
{
  const PosaLoadGap *whole = taking->whole;
  gint64 reached = MAX (posa_iec_profile_parser_get_next_us (taking->parser), whole->from_us);
  double share = (double) (reached - whole->from_us) / (double) (whole->to_us - whole->from_us);

  posa_operation_report (taking->operation, MIN (share, 1), "%s", _ ("Reading the load profile"));
}

static gboolean
take_block_cb (gpointer data, const char *text, gboolean last, GError **error)
{
  const Taking *taking = data;

  if (!posa_iec_profile_parser_feed (taking->parser, text, last, error))
    return FALSE;
  report_progress (taking);
  return TRUE;
}

gboolean
posa_iec_profile_read (PosaIecSession *session,
                       const PosaProfile *profile,
                       PosaIecProfileParser *parser,
                       const PosaLoadGap *gap,
                       const PosaLoadGap *whole,
                       PosaOperation *operation,
                       GError **error)
{
  const PosaProfileIec *iec = &profile->iec;
  const gint64 minute_us = 60 * G_USEC_PER_SEC;
  Taking taking = { parser, whole, operation };
  gint64 first_end = gap->from_us + (gint64) iec->load_period_min * minute_us;
  g_autofree char *from = posa_iec_time_format (iec->load_time_format, first_end);
  g_autofree char *to = posa_iec_time_format (iec->load_time_format, gap->to_us);
  g_autofree char *argument = g_strdup_printf ("%s;%s", from, to);

  posa_iec_profile_parser_begin (parser, *gap);
  return posa_iec_session_read_blocks (session, iec->load_command, iec->load_code, argument,
                                       take_block_cb, &taking, operation, error);
}
