/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-outcome.h"
#include "domain/posa-reading-set.h"
#include "domain/posa-work-order.h"

G_BEGIN_DECLS

/* The facts of a finished replacement: what report.json holds and the page shows (domain.md 1H). */
typedef struct
{
  char *id;     /* UUIDv7; also the item's id on the wire */
  char *number; /* DEVICE-000001: gap-free per device */
  char *device_id;
  gint64 device_sequence;
  char *previous_sha256; /* of the device's previous report, NULL for the first */
  char *crew_id, *operator_badge, *operator_name,
      *contractor; /* operator's own data, not the customer's */
  PosaOutcome outcome;
  PosaWorkOrder *order;
  PosaReadingSet *removal, *second,
      *activation; /* second may be NULL: then second_reason says why */
  char *second_reason;
  gint64 started_us, cut_us, restored_us, finished_us; /* cut..restored is the dark time */
  GPtrArray *verified; /* PosaVerifiedValue: what was written to the new meter and read back */
  GPtrArray *notes;    /* char*: findings accepted with a reason, clock drift, … */
  char *locale;        /* "it" or "en": language of the page */
  char *program_version;
} PosaReplacementReport;

typedef struct
{
  char *name; /* "clock", "contract_power", "limiter", "tariff_table", "special_days",
                 "customer_number", "supply" */
  char *before, *written, *read_back; /* as text with unit */
} PosaVerifiedValue;

PosaVerifiedValue *posa_verified_value_new (const char *name,
                                            const char *before,
                                            const char *written,
                                            const char *read_back);
void posa_verified_value_free (PosaVerifiedValue *self);
/* Arrays of them: [{"name","before","written","read_back"},…], the last three null when unknown. */
void posa_verified_values_to_json (GPtrArray *values, JsonBuilder *builder);
GPtrArray *posa_verified_values_from_json (PosaJsonCursor array); /* free func set; never NULL */

PosaReplacementReport *posa_replacement_report_new (void);
void posa_replacement_report_free (PosaReplacementReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaReplacementReport, posa_replacement_report_free)

/* {"format":"posa-replacement-report","version":1, …}: the text embedded in the PDF. Deterministic.
 */
char *posa_replacement_report_to_text (const PosaReplacementReport *self);
PosaReplacementReport *
posa_replacement_report_from_text (const char *text, gssize size, GError **error);
gint64 posa_replacement_report_get_dark_s (const PosaReplacementReport *self);

G_END_DECLS
