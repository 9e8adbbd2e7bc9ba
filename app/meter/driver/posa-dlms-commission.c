/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "meter/driver/posa-dlms-commission.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/posa-error.h"
#include "meter/driver/posa-dlms-steps.h"

typedef struct
{
  const char *name;
  PosaDlmsStep run;
  const char *label; /* for people */
} Step;

static const Step steps[] = {
  { "clock", posa_dlms_step_clock, N_ ("Setting the clock") },
  { "tariff_table", posa_dlms_step_tariff_table, N_ ("Writing the tariff table") },
  { "special_days", posa_dlms_step_special_days, N_ ("Writing the holidays") },
  { "contract_power", posa_dlms_step_contract_power, N_ ("Writing the contractual power") },
  { "limiter", posa_dlms_step_limiter, N_ ("Setting the limiter") },
  { "customer_number", posa_dlms_step_customer_number, N_ ("Writing the customer number") },
  { "supply", posa_dlms_step_supply, N_ ("Closing the supply relay") },
};

static const Step *
find_step (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (strcmp (steps[i].name, name) == 0)
      return &steps[i];
  return NULL;
}

GPtrArray *
posa_dlms_commission_run (const PosaDlmsCommission *self, GError **error)
{
  g_autoptr (GPtrArray)
      values = g_ptr_array_new_with_free_func ((GDestroyNotify) posa_verified_value_free);
  guint n = g_strv_length (self->profile->commissioning);

  for (guint i = 0; i < n; i++)
    {
      const Step *step = find_step (self->profile->commissioning[i]);

      if (step == NULL)
        {
          g_set_error (error, POSA_ERROR, POSA_ERROR_UNSUPPORTED,
                       "profile %s orders the unknown step \"%s\"", self->profile->id,
                       self->profile->commissioning[i]);
          return NULL;
        }
      posa_operation_report (self->operation, (double) i / n, "%s", _ (step->label));
      PosaVerifiedValue *value = step->run (self, error);
      if (value == NULL)
        {
          g_prefix_error (error, "commissioning, %s: ", step->name);
          return NULL;
        }
      g_ptr_array_add (values, value);
    }
  return g_steal_pointer (&values);
}
