/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-replacement-report.h"

G_BEGIN_DECLS

/* Words and numbers of the page in the report's own language. Not gettext: the language belongs to
 * the document and not to the process, every thread may draw another one, the verifier must draw
 * the page again on a machine where that locale is not installed, and a changed translation must
 * not make old reports differ from their signed page other than by a new program version. */
typedef enum
{
  POSA_LANGUAGE_EN,
  POSA_LANGUAGE_IT,
  POSA_N_LANGUAGES
} PosaReportLanguage;

typedef enum
{
  POSA_TEXT_TITLE,
  POSA_TEXT_SUBTITLE,
  POSA_TEXT_DATE,
  POSA_TEXT_TIME,
  POSA_TEXT_OUTCOME,
  POSA_TEXT_ADDRESS,
  POSA_TEXT_POD,
  POSA_TEXT_CUSTOMER_NUMBER,
  POSA_TEXT_ORDER,
  POSA_TEXT_CREW,
  POSA_TEXT_WORK_DURATION,
  POSA_TEXT_OPERATOR,
  POSA_TEXT_BADGE,
  POSA_TEXT_CONTRACTOR,
  POSA_TEXT_DEVICE,
  POSA_TEXT_INTERRUPTION,
  POSA_TEXT_CUT,
  POSA_TEXT_RESTORED,
  POSA_TEXT_DURATION,
  POSA_TEXT_SECOND,
  POSA_TEXT_SECONDS,
  POSA_TEXT_NOT_CUT,
  POSA_TEXT_NOT_RESTORED,
  POSA_TEXT_METERS,
  POSA_TEXT_REMOVED_METER,
  POSA_TEXT_OLD_METER,
  POSA_TEXT_NEW_METER,
  POSA_TEXT_SERIAL,
  POSA_TEXT_MANUFACTURER,
  POSA_TEXT_MODEL,
  POSA_TEXT_KIND,
  POSA_TEXT_FIRMWARE,
  POSA_TEXT_READ_AT,
  POSA_TEXT_CLOCK,
  POSA_TEXT_STATUS,
  POSA_TEXT_STATUS_CLEAR,
  POSA_TEXT_PROFILE,
  POSA_TEXT_REMOVAL_READINGS,
  POSA_TEXT_OLD_READINGS,
  POSA_TEXT_ACTIVATION_READINGS,
  POSA_TEXT_QUANTITY,
  POSA_TEXT_TIER,
  POSA_TEXT_OBIS,
  POSA_TEXT_READING,
  POSA_TEXT_UNIT,
  POSA_TEXT_METHOD,
  POSA_TEXT_SECOND_READING,
  POSA_TEXT_TOTAL,
  POSA_TEXT_OPTICAL,
  POSA_TEXT_DISPLAY,
  POSA_TEXT_SECOND_TAKEN,
  POSA_TEXT_SECOND_MISSING,
  POSA_TEXT_NOT_READ,
  POSA_TEXT_VERIFIED,
  POSA_TEXT_PARAMETER,
  POSA_TEXT_BEFORE,
  POSA_TEXT_WRITTEN,
  POSA_TEXT_READ_BACK,
  POSA_TEXT_CHECK,
  POSA_TEXT_EQUAL,
  POSA_TEXT_WITHIN_TOLERANCE,
  POSA_TEXT_DIFFERENT,
  POSA_TEXT_NOTES,
  POSA_TEXT_IDENTITY,
  POSA_TEXT_REPORT_ID,
  POSA_TEXT_PREVIOUS,
  POSA_TEXT_PREVIOUS_NONE,
  POSA_TEXT_SEQUENCE,
  POSA_TEXT_SIGNED_BY,
  POSA_TEXT_SIGNATURE,
  POSA_TEXT_HOW_TO_VERIFY,
  POSA_TEXT_PAGE,
  POSA_TEXT_OF,
  POSA_N_TEXTS
} PosaReportText;

/* Of report->locale: Italian for "it" and "it_IT", else English. */
PosaReportLanguage posa_report_language_from_locale (const char *locale);
const char *posa_report_language_get_tag (PosaReportLanguage self); /* "it", "en"; static */

/* Static texts. */
const char *posa_report_text (PosaReportLanguage self, PosaReportText text);
const char *posa_report_text_outcome (PosaReportLanguage self, PosaOutcome outcome);
const char *posa_report_text_kind (PosaReportLanguage self, PosaMeterKind kind);
const char *posa_report_text_quantity (PosaReportLanguage self, PosaQuantity quantity);
/* Of a PosaVerifiedValue's name; the name itself when it has no words. */
const char *posa_report_text_parameter (PosaReportLanguage self, const char *name);
/* Of what was written and read back: times and words such as "connected" in the page's language,
 * all else as it is; free. */
char *posa_report_format_parameter_value (PosaReportLanguage self, const char *value);
const char *posa_report_text_unit (PosaQuantity quantity); /* "kWh", "kvarh", "kW" */

/* Free all of these with g_free(). Times are Italy's local time. */
char *posa_report_format_value (PosaReportLanguage self, const PosaRegister *value); /* no unit */
char *posa_report_format_integer (PosaReportLanguage self, gint64 value);
char *posa_report_format_date (PosaReportLanguage self, gint64 us); /* 21/11/2026, 21 Nov 2026 */
char *posa_report_format_time (gint64 us);                          /* 10:15:30 */
char *posa_report_format_duration (gint64 seconds);                 /* 1 h 02 min 05 s */
/* For "+5 s", "-12 s" and 0 of a clock. */
char *posa_report_format_drift (PosaReportLanguage self, gint64 seconds);

G_END_DECLS
