/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "base/posa-operation.h"
#include "meter/posa-keyring.h"
#include "report/posa-report.h"
#include "store/posa-store.h"

G_BEGIN_DECLS

/* What the work of a job needs from around it. All pointers borrowed by the run. */
typedef struct
{
  PosaStore *store;      /* the writing connection, of the work thread */
  PosaKeyring *keyring;  /* keys and counters of the new meters */
  PosaReportKey *key;    /* signs the reports; NULL: signing fails with KEY_MISSING */
  PosaClock *clock;      /* NULL: the system's */
  const char *old_port;  /* device path of the optical head at the old meter */
  const char *new_port;  /* at the new meter; NULL or "": the same head */
  const char *device_id; /* as enrolled */
  const char *crew_id, *operator_badge, *operator_name, *contractor;
  const char *locale; /* "it" or "en": language of the report's page */
} PosaFlowServices;

G_END_DECLS
