/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "model/posa-job-private.h"

#include <glib/gi18n-lib.h>

static void
append (GListStore *store, gpointer item)
{
  g_list_store_append (store, item);
  g_object_unref (item);
}

void
posa_job_rows_fill_actions (GListStore *store, const PosaFlowSnapshot *snapshot)
{
  g_list_store_remove_all (store);
  for (guint i = 0; i < snapshot->actions->len; i++)
    {
      const PosaFlowAction *action = &g_array_index (snapshot->actions, PosaFlowAction, i);
      append (store, g_object_new (POSA_TYPE_JOB_ACTION, "event",
                                   posa_flow_event_to_nick (action->event), "label", action->label,
                                   "destructive", (action->needs & POSA_FLOW_NEEDS_HOLD) != 0,
                                   "needs-reason", (action->needs & POSA_FLOW_NEEDS_REASON) != 0,
                                   "needs-outcome", (action->needs & POSA_FLOW_NEEDS_OUTCOME) != 0,
                                   "needs-serial", (action->needs & POSA_FLOW_NEEDS_SERIAL) != 0,
                                   "hold", (action->needs & POSA_FLOW_NEEDS_HOLD) != 0, NULL));
    }
}

static const char *const severity_nicks[] = {
  [POSA_SEVERITY_INFO] = "info",
  [POSA_SEVERITY_WARNING] = "warning",
  [POSA_SEVERITY_STOP] = "stop",
};

/* The gravest finding about one register. */
static const char *
get_verdict (GPtrArray *findings, const PosaRegister *reg)
{
  const char *verdict = "ok";

  for (guint i = 0; findings != NULL && i < findings->len; i++)
    {
      const PosaFinding *finding = g_ptr_array_index (findings, i);
      gboolean about_register = finding->code >= POSA_FINDING_REGISTER_MISSING &&
                                finding->code <= POSA_FINDING_DEMAND_TOO_HIGH;
      if (!about_register || finding->quantity != reg->quantity || finding->tier != reg->tier)
        continue;
      if (finding->severity == POSA_SEVERITY_STOP)
        return severity_nicks[POSA_SEVERITY_STOP];
      verdict = severity_nicks[finding->severity];
    }
  return verdict;
}

static char *
format_delta (const PosaRegister *now, const PosaRegister *before)
{
  g_autoptr (PosaRegister) delta = posa_register_copy (now);

  delta->value -= before->value;
  return posa_register_format_value (delta);
}

void
posa_job_rows_fill_readings (GListStore *store,
                             const PosaReadingSet *reading,
                             const PosaWorkOrder *order,
                             GPtrArray *findings)
{
  g_list_store_remove_all (store);
  for (guint i = 0; reading != NULL && i < reading->registers->len; i++)
    {
      const PosaRegister *now = g_ptr_array_index (reading->registers, i);
      const PosaRegister *before =
          order != NULL ? posa_registers_find (order->last_billing, now->quantity, now->tier)
                        : NULL;
      g_autofree char *label = posa_register_format_label (now);
      g_autofree char *value = posa_register_format_value (now);
      g_autofree char *last = before != NULL ? posa_register_format_value (before) : NULL;
      g_autofree char *delta = before != NULL ? format_delta (now, before) : NULL;
      append (store,
              g_object_new (POSA_TYPE_READING_ROW, "label", label, "before", last, "now", value,
                            "delta", delta, "verdict", get_verdict (findings, now), NULL));
    }
}

void
posa_job_rows_fill_findings (GListStore *store, GPtrArray *findings)
{
  g_list_store_remove_all (store);
  for (guint i = 0; i < findings->len; i++)
    {
      const PosaFinding *finding = g_ptr_array_index (findings, i);
      append (store, g_object_new (POSA_TYPE_FINDING_ROW, "severity",
                                   severity_nicks[finding->severity], "text", finding->text, NULL));
    }
}

/* The names of written values as people call them. */
static const struct
{
  const char *name;
  const char *label;
} value_labels[] = {
  { "clock", N_ ("Clock") },           { "contract_power", N_ ("Contractual power") },
  { "limiter", N_ ("Limiter") },       { "tariff_table", N_ ("Tariff table") },
  { "special_days", N_ ("Holidays") }, { "customer_number", N_ ("Customer number") },
  { "supply", N_ ("Supply") },
};

static const char *
get_value_label (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (value_labels); i++)
    if (g_str_equal (name, value_labels[i].name))
      return _ (value_labels[i].label);
  return name;
}

void
posa_job_rows_fill_verified (GListStore *store, GPtrArray *verified)
{
  g_list_store_remove_all (store);
  for (guint i = 0; i < verified->len; i++)
    {
      const PosaVerifiedValue *value = g_ptr_array_index (verified, i);
      append (store, g_object_new (POSA_TYPE_VERIFIED_ROW, "name", get_value_label (value->name),
                                   "before", value->before, "written", value->written, "read-back",
                                   value->read_back, NULL));
    }
}
