/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "domain/posa-replacement-report.h"

G_BEGIN_DECLS

/* A complete report of an invented meter at a real address, for tests and measurements: the old
 * meter of kind @old_kind with all its registers, language "it" or "en". */
PosaReplacementReport *posa_test_report_new (PosaMeterKind old_kind, const char *locale);

#define POSA_TEST_DEVICE     "T-0007"
#define POSA_TEST_CONTRACTOR "Impresa Nord-Est"
/* End of the work, and a time at which its certificate is valid. */
#define POSA_TEST_TIME_US (G_GINT64_CONSTANT (1795259730) * G_USEC_PER_SEC)

G_END_DECLS
