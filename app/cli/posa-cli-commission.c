/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "cli/posa-cli-meter-private.h"

#include "base/posa-error.h"
#include "model/posa-commission-tool.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

typedef struct
{
  PosaCliMeter meter;
  char *order;
  gboolean as_json;
} CommissionOptions;

static void
commission_options_clear (CommissionOptions *options)
{
  posa_cli_meter_clear (&options->meter);
  g_free (options->order);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CommissionOptions, commission_options_clear)

static gpointer
commission_work (gpointer data, PosaOperation *operation, GError **error)
{
  const CommissionOptions *options = data;

  return posa_commission_tool_run (&options->meter.place, options->order, operation, error);
}

static void
print_commissioning (const PosaCommissioning *result)
{
  const PosaReadingSet *activation = result->activation;

  printf (_ ("Meter %s is commissioned for order %s.\n"), activation->meter.serial,
          result->order_id);
  for (guint i = 0; i < result->verified->len; i++)
    {
      const PosaVerifiedValue *value = g_ptr_array_index (result->verified, i);

      printf ("  %-16s %s -> %s\n", value->name, *value->before != '\0' ? value->before : "-",
              value->read_back);
    }
  for (guint i = 0; i < activation->registers->len; i++)
    {
      const PosaRegister *reg = g_ptr_array_index (activation->registers, i);
      g_autofree char *label = posa_register_format_label (reg);
      g_autofree char *value = posa_register_format_value (reg);

      printf ("  %-16s %s\n", label, value);
    }
}

int
posa_cli_commission (PosaCli *cli, int argc, char **argv)
{
  g_auto (CommissionOptions) options = { .meter.place.folder = cli->folder };
  const GOptionEntry entries[] = {
    { "order", 0, 0, G_OPTION_ARG_STRING, &options.order, N_ ("Number of the work order"),
      N_ ("ID") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!posa_cli_meter_parse (
          &options.meter, _ ("--port PATH --order ID"),
          _ ("Sets up the new meter for an order, reads back every value, closes its "
             "supply relay and takes the activation readings."),
          entries, &argc, &argv, 0, &status))
    return status;
  if (options.meter.port == NULL || options.order == NULL)
    {
      error = g_error_new_literal (POSA_ERROR, POSA_ERROR_USAGE,
                                   _ ("meter commission: --port PATH and --order ID are needed"));
      return posa_cli_fail (error);
    }
  g_autoptr (PosaCommissioning)
      result = posa_cli_run (cli, _ ("Commissioning the meter"), commission_work, &options, &error);
  if (result == NULL)
    return posa_cli_meter_fail (&options.meter, error);
  if (!options.as_json)
    print_commissioning (result);
  else
    {
      g_autofree char *text = posa_commissioning_to_text (result);
      puts (text);
    }
  return 0;
}
