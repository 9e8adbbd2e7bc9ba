/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "flow/posa-flow-facts.h"

G_BEGIN_DECLS

/* The hard stops of the workflow. Each is a PosaFlowGuard: NULL or a translated sentence. Pure. */

/* Life-support flag; a scanned serial that is not the order's. */
char *posa_flow_guard_identify (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* The meter that answered is the order's: serial, customer number, kind. */
char *posa_flow_guard_right_meter (const PosaFlowContext *context,
                                   const PosaFlowEvidence *evidence);
/* No reading below the last billing, bands add up; warnings need a reason. */
char *posa_flow_guard_readings (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* New meter in this crew's stock, right kind, not one that was found faulty here. */
char *posa_flow_guard_new_meter (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* As above, and everything that must hold before the customer is switched off. */
char *posa_flow_guard_before_cut (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* Removal reading durable and new meter chosen: trust.md I11. */
char *posa_flow_guard_before_red (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* A reason was given. */
char *posa_flow_guard_reason (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* An outcome was given that can end a visit without a replacement. */
char *posa_flow_guard_outcome (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* The chosen new meter answered. */
char *posa_flow_guard_energised (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* Every value verified, supply on, activation readings taken, by the chosen meter. */
char *posa_flow_guard_commissioned (const PosaFlowContext *context,
                                    const PosaFlowEvidence *evidence);
/* Nothing that the report needs is missing. */
char *posa_flow_guard_complete (const PosaFlowContext *context, const PosaFlowEvidence *evidence);
/* The old meter answered again with readings not below those of the removal. */
char *posa_flow_guard_continuity (const PosaFlowContext *context, const PosaFlowEvidence *evidence);

G_END_DECLS
