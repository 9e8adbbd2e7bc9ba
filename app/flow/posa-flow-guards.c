/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "posa-config.h"

#include "flow/posa-flow-guards.h"

#include <glib/gi18n-lib.h>

static char *
life_support (const PosaFlowContext *context)
{
  if (!context->order->life_support)
    return NULL;
  return g_strdup (_ ("Life-support equipment is declared here. The supply must not be switched "
                      "off; leave and let the office arrange the visit."));
}

char *
posa_flow_guard_identify (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  const char *serial = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_SERIAL);

  if (serial != NULL && g_strcmp0 (serial, context->order->old_serial) != 0)
    return g_strdup_printf (_ ("Wrong meter: the plate says %s, the order %s. Do not touch it."),
                            serial, context->order->old_serial);
  return life_support (context);
}

/* The reading that came with the event. */
static PosaReadingSet *
dup_reading (const PosaFlowEvidence *evidence, char **refusal)
{
  const char *text = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_READING);
  g_autoptr (GError) error = NULL;
  PosaReadingSet *reading = posa_reading_set_from_text (text != NULL ? text : "", &error);

  if (reading == NULL)
    *refusal = g_strdup_printf (_ ("No reading: %s"), error->message);
  return reading;
}

static char *
first_stop (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const PosaFinding *finding = g_ptr_array_index (findings, i);

      if (finding->severity == POSA_SEVERITY_STOP)
        return g_strdup (finding->text);
    }
  return NULL;
}

char *
posa_flow_guard_right_meter (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  char *refusal = NULL;
  g_autoptr (PosaReadingSet) reading = dup_reading (evidence, &refusal);
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *stop = NULL;

  if (reading == NULL)
    return refusal;
  findings = posa_reading_check_identity (reading, context->order);
  stop = first_stop (findings);
  if (stop == NULL)
    return NULL;
  return g_strdup_printf (_ ("Wrong meter: %s. Do not touch it."), stop);
}

char *
posa_flow_guard_readings (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *stop = NULL;

  if (context->facts->removal == NULL)
    return g_strdup (_ ("The old meter has not been read."));
  findings = posa_reading_check_registers (context->facts->removal, context->order);
  stop = first_stop (findings);
  if (stop != NULL)
    return g_strdup_printf (_ ("%s. Read again, or leave and call the office."), stop);
  if (posa_flow_facts_has_warning (context->facts, context->order) &&
      posa_flow_evidence_get (evidence, POSA_FLOW_KEY_REASON) == NULL)
    return g_strdup (_ ("There are remarks on the readings: say why they are right."));
  return NULL;
}

char *
posa_flow_guard_new_meter (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  const char *serial = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_SERIAL);

  if (serial == NULL)
    return g_strdup (_ ("Choose the serial number of the new meter."));
  if (g_strv_contains ((const char *const *) context->facts->faulty_serials, serial))
    return g_strdup_printf (_ ("Meter %s was found faulty here. Take another."), serial);
  if (context->stock == POSA_FLOW_STOCK_ELSEWHERE)
    return g_strdup_printf (_ ("Meter %s is not on this crew's van."), serial);
  if (context->stock != POSA_FLOW_STOCK_OURS)
    return g_strdup_printf (_ ("Meter %s is not in the stock."), serial);
  if (context->new_kind != posa_meter_kind_get_successor (context->order->old_kind))
    return g_strdup_printf (_ ("Meter %s is of another kind than this supply needs."), serial);
  return NULL;
}

char *
posa_flow_guard_before_cut (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  char *refusal = life_support (context);

  if (refusal == NULL)
    refusal = posa_flow_guard_new_meter (context, evidence);
  if (refusal == NULL && context->facts->removal == NULL)
    refusal = g_strdup (_ ("The old meter has not been read."));
  if (refusal == NULL && context->disk_low)
    refusal = g_strdup (_ ("The tablet has too little free space to finish a job safely. Make "
                           "room, then go on."));
  return refusal;
}

char *
posa_flow_guard_before_red (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  const PosaFlowFacts *facts = context->facts;

  if (facts->removal == NULL || facts->new_serial == NULL)
    return g_strdup (_ ("The old meter must be read and a new meter chosen before the exchange."));
  if (facts->state == POSA_FLOW_SECOND_READING &&
      posa_flow_evidence_get (evidence, POSA_FLOW_KEY_READING) == NULL)
    return posa_flow_guard_reason (context, evidence);
  return NULL;
}

char *
posa_flow_guard_reason (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  if (posa_flow_evidence_get (evidence, POSA_FLOW_KEY_REASON) != NULL)
    return NULL;
  return g_strdup (_ ("Give a reason."));
}

char *
posa_flow_guard_outcome (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  gint64 outcome = posa_flow_evidence_get_int (evidence, POSA_FLOW_KEY_OUTCOME, POSA_OUTCOME_NONE);

  if (posa_outcome_is_valid (outcome) && outcome >= POSA_OUTCOME_CUSTOMER_ABSENT &&
      outcome < POSA_OUTCOME_RESTORED_OLD)
    return NULL;
  return g_strdup (_ ("Say why the visit ends without a replacement."));
}

static char *
is_chosen (const PosaFlowContext *context, const char *serial)
{
  if (g_strcmp0 (serial, context->facts->new_serial) == 0)
    return NULL;
  return g_strdup_printf (_ ("Wrong meter: %s answered, %s was chosen."),
                          serial != NULL ? serial : _ ("nothing"), context->facts->new_serial);
}

char *
posa_flow_guard_energised (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  return is_chosen (context, posa_flow_evidence_get (evidence, POSA_FLOW_KEY_SERIAL));
}

char *
posa_flow_guard_commissioned (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  const char *text = posa_flow_evidence_get (evidence, POSA_FLOW_KEY_VERIFIED);
  g_autoptr (GPtrArray) verified = posa_flow_verified_from_text (text != NULL ? text : "", NULL);
  char *refusal = NULL;
  g_autoptr (PosaReadingSet) reading = dup_reading (evidence, &refusal);

  if (reading == NULL)
    return refusal;
  for (guint i = 0; verified != NULL && i < verified->len; i++)
    {
      const PosaVerifiedValue *value = g_ptr_array_index (verified, i);

      if (g_strcmp0 (value->name, "supply") == 0)
        return is_chosen (context, reading->meter.serial);
    }
  return g_strdup (_ ("The new meter has not confirmed that it supplies the customer."));
}

char *
posa_flow_guard_complete (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  const PosaFlowFacts *facts = context->facts;

  if (facts->removal != NULL && facts->activation != NULL && facts->cut_us != 0 &&
      (facts->second != NULL || facts->second_reason != NULL))
    return NULL;
  return g_strdup (_ ("A reading is missing; the report would not be complete."));
}

char *
posa_flow_guard_continuity (const PosaFlowContext *context, const PosaFlowEvidence *evidence)
{
  const PosaReadingSet *removal = context->facts->removal;
  char *refusal = NULL;
  g_autoptr (PosaReadingSet) reading = dup_reading (evidence, &refusal);

  if (reading == NULL)
    return refusal;
  if (g_strcmp0 (reading->meter.serial, context->order->old_serial) != 0)
    return g_strdup_printf (_ ("Wrong meter: %s answered, not the old one."),
                            reading->meter.serial != NULL ? reading->meter.serial : _ ("nothing"));
  for (guint i = 0; removal != NULL && i < removal->registers->len; i++)
    {
      const PosaRegister *before = g_ptr_array_index (removal->registers, i);
      const PosaRegister *now =
          posa_registers_find (reading->registers, before->quantity, before->tier);
      g_autofree char *label = posa_register_format_label (before);

      if (before->tier == 0 && now != NULL && now->value < before->value)
        return g_strdup_printf (_ ("%s went back since the removal: the old meter does not count "
                                   "on."),
                                label);
    }
  return NULL;
}
