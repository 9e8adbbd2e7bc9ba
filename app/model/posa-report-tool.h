/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "report/posa-report.h"

G_BEGIN_DECLS

/* Verifies the report in the file @path (at most 16 MiB) against the enrolment authority in the PEM
 * file @ca_path. Blocking, any thread. FILE_MISSING, INVALID_DATA (no certificate, file too large)
 * and SIGNATURE, which names the rule that failed. */
PosaReportVerdict *posa_report_tool_verify (const char *path, const char *ca_path, GError **error);

/* Who signed what, as one JSON object; free:
 * {"valid":true,"signer":{"device_id","organization","certificate_serial"},"signed_at","sha256",
 *  "pages","report":{"id","number","outcome","finished","contractor","operator_badge"},
 *  "order","pod","removed_serial","new_serial"}; the serials are null when there is no such meter.
 */
char *posa_report_tool_verdict_to_json (const PosaReportVerdict *verdict);
/* {"valid":false,"error":{"code":"signature","message"}}; free. */
char *posa_report_tool_refusal_to_json (const GError *error);

G_END_DECLS
