/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "flow-site.h"

#include "store/posa-meter-asset-store.h"
#include "store/posa-order-store.h"

G_BEGIN_DECLS

/* A fixture for g_test_add(): a place of work with both meters, and the job at its order. The test
 * data are further settings of the old meter, or NULL. Every failure ends the test. */
typedef struct
{
  char *folder;
  SiteMeter *old_meter, *new_meter;
  Site *site;
  PosaFlowRun *run;
  PosaFlowSnapshot *at;
} Rig;

void rig_set_up (Rig *f, gconstpointer data);
void rig_tear_down (Rig *f, gconstpointer data);

void rig_open_job (Rig *f);
void rig_close_job (Rig *f);
/* What the crew does next; @f->at follows. @next is taken over. */
void rig_take (Rig *f, PosaFlowSnapshot *next);
void rig_send (Rig *f, PosaFlowEvent event, const char *name, const char *value);
void rig_perform (Rig *f);
/* The way of a crew without troubles up to @state. */
void rig_go_to (Rig *f, PosaFlowState state);
/* The office sends a revision of the order that cancels it. */
void rig_withdraw_order (Rig *f);

PosaMeterState rig_custody_of (Rig *f, const char *serial);
void rig_assert_at (Rig *f, PosaFlowState state);
void rig_assert_order_is (Rig *f, PosaOrderState state);
void rig_assert_job_is (Rig *f, const char *state, const char *zone, gboolean open);
void rig_assert_no_report (Rig *f);
/* The signed report of the whole replacement, by the verifier. */
void rig_check_report (Rig *f);

G_END_DECLS
