/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli.h"

#include "base/posa-clock.h"
#include "base/posa-error.h"
#include "model/posa-report-tool.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

static void
print_line (const char *label, const char *value)
{
  if (value != NULL)
    printf ("  %s%*s%s\n", label, MAX (1, 18 - (int) g_utf8_strlen (label, -1)), "", value);
}

static void
print_meter (const char *label, const PosaReadingSet *reading)
{
  if (reading != NULL)
    print_line (label, reading->meter.serial);
}

static const char *
describe_pages (PosaReportPages pages)
{
  switch (pages)
    {
    case POSA_REPORT_PAGES_SAME_BYTES:
      return _ ("drawn again here and found equal");
    case POSA_REPORT_PAGES_SAME_TEXT:
      return _ ("drawn again here with other fonts: the words are the same");
    default:
      return _ ("signed, but cannot be drawn again here: compare with report.json by eye");
    }
}

static void
print_verdict (const char *path, const PosaReportVerdict *verdict)
{
  const PosaReplacementReport *report = verdict->report;
  g_autofree char *signed_at = posa_time_format (verdict->signed_us);
  g_autofree char *finished = posa_time_format (report->finished_us);
  g_autofree char *outcome =
      g_strdup_printf ("%d %s", (int) report->outcome, posa_outcome_get_label (report->outcome));

  printf (_ ("%s: an untouched report of an enrolled device\n"), path);
  print_line (_ ("Device"), verdict->signer_common_name);
  print_line (_ ("Firm"), verdict->signer_organization);
  print_line (_ ("Certificate"), verdict->certificate_serial);
  print_line (_ ("Signed at"), signed_at);
  print_line (_ ("Report"), report->number);
  print_line (_ ("Order"), report->order->id);
  print_line (_ ("POD"), report->order->pod);
  print_line (_ ("Work ended"), finished);
  print_line (_ ("Outcome"), outcome);
  print_meter (_ ("Removed meter"), report->removal);
  print_meter (_ ("New meter"), report->activation);
  print_line (_ ("Pages"), describe_pages (verdict->pages));
  print_line (_ ("SHA-256"), verdict->sha256);
}

static int
verify (const char *path, const char *ca_path, gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaReportVerdict) verdict = posa_report_tool_verify (path, ca_path, &error);

  if (as_json)
    {
      g_autofree char *text = verdict != NULL ? posa_report_tool_verdict_to_json (verdict)
                                              : posa_report_tool_refusal_to_json (error);
      puts (text);
    }
  else if (verdict != NULL)
    print_verdict (path, verdict);
  return verdict != NULL ? 0 : posa_cli_fail (error);
}

static int export (PosaCli *cli, const char *order_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PosaWorkspace) workspace = posa_cli_open_workspace (cli);

  if (workspace == NULL)
    return 1;
  g_autofree char *path = posa_workspace_export_report (workspace, order_id, &error);
  if (path == NULL)
    return posa_cli_fail (error);
  puts (path);
  return 0;
}

static int
fail_usage (const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (POSA_ERROR, POSA_ERROR_USAGE, text);

  return posa_cli_fail (error);
}

int
posa_cli_report (PosaCli *cli, int argc, char **argv)
{
  g_autofree char *ca_path = NULL;
  gboolean as_json = FALSE;
  int status = 0;
  const GOptionEntry entries[] = {
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca_path,
      N_ ("Certificate of the enrolment authority (PEM), for verify"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print JSON"), NULL },
    { NULL },
  };

  if (!posa_cli_parse (_ ("verify FILE --ca CA.pem | export ORDER"),
                       _ ("Verifies a replacement report: exit status 0 only for an untouched "
                          "report of a\ndevice enrolled at that authority. Or writes the report "
                          "of an order as a file."),
                       entries, &argc, &argv, 2, &status))
    return status;
  if (g_str_equal (argv[1], "export"))
    return export (cli, argv[2]);
  if (!g_str_equal (argv[1], "verify"))
    return fail_usage (_ ("report: only verify and export are known"));
  if (ca_path == NULL)
    return fail_usage (_ ("report verify: --ca CA.pem is missing"));
  return verify (argv[2], ca_path, as_json);
}
