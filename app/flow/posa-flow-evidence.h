/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-json.h"

G_BEGIN_DECLS

/* What comes with an event: the crew's answers or the result of a hardware action, as an ordered
 * list of names with text values. It becomes the payload of the event's row, and everything that
 * the job knows is computed again from those rows, so nothing else needs saving. */
typedef struct _PosaFlowEvidence PosaFlowEvidence;

/* Names that crew events carry. */
#define POSA_FLOW_KEY_SERIAL  "serial"  /* scanned or typed serial number of a meter */
#define POSA_FLOW_KEY_REASON  "reason"  /* free text typed by the crew */
#define POSA_FLOW_KEY_OUTCOME "outcome" /* PosaOutcome, decimal */

PosaFlowEvidence *posa_flow_evidence_new (void);
PosaFlowEvidence *posa_flow_evidence_copy (const PosaFlowEvidence *self);
void posa_flow_evidence_free (PosaFlowEvidence *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaFlowEvidence, posa_flow_evidence_free)

/* Replaces an earlier value; NULL or "" removes it. */
void posa_flow_evidence_set (PosaFlowEvidence *self, const char *name, const char *value);
void posa_flow_evidence_set_int (PosaFlowEvidence *self, const char *name, gint64 value);
/* Borrowed; NULL when absent. @self may be NULL: no evidence. */
const char *posa_flow_evidence_get (const PosaFlowEvidence *self, const char *name);
/* @absent when there is no such name or its text is no decimal integer. */
gint64 posa_flow_evidence_get_int (const PosaFlowEvidence *self, const char *name, gint64 absent);

/* One JSON object, names in the order in which they were set. @self may be NULL: "{}". */
char *posa_flow_evidence_to_text (const PosaFlowEvidence *self);
/* INVALID_DATA for anything but an object of strings. */
PosaFlowEvidence *posa_flow_evidence_from_text (const char *text, GError **error);

G_END_DECLS
