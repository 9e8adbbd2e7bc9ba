/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-error.h"
#include "domain/posa-reading-set.h"
#include "domain/posa-work-order.h"

G_BEGIN_DECLS

/* Plausibility of the old meter's readings against the order (domain.md invariants 6-9, 24). */
typedef enum
{
  POSA_FINDING_WRONG_SERIAL,          /* serial read differs from the order: stop */
  POSA_FINDING_WRONG_CUSTOMER_NUMBER, /* stop */
  POSA_FINDING_WRONG_KIND,            /* stop */
  POSA_FINDING_REGISTER_MISSING,      /* a register that the kind must hold was not read: stop */
  POSA_FINDING_BELOW_BILLING,    /* lower than the last billing and no plausible roll-over: stop */
  POSA_FINDING_IMPLAUSIBLE_JUMP, /* more than available power × elapsed time allows: look again */
  POSA_FINDING_BANDS_DISAGREE,   /* total minus bands outside 0..(n-1)·resolution: stop */
  POSA_FINDING_DEMAND_TOO_HIGH,  /* look again */
  POSA_FINDING_CLOCK_DRIFT,      /* more than 5 minutes: recorded */
  POSA_FINDING_STATUS_FLAGS,     /* status word tells of a fault or tamper: look */
  POSA_N_FINDINGS
} PosaFindingCode;

typedef struct
{
  PosaFindingCode code;
  PosaSeverity severity; /* STOP hard stop, WARNING needs a reason, INFO recorded */
  char *text;            /* for people, translated, with the numbers */
  PosaQuantity
      quantity; /* of the register concerned, with tier; meaningless for 0..2 and clock, status */
  guint tier;
} PosaFinding;

void posa_finding_free (PosaFinding *self);
const char *posa_finding_code_to_string (PosaFindingCode self); /* "wrong-serial", … */

/* Array of PosaFinding (owned, free func set), empty when all is well, worst first. */
GPtrArray *posa_reading_check_identity (const PosaReadingSet *reading, const PosaWorkOrder *order);
GPtrArray *posa_reading_check_registers (const PosaReadingSet *reading, const PosaWorkOrder *order);
/* All texts in one line, "; " between; free. */
char *posa_findings_to_text (GPtrArray *findings);

G_END_DECLS
