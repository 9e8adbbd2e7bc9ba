/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-outcome.h"
#include "domain/posa-reading-check.h"
#include "domain/posa-replacement-report.h"
#include "flow/posa-flow-table.h"

G_BEGIN_DECLS

/* Names of evidence that the program itself adds. */
#define POSA_FLOW_KEY_READING  "reading"  /* PosaReadingSet as text */
#define POSA_FLOW_KEY_VERIFIED "verified" /* posa_flow_verified_to_text() */
#define POSA_FLOW_KEY_FINDINGS                                                                     \
  "findings"                          /* remarks on the readings that a reason was given for       \
                                       */
#define POSA_FLOW_KEY_REPORT "report" /* id */
#define POSA_FLOW_KEY_NUMBER "number" /* of the report */
#define POSA_FLOW_KEY_ERROR  "error"  /* message */
#define POSA_FLOW_KEY_CODE   "code"   /* nick of the error's code */

/* When something happened, as an event's row has it. */
typedef struct
{
  gint64 wall_us;      /* device's clock, UTC */
  gint64 monotonic_us; /* since boot, counts suspend */
  const char *boot_id; /* of that boot; borrowed */
} PosaFlowStamp;

/* All that a job knows, computed from its events and from nothing else. */
typedef struct
{
  PosaReadingSet *removal, *second, *activation, *continuity; /* NULL until taken */
  char *second_reason;                                        /* why there is no second reading */
  char *new_serial;                                           /* of the meter being fitted */
  GStrv faulty_serials; /* new meters found faulty here; never NULL */
  GPtrArray *verified;  /* PosaVerifiedValue */
  GPtrArray *notes;     /* char*: reasons, findings accepted */
  gboolean relay_tested;
  gboolean withdrawn; /* the office's withdrawal has been noted */
  PosaOutcome outcome;
  gint64 started_us, finished_us;         /* wall */
  gint64 cut_us, restored_us;             /* wall; 0 = not yet */
  gint64 cut_monotonic_us, dark_total_us; /* dark_total_us: valid once restored */
  char *cut_boot_id;
  char *report_id, *report_number;
  PosaFlowState state;
  GError *error; /* of the last failed action in the present state; NULL */
} PosaFlowFacts;

PosaFlowFacts *posa_flow_facts_new (void);
void posa_flow_facts_free (PosaFlowFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaFlowFacts, posa_flow_facts_free)

/* Takes one accepted event in. The same events in the same order always give the same facts.
 * INVALID_DATA when the evidence cannot be what this program wrote. */
gboolean posa_flow_facts_apply (PosaFlowFacts *self,
                                PosaFlowEvent event,
                                PosaFlowState to,
                                const PosaFlowEvidence *evidence,
                                PosaFlowStamp stamp,
                                GError **error);
/* How long the customer was or is without supply, µs. */
gint64 posa_flow_facts_get_dark_us (const PosaFlowFacts *self, PosaFlowStamp now);

/* Remarks on the removal reading, identity and registers, worst first; array of PosaFinding, empty
 * while there is no reading. Free with g_ptr_array_unref(). */
GPtrArray *posa_flow_facts_find (const PosaFlowFacts *self, const PosaWorkOrder *order);
/* Whether a remark needs a reason before the work goes on. */
gboolean posa_flow_facts_has_warning (const PosaFlowFacts *self, const PosaWorkOrder *order);

/* Values written to the new meter and read back, as a JSON array, and back. */
char *posa_flow_verified_to_text (GPtrArray *verified);
GPtrArray *posa_flow_verified_from_text (const char *text, GError **error);

/* Where a serial number stands for this crew. */
typedef enum
{
  POSA_FLOW_STOCK_UNKNOWN,  /* not looked up, or no such meter */
  POSA_FLOW_STOCK_OURS,     /* on this crew's van, not used */
  POSA_FLOW_STOCK_ELSEWHERE /* known, but not on this crew's van */
} PosaFlowStock;

/* What guards look at. */
struct _PosaFlowContext
{
  const PosaWorkOrder *order;
  const PosaFlowFacts *facts;
  PosaFlowStock stock;    /* of the evidence's serial */
  PosaMeterKind new_kind; /* of that meter, when ours */
  gboolean disk_low;      /* too little room to finish a job safely */
};

G_END_DECLS
