/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "model/posa-report-tool.h"

#include "base/posa-error.h"
#include "base/posa-file.h"

#define PDF_LIMIT (16 * 1024 * 1024)
#define PEM_LIMIT 65536

PosaReportVerdict *
posa_report_tool_verify (const char *path, const char *ca_path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) ca = posa_file_read (ca_path, PEM_LIMIT, error);
  g_autoptr (GBytes) pdf = ca != NULL ? posa_file_read (path, PDF_LIMIT, error) : NULL;
  PosaReportVerdict *verdict = pdf != NULL ? posa_report_verify (pdf, ca, &cause) : NULL;

  if (cause != NULL)
    {
      gboolean of_report = g_error_matches (cause, POSA_ERROR, POSA_ERROR_SIGNATURE);
      g_prefix_error (&cause, "%s: ", of_report ? path : ca_path);
      g_propagate_error (error, g_steal_pointer (&cause));
    }
  return verdict;
}

static void
add_signer (JsonBuilder *builder, const PosaReportVerdict *verdict)
{
  json_builder_set_member_name (builder, "signer");
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "device_id", verdict->signer_common_name);
  posa_json_add_string (builder, "organization", verdict->signer_organization);
  posa_json_add_string (builder, "certificate_serial", verdict->certificate_serial);
  json_builder_end_object (builder);
}

static void
add_report (JsonBuilder *builder, const PosaReplacementReport *report)
{
  json_builder_set_member_name (builder, "report");
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "id", report->id);
  posa_json_add_string (builder, "number", report->number);
  posa_json_add_int (builder, "outcome", report->outcome);
  posa_json_add_time (builder, "finished", report->finished_us);
  posa_json_add_string (builder, "contractor", report->contractor);
  posa_json_add_string (builder, "operator_badge", report->operator_badge);
  json_builder_end_object (builder);
}

static const char *
get_serial (const PosaReadingSet *reading)
{
  return reading != NULL ? reading->meter.serial : NULL;
}

static const char *
pages_to_string (PosaReportPages pages)
{
  return pages == POSA_REPORT_PAGES_SAME_BYTES  ? "same-bytes"
         : pages == POSA_REPORT_PAGES_SAME_TEXT ? "same-text"
                                                : "not-compared";
}

char *
posa_report_tool_verdict_to_json (const PosaReportVerdict *verdict)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const PosaReplacementReport *report = verdict->report;

  json_builder_begin_object (builder);
  posa_json_add_bool (builder, "valid", TRUE);
  add_signer (builder, verdict);
  posa_json_add_time (builder, "signed_at", verdict->signed_us);
  posa_json_add_string (builder, "sha256", verdict->sha256);
  posa_json_add_string (builder, "pages", pages_to_string (verdict->pages));
  add_report (builder, report);
  posa_json_add_string (builder, "order", report->order->id);
  posa_json_add_string (builder, "pod", report->order->pod);
  posa_json_add_string (builder, "removed_serial", get_serial (report->removal));
  posa_json_add_string (builder, "new_serial", get_serial (report->activation));
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, TRUE);
}

char *
posa_report_tool_refusal_to_json (const GError *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  posa_json_add_bool (builder, "valid", FALSE);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  posa_json_add_string (builder, "code", posa_error_get_nick (error));
  posa_json_add_string (builder, "message", error->message);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return posa_json_to_text (root, TRUE);
}
